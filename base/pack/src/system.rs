//! What a system's folder may declare beside its procedures: its head, code tables, message templates, examples.

use std::collections::BTreeMap;

use baotu_vocabulary::{CategoryCode, ProcedureName, SystemName, TemplateName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `system.toml`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// The folder path in the pack, for example `services/hotline-12345`.
    pub name: SystemName,
    /// Shown, for example `12345 市民服务热线`.
    pub title: String,
    /// The clause of the policy, for example `五.5`.
    pub clause: String,
    /// The unit that owns the system.
    pub owner: String,
    /// `demo` while its limits and lists are made up, `trial`, or `in-force`.
    pub status: SystemStatus,
    /// One paragraph for residents and officials.
    pub about: String,
}

/// How far a system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SystemStatus {
    /// Values are made up; screens say so.
    Demo,
    /// In use on trial.
    Trial,
    /// In force.
    InForce,
}

/// One row of a code table `codes/*.csv` or `categories.csv` of a system.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeRow {
    /// Unique in the table at a time.
    pub code: CategoryCode,
    /// Shown.
    pub name: String,
    /// The code above; empty at the top.
    pub parent: Option<CategoryCode>,
    /// The standard it stands in, for example `GB/T 47678.5-2026`, or `demo`.
    pub standard: String,
    /// `component`, `matter` or empty: GB/T 47678.5 uses one number for both, so (standard, kind, code) is the key.
    pub kind: Option<String>,
    /// In force from this day.
    #[schemars(with = "crate::calendar::Day")]
    pub valid_from: jiff::civil::Date,
    /// Last day in force; empty while it holds.
    #[schemars(with = "Option<crate::calendar::Day>")]
    pub valid_to: Option<jiff::civil::Date>,
    /// The code that follows it in a newer table; empty when none.
    pub successor: Option<CategoryCode>,
    /// Words by which residents find it, separated by spaces.
    pub keywords: Option<String>,
    /// Where the row comes from: standard and clause, or `demo`.
    pub source: String,
}

/// `messages.toml` of a system: what is said to people, per channel.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Messages {
    /// The templates by name.
    #[serde(rename = "message", default)]
    pub messages: BTreeMap<TemplateName, Message>,
}

/// One message template; texts are minijinja over the values the reaction gives.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The channels, tried in this order: `in-app`, `sms`, `email`.
    pub channels: Vec<String>,
    /// Subject line (in-app and e-mail).
    pub subject: String,
    /// The text.
    pub text: String,
    /// A shorter text for SMS, at most 70 characters a part.
    pub sms: Option<String>,
    /// The values it may use.
    pub values: Vec<String>,
}

/// A file of `examples/`: given, when, then; run by `baotu check` through the real engines in simulated time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows, in one sentence.
    pub title: String,
    /// When it begins, RFC 3339.
    pub at: String,
    /// The procedure it opens a case of.
    pub procedure: String,
    /// What happens, in order.
    #[serde(rename = "do")]
    pub acts: Vec<ExampleAct>,
    /// What must hold in the end.
    pub then: ExampleOutcome,
}

/// One thing that somebody does in an example, or that time does.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleAct {
    /// Time passes until this moment (RFC 3339) before the act.
    pub at: Option<String>,
    /// The post that acts, `resident` for the reporter, absent when only time passes.
    pub by: Option<String>,
    /// The exit, act or request taken; `open` opens the case.
    pub take: Option<String>,
    /// `grant` or `refuse` when a request is decided.
    pub decide: Option<String>,
    /// The form.
    #[serde(default)]
    pub form: serde_json::Map<String, serde_json::Value>,
    /// The refusal that must come, by its code; the case must be unchanged then.
    pub refused: Option<String>,
    /// Which case, by its order of opening in the example; the first when absent.
    #[serde(rename = "case")]
    pub case_index: Option<usize>,
}

/// What must hold at the end of an example.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleOutcome {
    /// The steps the case stands in.
    pub steps: Option<Vec<String>>,
    /// The public status.
    pub status: Option<String>,
    /// The outcome if closed.
    pub outcome: Option<String>,
    /// The lead unit.
    pub lead: Option<String>,
    /// When the named clock is due, RFC 3339 by clock name.
    #[serde(default)]
    pub due: BTreeMap<String, String>,
    /// The kinds of event that were said, in order, without others between when `exact`.
    #[serde(default)]
    pub events: Vec<String>,
    /// The templates of the notices made, in order.
    #[serde(default)]
    pub notices: Vec<String>,
}

/// `codes/tables.toml`: the code tables of the folder.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeTables {
    /// The tables.
    #[serde(rename = "table", default)]
    pub tables: Vec<CodeTableHead>,
}

/// The head of a code table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeTableHead {
    /// Unique in the pack; kebab-case.
    pub name: String,
    /// Shown.
    pub title: String,
    /// The file beside it.
    pub file: String,
    /// The standard it gives, or `demo`.
    pub standard: String,
    /// Whether every code of the standard is there.
    pub complete: bool,
    /// What is missing, or how it was made.
    #[serde(default)]
    pub note: String,
}

/// `indicators.toml` of a system: the rates by which it is judged.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Indicators {
    /// The indicators.
    #[serde(rename = "indicator", default)]
    pub indicators: Vec<Indicator>,
}

/// A rate: the cases that count, over the cases that could.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Unique in the system; kebab-case.
    pub name: String,
    /// Shown.
    pub title: String,
    /// Shown in English.
    pub title_en: Option<String>,
    /// The procedure whose cases are counted; the system's only one when absent.
    pub procedure: Option<ProcedureName>,
    /// CEL condition over `case`: counted above the line.
    pub numerator: String,
    /// CEL condition over `case`: counted below the line.
    pub denominator: String,
    /// For example `%`.
    pub unit: String,
    /// For example `month`.
    pub period: String,
    /// Whether excluded cases (剔除) are left out of both.
    #[serde(default)]
    pub exclusions: bool,
    /// What has to be known to read it.
    pub note: Option<String>,
    /// `unverified` when the source could not be seen; such an indicator is shown as a proposal only.
    pub status: Option<String>,
    /// The document it comes from, or `demo`.
    pub source: String,
}

/// `open311.toml` of a system: what residents' programs may report.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Open311 {
    /// The services.
    #[serde(rename = "service", default)]
    pub services: Vec<Open311Service>,
}

/// One Open311 service: a category of a procedure that residents' programs may open cases of.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Open311Service {
    /// Unique in the pack.
    pub service_code: String,
    /// Shown.
    pub service_name: String,
    /// Shown in English.
    pub service_name_en: Option<String>,
    /// One sentence for residents.
    pub description: String,
    /// The procedure of which a case is opened.
    pub procedure: ProcedureName,
    /// The category of the case.
    pub category: CategoryCode,
    /// Groups services in a list.
    #[serde(default)]
    pub group: String,
    /// Words by which residents find it.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// How the request is answered; only `realtime` is offered.
    #[serde(rename = "type", default = "realtime")]
    pub answer: String,
    /// Fields of the intake form that the program asks for.
    #[serde(default)]
    pub attributes: Vec<String>,
}

fn realtime() -> String {
    "realtime".to_owned()
}
