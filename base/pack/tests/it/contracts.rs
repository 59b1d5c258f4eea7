//! What engines would say and could be asked, as far as reactions of test packs need it.

use baotu_vocabulary::{ActionContract, Contracts, EventContract, FactContract};
use serde_json::{Value, json};

/// The data that every event of a case has.
fn case_event(own: Value) -> Value {
    let mut properties = json!({
        "case_id": {"type": "string"}, "number": {"type": "string"}, "title": {"type": "string"},
        "procedure": {"type": "string"}, "category": {"type": "string"}, "level": {"type": "string"},
        "status": {"type": "string"}, "version": {"type": "integer"}, "confidential": {"type": "boolean"},
        "reporter": {"type": ["string", "null"]}, "lead_unit": {"type": ["string", "null"]},
    });
    let fields = properties.as_object_mut().expect("it is written as an object");
    fields.extend(own.as_object().expect("it is written as an object").clone());
    let required: Vec<String> = fields.keys().cloned().collect();
    json!({"type": "object", "properties": properties, "required": required})
}

/// Two events, a fact and two actions.
pub(crate) fn contracts() -> Contracts {
    Contracts {
        events: vec![
            EventContract { name: "cases.opened", about: "A case was opened.", data: case_event(json!({})) },
            EventContract {
                name: "cases.closed",
                about: "A case was closed.",
                data: case_event(json!({"outcome": {"type": "string"}})),
            },
        ],
        facts: vec![FactContract {
            name: "geo.cell_at",
            about: "The cell of a place.",
            question: json!({
                "type": "object",
                "properties": {"lon": {"type": "number"}, "lat": {"type": "number"}},
                "required": ["lon", "lat"],
            }),
            answer: json!({"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]}),
        }],
        actions: vec![
            ActionContract {
                name: "notices.send",
                about: "Sends a message.",
                arguments: json!({
                    "type": "object",
                    "properties": {
                        "template": {"type": "string"}, "to_person": {"type": "string"}, "to_unit": {"type": "string"},
                        "case_id": {"type": "string"}, "values": {"type": "object", "additionalProperties": true},
                    },
                    "required": ["template", "case_id", "values"],
                }),
            },
            ActionContract {
                name: "cases.act",
                about: "Takes an exit or an act.",
                arguments: json!({
                    "type": "object",
                    "properties": {
                        "case_id": {"type": "string"}, "take": {"type": "string"},
                        "form": {"type": "object", "additionalProperties": true},
                    },
                    "required": ["case_id", "take"],
                }),
            },
        ],
        methods: Vec::new(),
    }
}
