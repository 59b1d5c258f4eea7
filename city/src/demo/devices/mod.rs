//! The demo's devices: thousands of them, which connect to the city's own doors over real sockets, in MQTT, HJ 212 and
//! HTTP, and some of which misbehave. Their numbers are made up and marked so.
//!
//! | file | what it holds |
//! |---|---|
//! | `fleet` | which devices there are, where, and what is wrong with some; they are registered with a day's readings |
//! | `values` | what they measure: smooth curves of device and moment (pure) |
//! | `mqtt`, `hj212`, `http` | how they speak |

mod fleet;
mod hj212;
mod http;
mod mqtt;
mod values;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use baotu_vocabulary::{Moment, Surroundings};
use jiff::tz::TimeZone;
use tokio::task::JoinSet;

pub use fleet::{FULL, Fleet};

use fleet::{Device, Fault, Speaks};

/// All devices have connected after so long.
const CONNECTING: Duration = Duration::from_secs(30);
/// The pause before a device that lost its connection tries again.
const RECONNECTING: Duration = Duration::from_secs(5);
/// A device looks at its clock at least so often, so that one whose time runs faster is soon right.
const LOOKING: Duration = Duration::from_secs(60);
/// How far behind a clock stands that is years off, in seconds.
const YEARS: i64 = 6 * 365 * 86_400;

/// Where devices connect.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// MQTT; those that speak it stay away when absent.
    pub mqtt: Option<SocketAddr>,
    /// HJ 212.
    pub hj212: Option<SocketAddr>,
    /// HTTP.
    pub http: SocketAddr,
}

/// What all devices share.
struct Shared {
    addresses: Addresses,
    surroundings: Arc<dyn Surroundings>,
    zone: TimeZone,
    /// How much faster than the machine's clock the city's time runs; not zero.
    speed: f64,
    http: http::Http,
}

impl Fleet {
    /// Lets all devices report at `speed` times the machine's clock, until it is dropped; it never ends by itself. At
    /// speed 0 they do not speak, as their time stands still.
    pub async fn run(
        self,
        addresses: Addresses,
        surroundings: Arc<dyn Surroundings>,
        zone: TimeZone,
        speed: f64,
    ) {
        if speed <= 0.0 || self.is_empty() {
            return std::future::pending().await;
        }
        let http = http::Http::to(addresses.http);
        let shared = Arc::new(Shared { addresses, surroundings, zone, speed, http });
        let mut devices = JoinSet::new();
        let count = self.devices.len().max(1);
        for (number, device) in self.devices.into_iter().enumerate() {
            let shared = Arc::clone(&shared);
            let wait = CONNECTING.mul_f64(number as f64 / count as f64);
            devices.spawn(async move {
                tokio::time::sleep(wait).await;
                live(&device, &shared).await;
            });
        }
        while devices.join_next().await.is_some() {}
    }
}

async fn live(device: &Device, shared: &Shared) {
    let (.., speaks, _) = device.kind.traits();
    if device.fault == Fault::Silent {
        return;
    }
    loop {
        let ended = match speaks {
            Speaks::Mqtt => mqtt::connect(device, shared).await,
            Speaks::Hj212 => hj212::connect(device, shared).await,
            Speaks::Http => http::report_on(device, shared).await,
        };
        if let Err(error) = ended {
            tracing::debug!(device = device.code, %error, "a device of the demo lost its connection");
        }
        tokio::time::sleep(RECONNECTING).await;
    }
}

impl Shared {
    /// The city's time in whole seconds.
    fn now(&self) -> i64 {
        self.surroundings.now().micros().div_euclid(1_000_000)
    }

    /// Waits until the city's clock shows `at`, or a while; whether it does.
    async fn wait(&self, at: i64) -> bool {
        let left = (at - self.now()).max(0) as f64 / self.speed;
        tokio::time::sleep(Duration::from_secs_f64(left).min(LOOKING)).await;
        self.now() >= at
    }
}

/// What a device says of a moment: when it believes it is, and its values; none is a probe that says nothing.
struct Said {
    at: Moment,
    values: Vec<(&'static str, Option<f64>)>,
}

impl Device {
    fn says(&self, at: i64, zone: &TimeZone) -> Said {
        let believed = if self.fault == Fault::Clock { at - YEARS } else { at };
        let values = self.values(at, zone).into_iter().map(|(property, value)| {
            let value = match self.fault {
                Fault::Probe => Some(99_999.0),
                Fault::Empty => None,
                _ => Some(value),
            };
            (property, value)
        });
        Said { at: Moment::from_micros(believed * 1_000_000), values: values.collect() }
    }

    /// The secret that it uses.
    fn known_secret(&self) -> &str {
        if self.fault == Fault::Secret { "000000" } else { &self.secret }
    }

    /// How often it sends a message.
    const fn times(&self) -> usize {
        if matches!(self.fault, Fault::Doubling) { 2 } else { 1 }
    }
}
