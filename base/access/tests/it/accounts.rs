//! Registration, sign-in, lock-out, change and reset of passwords, on both storages.

use baotu_access::account::{LOCK_ATTEMPTS_MAX, LOCK_SECONDS, RESET_SECONDS};
use baotu_access::password::PasswordRefused;
use baotu_access::{AccountRefused, Failure, Registration, SessionRefused, SignInRefused};
use baotu_storage::testing::stores;

use crate::given::{City, PASSWORD};

fn registration(user: &str) -> Registration {
    Registration {
        user: user.to_owned(),
        password: PASSWORD.to_owned(),
        name: "李清照".to_owned(),
        phone: Some("138 0531 5678".to_owned()),
    }
}

/// The refusal of an answer that must be one.
fn refusal<T, R>(answer: Result<T, Failure<R>>) -> R {
    match answer {
        Err(Failure::Refused(refused)) => refused,
        Err(Failure::Fault(fault)) => panic!("a fault: {fault}"),
        Ok(_) => panic!("it was not refused"),
    }
}

#[tokio::test]
async fn a_resident_registers_and_signs_in() {
    for test in stores().await {
        let city = City::on(&test.store);
        let person = city.access.register(registration("Li.Qingzhao")).await.expect("registered");
        let (session, token) =
            city.access.sign_in("li.qingzhao", PASSWORD.to_owned()).await.expect("signed in");
        assert_eq!((session.person, session.actor.person()), (person, Some(person)));
        assert!(session.actor.as_official().is_none());
        assert_eq!(city.access.session(&token).await.expect("live"), session);
        let contact = city.access.contact(person).await.expect("no fault").expect("there");
        assert_eq!((contact.name.as_str(), contact.phone.as_deref()), ("李清照", Some("+8613805315678")));
        assert_eq!(format!("{contact:?}"), r#"Contact { name: "李*照", phone: Some("138****5678") }"#);
        let taken = refusal(city.access.register(registration("LI.QINGZHAO")).await);
        assert_eq!(taken, AccountRefused::UserTaken);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_told() {
    let test = baotu_storage::testing::open(baotu_storage::Engine::Sqlite).await;
    let city = City::on(&test.store);
    let with = |change: fn(&mut Registration)| {
        let mut registration = registration("li.qingzhao");
        change(&mut registration);
        registration
    };
    type Case = (fn(&mut Registration), AccountRefused);
    let cases: [Case; 9] = [
        (|r| r.user = "li".into(), AccountRefused::UserName),
        (|r| r.user = "李清照".into(), AccountRefused::UserName),
        (|r| r.user = "a".repeat(65), AccountRefused::UserName),
        (|r| r.name = "　 ".into(), AccountRefused::Name),
        (|r| r.name = "李\0".into(), AccountRefused::Name),
        (|r| r.phone = Some("12".into()), AccountRefused::Phone(baotu_vocabulary::phone::PhoneError)),
        (|r| r.password = "short1".into(), PasswordRefused::TooShort.into()),
        (|r| r.password = "onlyletters".into(), PasswordRefused::TooPlain.into()),
        (|r| r.password = "Li.Qingzhao1".into(), PasswordRefused::HoldsUserName.into()),
    ];
    for (change, expected) in cases {
        assert_eq!(refusal(city.access.register(with(change)).await), expected);
    }
}

#[tokio::test]
async fn wrong_passwords_lock_an_account_for_a_while() {
    for test in stores().await {
        let city = City::on(&test.store);
        city.person("wang", &[]).await;
        for _ in 0..LOCK_ATTEMPTS_MAX {
            let refused = refusal(city.access.sign_in("wang", "wrong-1".into()).await);
            assert_eq!(refused, SignInRefused::NotAccepted);
        }
        let locked = refusal(city.access.sign_in("wang", PASSWORD.into()).await);
        assert_eq!(locked, SignInRefused::NotAccepted, "the right password is refused, in the same words");
        city.clock.pass_seconds(LOCK_SECONDS - 1);
        refusal(city.access.sign_in("wang", PASSWORD.into()).await);
        city.clock.pass_seconds(1);
        city.access.sign_in("wang", PASSWORD.into()).await.expect("the lock has ended");
        for _ in 0..LOCK_ATTEMPTS_MAX - 1 {
            refusal(city.access.sign_in("wang", "wrong-1".into()).await);
        }
        city.access.sign_in("wang", PASSWORD.into()).await.expect("a success counts tries anew");
        let nobody = refusal(city.access.sign_in("nobody-of-that-name", PASSWORD.into()).await);
        assert_eq!(nobody, SignInRefused::NotAccepted);
    }
}

/// Many tries at the same time: no more passwords are looked at than one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn tries_at_the_same_time_are_all_counted() {
    for test in stores().await {
        let city = City::on(&test.store);
        let person = city.person("wang", &[]).await;
        let counted = (0..20).map(|_| {
            let access = city.access.clone();
            tokio::spawn(async move { access.sign_in("wang", "wrong-1".into()).await.is_ok() })
        });
        for outcome in counted.collect::<Vec<_>>() {
            assert!(!outcome.await.expect("no panic"));
        }
        let row = test
            .store
            .query_one(
                "SELECT attempts FROM access_account WHERE person = $1",
                baotu_storage::params![person],
            )
            .await
            .expect("the account");
        assert_eq!(row.int("attempts"), Ok(LOCK_ATTEMPTS_MAX));
        refusal(city.access.sign_in("wang", PASSWORD.into()).await);
    }
}

#[tokio::test]
async fn a_session_ends_when_idle_and_in_any_case() {
    for test in stores().await {
        let city = City::with(&test.store, |settings| {
            settings.session_idle_seconds = 600;
            settings.session_seconds = 3_600;
        });
        let person = city.person("wang", &[]).await;
        let (_, token) = city.access.open_session(person, None).await.expect("a session");
        for _ in 0..7 {
            city.clock.pass_seconds(500);
            city.access.session(&token).await.expect("in use");
        }
        city.clock.pass_seconds(100);
        assert_eq!(refusal(city.access.session(&token).await), SessionRefused::Ended, "an hour is over");
        let (_, token) = city.access.open_session(person, None).await.expect("a session");
        city.clock.pass_seconds(600);
        assert_eq!(refusal(city.access.session(&token).await), SessionRefused::Ended, "idle");
        assert_eq!(refusal(city.access.session("no such token").await), SessionRefused::Ended);
        city.access.forget_ended_sessions().await.expect("forgotten");
        let row =
            test.store.query_one("SELECT COUNT(*) AS n FROM access_session", vec![]).await.expect("a count");
        assert_eq!(row.int("n"), Ok(0));
    }
}

#[tokio::test]
async fn changing_the_password_ends_the_other_sessions() {
    for test in stores().await {
        let city = City::on(&test.store);
        let person = city.person("wang", &[]).await;
        let (here, here_token) = city.access.open_session(person, None).await.expect("a session");
        let (_, elsewhere) = city.access.open_session(person, None).await.expect("a session");
        let wrong = city.access.change_password(&here, "wrong-1".into(), "another-spring-9".into()).await;
        assert_eq!(refusal(wrong), AccountRefused::OldPassword);
        let changed = city.access.change_password(&here, PASSWORD.into(), "another-spring-9".into()).await;
        changed.expect("changed");
        city.access.session(&here_token).await.expect("this one goes on");
        assert_eq!(refusal(city.access.session(&elsewhere).await), SessionRefused::Ended);
        refusal(city.access.sign_in("wang", PASSWORD.into()).await);
        city.access.sign_in("wang", "another-spring-9".into()).await.expect("the new password");
    }
}

#[tokio::test]
async fn a_reset_token_is_used_once_and_in_time() {
    for test in stores().await {
        let city = City::on(&test.store);
        let security = city.actor("security", Some("jn.security")).await;
        let person = city.person("wang", &[]).await;
        let (_, live) = city.access.open_session(person, None).await.expect("a session");
        let first = city.access.issue_reset(&security, person).await.expect("issued");
        let token = city.access.issue_reset(&security, person).await.expect("issued again");
        let set = |token: String| {
            let access = city.access.clone();
            async move { access.use_reset(&token, "another-spring-9".into()).await }
        };
        assert_eq!(refusal(set(first).await), AccountRefused::ResetToken, "a later one replaces it");
        set(token.clone()).await.expect("used");
        assert_eq!(refusal(set(token).await), AccountRefused::ResetToken, "once only");
        assert_eq!(refusal(city.access.session(&live).await), SessionRefused::Ended);
        city.access.sign_in("wang", "another-spring-9".into()).await.expect("the new password");

        let late = city.access.issue_reset(&security, person).await.expect("issued");
        city.clock.pass_seconds(RESET_SECONDS);
        assert_eq!(refusal(set(late).await), AccountRefused::ResetToken, "too late");
        let own = city.access.issue_reset(&security, security.person().expect("a person")).await;
        assert_eq!(refusal(own), AccountRefused::OnOneself);
    }
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once() {
    for test in stores().await {
        let city = City::on(&test.store);
        let system = city.actor("system", Some("jn.system")).await;
        let person = city.person("wang", &[]).await;
        let (_, token) = city.access.open_session(person, None).await.expect("a session");
        city.access.set_disabled(&system, person, true).await.expect("disabled");
        assert_eq!(refusal(city.access.session(&token).await), SessionRefused::Ended);
        refusal(city.access.sign_in("wang", PASSWORD.into()).await);
        city.access.set_disabled(&system, person, false).await.expect("enabled");
        city.access.sign_in("wang", PASSWORD.into()).await.expect("again");
        let own = city.access.set_disabled(&system, system.person().expect("a person"), true).await;
        assert_eq!(refusal(own), AccountRefused::OnOneself);
    }
}

#[tokio::test]
async fn a_new_city_gets_one_first_administrator() {
    for test in stores().await {
        let city = City::on(&test.store);
        let first = city.access.bootstrap().await.expect("no fault").expect("made");
        let (session, _) = city.access.sign_in(&first.user, first.password).await.expect("signed in");
        assert!(session.must_change_password);
        assert_eq!(session.actor.as_official().map(|official| official.post.as_str()), Some("jn.system"));
        assert!(city.access.bootstrap().await.expect("no fault").is_none(), "there is one already");
    }
}

#[tokio::test]
async fn seeding_again_changes_nothing() {
    for test in stores().await {
        let city = City::on(&test.store);
        let hash = city.access.hash_password(PASSWORD.to_owned()).await.expect("a hash");
        let person = baotu_vocabulary::PersonId::from(uuid_of(1));
        let seed = || baotu_access::SeedPerson {
            person,
            user: "chen".into(),
            name: "陈一".into(),
            phone: None,
            posts: vec!["lixia.dispatcher".into()],
        };
        for _ in 0..2 {
            assert_eq!(city.access.seed([seed()], &hash).await.expect("entered"), 1);
            city.clock.pass_seconds(60);
        }
        assert_eq!(city.access.held_posts(person).await.expect("posts").len(), 1);
        let unit = "lixia".into();
        assert_eq!(city.access.people_of_unit(&unit, None).await.expect("people"), [person]);
        let role = "unit-handler".into();
        assert!(city.access.people_of_unit(&unit, Some(&role)).await.expect("people").is_empty());
    }
}

fn uuid_of(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(number)
}
