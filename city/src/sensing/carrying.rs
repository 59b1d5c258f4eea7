//! Commands on their way to whatever connection a thing has.

use baotu_doors::hj212_tcp::{Asking, Hj212Door};
use baotu_doors::mqtt::{Broker, Extras, Qos};
use baotu_observations::{Carrier, Command, Thing, Things};
use serde_json::json;

use super::mqtt::command_topic;

/// The connections of things.
pub(super) struct Lines {
    pub(super) broker: Broker,
    pub(super) hj212: Hj212Door,
    pub(super) things: Things,
}

impl Carrier for Lines {
    fn carry(&self, thing: &Thing, command: &Command) -> bool {
        let declared = self.things.kind_of(thing).and_then(|kind| kind.command(&command.name));
        if let Some(number) = declared.and_then(|declared| declared.hj212) {
            let asking = Asking { command: command.id, number, body: command.body.clone() };
            return self.hj212.ask(thing.id, asking);
        }
        let message = json!({ "id": command.id.to_string(), "name": command.name, "body": command.body });
        let left = command.expires_at.micros_since(self.things.now()).div_euclid(1_000_000);
        let extras = Extras { expiry_seconds: u32::try_from(left).ok(), ..Extras::default() };
        let topic = command_topic(&thing.code);
        let delivered =
            self.broker.publish_with(&topic, message.to_string(), Qos::AtLeastOnce, false, extras);
        delivered.is_ok_and(|delivered| delivered.connected > 0)
    }
}
