//! Code tables: each code once at a time, below a parent that is there, followed by one that is there.

use std::collections::{HashMap, HashSet};

use crate::document::keys;
use crate::system::CodeRow;
use crate::table::Table;

use super::Compiler;

impl Compiler<'_> {
    pub(super) fn codes(&mut self) {
        let draft = self.draft;
        let mut names = HashSet::new();
        for declared in &draft.code_heads {
            for (index, head) in declared.value.tables.iter().enumerate() {
                let place = declared.document.place(keys!["table", index, "name"]);
                self.want_kebab(&declared.document.file, place, &head.name);
                if !names.insert(head.name.as_str()) {
                    let message = format!("代码表“{}”重复声明", head.name);
                    self.problems.error(&declared.document.file, place, "duplicate-name", message, None);
                }
            }
        }
        let everywhere: HashSet<&str> =
            self.names.codes.values().flat_map(|codes| codes.keys().copied()).collect();
        for (head, table) in &draft.codes {
            self.code_table(&head.name, table, &everywhere);
        }
    }

    fn code_table(&mut self, name: &str, table: &Table<CodeRow>, everywhere: &HashSet<&str>) {
        let file = table.file.as_str();
        let mut seen: HashMap<(&str, &str), Vec<&CodeRow>> = HashMap::new();
        for (index, row) in table.values().enumerate() {
            let key = (row.code.as_str(), row.kind.as_deref().unwrap_or_default());
            let others = seen.entry(key).or_default();
            let meets = |other: &&CodeRow| {
                other.valid_to.is_none_or(|last| row.valid_from <= last)
                    && row.valid_to.is_none_or(|last| other.valid_from <= last)
            };
            if others.iter().any(meets) {
                let message = format!("代码“{}”在同一时期重复", row.code);
                self.problems.error(file, table.place(index, "code"), "duplicate-name", message, None);
            }
            others.push(row);
            self.period(file, table.place(index, "valid_to"), row.valid_from, row.valid_to);
            if let Some(parent) = &row.parent {
                self.want_code(file, table.place(index, "parent"), name, parent.as_str());
                if row.code == *parent || !row.code.as_str().starts_with(parent.as_str()) {
                    let message = format!("代码“{}”不以上级“{parent}”开头", row.code);
                    let hint = Some("时限和权责清单按代码的开头匹配，上下级要看得出来".to_owned());
                    self.problems.error(
                        file,
                        table.place(index, "code"),
                        "code-not-below-parent",
                        message,
                        hint,
                    );
                }
            }
            if let Some(successor) = row.successor.as_ref().filter(|code| !everywhere.contains(code.as_str()))
            {
                let message = format!("后继代码“{successor}”不在任何表中");
                self.problems.error(file, table.place(index, "successor"), "unknown-category", message, None);
            }
        }
    }
}
