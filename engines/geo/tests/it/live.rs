//! The live layer: open cases by events, clustered from afar, never personal.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use baotu_geo::{Atlas, Concern, GeoLive, OpenCase, TileAddress};
use baotu_vocabulary::{CaseId, Event, EventId, Moment, Point};
use geozero::mvt::tile;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::base_map::{decode, parts, tags};
use crate::city::{at, atlas};

const LEVELS: [&str; 3] = ["一般", "紧急", "重大"];
/// A reader who may know of every case.
const EVERY: &dyn Fn(&Concern) -> bool = &|_| true;
/// A reader who may know of none.
const NONE: &dyn Fn(&Concern) -> bool = &|_| false;

/// The atlas of the small city, built once for all cities of a property.
fn shared() -> &'static Arc<Atlas> {
    static ATLAS: OnceLock<Arc<Atlas>> = OnceLock::new();
    ATLAS.get_or_init(|| Arc::new(atlas()))
}

fn live() -> GeoLive {
    GeoLive::new(Arc::clone(shared()), LEVELS.map(str::to_owned).to_vec())
}

fn case(number: u8) -> CaseId {
    CaseId::new(Moment::from_micros(1_790_000_000_000_000), [number; 10])
}

fn event(kind: &str, data: Value) -> Event {
    Event {
        id: EventId::new(Moment::from_micros(1), [1; 10]),
        source: kind.split('.').next().expect("an engine").to_owned(),
        kind: kind.to_owned(),
        subject: "x".to_owned(),
        time: Moment::from_micros(1),
        data,
    }
}

fn opened(number: u8, level: &str, lon: f64, lat: f64) -> Event {
    event(
        "cases.opened",
        json!({
            "case_id": case(number), "number": "JN1", "procedure": "simple-request", "level": level,
            "status": "受理", "confidential": false, "reporter": case(99), "title": "张三家门口的路灯",
            "place": {"lon": lon, "lat": lat},
        }),
    )
}

/// The layer's features as lines: what stands where.
fn seen(live: &GeoLive, zoom: u8, may_know: &dyn Fn(&Concern) -> bool) -> Vec<String> {
    let address = TileAddress::of(at(117.012, 36.692), zoom).expect("within the pyramid");
    let tile = decode(&live.tile(address, &[], may_know));
    let Some(layer) = tile.layers.first() else { return Vec::new() };
    assert_eq!(layer.name, "cases");
    (0..layer.features.len()).map(|index| line(layer, index)).collect()
}

fn line(layer: &tile::Layer, index: usize) -> String {
    let tag = |key: &str| tags(layer, key).get(index).cloned().unwrap_or_else(|| "-".to_owned());
    assert_eq!(parts(&layer.features[index]).len(), 1);
    format!("{}×{} {} {}", tag("count"), tag("level"), tag("status"), tag("procedure"))
}

#[test]
fn a_case_is_shown_from_opening_to_closing() {
    let live = live();
    live.apply(&opened(1, "紧急", 117.012, 36.692));
    assert_eq!(seen(&live, 14, EVERY), ["1×紧急 受理 simple-request"]);
    live.apply(&event("cases.decided", json!({"case_id": case(1), "status": "办理中", "level": "重大"})));
    assert_eq!(seen(&live, 14, EVERY), ["1×重大 办理中 simple-request"]);
    live.apply(&event("cases.closed", json!({"case_id": case(1), "status": "办结"})));
    assert_eq!(seen(&live, 14, EVERY), Vec::<String>::new());
    // The decision that closed it may follow in the log: it doesn't bring the case back.
    live.apply(&event(
        "cases.decided",
        json!({"case_id": case(1), "status": "办结", "place": {"lon": 117.012, "lat": 36.692}}),
    ));
    assert_eq!(live.count(), 0);
}

#[test]
fn repeated_and_foreign_events_change_nothing() {
    let live = live();
    live.apply(&opened(1, "一般", 117.012, 36.692));
    live.apply(&opened(1, "一般", 117.012, 36.692));
    live.apply(&event("notices.sent", json!({"case_id": case(2), "place": {"lon": 117.012, "lat": 36.692}})));
    live.apply(&event("cases.opened", json!({"case_id": "no id"})));
    live.apply(&event("cases.opened", json!({"case_id": case(3), "place": null})));
    live.apply(&event("cases.opened", Value::Null));
    assert_eq!(live.count(), 1);
}

#[test]
fn a_confidential_case_is_never_shown() {
    let live = live();
    let mut secret = opened(1, "重大", 117.012, 36.692);
    secret.data["confidential"] = json!(true);
    live.apply(&secret);
    assert_eq!(live.count(), 0);
    live.apply(&opened(2, "重大", 117.012, 36.692));
    live.apply(&event("cases.decided", json!({"case_id": case(2), "confidential": true})));
    assert_eq!(live.count(), 0);
}

#[test]
fn from_afar_cases_are_counted_with_the_worst_level() {
    let live = live();
    for (number, level) in [(1, "一般"), (2, "重大"), (3, "紧急")] {
        live.apply(&opened(number, level, 117.012 + f64::from(number) * 0.000_1, 36.692));
    }
    live.apply(&opened(4, "一般", 117.09, 36.67));
    assert_eq!(seen(&live, 4, EVERY), ["4×重大 - -"]);
    assert_eq!(seen(&live, 14, EVERY).len(), 3);
}

#[test]
fn who_may_not_know_of_cases_sees_counts_by_cell() {
    let live = live();
    for number in 1..=3 {
        live.apply(&opened(number, "一般", 117.0301 + f64::from(number) * 0.000_2, 36.6701));
    }
    let cell = atlas().cell_at(at(117.0302, 36.6701)).expect("a cell").clone();
    let address = TileAddress::of(cell.centre, 16).expect("within the pyramid");
    let tile = decode(&live.tile(address, &[], NONE));
    let layer = &tile.layers[0];
    assert_eq!(layer.features.len(), 1);
    assert_eq!(line(layer, 0), "3×一般 - -");
    assert!(!layer.keys.iter().any(|key| key == "case"), "no ids for everyone");
}

#[test]
fn nothing_but_what_is_meant_leaves_the_layer() {
    let live = live();
    live.apply(&opened(1, "一般", 117.012, 36.692));
    let address = TileAddress::of(at(117.012, 36.692), 15).expect("within the pyramid");
    let tile = decode(&live.tile(address, &[], EVERY));
    assert_eq!(tile.layers[0].keys, ["case", "level", "status", "procedure", "count"]);
    let text = format!("{tile:?}");
    assert!(!text.contains("张三") && !text.contains(&case(99).to_string()));
}

#[test]
fn the_entity_tag_changes_with_what_is_seen() {
    let live = live();
    let address = TileAddress::of(at(117.012, 36.692), 12).expect("within the pyramid");
    let empty = live.tile(address, &[], EVERY).etag;
    live.apply(&opened(1, "一般", 117.012, 36.692));
    let one = live.tile(address, &[], EVERY).etag;
    live.apply(&opened(2, "一般", 117.09, 36.67));
    assert_ne!(empty, one);
    live.apply(&event("cases.closed", json!({"case_id": case(2)})));
    assert_eq!(live.tile(address, &[], EVERY).etag, one);
}

#[test]
fn single_cases_are_seen_by_those_concerned_only() {
    let live = live();
    let mut works = opened(1, "紧急", 117.012, 36.692);
    works.data["lead_unit"] = json!("works");
    works.data["co_units"] = json!([]);
    live.apply(&works);
    let mut parks = opened(2, "一般", 117.012, 36.692);
    parks.data["lead_unit"] = json!("parks");
    parks.data["co_units"] = json!([]);
    parks.data["division"] = json!("370103001001");
    live.apply(&parks);
    let of_works = |case: &Concern| case.units == ["works".into()];
    assert_eq!(seen(&live, 14, &of_works), ["1×紧急 受理 simple-request", "1×一般 - -"]);
    let east =
        |case: &Concern| case.division.is_some_and(|division| division.to_string().starts_with("370103"));
    assert_eq!(seen(&live, 14, &east), ["1×一般 受理 simple-request", "1×紧急 - -"]);
    // A case that says no division lies where the atlas says.
    let west = |case: &Concern| case.division.is_some_and(|division| division.to_string() == "370102001001");
    assert_eq!(seen(&live, 14, &west), ["1×紧急 受理 simple-request", "1×一般 - -"]);
    // Returned: nobody is in charge, so nobody of the former unit is concerned any more.
    live.apply(&event("cases.returned", json!({"case_id": case(1), "lead_unit": null, "co_units": []})));
    assert_eq!(seen(&live, 14, &of_works), ["2×紧急 - -"]);
}

#[test]
fn cases_from_before_are_restored() {
    let live = live();
    live.restore([OpenCase {
        case: case(1),
        place: at(117.012, 36.692),
        level: "重大".to_owned(),
        status: "办理中".to_owned(),
        concern: Concern { procedure: "simple-request".into(), division: None, units: Vec::new() },
    }]);
    // What was read already may come once more.
    live.apply(&event("cases.decided", json!({"case_id": case(1), "status": "办理中"})));
    assert_eq!(seen(&live, 14, EVERY), ["1×重大 办理中 simple-request"]);
    live.apply(&event("cases.closed", json!({"case_id": case(1)})));
    assert_eq!(live.count(), 0);
}

/// What may happen to a case: it is opened or told anew at a place with a level, or closed.
#[derive(Clone, Debug)]
enum Happening {
    Told { number: u8, level: usize, lon: f64, lat: f64 },
    Closed { number: u8 },
}

fn happening() -> impl Strategy<Value = Happening> {
    let told = (0..12_u8, 0..3_usize, 117.0..117.1_f64, 36.66..36.70_f64)
        .prop_map(|(number, level, lon, lat)| Happening::Told { number, level, lon, lat });
    prop_oneof![4 => told, 1 => (0..12_u8).prop_map(|number| Happening::Closed { number })]
}

proptest! {
    // Each case draws 38 tiles.
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Every tile counts what plain reckoning finds on it, whatever happened before and in whatever squares.
    #[test]
    fn tiles_count_what_is_there(
        happenings in prop::collection::vec(happening(), 0..60),
        lon in 117.0..117.1_f64,
        lat in 36.66..36.70_f64,
    ) {
        let live = live();
        let mut open: BTreeMap<u8, (usize, Point)> = BTreeMap::new();
        for happening in happenings {
            match happening {
                Happening::Told { number, level, lon, lat } => {
                    open.insert(number, (level, at(lon, lat)));
                    live.apply(&opened(number, LEVELS[level], lon, lat));
                }
                Happening::Closed { number } => {
                    open.remove(&number);
                    live.apply(&event("cases.closed", json!({"case_id": case(number)})));
                }
            }
        }
        prop_assert_eq!(live.count(), open.len());
        let atlas = shared();
        for zoom in 0..=18 {
            let address = TileAddress::of(at(lon, lat), zoom).expect("within the pyramid");
            for (may_know, exact) in [(EVERY, zoom >= 12), (NONE, false)] {
                let here: Vec<usize> = open
                    .values()
                    .filter(|(_, place)| {
                        let shown = if exact { *place } else { atlas.cell_at(*place).map_or(*place, |cell| cell.centre) };
                        TileAddress::of(shown, zoom) == Ok(address)
                    })
                    .map(|(level, _)| *level)
                    .collect();
                let tile = live.tile(address, &[], may_know);
                prop_assert_eq!(tile.gzip.is_empty(), here.is_empty());
                if here.is_empty() {
                    continue;
                }
                let tile = decode(&tile);
                let counts: usize = tags(&tile.layers[0], "count").iter().map(|count| count.parse::<usize>().expect("a count")).sum();
                prop_assert_eq!(counts, here.len());
                let worst = here.iter().max().map(|level| LEVELS[*level].to_owned());
                let told = tags(&tile.layers[0], "level");
                prop_assert_eq!(told.iter().max_by_key(|level| LEVELS.iter().position(|one| one == *level)), worst.as_ref());
            }
        }
    }
}
