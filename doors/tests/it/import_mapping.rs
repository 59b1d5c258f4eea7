//! Mistakes in a mapping are all said at once; the shipped mappings have none.

use baotu_doors::import::Mapping;

use crate::given::mapping;

#[test]
fn the_shipped_mappings_are_right() {
    for name in ["baltimore-311.toml", "open311-requests.toml", "fuzhou-12345.toml", "hotline-export.toml"] {
        assert!(!mapping(name).source.is_empty());
    }
}

#[test]
fn all_mistakes_are_said_at_once() {
    let problems = Mapping::parse(
        r#"
        title = "x"
        source = ""
        [format]
        kind = "csv"
        delimiter = "|"
        time_zone = "Asia/Atlantis"
        [fields]
        external_id = { column = "id", constant = "7" }
        title = { column = "t", dates = ["%Y"] }
        category = { column = "c", table = "nowhere" }
        opened_at = { column = "o" }
        closed_at = { column = "z", dates = ["%Y-%q"] }
        due_at = { column = "d", dates = ["%H:%M"] }
        status = { column = "s", table = "statuses" }
        lon = { column = "x" }
        [table.statuses.map]
        "done" = "finished"
        [table.unused.map]
        "#,
    )
    .expect_err("mistakes");
    let text: Vec<String> = problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn an_unknown_key_is_named_with_its_line() {
    let problems = Mapping::parse("title = \"x\"\nsource = \"x\"\ncolour = 1\n").expect_err("a mistake");
    assert_eq!(problems[0].line, Some(3));
    assert!(problems[0].message.contains("colour"), "{}", problems[0]);
}
