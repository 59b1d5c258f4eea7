//! Texts from outside that storage reads: positions, digests, the place of the database.

use baotu_storage::{Database, Digest, Position};
use proptest::prelude::*;

proptest! {
    /// Whatever is taken is shown back as it came: there is one text for each position and each digest.
    #[test]
    fn a_text_is_refused_or_is_the_one_name(
        text in prop_oneof![any::<String>(), "[0-9a-f+-]{0,70}", "[0-9a-f]{64}", "[0-9]{1,20}-[0-9]{1,20}"],
    ) {
        if let Ok(position) = text.parse::<Position>() {
            prop_assert_eq!(position.to_string(), text.clone());
        }
        if let Ok(digest) = text.parse::<Digest>() {
            prop_assert_eq!(digest.to_string(), text);
        }
    }

    #[test]
    fn a_digest_survives_its_text(bytes in any::<Vec<u8>>()) {
        let digest = Digest::of(&bytes);
        prop_assert_eq!(digest.to_string().parse::<Digest>().ok(), Some(digest));
    }
}

#[test]
fn a_digest_is_sha_256() {
    // FIPS 180-4, the message “abc”.
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(Digest::of(b"abc").to_string(), expected);
}

#[test]
fn positions_are_ordered_and_read_back() {
    let position = |text: &str| text.parse::<Position>().expect("a position");
    assert_eq!(Position::START.to_string(), "0-0");
    assert!(position("9-1") < position("10-0") && position("10-0") < position("10-2"));
    for text in ["", "-", "1", "1-", "-1-2", "+1-2", "01-2", "1-2-3", "1-99999999999999999999", "１-2"] {
        assert!(text.parse::<Position>().is_err(), "{text}");
    }
}

#[test]
fn the_place_of_the_database_is_a_server_or_a_file() {
    let server = "postgresql://baotu:secret@db/city";
    assert_eq!(Database::parse(server), Database::Postgres(server.to_owned()));
    assert_eq!(Database::parse("data/baotu.sqlite"), Database::Embedded("data/baotu.sqlite".into()));
    assert_eq!(Database::parse("sqlite:///srv/baotu.sqlite"), Database::Embedded("/srv/baotu.sqlite".into()));
    assert!(!format!("{:?}", Database::parse(server)).contains("secret"));
}
