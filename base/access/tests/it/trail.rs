//! The audit trail: its seals fit, and whatever is done to it behind our back shows.

use baotu_access::{AuditHead, AuditLine};
use baotu_storage::testing::{TestStore, stores};
use baotu_storage::{Value, Work, params};
use baotu_vocabulary::Actor;
use serde_json::json;

use crate::given::City;

/// A city with nine lines in its trail, sealed.
async fn written(test: &TestStore) -> City {
    let city = City::on(&test.store);
    let reader = city.actor("zhao", Some("lixia.dispatcher")).await.with_purpose("call-back");
    let person = reader.person().expect("a person");
    let already = city.access.seal_audit().await.expect("sealed");
    for number in already..9 {
        let mut work = Work::new();
        let line = AuditLine::new("cases.read-personal", "case", number).concerning(person);
        city.access.audit(&mut work, &reader, line.with(json!({ "fields": ["phone"] })));
        test.store.commit(work).await.expect("written");
        city.clock.pass_seconds(1);
    }
    assert_eq!(city.access.seal_audit().await.expect("sealed") + already, 9);
    city
}

/// Does to the tables what no code of ours does.
async fn tamper(test: &TestStore, sql: &'static str, params: Vec<Value>) {
    let mut work = Work::new();
    work.run(sql, params);
    test.store.commit(work).await.expect("the tables let it happen");
}

#[tokio::test]
async fn an_untouched_trail_fits() {
    for test in stores().await {
        let city = written(&test).await;
        let verified = city.access.verify_audit(None).await.expect("verified");
        assert_eq!((verified.sealed, verified.waiting, verified.broken_at), (9, 0, None));
        let mut work = Work::new();
        city.access.audit(&mut work, &Actor::city("clock"), AuditLine::new("cases.warn", "case", "1"));
        test.store.commit(work).await.expect("written");
        let verified = city.access.verify_audit(verified.head.as_ref()).await.expect("verified");
        assert_eq!((verified.sealed, verified.waiting, verified.broken_at), (9, 1, None));
        assert_eq!(city.access.seal_audit().await.expect("sealed"), 1);
        let verified = city.access.verify_audit(verified.head.as_ref()).await.expect("verified");
        assert_eq!((verified.sealed, verified.broken_at), (10, None));
    }
}

#[tokio::test]
async fn a_changed_line_shows() {
    let changes = [
        "UPDATE access_audit SET detail = '{}' WHERE id = (SELECT entry FROM access_audit_seal WHERE number = 5)",
        "UPDATE access_audit SET purpose = NULL WHERE id = (SELECT entry FROM access_audit_seal WHERE number = 5)",
        "UPDATE access_audit SET at = at + 1 WHERE id = (SELECT entry FROM access_audit_seal WHERE number = 5)",
        "UPDATE access_audit_seal SET hash = 'forged' WHERE number = 5",
        "DELETE FROM access_audit_seal WHERE number = 5",
    ];
    for change in changes {
        for test in stores().await {
            let city = written(&test).await;
            tamper(&test, change, vec![]).await;
            let verified = city.access.verify_audit(None).await.expect("verified");
            assert_eq!((verified.sealed, verified.broken_at), (4, Some(5)), "{change}");
        }
    }
}

/// A sealed line cannot be deleted at all, since its seal refers to it.
#[tokio::test]
async fn a_sealed_line_stays() {
    for test in stores().await {
        let _city = written(&test).await;
        let mut work = Work::new();
        work.run("DELETE FROM access_audit", params![]);
        test.store.commit(work).await.expect_err("its seal holds it");
    }
}

#[tokio::test]
async fn a_trail_that_was_cut_off_shows_against_a_noted_head() {
    for test in stores().await {
        let city = written(&test).await;
        let noted = city.access.verify_audit(None).await.expect("verified").head.expect("a head");
        tamper(&test, "DELETE FROM access_audit_seal WHERE number >= 8", vec![]).await;
        let verified = city.access.verify_audit(None).await.expect("verified");
        assert_eq!(verified.broken_at, Some(8), "lines without a seal that do not wait for one");
        let keep = "DELETE FROM access_audit WHERE id NOT IN (SELECT entry FROM access_audit_seal)";
        tamper(&test, keep, vec![]).await;
        assert_eq!(city.access.verify_audit(None).await.expect("verified").broken_at, None);
        let verified = city.access.verify_audit(Some(&noted)).await.expect("verified");
        assert_eq!(verified.broken_at, Some(8), "the noted head is beyond the end");
        let other = AuditHead { number: 3, hash: noted.hash };
        assert_eq!(city.access.verify_audit(Some(&other)).await.expect("verified").broken_at, Some(3));
    }
}

/// Many nodes seal at once: each line gets one seal, and no number is left out.
#[tokio::test(flavor = "multi_thread")]
async fn sealing_side_by_side_keeps_one_chain() {
    for test in stores().await {
        let city = City::on(&test.store);
        for number in 0..40 {
            let mut work = Work::new();
            city.access.audit(&mut work, &Actor::city("clock"), AuditLine::new("cases.warn", "case", number));
            test.store.commit(work).await.expect("written");
        }
        let sealing = (0..8).map(|_| {
            let access = city.access.clone();
            tokio::spawn(async move { access.seal_audit().await.expect("no fault") })
        });
        let mut sealed = 0;
        for node in sealing.collect::<Vec<_>>() {
            sealed += node.await.expect("no panic");
        }
        let verified = city.access.verify_audit(None).await.expect("verified");
        assert_eq!((sealed, verified.sealed, verified.waiting, verified.broken_at), (40, 40, 0, None));
    }
}
