//! Things in the city: the register and its readings wired to the doors by which things speak.
//!
//! | file | what it holds |
//! |---|---|
//! | `entry` | what HJ 212 and POST bring to the register |
//! | `mqtt` | what the broker brings to it: topics, rights, acknowledgements |
//! | `carrying` | commands on their way to whatever connection a thing has |
//! | `doors` | the sockets on which things connect |

mod carrying;
pub mod doors;
mod entry;
mod mqtt;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use baotu_doors::hj212_tcp::Hj212Door;
use baotu_doors::mqtt::{Broker, BrokerParts, Limits};
use baotu_doors::sensing::Intake;
use baotu_observations::{Parts, Readings, Things};
use baotu_pack::Pack;
use baotu_storage::Store;
use baotu_vocabulary::Surroundings;

use crate::methods::CityMethods;
use carrying::Lines;
use entry::Entry;
use mqtt::Topics;

/// The folder in the data folder that holds the readings of the last days.
const READINGS_FOLDER: &str = "readings";

/// The things of a city and their doors. Cheap to clone.
#[derive(Clone)]
pub struct Sensing {
    /// The register and the readings.
    pub things: Things,
    /// HJ 212 over TCP.
    pub hj212: Hj212Door,
    /// MQTT.
    pub broker: Broker,
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
        })
        .await?;
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
        Ok(Self { things, hj212, broker, entry })
    }

    /// Where doors bring what things say.
    pub fn intake(&self) -> Arc<dyn Intake> {
        Arc::clone(&self.entry) as _
    }
}
