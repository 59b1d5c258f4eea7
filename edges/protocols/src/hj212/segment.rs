//! Reading a data segment: lenient where real devices are odd, telling each oddity with its place.

use super::code::{
    Command, DeviceId, Flag, PASSWORD_CHARACTERS, Packet, Password, RequestId, SystemCode, Version,
};
use super::frame::Refused;
use super::message::{Item, Message, Pair};
use super::oddity::{Oddities, OddityKind};
use super::stamp::Stamp;
use super::text::{Text, decimal, find, find_last, trimmed};

/// Bytes of CP in HJ 212-2017, `&&` at both ends counted in; longer ones are read and told.
pub const PARAMETERS_BYTES_MAX: usize = 950;
/// Characters of an MN since 2017.
const DEVICE_CHARACTERS: usize = 24;
/// Characters of an MN in most implementations of the version of 2005.
const DEVICE_CHARACTERS_2005: usize = 14;
/// Digits of a QN.
const REQUEST_ID_DIGITS: usize = 17;

/// The fields in front of CP in the standard's order.
const FIELDS: [&str; 8] = ["QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO"];

/// Whether a field of that name has a place of its own in a message.
pub(crate) fn is_named(name: &Text) -> bool {
    name.is("CP") || FIELDS.iter().any(|field| name.is(field))
}

/// A field's value as sent and where the field begins.
#[derive(Clone, Copy)]
struct Field<'a> {
    value: &'a [u8],
    at: usize,
}

/// Reads a data segment.
pub(crate) fn read(segment: &[u8], oddities: &mut Oddities) -> Result<Message, Refused> {
    if let Err(error) = std::str::from_utf8(segment) {
        oddities.tell(OddityKind::NotUtf8, error.valid_up_to());
    }
    let parameters = parameters_start(segment);
    let (front, after) =
        segment.split_at_checked(parameters.unwrap_or(segment.len())).unwrap_or((segment, &[]));
    let mut fields = [None; FIELDS.len()];
    let others = read_fields(front, after.is_empty(), &mut fields, oddities);
    let [request_id, system, command, password, device, flag, total, number] = fields;

    let request_id = read_request_id(request_id, oddities);
    let system = read_system(system, oddities);
    let password = read_password(password, oddities);
    let flag = read_flag(flag, oddities);
    let version = flag.map_or(Version::V2005, Flag::version);
    let device = read_device(device, version, oddities);
    let packet = read_packet(total, number, flag, oddities);
    let items = match parameters {
        Some(at) => read_parameters(segment, at + 3, oddities),
        None => {
            oddities.tell(OddityKind::ParametersMissing, segment.len());
            Vec::new()
        }
    };
    let command = command
        .and_then(|field| decimal(field.value).filter(|_| field.value.len() == 4))
        .and_then(|number| u16::try_from(number).ok())
        .and_then(Command::new)
        .ok_or(Refused::CommandMissing)?;
    Ok(Message { request_id, system, command, password, device, flag, packet, others, items })
}

/// Where `CP=` begins: the one that opens with `&&`, else one behind a separator.
fn parameters_start(segment: &[u8]) -> Option<usize> {
    let capitals = segment.to_ascii_uppercase();
    find(&capitals, b"CP=&&", 0)
        .or_else(|| find(&capitals, b";CP=", 0).map(|at| at + 1))
        .or_else(|| capitals.starts_with(b"CP=").then_some(0))
}

/// Sorts the fields in front of CP into their places; those without a place are handed back.
fn read_fields<'a>(
    front: &'a [u8],
    is_last: bool,
    fields: &mut [Option<Field<'a>>; FIELDS.len()],
    oddities: &mut Oddities,
) -> Vec<Pair> {
    let mut others = Vec::new();
    let mut furthest = 0;
    let mut at = 0;
    for (piece, separator) in pieces(front) {
        let (start, end) = (at, at + piece.len());
        at = end + 1;
        match separator {
            Some(b',') => oddities.tell(OddityKind::CommaForSemicolon, end),
            Some(_) => {}
            // Nothing behind the last separator, as it should be.
            None if piece.is_empty() => continue,
            None => oddities.tell_if(!is_last, OddityKind::SeparatorMissing, end),
        }
        let (_, without_blanks) = trimmed(piece);
        if without_blanks.is_empty() {
            oddities.tell(OddityKind::FieldEmpty, start);
            continue;
        }
        let Some((name, value)) = named(piece, start, oddities) else {
            oddities.tell(OddityKind::FieldBroken, start);
            continue;
        };
        let place = FIELDS.iter().position(|field| name.eq_ignore_ascii_case(field.as_bytes()));
        let Some((place, slot)) = place.and_then(|place| Some((place, fields.get_mut(place)?))) else {
            oddities.tell(OddityKind::FieldUnknown, start);
            others.push(Pair { name: name.into(), value: value.into(), at: start });
            continue;
        };
        let is_as_written = FIELDS.iter().any(|field| field.as_bytes() == name);
        oddities.tell_if(!is_as_written, OddityKind::NameCase, start);
        if slot.is_some() {
            oddities.tell(OddityKind::FieldRepeated, start);
            continue;
        }
        *slot = Some(Field { value, at: start });
        oddities.tell_if(place < furthest, OddityKind::FieldOrder, start);
        furthest = furthest.max(place);
    }
    others
}

/// What stands between separators `;` and `,`, each with the separator behind it.
fn pieces(bytes: &[u8]) -> impl Iterator<Item = (&[u8], Option<u8>)> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let here = rest?;
        match here.iter().position(|byte| matches!(byte, b';' | b',')) {
            Some(at) => {
                rest = here.get(at + 1..);
                Some((here.get(..at)?, here.get(at).copied()))
            }
            None => {
                rest = None;
                Some((here, None))
            }
        }
    })
}

/// A name and its value, trimmed; nothing without `=` or without a name.
fn named<'a>(piece: &'a [u8], start: usize, oddities: &mut Oddities) -> Option<(&'a [u8], &'a [u8])> {
    let middle = piece.iter().position(|byte| *byte == b'=')?;
    let (raw_name, raw_value) = (piece.get(..middle)?, piece.get(middle + 1..)?);
    let ((_, name), (_, value)) = (trimmed(raw_name), trimmed(raw_value));
    let has_blanks = name.len() != raw_name.len() || value.len() != raw_value.len();
    oddities.tell_if(has_blanks, OddityKind::Blanks, start);
    (!name.is_empty()).then_some((name, value))
}

fn printable(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn read_request_id(field: Option<Field<'_>>, oddities: &mut Oddities) -> Option<RequestId> {
    let Some(field) = field.filter(|field| !field.value.is_empty()) else {
        oddities.tell(OddityKind::RequestIdMissing, 0);
        return None;
    };
    let is_time = field.value.len() == REQUEST_ID_DIGITS && Stamp::parse(field.value).is_some();
    oddities.tell_if(!is_time, OddityKind::RequestIdBroken, field.at);
    printable(field.value).and_then(RequestId::new)
}

fn read_system(field: Option<Field<'_>>, oddities: &mut Oddities) -> Option<SystemCode> {
    let Some(field) = field else {
        oddities.tell(OddityKind::SystemMissing, 0);
        return None;
    };
    let system = printable(field.value).and_then(SystemCode::new);
    oddities.tell_if(system.is_none(), OddityKind::SystemBroken, field.at);
    system
}

fn read_password(field: Option<Field<'_>>, oddities: &mut Oddities) -> Option<Password> {
    let Some(field) = field else {
        oddities.tell(OddityKind::PasswordMissing, 0);
        return None;
    };
    oddities.tell_if(field.value.len() != PASSWORD_CHARACTERS, OddityKind::PasswordShape, field.at);
    Some(Password::new(field.value))
}

fn read_device(field: Option<Field<'_>>, version: Version, oddities: &mut Oddities) -> Option<DeviceId> {
    let Some(field) = field.filter(|field| !field.value.is_empty()) else {
        oddities.tell(OddityKind::DeviceMissing, field.map_or(0, |field| field.at));
        return None;
    };
    let device = printable(field.value).and_then(DeviceId::new);
    let is_epc =
        field.value.len() == DEVICE_CHARACTERS && field.value.iter().all(|byte| byte.is_ascii_hexdigit());
    let is_of_2005 = version == Version::V2005 && field.value.len() == DEVICE_CHARACTERS_2005;
    oddities.tell_if(device.is_none() || !(is_epc || is_of_2005), OddityKind::DeviceShape, field.at);
    device
}

fn read_flag(field: Option<Field<'_>>, oddities: &mut Oddities) -> Option<Flag> {
    let Some(field) = field else {
        oddities.tell(OddityKind::FlagMissing, 0);
        return None;
    };
    let flag = decimal(field.value).and_then(|number| u8::try_from(number).ok()).map(Flag);
    match flag.map(Flag::version) {
        None => oddities.tell(OddityKind::FlagBroken, field.at),
        Some(Version::Other(_)) => oddities.tell(OddityKind::VersionUnknown, field.at),
        Some(_) => {}
    }
    flag
}

fn read_packet(
    total: Option<Field<'_>>,
    number: Option<Field<'_>>,
    flag: Option<Flag>,
    oddities: &mut Oddities,
) -> Option<Packet> {
    let is_announced = flag.is_some_and(Flag::has_packets);
    let at = total.or(number).map_or(0, |field| field.at);
    if total.is_none() && number.is_none() {
        oddities.tell_if(is_announced, OddityKind::PacketMissing, 0);
        return None;
    }
    oddities.tell_if(!is_announced, OddityKind::PacketUnannounced, at);
    let value = |field: Option<Field<'_>>| field.and_then(|field| decimal(field.value));
    let packet = value(total).zip(value(number)).map(|(total, number)| Packet { total, number });
    let packet = packet.filter(|packet| (1..=packet.total).contains(&packet.number));
    oddities.tell_if(packet.is_none(), OddityKind::PacketBroken, at);
    packet
}

/// Reads what stands behind `CP=`, which ends at `start`.
fn read_parameters(segment: &[u8], start: usize, oddities: &mut Oddities) -> Vec<Item> {
    let behind = segment.get(start..).unwrap_or_default();
    oddities.tell_if(behind.len() > PARAMETERS_BYTES_MAX, OddityKind::ParametersLong, start);
    let (start, inside) = match behind.strip_prefix(b"&&") {
        Some(inside) => (start + 2, inside),
        None => {
            oddities.tell(OddityKind::ParametersUnmarked, start);
            (start, behind)
        }
    };
    let inside = match find_last(inside, b"&&").and_then(|end| inside.split_at_checked(end)) {
        Some((inside, rest)) => {
            let has_more = trimmed(rest.get(2..).unwrap_or_default()).1 != b"";
            oddities.tell_if(has_more, OddityKind::TrailingBytes, start + inside.len() + 2);
            inside
        }
        None => {
            oddities.tell(OddityKind::ParametersUnclosed, segment.len());
            inside
        }
    };
    if let Some(at) = find(inside, b"&&", 0) {
        oddities.tell(OddityKind::ParametersMarkInside, start + at);
    }
    Reader { inside, start, at: 0, items: Vec::new() }.read(oddities)
}

/// Reads the pairs of CP one after another.
struct Reader<'a> {
    inside: &'a [u8],
    /// Where `inside` begins in the data segment.
    start: usize,
    at: usize,
    items: Vec<Item>,
}

impl Reader<'_> {
    fn read(mut self, oddities: &mut Oddities) -> Vec<Item> {
        if trimmed(self.inside).1.is_empty() {
            oddities.tell_if(!self.inside.is_empty(), OddityKind::Blanks, self.start);
            return Vec::new();
        }
        let mut opens_item = true;
        while self.at <= self.inside.len() {
            let from = self.at;
            let rest = self.inside.get(from..).unwrap_or_default();
            let end = from + fragment_length(rest);
            let fragment = self.inside.get(from..end).unwrap_or_default();
            let separator = self.inside.get(end).copied();
            self.take(fragment, from, opens_item, oddities);
            opens_item = separator != Some(b',');
            self.at = end + 1;
        }
        self.items
    }

    fn take(&mut self, fragment: &[u8], from: usize, opens_item: bool, oddities: &mut Oddities) {
        let place = self.start + from;
        let has_name = fragment.contains(&b'=');
        if !has_name
            && from > 0
            && let Some(log) = self.open_log()
        {
            // A separator inside a log text.
            log.value.extend(if opens_item { b";" } else { b"," });
            log.value.extend(fragment);
            return oddities.tell(OddityKind::TextWithSeparator, place);
        }
        if trimmed(fragment).1.is_empty() {
            return oddities.tell(OddityKind::ItemEmpty, place);
        }
        let pair = match named(fragment, place, oddities) {
            Some((name, value)) => Pair { name: name.into(), value: value.into(), at: place },
            None => {
                oddities.tell(OddityKind::PairBroken, place);
                Pair { name: trimmed(fragment).1.into(), value: Text::default(), at: place }
            }
        };
        let is_long_log = is_log(&pair) && pair.value.bytes().iter().any(|byte| matches!(byte, b';' | b','));
        oddities.tell_if(is_long_log, OddityKind::TextWithSeparator, place);
        match self.items.last_mut() {
            Some(item) if !opens_item => item.pairs.push(pair),
            _ => self.items.push(Item::of([pair])),
        }
    }

    /// The last pair, if it holds a log text that may go on behind a separator.
    fn open_log(&mut self) -> Option<&mut Pair> {
        self.items.last_mut()?.pairs.last_mut().filter(|pair| is_log(pair) && !pair.value.is_empty())
    }
}

/// A log text: a name that ends with `-Info`.
fn is_log(pair: &Pair) -> bool {
    pair.name.bytes().to_ascii_uppercase().ends_with(b"-INFO")
}

/// Bytes up to the separator that ends the pair at the front of `rest`. The text of a log (`…-Info=//text//`) may hold
/// separators up to its closing `//`.
fn fragment_length(rest: &[u8]) -> usize {
    let separator = |from: usize| {
        let after = rest.get(from..).unwrap_or_default();
        after.iter().position(|byte| matches!(byte, b';' | b',')).map_or(rest.len(), |at| from + at)
    };
    let plain = separator(0);
    let name_end = rest.iter().take(plain).position(|byte| *byte == b'=');
    let text = name_end.and_then(|end| {
        let is_log = rest.get(..end)?.to_ascii_uppercase().ends_with(b"-INFO");
        (is_log && rest.get(end + 1..)?.starts_with(b"//")).then_some(end + 3)
    });
    match text.and_then(|text| find(rest, b"//", text)) {
        Some(close) => separator(close + 2),
        None => plain,
    }
}
