//! What reactions ask of cases: to open one, to act on one, and facts about them.
//!
//! What is asked for comes back as a unit of work, to be committed together with the job that asked: the same cause
//! makes the same ids, so that nothing happens twice.

use baotu_access::Failure;
use baotu_storage::Work;
use baotu_vocabulary::contract::Answer;
use baotu_vocabulary::{Actor, CaseId, DecisionId, EventId, FactFault, Facts, Moment, Point};
use serde_json::{Value as Json, json};

use super::opening::{GivenPlace, OpenCase};
use super::{CaseFailure, CaseRefused, Cases, StoredCase, derived};
use crate::case::Link;
use crate::contracts::{
    ActAction, CaseQuestion, LinkedQuestion, NearAnswer, NearQuestion, OpenAction, OriginQuestion,
    case_answer,
};
use crate::decide::{self, Take};
use crate::refusal::TakeRefused;
use crate::store;
use crate::view::Contact;

/// Characters of a reaction's title at most; longer ones are cut, since nobody is there to shorten them.
const TITLE_CHARACTERS: usize = crate::refusal::TITLE_CHARACTERS_MAX;

/// What made a reaction act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The event.
    pub event: EventId,
    /// When it took place.
    pub at: Moment,
    /// The reaction, unique in the pack, for example `services/hotline-12345/convert`.
    pub reaction: String,
}

impl Cause {
    /// The id of the case that a reaction opens by it.
    pub fn case_id(&self) -> CaseId {
        CaseId::from(self.id("case"))
    }

    fn id(&self, what: &str) -> uuid::Uuid {
        derived(self.event.uuid(), &format!("{}/{what}", self.reaction), self.at)
    }

    fn actor(&self) -> Actor {
        Actor::city(format!("reaction:{}", self.reaction))
    }
}

impl Cases {
    /// The unit of work that opens a case for a reaction; empty when it was opened before.
    ///
    /// # Errors
    /// Why it cannot be opened; or a fault, arguments that are none included.
    pub async fn prepare_open(
        &self,
        arguments: Json,
        cause: &Cause,
        now: Moment,
    ) -> Result<Work, CaseFailure> {
        let asked: OpenAction = serde_json::from_value(arguments).map_err(Failure::fault)?;
        let id = cause.case_id();
        if store::case(&self.shared.store, id).await?.is_some() {
            return Ok(Work::new());
        }
        let from = match asked.from_case {
            Some(from) => {
                let found = self.find(&from.to_string()).await?;
                Some(found.ok_or(Failure::Refused(CaseRefused::NotFound))?)
            }
            None => None,
        };
        let link = asked.link.clone();
        let origins = asked.origins.clone();
        let given = self.opening_of(asked, id, from.as_ref())?;
        let actor = cause.actor();
        let decision = DecisionId::from(cause.id("opening"));
        let mut prepared = self.prepare(id, decision, given, &actor, now, None).await?;
        for origin in &origins {
            store::insert_origin(&mut prepared.work, id, origin, now);
        }
        if let (Some(from), Some(word)) = (from, link) {
            let kind = serde_json::from_value(json!(word)).map_err(Failure::fault)?;
            let link = Link { case: id, kind, outgoing: true, at: now };
            store::link_cases(&mut prepared.work, from.state.id, &link);
        }
        Ok(prepared.work)
    }

    /// What a reaction did not say is taken over from the case that it comes from.
    fn opening_of(
        &self,
        asked: OpenAction,
        id: CaseId,
        from: Option<&StoredCase>,
    ) -> Result<OpenCase, CaseFailure> {
        let old = from.map(|from| &from.state);
        let missing = |field: &str| {
            Failure::fault(format!("cases.open: neither “{field}” nor a case to take it from is given"))
        };
        let category = asked.category.or_else(|| old.map(|old| old.category.code.clone()));
        let title = asked.title.or_else(|| old.map(|old| old.title.clone()));
        let title: String = title.ok_or_else(|| missing("title"))?.chars().take(TITLE_CHARACTERS).collect();
        let given_place = (asked.lon.is_some() || asked.address.is_some()).then_some(GivenPlace {
            lon: asked.lon,
            lat: asked.lat,
            address: asked.address,
        });
        let old_place = || {
            let place = old?.place.as_ref()?;
            Some(GivenPlace {
                lon: place.point.map(Point::lon),
                lat: place.point.map(Point::lat),
                address: place.address.clone(),
            })
        };
        let contact: Option<Contact> = match from {
            Some(StoredCase { state, contact: Some(sealed) }) => Some(self.unsealed(state.id, sealed)?),
            _ => None,
        };
        Ok(OpenCase {
            procedure: asked.procedure,
            category: category.ok_or_else(|| missing("category"))?,
            level: asked.level.or_else(|| old.map(|old| old.level.clone()).filter(|level| !level.is_empty())),
            kind: None,
            channel: asked.channel,
            title,
            text: asked.text.or_else(|| old.map(|old| old.text.clone())).unwrap_or_default(),
            place: given_place.or_else(old_place),
            form: asked.form,
            contact,
            confidential: old.is_some_and(|old| old.confidential),
            id: Some(id),
        })
    }

    /// The unit of work with which a reaction acts on a case; empty when it has acted before.
    ///
    /// # Errors
    /// Why it cannot act; or a fault, arguments that are none included.
    pub async fn prepare_act(
        &self,
        arguments: Json,
        cause: &Cause,
        now: Moment,
    ) -> Result<Work, CaseFailure> {
        let asked: ActAction = serde_json::from_value(arguments).map_err(Failure::fault)?;
        let decision = DecisionId::from(cause.id("act"));
        if store::decision(&self.shared.store, decision).await?.is_some() {
            return Ok(Work::new());
        }
        let actor = cause.actor();
        let found = self.permitted(&asked.case_id.to_string(), &actor, "cases.decide").await?;
        let declaration = self.declaration(&found.state)?;
        let gathered = self.gather(&found.state, &asked.form, &actor).await?;
        let take =
            Take { decision, version: found.state.version, task: None, take: asked.take, form: asked.form };
        let outcome = decide::decide(&found.state, &declaration, &take, &actor, &gathered, now)
            .map_err(|refused: TakeRefused| Failure::Refused(refused.into()))?;
        self.unit_of(&found, &outcome, &actor, now).await
    }

    /// Answers a fact of this engine for the city itself.
    async fn fact(&self, name: &str, question: Json) -> Result<Json, FactFault> {
        let fault = |reason: String| FactFault { name: name.to_owned(), reason };
        let unreadable = |error: serde_json::Error| fault(error.to_string());
        let answer = match name {
            "cases.case" => {
                let CaseQuestion { case_id } = serde_json::from_value(question).map_err(unreadable)?;
                let found =
                    self.find(&case_id.to_string()).await.map_err(|error| fault(error.to_string()))?;
                found.map(|found| case_answer(self.pack(), &found.state))
            }
            "cases.linked" => {
                let asked: LinkedQuestion = serde_json::from_value(question).map_err(unreadable)?;
                let linked = store::linked(&self.shared.store, asked.case_id)
                    .await
                    .map_err(|error| fault(error.to_string()))?;
                match linked.into_iter().find(|linked| linked.kind == asked.link) {
                    Some(linked) => {
                        let found = self.find(&linked.id.to_string()).await;
                        found
                            .map_err(|error| fault(error.to_string()))?
                            .map(|found| case_answer(self.pack(), &found.state))
                    }
                    None => None,
                }
            }
            "cases.of_origin" => {
                let asked: OriginQuestion = serde_json::from_value(question).map_err(unreadable)?;
                let newest = store::of_origin(&self.shared.store, &asked.origin, 1).await;
                match newest.map_err(|error| fault(error.to_string()))?.first() {
                    Some(id) => {
                        let found = self.find(&id.to_string()).await;
                        found
                            .map_err(|error| fault(error.to_string()))?
                            .map(|found| case_answer(self.pack(), &found.state))
                    }
                    None => None,
                }
            }
            "cases.near" => {
                let asked: NearQuestion = serde_json::from_value(question).map_err(unreadable)?;
                let point = Point::new(asked.lon, asked.lat).map_err(|error| fault(error.to_string()))?;
                let question = super::listing::NearQuestion {
                    procedure: asked.procedure,
                    category: Some(asked.category),
                    point,
                };
                let near = self.near(&question, &Actor::city("fact")).await;
                let near = near.map_err(|failure| fault(format!("{failure:?}")))?;
                let numbers = near.into_iter().map(|case| case.number).collect();
                Some(serde_json::to_value(NearAnswer { numbers }).map_err(unreadable)?)
            }
            _ => return Err(fault("not a fact of the engine of cases".to_owned())),
        };
        Ok(answer.unwrap_or(Json::Null))
    }
}

impl Facts for Cases {
    fn ask<'a>(&'a self, name: &'a str, question: Json) -> Answer<'a> {
        Box::pin(self.fact(name, question))
    }
}
