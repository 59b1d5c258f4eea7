//! A checked pack, for those who run it: every lookup the engines need, by name, code, place and day.
//!
//! A pack never changes; a city that edits its pack loads a new one.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use baotu_vocabulary::{
    Contracts, FormName, ProcedureName, PropertyName, RoleName, RuleName, SystemName, TemplateName,
    ThingTypeName, WorkCalendar,
};
use jiff::civil::Date;
use serde_json::Value as Json;

use crate::city::City;
use crate::codes::CodeTable;
use crate::compiled::{CompiledGrant, CompiledIndicator, CompiledProcedure, CompiledReaction};
use crate::divisions::Divisions;
use crate::form::Form;
use crate::organisations::Function;
use crate::parameters::Parameters;
use crate::places::{Area, GazetteerRow, GeneratedCells, Zone};
use crate::problem::Problem;
use crate::roles::{Purpose, Role, Roles};
use crate::rules::{AlarmRule, CompiledAlarmRule, Known, KnownProperty, RuleProblem, check};
use crate::sensing::{Property, ThingType};
use crate::sources::Sources;
use crate::system::{CodeRow, Example, Message, Open311Service, System};
use crate::units::{ChargeQuestion, InCharge, Units, in_charge};

/// A checked city pack; cloning is cheap.
#[derive(Clone)]
pub struct Pack {
    content: Arc<Content>,
}

/// What came of reading a folder.
#[derive(Debug)]
pub struct Checked {
    /// The pack; only there without errors.
    pub pack: Option<Pack>,
    /// Everything found, by file and line.
    pub problems: Vec<Problem>,
}

pub(crate) struct Content {
    pub(crate) hash: String,
    pub(crate) city: City,
    pub(crate) calendar: WorkCalendar,
    pub(crate) divisions: Divisions,
    pub(crate) zones: Vec<Zone>,
    pub(crate) areas: Vec<Area>,
    pub(crate) generated_cells: Option<GeneratedCells>,
    pub(crate) gazetteer: Vec<GazetteerRow>,
    /// The GeoJSON files of `places/` by their path.
    pub(crate) outlines: BTreeMap<String, Json>,
    pub(crate) units: Units,
    pub(crate) functions: Vec<Function>,
    pub(crate) roles: Roles,
    pub(crate) grants: Vec<CompiledGrant>,
    pub(crate) codes: BTreeMap<String, CodeTable>,
    pub(crate) systems: Vec<System>,
    pub(crate) texts: BTreeMap<SystemName, String>,
    pub(crate) forms: BTreeMap<(SystemName, FormName), Form>,
    /// The versions of each procedure, oldest first.
    pub(crate) procedures: BTreeMap<ProcedureName, Vec<CompiledProcedure>>,
    pub(crate) reactions: Vec<CompiledReaction>,
    /// The versions of each rule that raises alarms, oldest first.
    pub(crate) alarm_rules: BTreeMap<RuleName, Vec<CompiledAlarmRule>>,
    pub(crate) messages: BTreeMap<TemplateName, Message>,
    pub(crate) indicators: Vec<CompiledIndicator>,
    pub(crate) open311: Vec<Open311Service>,
    pub(crate) properties: BTreeMap<PropertyName, Property>,
    pub(crate) thing_types: BTreeMap<ThingTypeName, ThingType>,
    pub(crate) examples: Vec<PackExample>,
    pub(crate) sources: Sources,
    /// What its author should look at; there are no errors in a pack that runs.
    pub(crate) warnings: Vec<Problem>,
}

/// An example and where it stands.
#[derive(Clone, Debug)]
pub struct PackExample {
    /// The system whose folder it stands in.
    pub system: SystemName,
    /// Its file, relative to the pack's folder.
    pub file: String,
    /// What must come true.
    pub example: Example,
}

impl Pack {
    /// Reads and checks the folder of a pack against what the engines say and can be asked. Years of the calendar are
    /// checked around `today`.
    pub fn load(folder: &Path, contracts: &Contracts, today: Date) -> Checked {
        crate::compile::load(folder, contracts, today)
    }

    pub(crate) fn new(content: Content) -> Self {
        Self { content: Arc::new(content) }
    }

    /// SM3 over every file, hexadecimal.
    pub fn hash(&self) -> &str {
        &self.content.hash
    }

    /// `city.toml`.
    pub fn city(&self) -> &City {
        &self.content.city
    }

    /// The working-day calendar of the city.
    pub fn calendar(&self) -> &WorkCalendar {
        &self.content.calendar
    }

    /// The divisions.
    pub fn divisions(&self) -> &Divisions {
        &self.content.divisions
    }

    /// The functional zones.
    pub fn zones(&self) -> &[Zone] {
        &self.content.zones
    }

    /// The responsibility areas.
    pub fn areas(&self) -> &[Area] {
        &self.content.areas
    }

    /// How cells are made, where none are surveyed.
    pub fn generated_cells(&self) -> Option<&GeneratedCells> {
        self.content.generated_cells.as_ref()
    }

    /// Well-known places.
    pub fn gazetteer(&self) -> &[GazetteerRow] {
        &self.content.gazetteer
    }

    /// A GeoJSON file of `places/`, for example `districts.geojson`.
    pub fn outlines(&self, file: &str) -> Option<&Json> {
        self.content.outlines.get(file)
    }

    /// Units and posts.
    pub fn units(&self) -> &Units {
        &self.content.units
    }

    /// The rows of all function lists.
    pub fn functions(&self) -> &[Function] {
        &self.content.functions
    }

    /// Who is in charge, the best first: by the longest prefix of the category, then the lowest rank, then the smaller
    /// area, then a row that names the level. Each unit stands there once, with its best row.
    pub fn functions_for(&self, question: &ChargeQuestion<'_>) -> Vec<InCharge<'_>> {
        in_charge(question, &self.content.functions, &self.content.units, &self.content.divisions)
    }

    /// Roles, purposes and grants of all files together.
    pub fn roles(&self) -> &Roles {
        &self.content.roles
    }

    /// A role.
    pub fn role(&self, name: &RoleName) -> Option<&Role> {
        self.content.roles.roles.iter().find(|role| role.name == *name)
    }

    /// A purpose.
    pub fn purpose(&self, name: &str) -> Option<&Purpose> {
        self.content.roles.purposes.iter().find(|purpose| purpose.name.as_str() == name)
    }

    /// The grants with their conditions, in the order of [`Roles::grants`].
    pub fn grants(&self) -> &[CompiledGrant] {
        &self.content.grants
    }

    /// Who may do what, as one table that a legal office can read: roles down, actions across.
    pub fn grants_table(&self) -> String {
        self.content.roles.table()
    }

    /// The code tables by name.
    pub fn code_tables(&self) -> impl Iterator<Item = &CodeTable> {
        self.content.codes.values()
    }

    /// A code table.
    pub fn code_table(&self, name: &str) -> Option<&CodeTable> {
        self.content.codes.get(name)
    }

    /// The row of a code in force on `day`.
    pub fn code(&self, table: &str, code: &str, day: Date) -> Option<&CodeRow> {
        self.code_table(table)?.get(code, day)
    }

    /// The systems, by their folders.
    pub fn systems(&self) -> &[System] {
        &self.content.systems
    }

    /// A system.
    pub fn system(&self, name: &SystemName) -> Option<&System> {
        self.content.systems.iter().find(|system| system.name == *name)
    }

    /// The text for people (`texts.md`) of a system.
    pub fn texts(&self, system: &SystemName) -> Option<&str> {
        self.content.texts.get(system).map(String::as_str)
    }

    /// A form of a system.
    pub fn form(&self, system: &SystemName, name: &FormName) -> Option<&Form> {
        self.content.forms.get(&(system.clone(), name.clone()))
    }

    /// The newest version of each procedure that is in force on `day`, by name.
    pub fn procedures(&self, day: Date) -> impl Iterator<Item = &CompiledProcedure> {
        self.content.procedures.keys().filter_map(move |name| self.procedure(name, day))
    }

    /// The version of a procedure in force on `day`.
    pub fn procedure(&self, name: &ProcedureName, day: Date) -> Option<&CompiledProcedure> {
        self.content.procedures.get(name)?.iter().rfind(|version| version.version() <= day)
    }

    /// The version of a procedure under which a case was opened.
    pub fn procedure_version(&self, name: &ProcedureName, version: Date) -> Option<&CompiledProcedure> {
        self.content.procedures.get(name)?.iter().find(|declared| declared.version() == version)
    }

    /// The reactions of all systems.
    pub fn reactions(&self) -> &[CompiledReaction] {
        &self.content.reactions
    }

    /// The reactions on an event, in the order of the files.
    pub fn reactions_on<'a>(&'a self, event: &'a str) -> impl Iterator<Item = &'a CompiledReaction> {
        self.content.reactions.iter().filter(move |reaction| reaction.declared.on == event)
    }

    /// The versions of every rule that raises alarms, oldest first, by name.
    pub fn alarm_rules(&self) -> &BTreeMap<RuleName, Vec<CompiledAlarmRule>> {
        &self.content.alarm_rules
    }

    /// The version of a rule in force on `day`.
    pub fn alarm_rule(&self, name: &RuleName, day: Date) -> Option<&CompiledAlarmRule> {
        self.content.alarm_rules.get(name)?.iter().rfind(|version| version.version() <= day)
    }

    /// A rule that is not published yet, checked against the things of this pack; `system` is whose it will be.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn draft_rule(
        &self,
        rule: &AlarmRule,
        system: &SystemName,
        parameters: Parameters,
        today: Date,
    ) -> Result<CompiledAlarmRule, Vec<RuleProblem>> {
        let properties = self.content.properties.values().map(|property| {
            let Property { name, title, unit, decimals, .. } = property;
            (name.as_str(), KnownProperty { title, unit, decimals: *decimals })
        });
        let types = self
            .content
            .thing_types
            .values()
            .map(|kind| (kind.name.as_str(), kind.properties.iter().map(PropertyName::as_str).collect()));
        let known = Known { properties: properties.collect(), types: types.collect(), ..Known::default() };
        let (compiled, problems) = check(rule, system, &known, &Arc::new(parameters), today, None);
        compiled.ok_or(problems)
    }

    /// The message templates of all systems.
    pub fn messages(&self) -> &BTreeMap<TemplateName, Message> {
        &self.content.messages
    }

    /// A message template.
    pub fn message(&self, name: &TemplateName) -> Option<&Message> {
        self.content.messages.get(name)
    }

    /// The indicators of all systems.
    pub fn indicators(&self) -> &[CompiledIndicator] {
        &self.content.indicators
    }

    /// The Open311 services of all systems.
    pub fn open311_services(&self) -> &[Open311Service] {
        &self.content.open311
    }

    /// The observed properties of all systems, by name.
    pub fn properties(&self) -> &BTreeMap<PropertyName, Property> {
        &self.content.properties
    }

    /// An observed property.
    pub fn property(&self, name: &PropertyName) -> Option<&Property> {
        self.content.properties.get(name)
    }

    /// The types of things of all systems, by name.
    pub fn thing_types(&self) -> &BTreeMap<ThingTypeName, ThingType> {
        &self.content.thing_types
    }

    /// A type of thing.
    pub fn thing_type(&self, name: &ThingTypeName) -> Option<&ThingType> {
        self.content.thing_types.get(name)
    }

    /// Where in the folder things are declared.
    pub fn sources(&self) -> &Sources {
        &self.content.sources
    }

    /// What the check of the folder warned of.
    pub fn warnings(&self) -> &[Problem] {
        &self.content.warnings
    }

    /// The examples of all systems.
    pub fn examples(&self) -> &[PackExample] {
        &self.content.examples
    }
}

impl fmt::Debug for Pack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pack({} {})", self.city().name, self.hash())
    }
}
