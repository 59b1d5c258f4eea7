//! A row and a mapping give a case, or everything that is wrong with the row. Pure.

use std::collections::BTreeSet;

use baotu_vocabulary::Moment;
use baotu_vocabulary::place::{Point, to_cgcs2000};
use jiff::civil::DateTime;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::case::{ImportedCase, ImportedStatus};
use super::finding::Finding;
use super::mapping::{Field, FieldRule, Fields, Mapped, Mapping, RFC3339};
use super::reject::RejectProblem;
use super::source::{Content, Index, RawRow};

/// Times before this year are named as odd.
pub(crate) const YEAR_FIRST: i16 = 1990;

/// Characters of a cell that a reason quotes.
const QUOTED_CHARACTERS_MAX: usize = 40;

/// What stays the same over all rows of a run.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) mapping: &'a Mapping,
    pub(crate) index: &'a Index,
    /// The zone of times that name none.
    pub(crate) zone: &'a TimeZone,
    /// The city's bounds `[west, south, east, north]` in degrees.
    pub(crate) bounds: Option<[f64; 4]>,
    pub(crate) now: Moment,
}

/// A row that can be imported.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Read {
    pub(crate) case: ImportedCase,
    pub(crate) findings: BTreeSet<Finding>,
    /// The source's words for category and unit, when the mapping doesn't know them.
    pub(crate) unmapped_category: Option<String>,
    pub(crate) unmapped_unit: Option<String>,
}

impl Reading<'_> {
    /// The case of a row, or all its problems.
    pub(crate) fn read(&self, row: &RawRow) -> Result<Read, Vec<RejectProblem>> {
        if let Content::Broken { reason, .. } = &row.content {
            return Err(vec![RejectProblem { column: String::new(), reason: reason.clone() }]);
        }
        let mut cells = Cells { reading: self, row, problems: Vec::new(), findings: BTreeSet::new() };
        let read = cells.case();
        let Cells { problems, findings, .. } = cells;
        match read {
            Some(read) if problems.is_empty() => Ok(Read { findings, ..read }),
            _ => Err(problems),
        }
    }
}

/// One row being read, with what was said about it so far.
struct Cells<'a> {
    reading: &'a Reading<'a>,
    row: &'a RawRow,
    problems: Vec<RejectProblem>,
    findings: BTreeSet<Finding>,
}

impl Cells<'_> {
    /// The case; nothing when a needed field has a problem, which is noted then. All fields are read either way.
    fn case(&mut self) -> Option<Read> {
        let external_id = self.needed(Field::ExternalId);
        let title = self.needed(Field::Title);
        let (category, unmapped_category) = self.tabled(Field::Category, Finding::UnmappedCategory);
        let (unit, unmapped_unit) = self.tabled(Field::Unit, Finding::UnmappedUnit);
        let status = self.needed(Field::Status).and_then(|word| {
            let status = ImportedStatus::from_word(&word);
            if status.is_none() {
                self.say(Field::Status, format!("“{}”不是状态", quoted(&word)));
            }
            status
        });
        let opened_at = self.time(Field::OpenedAt);
        let due_at = self.time(Field::DueAt);
        let is_open = status == Some(ImportedStatus::Open);
        let is_left_out = is_open && self.fields().closed_at.as_ref().is_some_and(|rule| rule.ended_only);
        let closed_at = if is_left_out { None } else { self.time(Field::ClosedAt) };
        let position = self.position();
        let source_category = self.content(self.fields().rule(Field::Category)?).unwrap_or_default();
        let (text, kind, channel) =
            (self.text(Field::Text), self.text(Field::Kind), self.text(Field::Channel));
        let (address, reply) = (self.text(Field::Address), self.text(Field::Reply));
        let (transfers, days_to_reply) = (self.count(Field::Transfers), self.count(Field::DaysToReply));
        let reporter_anonymous = self.flag(Field::ReporterAnonymous);
        if opened_at.is_none() {
            self.say_empty(Field::OpenedAt);
        }
        if category.is_none() {
            self.say_empty(Field::Category);
        }
        let case = ImportedCase {
            source: self.reading.mapping.source.clone(),
            external_id: external_id?,
            title: title?,
            text,
            category: category?.into(),
            source_category,
            kind,
            channel,
            opened_at: opened_at?,
            due_at,
            closed_at,
            status: status?,
            unit: unit.map(Into::into),
            position,
            address,
            transfers,
            days_to_reply,
            reporter_anonymous,
            reply,
        };
        self.weigh(&case);
        let case = ImportedCase { closed_at: case.closed_at.filter(|_| case.status.is_ended()), ..case };
        let findings = BTreeSet::new();
        Some(Read { case, findings, unmapped_category, unmapped_unit })
    }

    /// What looks odd about the times of a case.
    fn weigh(&mut self, case: &ImportedCase) {
        let asks_due = self.fields().due_at.is_some();
        let times = [Some(case.opened_at), case.closed_at];
        let oldest = TimeZone::UTC.to_timestamp(jiff::civil::date(YEAR_FIRST, 1, 1).at(0, 0, 0, 0));
        let is_old = |time: &Moment| oldest.as_ref().is_ok_and(|oldest| time.timestamp() < *oldest);
        let odd = [
            (Finding::NoDueTime, asks_due && case.due_at.is_none()),
            (Finding::DueBeforeOpened, case.due_at.is_some_and(|due| due < case.opened_at)),
            (Finding::ClosedBeforeOpened, case.closed_at.is_some_and(|closed| closed < case.opened_at)),
            (Finding::ClosedWithoutTime, case.status.is_ended() && case.closed_at.is_none()),
            (Finding::OpenWithClosingTime, !case.status.is_ended() && case.closed_at.is_some()),
            (Finding::InFuture, times.iter().flatten().any(|time| *time > self.reading.now)),
            (Finding::LongAgo, times.iter().flatten().any(is_old)),
        ];
        self.findings.extend(odd.into_iter().filter_map(|(finding, holds)| holds.then_some(finding)));
    }

    fn fields(&self) -> &Fields {
        &self.reading.mapping.fields
    }

    fn say(&mut self, field: Field, reason: String) {
        let rule = self.fields().rule(field);
        let columns: Vec<&str> = rule.into_iter().flat_map(FieldRule::columns).collect();
        let column = if columns.is_empty() { field.name().to_owned() } else { columns.join("+") };
        self.problems.push(RejectProblem { column, reason });
    }

    /// Says that a needed field is empty, unless something else was said about it already.
    fn say_empty(&mut self, field: Field) {
        let before = self.problems.len();
        self.say(field, format!("{field} 不能为空"));
        let said = self.problems[before].column.clone();
        if self.problems[..before].iter().any(|problem| problem.column == said) {
            self.problems.truncate(before);
        }
    }

    /// What the columns of a rule hold, before any table; nothing when it is empty or a missing word.
    fn content(&self, rule: &FieldRule) -> Option<String> {
        if let Some(constant) = &rule.constant {
            return Some(constant.clone());
        }
        let is_there = |text: &str| !text.is_empty() && !rule.missing.iter().any(|word| word == text);
        let mut cells = rule.columns().filter_map(|column| self.reading.index.cell(self.row, column));
        if rule.join.is_some() {
            let parts: Vec<_> = cells.filter(|text| is_there(text)).collect();
            let separator = rule.separator.as_deref().unwrap_or(" ");
            return (!parts.is_empty()).then(|| parts.join(separator));
        }
        cells.find(|text| is_there(text)).map(Into::into)
    }

    /// The text of a field, through its table and cut.
    fn text(&mut self, field: Field) -> Option<String> {
        self.mapped(field).map(|(text, _)| text)
    }

    fn needed(&mut self, field: Field) -> Option<String> {
        let text = self.text(field);
        if text.is_none() {
            self.say_empty(field);
        }
        text
    }

    /// The text of a field, and the source's word when the table doesn't know it.
    fn mapped(&mut self, field: Field) -> Option<(String, Option<String>)> {
        let mapping = self.reading.mapping;
        let rule = mapping.fields.rule(field)?;
        let Some(table) = rule.table.as_ref().and_then(|name| mapping.tables.get(name)) else {
            return self.content(rule).map(|text| (cut(text, rule.cut), None));
        };
        let word = self.content(rule).unwrap_or_default();
        let (text, unknown) = match table.look_up(&word) {
            Mapped::To(text) => (text, None),
            Mapped::Default(text) => (text, (!word.is_empty()).then_some(word)),
            Mapped::Unknown if word.is_empty() => return None,
            Mapped::Unknown => {
                // Whether somebody gave a name may stand there as the name itself.
                let word = if field == Field::ReporterAnonymous { "…" } else { &quoted(&word) };
                self.say(field, format!("“{word}”不在表 {} 中", rule.table.as_deref().unwrap_or_default()));
                return None;
            }
        };
        if text.is_empty() && unknown.is_none() {
            return None;
        }
        Some((cut(text.to_owned(), rule.cut), unknown))
    }

    /// A field through its table, with a finding when the word is unknown. An empty default leaves the field out.
    fn tabled(&mut self, field: Field, finding: Finding) -> (Option<String>, Option<String>) {
        let Some((text, unknown)) = self.mapped(field) else { return (None, None) };
        if unknown.is_some() {
            self.findings.insert(finding);
        }
        ((!text.is_empty()).then_some(text), unknown)
    }

    fn time(&mut self, field: Field) -> Option<Moment> {
        let rule = self.reading.mapping.fields.rule(field)?;
        let text = self.content(rule)?;
        let found = rule.dates.iter().find_map(|pattern| self.reading.moment(&text, pattern));
        let Some((moment, finding)) = found else {
            let patterns = rule.dates.join("、");
            self.say(field, format!("“{}”不是时间（{patterns}）", quoted(&text)));
            return None;
        };
        self.findings.extend(finding);
        Some(moment)
    }

    fn count(&mut self, field: Field) -> Option<u32> {
        let text = self.text(field)?;
        // Sheets write whole numbers as 3.0.
        let whole = text.strip_suffix(".0").unwrap_or(&text);
        let count = whole.parse().ok();
        if count.is_none() {
            self.say(field, format!("“{}”不是非负整数", quoted(&text)));
        }
        count
    }

    fn flag(&mut self, field: Field) -> Option<bool> {
        match self.text(field)?.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => {
                self.say(field, "应为 true 或 false".to_owned());
                None
            }
        }
    }

    fn degrees(&mut self, field: Field, range: f64) -> Option<f64> {
        let text = self.text(field)?;
        let degrees = text.parse::<f64>().ok().filter(|degrees| degrees.abs() <= range);
        if degrees.is_none() {
            self.say(field, format!("“{}”不是 ±{range} 之间的度数", quoted(&text)));
        }
        degrees
    }

    fn position(&mut self) -> Option<Point> {
        let place = self.reading.mapping.place.as_ref()?;
        self.fields().lon.as_ref()?;
        let problems = self.problems.len();
        let (lon, lat) = (self.degrees(Field::Lon, 180.0), self.degrees(Field::Lat, 90.0));
        let (Some(lon), Some(lat)) = (lon, lat) else {
            if self.problems.len() == problems {
                let is_half = lon.is_some() || lat.is_some();
                self.findings.insert(if is_half { Finding::HalfPosition } else { Finding::NoPosition });
            }
            return None;
        };
        if lon.fract() == 0.0 || lat.fract() == 0.0 {
            self.findings.insert(Finding::CoarsePosition);
            return None;
        }
        let position = match to_cgcs2000(lon, lat, place.system) {
            Ok(position) => position,
            Err(error) => {
                self.say(Field::Lon, error.to_string());
                return None;
            }
        };
        if let Some([west, south, east, north]) = self.reading.bounds
            && !((west..=east).contains(&position.lon()) && (south..=north).contains(&position.lat()))
        {
            self.findings.insert(Finding::OutsideCity);
        }
        Some(position)
    }
}

impl Reading<'_> {
    /// The moment that `text` names under `pattern`; with what is odd about it.
    fn moment(&self, text: &str, pattern: &str) -> Option<(Moment, Option<Finding>)> {
        if pattern == RFC3339 {
            return text.parse().ok().map(|moment| (moment, None));
        }
        let time = BrokenDownTime::parse(pattern, text).ok()?;
        if time.offset().is_some() {
            return time.to_timestamp().ok().map(|instant| (instant.into(), None));
        }
        let date = time.to_date().ok()?;
        let local = DateTime::from_parts(date, time.to_time().unwrap_or_default());
        let ambiguous = self.zone.to_ambiguous_timestamp(local);
        let finding = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => None,
            AmbiguousOffset::Gap { .. } => Some(Finding::SkippedTime),
            AmbiguousOffset::Fold { .. } => Some(Finding::AmbiguousTime),
        };
        Some((ambiguous.compatible().ok()?.into(), finding))
    }
}

fn cut(text: String, characters_max: Option<usize>) -> String {
    match characters_max {
        Some(max) if text.chars().count() > max => {
            text.chars().take(max.saturating_sub(1)).chain(['…']).collect()
        }
        _ => text,
    }
}

fn quoted(text: &str) -> String {
    cut(text.to_owned(), Some(QUOTED_CHARACTERS_MAX))
}
