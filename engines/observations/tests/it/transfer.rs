//! Readings out and in as CSV.

use baotu_observations::{ExportSeries, Imported, LineProblem, Quality, SeriesNumber};

use jiff::tz::TimeZone;

use crate::given::{all_of, eight, names, nothing, reading};

fn number(thing: &str, property: &str) -> Option<SeriesNumber> {
    (thing == "站点，甲" && property == "pm25").then(|| SeriesNumber::new(1))
}

#[tokio::test]
async fn what_goes_out_comes_in_again_and_doubles_nothing() {
    let (_folder, readings) = nothing();
    let mut manual = reading(1, 60, -0.1);
    manual.quality = Quality::Manual;
    readings.store(vec![reading(1, 0, 1.5e-7), manual, reading(2, 0, 9.0)], eight()).await.expect("stored");
    let all =
        [ExportSeries {
            series: SeriesNumber::new(1), thing: "站点，甲".into(), property: "pm25".into()
        }];
    let mut out = Vec::new();
    let during = (eight().plus_seconds(-10), eight().plus_seconds(61));
    assert_eq!(readings.export(&all, during, &mut out).await.expect("exported"), 2);
    let text = String::from_utf8(out).expect("text");
    assert_eq!(
        text,
        "thing,property,time,value,quality\n\
         站点，甲,pm25,2026-11-28T08:00:00Z,0.00000015,N\n\
         站点，甲,pm25,2026-11-28T08:01:00Z,-0.1,S\n"
    );
    let (_other, other) = nothing();
    for _ in 0..2 {
        let imported =
            other.import(text.as_bytes(), eight(), &TimeZone::UTC, number, names).await.expect("imported");
        assert_eq!(imported, Imported { stored: 2, ..Imported::default() });
        assert_eq!(all_of(&other, 1, 9).await, [(0, 1.5e-7), (60, -0.1)]);
    }
    assert_eq!(other.newest(SeriesNumber::new(1)), Some(manual));
}

#[tokio::test]
async fn a_line_with_a_problem_is_told_by_its_number_and_the_others_are_stored() {
    let (_folder, readings) = nothing();
    let text = "time, value ,thing,property,note\n\
        2026-11-28T08:00:00Z,1,站点，甲,pm25,\n\
        yesterday,1,站点，甲,pm25,\n\
        2026-11-28T08:00:10Z,,站点，甲,pm25,\n\
        2026-11-28T08:00:10Z,1,站点，乙,pm25,\n\
        2026-11-28T08:00:10Z,inf,站点，甲,pm25,\n\
        2036-11-28T08:00:10Z,1,站点，甲,pm25,\n\
        2026-11-28T08:00:10Z,1\n\
        1999-01-01T00:00:00+08:00, 2.5 ,站点，甲,pm25,an old one\n";
    let imported =
        readings.import(text.as_bytes(), eight(), &TimeZone::UTC, number, names).await.expect("imported");
    let problems = vec![
        (3, LineProblem::Time("yesterday".into())),
        (4, LineProblem::Value(String::new())),
        (5, LineProblem::Unknown("站点，乙".into(), "pm25".into())),
        (6, LineProblem::Refused("value-not-finite")),
        (7, LineProblem::Refused("clock-ahead")),
        (8, LineProblem::Columns),
    ];
    assert_eq!(imported, Imported { stored: 2, problems, more_problems: 0 });
    let old = "1999-01-01T00:00:00+08:00".parse().expect("a time");
    let page = readings.history(SeriesNumber::new(1), old, old.plus_seconds(1), 9).await.expect("a page");
    assert_eq!(page.readings.len(), 1);
}
