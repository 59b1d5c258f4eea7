//! Devices that speak HJ 212.

use std::time::Duration;

use anyhow::bail;
use baotu_protocols::hj212::{
    Command, DeviceId, ExecutionResult, Flag, Frame, Item, Judgement, Knows, Message, Pair, Password,
    RequestId, RequestReply, Splitter, Stamp, SystemCode, Version, device_hears, judge, request_acknowledged,
    request_ended,
};
use baotu_vocabulary::Moment;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::fleet::{Device, Fault, Kind};
use super::{Said, Shared};

/// How long an acknowledgement is waited for (HJ 212-2017: 10 s), and how often a report is sent again.
const ANSWERING: Duration = Duration::from_secs(10);
const RETRIES: usize = 3;
/// The commands that the device carries out.
const OBEYED: [Command; 4] =
    [Command::TIME, Command::REALTIME, Command::STOP_REALTIME, Command::REALTIME_INTERVAL];

/// A connection to the platform.
struct Line<'a> {
    stream: TcpStream,
    splitter: Splitter,
    device: &'a Device,
    shared: &'a Shared,
    id: DeviceId,
    password: Password,
    system: SystemCode,
}

/// Connects and reports until the connection is lost.
pub(super) async fn connect(device: &Device, shared: &Shared) -> anyhow::Result<()> {
    let Some(address) = shared.addresses.hj212 else { return std::future::pending().await };
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let system = match device.kind {
        Kind::Air => "22",
        Kind::Water => "21",
        _ => "39",
    };
    let (Some(id), Some(system)) = (DeviceId::new(&device.code), SystemCode::new(system)) else {
        bail!("{} is no MN", device.code);
    };
    let password = Password::new(device.known_secret());
    let mut line = Line { stream, splitter: Splitter::new(), device, shared, id, password, system };
    let mut at = device.next_report(shared.now());
    let mut some = [0; 2_048];
    loop {
        tokio::select! {
            read = line.stream.read(&mut some) => {
                let length = read?;
                if length == 0 {
                    bail!("the platform closed the connection");
                }
                line.hear(some.get(..length).unwrap_or_default()).await?;
            }
            is_time = shared.wait(at) => {
                if is_time {
                    line.report(at).await?;
                    if device.fault == Fault::Flapping {
                        return Ok(());
                    }
                    at = device.next_report(shared.now());
                }
            }
        }
    }
}

impl Line<'_> {
    fn stamp(&self, at: Moment) -> Stamp {
        Stamp::new(at.timestamp().to_zoned_datetime(self.shared.zone.clone()).datetime())
    }

    /// Sends what is measured at a moment until it is acknowledged, a few times at most.
    async fn report(&mut self, at: i64) -> anyhow::Result<()> {
        let said = self.device.says(at, &self.shared.zone);
        let message = self.message(&said);
        let mut bytes = message.encode()?;
        if self.device.fault == Fault::Spoilt
            && let Some(byte) = bytes.get_mut(40)
        {
            *byte ^= 1;
        }
        for _ in 0..self.device.times() {
            self.stream.write_all(&bytes).await?;
        }
        for _ in 0..RETRIES {
            if self.is_acknowledged(message.request_id.as_ref()).await? {
                return Ok(());
            }
            if self.device.fault != Fault::None {
                return Ok(());
            }
            self.stream.write_all(&bytes).await?;
        }
        bail!("not acknowledged");
    }

    async fn is_acknowledged(&mut self, request: Option<&RequestId>) -> anyhow::Result<bool> {
        let mut some = [0; 2_048];
        let until = tokio::time::Instant::now() + ANSWERING;
        loop {
            let read = tokio::time::timeout_at(until, self.stream.read(&mut some)).await;
            let Ok(read) = read else { return Ok(false) };
            let length = read?;
            if length == 0 {
                bail!("the platform closed the connection");
            }
            if self.hear(some.get(..length).unwrap_or_default()).await?.iter().any(|id| Some(id) == request) {
                return Ok(true);
            }
        }
    }

    /// Hears frames and answers questions; the reports that are acknowledged.
    async fn hear(&mut self, bytes: &[u8]) -> anyhow::Result<Vec<RequestId>> {
        let mut acknowledged = Vec::new();
        let frames: Vec<Frame> = self.splitter.feed(bytes);
        for judgement in frames.iter().map(judge) {
            let Some(message) = judgement.message().cloned() else { continue };
            if message.command == Command::DATA_ACK {
                acknowledged.extend(message.request_id);
            } else {
                self.answer(&judgement, &message).await?;
            }
        }
        Ok(acknowledged)
    }

    async fn answer(&mut self, judgement: &Judgement, question: &Message) -> anyhow::Result<()> {
        let knows =
            Knows { password: &self.password, device: &self.id, systems: &[self.system], commands: &OBEYED };
        let Some(reply) = device_hears(judgement, &knows) else { return Ok(()) };
        let mut bytes = request_acknowledged(question, reply).encode()?;
        if reply == RequestReply::Ready {
            if question.command == Command::TIME {
                let time = self.stamp(self.shared.surroundings.now()).to_string();
                let told = Message {
                    items: vec![Item::of([Pair::new("SystemTime", time)])],
                    system: Some(self.system),
                    flag: Some(Flag::new(Version::V2017, false, false)),
                    ..question.clone()
                };
                bytes.extend(told.encode()?);
            }
            bytes.extend(request_ended(question, ExecutionResult::Done).encode()?);
        }
        self.stream.write_all(&bytes).await?;
        Ok(())
    }

    /// What is said, as hourly means of stations or real-time data of dust monitors.
    fn message(&self, said: &Said) -> Message {
        let is_dust = self.device.kind == Kind::Dust;
        let (command, kind) = if is_dust { (Command::REALTIME, "Rtd") } else { (Command::HOUR, "Avg") };
        let mut items = vec![Item::of([Pair::new("DataTime", self.stamp(said.at).to_string())])];
        for (property, value) in &said.values {
            let factor = factor(property);
            // A broken probe says so with its flag, and dashes for a number.
            let (value, flag) = value.map_or(("---".to_owned(), "D"), |value| (value.to_string(), "N"));
            items.push(Item::of([
                Pair::new(format!("{factor}-{kind}"), value),
                Pair::new(format!("{factor}-Flag"), flag),
            ]));
        }
        Message {
            request_id: RequestId::new(&self.stamp(self.shared.surroundings.now()).to_milliseconds()),
            system: Some(self.system),
            password: Some(self.password.clone()),
            device: Some(self.id.clone()),
            flag: Some(Flag::new(Version::V2017, false, true)),
            items,
            ..Message::of(command)
        }
    }
}

/// The factor of a property (HJ 212-2017 annex B; ozone as HJ 524 has it).
fn factor(property: &str) -> &'static str {
    match property {
        "so2" => "a21026",
        "no2" => "a21004",
        "co" => "a21005",
        "o3" => "a05024",
        "pm10" | "dust-pm10" => "a34002",
        "pm25" => "a34004",
        "noise" => "LA",
        "ph" => "w01001",
        "dissolved-oxygen" => "w01009",
        "permanganate" => "w01019",
        "ammonia" => "w21003",
        _ => "w21011",
    }
}
