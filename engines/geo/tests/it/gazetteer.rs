//! Finding places by name.

use baotu_geo::{ANSWERS_MAX, SEARCH_CHARS_MAX};
use baotu_vocabulary::{Point, Refusal};

use crate::city::{at, atlas, build, division, places};

fn found(words: &str, near: Option<Point>) -> Vec<String> {
    let atlas = atlas();
    let places = atlas.gazetteer().search(words, near).expect("a proper search");
    places.iter().map(|place| place.name.clone()).collect()
}

#[test]
fn exact_before_prefix_before_middle_and_streets_before_villages() {
    assert_eq!(found("泉水公园", None), ["泉水公园", "东泉水公园"]);
    assert_eq!(found("泉水", None), ["泉水路街道", "泉水公园", "泉水路社区居委会", "东泉水公园"]);
    assert_eq!(found("天桥", None), ["天桥区"]);
    assert_eq!(found("泉水路", None), ["泉水路街道", "泉水路社区居委会"]);
}

#[test]
fn aliases_spaces_and_wide_letters_are_understood() {
    assert_eq!(found("喷泉公园", None), ["泉水公园"]);
    assert_eq!(found(" 喷泉 公园　", None), ["泉水公园"]);
    assert_eq!(found("没有的地方", None), Vec::<String>::new());
}

#[test]
fn of_equal_names_the_nearer_comes_first() {
    assert_eq!(found("王庄", Some(at(117.03, 36.67))), ["王庄村委会", "王庄社区居委会"]);
    assert_eq!(found("王庄", Some(at(117.08, 36.69))), ["王庄社区居委会", "王庄村委会"]);
}

#[test]
fn a_division_chain_comes_with_the_place() {
    let atlas = atlas();
    let places = atlas.gazetteer().search("喷泉公园", None).expect("a proper search");
    let code = places[0].division.expect("places lie in divisions");
    assert_eq!(
        atlas.divisions().resolve(code).map(|division| division.name.as_str()),
        Some("井台社区居委会")
    );
}

#[test]
fn searches_are_bounded() {
    let atlas = atlas();
    let refused = |words: &str| atlas.gazetteer().search(words, None).expect_err("refused").code();
    assert_eq!(refused(" 　"), "nothing-to-search");
    assert_eq!(refused(&"泉".repeat(SEARCH_CHARS_MAX + 1)), "search-too-long");
    let mut many = places();
    for serial in 100..150 {
        let code = format!("370102002{serial}");
        many.divisions.push(division(&code, &format!("李{serial}村委会"), "village", (117.03, 36.67)));
    }
    let (atlas, _) = build(many);
    assert_eq!(atlas.gazetteer().search("李", None).expect("a proper search").len(), ANSWERS_MAX);
}
