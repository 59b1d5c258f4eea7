//! Devices in a story: registered by whoever may, they sign in with their own secret and speak MQTT 5, HJ 212 or HTTP over
//! real sockets, and know of every reading whether it was acknowledged.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use baotu_protocols::hj212::frame;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::people::Person;

/// The role of whoever registers things.
pub(crate) const OPERATOR: &str = "iot-operator";
/// How long an answer of the city may take; one that does not come in time counts as none.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A registered thing.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) id: String,
    pub(crate) code: String,
    pub(crate) secret: String,
}

impl Device {
    /// Has an operator register a thing; its secret has the length that HJ 212 allows.
    pub(crate) fn registered(operator: &Person<'_>, kind: &str, code: &str) -> Self {
        Self::registered_with(operator, json!({"code": code, "kind": kind, "secret": "a1b2c3"}))
    }

    /// The same with whatever else is known of it.
    pub(crate) fn registered_with(operator: &Person<'_>, told: Value) -> Self {
        let told = operator.post("/api/things", &told).with(201);
        let word = |value: &Value| value.as_str().expect("a text").to_owned();
        Self {
            id: word(&told["thing"]["id"]),
            code: word(&told["thing"]["code"]),
            secret: word(&told["secret"]),
        }
    }

    /// The topic on which it tells its readings.
    pub(crate) fn topic(&self) -> String {
        format!("things/{}/readings", self.code)
    }
}

/// A reading as it is sent: of a property whose value has three decimals at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) at: Timestamp,
    pub(crate) value: f64,
}

impl Told {
    /// As the JSON message that every type without a mapping takes.
    pub(crate) fn message(self, property: &str) -> Value {
        json!({"time": self.at.to_string(), "values": {property: self.value}})
    }
}

/// What the city has answered to a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    /// It is durable.
    Taken,
    /// It was told that it was not taken.
    Refused,
}

/// MQTT 5, as far as a device needs it: packets written and read by hand, so that each acknowledgement is seen.
pub(crate) struct Mqtt {
    stream: TcpStream,
}

fn length(mut bytes: usize) -> Vec<u8> {
    let mut encoded = Vec::new();
    loop {
        let more = bytes > 127;
        encoded.push(u8::try_from(bytes % 128).expect("seven bits") | if more { 128 } else { 0 });
        bytes /= 128;
        if !more {
            return encoded;
        }
    }
}

fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a short text");
    [&length.to_be_bytes(), text.as_bytes()].concat()
}

impl Mqtt {
    /// Connects and signs in; the reason code of a refusal is in the error.
    pub(crate) fn connect(address: SocketAddr, device: &Device) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        let mut mqtt = Self { stream };
        // Version 5, a clean start, with user name and password, keep alive of a minute, no properties.
        let head = [&text("MQTT")[..], &[5, 0b1100_0010, 0, 60, 0]].concat();
        let body = [head, text(""), text(&device.code), text(&device.secret)].concat();
        mqtt.packet(0x10, &body)?;
        let (kind, body) = mqtt.read()?;
        match (kind, body.get(1)) {
            (0x20, Some(0)) => Ok(mqtt),
            (_, reason) => Err(Error::new(ErrorKind::PermissionDenied, format!("{reason:?}"))),
        }
    }

    fn packet(&mut self, head: u8, body: &[u8]) -> Result<()> {
        self.stream.write_all(&[&[head][..], &length(body.len()), body].concat())
    }

    /// Sends bytes that are no packet.
    pub(crate) fn shout(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("sent");
    }

    /// The next packet: its kind, and its body.
    pub(crate) fn read(&mut self) -> Result<(u8, Vec<u8>)> {
        let mut byte = [0];
        self.stream.read_exact(&mut byte)?;
        let kind = byte[0];
        let (mut bytes, mut shift) = (0_usize, 0);
        loop {
            self.stream.read_exact(&mut byte)?;
            bytes |= usize::from(byte[0] & 127) << shift;
            shift += 7;
            if byte[0] < 128 {
                break;
            }
        }
        let mut body = vec![0; bytes];
        self.stream.read_exact(&mut body)?;
        Ok((kind & 0xF0, body))
    }

    /// Publishes with QoS 1.
    pub(crate) fn publish(&mut self, id: u16, topic: &str, payload: &[u8]) -> Result<()> {
        let body = [&text(topic)[..], &id.to_be_bytes(), &[0], payload].concat();
        self.packet(0x32, &body)
    }

    /// The next PUBACK: whose it is, and its reason code.
    pub(crate) fn acknowledged(&mut self) -> Result<(u16, u8)> {
        match self.read()? {
            (0x40, body) if body.len() >= 2 => {
                Ok((u16::from_be_bytes([body[0], body[1]]), body.get(2).copied().unwrap_or_default()))
            }
            // DISCONNECT with its reason.
            (0xE0, body) => Err(Error::new(ErrorKind::ConnectionAborted, format!("{body:?}"))),
            (kind, body) => panic!("{kind:#x} {body:?} is no PUBACK"),
        }
    }

    /// Tells readings at once and waits for the answer to each.
    pub(crate) fn tell(
        &mut self,
        device: &Device,
        property: &str,
        readings: &[Told],
        mut answered: impl FnMut(usize, Answered),
    ) -> Result<()> {
        for (id, reading) in (1..).zip(readings) {
            self.publish(id, &device.topic(), reading.message(property).to_string().as_bytes())?;
        }
        for _ in readings {
            let (id, reason) = self.acknowledged()?;
            let answer = if reason < 0x80 { Answered::Taken } else { Answered::Refused };
            answered(usize::from(id) - 1, answer);
        }
        Ok(())
    }
}

/// HJ 212 over TCP.
pub(crate) struct Hj212 {
    stream: TcpStream,
    /// What was read beyond the last whole answer.
    rest: String,
    /// Makes request ids that are not repeated on this connection.
    serial: u32,
}

/// An hourly report of a surface water station with its pH value.
pub(crate) fn report(device: &Device, request: &str, reading: Told) -> Vec<u8> {
    let time = reading.at.to_zoned_datetime(TimeZone::get("Asia/Shanghai").expect("the zone of the city"));
    let segment = format!(
        "QN={request};ST=21;CN=2061;PW={};MN={};Flag=5;CP=&&DataTime={};w01001-Avg={},w01001-Flag=N&&",
        device.secret,
        device.code,
        time.strftime("%Y%m%d%H%M%S"),
        reading.value
    );
    frame(segment.as_bytes())
}

impl Hj212 {
    pub(crate) fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, rest: String::new(), serial: 0 })
    }

    /// An answer that has not come after so long does not come.
    pub(crate) fn waits(&self, patience: Duration) {
        self.stream.set_read_timeout(Some(patience)).expect("a time");
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.stream.write_all(bytes)
    }

    /// The next frame, as text.
    pub(crate) fn answer(&mut self) -> Result<String> {
        loop {
            if let Some((line, rest)) = self.rest.split_once("\r\n") {
                let (line, rest) = (line.to_owned(), rest.to_owned());
                self.rest = rest;
                return Ok(line);
            }
            let mut some = [0; 4_096];
            let read = self.stream.read(&mut some)?;
            if read == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            self.rest.push_str(&String::from_utf8_lossy(&some[..read]));
        }
    }

    /// A request id that this connection has not used.
    pub(crate) fn request(&mut self) -> String {
        self.serial += 1;
        // A moment with milliseconds; that it lies in the past is nobody's concern.
        format!("20260101{:09}", 100_000_000 + self.serial % 100_000_000)
    }

    /// Tells readings at once and waits for the answer (9014) to each.
    pub(crate) fn tell(
        &mut self,
        device: &Device,
        readings: &[Told],
        mut answered: impl FnMut(usize, Answered),
    ) -> Result<()> {
        let requests: Vec<String> = readings.iter().map(|_| self.request()).collect();
        let frames: Vec<u8> = requests
            .iter()
            .zip(readings)
            .flat_map(|(request, reading)| report(device, request, *reading))
            .collect();
        self.send(&frames)?;
        for _ in readings {
            let answer = self.answer()?;
            assert!(answer.contains("CN=9014;"), "{answer}");
            let whose = requests.iter().position(|request| answer.contains(&format!("QN={request};")));
            answered(whose.unwrap_or_else(|| panic!("whose answer is {answer}")), Answered::Taken);
        }
        Ok(())
    }
}

/// Posts a JSON message as a device: the status and the body; none when the city is gone.
pub(crate) fn post(client: &Client, city: &str, device: &Device, message: &Value) -> Option<(u16, Value)> {
    let request = client.post(format!("{city}/things/readings"));
    let sent = request.basic_auth(&device.code, Some(&device.secret)).json(message).send();
    // An answer that broke off is none.
    sent.and_then(|answer| Ok((answer.status().as_u16(), answer.json::<Value>()?))).ok()
}

/// Posts readings, each in its own request.
pub(crate) fn post_each(
    client: &Client,
    city: &str,
    (device, property): (&Device, &str),
    readings: &[Told],
    mut answered: impl FnMut(usize, Answered),
) -> Result<()> {
    for (index, reading) in readings.iter().enumerate() {
        let answer = post(client, city, device, &reading.message(property));
        match answer {
            Some((200, body)) => {
                assert_eq!(body["stored"], 1, "{body}");
                answered(index, Answered::Taken);
            }
            Some((503, _)) => answered(index, Answered::Refused),
            Some((status, body)) => panic!("{status} {body}"),
            None => return Err(ErrorKind::ConnectionReset.into()),
        }
    }
    Ok(())
}
