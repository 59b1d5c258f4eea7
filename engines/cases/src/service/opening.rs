//! Opening cases: looked up, located, checked, numbered, and stored with everything that belongs to it.

use baotu_access::Failure;
use baotu_access::grants::Resource;
use baotu_storage::{CommitError, Work};
use baotu_vocabulary::{
    Actor, ActorKind, BlobId, CaseId, CategoryCode, DecisionId, Moment, PersonId, Phone, Point, ProcedureName,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;

use super::{CaseFailure, CaseRefused, Cases, contact_context};
use crate::case::{CasePlace, CaseState};
use crate::decide;
use crate::declaration::Declaration;
use crate::number::case_number;
use crate::outcome::{LinkedOpening, Opening, Outcome};
use crate::photos::PHOTOS_MAX;
use crate::refusal::OpenRefused;
use crate::store;
use crate::view::{Contact, photos_in};

/// The kind of the blind index over the telephones of contacts.
const CONTACT_INDEX: &str = "cases.contact-phone";
/// Characters of a contact's name or number at most.
const CONTACT_CHARACTERS_MAX: usize = 60;

/// What is asked for: a new case.
#[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenCase {
    /// Its procedure.
    #[schema(value_type = String)]
    pub procedure: ProcedureName,
    /// What it is about, a code of the procedure's table.
    #[schema(value_type = String)]
    pub category: CategoryCode,
    /// How urgent; the procedure's mildest level when absent.
    #[serde(default)]
    pub level: Option<String>,
    /// What kind of request.
    #[serde(default)]
    pub kind: Option<String>,
    /// How it came in.
    #[serde(default)]
    pub channel: Option<String>,
    /// One line.
    pub title: String,
    /// In full.
    #[serde(default)]
    pub text: String,
    /// Where.
    #[serde(default)]
    pub place: Option<GivenPlace>,
    /// The intake form.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub form: Map<String, Json>,
    /// Whom to answer; a resident's own contact when absent.
    #[serde(default)]
    pub contact: Option<Contact>,
    /// Keep the reporter secret (保密).
    #[serde(default)]
    pub confidential: bool,
    /// The case's id, so that the same request sent twice opens one case.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub id: Option<CaseId>,
}

/// A place as it was given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenPlace {
    /// Longitude in CGCS2000 degrees.
    #[serde(default)]
    pub lon: Option<f64>,
    /// Latitude in CGCS2000 degrees.
    #[serde(default)]
    pub lat: Option<f64>,
    /// In words.
    #[serde(default)]
    pub address: Option<String>,
}

/// A case that was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The case.
    pub state: CaseState,
    /// Whether it had been opened before by the same request.
    pub repeated: bool,
}

/// What a new case comes to, ready to be committed.
pub(super) struct Prepared {
    pub(super) work: Work,
    pub(super) outcome: Outcome,
}

impl Cases {
    /// Opens a case.
    ///
    /// # Errors
    /// Why it is not opened: [`OpenRefused`], a photo that is not the actor's, no right; or a fault.
    pub async fn open(&self, given: OpenCase, actor: &Actor) -> Result<Opened, CaseFailure> {
        if let Some(id) = given.id
            && let Some(known) = store::case(&self.shared.store, id).await?
        {
            return self.repeated(known.state, actor);
        }
        let now = self.now();
        let chance = || self.shared.access.surroundings().chance();
        let id = given.id.unwrap_or_else(|| CaseId::new(now, chance()));
        let prepared = self.prepare(id, self.new_decision(now), given, actor, now, None).await?;
        match self.shared.store.commit(prepared.work).await {
            Ok(_) => Ok(Opened { state: prepared.outcome.state, repeated: false }),
            Err(CommitError::Conflict(store::PHOTO_TAKEN)) => {
                Err(Failure::Refused(CaseRefused::UnknownPhoto))
            }
            // The same request came twice at the same time.
            Err(CommitError::Duplicate { constraint }) if constraint == "cases_case.id" => {
                let known = store::case(&self.shared.store, id).await?;
                let known = known.ok_or_else(|| Failure::fault("a case that exists was not found"))?;
                self.repeated(known.state, actor)
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// Whether a case would be opened; nothing is stored, and no number is drawn. What its photos are is not looked at.
    ///
    /// # Errors
    /// As for [`Cases::open`].
    pub async fn check_opening(&self, given: OpenCase, actor: &Actor) -> Result<(), CaseFailure> {
        let now = self.now();
        let id = CaseId::new(now, self.shared.access.surroundings().chance());
        let unnumbered = Some(String::new());
        self.prepare(id, self.new_decision(now), given, actor, now, unnumbered).await.map(drop)
    }

    /// A case that the same actor has opened before under the same id.
    fn repeated(&self, state: CaseState, actor: &Actor) -> Result<Opened, CaseFailure> {
        if state.opened_by.reference == actor.reference() {
            Ok(Opened { state, repeated: true })
        } else {
            Err(Failure::Refused(CaseRefused::IdTaken(state.id.uuid())))
        }
    }

    /// Everything of a new case as one unit of work; its number is drawn unless it is given.
    pub(super) async fn prepare(
        &self,
        id: CaseId,
        decision: DecisionId,
        given: OpenCase,
        actor: &Actor,
        now: Moment,
        number: Option<String>,
    ) -> Result<Prepared, CaseFailure> {
        let unknown = || OpenRefused::UnknownProcedure(given.procedure.to_string());
        let declaration =
            Declaration::in_force(self.pack(), &given.procedure, now).ok_or_else(|| refused(unknown()))?;
        self.may_open(actor, &declaration)?;
        let place = match &given.place {
            Some(place) => Some(self.located(place).await?),
            None => None,
        };
        let contact = self.contact_of(&given, actor).await?;
        let intake = declaration.procedure.intake();
        let form = filled_in(&given, intake);
        let photos = photos_in(intake, &form);
        if photos.len() > PHOTOS_MAX {
            return Err(Failure::Refused(CaseRefused::UnknownPhoto));
        }
        let opening = Opening {
            id,
            number: match number {
                Some(number) => number,
                None => self.next_number(&declaration, now).await?,
            },
            decision,
            category: given.category,
            level: given.level,
            kind: given.kind,
            channel: given.channel,
            title: given.title,
            text: given.text,
            place,
            form,
            reporter: reporter(actor),
            confidential: given.confidential,
            synthetic: self.pack().city().synthetic_mark.is_some(),
            intake_unit: None,
            link: None,
            source: None,
        };
        let outcome = decide::open(&declaration, opening, actor, now).map_err(refused)?;
        let contact = contact.map(|contact| self.sealed(id, &contact)).transpose()?;
        self.stored(outcome, contact, &photos, actor)
    }

    /// The unit of work of an opened case.
    pub(super) fn stored(
        &self,
        outcome: Outcome,
        contact: Option<store::KeptContact>,
        photos: &[BlobId],
        actor: &Actor,
    ) -> Result<Prepared, CaseFailure> {
        let mut work = Work::new();
        store::photos::attach(&mut work, photos, outcome.state.id, &actor.reference());
        store::insert(&mut work, &outcome, contact, self.pack().calendar()).map_err(Failure::fault)?;
        for event in &outcome.events {
            work.event(event.clone());
        }
        Ok(Prepared { work, outcome })
    }

    /// Everything of a case that a decision on another one opens.
    pub(super) async fn prepare_linked(
        &self,
        linked: &LinkedOpening,
        parent_contact: Option<&[u8]>,
        now: Moment,
    ) -> Result<Prepared, CaseFailure> {
        let unknown = || OpenRefused::UnknownProcedure(linked.procedure.to_string());
        let declaration =
            Declaration::in_force(self.pack(), &linked.procedure, now).ok_or_else(|| refused(unknown()))?;
        let number = self.next_number(&declaration, now).await?;
        let outcome = decide::open_linked(&declaration, linked, number, now).map_err(refused)?;
        // A sealed contact opens in its own case only, so it is sealed again for the new one.
        let contact = match parent_contact {
            Some(sealed) => {
                let contact = self.unsealed(linked.from, sealed)?;
                Some(self.sealed(linked.id, &contact)?)
            }
            None => None,
        };
        self.stored(outcome, contact, &[], &Actor::city("linked"))
    }

    fn may_open(&self, actor: &Actor, declaration: &Declaration<'_>) -> Result<(), CaseFailure> {
        let head = declaration.procedure.head();
        let resident = matches!(actor.kind, ActorKind::Resident { .. } | ActorKind::Client { .. });
        if resident && !head.open_to_residents {
            return Err(refused(OpenRefused::MayNotOpen));
        }
        let new = Resource {
            procedure: Some(head.name.clone()),
            owner: actor.person(),
            units: actor.as_official().map(|official| official.unit.clone()).into_iter().collect(),
            ..Resource::known("case")
        };
        let permit = self.shared.access.rights().permit(actor, "cases.open", &new);
        permit.map(drop).map_err(|denied| Failure::Refused(denied.into()))
    }

    /// Where a place is, in the words of the engine of places.
    pub(super) async fn located(&self, given: &GivenPlace) -> Result<CasePlace, CaseFailure> {
        let address = given.address.clone().filter(|address| !address.trim().is_empty());
        let (lon, lat) = match (given.lon, given.lat) {
            (Some(lon), Some(lat)) => (lon, lat),
            (None, None) => return self.placed(address).await,
            _ => return Err(refused(OpenRefused::PlaceHalf)),
        };
        let [west, south, east, north] = self.pack().city().bounds;
        let holds = |lon: f64, lat: f64| (west..=east).contains(&lon) && (south..=north).contains(&lat);
        if !holds(lon, lat) {
            let swapped = holds(lat, lon);
            return Err(refused(if swapped { OpenRefused::PlaceSwapped } else { OpenRefused::PlaceOutside }));
        }
        let point = Point::new(lon, lat).map_err(|_| refused(OpenRefused::PlaceOutside))?;
        let question = json!({"lon": point.lon(), "lat": point.lat()});
        let answer = self.shared.facts.ask("geo.cell_at", question).await.map_err(Failure::fault)?;
        if answer.is_null() {
            return Err(refused(OpenRefused::PlaceOutside));
        }
        let located: Located = serde_json::from_value(answer).map_err(Failure::fault)?;
        Ok(self.place(Some(point), address, located))
    }

    /// Where an address points to, as far as its words tell; a place without a point is still a place.
    async fn placed(&self, address: Option<String>) -> Result<CasePlace, CaseFailure> {
        let Some(address) = address else { return Ok(CasePlace::default()) };
        let question = json!({"text": address});
        let answer = self.shared.facts.ask("geo.place", question).await.map_err(Failure::fault)?;
        let placed: Option<Placed> = serde_json::from_value(answer).map_err(Failure::fault)?;
        let division = placed.map(|placed| placed.division);
        let located = Located { division, cell: None, zones: Vec::new(), responsible: Map::new() };
        Ok(self.place(None, Some(address), located))
    }

    fn place(&self, point: Option<Point>, address: Option<String>, located: Located) -> CasePlace {
        let street =
            located.division.as_deref().filter(|code| code.len() >= 9).map(|code| code[..9].to_owned());
        // The unit with the smallest area answers for the cell: a community's committee, else the street's office.
        let cell_unit = located
            .responsible
            .values()
            .filter_map(|code| self.pack().units().get(code.as_str()?))
            .max_by_key(|unit| (unit.area.len(), std::cmp::Reverse(unit.code.clone())))
            .map(|unit| unit.code.clone());
        CasePlace {
            point,
            address,
            street,
            division: located.division,
            cell: located.cell.map(Into::into),
            zones: located.zones,
            cell_unit,
        }
    }

    /// Whom to answer: the contact given, else a resident's own.
    async fn contact_of(&self, given: &OpenCase, actor: &Actor) -> Result<Option<Contact>, CaseFailure> {
        if let Some(contact) = &given.contact {
            for (field, text) in [("contact.name", &contact.name), ("contact.phone", &contact.phone)] {
                let text = text.as_deref().unwrap_or_default();
                if text.chars().count() > CONTACT_CHARACTERS_MAX {
                    return Err(refused(OpenRefused::TooLong { field, max: CONTACT_CHARACTERS_MAX }));
                }
                if !baotu_storage::text_is_storable(text) {
                    return Err(refused(OpenRefused::NotStorable(field.to_owned())));
                }
            }
            return Ok(Some(contact.clone()));
        }
        let ActorKind::Resident { person } = actor.kind else { return Ok(None) };
        let known = self
            .shared
            .access
            .contact(person)
            .await
            .map_err(|failure| failure.map(|never| match never {}))?;
        Ok(known.map(|known| Contact { name: Some(known.name), phone: known.phone }))
    }

    /// A contact as the case keeps it.
    pub(super) fn sealed(&self, case: CaseId, contact: &Contact) -> Result<store::KeptContact, CaseFailure> {
        let text = serde_json::to_string(contact).map_err(Failure::fault)?;
        let chance = self.shared.access.surroundings().chance();
        let sealed = self.shared.access.keys().seal(&contact_context(case), &text, chance).into();
        let phone = contact.phone.as_deref().and_then(|phone| self.shared.access.phone(phone));
        Ok(store::KeptContact { sealed, index: phone.map(|phone| self.contact_index(&phone)) })
    }

    /// The blind index under which the cases of a telephone are found.
    pub(super) fn contact_index(&self, phone: &Phone) -> String {
        self.shared.access.keys().blind_index(CONTACT_INDEX, phone.reveal())
    }

    /// A contact that a case has kept.
    pub(super) fn unsealed(&self, case: CaseId, sealed: &[u8]) -> Result<Contact, CaseFailure> {
        let sealed = baotu_access::sealed::Sealed::from_bytes(sealed.to_vec());
        let text = self.shared.access.keys().open(&contact_context(case), &sealed).map_err(Failure::fault)?;
        serde_json::from_str(&text).map_err(Failure::fault)
    }

    /// The next number of a procedure: its pattern with the day and the number of the day.
    pub(super) async fn next_number(
        &self,
        declaration: &Declaration<'_>,
        now: Moment,
    ) -> Result<String, CaseFailure> {
        let pattern = &declaration.procedure.head().number;
        let day = declaration.day(now);
        // Procedures that share a pattern share its numbers.
        let serial = self.shared.store.next_number(&format!("cases.{pattern}.{day}")).await?;
        Ok(case_number(pattern, day, serial.unsigned_abs()))
    }

    /// Whether the actor may open cases of a procedure, for the list of procedures.
    pub(super) fn is_open_to(&self, actor: &Actor, declaration: &Declaration<'_>) -> bool {
        self.may_open(actor, declaration).is_ok()
    }
}

/// What the engine of places answers about a point.
#[derive(Deserialize)]
struct Located {
    cell: Option<String>,
    division: Option<String>,
    #[serde(default)]
    zones: Vec<String>,
    #[serde(default)]
    responsible: Map<String, Json>,
}

/// What it answers about an address.
#[derive(Deserialize)]
struct Placed {
    division: String,
}

fn refused(refusal: OpenRefused) -> CaseFailure {
    Failure::Refused(refusal.into())
}

fn reporter(actor: &Actor) -> Option<PersonId> {
    match actor.kind {
        ActorKind::Resident { person } => Some(person),
        _ => None,
    }
}

/// The intake form, with what was said outside it in the fields of the same name.
fn filled_in(given: &OpenCase, intake: &baotu_pack::Form) -> Map<String, Json> {
    let mut form = given.form.clone();
    let mut fill = |field: &str, value: Option<Json>| {
        if let Some(value) = value
            && intake.has(field)
            && !form.contains_key(field)
        {
            form.insert(field.to_owned(), value);
        }
    };
    fill("title", Some(json!(given.title)));
    fill("text", Some(json!(given.text)).filter(|_| !given.text.is_empty()));
    fill("category", Some(json!(given.category)));
    fill("level", given.level.as_ref().map(|level| json!(level)));
    fill("kind", given.kind.as_ref().map(|kind| json!(kind)));
    fill("channel", given.channel.as_ref().map(|channel| json!(channel)));
    fill("confidential", given.confidential.then(|| json!(true)));
    let place = given.place.as_ref().and_then(|place| {
        let Json::Object(mut fields) = serde_json::to_value(place).ok()? else { return None };
        fields.retain(|_, value| !value.is_null());
        Some(Json::Object(fields))
    });
    fill("place", place);
    form
}
