//! What a device is asked, and which answer belongs to it.

use baotu_protocols::hj212::{
    Asked, DeviceId, ExecutionResult, Meaning, Message, Order, Password, Recipient, RequestReply, Stamp,
    SystemCode, Version,
};
use baotu_vocabulary::CommandId;
use serde_json::{Map, Value as Json, json};

/// A command on its way to a device.
#[derive(Clone, Debug)]
pub struct Asking {
    /// By which its result is told.
    pub command: CommandId,
    /// The command code (CN).
    pub number: u16,
    /// What goes with it, for example `{"factor": "w01018"}`.
    pub body: Map<String, Json>,
}

/// A command code that this door does not ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("不下发命令 {0}")]
pub struct OrderUnknown(pub u16);

/// Something asked that is not over.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) command: CommandId,
    pub(super) asked: Asked,
    /// What the device has sent for it so far.
    told: Map<String, Json>,
}

/// A device on a connection, as its frames tell it.
#[derive(Clone, Debug)]
pub(super) struct Device {
    pub(super) id: DeviceId,
    pub(super) password: Password,
    pub(super) system: SystemCode,
    pub(super) version: Version,
}

impl Asking {
    /// The order that the code means.
    ///
    /// # Errors
    /// When this door does not ask it, or a factor is missing.
    pub(super) fn order(&self) -> Result<Order, OrderUnknown> {
        let factor = self.body.get("factor").and_then(Json::as_str).map(str::to_owned);
        let of_factor = || factor.clone().ok_or(OrderUnknown(self.number));
        Ok(match self.number {
            1011 => Order::Time { factor },
            1061 => Order::RealtimeInterval,
            1063 => Order::MinuteInterval,
            2011 => Order::StartRealtime,
            2012 => Order::StopRealtime,
            2021 => Order::StartState,
            2022 => Order::StopState,
            3011 => Order::Calibrate { factor: of_factor()? },
            3012 => Order::SampleNow { factor: of_factor()? },
            3013 => Order::Clean { factor: of_factor()? },
            other => return Err(OrderUnknown(other)),
        })
    }

    /// The message that asks a device, and what to remember of it.
    pub(super) fn message(&self, device: &Device, now: Stamp) -> Result<(Message, Open), OrderUnknown> {
        let order = self.order()?;
        let to = Recipient {
            system: device.system,
            password: device.password.clone(),
            device: device.id.clone(),
            version: device.version,
        };
        let message = order.message(&to, now).map_err(|_| OrderUnknown(self.number))?;
        let asked = order.asked(&to, now).ok_or(OrderUnknown(self.number))?;
        Ok((message, Open { command: self.command, asked, told: Map::new() }))
    }
}

/// A command that is over.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ended {
    pub(super) command: CommandId,
    pub(super) is_done: bool,
    pub(super) result: Json,
}

/// Takes what a message means for what is open; what is over is taken out.
pub(super) fn heard(open: &mut Vec<Open>, meaning: &Meaning, message: &Message) -> Option<Ended> {
    let place = |open: &[Open], id: &baotu_protocols::hj212::RequestId| {
        open.iter().position(|one| one.asked.request_id == *id)
    };
    match meaning {
        Meaning::DataFor(id) => {
            let at = place(open, id)?;
            let one = open.get_mut(at)?;
            for pair in message.pairs().filter(|pair| !pair.is_secret()) {
                one.told.insert(pair.name.shown(), Json::String(pair.value.shown()));
            }
            None
        }
        Meaning::Taken(id, reply) if *reply != RequestReply::Ready => {
            let one = open.remove(place(open, id)?);
            let result = json!({ "QnRtn": reply.number() });
            Some(Ended { command: one.command, is_done: false, result })
        }
        Meaning::Ended(id, result) => {
            let mut one = open.remove(place(open, id)?);
            one.told.insert("ExeRtn".to_owned(), json!(result.number()));
            let is_done = *result == ExecutionResult::Done;
            Some(Ended { command: one.command, is_done, result: Json::Object(one.told) })
        }
        // 2012 is a notice to the device: that it has it is all it says.
        Meaning::Noted(id) => {
            let one = open.remove(place(open, id)?);
            Some(Ended { command: one.command, is_done: true, result: Json::Object(one.told) })
        }
        _ => None,
    }
}
