//! Opening a case: who may, what must be there, where it begins.

use std::collections::BTreeMap;

use baotu_pack::Form;
use baotu_pack::procedure::Head;
use baotu_vocabulary::{Actor, ActorKind, Moment};
use serde_json::{Map, Value as Json};

use super::effects::category_of;
use super::form;
use super::turn::{Recorded, Turn, TurnOf};
use crate::case::{CaseState, Handlers, Party, ProcedureReference};
use crate::contracts::Opened;
use crate::declaration::Declaration;
use crate::outcome::{DecisionKind, Gathered, Opening, Outcome};
use crate::refusal::{
    ADDRESS_CHARACTERS_MAX, FORM_BYTES_MAX, OpenRefused, TEXT_CHARACTERS_MAX, TITLE_CHARACTERS_MAX,
    TakeRefused,
};

/// Opens a case.
///
/// # Errors
/// Why it was not opened.
pub fn open(
    declaration: &Declaration<'_>,
    opening: Opening,
    actor: &Actor,
    now: Moment,
) -> Result<Outcome, OpenRefused> {
    may_open(declaration, actor)?;
    let opening = filled_in(declaration.procedure.intake(), opening);
    check(declaration, &opening)?;
    let decision = opening.decision;
    let from_case = opening.link.as_ref().map(|link| link.case);
    let state = fresh(declaration, opening, actor, now)?;
    let gathered = Gathered::default();
    let opened_by = state.opened_by.kind.word().to_owned();
    let intake_form = state.form.clone();
    let mut turn =
        Turn::new(TurnOf { declaration: *declaration, state, actor, gathered: &gathered, decision, now });
    turn.say(&Opened { opened_by, from_case });
    turn.public = true;
    let entry = declaration.procedure.entry().clone();
    turn.move_case(&entry).map_err(|refused| in_opening(declaration, refused))?;
    let intake = declaration.procedure.intake();
    turn.record(Recorded {
        kind: DecisionKind::Open,
        take: "open",
        title: "立案",
        task: None,
        form: intake_form,
        form_of: Some((intake.name(), intake.hash())),
        opinion: None,
        since: now,
    });
    Ok(turn.finish())
}

fn may_open(declaration: &Declaration<'_>, actor: &Actor) -> Result<(), OpenRefused> {
    let open_to_residents = declaration.procedure.head().open_to_residents;
    match actor.kind {
        ActorKind::Official(_) | ActorKind::City { .. } => Ok(()),
        ActorKind::Resident { .. } | ActorKind::Client { .. } if open_to_residents => Ok(()),
        ActorKind::Resident { .. } | ActorKind::Client { .. } | ActorKind::Nobody => {
            Err(OpenRefused::MayNotOpen)
        }
    }
}

/// What stands beside the form is filled into the fields of the same name, and the other way round.
fn filled_in(intake: &Form, mut opening: Opening) -> Opening {
    let mut fill = |field: &str, value: Option<Json>| {
        if let Some(value) = value
            && intake.has(field)
            && !opening.form.contains_key(field)
        {
            opening.form.insert(field.to_owned(), value);
        }
    };
    let text = |text: &str| (!text.is_empty()).then(|| Json::from(text));
    fill("title", text(&opening.title));
    fill("text", text(&opening.text));
    fill("level", opening.level.as_deref().and_then(text));
    fill("kind", opening.kind.as_deref().and_then(text));
    fill("channel", opening.channel.as_deref().and_then(text));
    fill("category", text(opening.category.as_str()));
    fill("confidential", Some(Json::from(opening.confidential)));
    if opening.title.is_empty() {
        opening.title = form::text(&opening.form, "title").unwrap_or_default();
    }
    if opening.text.is_empty() {
        opening.text = form::text(&opening.form, "text").unwrap_or_default();
    }
    opening.level = opening.level.or_else(|| form::text(&opening.form, "level"));
    opening.kind = opening.kind.or_else(|| form::text(&opening.form, "kind"));
    opening.channel = opening.channel.or_else(|| form::text(&opening.form, "channel"));
    opening.confidential |= form::answer(&opening.form, "confidential");
    opening
}

fn check(declaration: &Declaration<'_>, opening: &Opening) -> Result<(), OpenRefused> {
    let address = opening.place.as_ref().and_then(|place| place.address.as_deref()).unwrap_or_default();
    for (field, text, max) in [
        ("title", opening.title.as_str(), TITLE_CHARACTERS_MAX),
        ("text", opening.text.as_str(), TEXT_CHARACTERS_MAX),
        ("address", address, ADDRESS_CHARACTERS_MAX),
    ] {
        if text.contains('\0') {
            return Err(OpenRefused::NotStorable(field.to_owned()));
        }
        if text.chars().count() > max {
            return Err(OpenRefused::TooLong { field, max });
        }
    }
    if let Some(field) = form::unstorable(&opening.form) {
        return Err(OpenRefused::NotStorable(field));
    }
    if form::bytes(&opening.form) > FORM_BYTES_MAX {
        return Err(OpenRefused::TooLong { field: "form", max: FORM_BYTES_MAX });
    }
    let head = declaration.procedure.head();
    let mut faults = form::faults(Some(declaration.procedure.intake()), &opening.form);
    if opening.title.trim().is_empty() && !faults.iter().any(|(field, _)| field == "title") {
        faults.push(("title".to_owned(), "请填写标题".to_owned()));
    }
    faults.extend(unknown_choices(head, opening));
    if !faults.is_empty() {
        return Err(OpenRefused::FormInvalid(faults));
    }
    let placed =
        opening.place.as_ref().is_some_and(|place| place.division.is_some() || place.point.is_some());
    if head.needs_place && !placed {
        return Err(OpenRefused::PlaceNeeded);
    }
    Ok(())
}

fn unknown_choices(head: &Head, opening: &Opening) -> Vec<(String, String)> {
    let choices = [
        ("level", &opening.level, &head.levels),
        ("kind", &opening.kind, &head.kinds),
        ("channel", &opening.channel, &head.channels),
    ];
    let unknown = choices.into_iter().filter_map(|(field, chosen, offered)| {
        let chosen = chosen.as_ref().filter(|chosen| !offered.contains(chosen))?;
        let offered = if offered.is_empty() {
            "此项不用填写".to_owned()
        } else {
            format!("应为其中之一：{}", offered.join("、"))
        };
        Some((field.to_owned(), format!("没有“{}”，{offered}", chosen.replace('\0', ""))))
    });
    unknown.collect()
}

fn fresh(
    declaration: &Declaration<'_>,
    opening: Opening,
    actor: &Actor,
    now: Moment,
) -> Result<CaseState, OpenRefused> {
    let procedure = declaration.procedure;
    let head = procedure.head();
    let category = category_of(declaration, opening.category.as_str(), now)
        .ok_or_else(|| OpenRefused::UnknownCategory(opening.category.as_str().replace('\0', "")))?;
    let own = match actor.kind {
        ActorKind::Resident { person } => Some(person),
        _ => None,
    };
    let unit = actor.as_official().map(|official| official.unit.clone());
    Ok(CaseState {
        id: opening.id,
        number: opening.number,
        version: 0,
        procedure: ProcedureReference {
            name: procedure.name().clone(),
            version: procedure.version(),
            hash: procedure.hash().to_owned(),
            system: procedure.system().clone(),
        },
        category,
        level: opening.level.or_else(|| head.levels.first().cloned()).unwrap_or_default(),
        kind: opening.kind,
        channel: opening.channel,
        title: opening.title,
        text: opening.text,
        form: opening.form,
        form_hash: procedure.intake().hash().to_owned(),
        place: opening.place,
        opened_by: Party::from(actor),
        reporter: own.or(opening.reporter),
        confidential: opening.confidential,
        synthetic: opening.synthetic,
        intake_unit: opening.intake_unit.or(unit),
        lead_unit: None,
        lead_since: None,
        lead_why: None,
        co_units: Vec::new(),
        designated: false,
        returned_by: Vec::new(),
        handlers: Handlers::default(),
        status: String::new(),
        outcome: None,
        opened_at: now,
        dispatched_at: None,
        contacted_at: None,
        resolved_at: None,
        closed_at: None,
        tasks: Vec::new(),
        joins: Vec::new(),
        visits: BTreeMap::new(),
        counters: BTreeMap::new(),
        clocks: Vec::new(),
        requests: Vec::new(),
        cards: Vec::new(),
        supervisions: Vec::new(),
        callbacks: Vec::new(),
        supporters: Vec::new(),
        rating: None,
        resolution: None,
        exclusions: Vec::new(),
        links: opening.link.into_iter().collect(),
        lead_case: None,
        transfers: 0,
        redone: 0,
        extensions: 0,
        source: opening.source,
    })
}

/// Entering the first step can only fail for want of a holder.
fn in_opening(declaration: &Declaration<'_>, refused: TakeRefused) -> OpenRefused {
    match refused {
        TakeRefused::Condition(text) => OpenRefused::Condition(text),
        _ => OpenRefused::NoUnit(declaration.step_title(declaration.procedure.entry())),
    }
}

/// The fields of a form that another form has too.
pub(crate) fn shared_fields(intake: &Form, form: &Map<String, Json>) -> Map<String, Json> {
    form.iter()
        .filter(|(name, _)| intake.has(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
