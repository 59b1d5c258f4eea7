//! The grade of water: each limit of the table, the worst item, and what must hold for any value.

use baotu_methods::surface_water::{
    Grade, Item, Limits, Measured, NOT_GRADED_AS_REPORTED, WaterBody, WaterRefused, grade,
};
use proptest::prelude::*;

const BODIES: [WaterBody; 2] = [WaterBody::River, WaterBody::LakeOrReservoir];

fn measured(values: &[(Item, f64)]) -> Vec<Measured> {
    values.iter().map(|&(item, value)| Measured { item, value }).collect()
}

fn alone(body: WaterBody, item: Item, value: f64) -> Result<Grade, WaterRefused> {
    grade(body, &measured(&[(item, value)]), &[]).map(|verdict| verdict.grade)
}

/// GB 3838-2002 table 1 as the fact sheet has it, in the table's order; selenium, which the sheet lacks, from a public program.
const TABLE: &str = "
    溶解氧 7.5 6 5 3 2
    高锰酸盐指数 2 4 6 10 15
    化学需氧量 15 15 20 30 40
    五日生化需氧量 3 3 4 6 10
    氨氮 .15 .5 1 1.5 2
    总磷 .02 .1 .2 .3 .4
    总磷（湖、库） .01 .025 .05 .1 .2
    总氮（湖、库） .2 .5 1 1.5 2
    铜 .01 1 1 1 1
    锌 .05 1 1 2 2
    氟化物 1 1 1 1.5 1.5
    硒 .01 .01 .01 .02 .02
    砷 .05 .05 .05 .1 .1
    汞 .00005 .00005 .0001 .001 .001
    镉 .001 .005 .005 .005 .01
    铬（六价） .01 .05 .05 .05 .1
    铅 .01 .01 .05 .05 .1
    氰化物 .005 .05 .2 .2 .2
    挥发酚 .002 .002 .005 .01 .1
    石油类 .05 .05 .05 .5 1
    阴离子表面活性剂 .2 .2 .2 .3 .3
    硫化物 .05 .1 .2 .5 1
    粪大肠菌群 200 2000 1e4 2e4 4e4";

#[test]
fn the_table_is_that_of_the_standard() {
    let mut printed = Vec::new();
    for row in TABLE.trim().lines() {
        let mut words = row.split_whitespace();
        let name = words.next().expect("a name");
        let limits: Vec<f64> = words.map(|word| word.parse().expect("a limit")).collect();
        printed.push((name.to_owned(), limits));
    }
    let mut held = Vec::new();
    for item in Item::ALL {
        let of = |body| match item.limits(body) {
            Some(Limits::AtMost(limits) | Limits::AtLeast(limits)) => Some(limits.to_vec()),
            _ => None,
        };
        let (river, lake) = (of(WaterBody::River), of(WaterBody::LakeOrReservoir));
        held.extend(river.clone().map(|limits| (item.name().to_owned(), limits)));
        held.extend(
            lake.filter(|_| lake_differs(item)).map(|limits| (format!("{}（湖、库）", item.name()), limits)),
        );
        assert!(lake_differs(item) || river == of(WaterBody::LakeOrReservoir), "{item:?}");
    }
    assert_eq!(held, printed);
}

fn lake_differs(item: Item) -> bool {
    matches!(item, Item::TotalPhosphorus | Item::TotalNitrogen)
}

#[test]
fn each_value_has_the_grade_of_the_table() {
    use Item::*;
    use WaterBody::{LakeOrReservoir, River};
    for (body, item, value, name) in [
        (River, DissolvedOxygen, 7.5, "Ⅰ类"),
        (River, DissolvedOxygen, 7.49, "Ⅱ类"),
        (River, DissolvedOxygen, 5.0, "Ⅲ类"),
        (River, DissolvedOxygen, 2.0, "Ⅴ类"),
        (River, DissolvedOxygen, 1.9, "劣Ⅴ类"),
        (River, DissolvedOxygen, 14.6, "Ⅰ类"),
        (River, Ph, 6.0, "Ⅰ类"),
        (River, Ph, 9.0, "Ⅰ类"),
        (River, Ph, 5.99, "劣Ⅴ类"),
        (River, Ph, 9.01, "劣Ⅴ类"),
        // Where grades share a limit, the better one.
        (River, ChemicalOxygenDemand, 15.0, "Ⅰ类"),
        (River, ChemicalOxygenDemand, 15.1, "Ⅲ类"),
        (River, Copper, 0.5, "Ⅱ类"),
        (River, Copper, 1.01, "劣Ⅴ类"),
        (River, AmmoniaNitrogen, 0.15, "Ⅰ类"),
        (River, AmmoniaNitrogen, 2.01, "劣Ⅴ类"),
        (River, TotalPhosphorus, 0.1, "Ⅱ类"),
        (LakeOrReservoir, TotalPhosphorus, 0.1, "Ⅳ类"),
        (River, TotalPhosphorus, 0.3, "Ⅳ类"),
        (LakeOrReservoir, TotalPhosphorus, 0.3, "劣Ⅴ类"),
        (LakeOrReservoir, TotalNitrogen, 1.0, "Ⅲ类"),
        (River, Mercury, 0.000_05, "Ⅰ类"),
        (River, Mercury, 0.000_1, "Ⅲ类"),
        (River, FaecalColiforms, 20_000.0, "Ⅳ类"),
        (River, Petroleum, 0.0, "Ⅰ类"),
    ] {
        let found = alone(body, item, value).map(Grade::name);
        assert_eq!(found, Ok(name), "{body:?} {item:?} {value}");
    }
}

#[test]
fn the_worst_item_decides_and_is_named() {
    let sample = measured(&[
        (Item::Ph, 7.8),
        (Item::DissolvedOxygen, 6.8),
        (Item::PermanganateIndex, 5.1),
        (Item::AmmoniaNitrogen, 0.62),
        (Item::TotalPhosphorus, 0.08),
        (Item::TotalNitrogen, 3.9),
        (Item::FaecalColiforms, 90_000.0),
    ]);
    let verdict = grade(WaterBody::River, &sample, &NOT_GRADED_AS_REPORTED).expect("a grade");
    assert_eq!((verdict.grade.name(), verdict.grade.colour()), ("Ⅲ类", "绿色"));
    assert_eq!(verdict.decided_by, [Item::PermanganateIndex, Item::AmmoniaNitrogen]);
    assert_eq!(verdict.not_graded, [Item::TotalNitrogen, Item::FaecalColiforms]);
    assert_eq!(verdict.items.len(), 5);
    let whole = grade(WaterBody::River, &sample, &[]).expect("a grade");
    assert_eq!((whole.grade, &*whole.decided_by), (Grade::WorseThanV, &[Item::FaecalColiforms][..]));
    assert_eq!(whole.not_graded, [Item::TotalNitrogen], "a river has no limit of nitrogen");
}

#[test]
fn twenty_one_items_are_left_to_grade_a_lake() {
    let sample: Vec<_> = Item::ALL.into_iter().map(|item| Measured { item, value: 7.5 }).collect();
    let verdict = grade(WaterBody::LakeOrReservoir, &sample, &NOT_GRADED_AS_REPORTED).expect("a grade");
    assert_eq!(verdict.items.len(), 21);
}

#[test]
fn what_cannot_be_is_refused() {
    for value in [-0.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for item in Item::ALL {
            assert!(
                matches!(alone(WaterBody::River, item, value), Err(WaterRefused::Value { .. })),
                "{item:?} {value}"
            );
        }
    }
    assert!(matches!(alone(WaterBody::River, Item::Ph, 14.1), Err(WaterRefused::Value { .. })));
    assert_eq!(alone(WaterBody::River, Item::TotalNitrogen, 1.0), Err(WaterRefused::NothingToGrade));
    assert_eq!(grade(WaterBody::River, &[], &[]), Err(WaterRefused::NothingToGrade));
    let twice = measured(&[(Item::Zinc, 0.1), (Item::Zinc, 0.2)]);
    assert_eq!(grade(WaterBody::River, &twice, &[]), Err(WaterRefused::Repeated(Item::Zinc)));
}

#[test]
fn limits_run_from_strict_to_lax() {
    for body in BODIES {
        for item in Item::ALL {
            match item.limits(body) {
                Some(Limits::AtMost(limits)) => assert!(limits.is_sorted(), "{item:?}"),
                Some(Limits::AtLeast(limits)) => assert!(limits.iter().rev().is_sorted(), "{item:?}"),
                Some(Limits::Within(low, high)) => assert!(low < high, "{item:?}"),
                None => assert_eq!((item, body), (Item::TotalNitrogen, WaterBody::River)),
            }
        }
    }
}

fn any_item() -> impl Strategy<Value = Item> {
    proptest::sample::select(Item::ALL.to_vec())
}

proptest! {
    #[test]
    fn any_numbers_are_graded_by_the_worst_or_refused(
        values in proptest::collection::vec((any_item(), prop_oneof![any::<f64>(), 0.0_f64..20.0]), 0..12),
        body in proptest::sample::select(BODIES.to_vec()),
    ) {
        if let Ok(verdict) = grade(body, &measured(&values), &NOT_GRADED_AS_REPORTED) {
            prop_assert_eq!(Some(verdict.grade), verdict.items.iter().map(|item| item.grade).max());
            prop_assert!(!verdict.decided_by.is_empty());
            prop_assert_eq!(verdict.items.len() + verdict.not_graded.len(), values.len());
        }
    }

    #[test]
    fn more_of_an_item_never_makes_the_water_better_but_of_oxygen(
        item in any_item(), low in 0.0_f64..50.0, more in 0.0_f64..50.0, body in proptest::sample::select(BODIES.to_vec()),
    ) {
        prop_assume!(item != Item::Ph);
        if let (Ok(less), Ok(more)) = (alone(body, item, low), alone(body, item, low + more)) {
            if item == Item::DissolvedOxygen {
                prop_assert!(less >= more);
            } else {
                prop_assert!(less <= more);
            }
        }
    }
}
