//! Masks, by table; what has not the expected shape is masked more, not less.

use baotu_vocabulary::mask;
use proptest::prelude::*;

#[test]
fn what_others_see() {
    for (shown, expected) in [
        (mask::citizen_id("370102190001010019"), "3701**********0019"),
        (mask::citizen_id("12345678"), "********"),
        (mask::phone("+8613812345678"), "138****5678"),
        (mask::phone("+8653182345678"), "0531****5678"),
        (mask::phone("110"), "****"),
        (mask::name("王"), "*"),
        (mask::name("王明"), "王*"),
        (mask::name("欧阳小明"), "欧**明"),
        (mask::address("历下区泉城路街道9号"), "历下区泉城路街道****"),
        (mask::address("某处"), "****"),
        (mask::plate("鲁A12345"), "鲁A***45"),
    ] {
        assert_eq!(shown, expected);
    }
}

proptest! {
    #[test]
    fn a_mask_takes_any_text_and_hides_the_middle_of_a_number(text in "\\PC{0,30}", number in "[0-9]{18}") {
        for masked in [mask::citizen_id(&text), mask::phone(&text), mask::name(&text), mask::address(&text), mask::plate(&text), mask::bank_card(&text)] {
            prop_assert!(masked.chars().count() <= text.chars().count() + 4);
        }
        prop_assert!(!mask::citizen_id(&number).contains(&number[4..14]));
    }
}
