//! A message: the fields of a data segment with their types, and CP as items of pairs in the order sent.
//!
//! What the pairs mean as readings is not known here; see `reading`.

use std::fmt;

use super::code::{Command, DeviceId, Flag, Packet, Password, RequestId, SystemCode, Version};
use super::frame::{Frame, Refused};
use super::oddity::{Oddities, Oddity};
use super::stamp::Stamp;
use super::text::{Text, find};

/// Names whose values are passwords or keys.
const SECRET_NAMES: [&str; 3] = ["PW", "NewPW", "NewSK"];

/// The data segment of a frame (HJ 212-2017), in the standard's order of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// QN.
    pub request_id: Option<RequestId>,
    /// ST.
    pub system: Option<SystemCode>,
    /// CN.
    pub command: Command,
    /// PW.
    pub password: Option<Password>,
    /// MN.
    pub device: Option<DeviceId>,
    /// Flag; devices of 2005 often send none.
    pub flag: Option<Flag>,
    /// PNUM and PNO.
    pub packet: Option<Packet>,
    /// Fields that the standard of 2017 does not name (for example RF), as sent.
    pub others: Vec<Pair>,
    /// CP: what stands between `;`, each a list of pairs between `,`.
    pub items: Vec<Item>,
}

/// An item of CP: most often all that is said of one factor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// The pairs in the order sent.
    pub pairs: Vec<Pair>,
}

/// `name=value`.
#[derive(Clone)]
pub struct Pair {
    /// The name.
    pub name: Text,
    /// The value.
    pub value: Text,
    /// Bytes of the data segment in front of the pair; no part of what it says.
    pub at: usize,
}

/// What a frame is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// As the standard has it.
    Accept(Message),
    /// Whole and readable, with what is odd about it.
    Flag(Message, Vec<Oddity>),
    /// To be dropped without an answer, with the reason and what else is odd.
    Refuse(Refused, Vec<Oddity>),
}

impl Judgement {
    /// The message, unless the frame is refused.
    pub const fn message(&self) -> Option<&Message> {
        match self {
            Self::Accept(message) | Self::Flag(message, _) => Some(message),
            Self::Refuse(..) => None,
        }
    }

    /// What is odd, in the order found.
    pub fn oddities(&self) -> &[Oddity] {
        match self {
            Self::Accept(_) => &[],
            Self::Flag(_, oddities) | Self::Refuse(_, oddities) => oddities,
        }
    }
}

/// Judges a frame: its checksum, its length, its data segment, and the readings in it.
pub fn judge(frame: &Frame) -> Judgement {
    let mut oddities = Oddities::default();
    let checked = frame.check(&mut oddities);
    if checked == Err(Refused::TooLong) {
        return Judgement::Refuse(Refused::TooLong, oddities.into_list());
    }
    let read = super::segment::read(frame.segment(), &mut oddities);
    if let Ok(message) = &read {
        for oddity in super::reading::report(message).oddities {
            oddities.tell(oddity.kind, oddity.at);
        }
    }
    let oddities = oddities.into_list();
    match checked.and(read) {
        Ok(message) if oddities.is_empty() => Judgement::Accept(message),
        Ok(message) => Judgement::Flag(message, oddities),
        Err(refused) => Judgement::Refuse(refused, oddities),
    }
}

/// Reads a data segment that came by another way than in a frame: without head, checksum and line end.
///
/// # Errors
/// [`Refused::TooLong`] or [`Refused::CommandMissing`].
pub fn read_segment(segment: &[u8]) -> Result<(Message, Vec<Oddity>), Refused> {
    if segment.len() > super::frame::SEGMENT_BYTES_MAX {
        return Err(Refused::TooLong);
    }
    let mut oddities = Oddities::default();
    let message = super::segment::read(segment, &mut oddities)?;
    Ok((message, oddities.into_list()))
}

impl Message {
    /// A message with that command and nothing else.
    pub const fn of(command: Command) -> Self {
        Self {
            request_id: None,
            system: None,
            command,
            password: None,
            device: None,
            flag: None,
            packet: None,
            others: Vec::new(),
            items: Vec::new(),
        }
    }

    /// The version that the Flag says; 2005 without one.
    pub const fn version(&self) -> Version {
        match self.flag {
            Some(flag) => flag.version(),
            None => Version::V2005,
        }
    }

    /// Whether the sender wants an answer.
    pub const fn wants_answer(&self) -> bool {
        match self.flag {
            Some(flag) => flag.wants_answer(),
            None => false,
        }
    }

    /// All pairs of CP in the order sent.
    pub fn pairs(&self) -> impl Iterator<Item = &Pair> {
        self.items.iter().flat_map(|item| &item.pairs)
    }

    /// The first value of that name in CP, in capitals or not.
    pub fn value(&self, name: &str) -> Option<&Text> {
        self.pairs().find(|pair| pair.name.is(name)).map(|pair| &pair.value)
    }

    /// The first value of that name in CP as a time; nothing when there is none that a calendar has.
    pub fn time(&self, name: &str) -> Option<Stamp> {
        self.value(name).and_then(|value| Stamp::parse(value.bytes()))
    }
}

impl Pair {
    /// A pair to be sent.
    pub fn new(name: impl Into<Text>, value: impl Into<Text>) -> Self {
        Self { name: name.into(), value: value.into(), at: 0 }
    }

    /// Whether the pair holds a password or key, which is never shown: by its name, or by a value that another field
    /// has run into.
    pub fn is_secret(&self) -> bool {
        let (name, value) = (self.name.bytes().to_ascii_uppercase(), self.value.bytes().to_ascii_uppercase());
        let is_named_so = ["PW", "NEWSK", "KEY"].iter().any(|end| name.ends_with(end.as_bytes()));
        let holds_one = SECRET_NAMES.iter().any(|name| {
            let mark = format!("{}=", name.to_ascii_uppercase());
            find(&value, mark.as_bytes(), 0).is_some()
        });
        is_named_so || name.starts_with(b"PW") || holds_one
    }
}

impl PartialEq for Pair {
    /// Where it stood is no part of what it says.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value == other.value
    }
}

impl Eq for Pair {}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_secret() {
            // A name that is not one of these may hold the secret itself, when its `=` is missing.
            let known = SECRET_NAMES.iter().find(|name| self.name.is(name));
            return write!(f, "{}=…", known.unwrap_or(&"…"));
        }
        write!(f, "{:?}={:?}", self.name, self.value)
    }
}

impl Item {
    /// An item of these pairs.
    pub fn of(pairs: impl IntoIterator<Item = Pair>) -> Self {
        Self { pairs: pairs.into_iter().collect() }
    }
}
