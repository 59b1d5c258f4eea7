//! Who may do what, as one table that a legal office can read.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::roles::{Grant, Relation, Roles};

impl Roles {
    /// Who may do what: one section per kind of thing; in it a row per action and role, with relation, procedures,
    /// purposes and condition.
    pub fn table(&self) -> String {
        render(&self.grants)
    }
}

fn render(grants: &[Grant]) -> String {
    let mut sections: BTreeMap<&str, BTreeMap<(&str, &str), Vec<String>>> = BTreeMap::new();
    for grant in grants {
        for action in &grant.actions {
            let rows = sections.entry(&grant.resource).or_default();
            rows.entry((action, grant.role.as_str())).or_default().push(terms(grant));
        }
    }
    let mut table = String::new();
    for (resource, rows) in sections {
        let _ = writeln!(table, "# {resource}");
        let action_width = rows.keys().map(|(action, _)| action.len()).max().unwrap_or(0);
        let role_width = rows.keys().map(|(_, role)| role.len()).max().unwrap_or(0);
        for ((action, role), terms) in rows {
            let terms = terms.join(" | ");
            let _ = writeln!(table, "{action:action_width$}  {role:role_width$}  {terms}");
        }
        table.push('\n');
    }
    table
}

fn terms(grant: &Grant) -> String {
    let mut terms = match grant.relation {
        Relation::Own => "own".to_owned(),
        Relation::Unit => "unit".to_owned(),
        Relation::Below => "below".to_owned(),
        Relation::Area => "area".to_owned(),
        Relation::Any => "any".to_owned(),
    };
    if !grant.procedures.is_empty() {
        let names: Vec<&str> = grant.procedures.iter().map(|name| name.as_str()).collect();
        let _ = write!(terms, " in {}", names.join(","));
    }
    if !grant.purposes.is_empty() {
        let names: Vec<&str> = grant.purposes.iter().map(|name| name.as_str()).collect();
        let _ = write!(terms, " for {}", names.join(","));
    }
    if let Some(condition) = &grant.condition {
        let _ = write!(terms, " if {condition}");
    }
    terms
}
