//! Whatever stands in the files of a pack, the compiler answers and never panics.

use baotu_pack::Pack;
use baotu_pack::testing::TODAY;
use proptest::prelude::*;

use crate::contracts::contracts;
use crate::mistakes::copy_small;

/// The files that are spoilt, one of each format and shape.
const FILES: [&str; 12] = [
    "city.toml",
    "calendar/2026.toml",
    "places/divisions.csv",
    "places/districts.geojson",
    "organisations/units.csv",
    "roles/base.toml",
    "services/simple-request/procedure.toml",
    "services/simple-request/limits.csv",
    "services/simple-request/forms/intake.json",
    "services/simple-request/examples/whole-loop.toml",
    "sensing/water-level/rules.toml",
    "sensing/water-level/parameters.csv",
];

/// A way to spoil bytes.
#[derive(Clone, Debug)]
enum Spoil {
    /// Puts a byte in the place of another.
    Replace(usize, u8),
    /// Cuts the rest off.
    Cut(usize),
    /// Takes a piece out.
    Remove(usize, usize),
    /// Puts a piece in twice.
    Repeat(usize, usize),
    /// Puts words of the formats where they do not belong.
    Insert(usize, &'static str),
}

fn spoil() -> impl Strategy<Value = Spoil> {
    let words =
        ["\"", "[", "]]", "{", "}", "=", ",", "\n", "'''", "[[step]]", "null", "-1", "1e999", "\u{0}", "“"];
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Spoil::Replace(at, byte)),
        any::<usize>().prop_map(Spoil::Cut),
        (any::<usize>(), 1..60_usize).prop_map(|(at, length)| Spoil::Remove(at, length)),
        (any::<usize>(), 1..60_usize).prop_map(|(at, length)| Spoil::Repeat(at, length)),
        (any::<usize>(), prop::sample::select(words.to_vec())).prop_map(|(at, word)| Spoil::Insert(at, word)),
    ]
}

impl Spoil {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len().max(1);
        match *self {
            Self::Replace(at, byte) => {
                if let Some(there) = bytes.get_mut(at % length) {
                    *there = byte;
                }
            }
            Self::Cut(at) => bytes.truncate(at % length),
            Self::Remove(at, count) => {
                let start = (at % length).min(bytes.len());
                bytes.drain(start..(start + count).min(bytes.len()));
            }
            Self::Repeat(at, count) => {
                let start = (at % length).min(bytes.len());
                let piece = bytes[start..(start + count).min(bytes.len())].to_vec();
                bytes.splice(start..start, piece);
            }
            Self::Insert(at, word) => {
                let start = (at % length).min(bytes.len());
                bytes.splice(start..start, word.bytes());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_spoilt_file_is_told_and_nothing_panics(
        file in prop::sample::select(FILES.to_vec()),
        spoils in prop::collection::vec(spoil(), 1..4),
    ) {
        let folder = tempfile::tempdir().unwrap();
        copy_small(folder.path()).unwrap();
        let path = folder.path().join(file);
        let mut bytes = std::fs::read(&path).unwrap();
        spoils.iter().for_each(|spoil| spoil.apply(&mut bytes));
        std::fs::write(&path, bytes).unwrap();
        let checked = Pack::load(folder.path(), &contracts(), TODAY);
        let errors = checked.problems.iter().any(|problem| problem.level == baotu_pack::Level::Error);
        prop_assert_eq!(checked.pack.is_none(), errors);
    }
}

#[test]
fn a_folder_that_is_not_there_is_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let checked = Pack::load(&folder.path().join("nowhere"), &contracts(), TODAY);
    let codes: Vec<&str> = checked.problems.iter().map(|problem| problem.code).collect();
    assert!(checked.pack.is_none());
    assert!(codes.contains(&"unreadable-file") && codes.contains(&"missing-file"), "{codes:?}");
}

#[test]
fn nesting_without_end_is_told() {
    let deep = 100_000;
    let (open, close) = ("[".repeat(deep), "]".repeat(deep));
    let files = [
        ("calendar/2026.toml", format!("year = 2026\nsource = 'demo'\noff = {open}{close}\n")),
        ("city.toml", format!("a{} = 1\n", ".a".repeat(deep))),
        ("services/simple-request/forms/intake.json", format!("{{\"a\": {open}{close}}}")),
        ("places/districts.geojson", format!("{open}{close}")),
    ];
    for (file, text) in files {
        let folder = tempfile::tempdir().unwrap();
        copy_small(folder.path()).unwrap();
        std::fs::write(folder.path().join(file), text).unwrap();
        let checked = Pack::load(folder.path(), &contracts(), TODAY);
        assert!(checked.pack.is_none(), "{file}");
        assert!(checked.problems.iter().any(|problem| problem.file == file), "{file}");
    }
}

#[test]
fn a_form_that_refers_to_itself_is_read_in_time() {
    let fields: Vec<String> = (0..20).map(|number| format!("\"f{number}\": {{\"$ref\": \"#\"}}")).collect();
    let text = format!(
        "{{\"title\": \"诉求\", \"type\": \"object\", \"additionalProperties\": false, \"properties\": {{\"title\": {{\"type\": \"string\"}}, {}}}}}",
        fields.join(", ")
    );
    let folder = tempfile::tempdir().unwrap();
    copy_small(folder.path()).unwrap();
    std::fs::write(folder.path().join("services/simple-request/forms/intake.json"), text).unwrap();
    let start = std::time::Instant::now();
    let checked = Pack::load(folder.path(), &contracts(), TODAY);
    assert!(start.elapsed() < std::time::Duration::from_secs(20), "{:?}", start.elapsed());
    let mut codes: Vec<&str> = checked.problems.iter().map(|problem| problem.code).collect();
    codes.dedup();
    // A reference is no type that a screen draws; and the service asks for photos, which this form no longer has.
    assert_eq!(codes, ["type-missing", "unknown-field"]);
}
