//! Roles and grants: who may do what, to which things, in which relation, for which purpose.

use baotu_vocabulary::{ProcedureName, PurposeName, RoleName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file of `roles/`: roles, purposes and grants. Several files add up.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// Roles declared here.
    #[serde(rename = "role", default)]
    pub roles: Vec<Role>,
    /// Purposes (事由) declared here.
    #[serde(rename = "purpose", default)]
    pub purposes: Vec<Purpose>,
    /// Grants declared here.
    #[serde(rename = "grant", default)]
    pub grants: Vec<Grant>,
}

/// A role that posts carry.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Unique in the pack; kebab-case.
    pub name: RoleName,
    /// Shown, for example `派遣员`.
    pub title: String,
    /// One of the three separate administrators (三员分立); nobody holds two of them.
    pub administrator: Option<Administrator>,
}

/// The three administrators that one person can never combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Administrator {
    /// 系统管理员: accounts, posts, running of the system.
    System,
    /// 安全管理员: grants, resets, locks.
    Security,
    /// 审计管理员: reads the audit trail, changes nothing.
    Audit,
}

/// A purpose for which personal data may be read.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Unique in the pack; kebab-case.
    pub name: PurposeName,
    /// Shown to the official who chooses it and to the person concerned.
    pub title: String,
    /// The legal basis, as cited.
    pub basis: String,
}

/// A grant: `role` may do `action` to things of `resource` that stand in `relation` to them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The role; `anyone`, `resident` and `client` (programs with a key) are always there.
    pub role: RoleName,
    /// Actions, for example `cases.read`, `cases.read-personal`, `cases.list`, `audit.read`.
    pub actions: Vec<String>,
    /// What kind of thing, for example `case`, `unit`, `account`, `audit`, `notice`.
    pub resource: String,
    /// Only cases of these procedures; empty for all.
    #[serde(default)]
    pub procedures: Vec<ProcedureName>,
    /// How the thing stands to the actor.
    pub relation: Relation,
    /// Only for these purposes; empty when none is needed.
    #[serde(default)]
    pub purposes: Vec<PurposeName>,
    /// CEL condition over `resource` and `actor`.
    #[serde(rename = "if")]
    pub condition: Option<String>,
}

/// How a thing stands to the actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// It concerns the person themself.
    Own,
    /// It concerns the actor's unit (lead, co-handling, holder, intake).
    Unit,
    /// It concerns the actor's unit or one below it.
    Below,
    /// It lies in the area of the actor's unit.
    Area,
    /// Any.
    Any,
}
