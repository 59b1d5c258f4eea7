//! Where engines meet without knowing each other: names of facts and actions lead to the engine that has them.

use std::sync::Arc;

use baotu_access::{AccessState, Failure};
use baotu_cases::service::PlacedOpen;
use baotu_cases::{CaseFailure, Cases};
use baotu_geo::contracts::GeoFacts;
use baotu_geo::{Concern, OpenCase, OpenThen, PastCases, PastUnknown};
use baotu_notices::contracts::SendArguments;
use baotu_notices::{Address, AddressFault, Addresses, Channel, Notices, Recipient};
use baotu_observations::Things;
use baotu_pack::Pack;
use baotu_rules::Rules;
use baotu_vocabulary::contract::Answer;
use baotu_vocabulary::{FactFault, Facts, Moment, Refusal, Surroundings, TemplateName, UnitCode};
use serde_json::Value;

use crate::reactions::{ActionError, Actions, Cause, Prepared};

/// The facts of places alone: what the engine of cases asks for.
pub(crate) struct PlaceFacts(pub(crate) GeoFacts);

impl Facts for PlaceFacts {
    fn ask<'a>(&'a self, name: &'a str, question: Value) -> Answer<'a> {
        Box::pin(async move { self.0.answer(name, question) })
    }
}

/// The open cases of a moment, from the engine that keeps how they stood.
pub(crate) struct CasesThen(pub(crate) Cases);

impl PastCases for CasesThen {
    fn open_at(&self, at: Moment) -> OpenThen<'_> {
        Box::pin(async move {
            let placed = self.0.placed_open(Some(at)).await.map_err(|failure| match failure {
                Failure::Refused(_) => PastUnknown::NoSuchMoment,
                Failure::Fault(fault) => PastUnknown::Fault(fault),
            })?;
            Ok(placed.into_iter().map(open_case).collect())
        })
    }
}

/// An open case as the map takes it.
pub(crate) fn open_case(placed: PlacedOpen) -> OpenCase {
    OpenCase {
        case: placed.id,
        place: placed.point,
        level: placed.level,
        status: placed.status,
        concern: Concern { procedure: placed.procedure, division: placed.division, units: placed.units },
    }
}

/// Facts by their names.
pub(crate) struct CityFacts {
    pub(crate) geo: GeoFacts,
    pub(crate) cases: Cases,
    pub(crate) things: Things,
    pub(crate) rules: Rules,
}

impl Facts for CityFacts {
    fn ask<'a>(&'a self, name: &'a str, question: Value) -> Answer<'a> {
        match name.split_once('.').map(|(engine, _)| engine) {
            Some("cases") => self.cases.ask(name, question),
            Some("observations") => Box::pin(async move { self.things.answer(name, question) }),
            Some("rules") => Box::pin(async move {
                let fault = |reason: String| FactFault { name: name.to_owned(), reason };
                if name != baotu_rules::contracts::ALARM {
                    return Err(fault("not a fact of the engine of rules".to_owned()));
                }
                let question = serde_json::from_value(question).map_err(|error| fault(error.to_string()))?;
                self.rules.alarm_fact(&question).await.map_err(|error| fault(error.to_string()))
            }),
            Some("geo") => Box::pin(async move { self.geo.answer(name, question) }),
            _ => Box::pin(async move {
                Err(FactFault { name: name.to_owned(), reason: "no engine answers this name".to_owned() })
            }),
        }
    }
}

/// Actions by their names.
pub(crate) struct CityActions {
    pub(crate) cases: Cases,
    pub(crate) notices: Notices,
    pub(crate) surroundings: Arc<dyn Surroundings>,
}

impl Actions for CityActions {
    fn prepare<'a>(&'a self, name: &'a str, arguments: Value, cause: &'a Cause) -> Prepared<'a> {
        Box::pin(async move {
            let now = self.surroundings.now();
            let event = baotu_cases::service::Cause {
                event: cause.event,
                at: cause.at,
                reaction: cause.reaction.clone(),
            };
            match name {
                "cases.open" => self.cases.prepare_open(arguments, &event, now).await.map_err(failure),
                "cases.act" => self.cases.prepare_act(arguments, &event, now).await.map_err(failure),
                "notices.send" => {
                    let order: SendArguments =
                        serde_json::from_value(arguments).map_err(anyhow::Error::from)?;
                    let cause = format!("{}/{}", cause.event, cause.reaction);
                    let prepared = self.notices.prepare_send(&order, &cause, now, self.surroundings.chance());
                    prepared.map_err(|refused| refusal(&refused))
                }
                _ => Err(anyhow::anyhow!("no engine has the action {name}").into()),
            }
        })
    }
}

/// Why cases did not prepare an action. That somebody was first is no end of it: it is tried again on the new state.
fn failure(failure: CaseFailure) -> ActionError {
    match failure {
        Failure::Refused(refused) if refused.code() == "stale-version" => ActionError::Conflict,
        Failure::Refused(refused) => refusal(&refused),
        Failure::Fault(fault) => ActionError::Fault(anyhow::anyhow!(fault)),
    }
}

/// A refusal of an engine as the end of a reaction.
fn refusal(refused: &dyn Refusal) -> ActionError {
    ActionError::Refused { code: refused.code().to_owned(), sentence: refused.to_string() }
}

/// How people and units are reached: people's telephones are access' secret, a unit's duty telephone is declared.
pub(crate) struct ContactBook {
    pub(crate) access: AccessState,
    pub(crate) pack: Pack,
}

impl Addresses for ContactBook {
    fn address<'a>(
        &'a self,
        recipient: &'a Recipient,
        channel: Channel,
    ) -> baotu_notices::BoxFuture<'a, Result<Option<Address>, AddressFault>> {
        Box::pin(async move {
            // E-mail addresses are not asked of anybody yet, so there is none to send to.
            if channel != Channel::Sms {
                return Ok(None);
            }
            let telephone = match recipient {
                Recipient::Person(person) => {
                    let contact = self.access.contact(*person).await.map_err(|failure| match failure {
                        Failure::Fault(fault) => AddressFault(fault.to_string()),
                    })?;
                    contact.and_then(|contact| contact.phone)
                }
                Recipient::Unit(unit) => self.duty_telephone(unit),
                Recipient::Contact(_) => None,
            };
            Ok(telephone.map(|telephone| Address::new(channel, telephone)))
        })
    }
}

impl ContactBook {
    fn duty_telephone(&self, unit: &UnitCode) -> Option<String> {
        self.pack.units().get(unit.as_str())?.phone.clone()
    }
}

/// The templates of the pack, compiled; what the compiler of packs could not see is told here.
pub(crate) fn templates(pack: &Pack) -> anyhow::Result<baotu_notices::Templates> {
    let messages = pack.messages().iter().map(|(name, message): (&TemplateName, _)| (name, message));
    baotu_notices::Templates::compile(messages, pack.calendar().zone()).map_err(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("通知模板有误：\n{}", told.join("\n"))
    })
}
