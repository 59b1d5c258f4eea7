//! What the tests of this crate start from: a clock that ticks by itself, a taker of cases with a real table, the
//! data folder.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};

use baotu_doors::import::{BoxFuture, CaseSink, Field, ImportedCase, ImportedStatus, Mapping, Prepared};
use baotu_storage::{Store, StoreFault, Work, params};
use baotu_vocabulary::{Chance, Moment, Surroundings};

/// 2026-11-24T01:00:00Z, one microsecond later at each look.
pub(crate) struct Ticking(AtomicI64);

impl Ticking {
    pub(crate) fn new() -> Self {
        Self(AtomicI64::new("2026-11-24T01:00:00Z".parse::<Moment>().expect("a time").micros()))
    }
}

/// No two ids of a test process are the same, whichever clock they come from.
static CHANCES: AtomicI64 = AtomicI64::new(0);

impl Surroundings for Ticking {
    fn now(&self) -> Moment {
        Moment::from_micros(self.0.fetch_add(1, Ordering::Relaxed))
    }

    fn chance(&self) -> Chance {
        let mut chance = [0; 10];
        chance[2..].copy_from_slice(&CHANCES.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        chance
    }
}

/// A taker of cases with a table of its own, as the engine of cases has one.
pub(crate) struct Cases(pub(crate) Store);

impl Cases {
    pub(crate) async fn new(store: &Store) -> Self {
        let mut work = Work::new();
        work.run(
            "CREATE TABLE test_case (source TEXT NOT NULL, external_id TEXT NOT NULL, title TEXT NOT NULL,
                 category TEXT NOT NULL, opened_at BIGINT NOT NULL, due_at BIGINT, closed_at BIGINT,
                 status TEXT NOT NULL, unit TEXT, lon DOUBLE PRECISION, lat DOUBLE PRECISION, transfers BIGINT,
                 days BIGINT, anonymous BIGINT, text TEXT, reply TEXT, PRIMARY KEY (source, external_id))",
            Vec::new(),
        );
        store.commit(work).await.expect("the table is made");
        Self(store.clone())
    }

    pub(crate) async fn count(&self, filter: &str) -> i64 {
        let sql = format!("SELECT count(*) AS n FROM test_case WHERE {filter}");
        self.0.query_one(sql, Vec::new()).await.expect("a count").int("n").expect("a number")
    }
}

impl CaseSink for Cases {
    fn prepare<'a>(
        &'a self,
        cases: &'a [ImportedCase],
        _: Moment,
    ) -> BoxFuture<'a, Result<Vec<Prepared>, StoreFault>> {
        Box::pin(async move {
            let Some(first) = cases.first() else { return Ok(Vec::new()) };
            let rows = self
                .0
                .query("SELECT external_id FROM test_case WHERE source = $1", params![first.source.as_str()])
                .await?;
            let known: HashSet<String> =
                rows.iter().map(|row| row.text("external_id")).collect::<Result<_, _>>()?;
            Ok(cases.iter().map(|case| prepared(case, known.contains(&case.external_id))).collect())
        })
    }
}

fn prepared(case: &ImportedCase, is_known: bool) -> Prepared {
    if is_known {
        return Prepared::Known;
    }
    if case.category.as_str() == "no-such-category" {
        return Prepared::Refused { field: Field::Category, reason: "城市没有这个分类".to_owned() };
    }
    let mut work = Work::new();
    let status = match case.status {
        ImportedStatus::Open => "open",
        ImportedStatus::Closed => "closed",
        ImportedStatus::Merged => "merged",
        ImportedStatus::Withdrawn => "withdrawn",
        ImportedStatus::NotAccepted => "not-accepted",
    };
    work.run(
        "INSERT INTO test_case VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        params![
            case.source.as_str(),
            case.external_id.as_str(),
            case.title.as_str(),
            case.category.as_str(),
            case.opened_at,
            case.due_at,
            case.closed_at,
            status,
            case.unit.as_ref().map(|unit| unit.as_str().to_owned()),
            case.position.map(|position| position.lon()),
            case.position.map(|position| position.lat()),
            case.transfers.map(i64::from),
            case.days_to_reply.map(i64::from),
            case.reporter_anonymous.map(i64::from),
            case.text.clone(),
            case.reply.clone()
        ],
    );
    Prepared::New(work)
}

/// A shipped mapping.
pub(crate) fn mapping(name: &str) -> Mapping {
    let path = repository().join("packs/mappings").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Mapping::parse(&text).unwrap_or_else(|problems| panic!("{name}: {problems:?}"))
}

fn repository() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The bytes of a file of the data folder, which is no part of the repository.
///
/// The folder is `BAOTU_DATA`, else `../shared/data` beside the repository. Absent, the test is listed as *not run*,
/// unless `BAOTU_DATA_REQUIRED=1` makes that a failure.
pub(crate) fn data(path: &str) -> Option<Vec<u8>> {
    let folder =
        std::env::var_os("BAOTU_DATA").map_or_else(|| repository().join("../shared/data"), PathBuf::from);
    match std::fs::read(folder.join(path)) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let is_required = std::env::var("BAOTU_DATA_REQUIRED").is_ok_and(|value| value == "1");
            assert!(!is_required, "BAOTU_DATA_REQUIRED=1, but {path} of BAOTU_DATA is missing: {error}");
            println!("not run: {path} of BAOTU_DATA is missing ({error})");
            None
        }
    }
}
