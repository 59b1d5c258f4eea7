//! One connection: bytes in, frames judged, samples kept, answers out in the order of the frames.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use baotu_protocols::hj212::{
    Asked, DeviceId, Judgement, Meaning, Message, Splitter, Stamp, SystemCode, Tally, judge, platform_hears,
};
use baotu_vocabulary::{Moment, ThingId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::listener::Lines;
use super::orders::{Asking, Device, Ended, Open, heard};
use crate::sensing::{Heard, Intake, Known, NotAccepted, of_report};

/// Bytes that are read at a time.
const CHUNK_BYTES: usize = 16 * 1024;
/// A connection is closed after so many frames in a row that say nothing: line noise, or no HJ 212 at all.
const REFUSED_IN_A_ROW_MAX: u32 = 1_000;
/// Devices of one connection at most: a data concentrator speaks for several.
const DEVICES_MAX: usize = 256;
/// A connection that says nothing for so long is closed: real-time data come at least hourly.
const SILENCE: Duration = Duration::from_secs(2 * 3_600);
/// How long writing may take before the other side counts as gone.
const WRITING: Duration = Duration::from_secs(30);
/// Commands that may wait for one connection.
const ASKING_MAX: usize = 64;

/// What is known of a device on this connection.
struct Guest {
    known: Known,
    device: Device,
    open: Vec<Open>,
}

pub(super) struct Connection {
    intake: Arc<dyn Intake>,
    lines: Arc<Lines>,
    guests: HashMap<DeviceId, Guest>,
    /// Under which commands for its devices reach it.
    line: mpsc::Sender<(ThingId, Asking)>,
    asking: mpsc::Receiver<(ThingId, Asking)>,
    refused_in_a_row: u32,
    /// Half and endless frames that were told of its device.
    told: (u64, u64),
}

/// What becomes of a frame: nothing, or an answer once its samples are durable.
struct Reply {
    samples: Option<(ThingId, Heard)>,
    answer: Option<Message>,
    ended: Option<(ThingId, Ended)>,
}

impl Connection {
    pub(super) fn new(intake: Arc<dyn Intake>, lines: Arc<Lines>) -> Self {
        let (line, asking) = mpsc::channel(ASKING_MAX);
        Self { intake, lines, guests: HashMap::new(), line, asking, refused_in_a_row: 0, told: (0, 0) }
    }

    /// Serves until the other side goes, is silent for too long or says nothing but noise.
    pub(super) async fn serve(mut self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut splitter = Splitter::new();
        let mut chunk = vec![0; CHUNK_BYTES];
        let outcome = loop {
            let read = tokio::select! {
                read = tokio::time::timeout(SILENCE, stream.read(&mut chunk)) => read,
                Some((thing, asking)) = self.asking.recv() => {
                    if let Some(bytes) = self.ask(thing, &asking).await {
                        write(&mut stream, &bytes).await?;
                    }
                    continue;
                }
            };
            let Ok(read) = read else { break Ok(()) };
            match read {
                Ok(0) => {
                    let last = splitter.finish();
                    let bytes = self.hear(last.into_iter().map(|frame| judge(&frame)).collect()).await;
                    write(&mut stream, &bytes).await.ok();
                    break Ok(());
                }
                Ok(length) => {
                    let frames = splitter.feed(chunk.get(..length).unwrap_or_default());
                    let bytes = self.hear(frames.iter().map(judge).collect()).await;
                    self.tell_unread(splitter.tally());
                    write(&mut stream, &bytes).await?;
                    if self.refused_in_a_row > REFUSED_IN_A_ROW_MAX {
                        metrics::counter!("baotu_hj212_closed", "reason" => "noise").increment(1);
                        break Ok(());
                    }
                }
                Err(error) => break Err(error),
            }
        };
        let tally = splitter.tally();
        metrics::counter!("baotu_hj212_half_frames").increment(tally.half_frames);
        metrics::counter!("baotu_hj212_endless_frames").increment(tally.endless_frames);
        self.tell_unread(tally);
        for guest in self.guests.values() {
            self.lines.gone(guest.known.id, &self.line);
        }
        outcome
    }

    /// Counts the frames that were begun and never ended. Whose they were, nothing tells; on a connection of one device
    /// they were that one's, also those before it was known.
    fn tell_unread(&mut self, tally: Tally) {
        let Some(guest) = self.only_guest() else { return };
        let (half, endless) = (tally.half_frames, tally.endless_frames);
        (self.told.0..half).for_each(|_| self.intake.mishap(guest, "half-frame", ""));
        (self.told.1..endless).for_each(|_| self.intake.mishap(guest, "endless-frame", ""));
        self.told = (half, endless);
    }

    /// Hears frames in their order; what is to be sent comes back when all they said is durable.
    async fn hear(&mut self, judgements: Vec<Judgement>) -> Vec<u8> {
        let now = self.intake.now();
        let replies: Vec<Reply> =
            judgements.into_iter().filter_map(|judgement| self.reply(&judgement, now)).collect();
        let intake = &self.intake;
        // Side by side, so that one commit serves them all; the answers keep their order.
        let kept = replies.into_iter().map(|reply| async move {
            let outcome = match reply.samples {
                Some((thing, heard)) => {
                    for (code, detail) in &heard.oddities {
                        intake.mishap(thing, code, detail);
                    }
                    intake.accept(thing, heard.samples).await.map(drop)
                }
                None => Ok(()),
            };
            if let Some((thing, Ended { command, is_done, result })) = reply.ended {
                // Its end is told once; a second one is counted by the register.
                intake.command_ended(thing, command, is_done, result).await.ok();
            }
            match outcome {
                // Nothing was kept through our fault: without an answer the device sends it again.
                Err(NotAccepted::Fault) => None,
                // What can't be kept is acknowledged, or it would come for ever; it is counted by name.
                Ok(()) | Err(NotAccepted::Refused { .. }) => reply.answer,
            }
        });
        let answers = futures::future::join_all(kept).await;
        answers.into_iter().flatten().filter_map(|answer| answer.encode().ok()).flatten().collect()
    }

    fn reply(&mut self, judgement: &Judgement, now: Moment) -> Option<Reply> {
        let message = match judgement {
            Judgement::Refuse(refused, _) => {
                self.refused_in_a_row += 1;
                metrics::counter!("baotu_hj212_refused", "reason" => refused.code()).increment(1);
                // Whose frame it was, its own words can't tell; on a connection of one device it was that one's.
                if let Some(guest) = self.only_guest() {
                    self.intake.mishap(guest, refused.code(), &refused.to_string());
                }
                return None;
            }
            Judgement::Accept(message) | Judgement::Flag(message, _) => message,
        };
        let Some(id) = message.device.clone() else {
            self.refused_in_a_row += 1;
            metrics::counter!("baotu_hj212_refused", "reason" => "device-missing").increment(1);
            return None;
        };
        self.let_in(&id, message)?;
        let guest = self.guests.get_mut(&id)?;
        self.refused_in_a_row = 0;
        let thing = guest.known.id;
        for oddity in judgement.oddities() {
            self.intake.mishap(thing, oddity.kind.code(), "");
        }
        let asked: Vec<Asked> = guest.open.iter().map(|open| open.asked.clone()).collect();
        let step = platform_hears(judgement, &asked);
        let ended = heard(&mut guest.open, &step.meaning, message).map(|ended| (thing, ended));
        let samples = match (&step.meaning, &guest.known.kind.hj212) {
            (Meaning::Upload | Meaning::DataFor(_), Some(declared)) => {
                Some((thing, of_report(declared, message, now, self.intake.zone())))
            }
            (Meaning::Upload, None) => {
                self.intake.mishap(thing, "protocol-undeclared", "这类设备没有声明 HJ 212");
                None
            }
            (Meaning::Unasked, _) => {
                self.intake.mishap(thing, "unasked", &message.command.number().to_string());
                None
            }
            _ => None,
        };
        Some(Reply { samples, answer: step.answer, ended })
    }

    /// Lets the device of a message in, by its MN and PW; none when it may not speak. It is asked for each frame, so that a
    /// secret that was renewed is worth nothing on an open connection either.
    fn let_in(&mut self, id: &DeviceId, message: &Message) -> Option<()> {
        // Some leave PW out once they are known: the one that they came in with counts.
        let came_in_with = self.guests.get(id).map(|guest| guest.device.password.clone());
        let password = message.password.clone().or(came_in_with)?;
        let secret = std::str::from_utf8(password.reveal()).unwrap_or_default();
        let known = match self.intake.sign_in(id.as_str(), secret) {
            Ok(known) => known,
            Err(refused) => {
                self.refused_in_a_row += 1;
                metrics::counter!("baotu_hj212_refused", "reason" => refused.code).increment(1);
                return None;
            }
        };
        if let Some(guest) = self.guests.get_mut(id) {
            guest.device.version = message.version();
            guest.device.password = password;
            return Some(());
        }
        if self.guests.len() >= DEVICES_MAX {
            metrics::counter!("baotu_hj212_refused", "reason" => "too-many-devices").increment(1);
            return None;
        }
        let system = known.kind.hj212.as_ref().and_then(|declared| SystemCode::new(&declared.system));
        let system = system.or(message.system)?;
        let device = Device { id: id.clone(), password, system, version: message.version() };
        if self.lines.come(known.id, self.line.clone()) {
            self.intake.mishap(known.id, "connected-twice", "同一设备编号另有一个连接，以新的为准");
        }
        self.intake.connected(known.id);
        self.guests.insert(id.clone(), Guest { known, device, open: Vec::new() });
        Some(())
    }

    fn only_guest(&self) -> Option<ThingId> {
        let mut guests = self.guests.values();
        let only = guests.next()?;
        guests.next().is_none().then_some(only.known.id)
    }

    /// The bytes that ask a device of this connection; a command that can't be asked has failed.
    async fn ask(&mut self, thing: ThingId, asking: &Asking) -> Option<Vec<u8>> {
        let now = self.intake.now().timestamp().to_zoned_datetime(self.intake.zone().clone()).datetime();
        let guest = self.guests.values_mut().find(|guest| guest.known.id == thing)?;
        match asking.message(&guest.device, Stamp::new(now)) {
            Ok((message, open)) => {
                guest.open.push(open);
                message.encode().ok()
            }
            Err(unknown) => {
                let result = serde_json::json!({ "error": unknown.to_string() });
                self.intake.command_ended(thing, asking.command, false, result).await.ok();
                None
            }
        }
    }
}

async fn write(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    tokio::time::timeout(WRITING, stream.write_all(bytes)).await?
}
