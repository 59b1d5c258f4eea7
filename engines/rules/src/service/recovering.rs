//! Goes on after a restart where it was left.
//!
//! Alarms that are open stay open. The newest reading of each series is remembered, and all readings since the checkpoint,
//! less the longest time of any rule and a margin for late ones, are weighed again, in the order of their time; so an
//! alarm that fell into the crash is still raised, at its moment. What was stored is not told again. The window: a reading
//! taken more than [`RECOVER_MARGIN_SECONDS`] before it came, in the last seconds before a crash, is not weighed again.

use baotu_storage::Work;
use baotu_vocabulary::Moment;

use crate::alarm::{Clearing, Transition};
use crate::store;
use crate::thing::Observed;

use super::{Rules, RulesFault};

/// Readings may come this late, in seconds, and are still weighed again after a restart.
pub const RECOVER_MARGIN_SECONDS: i64 = 300;
/// Readings of the past are asked for in stretches of so many seconds.
pub const RECOVER_SPAN_SECONDS: i64 = 600;

/// What a restart found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Alarms that were open and still are watched.
    pub open: usize,
    /// Alarms that were open and whose rule or thing is gone: they end.
    pub orphaned: usize,
    /// Readings that were weighed again.
    pub readings: usize,
    /// From when on; none when no reading has ever been weighed.
    pub since: Option<Moment>,
}

impl Rules {
    /// Takes up what was left before a restart. To be called once, when all things are watched and before the first reading
    /// comes; the alarms it finds are stored by the next [`Rules::settle`].
    ///
    /// # Errors
    /// When the database or the past cannot answer; then nothing may be observed.
    pub async fn recover(&self) -> Result<Recovered, RulesFault> {
        let now = self.now();
        let mut settling = self.shared.settling.lock().await;
        let Some(evaluated_to) = store::evaluated_to(self.store()).await? else {
            // Durable before the first reading comes: a crash before the first checkpoint must find where to begin.
            let mut work = Work::new();
            store::note_evaluated(&mut work, now);
            self.store().commit(work).await?;
            settling.checkpoint = Some(now);
            settling.recovered = true;
            return Ok(Recovered::default());
        };
        let reach = self.board().reach_seconds() + RECOVER_MARGIN_SECONDS;
        let since = evaluated_to.plus_seconds(-reach).min(now);
        let mut recovered = Recovered { since: Some(since), ..Recovered::default() };
        let mut orphans = Vec::new();
        for left in store::left(self.store(), since).await? {
            let place = (left.started_at, left.raised_at, left.cleared_at);
            let watched = self.board().restore(&left.rule, left.thing, place);
            match (left.cleared_at, watched) {
                (Some(_), _) => {}
                (None, true) => recovered.open += 1,
                (None, false) => orphans.push(left.id),
            }
        }
        recovered.orphaned = orphans.len();
        for alarm in store::alarms(self.store(), &orphans).await? {
            let mut explanation = alarm.explanation;
            explanation.text = "规则已停用，或设备不再监测，报警解除。".to_owned();
            explanation.at = now;
            settling.pending.push_back(Transition::Cleared(Box::new(Clearing {
                id: alarm.id,
                rule: alarm.rule,
                thing: alarm.thing,
                at: now,
                explanation,
            })));
        }
        let longest = i64::from(baotu_pack::rules::STORM_SECONDS_MAX);
        for known in store::grouped(self.store(), now.plus_seconds(-longest)).await? {
            let alarm = (known.id, known.at, known.open);
            settling.groups.restore(&known.key, known.window_seconds, alarm, known.storm);
        }
        settling.checkpoint = Some(evaluated_to);
        // Nothing is stored meanwhile: a checkpoint of now would hide what has not been weighed yet.
        recovered.readings = self.weigh_again(since, now).await?;
        settling.recovered = true;
        self.shared.wake.notify_one();
        Ok(recovered)
    }

    /// Weighs the readings since then again; how many.
    async fn weigh_again(&self, since: Moment, now: Moment) -> Result<usize, RulesFault> {
        let series = self.watched_series();
        let mut newest = self.shared.history.newest(&series).await?;
        newest.retain(|reading| reading.at < since);
        newest.sort_by_key(|reading| reading.at);
        {
            let mut board = self.board();
            for reading in &newest {
                board.observe(std::slice::from_ref(reading), reading.at);
            }
            board.silent_since(since);
        }
        let mut count = newest.len();
        // A reading may have been taken a little ahead of the present.
        let end = now.plus_seconds(crate::board::AHEAD_SECONDS_MAX);
        let mut from = since;
        while from < end {
            let to = from.plus_seconds(RECOVER_SPAN_SECONDS).min(end);
            let readings = self.shared.history.readings(&series, from, to).await?;
            count += readings.len();
            let mut board = self.board();
            for moment in readings.chunk_by(|a: &Observed, b: &Observed| a.at == b.at) {
                let Some(at) = moment.first().map(|reading| reading.at) else { continue };
                board.pass(at.min(now));
                board.observe(moment, at);
            }
            from = to;
        }
        Ok(count)
    }
}
