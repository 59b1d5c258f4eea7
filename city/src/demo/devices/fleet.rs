//! The demo's devices: which there are, where they stand, and what is wrong with some of them.

use anyhow::Context;
use baotu_observations::{NewThing, Reading, Things};
use baotu_vocabulary::{Moment, Point, Quality};
use serde_json::{Map, json};

use super::super::scenery::Scenery;
use super::values::chance;
use crate::city::City;

/// The kinds of device, with their share of a fleet of [`FULL`].
const SHARES: [(Kind, usize); 9] = [
    (Kind::Cover, 3_000),
    (Kind::Lamp, 900),
    (Kind::Dust, 400),
    (Kind::WaterMeter, 300),
    (Kind::GasMeter, 300),
    (Kind::PowerMeter, 200),
    (Kind::Park, 120),
    (Kind::Water, 60),
    (Kind::Air, 40),
];
/// Devices of a whole fleet.
pub const FULL: usize = 5_320;
/// Hours of readings that a device brings along.
const HISTORY_HOURS: i64 = 24;
/// Readings that are stored at a time.
const BATCH_READINGS: usize = 50_000;
/// Things that are registered at a time.
const BATCH_THINGS: usize = 500;

/// A kind of device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Air,
    Dust,
    Water,
    Cover,
    Lamp,
    WaterMeter,
    PowerMeter,
    GasMeter,
    Park,
}

/// How a device speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaks {
    Hj212,
    Mqtt,
    Http,
}

/// What is wrong with a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// Its clock stands years before.
    Clock,
    /// It has an old secret.
    Secret,
    /// Its probe is broken and says impossible numbers.
    Probe,
    /// Its probe says nothing.
    Empty,
    /// It is dead.
    Silent,
    /// Its messages are spoilt on the way.
    Spoilt,
    /// It is set up with the topic of another.
    Foreign,
    /// It loses its connection after each report.
    Flapping,
    /// It sends everything twice.
    Doubling,
}

/// Shares of faults, in thousandths.
const FAULTS: [(Fault, u32); 9] = [
    (Fault::Clock, 4),
    (Fault::Secret, 4),
    (Fault::Probe, 6),
    (Fault::Empty, 6),
    (Fault::Silent, 8),
    (Fault::Spoilt, 4),
    (Fault::Foreign, 2),
    (Fault::Flapping, 4),
    (Fault::Doubling, 4),
];

/// A device.
#[derive(Clone, Debug)]
pub(super) struct Device {
    pub(super) kind: Kind,
    pub(super) code: String,
    pub(super) secret: String,
    pub(super) seed: u64,
    pub(super) fault: Fault,
    place: Point,
    address: String,
}

impl Kind {
    /// Its type in the pack, the letters in its code, how it speaks, and how often, in seconds.
    pub(super) const fn traits(self) -> (&'static str, &'static str, Speaks, i64) {
        match self {
            Self::Air => ("air-station", "AQ", Speaks::Hj212, 3_600),
            Self::Dust => ("dust-monitor", "YC", Speaks::Hj212, 60),
            Self::Water => ("water-station", "SZ", Speaks::Hj212, 3_600),
            Self::Cover => ("manhole-cover", "JG", Speaks::Mqtt, 900),
            Self::Lamp => ("lamp-pole", "DG", Speaks::Mqtt, 300),
            Self::WaterMeter => ("water-meter", "SB", Speaks::Mqtt, 86_400),
            Self::PowerMeter => ("electricity-meter", "DB", Speaks::Mqtt, 900),
            Self::GasMeter => ("gas-meter", "QB", Speaks::Mqtt, 3_600),
            Self::Park => ("car-park", "TC", Speaks::Http, 300),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Air => "空气站",
            Self::Dust => "工地扬尘仪",
            Self::Water => "水质站",
            Self::Cover => "井盖",
            Self::Lamp => "灯杆",
            Self::WaterMeter => "水表",
            Self::PowerMeter => "电表",
            Self::GasMeter => "燃气表",
            Self::Park => "停车场",
        }
    }

    /// What may happen to it: in which slots of so many seconds, how long it lasts then, and in which share of them.
    pub(super) const fn episodes(self) -> (i64, i64, f64) {
        match self {
            Self::Cover => (1_800, 900, 0.001),
            Self::Dust => (7_200, 2_400, 0.012),
            Self::Lamp => (7_200, 1_800, 0.000_4),
            Self::GasMeter => (3_600, 1_800, 0.000_5),
            Self::Water => (43_200, 14_400, 0.01),
            _ => (0, 0, 0.0),
        }
    }

    /// The kind of the district unit that answers for it.
    const fn unit_kind(self) -> &'static str {
        match self {
            Self::Air | Self::Water => "shengtai",
            Self::Dust | Self::GasMeter | Self::WaterMeter | Self::PowerMeter => "zhujian",
            Self::Cover | Self::Lamp => "chengguan",
            Self::Park => "gongan",
        }
    }
}

impl Device {
    /// When it reports next, in whole seconds: at its own second of each interval, and each minute while something
    /// happens to it.
    pub(super) fn next_report(&self, after: i64) -> i64 {
        let (.., interval) = self.kind.traits();
        let own = (chance(self.seed, 31, 0) * interval as f64) as i64;
        let regular = (after - own).div_euclid(interval) * interval + interval + own;
        let (slot, lasts, _) = self.kind.episodes();
        if slot == 0 || interval <= 60 {
            return regular;
        }
        let begins = after.div_euclid(slot) * slot;
        let soon = if self.has_episode(after) {
            // Each minute, and once more when it is over.
            (after + 60).min(begins + lasts).max(after + 1)
        } else {
            let next = begins + slot;
            if self.has_episode(next) { next } else { i64::MAX }
        };
        regular.min(soon)
    }
}

/// All devices of a demo.
#[derive(Clone, Debug)]
pub struct Fleet {
    pub(super) devices: Vec<Device>,
}

impl Fleet {
    /// The devices that belong to a seed, about `count` of them; the same for the same seed.
    pub fn of(scenery: &Scenery, seed: u64, count: usize) -> Self {
        let mut devices = Vec::new();
        for (kind, share) in SHARES {
            // At least one of each kind, unless there shall be none at all.
            let own = if count == 0 { 0 } else { (share * count).div_ceil(FULL) };
            devices.extend((0..own).filter_map(|number| device(scenery, kind, seed, number)));
        }
        Self { devices }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.devices.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.devices.is_empty()
    }

    /// Registers those that are not there yet, with the readings that they bring along; a city that starts again on its
    /// data has them.
    ///
    /// # Errors
    /// When the register refuses one, or cannot store.
    pub async fn install(&self, city: &City) -> anyhow::Result<()> {
        let things = &city.sensing.things;
        let new: Vec<&Device> =
            self.devices.iter().filter(|device| things.by_code(&device.code).is_none()).collect();
        for some in new.chunks(BATCH_THINGS) {
            let told = some.iter().map(|device| device.told(city)).collect();
            things.register(told, "city:demo").await.context("演示设备没有登记")?;
        }
        self.bring_history(things, &new).await?;
        // Those that are well have reported until now.
        for device in new.iter().filter(|device| !matches!(device.fault, Fault::Silent | Fault::Secret)) {
            if let Some(standing) = things.by_code(&device.code) {
                things.seen(standing.thing.id, things.now());
            }
        }
        Ok(())
    }

    /// Writes what devices measured in the last day, hour by hour.
    async fn bring_history(&self, things: &Things, devices: &[&Device]) -> anyhow::Result<()> {
        let end = things.now().micros() / 1_000_000;
        let mut begins = end - HISTORY_HOURS * 3_600;
        let mut batch = Vec::with_capacity(BATCH_READINGS);
        while begins < end {
            let until = (begins + 3_600).min(end);
            for device in devices.iter().filter(|device| device.fault != Fault::Silent) {
                let Some(standing) = things.by_code(&device.code) else { continue };
                let mut at = device.next_report(begins - 1);
                while at < until {
                    for (property, value) in device.values(at, things.zone()) {
                        let series = standing.series.iter().find(|(name, _)| name.as_str() == property);
                        batch.extend(series.map(|(_, series)| Reading {
                            series: *series,
                            at: Moment::from_micros(at * 1_000_000),
                            value,
                            quality: Quality::Normal,
                        }));
                    }
                    at = device.next_report(at);
                }
                if batch.len() >= BATCH_READINGS {
                    store(things, &mut batch).await?;
                }
            }
            store(things, &mut batch).await?;
            begins = until;
        }
        Ok(())
    }
}

async fn store(things: &Things, batch: &mut Vec<Reading>) -> anyhow::Result<()> {
    let readings = std::mem::take(batch);
    things.readings().store(readings, things.now()).await.context("演示设备的历史读数没有保存")
}

fn device(scenery: &Scenery, kind: Kind, seed: u64, number: usize) -> Option<Device> {
    let (_, letters, speaks, _) = kind.traits();
    let own =
        seed ^ (kind as u64 + 1).wrapping_mul(0x1000_0001) ^ (number as u64).wrapping_mul(0x51_7C_C1_B7);
    let own = (chance(own, 41, 0) * (1_u64 << 52) as f64) as u64;
    let (point, address) = scenery.spot(chance(own, 42, 0), [chance(own, 43, 0), chance(own, 44, 0)])?;
    let code = match speaks {
        // An MN of 24 hexadecimal digits (HJ 212-2017); 13 characters that tell the kind, then the number.
        Speaks::Hj212 => format!("3701{:02X}{:018X}", kind as u8 + 0xA0, number + 1),
        Speaks::Mqtt | Speaks::Http => format!("3701-{letters}-{:05}", number + 1),
    };
    let secret = format!("{:06}", (chance(own, 45, 0) * 1e6) as u32);
    let secret = if speaks == Speaks::Hj212 { secret } else { format!("demo-{letters}-{secret}") };
    let mut draw = (chance(own, 46, 0) * 1_000.0) as u32;
    let mut fault = Fault::None;
    for (one, share) in FAULTS {
        if draw < share {
            fault = one;
            break;
        }
        draw -= share;
    }
    Some(Device { kind, code, secret, seed: own, fault, place: point, address })
}

impl Device {
    fn told(&self, city: &City) -> NewThing {
        let (kind, ..) = self.kind.traits();
        let located = city.atlas.locate_degrees(self.place.lon(), self.place.lat()).ok();
        let division =
            located.as_ref().and_then(|located| located.district()).map(|district| district.code.to_string());
        let unit = division.and_then(|code| {
            let unit = format!("{}-{}", code.get(..6)?, self.kind.unit_kind());
            city.pack.units().get(&unit).map(|unit| unit.code.clone())
        });
        let mut attributes = Map::new();
        if self.kind == Kind::Park {
            attributes.insert("places".to_owned(), json!(self.places()));
        }
        // Whoever reads the register sees that it is made up.
        attributes.insert("synthetic".to_owned(), json!(true));
        let number = self.code.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        let number = number.rsplit('-').next().unwrap_or(number);
        let number = number.get(number.len().saturating_sub(5)..).unwrap_or(number);
        NewThing {
            code: self.code.clone(),
            kind: kind.to_owned(),
            name: format!("{} {number}", self.kind.name()),
            unit,
            place: Some(self.place),
            address: Some(self.address.clone()),
            division: None,
            attributes,
            secret: Some(self.secret.clone()),
        }
    }
}
