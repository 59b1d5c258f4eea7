//! One case's way from the resident's report to the unit's answer, and two looks at what there is: each act by
//! somebody who may do it, over HTTP.

use std::time::{Duration, Instant};

use anyhow::Context;
use baotu_vocabulary::UnitCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rand_chacha::ChaCha12Rng;
use serde_json::{Value, json};

use super::client::{Line, Token};
use super::requests::{Drawn, Requests};

/// The procedure whose cases are measured.
pub const PROCEDURE: &str = "hotline-ticket";

/// The acts of a lifecycle in their order, and who does them.
pub const ACTS: [(&str, &str); 7] = [
    ("登记", "居民"),
    ("受理", "话务员"),
    ("派单", "派单员"),
    ("签收", "联络员"),
    ("办结回复", "承办人"),
    ("列表", "派单员"),
    ("检索", "话务员"),
];

/// Whom a lifecycle needs in the hotline's office.
pub(super) const AGENT: &str = "hotline-agent";
/// The same.
pub(super) const DISPATCHER: &str = "hotline-dispatcher";
/// Whom it needs in the unit in charge.
pub(super) const RECEIVER: &str = "unit-receiver";
/// The same.
pub(super) const HANDLER: &str = "unit-handler";

/// Rows of a page that is looked at.
const ROWS: u32 = 20;

/// The people who take part in a client's lifecycles, signed in on one line.
pub(super) struct People {
    pub(super) line: Line,
    pub(super) resident: Token,
    pub(super) agent: Token,
    pub(super) dispatcher: Token,
    /// The units that can be put in charge.
    pub(super) units: Vec<Handling>,
}

/// A unit with its two.
#[derive(Clone)]
pub(super) struct Handling {
    pub(super) unit: UnitCode,
    pub(super) receiver: Token,
    pub(super) handler: Token,
}

/// Times act after act.
pub(super) struct Laps {
    since: Instant,
    times: Vec<Duration>,
}

impl Laps {
    pub(super) fn begin() -> Self {
        Self { since: Instant::now(), times: Vec::with_capacity(ACTS.len()) }
    }

    pub(super) fn lap(&mut self) {
        self.times.push(self.since.elapsed());
        self.since = Instant::now();
    }

    pub(super) fn all<const ACTS: usize>(self) -> anyhow::Result<[Duration; ACTS]> {
        self.times.try_into().ok().context("an act was not timed")
    }
}

impl People {
    /// One lifecycle, the `turn`-th of all; the time of each act.
    pub(super) async fn live(
        &self,
        requests: &Requests,
        turn: u64,
        mut chance: ChaCha12Rng,
    ) -> anyhow::Result<[Duration; ACTS.len()]> {
        let drawn = requests.draw(&mut chance)?;
        let body = drawn.body();
        let resolution = requests.form("handling", "resolve", &mut chance);
        let opinion = requests.form("dispatch", "dispatch", &mut chance);
        let Handling { unit, receiver, handler } = usize::try_from(turn)
            .ok()
            .and_then(|turn| self.units.get(turn % self.units.len().max(1)))
            .context("no unit can be put in charge")?;

        let mut laps = Laps::begin();
        let opened = self.line.post("/api/cases", &self.resident, &body).await?;
        laps.lap();
        let case = opened["id"].as_str().context("a case without an id")?;
        self.take(case, &self.agent, "accept", json!({})).await?;
        laps.lap();
        let dispatch = json!({"unit": unit, "opinion": opinion["opinion"]});
        self.take(case, &self.dispatcher, "dispatch", dispatch).await?;
        laps.lap();
        self.take(case, receiver, "sign", json!({})).await?;
        laps.lap();
        self.take(case, handler, "resolve", resolution).await?;
        laps.lap();
        self.page(&self.dispatcher, &listed(&drawn, turn)).await?;
        laps.lap();
        self.page(&self.agent, &asked(&drawn, turn)).await?;
        laps.lap();
        laps.all()
    }

    async fn take(&self, case: &str, who: &Token, take: &str, form: Value) -> anyhow::Result<()> {
        let path = format!("/api/cases/{case}/decisions");
        self.line.post(&path, who, &json!({"take": take, "form": form})).await.map(drop)
    }

    pub(super) async fn page(&self, who: &Token, question: &str) -> anyhow::Result<Vec<Value>> {
        let page = self.line.get(&format!("/api/cases?limit={ROWS}&{question}"), who).await?;
        page["rows"].as_array().cloned().context("a page without rows")
    }
}

/// The page that the dispatcher looks at: by turns the tasks of a district, and its newest cases of a status.
fn listed(drawn: &Drawn, turn: u64) -> String {
    let district = drawn.division.0.get(..6).unwrap_or_default();
    match turn % 3 {
        0 => format!("queue=unit&division={district}"),
        1 => format!("status={}&division={district}", encoded("处置中")),
        _ => format!("status={}&division={district}", encoded("已办结")),
    }
}

/// What the agent looks for: by turns a place and what is wrong there, what is wrong anywhere, and what many say.
fn asked(drawn: &Drawn, turn: u64) -> String {
    let words = match turn % 3 {
        0 => format!("{} {}", drawn.division.1, drawn.category),
        1 => drawn.category.clone(),
        _ => drawn.last_clause().to_owned(),
    };
    format!("q={}", encoded(&words))
}

pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
