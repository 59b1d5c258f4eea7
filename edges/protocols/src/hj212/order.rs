//! What a platform asks of a device, as messages: time, intervals, password, data now and data kept, work on the instrument.
//!
//! When to ask, and what to do when nobody answers, is the door's question.

use std::fmt;

use super::code::{Command, DeviceId, Flag, PASSWORD_CHARACTERS, Password, RequestId, SystemCode, Version};
use super::conversation::Asked;
use super::message::{Item, Message, Pair};
use super::stamp::Stamp;

/// Seconds of the shortest and the longest interval of real-time data.
pub const REALTIME_INTERVAL_SECONDS: std::ops::RangeInclusive<u32> = 30..=3600;
/// Minutes that an interval of minute data may have.
pub const MINUTE_INTERVALS: [u32; 11] = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30];
/// Bytes of the longest factor code that is asked for.
const FACTOR_BYTES_MAX: usize = 16;

/// The device that is asked, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// ST of the device.
    pub system: SystemCode,
    /// PW that the device knows.
    pub password: Password,
    /// MN.
    pub device: DeviceId,
    /// The version that the device speaks.
    pub version: Version,
}

/// What is asked. A time has seconds; `factor` is a code such as `w01018`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// 1000: seconds until a question counts as lost, and how often it is asked again.
    SetTimeouts {
        /// Seconds.
        seconds: u32,
        /// Times.
        retries: u32,
    },
    /// 1011: the time of an instrument, or of the device itself.
    Time {
        /// Whose factor's instrument.
        factor: Option<String>,
    },
    /// 1012.
    SetTime {
        /// Whose factor's instrument.
        factor: Option<String>,
        /// The new time.
        time: Stamp,
    },
    /// 1061.
    RealtimeInterval,
    /// 1062: one of [`REALTIME_INTERVAL_SECONDS`].
    SetRealtimeInterval {
        /// Seconds.
        seconds: u32,
    },
    /// 1063.
    MinuteInterval,
    /// 1064: one of [`MINUTE_INTERVALS`].
    SetMinuteInterval {
        /// Minutes.
        minutes: u32,
    },
    /// 1072.
    SetPassword {
        /// Six characters.
        password: Password,
    },
    /// 2011.
    StartRealtime,
    /// 2012.
    StopRealtime,
    /// 2021.
    StartState,
    /// 2022.
    StopState,
    /// 2031, 2041, 2051 or 2061: data kept by the device.
    History {
        /// Which.
        of: History,
        /// The first interval.
        begin: Stamp,
        /// The last interval.
        end: Stamp,
    },
    /// 3011: zero and span calibration.
    Calibrate {
        /// Whose instrument.
        factor: String,
    },
    /// 3012: sample now.
    SampleNow {
        /// Whose instrument.
        factor: String,
    },
    /// 3013: clean or blow back.
    Clean {
        /// Whose instrument.
        factor: String,
    },
}

/// The kinds of data that a device keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum History {
    /// 2051.
    Minutes,
    /// 2061.
    Hours,
    /// 2031.
    Days,
    /// 2041: running time of facilities by day.
    RunTime,
}

/// Why something cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderRefused {
    /// An interval that the standard does not allow.
    Interval(u32),
    /// A password of another length than [`PASSWORD_CHARACTERS`] printable ASCII characters.
    Password,
    /// The end is before the beginning.
    Span,
    /// A factor code that is empty, long or not of ASCII letters and digits.
    Factor,
}

impl fmt::Display for OrderRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interval(interval) => write!(f, "{interval} is no interval that HJ 212 allows"),
            Self::Password => write!(f, "a password has {PASSWORD_CHARACTERS} letters or digits"),
            Self::Span => f.write_str("the end is before the beginning"),
            Self::Factor => f.write_str("a factor code has letters and digits only"),
        }
    }
}

impl std::error::Error for OrderRefused {}

impl Order {
    /// The command code.
    pub const fn command(&self) -> Command {
        match self {
            Self::SetTimeouts { .. } => Command::SET_TIMEOUTS,
            Self::Time { .. } => Command::TIME,
            Self::SetTime { .. } => Command::SET_TIME,
            Self::RealtimeInterval => Command::REALTIME_INTERVAL,
            Self::SetRealtimeInterval { .. } => Command::SET_REALTIME_INTERVAL,
            Self::MinuteInterval => Command::MINUTE_INTERVAL,
            Self::SetMinuteInterval { .. } => Command::SET_MINUTE_INTERVAL,
            Self::SetPassword { .. } => Command::SET_PASSWORD,
            Self::StartRealtime => Command::REALTIME,
            Self::StopRealtime => Command::STOP_REALTIME,
            Self::StartState => Command::STATE,
            Self::StopState => Command::STOP_STATE,
            Self::History { of: History::Minutes, .. } => Command::MINUTE,
            Self::History { of: History::Hours, .. } => Command::HOUR,
            Self::History { of: History::Days, .. } => Command::DAY,
            Self::History { of: History::RunTime, .. } => Command::RUN_TIME,
            Self::Calibrate { .. } => Command::CALIBRATE,
            Self::SampleNow { .. } => Command::SAMPLE_NOW,
            Self::Clean { .. } => Command::CLEAN,
        }
    }

    /// The message that asks, with `request` as QN and an answer wanted (Flag A).
    ///
    /// # Errors
    /// A value that the standard does not allow.
    pub fn message(&self, to: &Recipient, request: Stamp) -> Result<Message, OrderRefused> {
        Ok(Message {
            request_id: RequestId::new(&request.to_milliseconds()),
            system: Some(to.system),
            password: Some(to.password.clone()),
            device: Some(to.device.clone()),
            flag: Some(Flag::new(to.version, false, true)),
            items: self.items(to.version)?,
            ..Message::of(self.command())
        })
    }

    /// What to remember until it is done; `request` is the QN of the message sent.
    pub fn asked(&self, to: &Recipient, request: Stamp) -> Option<Asked> {
        let span = match self {
            Self::History { begin, end, .. } => Some((*begin, *end)),
            _ => None,
        };
        let request_id = RequestId::new(&request.to_milliseconds())?;
        Some(Asked { request_id, command: self.command(), device: to.device.clone(), span })
    }

    fn items(&self, version: Version) -> Result<Vec<Item>, OrderRefused> {
        let one = |name: &str, value: String| Item::of([Pair::new(name, value)]);
        Ok(match self {
            Self::RealtimeInterval
            | Self::MinuteInterval
            | Self::StartRealtime
            | Self::StopRealtime
            | Self::StartState
            | Self::StopState => Vec::new(),
            Self::SetTimeouts { seconds, retries } => {
                vec![one("OverTime", seconds.to_string()), one("ReCount", retries.to_string())]
            }
            Self::Time { factor } => factor_item(factor.as_deref())?,
            Self::SetTime { factor, time } => {
                let mut items = factor_item(factor.as_deref())?;
                items.push(one("SystemTime", time.to_string()));
                items
            }
            Self::SetRealtimeInterval { seconds } => {
                if !REALTIME_INTERVAL_SECONDS.contains(seconds) {
                    return Err(OrderRefused::Interval(*seconds));
                }
                vec![one("RtdInterval", seconds.to_string())]
            }
            Self::SetMinuteInterval { minutes } => {
                if !MINUTE_INTERVALS.contains(minutes) {
                    return Err(OrderRefused::Interval(*minutes));
                }
                vec![one("MinInterval", minutes.to_string())]
            }
            Self::SetPassword { password } => {
                let bytes = password.reveal();
                if bytes.len() != PASSWORD_CHARACTERS || !bytes.iter().all(u8::is_ascii_alphanumeric) {
                    return Err(OrderRefused::Password);
                }
                // As public codecs of 2017 and public frames of 2005 have it.
                let name = if version == Version::V2005 { "PW" } else { "NewPW" };
                vec![Item::of([Pair::new(name, bytes)])]
            }
            Self::History { begin, end, .. } => {
                if end < begin {
                    return Err(OrderRefused::Span);
                }
                let times = [("BeginTime", begin), ("EndTime", end)];
                vec![Item::of(times.map(|(name, time)| Pair::new(name, time.to_string())))]
            }
            Self::Calibrate { factor } | Self::SampleNow { factor } | Self::Clean { factor } => {
                factor_item(Some(factor))?
            }
        })
    }
}

/// `PolId=factor`, if one is asked for.
fn factor_item(factor: Option<&str>) -> Result<Vec<Item>, OrderRefused> {
    let Some(factor) = factor else { return Ok(Vec::new()) };
    let is_code = (1..=FACTOR_BYTES_MAX).contains(&factor.len())
        && factor.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_code {
        return Err(OrderRefused::Factor);
    }
    Ok(vec![Item::of([Pair::new("PolId", factor)])])
}
