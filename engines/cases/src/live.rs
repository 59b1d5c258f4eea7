//! The live feed: what happens to cases as it happens, from the event log, without a person or a word of theirs.
//!
//! The position in the log is the id of each message, so that a listener goes on where it was cut off.

use baotu_storage::{LoggedEvent, Position};
use baotu_vocabulary::Moment;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Events that one look at the log hands out.
pub(crate) const LIVE_EVENTS_MAX: u32 = 200;
/// How long a listener waits before it is told that the feed is alive, in seconds.
pub(crate) const LIVE_PATIENCE_SECONDS: u64 = 10;

/// One message of the public feed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiveMessage {
    /// What took place, for example `cases.opened`.
    pub kind: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub time: Moment,
    /// The number of the case.
    pub number: Option<String>,
    /// Its procedure.
    pub procedure: Option<String>,
    /// Its public status.
    pub status: Option<String>,
    /// Its level.
    pub level: Option<String>,
    /// The street or district of its place, at most nine digits: a community would tell a reporter's home.
    pub division: Option<String>,
    /// Its category.
    pub category: Option<String>,
}

/// The events that the public may follow; notes, requests, supervisions and the like stay inside.
const PUBLIC: [&str; 7] = [
    "cases.opened",
    "cases.dispatched",
    "cases.resolved",
    "cases.redone",
    "cases.rated",
    "cases.closed",
    "cases.clock_overdue",
];

/// Digits of the most precise division that is told in public.
const DIVISION_DIGITS_MAX: usize = 9;

impl LiveMessage {
    /// What the public is told of an event; nothing when it is not public or the case is confidential.
    pub fn of(logged: &LoggedEvent) -> Option<(Position, Self)> {
        let event = &logged.event;
        let confidential = event.data.get("confidential").and_then(Value::as_bool).unwrap_or(false);
        if !PUBLIC.contains(&event.kind.as_str()) || confidential {
            return None;
        }
        let text = |name: &str| event.data.get(name).and_then(Value::as_str).map(str::to_owned);
        let division = text("division").map(|code| code.chars().take(DIVISION_DIGITS_MAX).collect());
        let message = Self {
            kind: event.kind.clone(),
            time: event.time,
            number: text("number"),
            procedure: text("procedure"),
            status: text("status"),
            level: text("level"),
            division,
            category: text("category"),
        };
        Some((logged.position, message))
    }
}

#[cfg(test)]
mod tests {
    use baotu_vocabulary::{Event, EventId};
    use serde_json::json;

    use super::*;

    fn told(kind: &str, data: Value) -> Option<LiveMessage> {
        let event = Event {
            id: EventId::new(Moment::default(), [0; 10]),
            source: "cases".to_owned(),
            kind: kind.to_owned(),
            subject: "x".to_owned(),
            time: Moment::default(),
            data,
        };
        LiveMessage::of(&LoggedEvent { position: Position::START, event }).map(|(_, message)| message)
    }

    #[test]
    fn nothing_of_a_person_is_told() {
        let data = json!({"number": "JN1", "status": "处置中", "division": "370102001001", "confidential": false,
            "reporter": "0190b2c0-0000-7000-8000-000000000001", "title": "王小明家门口", "opinion": "…"});
        let told = serde_json::to_value(told("cases.opened", data).unwrap()).unwrap();
        assert_eq!(
            told,
            json!({"kind": "cases.opened", "time": "1970-01-01T00:00:00Z", "number": "JN1", "procedure": null,
                "status": "处置中", "level": null, "division": "370102001", "category": null})
        );
    }

    #[test]
    fn what_is_inside_or_confidential_is_not_told() {
        assert_eq!(told("cases.requested", json!({"number": "JN1"})), None);
        assert_eq!(told("cases.opened", json!({"number": "JN1", "confidential": true})), None);
    }
}
