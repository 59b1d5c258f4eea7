//! Working days and working hours, and the moments at which limits in them end.
//!
//! The working-day calendar of China is announced year by year (国办 notices under 国令795); past the last announced
//! year days are computed Monday to Friday and everything computed from them is marked provisional. Nothing here
//! reads a clock. How a limit is chosen for a case is the pack's question.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Unit};
use serde::{Deserialize, Serialize};

use crate::Moment;

/// The largest amount of a limit, whatever its unit: 10,000 working days are some forty years.
pub const LIMIT_AMOUNT_MAX: u32 = 10_000;

const MICROS_PER_MINUTE: i64 = 60_000_000;
const MICROS_PER_HOUR: i64 = 60 * MICROS_PER_MINUTE;

/// The units in which limits are given.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum WorkUnit {
    /// Minutes of the clock, every day.
    Minutes,
    /// 紧急工作时: hours of the clock, every day.
    UrgentHours,
    /// 工作时: hours inside the office hours of working days.
    WorkHours,
    /// 工作日: working days; the day of the start is not counted, the last one ends at close of business.
    WorkDays,
    /// Calendar days, ending at the end of the day; one that is no working day moves to the next (民法典 203).
    CalendarDays,
}

/// An amount of a unit, for example 5 working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Limit {
    amount: u32,
    unit: WorkUnit,
}

/// Why a text or a pair is no limit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// No such unit.
    #[error("“{0}”不是时限单位；可用：分钟、紧急工作时、工作时、工作日、自然日")]
    Unit(String),
    /// The amount is no number from 0 to [`LIMIT_AMOUNT_MAX`].
    #[error("“{0}”不是时限数量；应为 0 到 {LIMIT_AMOUNT_MAX} 的整数")]
    Amount(String),
}

/// When a limit ends.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct Due {
    /// The moment.
    pub at: Moment,
    /// Whether a year was used whose holidays are not announced yet; computed again once it is imported.
    pub provisional: bool,
}

/// The office hours of a season of the year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeasonHours {
    /// In force from this day.
    pub valid_from: Date,
    /// First and last (month, day) of the season, which may run over the new year; all year when absent.
    pub season: Option<((i8, i8), (i8, i8))>,
    /// Spans of the day, in order, not overlapping.
    pub spans: Vec<(Time, Time)>,
}

/// The holidays and make-up working days of one year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarYear {
    /// The year.
    pub year: i16,
    /// Days off.
    pub off: BTreeSet<Date>,
    /// Saturdays and Sundays that are working days (调休).
    pub work: BTreeSet<Date>,
    /// Not announced yet: whatever is computed from it is provisional.
    pub provisional: bool,
}

/// Why a yearly table cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// No JSON of the expected shape.
    #[error("节假日表格式不对：{0}")]
    Shape(#[from] serde_json::Error),
    /// The same day stands twice with different meanings.
    #[error("{0} 同时列为放假和上班")]
    Contradiction(Date),
}

/// The working-day calendar of a city.
#[derive(Clone, Debug)]
pub struct WorkCalendar {
    zone: TimeZone,
    hours: Vec<SeasonHours>,
    off: BTreeSet<Date>,
    work: BTreeSet<Date>,
    /// The years loaded, each with whether it is provisional.
    years: BTreeMap<i16, bool>,
}

impl Limit {
    /// `amount` of `unit`.
    ///
    /// # Errors
    /// The amount is over [`LIMIT_AMOUNT_MAX`].
    pub fn new(amount: u32, unit: WorkUnit) -> Result<Self, LimitError> {
        if amount > LIMIT_AMOUNT_MAX {
            return Err(LimitError::Amount(amount.to_string()));
        }
        Ok(Self { amount, unit })
    }

    /// How many.
    pub const fn amount(self) -> u32 {
        self.amount
    }

    /// Of what.
    pub const fn unit(self) -> WorkUnit {
        self.unit
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.unit)
    }
}

impl FromStr for Limit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        let text = text.trim();
        let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let amount = text[..split].parse().map_err(|_| LimitError::Amount(text[..split].to_owned()))?;
        Self::new(amount, text[split..].trim().parse()?)
    }
}

impl fmt::Display for WorkUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Minutes => "分钟",
            Self::UrgentHours => "紧急工作时",
            Self::WorkHours => "工作时",
            Self::WorkDays => "工作日",
            Self::CalendarDays => "自然日",
        })
    }
}

impl FromStr for WorkUnit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        match text {
            "分钟" | "minutes" => Ok(Self::Minutes),
            "紧急工作时" | "urgent-hours" => Ok(Self::UrgentHours),
            "工作时" | "work-hours" => Ok(Self::WorkHours),
            "工作日" | "work-days" => Ok(Self::WorkDays),
            "自然日" | "calendar-days" => Ok(Self::CalendarDays),
            other => Err(LimitError::Unit(other.to_owned())),
        }
    }
}

impl CalendarYear {
    /// Reads a year in the shape of the public table `{year, days: [{date, isOffDay}]}`.
    ///
    /// # Errors
    /// Another shape, or a day that is off and worked at once.
    pub fn from_holiday_cn(json: &str) -> Result<Self, CalendarError> {
        #[derive(Deserialize)]
        struct Table {
            year: i16,
            days: Vec<Day>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Day {
            date: Date,
            is_off_day: bool,
        }
        let table: Table = serde_json::from_str(json)?;
        let mut year = Self { year: table.year, ..Self::default() };
        for day in table.days {
            let (listed, other) =
                if day.is_off_day { (&mut year.off, &year.work) } else { (&mut year.work, &year.off) };
            if other.contains(&day.date) {
                return Err(CalendarError::Contradiction(day.date));
            }
            listed.insert(day.date);
        }
        Ok(year)
    }
}

impl WorkCalendar {
    /// A calendar in `zone` with these office hours; without any, offices count as open all day.
    pub fn new(zone: TimeZone, hours: Vec<SeasonHours>) -> Self {
        Self { zone, hours, off: BTreeSet::new(), work: BTreeSet::new(), years: BTreeMap::new() }
    }

    /// Adds a year, or puts an announced one in the place of a provisional one.
    pub fn load(&mut self, year: CalendarYear) {
        self.off.retain(|day| day.year() != year.year);
        self.work.retain(|day| day.year() != year.year);
        self.years.insert(year.year, year.provisional);
        self.off.extend(year.off);
        self.work.extend(year.work);
    }

    /// The last year whose holidays are announced.
    pub fn last_announced_year(&self) -> Option<i16> {
        self.years.iter().rev().find(|(_, provisional)| !**provisional).map(|(year, _)| *year)
    }

    /// The zone of the city's time.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The day on which `moment` falls in the city.
    pub fn date_of(&self, moment: Moment) -> Date {
        moment.timestamp().to_zoned_datetime(self.zone.clone()).date()
    }

    /// Whether people work on `date`: listed as worked, or Monday to Friday and not listed as off.
    pub fn is_workday(&self, date: Date) -> bool {
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.work.contains(&date) || (!weekend && !self.off.contains(&date))
    }

    /// Whether the holidays of the year of `date` are not announced.
    pub fn is_provisional(&self, date: Date) -> bool {
        self.years.get(&date.year()).copied().unwrap_or(true)
    }

    /// Working days from the day after `from` to `to`, both in the city's zone; negative when `to` is earlier.
    pub fn workdays_between(&self, from: Date, to: Date) -> i64 {
        if to < from {
            return -self.workdays_between(to, from);
        }
        let days = std::iter::successors(from.tomorrow().ok(), |day| day.tomorrow().ok());
        let count = days.take_while(|day| *day <= to).filter(|day| self.is_workday(*day)).count();
        i64::try_from(count).unwrap_or(i64::MAX)
    }

    /// When `limit`, begun at `start`, ends.
    pub fn due(&self, start: Moment, limit: Limit) -> Due {
        let amount = limit.amount;
        match limit.unit {
            WorkUnit::Minutes => certain(start.plus_micros(i64::from(amount) * MICROS_PER_MINUTE)),
            WorkUnit::UrgentHours => certain(start.plus_micros(i64::from(amount) * MICROS_PER_HOUR)),
            WorkUnit::WorkHours => self.after_work_time(start, i64::from(amount) * MICROS_PER_HOUR),
            WorkUnit::WorkDays => {
                let (date, provisional) = self.workday_after(self.date_of(start), amount);
                Due { at: self.close_of(date), provisional }
            }
            WorkUnit::CalendarDays => {
                let last = self.date_of(start).saturating_add(i64::from(amount).days());
                let (date, provisional) = if self.is_workday(last) {
                    (last, self.is_provisional(last))
                } else {
                    self.workday_after(last, 1)
                };
                Due { at: self.end_of(date), provisional }
            }
        }
    }

    /// When a limit that was due at `due` ends after the clock stood still from `paused` to `resumed`.
    ///
    /// Hours move by the working time of the pause; days by the days that began in it, so that a pause within one
    /// day moves nothing. No time is lost or gained, however often a clock is paused.
    pub fn due_after_pause(&self, due: Due, unit: WorkUnit, paused: Moment, resumed: Moment) -> Due {
        if resumed <= paused {
            return due;
        }
        let moved = match unit {
            WorkUnit::Minutes | WorkUnit::UrgentHours => {
                certain(due.at.plus_micros(resumed.micros_since(paused)))
            }
            WorkUnit::WorkHours => self.after_work_time(due.at, self.work_micros_between(paused, resumed)),
            WorkUnit::WorkDays => {
                let days = self.workdays_between(self.date_of(paused), self.date_of(resumed));
                let (date, provisional) =
                    self.workday_after(self.date_of(due.at), u32::try_from(days).unwrap_or(u32::MAX));
                Due { at: self.close_of(date), provisional }
            }
            WorkUnit::CalendarDays => {
                let days = self.date_of(paused).until((Unit::Day, self.date_of(resumed)));
                let days = days.map_or(0, |span| u32::try_from(span.get_days()).unwrap_or(0));
                self.due(due.at, Limit { amount: days, unit })
            }
        };
        Due { at: moved.at, provisional: moved.provisional || due.provisional }
    }

    /// When a limit that is due at `due` ends once it is extended by `extension`.
    pub fn due_extended(&self, due: Due, extension: Limit) -> Due {
        let moved = self.due(due.at, extension);
        Due { at: moved.at, provisional: moved.provisional || due.provisional }
    }

    /// The moment `ahead` before `due`, for warnings (黄牌): working days keep the time of day.
    pub fn before(&self, due: Moment, ahead: Limit) -> Moment {
        let micros = |unit: i64| due.plus_micros(-i64::from(ahead.amount).saturating_mul(unit));
        match ahead.unit {
            WorkUnit::Minutes => micros(MICROS_PER_MINUTE),
            WorkUnit::UrgentHours => micros(MICROS_PER_HOUR),
            WorkUnit::CalendarDays => micros(24 * MICROS_PER_HOUR),
            WorkUnit::WorkHours => self.before_work_time(due, i64::from(ahead.amount) * MICROS_PER_HOUR),
            WorkUnit::WorkDays => {
                let days =
                    std::iter::successors(self.date_of(due).yesterday().ok(), |day| day.yesterday().ok());
                let mut workdays = days.filter(|day| self.is_workday(*day));
                match (ahead.amount as usize).checked_sub(1).and_then(|before| workdays.nth(before)) {
                    Some(date) => self.at(date, due.timestamp().to_zoned_datetime(self.zone.clone()).time()),
                    None => due,
                }
            }
        }
    }

    /// The working time (inside office hours of working days) from `from` to `to`, in microseconds.
    pub fn work_micros_between(&self, from: Moment, to: Moment) -> i64 {
        if to <= from {
            return 0;
        }
        let last = self.date_of(to);
        let days = std::iter::successors(Some(self.date_of(from)), |day| day.tomorrow().ok());
        days.take_while(|day| *day <= last)
            .flat_map(|day| self.open_spans(day))
            .map(|(open, close)| close.min(to).micros_since(open.max(from)).max(0))
            .sum()
    }

    /// The moment at which `micros` of working time have passed since `start`; always inside or at the end of office hours.
    fn after_work_time(&self, start: Moment, micros: i64) -> Due {
        let mut left = micros;
        let mut provisional = false;
        for day in std::iter::successors(Some(self.date_of(start)), |day| day.tomorrow().ok()) {
            provisional |= self.is_provisional(day);
            for (open, close) in self.open_spans(day) {
                let from = open.max(start);
                let there = close.micros_since(from);
                if there >= left.max(1) || (there == 0 && left == 0) {
                    return Due { at: from.plus_micros(left), provisional };
                }
                left -= there.max(0);
            }
        }
        Due { at: start, provisional: true }
    }

    fn before_work_time(&self, end: Moment, micros: i64) -> Moment {
        let mut left = micros;
        for day in std::iter::successors(Some(self.date_of(end)), |day| day.yesterday().ok()) {
            for (open, close) in self.open_spans(day).into_iter().rev() {
                let to = close.min(end);
                let there = to.micros_since(open);
                if there >= left.max(1) {
                    return to.plus_micros(-left);
                }
                left -= there.max(0);
            }
        }
        end
    }

    /// The `amount`-th working day after `date`, and whether a year that is not announced was used.
    fn workday_after(&self, date: Date, amount: u32) -> (Date, bool) {
        let mut provisional = false;
        let mut left = amount;
        let mut day = date;
        while left > 0 {
            let Ok(next) = day.tomorrow() else { return (day, true) };
            day = next;
            provisional |= self.is_provisional(day);
            if self.is_workday(day) {
                left -= 1;
            }
        }
        (day, provisional)
    }

    /// The spans of `date` in which offices are open; none on a day off.
    fn open_spans(&self, date: Date) -> Vec<(Moment, Moment)> {
        if !self.is_workday(date) {
            return Vec::new();
        }
        match self.hours_on(date) {
            Some(hours) => hours
                .spans
                .iter()
                .map(|(open, close)| (self.at(date, *open), self.at(date, *close)))
                .collect(),
            None => vec![(self.at(date, Time::midnight()), self.end_of(date))],
        }
    }

    /// Close of business on `date`; the end of the day where no office hours are declared.
    fn close_of(&self, date: Date) -> Moment {
        self.hours_on(date)
            .and_then(|hours| hours.spans.last())
            .map_or_else(|| self.end_of(date), |(_, close)| self.at(date, *close))
    }

    fn hours_on(&self, date: Date) -> Option<&SeasonHours> {
        let today = (date.month(), date.day());
        let in_season = |hours: &&SeasonHours| {
            hours.season.is_none_or(|(from, to)| {
                if from <= to { (from..=to).contains(&today) } else { today >= from || today <= to }
            })
        };
        self.hours
            .iter()
            .filter(|hours| hours.valid_from <= date)
            .filter(in_season)
            .max_by_key(|hours| (hours.valid_from, hours.season.is_some()))
    }

    fn at(&self, date: Date, time: Time) -> Moment {
        date.to_datetime(time)
            .to_zoned_datetime(self.zone.clone())
            .map_or_else(|_| Moment::from_micros(i64::MAX), |zoned| Moment::from(zoned.timestamp()))
    }

    /// Midnight at the end of `date`.
    fn end_of(&self, date: Date) -> Moment {
        self.at(date.tomorrow().unwrap_or(date), Time::midnight())
    }
}

const fn certain(at: Moment) -> Due {
    Due { at, provisional: false }
}
