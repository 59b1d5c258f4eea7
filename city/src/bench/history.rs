//! The cases that a measured city has stored: two years of ended ones, taken over as an import takes them over, and a
//! backlog of open ones, brought to where they stand by the acts of officials.

use std::sync::Arc;

use anyhow::{Context, bail};
use baotu_cases::service::{Act, Ended, ImportAnswer, ImportedCase};
use baotu_storage::Work;
use baotu_vocabulary::{Actor, Moment, RoleName, Surroundings, UnitCode};
use futures::future::try_join_all;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use serde_json::{Map, Value};
use tokio::task::JoinSet;

use super::lifecycle::{AGENT, DISPATCHER, PROCEDURE, RECEIVER};
use super::requests::Requests;
use crate::city::{City, told};
use crate::demo::people::Cast;
use crate::surroundings::SimulatedSurroundings;

/// How far back the oldest ended case was opened, in days.
pub(super) const HISTORY_DAYS: i64 = 730;
/// How far back the oldest open case was opened, in hours.
pub(super) const BACKLOG_HOURS: i64 = 48;
/// Of so many stored cases one is open.
const OPEN_ONE_OF: u64 = 100;
/// Open cases at most.
const OPEN_MAX: u64 = 5_000;
/// Open cases at least, where so many are stored: a full page in every list that is looked at.
const OPEN_MIN: u64 = 400;
/// Cases stored in one unit of work.
const UNIT_CASES: u64 = 500;
/// Units of work prepared side by side.
const UNITS_TOGETHER: usize = 4;
/// Open cases acted on side by side.
const ACTED_TOGETHER: usize = 64;
/// How cases end, with their shares in a hundred.
const ENDS: [(Ended, u32); 4] =
    [(Ended::Closed, 92), (Ended::Merged, 3), (Ended::Withdrawn, 3), (Ended::NotAccepted, 2)];
/// The system that the ended cases come from.
const SOURCE: &str = "bench";

const HOUR_MICROS: i64 = 3_600_000_000;
const DAY_MICROS: i64 = 24 * HOUR_MICROS;

/// What writes the history of a city.
#[derive(Clone)]
pub(super) struct History {
    pub(super) city: City,
    pub(super) requests: Arc<Requests>,
    pub(super) units: Arc<[UnitCode]>,
    pub(super) surroundings: Arc<SimulatedSurroundings>,
}

impl History {
    /// Stores `count` cases, the oldest first; how many of them are open.
    pub(super) async fn write(&self, count: u64, cast: &Cast) -> anyhow::Result<u64> {
        let open = (count / OPEN_ONE_OF).clamp(OPEN_MIN, OPEN_MAX).min(count / 2);
        self.write_ended(count - open).await?;
        self.write_open(open, cast).await?;
        Ok(open)
    }

    async fn write_ended(&self, count: u64) -> anyhow::Result<()> {
        let mut units = JoinSet::new();
        let mut next = 0;
        while next < count {
            if units.len() >= UNITS_TOGETHER {
                units.join_next().await.transpose()?.transpose()?;
            }
            let until = (next + UNIT_CASES).min(count);
            let (history, serials) = (self.clone(), next..until);
            units.spawn(async move { history.write_unit(serials, count).await });
            next = until;
        }
        while let Some(unit) = units.join_next().await {
            unit??;
        }
        Ok(())
    }

    async fn write_unit(&self, serials: std::ops::Range<u64>, count: u64) -> anyhow::Result<()> {
        let mut chance = ChaCha12Rng::seed_from_u64(serials.start);
        let now = self.city.surroundings.now();
        let cases = serials.map(|serial| self.ended(serial, count, now, &mut chance));
        let cases = cases.collect::<anyhow::Result<Vec<_>>>()?;
        let mut work = Work::new();
        for answer in self.city.cases.import(&PROCEDURE.into(), &cases, now).await.map_err(told)? {
            match answer {
                ImportAnswer::New(case) => work.append(case),
                ImportAnswer::Known => bail!("存储里已有压测案件"),
                ImportAnswer::Refused { field, reason } => bail!("{field}：{reason}"),
            }
        }
        self.city.store.commit(work).await?;
        Ok(())
    }

    /// The `serial`-th of `count` ended cases: the time before the backlog is divided evenly among them.
    fn ended(
        &self,
        serial: u64,
        count: u64,
        now: Moment,
        chance: &mut ChaCha12Rng,
    ) -> anyhow::Result<ImportedCase> {
        let drawn = self.requests.draw(chance)?;
        let span = HISTORY_DAYS * DAY_MICROS;
        let age = i128::from(span) * i128::from(count - serial) / i128::from(count);
        let opened_at = now.plus_micros(-i64::try_from(age)?);
        let took = chance.random_range(HOUR_MICROS..7 * DAY_MICROS);
        let mut share = chance.random_range(0..ENDS.iter().map(|(_, share)| share).sum());
        let ended = ENDS.iter().find(|(_, of)| {
            let found = share < *of;
            share = share.saturating_sub(*of);
            found
        });
        let reply = self.requests.form("handling", "resolve", chance);
        let given = drawn.given;
        Ok(ImportedCase {
            source: SOURCE.to_owned(),
            external_id: format!("{serial:09}"),
            title: given.title,
            text: Some(given.text),
            category: given.category,
            kind: given.kind,
            channel: given.channel,
            opened_at,
            due_at: Some(opened_at.plus_micros(5 * DAY_MICROS)),
            closed_at: Some(opened_at.plus_micros(took).min(now)),
            ended: ended.map(|(ended, _)| *ended),
            unit: self.units.get(chance.random_range(0..self.units.len())).cloned(),
            position: Some(drawn.point),
            address: given.place.and_then(|place| place.address),
            transfers: Some(chance.random_range(0..3)),
            days_to_reply: None,
            reply: reply["public_reply"].as_str().map(str::to_owned),
        })
    }

    /// The backlog: as many cases in each hour, a quarter of them at each of the first four steps.
    async fn write_open(&self, count: u64, cast: &Cast) -> anyhow::Result<()> {
        let begun = self.surroundings.now();
        let mut chance = ChaCha12Rng::seed_from_u64(count);
        for hour in 0..BACKLOG_HOURS {
            self.surroundings.move_to(begun.plus_micros(hour * HOUR_MICROS));
            let part = |hour: i64| count * hour.unsigned_abs() / BACKLOG_HOURS.unsigned_abs();
            let serials: Vec<u64> = (part(hour)..part(hour + 1)).collect();
            for together in serials.chunks(ACTED_TOGETHER) {
                let seeds = together.iter().map(|serial| (*serial, chance.random()));
                let acted =
                    seeds.map(|(serial, seed)| self.bring(serial, cast, ChaCha12Rng::seed_from_u64(seed)));
                try_join_all(acted).await?;
            }
        }
        Ok(())
    }

    /// Opens a case and brings it as many steps on as its serial says.
    async fn bring(&self, serial: u64, cast: &Cast, mut chance: ChaCha12Rng) -> anyhow::Result<()> {
        let drawn = self.requests.draw(&mut chance)?;
        let resident = Actor::resident(cast.resident(&mut chance).person);
        let case = self.city.cases.open(drawn.given, &resident).await.map_err(told)?.state.id.to_string();
        let unit = self.units.get(chance.random_range(0..self.units.len())).context("no unit")?.clone();
        let dispatch = Map::from_iter([("unit".to_owned(), Value::from(unit.as_str()))]);
        let acts = [
            (AGENT, "accept", None, Map::new()),
            (DISPATCHER, "dispatch", None, dispatch),
            (RECEIVER, "sign", Some(unit), Map::new()),
        ];
        for (role, take, unit, form) in acts.into_iter().take(usize::try_from(serial % 4)?) {
            let official = cast.somebody(&RoleName::from(role), unit.as_slice(), &mut chance);
            let official = official.with_context(|| format!("没有人担任 {role}"))?.actor();
            let act = Act { take: take.to_owned(), task: None, version: None, form, id: None };
            self.city.cases.decide(&case, act, &official).await.map_err(told)?;
        }
        Ok(())
    }
}

/// The units of which a lifecycle may put one in charge: those that can sign and handle, at most `most`, spread over all.
pub(super) fn handling_units(cast: &Cast, most: usize) -> Vec<UnitCode> {
    let holds = |role: &str| {
        let role = RoleName::from(role);
        let held = cast.officials.iter().filter(move |official| official.acting.roles.contains(&role));
        held.map(|official| official.acting.unit.clone()).collect::<Vec<_>>()
    };
    // The hotline's own office receives, too, but who handles must not have taken it in.
    let (agents, handlers) = (holds(AGENT), holds(super::lifecycle::HANDLER));
    let mut units = holds(RECEIVER);
    units.retain(|unit| handlers.contains(unit) && !agents.contains(unit));
    units.dedup();
    let step = units.len().div_ceil(most.max(1)).max(1);
    units.into_iter().step_by(step).collect()
}
