//! How many messages somebody gets in a day, and at which hours none are sent. Pure.

use baotu_vocabulary::{Moment, TemplateName};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::notice::Channel;

/// Short messages to one recipient in one day, unless configured otherwise.
pub const SMS_PER_DAY: u32 = 10;
/// E-mails to one recipient in one day, unless configured otherwise.
pub const EMAIL_PER_DAY: u32 = 50;

/// How many messages one recipient gets in one day of the city, by channel. The inbox has no quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quotas {
    /// Short messages.
    pub sms_per_day: u32,
    /// E-mails.
    pub email_per_day: u32,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { sms_per_day: SMS_PER_DAY, email_per_day: EMAIL_PER_DAY }
    }
}

impl Quotas {
    /// The most that go out by this channel in a day.
    pub const fn per_day(&self, channel: Channel) -> u32 {
        match channel {
            Channel::InApp => u32::MAX,
            Channel::Sms => self.sms_per_day,
            Channel::Email => self.email_per_day,
        }
    }
}

/// Hours in which nothing is sent; what falls due then goes out at their end.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// From this time of day, `HH:MM`.
    pub from: Time,
    /// Until this time of day; earlier than `from` when the night lies between.
    pub to: Time,
    /// For these channels.
    pub channels: Vec<Channel>,
    /// Not for these templates, which may wake people.
    #[serde(default)]
    pub except: Vec<TemplateName>,
}

impl QuietHours {
    /// When a message that is due at `at` may go out, in the city's zone.
    pub fn next_allowed(
        &self,
        at: Moment,
        channel: Channel,
        template: &TemplateName,
        zone: &TimeZone,
    ) -> Moment {
        if !self.channels.contains(&channel) || self.except.contains(template) || self.from == self.to {
            return at;
        }
        let local = zone.to_datetime(at.timestamp());
        let time = local.time();
        let is_overnight = self.from > self.to;
        let is_quiet = match is_overnight {
            true => time >= self.from || time < self.to,
            false => time >= self.from && time < self.to,
        };
        if !is_quiet {
            return at;
        }
        let ends_tomorrow = is_overnight && time >= self.from;
        let day = if ends_tomorrow { local.date().tomorrow() } else { Ok(local.date()) };
        let end = day.and_then(|day| zone.to_timestamp(day.to_datetime(self.to)));
        end.map_or(at, Moment::from)
    }
}

/// The day of the city to which a message counts.
pub(crate) fn day(at: Moment, zone: &TimeZone) -> Date {
    zone.to_datetime(at.timestamp()).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_night_is_waited_out() {
        let hours = QuietHours {
            from: Time::constant(21, 0, 0, 0),
            to: Time::constant(7, 30, 0, 0),
            channels: vec![Channel::Sms],
            except: vec!["flood-warning".into()],
        };
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let next = |at: &str, channel, template: &str| {
            let at: Moment = at.parse().expect("a time");
            hours.next_allowed(at, channel, &template.into(), &zone).to_string()
        };
        let table = [
            ("2026-11-24T20:59:59+08:00", "2026-11-24T12:59:59Z"),
            ("2026-11-24T21:00:00+08:00", "2026-11-24T23:30:00Z"),
            ("2026-11-25T03:00:00+08:00", "2026-11-24T23:30:00Z"),
            ("2026-11-25T07:30:00+08:00", "2026-11-24T23:30:00Z"),
        ];
        for (at, expected) in table {
            assert_eq!(next(at, Channel::Sms, "dispatched"), expected, "{at}");
        }
        let at_night = "2026-11-24T22:00:00+08:00";
        assert_eq!(next(at_night, Channel::Email, "dispatched"), "2026-11-24T14:00:00Z");
        assert_eq!(next(at_night, Channel::Sms, "flood-warning"), "2026-11-24T14:00:00Z");
    }
}
