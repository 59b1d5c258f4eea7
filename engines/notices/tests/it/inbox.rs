//! The inbox: one's own notices and those of the unit, read by each person for themselves.

use baotu_notices::contracts::SendArguments;
use baotu_notices::{InboxItem, Reader};
use baotu_storage::testing::stores;
use baotu_vocabulary::{Moment, PersonId, UnitCode};

use crate::given::{self, Clock, order, person};

#[tokio::test]
async fn the_inbox_holds_mine_and_my_units_and_what_i_read_is_mine_to_say() {
    for test in stores().await {
        let clock = Clock::at("2026-11-24T12:00:00+08:00");
        let notices = given::notices(&test.store, &clock, "");
        let (office, works) = (UnitCode::from("office"), UnitCode::from("works"));
        let colleague = PersonId::new(Moment::from_micros(0), [8; 10]);
        let to_unit = |unit: &UnitCode| SendArguments {
            to_person: None,
            to_unit: Some(unit.clone()),
            ..order("dispatched")
        };
        let mut made = Vec::new();
        for ordinal in 0..5 {
            clock.pass_seconds(1);
            let order = if ordinal % 2 == 0 { order("dispatched") } else { to_unit(&office) };
            made.push(notices.send(&order, &format!("cause-{ordinal}")).await.expect("it is made"));
        }
        notices.send(&to_unit(&works), "elsewhere").await.expect("it is made");
        made.reverse();

        let mine = Reader { person: person(), unit: Some(&office) };
        let ids = |items: &[InboxItem]| items.iter().map(|item| item.id).collect::<Vec<_>>();
        let whole = notices.inbox(mine, None, 100).await.expect("the store answers");
        assert_eq!(ids(&whole), made, "newest first, mine and my unit's");
        assert_eq!(whole[0].subject, "工单 JN20261124000017 已派单");

        // Pages meet without a gap or a double.
        let mut paged = Vec::new();
        let mut after = None;
        loop {
            let page = notices.inbox(mine, after, 2).await.expect("the store answers");
            let Some(last) = page.last() else { break };
            after = Some((last.made_at, last.id));
            paged.extend(ids(&page));
        }
        assert_eq!(paged, made);

        assert_eq!(notices.unread(mine).await.expect("a count"), 5);
        for id in &made[..2] {
            assert!(notices.mark_read(*id, mine).await.expect("the store answers"));
        }
        clock.pass_seconds(60);
        assert!(notices.mark_read(made[0], mine).await.expect("the store answers"), "again is no mistake");
        assert_eq!(notices.unread(mine).await.expect("a count"), 3);
        let read = notices.inbox(mine, None, 100).await.expect("the store answers");
        assert!(read[0].read_at.expect("read") < read[0].made_at.plus_seconds(60), "the first time counts");

        let colleagues = Reader { person: colleague, unit: Some(&office) };
        assert_eq!(notices.unread(colleagues).await.expect("a count"), 2, "what I read is unread to others");
        let stranger = Reader { person: colleague, unit: Some(&works) };
        assert!(!notices.mark_read(made[0], stranger).await.expect("the store answers"));
        let alone = Reader { person: person(), unit: None };
        assert_eq!(notices.inbox(alone, None, 100).await.expect("the store answers").len(), 3);
    }
}

#[tokio::test]
async fn somebody_without_an_account_has_no_inbox() {
    for test in stores().await {
        let clock = Clock::at("2026-11-24T12:00:00+08:00");
        let notices = given::notices(&test.store, &clock, "");
        let to =
            SendArguments { to_person: None, to_contact: Some(person().to_string()), ..order("dispatched") };
        notices.send(&to, "cause").await.expect("it is made");
        let reader = Reader { person: person(), unit: None };
        assert!(notices.inbox(reader, None, 10).await.expect("the store answers").is_empty());
    }
}
