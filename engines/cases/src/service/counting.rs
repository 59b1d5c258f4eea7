//! Reports and indicators, for officials.

use baotu_access::Failure;
use baotu_access::grants::Resource;
use baotu_pack::compiled::CompiledIndicator;
use baotu_storage::StoreFault;
use baotu_vocabulary::{Actor, Moment, ProcedureName};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CaseFailure, CaseRefused, Cases};
use crate::conditions;
use crate::statistics::{REPORT_DAYS_MAX, Rate, ReportGroup, day_begins, group_key};
use crate::store::{self, Grouping, Span};
use crate::view::Names;

/// Cases over which indicators are counted at most; a longer span says so.
const INDICATOR_CASES_MAX: u64 = 200_000;
/// Cases that are read at once for it.
const INDICATOR_ROWS: u32 = 500;

/// What a report is asked for with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportQuestion {
    /// The first day.
    pub from: Date,
    /// The last day, inclusive.
    pub to: Date,
    /// Only this procedure.
    pub procedure: Option<ProcedureName>,
    /// By what.
    pub grouping: Grouping,
}

/// A declared indicator with its count.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IndicatorNumbers {
    /// Its name.
    pub name: String,
    /// Shown.
    pub title: String,
    /// The procedure whose cases are counted.
    pub procedure: String,
    /// Cases counted above the line.
    pub numerator: i64,
    /// Cases counted below the line.
    pub denominator: i64,
    /// The one by the other.
    pub rate: Option<f64>,
    /// For example `%`.
    pub unit: String,
    /// For example `month`.
    pub period: String,
    /// Where the formula comes from.
    pub source: String,
    /// `unverified` when that could not be seen: a proposal only.
    pub status: Option<String>,
    /// Whether the span held more cases than are counted.
    pub cut: bool,
}

impl Cases {
    /// What the cases opened in a span of days amount to, by group.
    ///
    /// # Errors
    /// No right, or a span that means nothing; or a fault.
    pub async fn report(
        &self,
        question: &ReportQuestion,
        actor: &Actor,
    ) -> Result<Vec<ReportGroup>, CaseFailure> {
        self.may_count(actor, question.procedure.as_ref())?;
        let (from, to) = self.span(question.from, question.to)?;
        let zone = self.pack().calendar().zone();
        let offset = zone.to_offset(from.timestamp()).seconds();
        let span = Span {
            from,
            to,
            procedure: question.procedure.clone(),
            source: None,
            offset_seconds: i64::from(offset),
        };
        let tallies = store::tallies(&self.shared.store, &span, question.grouping).await?;
        let group = |tally: &store::Tally| {
            let key = group_key(question.grouping, tally.key.clone());
            let title = key.as_deref().map(|key| self.group_title(question, key));
            ReportGroup::new(tally, key, title)
        };
        Ok(tallies.iter().map(group).collect())
    }

    /// What all cases taken over from another system amount to; nothing when there are none. For the city itself.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn report_of_source(&self, source: &str) -> Result<Option<ReportGroup>, StoreFault> {
        let span = Span {
            from: Moment::from_micros(i64::MIN),
            to: Moment::from_micros(i64::MAX),
            procedure: None,
            source: Some(source.to_owned()),
            offset_seconds: 0,
        };
        let tallies = store::tallies(&self.shared.store, &span, Grouping::None).await?;
        let counted = tallies.iter().find(|tally| tally.opened > 0);
        Ok(counted.map(|tally| ReportGroup::new(tally, None, None)))
    }

    /// The declared indicators over the cases opened in a span of days.
    ///
    /// # Errors
    /// No right, or a span that means nothing; or a fault.
    pub async fn indicators(
        &self,
        question: &ReportQuestion,
        actor: &Actor,
    ) -> Result<Vec<IndicatorNumbers>, CaseFailure> {
        self.may_count(actor, question.procedure.as_ref())?;
        let (from, to) = self.span(question.from, question.to)?;
        let mut numbers: Vec<(ProcedureName, &CompiledIndicator, IndicatorNumbers)> = Vec::new();
        for indicator in self.pack().indicators() {
            let Some(procedure) = self.procedure_of(indicator) else { continue };
            if question.procedure.as_ref().is_some_and(|asked| *asked != procedure) {
                continue;
            }
            let declared = &indicator.declared;
            let counted = IndicatorNumbers {
                name: declared.name.clone(),
                title: declared.title.clone(),
                procedure: procedure.to_string(),
                numerator: 0,
                denominator: 0,
                rate: None,
                unit: declared.unit.clone(),
                period: declared.period.clone(),
                source: declared.source.clone(),
                status: declared.status.clone(),
                cut: false,
            };
            numbers.push((procedure, indicator, counted));
        }
        let mut procedures: Vec<ProcedureName> = numbers.iter().map(|(name, _, _)| name.clone()).collect();
        procedures.dedup();
        for procedure in procedures {
            self.count_indicators(&procedure, from, to, &mut numbers).await?;
        }
        let told = numbers.into_iter().map(|(_, _, mut counted)| {
            counted.rate = Rate::new(counted.numerator, counted.denominator).rate;
            counted
        });
        Ok(told.collect())
    }

    /// Counts the indicators of one procedure over its cases, a page at a time.
    async fn count_indicators(
        &self,
        procedure: &ProcedureName,
        from: Moment,
        to: Moment,
        numbers: &mut [(ProcedureName, &CompiledIndicator, IndicatorNumbers)],
    ) -> Result<(), CaseFailure> {
        let (now, mut after, mut read) = (self.now(), None, 0_u64);
        loop {
            let page =
                store::states_opened(&self.shared.store, procedure, from, to, after, INDICATOR_ROWS).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some((last.opened_at, last.id));
            read += page.len() as u64;
            let cut = read >= INDICATOR_CASES_MAX;
            for state in &page {
                let record = serde_json::json!({"case": conditions::run_record(state, now)});
                for (_, indicator, counted) in numbers.iter_mut().filter(|(name, _, _)| name == procedure) {
                    counted.cut |= cut;
                    if indicator.declared.exclusions && state.is_excluded() {
                        continue;
                    }
                    if indicator.denominator.holds(&record).map_err(Failure::fault)? {
                        counted.denominator += 1;
                        counted.numerator +=
                            i64::from(indicator.numerator.holds(&record).map_err(Failure::fault)?);
                    }
                }
            }
            if cut {
                return Ok(());
            }
        }
    }

    /// The procedure that an indicator counts: the one it names, else its system's only one.
    fn procedure_of(&self, indicator: &CompiledIndicator) -> Option<ProcedureName> {
        let today = self.pack().calendar().date_of(self.now());
        let of_system = || {
            let mut procedures =
                self.pack().procedures(today).filter(|procedure| *procedure.system() == indicator.system);
            procedures.next().map(|procedure| procedure.name().clone())
        };
        indicator.declared.procedure.clone().or_else(of_system)
    }

    fn may_count(&self, actor: &Actor, procedure: Option<&ProcedureName>) -> Result<(), CaseFailure> {
        // Numbers of a procedure tell of every case of it, whatever the relation of the actor's unit to one.
        let official = actor.as_official();
        let resource = Resource {
            procedure: procedure.cloned(),
            units: official.map(|official| official.unit.clone()).into_iter().collect(),
            division: official
                .and_then(|official| self.pack().units().get(official.unit.as_str()))
                .and_then(|unit| unit.area.parse().ok()),
            ..Resource::known("case")
        };
        let permit = self.shared.access.rights().permit(actor, "statistics.read", &resource);
        permit.map(drop).map_err(|denied| Failure::Refused(denied.into()))
    }

    /// A span of whole days in the city's zone.
    fn span(&self, from: Date, to: Date) -> Result<(Moment, Moment), CaseFailure> {
        let invalid = || Failure::Refused(CaseRefused::QueryInvalid("from"));
        let days = i64::from(from.until(to).map_err(|_| invalid())?.get_days());
        if !(0..REPORT_DAYS_MAX).contains(&days) {
            return Err(invalid());
        }
        let after = to.tomorrow().map_err(|_| invalid())?;
        Ok((self.midnight(from)?, self.midnight(after)?))
    }

    pub(super) fn midnight(&self, day: Date) -> Result<Moment, CaseFailure> {
        day_begins(day, self.pack().calendar().zone())
            .ok_or_else(|| Failure::fault(format!("the day {day} has no beginning in the city's zone")))
    }

    fn group_title(&self, question: &ReportQuestion, key: &str) -> String {
        let pack = self.pack();
        let name = match question.grouping {
            Grouping::Unit => pack.units().get(key).map(|unit| unit.name.clone()),
            Grouping::District => pack.divisions().get(key).map(|division| division.name.clone()),
            Grouping::Category => {
                let day = pack.calendar().date_of(self.now());
                let mut tables = pack
                    .procedures(day)
                    .filter(|procedure| {
                        question.procedure.as_ref().is_none_or(|asked| asked == procedure.name())
                    })
                    .map(|procedure| procedure.head().categories.as_str());
                tables.find_map(|table| {
                    let category = Names(pack).category(table, key);
                    (!category.path.is_empty()).then_some(category.name)
                })
            }
            Grouping::Day | Grouping::None => None,
        };
        name.unwrap_or_else(|| key.to_owned())
    }
}
