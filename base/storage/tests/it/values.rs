//! Every value comes back as it went in.

use baotu_storage::testing::{self, TestStore};
use baotu_storage::{
    DOCUMENT_LEVELS_MAX, Digest, RowError, Store, StoreFault, Value, Work, document_is_storable, params,
    text_is_storable,
};
use baotu_vocabulary::{CaseId, UnitCode};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::given::{NOW, chance};

async fn table(store: &Store) {
    let mut work = Work::new();
    work.run(
        "CREATE TABLE tests_value (
             id BIGINT NOT NULL PRIMARY KEY, i BIGINT, r DOUBLE PRECISION, t TEXT, b BYTEA, j JSONB
         )",
        vec![],
    );
    store.commit(work).await.expect("the table is made");
}

async fn put(store: &Store, id: i64, values: [Value; 5]) -> Result<(), StoreFault> {
    let mut params = params![id];
    params.extend(values);
    let mut work = Work::new();
    work.run("INSERT INTO tests_value (id, i, r, t, b, j) VALUES ($1, $2, $3, $4, $5, $6)", params);
    store.commit(work).await.map(drop).map_err(StoreFault::from)
}

#[tokio::test]
async fn each_kind_survives() {
    for TestStore { store, .. } in &testing::stores().await {
        table(store).await;
        let document = json!({"名": "趵突泉", "n": [1, 2.5, -3, true, null], "空": {}});
        let id = CaseId::new(NOW, chance());
        put(store, 1, [i64::MIN.into(), 0.1.into(), id.into(), vec![0, 255].into(), document.clone().into()])
            .await
            .expect("stored");
        put(
            store,
            2,
            [NOW.into(), f64::MAX.into(), UnitCode::new("城管局").into(), vec![].into(), json!(7).into()],
        )
        .await
        .expect("stored");
        put(store, 3, [Value::Null, Value::Null, Value::Null, Value::Null, Value::Null])
            .await
            .expect("stored");
        put(store, 4, [true.into(), 3.0.into(), Digest::of(b"").into(), vec![1].into(), json!("5").into()])
            .await
            .expect("stored");

        let rows = store.query("SELECT * FROM tests_value ORDER BY id", vec![]).await.expect("rows");
        assert_eq!(rows[0].int("i"), Ok(i64::MIN));
        assert_eq!(rows[0].real("r"), Ok(0.1));
        assert_eq!(rows[0].parse::<CaseId>("t"), Ok(id));
        assert_eq!(rows[0].bytes("b"), Ok(vec![0, 255]));
        assert_eq!(rows[0].json("j"), Ok(document));
        assert_eq!(rows[1].moment("i"), Ok(NOW));
        assert_eq!(rows[1].real("r"), Ok(f64::MAX));
        assert_eq!(rows[1].name::<UnitCode>("t"), Ok(UnitCode::new("城管局")));
        assert_eq!(rows[1].bytes("b"), Ok(vec![]));
        assert_eq!(rows[1].json("j"), Ok(json!(7)));
        assert_eq!(rows[2].opt_int("i"), Ok(None));
        assert_eq!(rows[2].opt_json("j"), Ok(None));
        assert_eq!(rows[2].opt_parse::<CaseId>("t"), Ok(None));
        assert_eq!(rows[3].flag("i"), Ok(true));
        assert_eq!(rows[3].parse::<Digest>("t"), Ok(Digest::of(b"")));
        assert_eq!(rows[3].json("j"), Ok(json!("5")));

        assert_eq!(rows[2].text("t"), Err(RowError::Null("t".to_owned())));
        assert_eq!(rows[0].int("nothing"), Err(RowError::Missing("nothing".to_owned())));
        let wrong = rows[0].int("t").expect_err("a text is no integer");
        assert_eq!(wrong.to_string(), "column “t” holds text where an integer was expected");
        let unreadable = rows[1].parse::<CaseId>("t").expect_err("a name is no id").to_string();
        assert!(unreadable.contains("“t”") && !unreadable.contains("城管局"), "{unreadable}");
    }
}

#[tokio::test]
async fn placeholders_go_by_their_number() {
    for TestStore { store, .. } in &testing::stores().await {
        table(store).await;
        let mut work = Work::new();
        work.run("INSERT INTO tests_value (t, id, i) VALUES ($2, $1, $1)", params![9, "second"]);
        store.commit(work).await.expect("stored");
        let row = store
            .query_one("SELECT id, i, t FROM tests_value WHERE t = $2 AND id = $1", params![9, "second"]);
        assert_eq!(row.await.expect("the row").int("i"), Ok(9));

        let few = store.query("SELECT id FROM tests_value WHERE t = $2 AND id = $1", params![9]).await;
        assert!(matches!(few, Err(StoreFault::Parameters { wanted: 2, given: 1, .. })), "{few:?}");
    }
}

#[tokio::test]
async fn what_one_engine_cannot_keep_no_engine_takes() {
    for TestStore { store, .. } in &testing::stores().await {
        table(store).await;
        assert!(!text_is_storable("a\0b") && text_is_storable("a\u{1}b"));
        for value in
            [Value::from("a\0b"), json!({"k": ["a\0b"]}).into(), json!({"a\0b": 1}).into(), f64::NAN.into()]
        {
            let stored =
                put(store, 1, [Value::Null, Value::Null, value.clone(), Value::Null, Value::Null]).await;
            assert!(matches!(stored, Err(StoreFault::Unstorable(_))), "{value:?}");
            let asked = store.query("SELECT id FROM tests_value WHERE t = $1", vec![value]).await;
            assert!(matches!(asked, Err(StoreFault::Unstorable(_))));
        }
    }
}

/// A document of any depth is refused or can be read again; a log entry that cannot be read would stop its followers.
#[tokio::test]
async fn a_document_is_refused_or_readable() {
    for TestStore { store, .. } in &testing::stores().await {
        table(store).await;
        let deep = |levels| (0..levels).fold(json!("ground"), |document, _| json!([document]));
        for levels in [1, DOCUMENT_LEVELS_MAX] {
            let document = deep(levels);
            assert!(document_is_storable(&document));
            put(
                store,
                levels as i64,
                [Value::Null, Value::Null, Value::Null, Value::Null, document.clone().into()],
            )
            .await
            .expect("stored");
            let row =
                store.query_one("SELECT j FROM tests_value WHERE id = $1", params![levels as i64]).await;
            assert_eq!(row.expect("found").json("j"), Ok(document));
        }
        let document = deep(DOCUMENT_LEVELS_MAX + 1);
        let refused =
            put(store, 0, [Value::Null, Value::Null, Value::Null, Value::Null, document.into()]).await;
        assert!(matches!(refused, Err(StoreFault::Unstorable(_))), "{refused:?}");
    }
}

/// Any text, as a column and inside a document: quotes, controls, emoji, text that looks like a number or like SQL.
#[tokio::test]
async fn any_text_survives() {
    const CASES: u32 = 200;
    let texts = prop_oneof![
        any::<String>(),
        "[\\x01-\\x1f'\"$;%_\\\\]{0,40}",
        "[0-9eE+.\\- ]{0,20}",
        "[趵突泉😀\u{200d}\u{202e}\u{feff}]{0,20}",
    ]
    .prop_map(|text: String| text.replace('\0', ""));
    for TestStore { store, .. } in testing::stores().await {
        table(&store).await;
        let handle = tokio::runtime::Handle::current();
        let texts = texts.clone();
        let survive = move || {
            let mut runner =
                TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(CASES) });
            runner.run(&texts, |text| handle.block_on(text_survives(&store, text)))
        };
        tokio::task::spawn_blocking(survive).await.expect("the runner ends").expect("every text survives");
    }
}

async fn text_survives(store: &Store, text: String) -> Result<(), TestCaseError> {
    let document = json!({ text.clone(): [text.clone()] });
    let mut work = Work::new();
    work.run("DELETE FROM tests_value", vec![]);
    work.run("INSERT INTO tests_value (id, t, j) VALUES (1, $1, $2)", params![&text, &document]);
    store.commit(work).await.expect("stored");
    let row = store
        .query_one("SELECT t, j FROM tests_value WHERE t = $1", params![&text])
        .await
        .expect("found by it");
    prop_assert_eq!(row.text("t"), Ok(text));
    prop_assert_eq!(row.json("j"), Ok(document));
    Ok(())
}
