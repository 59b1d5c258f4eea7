//! Roles, purposes and grants.

use crate::compiled::CompiledGrant;
use crate::document::keys;
use crate::scope::grant_scope;

use super::Compiler;
use super::names::ROLES_GIVEN;

impl Compiler<'_> {
    /// The grants of all files in their order.
    pub(super) fn grants(&mut self) -> Vec<CompiledGrant> {
        self.role_names();
        let scope = grant_scope();
        let mut compiled = Vec::new();
        for declared in &self.draft.roles {
            let document = &declared.document;
            let file = document.file.as_str();
            for (index, grant) in declared.value.grants.iter().enumerate() {
                self.want_role(file, document.place(keys!["grant", index, "role"]), grant.role.as_str());
                for (number, procedure) in grant.procedures.iter().enumerate() {
                    let place = document.place(keys!["grant", index, "procedures", number]);
                    self.want_procedure(file, place, procedure.as_str());
                }
                for (number, purpose) in grant.purposes.iter().enumerate() {
                    let place = document.place(keys!["grant", index, "purposes", number]);
                    self.want_purpose(file, place, purpose.as_str());
                }
                if grant.actions.is_empty() {
                    let place = document.place(keys!["grant", index, "actions"]);
                    self.problems.error(file, place, "empty-grant", "授权没有写动作", None);
                }
                let at = keys!["grant", index, "if"];
                let condition =
                    grant.condition.as_deref().and_then(|text| self.condition(document, at, text, &scope));
                compiled.push(CompiledGrant { declared: grant.clone(), condition });
            }
        }
        compiled
    }

    fn role_names(&mut self) {
        let draft = self.draft;
        let mut roles = Vec::new();
        let mut purposes = Vec::new();
        for declared in &draft.roles {
            let document = &declared.document;
            let names = declared.value.roles.iter().map(|role| role.name.as_str());
            roles.extend(Self::named(document, "role", names).map(|(name, place)| (document, name, place)));
            let names = declared.value.purposes.iter().map(|purpose| purpose.name.as_str());
            purposes
                .extend(Self::named(document, "purpose", names).map(|(name, place)| (document, name, place)));
        }
        for (noun, names) in [("角色", &roles), ("事由", &purposes)] {
            for (index, (document, name, place)) in names.iter().enumerate() {
                self.want_kebab(&document.file, *place, name);
                let given = noun == "角色" && ROLES_GIVEN.contains(name);
                if given || names.iter().take(index).any(|(_, earlier, _)| earlier == name) {
                    let message = format!("{noun}“{name}”重复声明");
                    let hint = given.then(|| "anyone、resident、client 总是有的，不必声明".to_owned());
                    self.problems.error(&document.file, *place, "duplicate-name", message, hint);
                }
            }
        }
        if let Some(city) = &draft.city
            && let Some(role) = &city.value.administrator_role
        {
            let place = city.document.place(keys!["administrator_role"]);
            self.want_role(&city.document.file, place, role.as_str());
        }
    }
}
