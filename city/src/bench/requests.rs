//! What the people of a measured city ask for: drawn as the demo city draws it, always inside the city.

use std::sync::Arc;

use anyhow::{Context, ensure};
use baotu_cases::service::OpenCase;
use baotu_geo::Atlas;
use baotu_pack::Pack;
use baotu_vocabulary::{Point, ProcedureName};
use jiff::civil::Date;
use rand::Rng;
use serde_json::{Value, json};

use crate::demo::habits::{Habits, Opening, filled, weighted};
use crate::demo::scenery::Scenery;

/// How often a place is drawn before the pack is taken for one whose places lie outside the city.
const DRAWS_MAX: usize = 100;

/// Draws requests of one procedure.
pub(super) struct Requests {
    procedure: ProcedureName,
    openings: Vec<Opening>,
    scenery: Scenery,
    habits: Habits,
    pack: Pack,
    atlas: Arc<Atlas>,
    today: Date,
}

/// A request and what its place and category are called.
pub(super) struct Drawn {
    pub(super) given: OpenCase,
    pub(super) point: Point,
    pub(super) category: String,
    /// Code and name of the community, or the finest division known.
    pub(super) division: (String, String),
}

impl Requests {
    /// The requests that residents send under `procedure`.
    pub(super) fn of(
        pack: &Pack,
        atlas: &Arc<Atlas>,
        habits: &Habits,
        procedure: &ProcedureName,
        today: Date,
    ) -> anyhow::Result<Self> {
        let openings = habits.openings.iter();
        let openings: Vec<Opening> = openings
            .filter(|opening| opening.procedure == procedure.as_str() && opening.by == "resident")
            .cloned()
            .collect();
        ensure!(!openings.is_empty(), "城市包的 demo.toml 没有说居民怎样提出“{procedure}”");
        Ok(Self {
            procedure: procedure.clone(),
            openings,
            scenery: Scenery::of(pack, today),
            habits: habits.clone(),
            pack: pack.clone(),
            atlas: Arc::clone(atlas),
            today,
        })
    }

    /// One request of a resident.
    pub(super) fn draw(&self, chance: &mut impl Rng) -> anyhow::Result<Drawn> {
        for _ in 0..DRAWS_MAX {
            let opening = weighted(&self.openings, |opening| opening.weight, chance);
            let given =
                opening.and_then(|opening| self.scenery.request(&self.pack, opening, self.today, chance));
            let Some(mut given) = given else { continue };
            // Cases that are kept secret are listed for fewer people: every search shall find the same.
            given.confidential = false;
            let place = given.place.as_ref().and_then(|place| place.lon.zip(place.lat));
            let Some(point) = place.and_then(|(lon, lat)| Point::new(lon, lat).ok()) else { continue };
            let Ok(located) = self.atlas.locate(point) else { continue };
            let Some(division) = located.division() else { continue };
            let division = (division.code.to_string(), division.name.clone());
            let category = self.category(&given).context("a category without a row in its table")?;
            return Ok(Drawn { given, point, category, division });
        }
        anyhow::bail!("城市包的社区点位都不在城市范围内")
    }

    /// What somebody fills in when they take `take` in `step`.
    pub(super) fn form(&self, step: &str, take: &str, chance: &mut impl Rng) -> Value {
        let habit =
            self.habits.in_step(self.procedure.as_str(), step, |offered| offered == take, chance).cloned();
        let choices = habit.map(|habit| habit.form).unwrap_or_default();
        Value::Object(filled(None, &choices, chance))
    }

    fn category(&self, given: &OpenCase) -> Option<String> {
        let procedure = self.pack.procedure(&self.procedure, self.today)?;
        let table = self.pack.code_table(&procedure.head().categories)?;
        table.newest(given.category.as_str()).map(|row| row.name.clone())
    }
}

impl Drawn {
    /// The request as it is sent.
    pub(super) fn body(&self) -> Value {
        let given = &self.given;
        json!({
            "procedure": given.procedure, "category": given.category, "level": given.level, "kind": given.kind,
            "channel": given.channel, "title": given.title, "text": given.text, "place": given.place,
        })
    }

    /// What is said last in its text: many requests say so too.
    pub(super) fn last_clause(&self) -> &str {
        let mut clauses = self.given.text.split(['，', '。', '、', '；']).map(str::trim);
        clauses.rfind(|clause| clause.chars().count() > 3).unwrap_or(&self.category)
    }
}
