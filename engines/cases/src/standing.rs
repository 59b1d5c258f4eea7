//! How the city stands, now or at a moment of the last weeks: the numbers of the live page.
//!
//! Pure: counts come in by district, procedure and status, numbers go out for the whole city or for a part of it, so
//! that one count serves every part that somebody looks at.

use std::collections::BTreeMap;

use baotu_vocabulary::{DivisionCode, Moment, ProcedureName};
use serde::Serialize;
use utoipa::ToSchema;

use crate::statistics::{Rate, day_of};
use crate::store::{ClosedCount, OnDay, OpenCount};

/// How long a live number may be shown before it is counted again, in milliseconds.
pub const LIVE_MILLIS: u64 = 2_000;
/// Days back for which the live page can be asked; what stood before is forgotten.
pub const PAST_DAYS: i64 = 40;
/// Days that a trend tells of at most.
pub const TREND_DAYS_MAX: u16 = 31;
/// Hours of a day as the live page shows them.
const HOURS: usize = 24;
/// The public statuses in which a case waits for somebody to take it in or give it to a unit.
pub(crate) const WAITING: [&str; 2] = ["待受理", "待派遣"];

/// The numbers of the live page.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiveNumbers {
    /// The moment they are of.
    #[schema(value_type = String, format = DateTime)]
    pub now: Moment,
    /// Whether there are records of that moment; without, the numbers say nothing.
    pub recorded: bool,
    /// Cases that go on.
    pub open: i64,
    /// Cases opened since midnight.
    pub opened_today: i64,
    /// Cases closed since midnight.
    pub closed_today: i64,
    /// Open cases past their due time.
    pub overdue: i64,
    /// Open cases that nobody has taken in or dispatched yet.
    pub waiting: i64,
    /// Open cases that are supervised.
    pub supervised: i64,
    /// Closed today by their due time, of those closed today that had one.
    pub on_time_today: Rate,
    /// The open cases by level, as the levels were declared.
    pub by_level: Vec<LevelNumbers>,
    /// The same by district, in the order of their codes.
    pub by_district: Vec<DistrictNumbers>,
    /// Cases opened in each hour since midnight.
    pub by_hour: Vec<i64>,
}

/// The open cases of one level.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct LevelNumbers {
    /// The level.
    pub level: String,
    /// Cases that go on.
    pub open: i64,
}

/// The live numbers of one district.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DistrictNumbers {
    /// Six digits.
    pub division: String,
    /// Its name.
    pub name: String,
    /// Cases that go on.
    pub open: i64,
    /// Of these: past their due time.
    pub overdue: i64,
    /// Cases opened since midnight.
    pub opened_today: i64,
    /// Cases closed since midnight.
    pub closed_today: i64,
    /// Closed today by their due time, of those closed today that had one.
    pub on_time_today: Rate,
}

/// What one day brought.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DayBrought {
    /// The day in the city's zone.
    pub day: String,
    /// Cases opened on it.
    pub opened: i64,
    /// Cases closed on it that have stayed so.
    pub closed: i64,
    /// Closed by their due time, of those closed that had one.
    pub on_time: Rate,
}

/// Which part of the city numbers are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CityPart {
    /// Only these procedures; empty for all.
    pub procedures: Vec<ProcedureName>,
    /// Only this district, six digits.
    pub district: Option<String>,
}

impl CityPart {
    fn holds(&self, procedure: &ProcedureName, district: Option<&String>) -> bool {
        (self.procedures.is_empty() || self.procedures.contains(procedure))
            && self.district.as_ref().is_none_or(|asked| district == Some(asked))
    }
}

/// What the store has counted for a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LiveCounts {
    pub(crate) at: Moment,
    pub(crate) open: Vec<OpenCount>,
    pub(crate) closed: Vec<ClosedCount>,
}

/// What a district adds up to.
#[derive(Clone, Copy, Default)]
struct Sum {
    open: i64,
    overdue: i64,
    waiting: i64,
    supervised: i64,
    opened: i64,
    closed: i64,
    with_due: i64,
    on_time: i64,
}

impl Sum {
    fn add_open(&mut self, count: &OpenCount) {
        self.open += count.cases;
        self.overdue += count.overdue;
        self.supervised += count.supervised;
        self.waiting += if WAITING.contains(&count.status.as_str()) { count.cases } else { 0 };
        self.opened += if count.hour.is_some() { count.cases } else { 0 };
    }

    fn add_closed(&mut self, count: &ClosedCount) {
        self.closed += count.cases;
        self.with_due += count.with_due;
        self.on_time += count.on_time;
        self.opened += if count.hour.is_some() { count.cases } else { 0 };
    }
}

impl LiveNumbers {
    /// The numbers of a part of the city from the counts of all; `levels` mildest first, `districts` those of
    /// the city with their names: each is told, also one in which nothing has happened.
    pub(crate) fn new(
        counts: &LiveCounts,
        part: &CityPart,
        levels: &[String],
        recorded: bool,
        districts: &BTreeMap<String, String>,
    ) -> Self {
        let mut all = Sum::default();
        let asked = |code: &&String| part.district.as_ref().is_none_or(|one| one == *code);
        let mut sums: BTreeMap<String, Sum> =
            districts.keys().filter(asked).map(|code| (code.clone(), Sum::default())).collect();
        let mut by_hour = vec![0; HOURS];
        let mut by_level: Vec<LevelNumbers> =
            levels.iter().map(|level| LevelNumbers { level: level.clone(), open: 0 }).collect();
        // A day on which the clocks are set back has an hour more; it counts with the last one.
        let mut add_hour = |hour: Option<usize>, cases: i64| {
            if let Some(hour) = hour {
                by_hour[hour.min(HOURS - 1)] += cases;
            }
        };
        // What is shorter is a place known only by its city.
        let known =
            |district: &Option<String>| district.clone().filter(|code| code.parse::<DivisionCode>().is_ok());
        for count in counts.open.iter().filter(|one| part.holds(&one.procedure, one.district.as_ref())) {
            all.add_open(count);
            add_hour(count.hour, count.cases);
            if let Some(level) = by_level.iter_mut().find(|one| one.level == count.level) {
                level.open += count.cases;
            }
            if let Some(district) = known(&count.district) {
                sums.entry(district).or_default().add_open(count);
            }
        }
        for count in counts.closed.iter().filter(|one| part.holds(&one.procedure, one.district.as_ref())) {
            all.add_closed(count);
            add_hour(count.hour, count.cases);
            if let Some(district) = known(&count.district) {
                sums.entry(district).or_default().add_closed(count);
            }
        }
        let by_district = sums.into_iter().map(|(division, sum)| DistrictNumbers {
            name: districts.get(&division).unwrap_or(&division).clone(),
            division,
            open: sum.open,
            overdue: sum.overdue,
            opened_today: sum.opened,
            closed_today: sum.closed,
            on_time_today: Rate::new(sum.on_time, sum.with_due),
        });
        Self {
            now: counts.at,
            recorded,
            open: all.open,
            opened_today: all.opened,
            closed_today: all.closed,
            overdue: all.overdue,
            waiting: all.waiting,
            supervised: all.supervised,
            on_time_today: Rate::new(all.on_time, all.with_due),
            by_level,
            by_district: by_district.collect(),
            by_hour,
        }
    }
}

/// What each of the days from the day numbered `first` to before `end` brought a part of the city.
pub(crate) fn days_brought(
    opened: &[OnDay],
    closed: &[OnDay],
    part: &CityPart,
    first: i64,
    end: i64,
) -> Vec<DayBrought> {
    let of_day = |counts: &[OnDay], day: i64| {
        let counts =
            counts.iter().filter(|one| one.day == day && part.holds(&one.procedure, one.district.as_ref()));
        counts.fold((0, 0, 0), |sum, one| (sum.0 + one.cases, sum.1 + one.on_time, sum.2 + one.with_due))
    };
    let day = |day: i64| {
        let (opened, _, _) = of_day(opened, day);
        let (closed, on_time, with_due) = of_day(closed, day);
        Some(DayBrought {
            day: day_of(day)?.to_string(),
            opened,
            closed,
            on_time: Rate::new(on_time, with_due),
        })
    };
    (first..end).filter_map(day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(district: &str, procedure: &str, status: &str, hour: Option<usize>, cases: i64) -> OpenCount {
        OpenCount {
            district: Some(district.to_owned()).filter(|code| !code.is_empty()),
            procedure: procedure.into(),
            status: status.to_owned(),
            level: "紧急".to_owned(),
            hour,
            cases,
            overdue: cases / 2,
            supervised: 1,
        }
    }

    fn counts() -> LiveCounts {
        let closed = ClosedCount {
            district: Some("370102".to_owned()),
            procedure: "hotline".into(),
            hour: Some(0),
            cases: 4,
            with_due: 3,
            on_time: 2,
        };
        LiveCounts {
            at: Moment::default(),
            open: vec![
                open("370102", "hotline", "处置中", Some(0), 5),
                open("370102", "urban", "待派遣", Some(24), 3),
                open("370103", "hotline", "待受理", None, 1),
                open("", "hotline", "处置中", Some(9), 1),
            ],
            closed: vec![closed],
        }
    }

    fn numbers(part: &CityPart) -> LiveNumbers {
        let levels = ["一般".to_owned(), "紧急".to_owned()];
        let districts = [("370102", "历下区"), ("370112", "历城区")];
        let districts = districts.map(|(code, name)| (code.to_owned(), name.to_owned())).into();
        LiveNumbers::new(&counts(), part, &levels, true, &districts)
    }

    #[test]
    fn the_live_page_adds_up_what_was_counted() {
        let numbers = numbers(&CityPart::default());
        assert_eq!((numbers.open, numbers.overdue, numbers.waiting, numbers.supervised), (10, 3, 4, 4));
        assert_eq!((numbers.opened_today, numbers.closed_today), (13, 4));
        assert_eq!(numbers.on_time_today, Rate::new(2, 3));
        assert_eq!((numbers.by_hour[0], numbers.by_hour[9], numbers.by_hour[23]), (9, 1, 3));
        let levels: Vec<i64> = numbers.by_level.iter().map(|level| level.open).collect();
        assert_eq!(levels, [0, 10]);
        let told: Vec<(&str, i64, i64)> =
            numbers.by_district.iter().map(|d| (d.name.as_str(), d.open, d.opened_today)).collect();
        assert_eq!(told, [("历下区", 8, 12), ("370103", 1, 0), ("历城区", 0, 0)]);
    }

    #[test]
    fn a_part_of_the_city_counts_what_is_of_it() {
        let hotline = CityPart { procedures: vec!["hotline".into()], district: None };
        assert_eq!((numbers(&hotline).open, numbers(&hotline).closed_today), (7, 4));
        let district = CityPart { procedures: Vec::new(), district: Some("370103".to_owned()) };
        assert_eq!((numbers(&district).open, numbers(&district).closed_today), (1, 0));
        assert_eq!(numbers(&district).by_district.len(), 1);
        let urban = CityPart { procedures: vec!["urban".into()], district: Some("370103".to_owned()) };
        assert_eq!(numbers(&urban).on_time_today.rate, None, "nothing is no rate");
    }

    #[test]
    fn a_day_without_cases_is_told_as_such() {
        let on_day = |day, cases| OnDay {
            day,
            district: None,
            procedure: "hotline".into(),
            cases,
            with_due: cases,
            on_time: 1,
        };
        let days =
            days_brought(&[on_day(20_781, 3)], &[on_day(20_781, 2)], &CityPart::default(), 20_780, 20_782);
        let told: Vec<(&str, i64, i64)> = days.iter().map(|d| (d.day.as_str(), d.opened, d.closed)).collect();
        assert_eq!(told, [("2026-11-23", 0, 0), ("2026-11-24", 3, 2)]);
        assert_eq!(days[1].on_time, Rate::new(1, 2));
    }
}
