//! What this engine says and can be asked, with its JSON Schemas, for reactions and their checker.

use baotu_vocabulary::contract::schema_of;
use baotu_vocabulary::{
    ActionContract, CaseId, Contracts, EventContract, NoticeId, PersonId, TemplateName, UnitCode,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::notice::{Channel, DeliveryState};

/// The action that makes a notice.
pub const SEND: &str = "notices.send";
/// A provider has taken a message.
pub const SENT: &str = "notices.sent";
/// A message will not get there by this channel.
pub const FAILED: &str = "notices.failed";

/// The arguments of [`SEND`]; exactly one recipient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendArguments {
    /// The template, as `messages.toml` names it.
    pub template: TemplateName,
    /// The person who is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_person: Option<PersonId>,
    /// The unit that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_unit: Option<UnitCode>,
    /// Somebody without an account, by a reference such as `case:<id>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_contact: Option<String>,
    /// The case it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// The values the template uses.
    #[serde(default)]
    pub values: Map<String, Value>,
}

/// `data` of [`SENT`]: a provider has taken a message. A notice that only goes to the inbox says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sent {
    /// The notice.
    pub notice: NoticeId,
    /// The template it was rendered from.
    pub template: TemplateName,
    /// How it went.
    pub channel: Channel,
    /// The case it is about.
    pub case_id: Option<CaseId>,
    /// Who took it; `log` means that nothing left the house.
    pub provider: String,
}

/// `data` of [`FAILED`]: a message will not get there by this channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failed {
    /// The notice.
    pub notice: NoticeId,
    /// The template it was rendered from.
    pub template: TemplateName,
    /// How it was to go.
    pub channel: Channel,
    /// The case it is about.
    pub case_id: Option<CaseId>,
    /// Why not: `no-address`, `over-quota` or `failed`.
    pub state: DeliveryState,
}

/// The contracts of this engine.
pub fn contracts() -> Contracts {
    Contracts {
        events: vec![
            EventContract {
                name: SENT, about: "短信或邮件已交给服务商。", data: schema_of::<Sent>()
            },
            EventContract {
                name: FAILED,
                about: "这条通知无法经此渠道送达：没有号码、当日条数用完，或服务商都不接受。",
                data: schema_of::<Failed>(),
            },
        ],
        facts: Vec::new(),
        actions: vec![ActionContract {
            name: SEND,
            about: "按模板通知一个人、一个单位或一位联系人。",
            arguments: schema_of::<SendArguments>(),
        }],
        ..Contracts::default()
    }
}
