//! A city: the engines wired together over one store with one pack, its routes, and what runs without being asked.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use baotu_access::http::{answer_once, answer_with_problems};
use baotu_access::{AccessParts, AccessSettings, AccessState, Failure, Keys};
use baotu_cases::service::SWEEP_ROWS;
use baotu_cases::{Cases, CasesParts, Search};
use baotu_doors::open311::{self, Open311, Open311Parts, Services};
use baotu_geo::contracts::GeoFacts;
use baotu_geo::http::GeoState;
use baotu_geo::{Atlas, BaseMap, GeoLive, GeoPast, PlaceProblem, Places};
use baotu_notices::config::NoticesConfig;
use baotu_notices::http::NoticesState;
use baotu_notices::{Notices, Parts};
use baotu_observations::http::ThingsState;
use baotu_pack::Pack;
use baotu_storage::{EVENTS_MAX, Position, Store, StoreConfig, StoreFault};
use baotu_vocabulary::{Contracts, Moment, Surroundings};
use jiff::civil::Date;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::about::{self, AboutState, Demo};
use crate::health::{self, Figures, Readiness};
use crate::pack_desk::{self, PackDeskState};
use crate::published::{Keys as ApiKeys, PublishedCases};
use crate::reactions::Reactions;
use crate::sensing::Sensing;
use crate::wiring::{CasesThen, CityActions, CityFacts, ContactBook, PlaceFacts, open_case, templates};

/// The file in the data folder that holds the key of sealed personal data.
pub const KEY_FILE: &str = "personal-data.key";

/// The folder in the data folder that holds the index of words; it can be made again from the log.
const SEARCH_FOLDER: &str = "search";

/// How often lines of the audit trail are chained.
const AUDIT_SEALING: Duration = Duration::from_secs(3);
/// How often what has served its time is forgotten.
const FORGETTING: Duration = Duration::from_secs(3_600);
/// How long the live map waits for more when something was said.
const GATHERING: Duration = Duration::from_millis(50);
/// How often commands that wait are tried again, and those that were not answered given up.
const COMMANDING: Duration = Duration::from_secs(1);
/// How often it is written down when things were heard and what was odd about them.
const WRITING_DOWN: Duration = Duration::from_secs(10);
/// How often days of readings that are over go to the lake.
const KEEPING_UP: Duration = Duration::from_secs(900);
/// How often hours of readings that are over are sealed.
const SEALING: Duration = Duration::from_secs(60);
/// How long a worker sleeps when there is nothing to do.
const RESTING: Duration = Duration::from_millis(500);

/// What the engines of this binary say, answer and can be asked: what a pack's reactions are checked against.
pub fn contracts() -> Contracts {
    baotu_cases::contracts::contracts()
        .and(baotu_geo::contracts::contracts())
        .and(baotu_notices::contracts::contracts())
        .and(baotu_observations::contracts::contracts())
        .and(baotu_rules::contracts::contracts())
        .and(crate::methods::contracts())
}

/// What a city is founded on.
pub struct Founding<'a> {
    /// The database and the blobs.
    pub store: StoreConfig,
    /// The data folder: keys and caches.
    pub data: &'a Path,
    /// The pack.
    pub pack: Pack,
    /// Time and chance.
    pub surroundings: Arc<dyn Surroundings>,
    /// How much faster than the machine's clock its time may run.
    pub speed: u32,
    /// How strict access is.
    pub access: AccessSettings,
    /// How messages leave the house; by default they do not.
    pub notices: NoticesConfig,
    /// Under which address programs outside reach it.
    pub public_url: String,
}

/// Something that a city does by itself from time to time.
type Work = fn(City) -> Pin<Box<dyn Future<Output = Result<(), StoreFault>> + Send>>;

/// A city in one process; clones share it.
#[derive(Clone)]
pub struct City {
    /// Its declarations.
    pub pack: Pack,
    /// Where everything is kept.
    pub store: Store,
    /// Who is there, and who may do what.
    pub access: AccessState,
    /// Its places.
    pub atlas: Arc<Atlas>,
    /// What people ask of it.
    pub cases: Cases,
    /// What it tells people.
    pub notices: Notices,
    /// Its things and the doors by which they speak.
    pub sensing: Sensing,
    /// Time and chance.
    pub surroundings: Arc<dyn Surroundings>,
    /// What still has to be done before it is ready.
    pub readiness: Readiness,
    /// What a demo city tells of itself; its play then does what becomes due.
    pub demo: Option<Arc<Demo>>,
    base_map: Arc<BaseMap>,
    live: Arc<GeoLive>,
    past: Arc<GeoPast>,
    /// Up to where in the log the live layer knows.
    live_from: Position,
    services: Services,
    public_url: String,
    founded_at: Moment,
    reactions: Arc<Reactions>,
}

impl City {
    /// Opens the store, brings its tables to this version and wires the engines.
    ///
    /// # Errors
    /// When the database, the key file or a declaration cannot be used.
    pub async fn found(founding: Founding<'_>) -> anyhow::Result<Self> {
        let Founding { store, data, pack, surroundings, speed, access, notices, public_url } = founding;
        std::fs::create_dir_all(data).with_context(|| format!("建不了数据文件夹 {}", data.display()))?;
        let store = Store::open(&store).await.context("打不开数据库")?;
        store.migrate(surroundings.now()).await.context("数据库升级没有完成")?;
        let keys = Keys::load_or_make(&data.join(KEY_FILE), &crate::surroundings::RealSurroundings)?;
        let access = AccessState::new(AccessParts {
            store: store.clone(),
            keys,
            roles: pack.roles(),
            units: pack.units().all(),
            posts: pack.units().posts(),
            surroundings: Arc::clone(&surroundings),
            settings: access,
        });
        let (atlas, _) = atlas_of(&pack, pack.calendar().date_of(surroundings.now()));
        let atlas = Arc::new(atlas);
        let contact_book = ContactBook { access: access.clone(), pack: pack.clone() };
        let parts = Parts {
            store: store.clone(),
            templates: templates(&pack)?,
            addresses: Arc::new(contact_book),
            surroundings: Arc::clone(&surroundings),
            zone: pack.calendar().zone().clone(),
        };
        let notices = match Notices::new(parts, &notices) {
            Ok(notices) => notices,
            Err(problems) => {
                let told: Vec<String> = problems
                    .iter()
                    .map(|problem| format!("{}: {}", problem.place, problem.message))
                    .collect();
                bail!("通知渠道的设置有误：\n{}", told.join("\n"));
            }
        };
        let sensing = Sensing::open(&store, data, &pack, (&access, &atlas), &surroundings).await?;
        let places = PlaceFacts(GeoFacts(Arc::clone(&atlas)));
        let cases = Cases::new(CasesParts {
            store: store.clone(),
            access: access.clone(),
            pack: pack.clone(),
            facts: Arc::new(places),
            search: Search::open(&data.join(SEARCH_FOLDER)).context("打不开全文索引")?,
        });
        let facts = CityFacts {
            geo: GeoFacts(Arc::clone(&atlas)),
            cases: cases.clone(),
            things: sensing.things.clone(),
            rules: sensing.rules.clone(),
        };
        let actions = CityActions {
            cases: cases.clone(),
            notices: notices.clone(),
            surroundings: Arc::clone(&surroundings),
        };
        let reactions = Reactions::new(
            pack.clone(),
            store.clone(),
            Arc::new(facts),
            Arc::new(actions),
            Arc::clone(&surroundings),
            speed,
        );
        let today = pack.calendar().date_of(surroundings.now());
        let services = Services::of(&pack, today).map_err(|problems| {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("Open311 服务有误：\n{}", told.join("\n"))
        })?;
        // What is open is read after the log's end was: what happens in between is told twice rather than never.
        let live_from = store.last_position().await?;
        let live = Arc::new(GeoLive::new(Arc::clone(&atlas), levels(&pack, today)));
        live.restore(cases.placed_open(None).await.map_err(told)?.into_iter().map(open_case));
        let then = Arc::new(CasesThen(cases.clone()));
        let past = Arc::new(GeoPast::new(Arc::clone(&atlas), levels(&pack, today), then));
        Ok(Self {
            base_map: Arc::new(BaseMap::new(Arc::clone(&atlas))),
            live,
            past,
            live_from,
            services,
            public_url,
            founded_at: surroundings.now(),
            reactions: Arc::new(reactions),
            readiness: Readiness::default(),
            demo: None,
            pack,
            store,
            access,
            atlas,
            cases,
            notices,
            sensing,
            surroundings,
        })
    }

    /// Every route of the city but the screens, with their description.
    fn api(&self) -> OpenApiRouter {
        let geo = GeoState {
            atlas: Arc::clone(&self.atlas),
            base_map: Arc::clone(&self.base_map),
            live: Arc::clone(&self.live),
            past: Arc::clone(&self.past),
            access: self.access.clone(),
        };
        let notices = NoticesState { notices: self.notices.clone(), access: self.access.clone() };
        let things = ThingsState { things: self.sensing.things.clone(), access: self.access.clone() };
        let about =
            AboutState { pack: self.pack.clone(), access: self.access.clone(), demo: self.demo.clone() };
        let pack_desk =
            PackDeskState { pack: self.pack.clone(), access: self.access.clone(), cases: self.cases.clone() };
        OpenApiRouter::with_openapi(Description::openapi())
            .merge(baotu_access::http::routes(self.access.clone()))
            .merge(baotu_cases::http::routes(self.cases.clone()))
            .merge(baotu_geo::http::routes(geo))
            .merge(baotu_notices::http::routes(notices))
            .merge(baotu_observations::http::routes(things))
            .merge(baotu_rules::http::routes(self.sensing.rules.clone()))
            .merge(about::routes(about))
            .merge(pack_desk::routes(pack_desk))
    }

    /// The description of the interface, OpenAPI 3.1.
    pub fn description(&self) -> utoipa::openapi::OpenApi {
        self.api().split_for_parts().1
    }

    /// The Open311 door; its services were checked when the city was founded.
    fn open311(&self) -> Router {
        let city = self.pack.city();
        let parts = Open311Parts {
            services: self.services.clone(),
            jurisdiction_id: city.jurisdiction_id.clone(),
            public_url: self.public_url.clone(),
            contact: city.title.clone(),
            key_service: format!("{}/desk", self.public_url),
            changed_at: self.founded_at,
            requests: Arc::new(PublishedCases(self.cases.clone())),
            keys: Arc::new(ApiKeys(self.access.clone())),
            surroundings: Arc::clone(&self.surroundings),
        };
        open311::routes(Open311::new(parts))
    }

    /// Everything the city answers.
    pub fn routes(&self) -> Router {
        let (api, description) = self.api().split_for_parts();
        let description = Arc::new(description);
        api.route("/api/openapi.json", get(async move || axum::Json(description.as_ref().clone())))
            .layer(from_fn_with_state(self.access.clone(), answer_once))
            .merge(self.open311())
            .merge(baotu_doors::sensing::http::routes(self.sensing.intake()))
            .merge(health::router(self.store.clone(), self.readiness.clone(), Figures::gather()))
            .merge(baotu_web::router())
            .layer(from_fn(answer_with_problems))
            .layer(PropagateRequestIdLayer::x_request_id())
            .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
    }

    /// Starts what runs without being asked, until `stop`. In a demo city the play does what becomes due, in the city's
    /// own time.
    pub fn live(&self, stop: &CancellationToken) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        // A year that was announced since the last start moves what was due provisionally.
        let city = self.clone();
        tasks.spawn(async move {
            match city.cases.recompute_provisional(city.surroundings.now()).await {
                Ok(0) => {}
                Ok(moved) => tracing::info!(moved, "due times follow the calendar that was announced"),
                Err(fault) => {
                    let fault: &dyn std::error::Error = &fault;
                    tracing::error!(fault, "due times were not computed again");
                }
            }
        });
        if self.demo.is_none() {
            let (city, told) = (self.clone(), stop.clone());
            tasks.spawn(async move { city.reactions.run(told).await });
            self.repeat(&mut tasks, stop, "notices", RESTING, |city| {
                Box::pin(async move { city.deliver().await })
            });
            self.repeat(&mut tasks, stop, "clocks", RESTING, |city| {
                Box::pin(async move { city.sweep().await })
            });
        }
        self.repeat(&mut tasks, stop, "commands", COMMANDING, |city| {
            Box::pin(async move {
                let things = &city.sensing.things;
                things.carry_all_waiting().await?;
                things.expire_commands(things.now()).await.map(drop)
            })
        });
        self.repeat(&mut tasks, stop, "things", WRITING_DOWN, |city| {
            Box::pin(async move { city.sensing.things.write_down().await })
        });
        self.repeat(&mut tasks, stop, "readings", SEALING, |city| {
            Box::pin(async move {
                let things = &city.sensing.things;
                if let Err(fault) = things.readings().seal(things.now()).await {
                    tracing::error!(
                        fault = &fault as &dyn std::error::Error,
                        "hours that are over were not sealed"
                    );
                }
                Ok(())
            })
        });
        self.repeat(&mut tasks, stop, "lake", KEEPING_UP, |city| {
            Box::pin(async move {
                let things = &city.sensing.things;
                if let Err(fault) = things.keep_up(things.now()).await {
                    tracing::error!(
                        fault = &fault as &dyn std::error::Error,
                        "days of readings did not go to the lake"
                    );
                }
                Ok(())
            })
        });
        self.repeat(&mut tasks, stop, "audit", AUDIT_SEALING, |city| {
            Box::pin(async move { city.access.seal_audit().await.map(drop) })
        });
        self.repeat(&mut tasks, stop, "forgetting", FORGETTING, |city| {
            Box::pin(async move {
                city.access.forget_old_answers().await?;
                city.access.forget_ended_sessions().await?;
                city.cases.forget_old_standings().await?;
                Ok(())
            })
        });
        let (city, told) = (self.clone(), stop.clone());
        tasks.spawn(async move { city.sensing.rules.run(told.cancelled()).await });
        let (city, told) = (self.clone(), stop.clone());
        tasks.spawn(async move { city.follow_with_the_map(told).await });
        let (city, told) = (self.clone(), stop.clone());
        tasks.spawn(async move {
            let (ended, end) = tokio::sync::watch::channel(false);
            let following = city.cases.search_index().run(&city.store, end);
            let ending = async {
                told.cancelled().await;
                ended.send_replace(true);
            };
            tokio::join!(following, ending);
        });
        tasks
    }

    /// Does everything that is due now: clocks, reactions, deliveries. For simulated time and for tests.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn settle(&self) -> Result<(), StoreFault> {
        self.sweep().await?;
        self.reactions.settle().await?;
        self.deliver().await
    }

    /// Lets time act on the cases that are due.
    async fn sweep(&self) -> Result<(), StoreFault> {
        while self.cases.sweep_due(self.surroundings.now(), SWEEP_ROWS).await?.acted > 0 {}
        Ok(())
    }

    /// Does `work` over and over with a pause between, until `stop`; a fault is told and the work goes on.
    fn repeat(
        &self,
        tasks: &mut JoinSet<()>,
        stop: &CancellationToken,
        what: &'static str,
        pause: Duration,
        work: Work,
    ) {
        let (city, stop) = (self.clone(), stop.clone());
        tasks.spawn(async move {
            while !stop.is_cancelled() {
                if let Err(fault) = work(city.clone()).await {
                    let fault: &dyn std::error::Error = &fault;
                    tracing::error!(what, fault, "work that runs by itself failed");
                }
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = stop.cancelled() => {}
                }
            }
        });
    }

    async fn deliver(&self) -> Result<(), StoreFault> {
        let worker = format!("city-{}", std::process::id());
        while self.notices.deliver_due(&worker).await? > 0 {}
        Ok(())
    }

    /// Keeps the live layer of the map up with the log.
    async fn follow_with_the_map(&self, stop: CancellationToken) {
        let mut at = self.live_from;
        while !stop.is_cancelled() {
            let next = async {
                if self.store.wait_for_events(at, RESTING).await? {
                    tokio::time::sleep(GATHERING).await;
                }
                let end = self.store.last_position().await?;
                self.store.events_of_kind_after("cases.", at, EVENTS_MAX).await.map(|events| (events, end))
            };
            match next.await {
                Ok((events, end)) => {
                    if events.is_empty() {
                        // What others said is passed over, or waiting for more would end at once for ever.
                        at = at.max(end);
                    }
                    for logged in events {
                        self.live.apply(&logged.event);
                        at = logged.position;
                    }
                }
                Err(fault) => {
                    tracing::error!(fault = &fault as &dyn std::error::Error, "the live map pauses");
                    tokio::time::sleep(RESTING).await;
                }
            }
        }
    }
}

/// The places of a pack, with what is wrong with them.
pub fn atlas_of(pack: &Pack, today: Date) -> (Atlas, Vec<PlaceProblem>) {
    let (places, mut problems) = Places::from_pack(pack);
    let (atlas, more) = Atlas::build(places, today);
    problems.extend(more);
    (atlas, problems)
}

/// The levels of all procedures, mildest first.
fn levels(pack: &Pack, today: Date) -> Vec<String> {
    let mut levels: Vec<String> = Vec::new();
    for procedure in pack.procedures(today) {
        for level in &procedure.head().levels {
            if !levels.contains(level) {
                levels.push(level.clone());
            }
        }
    }
    levels
}

/// A fault in words, for a command that ends with it.
pub(crate) fn told<R: std::fmt::Display>(failure: Failure<R>) -> anyhow::Error {
    match failure {
        Failure::Refused(refused) => anyhow::anyhow!("{refused}"),
        Failure::Fault(fault) => anyhow::anyhow!(fault),
    }
}

#[derive(OpenApi)]
#[openapi(info(
    title = "Baotu",
    description = "The interface of a city: cases, places, notices, people. Refusals are application/problem+json (RFC 9457); every POST takes an Idempotency-Key."
))]
struct Description;
