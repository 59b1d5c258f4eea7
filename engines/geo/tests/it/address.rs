//! Placing what a resident says on the telephone.

use proptest::prelude::*;

use crate::city::atlas;

#[test]
fn divisions_are_read_from_addresses() {
    let atlas = atlas();
    let table = [
        "泉城市西泉区泉水路街道泉水路社区3号楼",
        "西泉区柳林镇王庄村东头",
        "天桥区王庄社区2单元",
        "西泉王庄",
        "泉城市天桥往南五十米",
        "西泉区王庄有人放炮",
        "王庄村口路灯不亮",
        "王庄有人放炮",
        "泺口码头社区门口",
        "过天桥往南五十米",
        "天桥往南五十米",
        "泉水公园北门垃圾满了",
        "天桥区泉水公园西侧",
        "西泉区",
        "泉 水 路 街 道 12 号",
        "火星基地",
        "",
    ];
    let lines: Vec<String> = table
        .iter()
        .map(|text| {
            let answer = atlas.place(text).map_or("-".to_owned(), |placed| {
                let place = placed.place.map_or(String::new(), |place| format!(" ({})", place.name));
                format!("{} {}{place}", placed.division.code, placed.division.name)
            });
            format!("{text} → {answer}")
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

proptest! {
    #[test]
    fn any_text_is_read_without_harm(text in "(泉|天桥|区|王庄|村|街道|\\PC){0,80}") {
        if let Some(placed) = atlas_once().place(&text) {
            prop_assert!(!placed.division.name.is_empty());
        }
    }
}

fn atlas_once() -> &'static baotu_geo::Atlas {
    static ATLAS: std::sync::OnceLock<baotu_geo::Atlas> = std::sync::OnceLock::new();
    ATLAS.get_or_init(atlas)
}
