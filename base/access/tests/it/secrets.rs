//! Personal data at rest, and the key file.

use aes_gcm::AesGcm;
use aes_gcm::aead::array::typenum::U12;
use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use baotu_access::{Keys, Sealed};
use baotu_vocabulary::{Chance, Moment, Surroundings};
use proptest::prelude::*;

fn keys() -> Keys {
    Keys::derive(&[7; 32])
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hex");
    digits.chunks(2).map(pair).collect()
}

/// The composition of two libraries gives what RFC 8998, appendix A.1, gives for SM4-GCM.
#[test]
fn the_cipher_is_that_of_rfc_8998() {
    let cipher = AesGcm::<sm4::Sm4, U12>::new_from_slice(&hex("0123456789ABCDEFFEDCBA9876543210"));
    let text = hex("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD\
         EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA");
    let nonce: [u8; 12] = hex("00001234567800000000ABCD").try_into().expect("12 bytes");
    let payload = Payload { msg: &text, aad: &hex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2") };
    let sealed = cipher.expect("16 bytes").encrypt(&nonce.into(), payload).expect("short");
    let expected = hex("17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735\
         D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D\
         83DE3541E4C2B58177E065A9BF7B62EC");
    assert_eq!(sealed, expected);
}

#[test]
fn equal_values_are_found_and_nothing_else_shows() {
    let index = |kind: &str, value: &str| keys().blind_index(kind, value);
    assert_eq!(index("phone", "+8613800000000"), index("phone", "+8613800000000"));
    assert_ne!(index("phone", "+8613800000000"), index("phone", "+8613800000001"));
    assert_ne!(index("phone", "1"), index("citizen-id", "1"));
    assert_ne!(index("phone", "1"), Keys::derive(&[8; 32]).blind_index("phone", "1"));
    assert_eq!(format!("{:?} {:?}", keys(), Sealed::from_bytes(vec![1, 2])), "Keys Sealed(2 bytes)");
}

proptest! {
    #[test]
    fn what_was_sealed_opens_in_its_context_only(
        text in ".*", context in ".*", other in ".*", chance in any::<Chance>(),
    ) {
        let sealed = keys().seal(&context, &text, chance);
        prop_assert_eq!(keys().open(&context, &sealed), Ok(text));
        if other != context {
            prop_assert!(keys().open(&other, &sealed).is_err());
        }
        prop_assert!(Keys::derive(&[8; 32]).open(&context, &sealed).is_err());
    }

    #[test]
    fn a_changed_byte_does_not_open(text in ".+", at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let sealed = keys().seal("context", &text, [3; 10]);
        let mut bytes = sealed.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(keys().open("context", &Sealed::from_bytes(bytes)).is_err());
    }

    #[test]
    fn any_bytes_at_all_are_refused_in_peace(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        prop_assert!(keys().open("context", &Sealed::from_bytes(bytes)).is_err());
    }

    /// Chance that repeats, as in a simulated city, never seals two texts under one nonce.
    #[test]
    fn nonces_differ_with_the_text(one in ".*", other in ".*") {
        prop_assume!(one != other);
        let (one, other) = (keys().seal("c", &one, [1; 10]), keys().seal("c", &other, [1; 10]));
        prop_assert_ne!(&one.as_bytes()[..13], &other.as_bytes()[..13]);
    }
}

/// Chance for the key file.
struct Dice;

impl Surroundings for Dice {
    fn now(&self) -> Moment {
        Moment::from_micros(0)
    }

    fn chance(&self) -> Chance {
        [5; 10]
    }
}

#[test]
fn the_key_file_is_made_once_and_kept_from_others() {
    let folder = std::env::temp_dir().join(format!("baotu-keys-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("key");
    let made = Keys::load_or_make(&path, &Dice).expect("made");
    let sealed = made.seal("c", "趵突泉", [1; 10]);
    let loaded = Keys::load_or_make(&path, &Dice).expect("loaded");
    assert_eq!(loaded.open("c", &sealed).as_deref(), Ok("趵突泉"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode));
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        mode(0o644).expect("changed");
        let refused = Keys::load_or_make(&path, &Dice).expect_err("others can read it").to_string();
        assert!(refused.contains("chmod 600"), "{refused}");
        mode(0o600).expect("changed");
    }
    for broken in ["", "12", &"g".repeat(64), &"0".repeat(63), &"0".repeat(65), &"é".repeat(32)] {
        std::fs::write(&path, broken).expect("written");
        assert!(Keys::load_or_make(&path, &Dice).is_err(), "{broken}");
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}
