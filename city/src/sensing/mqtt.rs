//! The topics of a thing: it publishes to `things/CODE/readings`, `things/CODE/frames` and `things/CODE/results`, and
//! hears its commands on `things/CODE/commands`. Nobody else has rights there. Its user name is its code, its password its
//! secret; its client identifier is its own affair.

use std::sync::Arc;

use baotu_doors::mqtt::{
    Accepted, Allowed, ConnectRefused, Connecting, Gate, Principal, Publish, PublishRefused, Sink,
    SubscribeRefused,
};
use baotu_doors::sensing::{Heard, Intake, Known, NotAccepted, PayloadRefused, of_frame, of_json};
use baotu_vocabulary::{CommandId, Refusal as _};
use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::Value;

use super::entry::Entry;

/// The first level of every topic of things.
const THINGS: &str = "things";
/// Where commands to a thing go.
const COMMANDS: &str = "commands";

/// Ends of a connection that say nothing against the thing: by itself, by the network, or by us.
const ORDINARY_ENDS: [&str; 5] = ["disconnect", "lost", "shutdown", "revoked", "unsaved"];

/// The topic on which a thing hears its commands.
pub(super) fn command_topic(code: &str) -> String {
    format!("{THINGS}/{code}/{COMMANDS}")
}

/// What a thing says of a command.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    /// The command's id, as it was sent with it.
    id: CommandId,
    /// Whether it is done.
    ok: bool,
    /// What else it says.
    #[serde(default)]
    result: Value,
}

/// Rights and meaning of the topics of things.
#[derive(Clone)]
pub(super) struct Topics {
    entry: Arc<Entry>,
}

impl Topics {
    pub(super) const fn new(entry: Arc<Entry>) -> Self {
        Self { entry }
    }

    async fn take(&self, principal: &Principal, publish: &Publish) -> Result<(), PublishRefused> {
        let thing = self.entry.by_code(principal).ok_or(PublishRefused::NotAuthorised)?;
        let what = own(principal, &publish.topic).ok_or(PublishRefused::NotAuthorised)?;
        self.hear(&thing, what, &publish.payload).await
    }

    /// The register, as doors ask it.
    pub(super) fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Takes what a thing says under the last level of its topic.
    pub(super) async fn hear(&self, thing: &Known, what: &str, payload: &[u8]) -> Result<(), PublishRefused> {
        match what {
            "results" => self.end_command(thing, payload).await,
            "readings" => {
                let (now, zone) = (self.entry.now(), self.entry.zone());
                self.keep(thing, of_json(&thing.kind, payload, now, zone)).await
            }
            "frames" => {
                let meter = thing.kind.meter.as_ref().ok_or(PublishRefused::Topic)?;
                self.keep(thing, of_frame(meter, payload, self.entry.now())).await
            }
            _ => Err(PublishRefused::Topic),
        }
    }

    async fn keep(&self, thing: &Known, heard: Result<Heard, PayloadRefused>) -> Result<(), PublishRefused> {
        let heard = heard.map_err(|refused| {
            self.entry.mishap(thing.id, refused.code(), &refused.to_string());
            PublishRefused::Payload(refused.to_string())
        })?;
        for (code, detail) in &heard.oddities {
            self.entry.mishap(thing.id, code, detail);
        }
        self.entry.accept(thing.id, heard.samples).await.map(drop).map_err(refused)
    }

    async fn end_command(&self, thing: &Known, payload: &[u8]) -> Result<(), PublishRefused> {
        let said: Said = serde_json::from_slice(payload).map_err(|error| {
            self.entry.mishap(thing.id, "result-unreadable", &error.to_string());
            PublishRefused::Payload(error.to_string())
        })?;
        self.entry.command_ended(thing.id, said.id, said.ok, said.result).await.map_err(refused)
    }
}

fn refused(failure: NotAccepted) -> PublishRefused {
    match failure {
        NotAccepted::Refused { sentence, .. } => PublishRefused::Payload(sentence),
        NotAccepted::Fault => PublishRefused::Fault(Box::new(failure)),
    }
}

/// What stands behind a thing's own part of a topic.
fn own<'t>(code: &str, topic: &'t str) -> Option<&'t str> {
    topic.strip_prefix(THINGS)?.strip_prefix('/')?.strip_prefix(code)?.strip_prefix('/')
}

impl Gate for Topics {
    fn authenticate<'a>(
        &'a self,
        connecting: Connecting<'a>,
    ) -> BoxFuture<'a, Result<Allowed, ConnectRefused>> {
        let code = connecting.username.unwrap_or_default();
        let secret =
            connecting.password.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
        let known = match self.entry.sign_in(code, secret) {
            Ok(known) => Ok(Allowed { principal: known.code }),
            Err(refused) if refused.code == "wrong-credentials" => Err(ConnectRefused::Credentials),
            Err(_) => Err(ConnectRefused::NotAuthorised),
        };
        Box::pin(std::future::ready(known))
    }

    fn may_publish(&self, principal: &Principal, topic: &str) -> bool {
        let may = own(principal, topic).is_some_and(|what| what != COMMANDS);
        if !may && let Some(thing) = self.entry.by_code(principal) {
            self.entry.mishap(thing.id, "foreign-topic", topic);
        }
        may
    }

    fn may_subscribe(&self, principal: &Principal, filter: &str) -> Result<(), SubscribeRefused> {
        // Only what is wholly its own: a wildcard above its code would show others.
        let may = own(principal, filter).is_some();
        if !may && let Some(thing) = self.entry.by_code(principal) {
            self.entry.mishap(thing.id, "foreign-topic", filter);
        }
        if may { Ok(()) } else { Err(SubscribeRefused::NotAuthorised) }
    }

    fn connected(&self, principal: &Principal, _client_id: &str) {
        if let Some(thing) = self.entry.by_code(principal) {
            Intake::connected(&*self.entry, thing.id);
        }
    }

    fn disconnected(&self, principal: &Principal, client_id: &str, reason: &'static str) {
        if !ORDINARY_ENDS.contains(&reason)
            && let Some(thing) = self.entry.by_code(principal)
        {
            self.entry.mishap(thing.id, &reason.replace('_', "-"), client_id);
        }
    }
}

impl Sink for Topics {
    fn accept(
        &self,
        principal: &Principal,
        publish: &Arc<Publish>,
    ) -> BoxFuture<'static, Result<Accepted, PublishRefused>> {
        let (topics, principal, publish) = (self.clone(), Arc::clone(principal), Arc::clone(publish));
        Box::pin(async move { topics.take(&principal, &publish).await.map(|()| Accepted) })
    }
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn a_thing_has_what_is_below_its_own_code_and_nothing_else() {
        assert_eq!(own("A-1", "things/A-1/readings"), Some("readings"));
        assert_eq!(own("A-1", "things/A-1/#"), Some("#"));
        for other in [
            "things/A-10/readings",
            "things/A-1",
            "things/+/readings",
            "things/#",
            "#",
            "A-1/readings",
            "thingsA-1/",
        ] {
            assert_eq!(own("A-1", other), None, "{other}");
        }
    }
}
