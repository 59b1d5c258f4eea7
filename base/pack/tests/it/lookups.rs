//! What a pack answers beside the small city's own questions: versions, reactions, code tables, units by place.

use baotu_pack::testing::{TODAY, small};
use baotu_pack::{Checked, Pack};
use baotu_vocabulary::CategoryCode;
use jiff::civil::date;
use serde_json::{Map, json};

use crate::contracts::contracts;
use crate::mistakes::copy_small;

/// The small city with one more file.
fn small_and(file: &str, text: &str) -> Checked {
    let folder = tempfile::tempdir().expect("a folder for the test");
    copy_small(folder.path()).expect("the small city can be copied");
    let path = folder.path().join(file);
    std::fs::create_dir_all(path.parent().expect("a file in a folder")).expect("the folder can be made");
    std::fs::write(path, text).expect("the file can be written");
    Pack::load(folder.path(), &contracts(), TODAY)
}

fn told(checked: &Checked) -> String {
    checked.problems.iter().map(|problem| format!("{problem}\n")).collect()
}

#[test]
fn a_new_version_holds_from_its_day_and_the_old_one_is_kept() {
    let old = std::fs::read_to_string(
        baotu_pack::testing::small_folder().join("services/simple-request/procedure.toml"),
    )
    .unwrap();
    let new = old
        .replace("version = 2026-01-01", "version = 2026-12-01")
        .replace("visits_max = 6", "visits_max = 9");
    let checked = small_and("services/simple-request/procedures/2026-12.toml", &new);
    let pack = checked.pack.as_ref().unwrap_or_else(|| panic!("{}", told(&checked)));
    let name = "simple-request".into();
    let version = |day| pack.procedure(&name, day).map(baotu_pack::CompiledProcedure::version);
    assert_eq!(version(date(2025, 12, 31)), None);
    assert_eq!(version(date(2026, 11, 30)), Some(date(2026, 1, 1)));
    assert_eq!(version(date(2026, 12, 1)), Some(date(2026, 12, 1)));
    let kept = pack.procedure_version(&name, date(2026, 1, 1)).unwrap();
    assert_ne!(Some(kept), pack.procedure(&name, date(2026, 12, 1)));
    assert_eq!(pack.procedures(date(2026, 12, 1)).count(), 1);
}

#[test]
fn a_reaction_asks_weighs_and_gives_its_arguments() {
    let checked = small_and(
        "services/simple-request/reactions.toml",
        r#"
[[reaction]]
name = "tell-the-reporter"
on = "cases.closed"
if = "event.data.reporter != null && fact.cell != null && event.data.outcome == 'solved'"
facts = { cell = { ask = "geo.cell_at", with = { lon = "117.0", lat = "36.6" } } }
do = "notices.send"
with = { template = "'case-closed'", to_person = "event.data.reporter", case_id = "event.data.case_id", values = "{'number': event.data.number, 'title': fact.cell.code}" }
"#,
    );
    let pack = checked.pack.as_ref().unwrap_or_else(|| panic!("{}", told(&checked)));
    assert_eq!(pack.reactions_on("cases.opened").count(), 0);
    let reaction = pack.reactions_on("cases.closed").next().unwrap();
    assert_eq!(reaction.name(), "services/simple-request/tell-the-reporter");
    let event = json!({"type": "cases.closed", "data": {
        "case_id": "c1", "number": "SR20261124000001", "outcome": "solved", "reporter": "p1",
    }});
    assert_eq!(reaction.questions[0].question(&event).unwrap(), json!({"lon": 117.0, "lat": 36.6}));
    let mut facts = Map::new();
    facts.insert("cell".to_owned(), json!(null));
    assert!(!reaction.holds(&event, &facts).unwrap());
    facts.insert("cell".to_owned(), json!({"code": "890102001001001"}));
    assert!(reaction.holds(&event, &facts).unwrap());
    assert_eq!(
        reaction.arguments(&event, &facts).unwrap(),
        json!({
            "template": "case-closed", "to_person": "p1", "case_id": "c1",
            "values": {"number": "SR20261124000001", "title": "890102001001001"},
        })
    );
}

#[test]
fn a_code_is_found_with_the_way_to_it() {
    let pack = small();
    let table = pack.code_table("classes").unwrap();
    let path: Vec<&str> = table.path("0102", TODAY).iter().map(|row| row.name.as_str()).collect();
    assert_eq!(path, ["道路", "井盖缺失"]);
    let roots: Vec<&str> = table.children(None, TODAY).map(|row| row.name.as_str()).collect();
    assert_eq!(roots, ["道路", "绿化", "其他"]);
    let below: Vec<&str> =
        table.children(Some(&CategoryCode::from("02")), TODAY).map(|row| row.code.as_str()).collect();
    assert_eq!(below, ["0201", "0202"]);
    assert!(table.is_leaf(&"0201".into()) && !table.is_leaf(&"02".into()));
    assert!(table.get("0102", date(2019, 12, 31)).is_none() && table.newest("0102").is_some());
    assert!(table.path("99", TODAY).is_empty());
}

#[test]
fn divisions_and_units_know_what_is_inside_them() {
    let pack = small();
    let divisions = pack.divisions();
    assert!(divisions.within("890102001001", "890102") && divisions.within("890102", "890100"));
    assert!(!divisions.within("890103001", "890102") && !divisions.within("890100", "890102"));
    // A code that the pack does not know is placed by its digits.
    assert!(divisions.within("890102777", "890102"));
    let up: Vec<&str> = divisions.lineage("890103001001").map(|division| division.name.as_str()).collect();
    assert_eq!(up, ["西街社区", "西街街道", "西区", "小城市"]);
    let units = pack.units();
    assert!(units.is_below("works", "office") && !units.is_below("office", "works"));
    assert_eq!(units.children("office").count(), 2);
    assert_eq!(units.of_kind_at("bureau", &["890102001"], divisions).unwrap().code.as_str(), "parks");
    assert!(units.of_kind_at("street-office", &["890102001"], divisions).is_none());
    assert_eq!(units.post("works.handler").unwrap().title, "承办人");
    assert_eq!(units.posts_of("office").count(), 5);
}
