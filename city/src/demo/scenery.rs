//! Where things happen in the demo city and what they are about: places drawn from the pack's communities, categories
//! from its code tables, words from the habits.

use std::collections::HashMap;

use baotu_cases::service::{GivenPlace, OpenCase};
use baotu_pack::Pack;
use baotu_vocabulary::{CategoryCode, Point, ProcedureName};
use jiff::civil::Date;
use rand::Rng;
use serde_json::Map;

use super::habits::{Opening, drawn, filled};

/// How far from a community's label point something may happen, in degrees: about 300 m.
const SCATTER_DEGREES: f64 = 0.003;

/// A community that something may happen in.
#[derive(Clone, Debug)]
struct Spot {
    lon: f64,
    lat: f64,
    /// District, street and community.
    address: String,
}

/// A code that cases may be about.
#[derive(Clone, Debug)]
struct Topic {
    code: CategoryCode,
    name: String,
}

/// The places and topics of a pack.
#[derive(Clone, Debug)]
pub struct Scenery {
    spots: Vec<Spot>,
    topics: HashMap<ProcedureName, Vec<Topic>>,
}

impl Scenery {
    /// The communities with a label point, and the leaves of each procedure's code table, as they are on `today`.
    pub fn of(pack: &Pack, today: Date) -> Self {
        let divisions = pack.divisions();
        let spots =
            divisions.all().iter().filter(|division| division.code.len() == 12 && division.in_force(today));
        let spots = spots.filter_map(|division| {
            let (lon, lat) = division.lon.zip(division.lat)?;
            let mut names: Vec<&str> =
                divisions.lineage(&division.code).map(|above| above.name.as_str()).collect();
            // The city's own name goes without saying.
            names.pop();
            names.reverse();
            Some(Spot { lon, lat, address: names.concat() })
        });
        let topics = pack.procedures(today).map(|procedure| {
            let table = pack.code_table(&procedure.head().categories);
            let rows =
                table.iter().flat_map(|table| table.rows().iter().filter(|row| table.is_leaf(&row.code)));
            let rows = rows.filter(|row| row.in_force(today));
            let topics = rows.map(|row| Topic { code: row.code.clone(), name: row.name.clone() });
            (procedure.name().clone(), topics.collect())
        });
        Self { spots: spots.collect(), topics: topics.collect() }
    }

    /// A place near a community, by three numbers from 0 to 1: which community, and how far from its label point; with its
    /// address. Nothing in a pack without communities.
    pub(super) fn spot(&self, which: f64, scatter: [f64; 2]) -> Option<(Point, String)> {
        let index = (which * self.spots.len() as f64) as usize;
        let spot = self.spots.get(index.min(self.spots.len().checked_sub(1)?))?;
        let [east, north] = scatter.map(|part| (part - 0.5) * 2.0 * SCATTER_DEGREES);
        Some((Point::new(spot.lon + east, spot.lat + north).ok()?, spot.address.clone()))
    }

    /// Draws what is asked for in the way of `opening`; nothing when the pack has no topic or place for it.
    pub fn request(
        &self,
        pack: &Pack,
        opening: &Opening,
        today: Date,
        chance: &mut impl Rng,
    ) -> Option<OpenCase> {
        let procedure = ProcedureName::from(opening.procedure.as_str());
        let declared = pack.procedure(&procedure, today)?;
        let prefix = drawn(&opening.categories, chance).unwrap_or_default();
        let topics: Vec<&Topic> = self
            .topics
            .get(&procedure)?
            .iter()
            .filter(|topic| topic.code.as_str().starts_with(prefix))
            .collect();
        let topic = *topics.get(chance.random_range(0..topics.len().max(1)))?;
        let spot = self.spots.get(chance.random_range(0..self.spots.len().max(1)))?;
        let mut scatter = || (chance.random::<f64>() - 0.5) * 2.0 * SCATTER_DEGREES;
        let place = GivenPlace {
            lon: Some(spot.lon + scatter()),
            lat: Some(spot.lat + scatter()),
            address: Some(spot.address.clone()),
        };
        let mut said = |texts: &[String]| -> String {
            let text = texts.get(chance.random_range(0..texts.len().max(1))).map_or("", String::as_str);
            text.replace("{place}", &spot.address).replace("{category}", topic.name.trim_end_matches("异常"))
        };
        let (title, text) = (said(&opening.titles), said(&opening.texts));
        let word = |shares, chance: &mut _| drawn(shares, chance).map(str::to_owned);
        let mut form = filled(Some(declared.intake().schema()), &opening.form, chance);
        // What every request says stands beside the form.
        for field in ["title", "text", "place", "category", "level", "kind", "channel", "photos"] {
            form.remove(field);
        }
        Some(OpenCase {
            procedure,
            category: topic.code.clone(),
            level: word(&opening.levels, chance),
            kind: word(&opening.kinds, chance),
            channel: word(&opening.channels, chance),
            title,
            text,
            place: Some(place),
            form: Map::from_iter(form),
            contact: None,
            confidential: chance.random_range(0..1_000) < opening.confidential_per_mille,
            id: None,
        })
    }
}
