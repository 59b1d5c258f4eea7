//! Holding posts: what never goes together, and what has effect at once.

use baotu_access::{Failure, Holding, HoldingRefused};
use baotu_storage::testing::stores;
use baotu_vocabulary::{Actor, Moment};

use crate::given::City;

fn from(city: &City, post: &str) -> Holding {
    Holding { post: post.into(), from: city.access.now(), to: None }
}

fn refusal<T>(answer: Result<T, Failure<HoldingRefused>>) -> HoldingRefused {
    match answer {
        Err(Failure::Refused(refused)) => refused,
        Err(Failure::Fault(fault)) => panic!("a fault: {fault}"),
        Ok(_) => panic!("it was not refused"),
    }
}

#[tokio::test]
async fn administrators_stay_apart_in_time() {
    for test in stores().await {
        let city = City::on(&test.store);
        let system = city.actor("system", Some("jn.system")).await;
        let person = city.person("wang", &["lixia.dispatcher"]).await;
        let assign = |holding: Holding| city.access.assign_post(&system, person, holding);
        let now = city.access.now();
        let until = |post: &str, from: Moment, to: Moment| Holding { post: post.into(), from, to: Some(to) };

        assert_eq!(refusal(assign(from(&city, "no.such")).await), HoldingRefused::PostUnknown);
        assert_eq!(refusal(assign(from(&city, "lixia.dispatcher")).await), HoldingRefused::AlreadyHeld);
        assert_eq!(refusal(assign(until("jn.audit", now, now)).await), HoldingRefused::Span);
        assign(until("jn.audit", now, now.plus_seconds(100))).await.expect("beside an ordinary post");
        let meanwhile = until("jn.security", now.plus_seconds(99), now.plus_seconds(200));
        assert_eq!(refusal(assign(meanwhile).await), HoldingRefused::AdministratorsApart);
        assign(until("jn.security", now.plus_seconds(100), now.plus_seconds(200)))
            .await
            .expect("one after the other");
        assert_eq!(refusal(assign(from(&city, "jn.system")).await), HoldingRefused::AdministratorsApart);

        let own = system.person().expect("a person");
        let oneself = city.access.assign_post(&system, own, from(&city, "lixia.dispatcher")).await;
        assert_eq!(refusal(oneself), HoldingRefused::OnOneself);
        let oneself = city.access.withdraw_post(&system, own, &"jn.system".into()).await;
        assert_eq!(refusal(oneself), HoldingRefused::OnOneself);
        let nobody = baotu_vocabulary::PersonId::new(now, [9; 10]);
        let unknown = city.access.assign_post(&system, nobody, from(&city, "jn.audit")).await;
        assert_eq!(refusal(unknown), HoldingRefused::PersonUnknown);
    }
}

/// Two administrators assign two posts that do not go together at the same time: one of them is told to look again.
#[tokio::test(flavor = "multi_thread")]
async fn administrators_stay_apart_when_assigned_at_once() {
    for test in stores().await {
        let city = City::on(&test.store);
        let system = city.actor("system", Some("jn.system")).await;
        for round in 0..10 {
            let person = city.person(&format!("wang{round}"), &[]).await;
            let assigning = ["jn.audit", "jn.security", "jn.system"].map(|post| {
                let (access, system, holding) = (city.access.clone(), system.clone(), from(&city, post));
                tokio::spawn(async move { access.assign_post(&system, person, holding).await })
            });
            let mut assigned = 0;
            for outcome in assigning {
                match outcome.await.expect("no panic") {
                    Ok(()) => assigned += 1,
                    Err(Failure::Refused(HoldingRefused::AdministratorsApart | HoldingRefused::Stale)) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
            assert_eq!(assigned, 1);
            assert_eq!(city.access.held_posts(person).await.expect("posts").len(), 1);
        }
    }
}

#[tokio::test]
async fn a_withdrawn_post_is_gone_with_the_next_request() {
    for test in stores().await {
        let city = City::on(&test.store);
        let system = city.actor("system", Some("jn.system")).await;
        let person = city.person("wang", &["lixia.dispatcher"]).await;
        let post = "lixia.dispatcher".into();
        let (session, token) =
            city.access.open_session(person, Some("lixia.dispatcher".into())).await.expect("one");
        assert!(session.actor.as_official().is_some());
        city.clock.pass_seconds(10);
        city.access.withdraw_post(&system, person, &post).await.expect("withdrawn");
        let session = city.access.session(&token).await.expect("the person is still there");
        assert_eq!(session.actor, Actor::resident(person));
        assert_eq!(refusal(city.access.withdraw_post(&system, person, &post).await), HoldingRefused::NotHeld);
        let again = Holding { from: city.access.now().plus_seconds(50), ..from(&city, "lixia.dispatcher") };
        city.access.assign_post(&system, person, again).await.expect("from later on");
        assert!(city.access.held_posts(person).await.expect("posts").is_empty());
        city.clock.pass_seconds(50);
        let session = city.access.session(&token).await.expect("live");
        assert_eq!(session.actor.as_official().map(|official| official.unit.as_str()), Some("lixia"));
    }
}
