//! The calendar of the city: office hours, years, and what contradicts itself in them.

use std::collections::{BTreeMap, BTreeSet};

use baotu_vocabulary::calendar::SeasonHours;
use baotu_vocabulary::{CalendarYear, WorkCalendar};
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use crate::city::{City, OfficeHours};
use crate::document::{Document, keys};
use crate::load::Kind;
use crate::problem::Place;

use super::Compiler;

impl Compiler<'_> {
    pub(super) fn calendar(&mut self) -> Option<WorkCalendar> {
        let city = self.draft.city.as_ref()?;
        let (document, city) = (&city.document, &city.value);
        let zone = TimeZone::get(&city.time_zone);
        if zone.is_err() {
            let message = format!("没有名为“{}”的时区", city.time_zone);
            let hint = Some("写 IANA 时区名，例如 Asia/Shanghai".to_owned());
            self.problems.error(
                &document.file,
                document.place(keys!["time_zone"]),
                "bad-time-zone",
                message,
                hint,
            );
        }
        let hours = self.office_hours(document, city);
        let mut calendar = WorkCalendar::new(zone.ok()?, hours);
        self.years(&mut calendar);
        Some(calendar)
    }

    fn office_hours(&mut self, document: &Document, city: &City) -> Vec<SeasonHours> {
        if city.office_hours.is_empty() {
            let hint = Some("加 [[office_hours]]；没有它，工作时全天都算".to_owned());
            self.problems.warning(&document.file, Place::START, "no-office-hours", "没有办公时间", hint);
        }
        let mut all = Vec::new();
        for (index, hours) in city.office_hours.iter().enumerate() {
            match season_hours(hours) {
                Ok(hours) => all.push(hours),
                Err((key, message)) => {
                    let place = document.place(keys!["office_hours", index, key]);
                    self.problems.error(&document.file, place, "bad-office-hours", message, None);
                }
            }
        }
        all
    }

    fn years(&mut self, calendar: &mut WorkCalendar) {
        let mut seen: BTreeMap<i16, &str> = BTreeMap::new();
        for declared in &self.draft.years {
            let (document, year) = (&declared.document, &declared.value);
            if let Some(other) = seen.insert(year.year, &document.file) {
                let message = format!("{} 年已在“{other}”中声明", year.year);
                self.problems.error(
                    &document.file,
                    document.place(keys!["year"]),
                    "duplicate-name",
                    message,
                    None,
                );
            }
            let mut off = BTreeSet::new();
            for (index, day) in year.off.iter().enumerate() {
                self.calendar_day(document, ("off", index), *day, year.year);
                if !off.insert(*day) {
                    let place = document.place(keys!["off", index]);
                    self.problems.warning(
                        &document.file,
                        place,
                        "duplicate-day",
                        format!("{day} 写了两次"),
                        None,
                    );
                }
            }
            for (index, day) in year.work.iter().enumerate() {
                self.calendar_day(document, ("work", index), *day, year.year);
                let place = document.place(keys!["work", index]);
                if off.contains(day) {
                    let message = format!("{day} 同时列为放假和上班");
                    self.problems.error(&document.file, place, "off-and-work", message, None);
                }
                if !off.contains(day) && !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
                    let message = format!("{day} 本来就是周一至周五，不必列为调休上班");
                    self.problems.warning(&document.file, place, "needless-day", message, None);
                }
            }
            calendar.load(CalendarYear {
                year: year.year,
                off,
                work: year.work.iter().copied().collect(),
                provisional: year.provisional,
            });
        }
        for year in [self.today.year(), self.today.year().saturating_add(1)] {
            let file = format!("calendar/{year}.toml");
            let declared = self.draft.years.iter().find(|declared| declared.value.year == year);
            let hint = Some("年度放假安排公布后补上；在此之前按周一至周五推算，到期时间标为暂定".to_owned());
            if declared.is_none() && self.complete(Kind::Years) {
                let message = format!("没有 {year} 年的工作日历");
                self.problems.warning(&file, Place::NOWHERE, "year-missing", message, hint);
            } else if year == self.today.year() && declared.is_some_and(|declared| declared.value.provisional)
            {
                let message = format!("今年（{year} 年）的工作日历仍为暂定");
                self.problems.warning(&file, Place::START, "year-provisional", message, hint);
            }
        }
    }

    fn calendar_day(&mut self, document: &Document, (list, index): (&str, usize), day: Date, year: i16) {
        if day.year() != year {
            let message = format!("{day} 不在 {year} 年内");
            let place = document.place(keys![list, index]);
            self.problems.error(&document.file, place, "day-of-other-year", message, None);
        }
    }
}

pub(super) fn season_hours(hours: &OfficeHours) -> Result<SeasonHours, (&'static str, String)> {
    let season = match (&hours.season_from, &hours.season_to) {
        (None, None) => None,
        (Some(from), Some(to)) => Some((
            month_day(from).ok_or_else(|| ("season_from", format!("“{from}”不是月日，写成 05-01")))?,
            month_day(to).ok_or_else(|| ("season_to", format!("“{to}”不是月日，写成 09-30")))?,
        )),
        _ => return Err(("season_from", "season_from 与 season_to 要么都写，要么都不写".to_owned())),
    };
    let mut spans: Vec<(Time, Time)> = Vec::new();
    for text in &hours.spans {
        let span = text.split_once('-').and_then(|(open, close)| Some((clock(open)?, clock(close)?)));
        let (open, close) = span.ok_or_else(|| ("spans", format!("“{text}”不是时段，写成 09:00-12:00")))?;
        if open >= close || spans.last().is_some_and(|(_, earlier)| *earlier > open) {
            return Err(("spans", format!("时段“{text}”首尾颠倒，或与前一段重叠")));
        }
        spans.push((open, close));
    }
    if spans.is_empty() {
        return Err(("spans", "没有时段".to_owned()));
    }
    Ok(SeasonHours { valid_from: hours.valid_from, season, spans })
}

fn month_day(text: &str) -> Option<(i8, i8)> {
    // A leap year, so that 02-29 is a day.
    let day: Date = format!("2024-{text}").parse().ok()?;
    (text.len() == 5).then_some((day.month(), day.day()))
}

fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}
