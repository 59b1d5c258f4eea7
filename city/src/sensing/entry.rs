//! What doors bring to the register.

use std::collections::BTreeMap;
use std::sync::Arc;

use baotu_doors::sensing::{Intake, Known, NotAccepted, NotLetIn, Waiting};
use baotu_observations::{AcceptFailure, CommandFailure, Standing, Things};
use baotu_pack::sensing::ThingType;
use baotu_vocabulary::{CommandId, Moment, Refusal as _, Sample, ThingId, ThingTypeName};
use jiff::tz::TimeZone;
use serde_json::Value;

/// The register, as doors ask it.
pub(super) struct Entry {
    things: Things,
    kinds: BTreeMap<ThingTypeName, Arc<ThingType>>,
}

impl Entry {
    pub(super) fn new(things: Things) -> Self {
        let kinds = things.pack().thing_types();
        let kinds = kinds.iter().map(|(name, kind)| (name.clone(), Arc::new(kind.clone()))).collect();
        Self { things, kinds }
    }

    /// A thing as doors know it; none of a type that the pack no longer has.
    pub(super) fn known(&self, standing: &Standing) -> Option<Known> {
        let kind = Arc::clone(self.kinds.get(&standing.thing.kind)?);
        Some(Known { id: standing.thing.id, code: standing.thing.code.as_str().into(), kind })
    }
}

impl Intake for Entry {
    fn sign_in(&self, code: &str, secret: &str) -> Result<Known, NotLetIn> {
        let id = self.things.sign_in(code, secret);
        let id = id.map_err(|refused| NotLetIn { code: refused.code(), sentence: refused.to_string() })?;
        let known = self.things.thing(id).and_then(|standing| self.known(&standing));
        known.ok_or_else(|| NotLetIn {
            code: "thing-type-unknown", sentence: "设备类型未声明".to_owned()
        })
    }

    fn by_code(&self, code: &str) -> Option<Known> {
        self.things.by_code(code).and_then(|standing| self.known(&standing))
    }

    fn accept<'a>(&'a self, thing: ThingId, samples: Vec<Sample>) -> Waiting<'a, Result<usize, NotAccepted>> {
        Box::pin(async move {
            match self.things.accept(thing, &samples, self.things.now()).await {
                Ok(accepted) => Ok(accepted.readings),
                Err(AcceptFailure::Refused(refused)) => {
                    metrics::counter!("baotu_readings_refused", "reason" => refused.code()).increment(1);
                    Err(NotAccepted::Refused { code: refused.code(), sentence: refused.to_string() })
                }
                // The writer has told the log.
                Err(AcceptFailure::Fault(_)) => Err(NotAccepted::Fault),
            }
        })
    }

    fn command_ended<'a>(
        &'a self,
        thing: ThingId,
        command: CommandId,
        is_done: bool,
        result: Value,
    ) -> Waiting<'a, Result<(), NotAccepted>> {
        Box::pin(async move {
            match self.things.command_ended(thing, command, is_done, result).await {
                Ok(()) => Ok(()),
                Err(CommandFailure::Refused(refused)) => {
                    self.things.mishap(thing, refused.code(), &refused.to_string());
                    Err(NotAccepted::Refused { code: refused.code(), sentence: refused.to_string() })
                }
                Err(CommandFailure::Fault(fault)) => {
                    tracing::error!(
                        fault = &fault as &dyn std::error::Error,
                        "the end of a command was not stored"
                    );
                    Err(NotAccepted::Fault)
                }
            }
        })
    }

    fn mishap(&self, thing: ThingId, code: &str, detail: &str) {
        self.things.mishap(thing, code, detail);
    }

    fn connected(&self, thing: ThingId) {
        self.things.seen(thing, self.things.now());
    }

    fn now(&self) -> Moment {
        self.things.now()
    }

    fn zone(&self) -> &TimeZone {
        self.things.zone()
    }
}
