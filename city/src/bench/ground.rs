//! A city to be measured: founded in a place of its own, filled, opened on a loopback port, cleared away afterwards.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use baotu_access::{AccessSettings, PasswordCost};
use baotu_notices::config::NoticesConfig;
use baotu_storage::{Database, Store, StoreConfig, Work};
use baotu_vocabulary::{RoleName, Surroundings, UnitCode};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use tempfile::TempDir;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::cases::Choices;
use super::client::{Line, Token};
use super::history::{BACKLOG_HOURS, HISTORY_DAYS, History, handling_units};
use super::lifecycle::{ACTS, AGENT, DISPATCHER, HANDLER, Handling, PROCEDURE, People, RECEIVER};
use super::load::{Figures, Load};
use super::looks::{self, LOOKS};
use super::requests::Requests;
use crate::city::{City, Founding, told};
use crate::demo::accounts::PASSWORD;
use crate::demo::people::{Cast, Official};
use crate::listening::Door;
use crate::surroundings::{SimulatedSurroundings, real_now};

/// Units that are put in charge at most: each of their officials signs in before anything is measured.
const UNITS_MAX: usize = 40;

/// A city that answers.
pub(super) struct Ground {
    /// Cases that were stored before anything was measured.
    pub(super) stored: u64,
    people: Arc<Vec<People>>,
    requests: Arc<Requests>,
    /// Turns begun in earlier rounds: no two draw the same request.
    turns: u64,
    /// Numbers of stored cases; drawn when first needed.
    sample: Arc<[String]>,
    running: Running,
    place: Place,
}

/// What was written before anything was measured, and how long it took.
pub(super) struct Filled {
    pub(super) open: u64,
    pub(super) storing: Duration,
    pub(super) indexing: Duration,
}

/// Where a measured city keeps its things.
struct Place {
    folder: TempDir,
    /// The server and the schema made on it.
    schema: Option<(String, String)>,
}

/// What runs of a city.
struct Running {
    stop: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
    living: JoinSet<()>,
}

impl Ground {
    /// Founds a city with `stored` cases and opens it to `choices.clients` clients.
    pub(super) async fn found(choices: &Choices, stored: u64) -> anyhow::Result<(Self, Filled)> {
        let place = Place::make(choices, stored).await?;
        let founded = Self::found_in(&place, choices, stored).await;
        match founded {
            Ok((people, requests, running, filled)) => {
                let people = Arc::new(people);
                Ok((
                    Self { stored, people, requests, turns: 0, sample: Arc::default(), running, place },
                    filled,
                ))
            }
            Err(error) => {
                place.clear().await?;
                Err(error)
            }
        }
    }

    async fn found_in(
        place: &Place,
        choices: &Choices,
        stored: u64,
    ) -> anyhow::Result<(Vec<People>, Arc<Requests>, Running, Filled)> {
        let begun = real_now().plus_seconds(-BACKLOG_HOURS * 3_600);
        let surroundings = Arc::new(SimulatedSurroundings::new(begun, stored));
        let city = place.found(choices, &surroundings).await?;
        let today = city.pack.calendar().date_of(begun);
        let procedure = PROCEDURE.into();
        ensure!(
            city.pack.procedure(&procedure, today).is_some(),
            "城市包没有“{PROCEDURE}”流程；压测办的是 12345 热线工单"
        );
        let requests = Arc::new(Requests::of(&city.pack, &city.atlas, &choices.habits, &procedure, today)?);
        let cast = Cast::of(&city.pack, stored);
        let hash = city.access.hash_password(PASSWORD.to_owned()).await.map_err(told)?;
        city.access.seed(cast.seed(), &hash).await.map_err(told)?;

        let storing = Instant::now();
        let units: Arc<[UnitCode]> = handling_units(&cast, UNITS_MAX).into();
        let history = History {
            city: city.clone(),
            requests: Arc::clone(&requests),
            units: Arc::clone(&units),
            surroundings: Arc::clone(&surroundings),
        };
        let open = history.write(stored, &cast).await?;
        // A server gathers the statistics of its tables by itself, but not at once.
        if choices.database.is_some() {
            let mut work = Work::new();
            work.run("ANALYZE", Vec::new());
            city.store.commit(work).await?;
        }
        let storing = storing.elapsed();
        drop((history, city));

        // Opened anew, as after a restart: what follows the log begins at its end.
        surroundings.move_to(real_now());
        surroundings.run(1.0);
        let city = place.found(choices, &surroundings).await?;
        let indexing = Instant::now();
        city.cases.search_index().catch_up(&city.store).await?;
        let indexing = indexing.elapsed();
        city.settle().await?;
        let door = Door::bind(([127, 0, 0, 1], 0).into()).await?;
        let address = format!("http://{}", door.address);
        let stop = CancellationToken::new();
        let living = city.live(&stop);
        let serving = tokio::spawn(door.answer(city.routes(), stop.clone()));
        let running = Running { stop, serving, living };
        let people = signed_in(&address, choices.clients, &cast, &units).await;
        match people {
            Ok(people) => Ok((people, requests, running, Filled { open, storing, indexing })),
            Err(error) => {
                running.end().await?;
                Err(error)
            }
        }
    }

    /// Lets the clients live through cases for a while.
    pub(super) async fn lifecycles(&mut self, during: Duration) -> anyhow::Result<Figures<{ ACTS.len() }>> {
        let (people, requests) = (Arc::clone(&self.people), Arc::clone(&self.requests));
        let turn = move |client: usize, turn: u64| {
            let (people, requests) = (Arc::clone(&people), Arc::clone(&requests));
            async move { people[client].live(&requests, turn, ChaCha12Rng::seed_from_u64(turn)).await }
        };
        self.turns(during, turn).await
    }

    /// Lets the dispatchers look at what is stored for a while.
    pub(super) async fn looks(&mut self, during: Duration) -> anyhow::Result<Figures<{ LOOKS.len() }>> {
        if self.sample.is_empty() {
            self.sample = looks::sample(&self.people[0], HISTORY_DAYS).await?.into();
        }
        let (people, requests) = (Arc::clone(&self.people), Arc::clone(&self.requests));
        let sample = Arc::clone(&self.sample);
        let turn = move |client: usize, turn: u64| {
            let (people, requests, sample) =
                (Arc::clone(&people), Arc::clone(&requests), Arc::clone(&sample));
            async move { people[client].look(&requests, &sample, ChaCha12Rng::seed_from_u64(turn)).await }
        };
        self.turns(during, turn).await
    }

    async fn turns<const ACTS: usize, Turn>(
        &mut self,
        during: Duration,
        turn: impl Fn(usize, u64) -> Turn + Send + Sync + 'static,
    ) -> anyhow::Result<Figures<ACTS>>
    where
        Turn: Future<Output = anyhow::Result<[Duration; ACTS]>> + Send,
    {
        let before = self.turns;
        let load = Load { clients: self.people.len(), during };
        let figures = load.run(move |client, number| turn(client, before + number)).await?;
        self.turns += u64::try_from(figures.turns)?;
        Ok(figures)
    }

    /// Ends the city and removes everything that it has stored.
    pub(super) async fn clear(self) -> anyhow::Result<()> {
        let Self { people, requests, running, place, .. } = self;
        // The clients hang up first: the city waits for open connections.
        drop((people, requests));
        running.end().await?;
        place.clear().await
    }
}

impl Running {
    async fn end(mut self) -> anyhow::Result<()> {
        self.stop.cancel();
        self.serving.await??;
        while self.living.join_next().await.is_some() {}
        Ok(())
    }
}

impl Place {
    async fn make(choices: &Choices, stored: u64) -> anyhow::Result<Self> {
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix("baotu-bench-");
        let folder = match &choices.folder {
            Some(folder) => builder.tempdir_in(folder),
            None => builder.tempdir(),
        };
        let folder = folder.context("建不了临时数据文件夹")?;
        let schema = match &choices.database {
            Some(url) => {
                let name = format!("baotu_bench_{}_{stored}", std::process::id());
                on_server(url, folder.path(), format!("CREATE SCHEMA {name}")).await?;
                Some((url.clone(), name))
            }
            None => None,
        };
        Ok(Self { folder, schema })
    }

    async fn found(
        &self,
        choices: &Choices,
        surroundings: &Arc<SimulatedSurroundings>,
    ) -> anyhow::Result<City> {
        let data = self.folder.path();
        let store = match &self.schema {
            Some((url, schema)) => {
                let joint = if url.contains('?') { '&' } else { '?' };
                let url = format!("{url}{joint}options=-csearch_path%3D{schema}");
                StoreConfig::new(Database::Postgres(url), data.join("blobs"))
            }
            None => StoreConfig::embedded(data),
        };
        City::found(Founding {
            store,
            data,
            pack: choices.pack.clone(),
            surroundings: Arc::clone(surroundings) as Arc<dyn Surroundings>,
            speed: 1,
            access: AccessSettings {
                // Signing in is not what is measured, and thousands share the password.
                password_cost: PasswordCost::CHEAPEST,
                session_idle_seconds: u32::MAX,
                session_seconds: u32::MAX,
                secure_cookie: false,
                ..AccessSettings::default()
            },
            notices: NoticesConfig::default(),
            public_url: String::new(),
        })
        .await
    }

    async fn clear(self) -> anyhow::Result<()> {
        if let Some((url, schema)) = &self.schema {
            on_server(url, self.folder.path(), format!("DROP SCHEMA {schema} CASCADE")).await?;
        }
        self.folder.close().context("临时数据文件夹没有删净")
    }
}

/// Runs one statement on the server, outside of any city.
async fn on_server(url: &str, folder: &Path, statement: String) -> anyhow::Result<()> {
    let config = StoreConfig::new(Database::Postgres(url.to_owned()), folder.join("blobs"));
    let store = Store::open(&config).await.context("打不开压测用的数据库")?;
    let mut work = Work::new();
    work.run(statement, Vec::new());
    store.commit(work).await.context("压测用的数据库不能新建或删除模式（schema）")?;
    Ok(())
}

/// Signs in everybody who takes part: for each client a line, a resident, an agent and a dispatcher, and the officials
/// of the units for all.
async fn signed_in(
    address: &str,
    clients: usize,
    cast: &Cast,
    units: &[UnitCode],
) -> anyhow::Result<Vec<People>> {
    let mut chance = ChaCha12Rng::seed_from_u64(0);
    let line = Line::to(address);
    let mut handling = Vec::with_capacity(units.len());
    for unit in units {
        let of = std::slice::from_ref(unit);
        handling.push(Handling {
            unit: unit.clone(),
            receiver: official(&line, cast, RECEIVER, of, &mut chance).await?,
            handler: official(&line, cast, HANDLER, of, &mut chance).await?,
        });
    }
    let mut people = Vec::with_capacity(clients);
    for client in 0..clients {
        let line = Line::to(address);
        let resident = &cast.residents[client % cast.residents.len()];
        people.push(People {
            resident: line.sign_in(&resident.user, PASSWORD).await?,
            agent: official(&line, cast, AGENT, &[], &mut chance).await?,
            dispatcher: official(&line, cast, DISPATCHER, &[], &mut chance).await?,
            units: handling.clone(),
            line,
        });
    }
    Ok(people)
}

async fn official(
    line: &Line,
    cast: &Cast,
    role: &str,
    units: &[UnitCode],
    chance: &mut impl Rng,
) -> anyhow::Result<Token> {
    let found: Option<&Official> = cast.somebody(&RoleName::from(role), units, chance);
    let official = found.with_context(|| format!("没有人担任 {role}"))?;
    line.sign_in(&official.user, PASSWORD).await
}
