//! Devices that tell reading after reading over three protocols, whatever becomes of the city, and the comparison of what
//! was acknowledged with what the city has.

use std::collections::{BTreeMap, VecDeque};
use std::io::Result;
use std::net::SocketAddr;
use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use reqwest::blocking::Client;
use serde_json::Value;

use crate::city::City;
use crate::devices::{Answered, Device, Hj212, Mqtt, Told, post_each};
use crate::people::Person;

/// The property that is told: no rule watches it, and every protocol has it.
pub(crate) const PROPERTY: &str = "ph";
/// The type of thing that has it.
const KIND: &str = "water-station";
/// Readings that are under way at once on a connection.
const UNDER_WAY: usize = 12;
/// Readings of one page of a series.
const PAGE: usize = 100_000;

/// By what a device speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Mqtt,
    Hj212,
    Http,
}

/// Where the city is now.
#[derive(Clone, Debug)]
pub(crate) struct Where {
    http: String,
    mqtt: SocketAddr,
    hj212: SocketAddr,
}

impl Where {
    pub(crate) fn of(city: &City) -> Self {
        Self { http: city.address.clone(), mqtt: city.door("mqtt"), hj212: city.door("hj212") }
    }

    /// Where it is reached by MQTT.
    pub(crate) const fn mqtt(&self) -> SocketAddr {
        self.mqtt
    }
}

/// A device that tells a reading for each second of the past, beginning at some day, and tells again what was not
/// acknowledged.
pub(crate) struct Teller {
    pub(crate) protocol: Protocol,
    pub(crate) device: Device,
    begin: Timestamp,
    /// Readings made so far.
    made: u32,
    /// Readings that wait for an acknowledgement, the oldest first.
    open: VecDeque<Told>,
    /// Readings that were acknowledged.
    pub(crate) acknowledged: BTreeMap<Timestamp, f64>,
    /// Readings that were refused for now and told again.
    pub(crate) refused: usize,
}

impl Teller {
    /// Has an operator register two devices for each protocol.
    pub(crate) fn all(operator: &Person<'_>) -> Vec<Self> {
        let begin = Timestamp::now() - (15 * 24).hours();
        let begin = Timestamp::from_second(begin.as_second()).expect("a moment");
        let protocols = [Protocol::Mqtt, Protocol::Hj212, Protocol::Http];
        let each = (0_u32..).zip(protocols.into_iter().flat_map(|protocol| [protocol; 2]));
        each.map(|(number, protocol)| Self {
            protocol,
            // As HJ 212 wants it: 24 hexadecimal digits.
            device: Device::registered(operator, KIND, &format!("3701020000000000000000{number:02}")),
            begin,
            made: 0,
            open: VecDeque::new(),
            acknowledged: BTreeMap::new(),
            refused: 0,
        })
        .collect()
    }

    /// The next reading, unlike any other in time.
    fn make(&mut self) -> Told {
        let thousandths = 1_000 + self.made * 7 % 12_000;
        let value: f64 =
            format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000).parse().expect("a number");
        let told = Told { at: self.begin + i64::from(self.made).seconds(), value };
        self.made += 1;
        told
    }

    /// The readings to tell now: those that wait, filled up with new ones.
    fn next(&mut self, at_once: usize) -> Vec<Told> {
        while self.open.len() < at_once {
            let told = self.make();
            self.open.push_back(told);
        }
        self.open.iter().take(at_once).copied().collect()
    }

    fn note(&mut self, told: &[Told], answers: Vec<(usize, Answered)>) {
        for (index, answer) in answers {
            match answer {
                Answered::Taken => {
                    let reading = told[index];
                    self.acknowledged.insert(reading.at, reading.value);
                    self.open.retain(|open| open.at != reading.at);
                }
                Answered::Refused => self.refused += 1,
            }
        }
    }

    /// Connects and tells until `enough`, or until the connection is lost, which is the error.
    pub(crate) fn tell_on(&mut self, city: &Where, mut enough: impl FnMut(&Self) -> bool) -> Result<()> {
        let client = Client::new();
        let mut line = match self.protocol {
            Protocol::Mqtt => Line::Mqtt(Mqtt::connect(city.mqtt, &self.device)?),
            Protocol::Hj212 => Line::Hj212(Hj212::connect(city.hj212)?),
            Protocol::Http => Line::Http(&client, &city.http),
        };
        while !enough(self) {
            self.tell_some(&mut line, UNDER_WAY)?;
        }
        Ok(())
    }

    /// Tells so many readings on a line and notes what was answered before it broke.
    pub(crate) fn tell_some(&mut self, line: &mut Line<'_>, at_once: usize) -> Result<()> {
        let told = self.next(at_once);
        let mut answers = Vec::with_capacity(told.len());
        let note = |index, answer| answers.push((index, answer));
        let outcome = match line {
            Line::Mqtt(mqtt) => mqtt.tell(&self.device, PROPERTY, &told, note),
            Line::Hj212(hj212) => hj212.tell(&self.device, &told, note),
            Line::Http(client, city) => post_each(client, city, (&self.device, PROPERTY), &told, note),
        };
        self.note(&told, answers);
        outcome
    }

    /// Tells some readings by HJ 212; no answer comes for so long.
    pub(crate) fn is_not_answered(&mut self, city: &Where, patience: Duration) {
        let hj212 = Hj212::connect(city.hj212).expect("it accepts");
        hj212.waits(patience);
        let lost = self.tell_some(&mut Line::Hj212(hj212), UNDER_WAY).expect_err("no answer");
        assert_eq!(lost.kind(), std::io::ErrorKind::WouldBlock, "the connection stays: {lost}");
    }

    /// Tells whatever still waits for an acknowledgement, and no more.
    pub(crate) fn finish(&mut self, city: &Where) {
        let waiting = self.open.len();
        if waiting > 0 {
            let made = self.made;
            self.tell_on(city, |teller| teller.made > made || teller.open.is_empty())
                .unwrap_or_else(|error| panic!("{:?}: {error}", self.protocol));
        }
    }

    /// Compares with what the city tells: all that was acknowledged is there with its value, each moment once, and
    /// nothing that was never told. How many readings there are.
    pub(crate) fn compare(&self, read: impl Fn(&str) -> Value) -> usize {
        let who = format!("{:?} {}", self.protocol, self.device.code);
        let end = self.begin + i64::from(self.made).seconds();
        let mut stored = BTreeMap::new();
        let mut from = self.begin.to_string();
        loop {
            let (id, begin) = (&self.device.id, &from);
            let page =
                read(&format!("/api/things/{id}/series/{PROPERTY}?from={begin}&to={end}&limit={PAGE}"));
            for reading in page["readings"].as_array().unwrap_or_else(|| panic!("{who}: {page}")) {
                let at: Timestamp = reading["at"].as_str().and_then(|at| at.parse().ok()).expect("a moment");
                let value = reading["value"].as_f64().expect("a number");
                assert_eq!(stored.insert(at, value), None, "{who}: {at} is told twice");
            }
            let Some(next) = page["next"].as_str() else { break };
            next.clone_into(&mut from);
        }
        for (at, value) in &self.acknowledged {
            assert_eq!(stored.get(at), Some(value), "{who}: {at} was acknowledged");
        }
        for (at, value) in &stored {
            let open = self.open.iter().find(|told| told.at == *at).map(|told| told.value);
            let told = self.acknowledged.get(at).copied().or(open);
            assert_eq!(told, Some(*value), "{who}: {at} was never told like this");
        }
        stored.len()
    }
}

/// A connection.
pub(crate) enum Line<'c> {
    Mqtt(Mqtt),
    Hj212(Hj212),
    Http(&'c Client, &'c str),
}
