//! Masks: how personal data is shown to those who need not know all of it.
//!
//! Each mask takes any text and never fails; what has not the expected shape is masked more, not less.

/// How many stars stand for the middle of a telephone or card number, whatever its length.
const MIDDLE: &str = "****";

/// An identity number: first 4 and last 4 characters, since the fifth begins to tell birthplace and birthday.
pub fn citizen_id(number: &str) -> String {
    middle_masked(number, 4, 4)
}

/// A telephone number: `138****5678`, `0531****5678`; short numbers are hidden whole.
pub fn phone(number: &str) -> String {
    let national = match number.strip_prefix("+86") {
        Some(mobile) if mobile.len() == 11 && mobile.starts_with('1') => mobile.to_owned(),
        Some(other) => format!("0{other}"),
        None => number.to_owned(),
    };
    let characters: Vec<char> = national.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if characters.len() < 9 {
        return MIDDLE.to_owned();
    }
    let head = if characters[0] == '0' { 4 } else { 3 };
    let tail = characters.len() - 4;
    characters[..head].iter().chain(&MIDDLE.chars().collect::<Vec<_>>()).chain(&characters[tail..]).collect()
}

/// A person's name: `王*`, `王*明`, `欧**明`; a name of one character is hidden.
pub fn name(name: &str) -> String {
    match name.trim().chars().count() {
        0 => String::new(),
        1 => "*".to_owned(),
        2 => middle_masked(name.trim(), 1, 0),
        _ => middle_masked(name.trim(), 1, 1),
    }
}

/// An address: down to the street, town or, when it names none, the county; `****` when it names neither.
pub fn address(address: &str) -> String {
    let end_of =
        |words: &[&str]| words.iter().filter_map(|word| address.find(word).map(|at| at + word.len())).min();
    match end_of(&["街道", "镇", "乡"]).or_else(|| end_of(&["区", "县"])) {
        Some(end) if end == address.len() => address.to_owned(),
        Some(end) => format!("{}{MIDDLE}", &address[..end]),
        None => MIDDLE.to_owned(),
    }
}

/// A bank card: the last four digits.
pub fn bank_card(number: &str) -> String {
    let characters: Vec<char> = number.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    match characters.len() {
        0..=8 => MIDDLE.to_owned(),
        length => MIDDLE.chars().chain(characters[length - 4..].iter().copied()).collect(),
    }
}

/// A number plate: `鲁A***12`.
pub fn plate(plate: &str) -> String {
    let characters: Vec<char> = plate.chars().filter(|c| !matches!(c, ' ' | '·')).collect();
    if characters.len() < 6 {
        return "***".to_owned();
    }
    let tail = characters.len() - 2;
    characters[..2].iter().chain(&['*'; 3]).chain(&characters[tail..]).collect()
}

/// Keeps `head` and `tail` characters and puts a star for each one between; all stars when nothing would be hidden.
fn middle_masked(text: &str, head: usize, tail: usize) -> String {
    let length = text.chars().count();
    let hidden = if length > head + tail { head..length - tail } else { 0..length };
    text.chars().enumerate().map(|(index, c)| if hidden.contains(&index) { '*' } else { c }).collect()
}
