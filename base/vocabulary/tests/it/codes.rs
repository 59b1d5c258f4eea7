//! Codes of divisions, organisations, people and telephones, against the checked vectors and against any bytes.

use baotu_vocabulary::citizen_id::{CitizenIdError, CitizenIdKind, citizen_id_check};
use baotu_vocabulary::credit_code::{CreditCodeError, organisation_check};
use baotu_vocabulary::division::DivisionCodeError;
use baotu_vocabulary::phone::PhoneKind;
use baotu_vocabulary::{CitizenId, CreditCode, DivisionCode, DivisionLevel, Phone};
use proptest::prelude::*;

fn division(code: &str) -> DivisionCode {
    code.parse().unwrap_or_else(|error| panic!("{code}: {error}"))
}

#[test]
fn credit_codes_with_right_check_characters_are_taken() {
    for (code, authority, kind) in [
        ("91370102MA9TEXT006", '9', '1'),
        ("11370100MB9TEXT040", '1', '1'),
        ("12370100MB9TEXT12P", '1', '2'),
        ("52370100MJE0TEXT9Y", '5', '2'),
        ("92370104MA9TEXT27P", '9', '2'),
        ("93370126MA9TEXT35B", '9', '3'),
        ("11370881004339597L", '1', '1'),
        ("113700000045046442", '1', '1'),
        ("11100000000013338W", '1', '1'),
    ] {
        let parsed: CreditCode = code.parse().unwrap_or_else(|error| panic!("{code}: {error}"));
        assert_eq!((parsed.as_str(), parsed.authority(), parsed.kind()), (code, authority, kind));
    }
    assert_eq!(organisation_check(*b"MA9TEXT0"), Some('0'));
}

#[test]
fn a_credit_code_says_which_character_is_wrong() {
    let refused = |code: &str| code.parse::<CreditCode>().expect_err(code);
    assert_eq!(refused("91370102MA9TEXT00"), CreditCodeError::Length(17));
    assert_eq!(refused("91370102MA9TEXTI06"), CreditCodeError::Character { position: 16, found: 'I' });
    assert_eq!(refused("91370102MA9TEXT007"), CreditCodeError::Check { expected: '6', found: '7' });
    assert!(matches!(
        refused("91500106MA2CE71F65"),
        CreditCodeError::OrganisationCheck { .. } | CreditCodeError::Check { .. }
    ));
}

#[test]
fn citizen_ids_follow_gb_11643() {
    for (id, male) in
        [("370102190001010019", true), ("37010419000101002x", false), ("37012620000229003X", true)]
    {
        let parsed: CitizenId = id.parse().unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!(parsed.reveal(), id.to_uppercase());
        assert_eq!(parsed.is_male(), male, "{id}");
        assert_eq!(parsed.kind(), CitizenIdKind::Citizen);
    }
    assert_eq!(citizen_id_check(*b"37010219000101001"), Some('9'));
    let refused = |id: &str| id.parse::<CitizenId>().expect_err(id);
    assert_eq!(refused("370102190001010018"), CitizenIdError::Check);
    assert_eq!(refused("370102190102290010"), CitizenIdError::BirthDate);
    assert_eq!(refused("37010219000101001"), CitizenIdError::Length(17));
    assert_eq!(refused("3701021900O1010019"), CitizenIdError::Character { position: 11, found: 'O' });
}

#[test]
fn an_identity_number_is_never_printed_whole() {
    let id: CitizenId = "370102190001010019".parse().expect("a good number");
    assert_eq!(format!("{id:?}"), "CitizenId(3701**********0019)");
    let phone = Phone::parse("13812345678", None).expect("a good number");
    assert_eq!(format!("{phone:?}"), "Phone(138****5678)");
}

#[test]
fn divisions_form_a_tree() {
    let village = division("370102001002");
    let lineage: Vec<String> = village.lineage().map(|code| code.to_string()).collect();
    assert_eq!(lineage, ["370102001002", "370102001", "370102", "370100", "370000"]);
    assert_eq!(village.level(), DivisionLevel::Village);
    assert_eq!(division("370102000000"), division("370102"));
    assert!(division("370100").contains(village));
    assert!(!division("370103").contains(village));
    assert_eq!("37010".parse::<DivisionCode>(), Err(DivisionCodeError::Length(5)));
    assert_eq!(
        "3701o2".parse::<DivisionCode>(),
        Err(DivisionCodeError::Character { position: 5, found: 'o' })
    );
    assert_eq!("970102".parse::<DivisionCode>(), Err(DivisionCodeError::Region('9')));
}

#[test]
fn telephone_numbers_are_kept_in_e164() {
    for (typed, kept, kind) in [
        ("138 1234 5678", "+8613812345678", PhoneKind::Mobile),
        ("+86-13812345678", "+8613812345678", PhoneKind::Mobile),
        ("0531-82345678", "+8653182345678", PhoneKind::Landline),
        ("82345678", "+8653182345678", PhoneKind::Landline),
        ("400-820-8820", "+864008208820", PhoneKind::Service),
        ("12345", "12345", PhoneKind::Short),
        ("+1 410 555 0100", "+14105550100", PhoneKind::Foreign),
    ] {
        let phone = Phone::parse(typed, Some("0531")).unwrap_or_else(|error| panic!("{typed}: {error}"));
        assert_eq!((phone.reveal(), phone.kind()), (kept, kind), "{typed}");
    }
    for wrong in ["", "1381234567", "12812345678", "0531-1234567", "电话", "+"] {
        assert!(Phone::parse(wrong, Some("0531")).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_fall_over(text in "\\PC{0,40}") {
        let _ = text.parse::<CreditCode>();
        let _ = text.parse::<CitizenId>();
        let _ = text.parse::<DivisionCode>();
        let _ = Phone::parse(&text, Some("0531"));
    }

    #[test]
    fn one_changed_digit_of_an_identity_number_is_always_noticed(position in 0_usize..17, step in 1_u8..10) {
        let mut id = *b"370102190001010019";
        id[position] = b'0' + (id[position] - b'0' + step) % 10;
        let text = std::str::from_utf8(&id).expect("digits");
        prop_assert!(text.parse::<CitizenId>().is_err(), "{text}");
    }

    #[test]
    fn one_changed_character_of_a_credit_code_is_always_noticed(position in 0_usize..18, other in "[0-9A-HJ-NPQRTUWXY]") {
        let mut code = *b"91370102MA9TEXT006";
        let replacement = other.as_bytes()[0];
        prop_assume!(code[position] != replacement);
        code[position] = replacement;
        let text = std::str::from_utf8(&code).expect("characters of the alphabet");
        prop_assert!(text.parse::<CreditCode>().is_err(), "{text}");
    }

    #[test]
    fn a_division_code_is_printed_as_it_is_read(code in 100_000_u64..900_000) {
        if let Ok(parsed) = code.to_string().parse::<DivisionCode>() {
            prop_assert_eq!(parsed.to_string(), code.to_string());
            prop_assert!(parsed.lineage().all(|above| above.contains(parsed)));
        }
    }
}
