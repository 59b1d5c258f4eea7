//! What is odd in a frame that can still be read: each kind has a name, each finding a place.

/// Oddities told of one frame; whoever has more is told so, and no more.
pub const ODDITIES_MAX: usize = 64;

/// One finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oddity {
    /// Bytes of the data segment in front of it; 0 for what concerns the frame around it.
    pub at: usize,
    /// What is odd.
    pub kind: OddityKind,
}

macro_rules! oddity_kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        /// The kinds of oddity; clauses are those of HJ 212-2017.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum OddityKind {
            $($(#[$doc])* $name,)*
        }

        impl OddityKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// A stable name for logs and counters, kebab-case.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

oddity_kinds! {
    /// No `##` in front: a bare data segment with its checksum.
    HeaderMissing = "header-missing";
    /// `##` without a length.
    LengthMissing = "length-missing";
    /// The length has not four digits.
    LengthDigits = "length-digits";
    /// The length counts the checksum, the line end, or both, too.
    LengthCountsEnd = "length-counts-end";
    /// The length counts characters where bytes are more.
    LengthInCharacters = "length-in-characters";
    /// The length is another one than that of the data segment.
    LengthWrong = "length-wrong";
    /// The data segment is longer than the standard has it.
    SegmentLong = "segment-long";
    /// The checksum is written in small letters.
    ChecksumLowerCase = "checksum-lower-case";
    /// Something stands between data segment and checksum, or after the frame on its line.
    TrailingBytes = "trailing-bytes";
    /// A field in front of CP stands in another order.
    FieldOrder = "field-order";
    /// A field stands twice; the first one counts.
    FieldRepeated = "field-repeated";
    /// A field that the standard does not name; kept as sent.
    FieldUnknown = "field-unknown";
    /// A field without a name or without `=`; left out.
    FieldBroken = "field-broken";
    /// No field between two separators.
    FieldEmpty = "field-empty";
    /// Two fields run into each other without `;`.
    SeparatorMissing = "separator-missing";
    /// A name in other letters, capital or small, than the standard's.
    NameCase = "name-case";
    /// Blanks around a name or value.
    Blanks = "blanks";
    /// No QN.
    RequestIdMissing = "request-id-missing";
    /// QN is no time to the millisecond; kept when it can be echoed.
    RequestIdBroken = "request-id-broken";
    /// No ST.
    SystemMissing = "system-missing";
    /// ST is no code of two characters 0–9 and A–Z.
    SystemBroken = "system-broken";
    /// No PW.
    PasswordMissing = "password-missing";
    /// PW has not six characters.
    PasswordShape = "password-shape";
    /// No MN, or an empty one.
    DeviceMissing = "device-missing";
    /// MN has not the shape of its version.
    DeviceShape = "device-shape";
    /// No Flag; read as one of version 2005 that wants no answer.
    FlagMissing = "flag-missing";
    /// Flag is no number from 0 to 255; read as missing.
    FlagBroken = "flag-broken";
    /// Flag says a version that is not known.
    VersionUnknown = "version-unknown";
    /// Flag says that there are PNUM and PNO, but they are missing.
    PacketMissing = "packet-missing";
    /// PNUM and PNO stand there though Flag says no.
    PacketUnannounced = "packet-unannounced";
    /// PNUM or PNO is no number, missing, zero, or PNO is over PNUM.
    PacketBroken = "packet-broken";
    /// No CP.
    ParametersMissing = "parameters-missing";
    /// CP does not open with `&&`.
    ParametersUnmarked = "parameters-unmarked";
    /// CP does not close with `&&`.
    ParametersUnclosed = "parameters-unclosed";
    /// `&&` inside CP.
    ParametersMarkInside = "parameters-mark-inside";
    /// CP is longer than the standard has it.
    ParametersLong = "parameters-long";
    /// No item between two `;`, or no pair between two `,` of CP.
    ItemEmpty = "item-empty";
    /// A pair of CP without a name or without `=`.
    PairBroken = "pair-broken";
    /// A separator inside a log text.
    TextWithSeparator = "text-with-separator";
    /// Bytes that are no UTF-8; GB 18030 most likely.
    NotUtf8 = "not-utf8";
    /// Two factors in one item, as with `,` for `;`.
    CommaForSemicolon = "comma-for-semicolon";
    /// One factor in two items that follow each other, as with `;` for `,`.
    SemicolonForComma = "semicolon-for-comma";
    /// The same name twice for one factor; both are kept.
    KeyRepeated = "key-repeated";
    /// A factor code of no known shape.
    FactorShape = "factor-shape";
    /// A kind of value that the standard does not name.
    KindUnknown = "kind-unknown";
    /// A value that is no number where one belongs.
    ValueNotNumber = "value-not-number";
    /// A data flag that the standard does not name.
    DataFlagUnknown = "data-flag-unknown";
    /// A flag or sample time of a factor that has no value.
    ValueMissing = "value-missing";
    /// A time that no calendar has.
    TimeBroken = "time-broken";
    /// Readings without DataTime.
    DataTimeMissing = "data-time-missing";
    /// There is more; see [`ODDITIES_MAX`].
    More = "more";
}

/// Findings as they are made, in a bounded list.
#[derive(Debug, Default)]
pub(crate) struct Oddities(Vec<Oddity>);

impl Oddities {
    pub(crate) fn tell(&mut self, kind: OddityKind, at: usize) {
        match self.0.len() {
            count if count + 1 < ODDITIES_MAX => self.0.push(Oddity { at, kind }),
            count if count < ODDITIES_MAX => self.0.push(Oddity { at, kind: OddityKind::More }),
            _ => {}
        }
    }

    pub(crate) fn tell_if(&mut self, is_so: bool, kind: OddityKind, at: usize) {
        if is_so {
            self.tell(kind, at);
        }
    }

    pub(crate) fn into_list(self) -> Vec<Oddity> {
        self.0
    }
}
