//! The codes of HJ 212-2017 §6.6 as types: system, command, flag, results; and the words that name somebody.

use std::fmt;

use super::text::Text;

/// Bytes of the longest MN or QN that is kept as such.
const NAME_BYTES_MAX: usize = 64;
/// Characters of a password.
pub const PASSWORD_CHARACTERS: usize = 6;

/// ST, the system code: two characters 0–9 and A–Z (HJ 212-2017 §6.6.1, table 5), for example 22 air, 32 surface-water
/// source, 91 system interaction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SystemCode([char; 2]);

impl SystemCode {
    /// System interaction: acknowledgements and results.
    pub const INTERACTION: Self = Self(['9', '1']);

    /// The code that exactly two such characters say.
    pub fn new(text: &str) -> Option<Self> {
        let is_of_code = |character: char| character.is_ascii_digit() || character.is_ascii_uppercase();
        let mut characters = text.chars().filter(|character| is_of_code(*character));
        let code = Self([characters.next()?, characters.next()?]);
        (text.len() == 2).then_some(code)
    }
}

impl fmt::Display for SystemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.0;
        write!(f, "{first}{second}")
    }
}

impl fmt::Debug for SystemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// CN, the command code: four digits (HJ 212-2017 §6.6.5, table 9); the same code asks and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Command(u16);

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident = $number:literal;)*) => {
        impl Command {
            $($(#[$doc])* pub const $name: Self = Self($number);)*
        }
    };
}

commands! {
    /// Time limit and retries of the device.
    SET_TIMEOUTS = 1000;
    /// The device's time, asked for or told.
    TIME = 1011;
    /// Sets the device's time.
    SET_TIME = 1012;
    /// The device asks to have its time set; a notice.
    ASK_TIME_SET = 1013;
    /// The interval of real-time data, asked for or told.
    REALTIME_INTERVAL = 1061;
    /// Sets the interval of real-time data.
    SET_REALTIME_INTERVAL = 1062;
    /// The interval of minute data, asked for or told.
    MINUTE_INTERVAL = 1063;
    /// Sets the interval of minute data.
    SET_MINUTE_INTERVAL = 1064;
    /// Sets the password.
    SET_PASSWORD = 1072;
    /// Real-time data, asked for or uploaded.
    REALTIME = 2011;
    /// Stops real-time data.
    STOP_REALTIME = 2012;
    /// Running state of facilities, asked for or uploaded.
    STATE = 2021;
    /// Stops the running state.
    STOP_STATE = 2022;
    /// Day data.
    DAY = 2031;
    /// Running time of facilities by day.
    RUN_TIME = 2041;
    /// Minute data.
    MINUTE = 2051;
    /// Hour data.
    HOUR = 2061;
    /// When the device was started.
    BOOT_TIME = 2081;
    /// Zero and span calibration.
    CALIBRATE = 3011;
    /// Samples now.
    SAMPLE_NOW = 3012;
    /// Cleans or blows back.
    CLEAN = 3013;
    /// Log, status and settings of the device.
    INFORMATION = 3020;
    /// The device takes a request or tells why not.
    REQUEST_ACK = 9011;
    /// The device tells what became of a request.
    RESULT = 9012;
    /// Answer to a notice.
    NOTICE_ACK = 9013;
    /// Answer to an upload of data.
    DATA_ACK = 9014;
    /// Heartbeat of version 2025; a notice.
    HEARTBEAT = 9015;
}

impl Command {
    /// The code `number`, 0 to 9999, whether the standard names it or not.
    pub const fn new(number: u16) -> Option<Self> {
        if number < 10_000 { Some(Self(number)) } else { None }
    }

    /// As a number.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Whether this acknowledges or tells a result, so that nothing answers it.
    pub const fn is_answer(self) -> bool {
        matches!(self, Self::REQUEST_ACK | Self::RESULT | Self::NOTICE_ACK | Self::DATA_ACK)
    }

    /// Whether a device says this to tell that something took place, to be answered with 9013.
    pub const fn is_notice(self) -> bool {
        matches!(self, Self::ASK_TIME_SET | Self::HEARTBEAT)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// The version of the standard that a Flag says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// HJ/T 212-2005.
    V2005,
    /// HJ 212-2017.
    V2017,
    /// HJ 212-2025.
    V2025,
    /// A later number.
    Other(u8),
}

/// Flag: bits V5…V0 of the version, D (there are PNUM and PNO), A (an answer is wanted).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flag(pub u8);

impl Flag {
    /// The flag of these three.
    pub const fn new(version: Version, has_packets: bool, wants_answer: bool) -> Self {
        let version = match version {
            Version::V2005 => 0,
            Version::V2017 => 1,
            Version::V2025 => 2,
            Version::Other(number) => number & 0x3F,
        };
        Self(version << 2 | (has_packets as u8) << 1 | wants_answer as u8)
    }

    /// The version.
    pub const fn version(self) -> Version {
        match self.0 >> 2 {
            0 => Version::V2005,
            1 => Version::V2017,
            2 => Version::V2025,
            number => Version::Other(number),
        }
    }

    /// A: an answer is wanted.
    pub const fn wants_answer(self) -> bool {
        self.0 & 1 == 1
    }

    /// D: there are PNUM and PNO.
    pub const fn has_packets(self) -> bool {
        self.0 & 2 == 2
    }
}

impl fmt::Debug for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?}, D={}, A={})", self.0, self.version(), self.0 >> 1 & 1, self.0 & 1)
    }
}

/// PNUM and PNO: of how many packets this is which, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Packet {
    /// Packets in all.
    pub total: u32,
    /// This one.
    pub number: u32,
}

/// PW: six characters by which device and platform know each other. It never shows in `Debug` and has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Text);

impl Password {
    /// The password as it stands in the frame.
    pub fn new(text: impl Into<Text>) -> Self {
        Self(text.into())
    }

    /// The bytes, to be compared or sent; never to be logged.
    pub fn reveal(&self) -> &[u8] {
        self.0.bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

macro_rules! printable_names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes 1 to 64 printable ASCII characters that separate nothing in a frame; nothing else.
            pub fn new(text: &str) -> Option<Self> {
                let fits = (1..=NAME_BYTES_MAX).contains(&text.len());
                let is_printable = text.bytes().all(|byte| byte.is_ascii_graphic() && !b";,=&#".contains(&byte));
                (fits && is_printable).then(|| Self(text.to_owned()))
            }

            /// As it stands in the frame.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }
    )*};
}

printable_names! {
    /// MN, the device's id: 24 hexadecimal digits since 2017, often 14 characters before.
    DeviceId;
    /// QN, by which an answer finds its question: by the standard a time to the millisecond, but echoed as it came.
    RequestId;
}

/// QnRtn: whether a device takes a request (HJ 212-2017 §6.6.3, table 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestReply {
    /// 1: ready to carry it out.
    Ready,
    /// 2: refused.
    Refused,
    /// 3: wrong PW.
    Password,
    /// 4: wrong MN.
    Device,
    /// 5: wrong ST.
    System,
    /// 6: wrong Flag.
    Flag,
    /// 7: wrong QN.
    RequestId,
    /// 8: wrong CN.
    Command,
    /// 9: wrong checksum.
    Checksum,
    /// 100: unknown error.
    Unknown,
    /// A number that the table does not have.
    Other(u32),
}

/// ExeRtn: what became of a request (HJ 212-2017 §6.6.2, table 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExecutionResult {
    /// 1: done.
    Done,
    /// 2: failed, the reason is not known.
    Failed,
    /// 3: the command's conditions are wrong.
    BadCondition,
    /// 4: no communication in time.
    CommunicationTimeout,
    /// 5: the system is busy.
    Busy,
    /// 6: the system is faulty.
    Fault,
    /// 100: no data.
    NoData,
    /// A number that the table does not have.
    Other(u32),
}

macro_rules! numbered {
    ($type:ident: $($name:ident = $number:literal),* $(,)?) => {
        impl $type {
            /// As the number of the table.
            pub const fn number(self) -> u32 {
                match self {
                    $(Self::$name => $number,)*
                    Self::Other(number) => number,
                }
            }

            /// What the number says.
            pub const fn from_number(number: u32) -> Self {
                match number {
                    $($number => Self::$name,)*
                    other => Self::Other(other),
                }
            }
        }
    };
}

numbered!(RequestReply: Ready = 1, Refused = 2, Password = 3, Device = 4, System = 5, Flag = 6, RequestId = 7,
    Command = 8, Checksum = 9, Unknown = 100);
numbered!(ExecutionResult: Done = 1, Failed = 2, BadCondition = 3, CommunicationTimeout = 4, Busy = 5, Fault = 6,
    NoData = 100);
