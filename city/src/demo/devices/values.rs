//! What the demo's devices measure: smooth made-up numbers that depend on the device and the moment alone, so that the
//! history that is written and what is reported live are one curve.

use baotu_vocabulary::Moment;
use jiff::tz::TimeZone;

use super::fleet::{Device, Kind};

const HOUR: i64 = 3_600;

/// A number from 0 to 1 that belongs to three numbers (SplitMix64).
pub(super) fn chance(seed: u64, salt: u64, step: i64) -> f64 {
    let mut z = seed
        ^ salt.wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ step.cast_unsigned().wrapping_mul(0xD1B5_4A32_D192_ED03);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    (z >> 11) as f64 / (1_u64 << 53) as f64
}

/// A curve between 0 and 1 that turns every `period` seconds.
fn curve(seed: u64, salt: u64, at: i64, period: i64) -> f64 {
    let (step, part) = (at.div_euclid(period), at.rem_euclid(period) as f64 / period as f64);
    let smooth = part * part * (3.0 - 2.0 * part);
    let (from, to) = (chance(seed, salt, step), chance(seed, salt, step + 1));
    from + (to - from) * smooth
}

/// The hour of the day, with its fraction.
fn hour(at: i64, zone: &TimeZone) -> f64 {
    let local = Moment::from_micros(at * 1_000_000).timestamp().to_zoned_datetime(zone.clone()).time();
    f64::from(local.hour()) + f64::from(local.minute()) / 60.0
}

/// How much goes on in the city, 0 at night to 1 in the day.
fn bustle(at: i64, zone: &TimeZone) -> f64 {
    let hour = hour(at, zone);
    (0.5 - 0.5 * ((hour - 3.0) / 24.0 * std::f64::consts::TAU).cos()).clamp(0.0, 1.0)
}

/// Salts of the things that may happen to a device.
const EPISODE: u64 = 77;

impl Device {
    /// Whether something happens at the device: an open cover, a dusty site, a leak.
    pub(super) fn has_episode(&self, at: i64) -> bool {
        let (slot, lasts, share) = self.kind.episodes();
        slot > 0 && at.rem_euclid(slot) < lasts && chance(self.seed, EPISODE, at.div_euclid(slot)) < share
    }

    /// What it measures at a moment, by property; each rounded as the probe would.
    pub(super) fn values(&self, at: i64, zone: &TimeZone) -> Vec<(&'static str, f64)> {
        let of = |salt: u64, period: i64| curve(self.seed, salt, at, period);
        let city = |salt: u64, period: i64| curve(1, salt, at, period);
        let episode = self.has_episode(at);
        let round = |value: f64, digits: f64| (value * digits).round() / digits;
        let daily = bustle(at, zone);
        match self.kind {
            Kind::Air => {
                let haze = city(1, 18 * HOUR);
                let pm25 = 12.0 + 55.0 * haze + 18.0 * of(2, 3 * HOUR);
                let ozone = 20.0 + 110.0 * daily * (0.4 + 0.6 * city(3, 24 * HOUR)) + 10.0 * of(4, 2 * HOUR);
                vec![
                    ("so2", round(5.0 + 10.0 * of(5, 4 * HOUR), 1.0)),
                    ("no2", round(18.0 + 40.0 * (1.0 - daily) * haze + 12.0 * of(6, 2 * HOUR), 1.0)),
                    ("co", round(0.4 + 0.7 * haze + 0.2 * of(7, 3 * HOUR), 10.0)),
                    ("o3", round(ozone, 1.0)),
                    ("pm10", round(pm25 * (1.5 + 0.5 * of(8, 5 * HOUR)) + 10.0, 1.0)),
                    ("pm25", round(pm25, 1.0)),
                ]
            }
            Kind::Dust => {
                let dust = 35.0 + 70.0 * daily * of(1, 2 * HOUR) + if episode { 260.0 } else { 0.0 };
                vec![
                    ("dust-pm10", round(dust + 8.0 * of(2, 120), 1.0)),
                    ("noise", round(46.0 + 16.0 * daily + 6.0 * of(3, 300), 10.0)),
                ]
            }
            Kind::Water => vec![
                ("ph", round(7.4 + 0.8 * of(1, 12 * HOUR), 100.0)),
                ("dissolved-oxygen", round(6.2 + 2.5 * of(2, 8 * HOUR), 100.0)),
                ("permanganate", round(2.5 + 2.5 * of(3, 24 * HOUR), 100.0)),
                ("ammonia", round(0.15 + 0.5 * of(4, 24 * HOUR) + if episode { 1.6 } else { 0.0 }, 1_000.0)),
                ("phosphorus", round(0.05 + 0.12 * of(5, 24 * HOUR), 1_000.0)),
            ],
            Kind::Cover => {
                let tilt = if episode { 25.0 + 50.0 * of(1, HOUR) } else { 0.4 + 1.4 * of(1, 6 * HOUR) };
                let weak = chance(self.seed, 9, 0) < 0.012;
                vec![
                    ("tilt", round(tilt, 10.0)),
                    ("well-level", round(0.15 + 0.6 * city(2, 24 * HOUR) * of(2, 12 * HOUR), 1_000.0)),
                    ("battery", round(if weak { 2.95 } else { 3.35 } + 0.1 * of(3, 24 * HOUR), 100.0)),
                ]
            }
            Kind::Lamp => {
                let lit = !(6.2..18.0).contains(&hour(at, zone));
                vec![
                    ("leak-current", round(2.0 * of(1, HOUR) + if episode { 60.0 } else { 0.0 }, 10.0)),
                    ("lamp-power", round(if lit { 116.0 + 8.0 * of(2, HOUR) } else { 0.0 }, 1.0)),
                ]
            }
            Kind::WaterMeter => vec![("water-total", self.counted(at, 40.0))],
            Kind::PowerMeter => vec![("energy-total", self.counted(at, 220.0))],
            Kind::GasMeter => vec![
                ("gas-total", self.counted(at, 30.0)),
                ("gas-concentration", round(0.8 * of(1, HOUR) + if episode { 35.0 } else { 0.0 }, 10.0)),
                ("battery", round(5.8 + 0.3 * of(3, 24 * HOUR), 100.0)),
            ],
            Kind::Park => {
                let share = (0.12 + 0.75 * daily * (0.5 + 0.5 * of(1, 6 * HOUR))).clamp(0.0, 1.0);
                vec![("cars-in", (share * self.places() as f64).round())]
            }
        }
    }

    /// Places of a car park.
    pub(super) fn places(&self) -> i64 {
        40 + (chance(self.seed, 21, 0) * 760.0) as i64
    }

    /// What a meter has counted, `a_day` each day since it was put in, a hundredth at least.
    fn counted(&self, at: i64, a_day: f64) -> f64 {
        let days = at as f64 / 86_400.0 - 20_000.0;
        let own = 0.3 + 1.4 * chance(self.seed, 11, 0);
        ((days.max(0.0) * a_day * own) * 100.0).round() / 100.0 % 900_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_smooth_and_stays_between_nothing_and_one() {
        let mut last = curve(5, 1, 0, 600);
        for at in 1..20_000 {
            let next = curve(5, 1, at, 600);
            assert!((0.0..=1.0).contains(&next) && (next - last).abs() < 0.01, "{at}");
            last = next;
        }
        assert_ne!(curve(5, 1, 300, 600), curve(6, 1, 300, 600));
    }
}
