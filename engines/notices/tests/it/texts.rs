//! The pack's texts: mistakes told before anything is sent, and contracts as pack authors read them.

use baotu_notices::contracts::{SendArguments, contracts};
use baotu_notices::{Reader, SMS_CHARACTERS_MAX, Templates};
use baotu_pack::system::Messages;
use baotu_storage::Engine;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::given::{self, Clock, order};

#[test]
fn mistakes_of_templates_are_told_all_at_once() {
    let messages: Messages = toml::from_str(
        r#"
[message.a]
channels = []
subject = "{{ number }"
text = "{{ numbr }} {{ title }}"
values = ["number"]
[message.b]
channels = ["pigeon", "sms"]
subject = ""
text = "{% if x %}"
values = []
"#,
    )
    .expect("messages");
    let problems = Templates::compile(&messages.messages, &TimeZone::UTC).expect_err("mistakes");
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn contracts_are_what_reactions_are_checked_against() {
    let contracts = contracts();
    let events: Vec<_> = contracts.events.iter().map(|event| (event.name, &event.data)).collect();
    let actions: Vec<_> = contracts.actions.iter().map(|action| (action.name, &action.arguments)).collect();
    insta::assert_json_snapshot!((events, actions));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn whatever_stands_in_a_value_arrives_as_it_is_or_is_cut(title in any::<String>(), unit in "\\PC{0,600}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let test = baotu_storage::testing::open(Engine::Sqlite).await;
            let clock = Clock::at("2026-11-24T12:00:00+08:00");
            let notices = given::notices(&test.store, &clock, "");
            let mut order: SendArguments = order("dispatched");
            order.values.insert("title".to_owned(), title.clone().into());
            order.values.insert("unit".to_owned(), unit.into());
            notices.send(&order, "cause").await.expect("it is made");
            given::deliver_all(&notices).await;
            let item = given::outbox(&notices).await.remove(0);
            assert!(item.text.chars().count() <= SMS_CHARACTERS_MAX);
            assert!(!item.text.contains(['\n', '\0']));
            let reader = Reader { person: given::person(), unit: None };
            let inbox = notices.inbox(reader, None, 10).await.expect("the store answers");
            assert!(inbox[0].text.contains(title.replace('\0', "").as_str()));
        });
    }
}
