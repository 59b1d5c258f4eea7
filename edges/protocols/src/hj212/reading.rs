//! CP as readings: factor, kind, value, flag and time of each.
//!
//! Units are not known here: the standard's table gives defaults that devices do not keep (PM in ng/m³), so the unit is
//! a setting of the device.

use super::code::Command;
use super::message::{Message, Pair};
use super::oddity::{Oddities, Oddity, OddityKind};
use super::stamp::Stamp;
use super::text::Text;

/// What a message reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// DataTime.
    pub data_time: Option<Stamp>,
    /// What DataTime is the time of.
    pub meaning: TimeMeaning,
    /// The readings in the order sent.
    pub readings: Vec<Reading>,
    /// The pairs that are no readings: times, intervals, ids.
    pub others: Vec<Pair>,
    /// What is odd about them.
    pub oddities: Vec<Oddity>,
}

/// What a DataTime is the time of (HJ 212-2017).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeMeaning {
    /// The start of the interval that the values are of: 2031, 2041, 2051, 2061.
    IntervalStart,
    /// The instant of sampling: 2011, 2021.
    Instant,
    /// The command does not tell.
    #[default]
    Unknown,
}

/// One value of one factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The factor's code as sent, for example `w01018` (HJ 212-2017 annex B), `011` (2005), `SB1`.
    pub factor: Text,
    /// What kind of value.
    pub kind: Kind,
    /// The value as sent, which keeps its decimals.
    pub value: Text,
    /// -Flag of the factor.
    pub flag: Option<DataFlag>,
    /// -EFlag of the factor: the maker's own flag.
    pub maker_flag: Option<Text>,
    /// -SampleTime of the factor.
    pub sample_time: Option<Stamp>,
    /// Bytes of the data segment in front of the pair.
    pub at: usize,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $suffix:literal;)*) => {
        /// The kinds of value: the suffix of a name in CP (HJ 212-2017).
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
            /// A suffix that the standard does not name.
            Other(Text),
        }

        impl Kind {
            /// The kind of a suffix, in capitals or not, and whether it is written as the standard has it.
            fn of(suffix: &[u8]) -> (Self, bool) {
                $(if suffix.eq_ignore_ascii_case($suffix.as_bytes()) {
                    return (Self::$name, suffix == $suffix.as_bytes());
                })*
                (Self::Other(suffix.into()), true)
            }

            /// The suffix as the standard has it.
            pub fn suffix(&self) -> &[u8] {
                match self {
                    $(Self::$name => $suffix.as_bytes(),)*
                    Self::Other(suffix) => suffix.bytes(),
                }
            }
        }
    };
}

kinds! {
    /// At an instant.
    Rtd = "Rtd";
    /// The least of the interval.
    Min = "Min";
    /// The mean of the interval.
    Avg = "Avg";
    /// The greatest of the interval.
    Max = "Max";
    /// The sum over the interval.
    Cou = "Cou";
    /// At an instant, converted (折算).
    ZsRtd = "ZsRtd";
    /// The least, converted.
    ZsMin = "ZsMin";
    /// The mean, converted.
    ZsAvg = "ZsAvg";
    /// The greatest, converted.
    ZsMax = "ZsMax";
    /// Noise over the interval.
    Data = "Data";
    /// Noise by day.
    DayData = "DayData";
    /// Noise by night.
    NightData = "NightData";
    /// State of a facility: 0 off, 1 running, 2 calibrating, 3 in maintenance, 4 alarm, 5 blowing back.
    RunState = "RS";
    /// Running time of a facility in hours.
    RunTime = "RT";
    /// A text or setting of the device.
    Info = "Info";
}

/// How good a value is (HJ 212-2017 §6.6.4, table 8).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataFlag {
    /// N.
    Normal,
    /// F: the instrument is stopped.
    Stopped,
    /// M: maintenance.
    Maintenance,
    /// S: entered or set by hand.
    Manual,
    /// D: the instrument is faulty.
    Fault,
    /// C: calibrating.
    Calibrating,
    /// T: over the range.
    OverRange,
    /// B: no communication.
    Communication,
    /// Another one, as sent.
    Other(Text),
}

impl DataFlag {
    /// The flag that a text says; small letters are taken.
    pub fn of(text: &Text) -> Self {
        match text.bytes() {
            b"N" | b"n" => Self::Normal,
            b"F" | b"f" => Self::Stopped,
            b"M" | b"m" => Self::Maintenance,
            b"S" | b"s" => Self::Manual,
            b"D" | b"d" => Self::Fault,
            b"C" | b"c" => Self::Calibrating,
            b"T" | b"t" => Self::OverRange,
            b"B" | b"b" => Self::Communication,
            _ => Self::Other(text.clone()),
        }
    }
}

impl Reading {
    /// The value as a number, when it is a finite one.
    pub fn number(&self) -> Option<f64> {
        let text = self.value.as_utf8()?;
        let is_written_as_number = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        number.filter(|_| is_written_as_number)
    }
}

impl TimeMeaning {
    /// What DataTime means under a command.
    pub const fn of(command: Command) -> Self {
        match command {
            Command::DAY | Command::RUN_TIME | Command::MINUTE | Command::HOUR => Self::IntervalStart,
            Command::REALTIME | Command::STATE => Self::Instant,
            _ => Self::Unknown,
        }
    }
}

/// What a message reports: the pairs `factor-kind=value` with the flags and times of their factors.
pub fn report(message: &Message) -> Report {
    let mut gatherer = Gatherer::default();
    for (item, pairs) in message.items.iter().enumerate() {
        for pair in &pairs.pairs {
            gatherer.take(item, pair);
        }
    }
    gatherer.close();
    let Gatherer { readings, others, mut oddities, .. } = gatherer;
    let time = others.iter().find(|pair| pair.name.is("DataTime"));
    let data_time = time.and_then(|pair| Stamp::parse(pair.value.bytes()));
    match time {
        Some(pair) => oddities.tell_if(data_time.is_none(), OddityKind::TimeBroken, pair.at),
        None => {
            let measured = readings.iter().find(|reading| reading.kind != Kind::Info);
            if let Some(reading) = measured {
                oddities.tell(OddityKind::DataTimeMissing, reading.at);
            }
        }
    }
    for pair in others
        .iter()
        .filter(|pair| ["BeginTime", "EndTime", "SystemTime"].iter().any(|name| pair.name.is(name)))
    {
        oddities.tell_if(Stamp::parse(pair.value.bytes()).is_none(), OddityKind::TimeBroken, pair.at);
    }
    let meaning = TimeMeaning::of(message.command);
    Report { data_time, meaning, readings, others, oddities: oddities.into_list() }
}

/// Gathers the pairs of one factor after another.
#[derive(Default)]
struct Gatherer {
    open: Option<Open>,
    /// The item that holds DataTime, which should hold nothing else.
    time_item: Option<usize>,
    readings: Vec<Reading>,
    others: Vec<Pair>,
    oddities: Oddities,
}

/// The factor whose pairs are being gathered.
struct Open {
    factor: Vec<u8>,
    item: usize,
    /// Suffixes met, in small letters.
    suffixes: Vec<Vec<u8>>,
    first_reading: usize,
    at: usize,
    flag: Option<DataFlag>,
    maker_flag: Option<Text>,
    sample_time: Option<Stamp>,
}

impl Gatherer {
    fn take(&mut self, item: usize, pair: &Pair) {
        let name = pair.name.bytes();
        let middle = name.iter().position(|byte| *byte == b'-').filter(|_| !pair.is_secret());
        let Some(middle) = middle else {
            self.time_item = if pair.name.is("DataTime") { Some(item) } else { self.time_item };
            return self.others.push(pair.clone());
        };
        if self.time_item == Some(item) {
            self.time_item = None;
            self.oddities.tell(OddityKind::CommaForSemicolon, pair.at);
        }
        let (factor, suffix) =
            (name.get(..middle).unwrap_or_default(), name.get(middle + 1..).unwrap_or_default());
        self.open_for(factor, suffix, item, pair.at);
        if suffix.eq_ignore_ascii_case(b"Flag") {
            self.oddities.tell_if(suffix != b"Flag", OddityKind::NameCase, pair.at);
            let flag = DataFlag::of(&pair.value);
            let is_lower_case = pair.value.bytes().iter().any(u8::is_ascii_lowercase);
            let kind = if matches!(flag, DataFlag::Other(_)) {
                OddityKind::DataFlagUnknown
            } else {
                OddityKind::NameCase
            };
            self.oddities.tell_if(matches!(flag, DataFlag::Other(_)) || is_lower_case, kind, pair.at);
            if let Some(open) = &mut self.open {
                open.flag.get_or_insert(flag);
            }
        } else if suffix.eq_ignore_ascii_case(b"EFlag") {
            self.oddities.tell_if(suffix != b"EFlag", OddityKind::NameCase, pair.at);
            if let Some(open) = &mut self.open {
                open.maker_flag.get_or_insert_with(|| pair.value.clone());
            }
        } else if suffix.eq_ignore_ascii_case(b"SampleTime") {
            self.oddities.tell_if(suffix != b"SampleTime", OddityKind::NameCase, pair.at);
            let time = Stamp::parse(pair.value.bytes());
            self.oddities.tell_if(time.is_none(), OddityKind::TimeBroken, pair.at);
            if let Some(open) = &mut self.open {
                open.sample_time = open.sample_time.or(time);
            }
        } else {
            self.read(factor, suffix, pair);
        }
    }

    fn read(&mut self, factor: &[u8], suffix: &[u8], pair: &Pair) {
        let (kind, is_as_written) = Kind::of(suffix);
        self.oddities.tell_if(!is_as_written, OddityKind::NameCase, pair.at);
        self.oddities.tell_if(matches!(kind, Kind::Other(_)), OddityKind::KindUnknown, pair.at);
        let reading = Reading {
            factor: factor.into(),
            kind,
            value: pair.value.clone(),
            flag: None,
            maker_flag: None,
            sample_time: None,
            at: pair.at,
        };
        let must_be_number = !matches!(reading.kind, Kind::Info | Kind::Other(_));
        self.oddities.tell_if(
            must_be_number && reading.number().is_none(),
            OddityKind::ValueNotNumber,
            pair.at,
        );
        self.readings.push(reading);
    }

    /// Goes on with the open factor, or closes it and opens this one.
    fn open_for(&mut self, factor: &[u8], suffix: &[u8], item: usize, at: usize) {
        let suffix = suffix.to_ascii_lowercase();
        if let Some(open) = &mut self.open {
            let (is_same_factor, is_same_item) = (open.factor == factor, open.item == item);
            let is_repeated = open.suffixes.contains(&suffix);
            if is_same_factor {
                self.oddities.tell_if(is_repeated, OddityKind::KeyRepeated, at);
                if is_same_item || !is_repeated {
                    self.oddities.tell_if(!is_same_item, OddityKind::SemicolonForComma, at);
                    open.item = item;
                    if !is_repeated {
                        open.suffixes.push(suffix);
                    }
                    return;
                }
            } else {
                self.oddities.tell_if(is_same_item, OddityKind::CommaForSemicolon, at);
            }
        }
        self.close();
        self.oddities.tell_if(!is_factor(factor), OddityKind::FactorShape, at);
        self.open = Some(Open {
            factor: factor.to_vec(),
            item,
            suffixes: vec![suffix],
            first_reading: self.readings.len(),
            at,
            flag: None,
            maker_flag: None,
            sample_time: None,
        });
    }

    /// What was said of the factor as a whole holds for each of its values.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let readings = self.readings.get_mut(open.first_reading..).unwrap_or_default();
        self.oddities.tell_if(readings.is_empty(), OddityKind::ValueMissing, open.at);
        for reading in readings {
            reading.flag.clone_from(&open.flag);
            reading.maker_flag.clone_from(&open.maker_flag);
            reading.sample_time = open.sample_time;
        }
    }
}

/// Whether a factor's code has the shape of HJ 212-2017 (letter and five digits), of 2005 (two or three characters), of a
/// noise level, or of a facility (`SB1`). Whether there is such a factor is a code table's question.
fn is_factor(code: &[u8]) -> bool {
    let all_digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    match code {
        [letter, digits @ ..] if letter.is_ascii_lowercase() => digits.len() == 5 && all_digits(digits),
        b"LA" | b"Leq" | b"Ld" | b"Ln" | b"Ldn" | b"LMx" | b"LMn" => true,
        [b'L', digits @ ..] if (1..=2).contains(&digits.len()) => all_digits(digits),
        [b'S', b'B', digits @ ..] if !digits.is_empty() => all_digits(digits),
        [first, digits @ ..] if (1..=2).contains(&digits.len()) => {
            (first.is_ascii_digit() || first.is_ascii_uppercase()) && all_digits(digits)
        }
        _ => false,
    }
}
