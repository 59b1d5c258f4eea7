//! A desk at which one case is worked on: who acts is named by post, time moves only when it is told to.

use std::path::Path;

use baotu_cases::contracts::contracts;
use baotu_cases::{
    Answer, Ask, CaseState, Declaration, Gathered, Offer, OpenRefused, Opening, Outcome, Take, TakeRefused,
    decide, decide_request, offers, open, request, sweep,
};
use baotu_pack::{Pack, testing};
use baotu_vocabulary::{
    Actor, CaseId, DecisionId, Moment, OfficialActor, PersonId, PostCode, Refusal, RequestId, UnitCode,
};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// People and cases of the tests are derived from this.
const SEED: Uuid = Uuid::from_u128(7);

/// A form that the small city does not need itself.
const UNITS_FORM: &str = r#"{"title": "协办", "type": "object", "additionalProperties": false,
    "properties": {"units": {"title": "协办单位", "type": "array", "items": {"type": "string"}, "x-widget": "units"}}}"#;

/// Every system has an example; this one fits any procedure.
const EXAMPLE: &str = r#"title = "立案"
at = "2026-11-24T09:00:00+08:00"
procedure = "simple-request"
[[do]]
by = "resident"
take = "open"
form = { title = "门口有个坑", category = "0101" }
[then]
"#;

/// The reporter's account.
pub(crate) fn reporter() -> PersonId {
    PersonId::derived(SEED, "resident")
}

/// Whoever `by` names: `resident`, `stranger`, `city`, or a post; `post~name` is another person at that post.
pub(crate) fn actor(pack: &Pack, by: &str) -> Actor {
    match by {
        "resident" => Actor::resident(reporter()),
        "stranger" => Actor::resident(PersonId::derived(SEED, "stranger")),
        "city" => Actor::city("test"),
        "nobody" => Actor::nobody(),
        _ => {
            let code = by.split('~').next().unwrap_or(by);
            let post = pack.units().post(code).unwrap_or_else(|| panic!("no post {code}"));
            Actor::official(OfficialActor {
                person: PersonId::derived(SEED, by),
                name: post.title.clone(),
                post: PostCode::from(code),
                unit: post.unit.clone(),
                roles: post.roles.0.clone(),
            })
        }
    }
}

/// An actor with the roles of several posts, at the unit of the first.
pub(crate) fn double_hatted(pack: &Pack, person_of: &str, posts: &[&str]) -> Actor {
    let roles = posts
        .iter()
        .flat_map(|post| pack.units().post(post).expect("a post of the pack").roles.0.clone())
        .collect();
    Actor::official(OfficialActor {
        person: PersonId::derived(SEED, person_of),
        name: "兼职".to_owned(),
        post: PostCode::from(posts[0]),
        unit: pack.units().post(posts[0]).expect("a post of the pack").unit.clone(),
        roles,
    })
}

pub(crate) fn moment(text: &str) -> Moment {
    text.parse().expect("a time")
}

/// A form of a JSON object.
pub(crate) fn form(value: Json) -> Map<String, Json> {
    value.as_object().cloned().unwrap_or_default()
}

/// The small city with another procedure in the place of its own.
pub(crate) fn city_with(procedure: &str) -> Result<Pack, String> {
    changed_city(&[
        ("services/simple-request/procedure.toml", procedure),
        ("services/simple-request/examples/whole-loop.toml", EXAMPLE),
        ("services/simple-request/forms/units.json", UNITS_FORM),
    ])
}

/// The small city with these files in the place of its own.
pub(crate) fn changed_city(files: &[(&str, &str)]) -> Result<Pack, String> {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&testing::small_folder(), folder.path());
    for (file, text) in files {
        std::fs::write(folder.path().join(file), text).expect("the fixture of the tests");
    }
    let checked = Pack::load(folder.path(), &contracts(), testing::TODAY);
    let problems: Vec<String> = checked.problems.iter().map(ToString::to_string).collect();
    checked.pack.ok_or_else(|| problems.join("\n"))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the fixture of the tests");
    for entry in std::fs::read_dir(from).expect("the fixture of the tests") {
        let entry = entry.expect("the fixture of the tests");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("the fixture of the tests").is_dir() {
            copy(&entry.path(), &target)
        } else {
            std::fs::copy(entry.path(), target).map(drop).expect("the fixture of the tests")
        }
    }
}

pub(crate) struct Desk {
    pub(crate) pack: Pack,
    pub(crate) state: CaseState,
    pub(crate) now: Moment,
    pub(crate) gathered: Gathered,
    /// The outcome of the last turn.
    pub(crate) last: Outcome,
    turns: u64,
}

/// A case as a resident opens it on the web page.
pub(crate) fn opening(number: &str) -> Opening {
    Opening {
        id: CaseId::derived(SEED, number),
        number: number.to_owned(),
        decision: DecisionId::derived(SEED, number),
        category: "0101".into(),
        level: None,
        kind: None,
        channel: None,
        title: "门口有个坑".to_owned(),
        text: String::new(),
        place: None,
        form: Map::new(),
        reporter: None,
        confidential: false,
        synthetic: false,
        intake_unit: None,
        link: None,
        source: None,
    }
}

/// Opens a case of the pack's only procedure.
pub(crate) fn try_open(pack: &Pack, by: &str, opening: Opening, at: &str) -> Result<Outcome, OpenRefused> {
    let now = moment(at);
    let procedure = pack.procedures(testing::TODAY).next().expect("the fixture of the tests");
    open(&Declaration { pack, procedure }, opening, &actor(pack, by), now)
}

impl Desk {
    /// A fresh case of the small city, opened by the resident on Tuesday, 24 November 2026 at nine.
    pub(crate) fn small() -> Self {
        Self::of(testing::small(), opening("SR20261124000001"))
    }

    pub(crate) fn of(pack: Pack, opening: Opening) -> Self {
        let at = "2026-11-24T09:00:00+08:00";
        let outcome = try_open(&pack, "resident", opening, at).expect("the fixture of the tests");
        Self {
            pack,
            state: outcome.state.clone(),
            now: moment(at),
            gathered: Gathered::default(),
            last: outcome,
            turns: 0,
        }
    }

    pub(crate) fn at(&mut self, time: &str) -> &mut Self {
        self.now = moment(time);
        self
    }

    pub(crate) fn declaration(&self) -> Declaration<'_> {
        Declaration::of_case(&self.pack, &self.state).expect("the fixture of the tests")
    }

    pub(crate) fn next_decision(&mut self) -> DecisionId {
        self.turns += 1;
        DecisionId::derived(self.state.id.uuid(), &self.turns.to_string())
    }

    fn keep(&mut self, outcome: Result<Outcome, TakeRefused>) -> Result<(), TakeRefused> {
        let outcome = outcome?;
        assert_eq!(outcome.state.version, self.state.version + 1, "a decision raises the version by one");
        self.state = outcome.state.clone();
        self.last = outcome;
        Ok(())
    }

    /// Takes an exit or does an act as `by`.
    pub(crate) fn try_take(&mut self, by: &str, take: &str, filled: Json) -> Result<(), TakeRefused> {
        let by = actor(&self.pack, by);
        self.try_take_as(&by, take, filled)
    }

    pub(crate) fn try_take_as(&mut self, by: &Actor, take: &str, filled: Json) -> Result<(), TakeRefused> {
        let decision = self.next_decision();
        let take = Take {
            decision,
            version: self.state.version,
            task: None,
            take: take.to_owned(),
            form: form(filled),
        };
        let outcome = decide(&self.state, &self.declaration(), &take, by, &self.gathered, self.now);
        self.keep(outcome)
    }

    pub(crate) fn take(&mut self, by: &str, take: &str, filled: Json) -> &mut Self {
        self.try_take(by, take, filled).unwrap_or_else(|refused| panic!("{by} {take}: {refused:?}"));
        self
    }

    /// The code with which it is refused; the case is unchanged then.
    pub(crate) fn refused(&mut self, by: &str, take: &str, filled: Json) -> &'static str {
        let before = self.state.clone();
        let refused = self.try_take(by, take, filled).expect_err(take);
        assert_eq!(self.state, before);
        refused.code()
    }

    pub(crate) fn try_ask(&mut self, by: &str, name: &str, filled: Json) -> Result<RequestId, TakeRefused> {
        let by = actor(&self.pack, by);
        let decision = self.next_decision();
        let ask = Ask { decision, version: self.state.version, request: name.into(), form: form(filled) };
        let outcome = request(&self.state, &self.declaration(), &ask, &by, &self.gathered, self.now);
        self.keep(outcome)?;
        Ok(self.last.request.expect("a request has an id"))
    }

    pub(crate) fn ask(&mut self, by: &str, name: &str, filled: Json) -> RequestId {
        self.try_ask(by, name, filled).unwrap_or_else(|refused| panic!("{by} asks {name}: {refused:?}"))
    }

    pub(crate) fn ask_refused(&mut self, by: &str, name: &str, filled: Json) -> &'static str {
        self.try_ask(by, name, filled).expect_err(name).code()
    }

    pub(crate) fn try_answer(
        &mut self,
        by: &Actor,
        request: RequestId,
        grant: bool,
    ) -> Result<(), TakeRefused> {
        let decision = self.next_decision();
        let answer = Answer { decision, version: self.state.version, request, grant, form: Map::new() };
        let outcome = decide_request(&self.state, &self.declaration(), &answer, by, &self.gathered, self.now);
        self.keep(outcome)
    }

    pub(crate) fn answer(&mut self, by: &str, request: RequestId, grant: bool) -> &mut Self {
        let actor = actor(&self.pack, by);
        self.try_answer(&actor, request, grant).unwrap_or_else(|refused| panic!("{by}: {refused:?}"));
        self
    }

    /// Lets time act, until nothing more is due.
    pub(crate) fn sweep(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        for _ in 0..100 {
            let decision = self.next_decision();
            let Some(outcome) = sweep(&self.state, &self.declaration(), &self.gathered, decision, self.now)
            else {
                return said;
            };
            said.extend(
                outcome.events.iter().map(|event| event.kind.clone()).filter(|kind| kind != "cases.decided"),
            );
            self.keep(Ok(outcome)).expect("the fixture of the tests");
        }
        panic!("time never comes to rest");
    }

    pub(crate) fn offers(&self, by: &str) -> Vec<Offer> {
        offers(&self.state, &self.declaration(), &actor(&self.pack, by), &self.gathered, self.now)
    }

    /// What `by` may do, as `kind take`.
    pub(crate) fn offered(&self, by: &str) -> Vec<String> {
        let kind = |offer: &Offer| {
            serde_json::to_value(offer.kind)
                .expect("the fixture of the tests")
                .as_str()
                .expect("the fixture of the tests")
                .to_owned()
        };
        self.offers(by).iter().map(|offer| format!("{} {}", kind(offer), offer.take)).collect()
    }

    pub(crate) fn steps(&self) -> Vec<String> {
        self.state.steps().iter().map(ToString::to_string).collect()
    }

    pub(crate) fn lead(&self) -> Option<&str> {
        self.state.lead_unit.as_ref().map(UnitCode::as_str)
    }

    /// When the last run of a clock is due, in the city's time.
    pub(crate) fn due(&self, clock: &str) -> String {
        let run = self.state.clocks.iter().rfind(|run| run.name.as_str() == clock).expect(clock);
        let zone = self.pack.calendar().zone().clone();
        run.timer.due.at.timestamp().to_zoned_datetime(zone).strftime("%m-%d %H:%M").to_string()
    }

    /// The kinds of event of the last turn, without the general one.
    pub(crate) fn said(&self) -> Vec<&str> {
        let kinds = self.last.events.iter().map(|event| event.kind.as_str());
        kinds.filter(|kind| *kind != "cases.decided").collect()
    }
}
