//! The examples of the packs come true in the real interpreter.

use std::path::Path;

use baotu_cases::case::CasePlace;
use baotu_cases::contracts::contracts;
use baotu_cases::{Mismatch, rehearse};
use baotu_pack::system::Example;
use baotu_pack::{Pack, testing};
use baotu_vocabulary::{ActionContract, Contracts, Point};

/// Where a point lies, by the nearest label of a village or street: good enough for examples, which name their units.
fn locate(pack: &Pack) -> impl Fn(Option<Point>, Option<&str>) -> Option<CasePlace> {
    move |point, address| {
        let labelled = pack.divisions().all().iter().filter(|division| division.valid_to.is_none());
        let nearest = point.and_then(|point| {
            let measured = labelled.filter_map(|division| {
                let label = Point::new(division.lon?, division.lat?).ok()?;
                Some((division, label.distance_metres(point)))
            });
            measured.min_by(|one, other| one.1.total_cmp(&other.1))
        });
        let division = nearest.map(|(division, _)| division.code.clone());
        Some(CasePlace {
            point,
            address: address.map(str::to_owned),
            cell: division.as_ref().map(|code| format!("{code}001").as_str().into()),
            division,
            ..CasePlace::default()
        })
    }
}

/// The notices engine's action, as far as a pack's reactions name it.
fn notices() -> Contracts {
    Contracts {
        actions: vec![ActionContract {
            name: "notices.send",
            about: "",
            arguments: serde_json::json!({
                "type": "object",
                "properties": {
                    "template": {"type": "string"},
                    "to_person": {"type": ["string", "null"]},
                    "to_unit": {"type": ["string", "null"]},
                    "to_contact": {"type": ["string", "null"]},
                    "case_id": {"type": ["string", "null"]},
                    "values": {"type": "object"},
                },
                "required": ["template"],
            }),
        }],
        ..Contracts::default()
    }
}

fn failures(pack: &Pack) -> Vec<String> {
    let located = locate(pack);
    let failed = pack.examples().iter().filter_map(|found| {
        let mismatch = rehearse(pack, &found.example, &located).err()?;
        Some(format!("{}：{mismatch}", found.file))
    });
    failed.collect()
}

#[test]
fn those_of_the_small_city() {
    let pack = testing::small_with(&contracts());
    assert_eq!(failures(&pack), Vec::<String>::new());
}

fn jinan() -> Pack {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/jinan");
    // What is said and asked of other engines stands last: their own tests know its types.
    let known = contracts().and(notices()).and(testing::open_contracts(&folder));
    let checked = Pack::load(&folder, &known, testing::TODAY);
    let problems: Vec<String> = checked.problems.iter().map(ToString::to_string).collect();
    checked.pack.unwrap_or_else(|| panic!("{}", problems.join("\n")))
}

/// Plays the lines `time | post | take | form` of 6 July 2026 on the Jinan pack, then compares.
fn play(pack: &Pack, lines: &[&str], then: &str) -> Result<(), Mismatch> {
    let mut text = String::from(
        "title = \"演练\"\nat = \"2026-07-06T09:00:00+08:00\"\nprocedure = \"hotline-ticket\"\n",
    );
    for line in lines {
        let parts: Vec<&str> = line.splitn(4, '|').map(str::trim).collect();
        let [time, by, take, form] = parts.as_slice() else { panic!("{line}") };
        let (take, index) = take.split_once('#').unwrap_or((take, "0"));
        text += &format!("[[do]]\nat = \"2026-07-{time}:00+08:00\"\nby = \"{by}\"\ntake = \"{take}\"\n");
        text += &format!("case = {index}\nform = {form}\n");
    }
    let example: Example = toml::from_str(&format!("{text}[then]\n{then}")).expect("an example");
    rehearse(pack, &example, &locate(pack))
}

const STREET_LAMP: &str = r#"{ category = "010403", kind = "求助", channel = "网页", title = "路灯不亮", text = "三天没亮了", place = { lon = 117.0231, lat = 36.6683 } }"#;

/// The id of a photo; examples do not look at its bytes.
const PHOTO: &str = "0198f3a0-5b7c-7000-8000-000000000001";

#[test]
fn a_ticket_becomes_an_urban_case_and_each_sees_how_the_other_goes() {
    let open = format!("06T09:00 | resident | open | {STREET_LAMP}");
    let disposed = |time: &str, result: &str| {
        let form = format!("result = \"{result}\", public_reply = \"已修好\", photos = [\"{PHOTO}\"]");
        format!("{time} | 370102-chengguan.handler | dispose#1 | {{ {form} }}")
    };
    let (changed, changed_again) = (disposed("06T11:00", "已换灯头"), disposed("07T15:00", "又换了一次"));
    let lines = [
        open.as_str(),
        "06T09:10 | jn-hotline.agent-day | accept | {}",
        "06T09:20 | jn-hotline.dispatcher | convert | {}",
        "06T09:30 | jn-supervision.clerk | accept#1 | {}",
        "06T09:40 | jn-supervision.chief | register#1 | { opinion = \"符合立案条件\" }",
        "06T09:50 | jn-command.dispatcher | dispatch#1 | { unit = \"370102-chengguan\" }",
        changed.as_str(),
        "06T13:30 | 370102-jiandu.leader | passed#1 | { remark = \"已亮\" }",
        "06T14:00 | jn-supervision.chief | await-call-back#1 | { opinion = \"属实\" }",
        "07T10:00 | jn-hotline.caller | redo-urban | { contacted = true, solved = false, satisfied = false }",
        changed_again.as_str(),
        "07T15:30 | 370102-jiandu.leader | passed#1 | { remark = \"已亮\" }",
        "07T16:00 | jn-supervision.chief | await-call-back#1 | { opinion = \"属实\" }",
        "08T10:00 | jn-hotline.caller | approve | { contacted = true, solved = true, satisfied = true }",
        "08T11:00 | resident | rate | { grade = 5 }",
    ];
    let then = "outcome = \"solved\"\nstatus = \"已办结\"\nevents = [\"cases.linked\", \"cases.opened\", \"cases.dispatched\", \
        \"cases.resolved\", \"cases.called_back\", \"cases.redone\", \"cases.redone\", \"cases.called_back\", \"cases.closed\", \
        \"cases.rated\", \"cases.closed\"]";
    assert_eq!(play(&jinan(), &lines, then), Ok(()));
}

#[test]
fn a_merged_ticket_ends_with_its_lead() {
    let first = format!("06T09:00 | resident:1 | open | {STREET_LAMP}");
    let second = format!("06T09:05 | resident:2 | open | {STREET_LAMP}");
    let merge = "06T09:10 | jn-hotline.dispatcher | merge | { lead_case = \"JN20260706000002\" }";
    let to_closing = [
        first.as_str(),
        second.as_str(),
        merge,
        "06T09:20 | jn-hotline.agent-day | answer#1 | { public_reply = \"今日检修，晚上恢复\" }",
    ];
    let then = "outcome = \"merged\"\nstatus = \"已办结\"\nsteps = [\"closed\"]\n\
        events = [\"cases.merged\", \"cases.resolved\", \"cases.closed\", \"cases.closed\"]";
    let pack = jinan();
    assert_eq!(play(&pack, &to_closing, then), Ok(()));
    let alone = [
        first.as_str(),
        second.as_str(),
        merge,
        "06T09:15 | jn-hotline.dispatcher | separate | {}",
        "06T09:20 | jn-hotline.agent-day | answer#1 | { public_reply = \"今日检修，晚上恢复\" }",
    ];
    assert_eq!(play(&pack, &alone, "steps = [\"dispatch\"]\nstatus = \"待派遣\""), Ok(()));
    for (lead, code) in [("JN20260706000001", "itself"), ("JN20260706009999", "nobody")] {
        let merge = format!("06T09:10 | jn-hotline.dispatcher | merge | {{ lead_case = \"{lead}\" }}");
        let mismatch = play(&pack, &[&first, &second, &merge], "").expect_err(code);
        assert!(mismatch.reason.contains("lead-case-unknown"), "{mismatch}");
    }
}

#[test]
fn those_of_jinan() {
    let pack = jinan();
    assert!(pack.examples().len() >= 20, "{} examples", pack.examples().len());
    assert_eq!(failures(&pack), Vec::<String>::new());
}
