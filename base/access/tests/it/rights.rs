//! The grants of the test city, asked as a table: who may do what to which thing.

use baotu_access::{Among, Denied, Reach, Resource, Rights};
use baotu_pack::roles::{Relation, Roles};
use baotu_vocabulary::{Actor, Moment, OfficialActor, PersonId, PurposeName};

use crate::given::{roles, units};

fn person(number: u8) -> PersonId {
    PersonId::new(Moment::from_micros(0), [number; 10])
}

fn official(unit: &str, role: &str) -> Actor {
    Actor::official(OfficialActor {
        person: person(9),
        name: "赵一".into(),
        post: format!("{unit}.{role}").into(),
        unit: unit.into(),
        roles: vec![role.into()],
    })
}

/// A hotline ticket of the district's bureau that person 1 reported.
fn ticket() -> Resource {
    Resource {
        procedure: Some("hotline-ticket".into()),
        units: vec!["lixia-chengguan".into()],
        division: "370102001".parse().ok(),
        owner: Some(person(1)),
        ..Resource::hidden("case")
    }
}

fn rights() -> Rights {
    Rights::new(&roles(), &units())
}

/// What an answer says, in a word.
fn told(answer: &Result<baotu_access::Permit, Denied>) -> &'static str {
    match answer {
        Ok(_) => "yes",
        Err(Denied::MayNotKnow) => "may not know",
        Err(Denied::MayNotDo) => "may not do",
        Err(Denied::SignInNeeded) => "sign in",
        Err(Denied::PurposeNeeded(_)) => "purpose",
    }
}

#[test]
fn rights_follow_role_relation_procedure_and_purpose() {
    let rights = rights();
    let other_procedure = || Resource { procedure: Some("urban-case".into()), ..ticket() };
    let elsewhere = || Resource { units: vec!["jn-centre".into()], ..ticket() };
    let handler = || official("lixia-chengguan", "unit-handler");
    let dispatcher = || official("lixia", "dispatcher");
    let table = [
        (Actor::nobody(), "cases.read", ticket(), "may not know"),
        (Actor::nobody(), "cases.list-near", Resource::known("city"), "yes"),
        (Actor::nobody(), "accounts.read", Resource::known("system"), "sign in"),
        (Actor::resident(person(1)), "cases.read", ticket(), "yes"),
        (Actor::resident(person(1)), "cases.dispatch", ticket(), "may not do"),
        (Actor::resident(person(2)), "cases.read", ticket(), "may not know"),
        (Actor::resident(person(2)), "cases.decide", ticket(), "may not know"),
        (handler(), "cases.decide", ticket(), "yes"),
        (handler(), "cases.decide", elsewhere(), "may not know"),
        (handler(), "cases.read-personal", ticket(), "may not do"),
        (official("lixia", "unit-handler"), "cases.read", ticket(), "may not know"),
        (dispatcher(), "cases.dispatch", ticket(), "yes"),
        (dispatcher(), "cases.dispatch", other_procedure(), "may not know"),
        (dispatcher(), "cases.read-personal", ticket(), "purpose"),
        (dispatcher().with_purpose("curiosity"), "cases.read-personal", ticket(), "purpose"),
        (dispatcher().with_purpose("call-back"), "cases.read-personal", ticket(), "yes"),
        (dispatcher().with_purpose("call-back"), "cases.read-personal", elsewhere(), "may not know"),
        (official("jn", "security-administrator"), "cases.read", ticket(), "may not know"),
        (
            official("jn", "security-administrator"),
            "accounts.create",
            Resource::known("system"),
            "may not do",
        ),
        (official("jn", "system-administrator"), "accounts.create", Resource::known("system"), "yes"),
        (Actor::city("clock"), "cases.decide", ticket(), "yes"),
    ];
    for (actor, action, resource, expected) in table {
        let answer = rights.permit(&actor, action, &resource);
        assert_eq!(told(&answer), expected, "{} {action} {resource:?}", actor.reference());
    }
    let answer = rights.permit(&dispatcher(), "cases.read-personal", &ticket());
    assert_eq!(answer, Err(Denied::PurposeNeeded(vec![PurposeName::from("call-back")])));
    let permit = rights.permit(&dispatcher().with_purpose("call-back"), "cases.read-personal", &ticket());
    let permit = permit.expect("granted");
    assert_eq!((permit.relation, permit.purpose), (Relation::Below, Some("call-back".into())));
}

fn rights_with(grants: &str) -> Rights {
    let more: Roles = toml::from_str(grants).expect("grants");
    Rights::new(&more, &units())
}

#[test]
fn an_area_and_a_condition_narrow_a_grant() {
    let rights = rights_with(
        r#"
        [[grant]]
        role = "analyst"
        actions = ["cases.read"]
        resource = "case"
        relation = "area"
        if = "!resource.confidential && 'analyst' in actor.roles"
        "#,
    );
    let analyst = official("lixia", "analyst");
    let table = [
        (ticket(), true),
        (Resource { division: "370103".parse().ok(), ..ticket() }, false),
        (Resource { division: None, ..ticket() }, false),
        (Resource { confidential: true, ..ticket() }, false),
    ];
    for (resource, granted) in table {
        assert_eq!(rights.permit(&analyst, "cases.read", &resource).is_ok(), granted, "{resource:?}");
    }
    let reach = Reach {
        procedures: Vec::new(),
        among: Among::Division("370102".parse().expect("a code")),
        conditional: true,
    };
    assert_eq!(rights.reaches(&analyst, "cases.read", "case"), [reach]);
}

/// Who is nobody does not own what belongs to nobody.
#[test]
fn nobody_owns_what_has_no_owner() {
    let rights = rights_with(
        r#"
        [[grant]]
        role = "anyone"
        actions = ["cases.read"]
        resource = "case"
        relation = "own"
        "#,
    );
    let unowned = Resource { owner: None, ..ticket() };
    for actor in [Actor::nobody(), Actor::resident(person(1))] {
        assert_eq!(told(&rights.permit(&actor, "cases.read", &unowned)), "may not know");
    }
    assert_eq!(told(&rights.permit(&Actor::resident(person(1)), "cases.read", &ticket())), "yes");
}

/// A condition that cannot be read grants nothing, and takes nothing else with it.
#[test]
fn a_broken_condition_grants_nothing() {
    let rights = rights_with(
        r#"
        [[grant]]
        role = "anyone"
        actions = ["cases.read"]
        resource = "case"
        relation = "any"
        if = "resource.nosuch == 1"
        [[grant]]
        role = "anyone"
        actions = ["cases.list-near"]
        resource = "city"
        relation = "any"
        "#,
    );
    assert_eq!(told(&rights.permit(&Actor::nobody(), "cases.read", &ticket())), "may not know");
    assert!(rights.reaches(&Actor::nobody(), "cases.read", "case").is_empty());
    assert!(rights.permit(&Actor::nobody(), "cases.list-near", &Resource::known("city")).is_ok());
}

#[test]
fn lists_are_filtered_by_what_an_action_reaches() {
    let rights = rights();
    let among = |actor: &Actor| -> Vec<Among> {
        rights.reaches(actor, "cases.read", "case").into_iter().map(|reach| reach.among).collect()
    };
    assert_eq!(among(&Actor::resident(person(1))), [Among::Person(person(1))]);
    assert_eq!(
        among(&official("lixia-chengguan", "unit-handler")),
        [Among::Units(vec!["lixia-chengguan".into()])]
    );
    assert_eq!(
        among(&official("lixia", "dispatcher")),
        [Among::Units(vec!["lixia".into(), "lixia-chengguan".into()])]
    );
    assert_eq!(among(&official("jn", "security-administrator")), []);
    assert_eq!(among(&Actor::nobody()), []);
    assert_eq!(among(&Actor::city("clock")), [Among::All]);
    let reaches = rights.reaches(&official("lixia", "dispatcher"), "cases.read", "case");
    assert_eq!(reaches[0].procedures, ["hotline-ticket".into()]);
}

/// Units that stand above each other in a circle are a mistake of the pack; it costs nobody their patience.
#[test]
fn units_in_a_circle_end() {
    let mut units = units();
    units[0].parent = Some("lixia".into());
    let rights = Rights::new(&roles(), &units);
    assert!(rights.permit(&official("lixia", "dispatcher"), "cases.read", &ticket()).is_ok());
}
