//! Things in the city: the register and its readings wired to the doors by which things speak.
//!
//! | file | what it holds |
//! |---|---|
//! | `entry` | what HJ 212 and POST bring to the register |
//! | `mqtt` | what the broker brings to it: topics, rights, acknowledgements |
//! | `carrying` | commands on their way to whatever connection a thing has |
//! | `elsewhere` | a broker elsewhere to which things publish |
//! | `watching` | rules watch what is stored |
//! | `doors` | the sockets on which things connect |

mod carrying;
pub mod doors;
pub mod elsewhere;
mod entry;
mod mqtt;
mod watching;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use baotu_access::AccessState;
use baotu_doors::hj212_tcp::Hj212Door;
use baotu_doors::mqtt::{Broker, BrokerParts, Limits};
use baotu_doors::sensing::Intake;
use baotu_geo::Atlas;
use baotu_geo::contracts::GeoFacts;
use baotu_observations::{Parts, Readings, Things};
use baotu_pack::Pack;
use baotu_rules::{Rules, RulesParts};
use baotu_storage::Store;
use baotu_vocabulary::Surroundings;

use crate::methods::CityMethods;
use carrying::Lines;
use entry::Entry;
use mqtt::Topics;
use watching::{Past, Watching, watched};

/// The folder in the data folder that holds the readings, those in the lake among them.
pub(crate) const READINGS_FOLDER: &str = "readings";

/// The things of a city and their doors. Cheap to clone.
#[derive(Clone)]
pub struct Sensing {
    /// The register and the readings.
    pub things: Things,
    /// HJ 212 over TCP.
    pub hj212: Hj212Door,
    /// MQTT.
    pub broker: Broker,
    /// The rules that watch.
    pub rules: Rules,
    entry: Arc<Entry>,
}

impl Sensing {
    /// Opens the register and the readings; the doors are not open yet.
    ///
    /// # Errors
    /// When the database or a file of readings cannot be used.
    pub async fn open(
        store: &Store,
        data: &Path,
        pack: &Pack,
        (access, atlas): (&AccessState, &Arc<Atlas>),
        surroundings: &Arc<dyn Surroundings>,
    ) -> anyhow::Result<Self> {
        let folder = data.join(READINGS_FOLDER);
        let opening = tokio::task::spawn_blocking(move || Readings::open(&folder));
        let readings = opening.await.context("读数没有打开")?.context("打不开读数文件夹")?;
        let things = Things::open(Parts {
            store: store.clone(),
            pack: pack.clone(),
            readings,
            surroundings: Arc::clone(surroundings),
            methods: Arc::new(CityMethods),
            facts: Arc::new(GeoFacts(Arc::clone(atlas))),
        })
        .await?;
        let rules = Rules::new(RulesParts {
            store: store.clone(),
            access: access.clone(),
            pack: pack.clone(),
            history: Arc::new(Past(things.readings().clone())),
        });
        things.all().iter().filter_map(|standing| watched(standing, atlas)).for_each(|one| rules.watch(one));
        let recovered = rules.recover().await.context("报警规则没有恢复")?;
        if recovered.since.is_some() {
            tracing::info!(
                open = recovered.open,
                readings = recovered.readings,
                "rules go on where they were left"
            );
        }
        let watching = Arc::new(Watching::new(rules.clone(), Arc::clone(atlas)));
        things.tell(Arc::clone(&watching) as _);
        let entry = Arc::new(Entry::new(things.clone()));
        let topics = Arc::new(Topics::new(Arc::clone(&entry)));
        let broker = Broker::new(BrokerParts {
            gate: Arc::clone(&topics) as _,
            sink: topics,
            surroundings: Arc::clone(surroundings),
            limits: Limits::default(),
        });
        let hj212 = Hj212Door::new(Arc::clone(&entry) as Arc<dyn Intake>);
        things.carry_by(Arc::new(Lines {
            broker: broker.clone(),
            hj212: hj212.clone(),
            things: things.clone(),
        }));
        watching.broker.set(broker.clone()).ok();
        Ok(Self { things, hj212, broker, rules, entry })
    }

    /// Where doors bring what things say.
    pub fn intake(&self) -> Arc<dyn Intake> {
        Arc::clone(&self.entry) as _
    }
}
