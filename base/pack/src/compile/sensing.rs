//! Properties and types of things: names, units and ranges that fit.

use std::collections::HashMap;

use baotu_vocabulary::PropertyName;

use crate::document::{Document, Key, keys};
use crate::load::{Kind, SystemDraft};
use crate::sensing::{ATTRIBUTE, Property, ThingIndicator, ThingType};

use super::Compiler;
use super::names::unknown;

/// What a value that is read is declared to be.
struct ValueRead<'a> {
    property: &'a PropertyName,
    unit: Option<&'a str>,
    factor: Option<f64>,
}

impl Compiler<'_> {
    /// Names of properties and types are unique in the whole pack.
    pub(super) fn sensing_names(&mut self) {
        let draft = self.draft;
        let (mut properties, mut types): (HashMap<&str, &str>, HashMap<&str, &str>) = Default::default();
        for declared in draft.systems.iter().filter_map(|system| system.sensing.as_ref()) {
            let document = &declared.document;
            let of_properties = declared.value.properties.iter().map(|property| property.name.as_str());
            let of_types = declared.value.types.iter().map(|kind| kind.name.as_str());
            for (index, name) in of_properties.enumerate() {
                self.name_once(document, ("property", index), "观测属性", name, &mut properties);
            }
            for (index, name) in of_types.enumerate() {
                self.name_once(document, ("type", index), "设备类型", name, &mut types);
            }
        }
    }

    fn name_once<'d>(
        &mut self,
        document: &'d Document,
        (table, index): (&'static str, usize),
        noun: &str,
        name: &'d str,
        seen: &mut HashMap<&'d str, &'d str>,
    ) {
        let place = document.place(keys![table, index, "name"]);
        self.want_kebab(&document.file, place, name);
        if let Some(other) = seen.insert(name, &document.file) {
            let message = format!("{noun}“{name}”已在“{other}”中声明");
            self.problems.error(&document.file, place, "duplicate-name", message, None);
        }
    }

    /// `things.toml` of a system.
    pub(super) fn sensing(&mut self, system: &SystemDraft) {
        let Some(declared) = &system.sensing else { return };
        let document = &declared.document;
        for (index, property) in declared.value.properties.iter().enumerate() {
            self.property(document, index, property);
        }
        for (index, kind) in declared.value.types.iter().enumerate() {
            self.thing_type(document, index, kind);
        }
    }

    fn property(&mut self, document: &Document, index: usize, property: &Property) {
        let at = |key: &'static str| document.place(keys!["property", index, key]);
        let file = document.file.as_str();
        if property.unit.trim().is_empty() {
            let hint = Some("没有量纲的写 1，状态量写 状态".to_owned());
            self.problems.error(file, at("unit"), "unit-missing", "没有单位", hint);
        }
        if property.min.zip(property.max).is_some_and(|(min, max)| min >= max) {
            let message = "min 不小于 max，没有一个读数在量程内".to_owned();
            self.problems.error(file, at("min"), "empty-range", message, None);
        }
        if property.keep_days == 0 {
            let message = "keep_days 至少为 1".to_owned();
            self.problems.error(file, at("keep_days"), "nothing-kept", message, None);
        }
    }

    fn thing_type(&mut self, document: &Document, index: usize, kind: &ThingType) {
        let file = document.file.as_str();
        let place = |keys: &[Key<'_>]| document.place(keys);
        if kind.properties.is_empty() {
            let at = place(keys!["type", index, "properties"]);
            self.problems.error(file, at, "nothing-observed", "设备类型没有观测属性", None);
        }
        for (number, property) in kind.properties.iter().enumerate() {
            self.want_property(document, keys!["type", index, "properties", number], property);
        }
        if kind.offline_after_seconds <= kind.reports_every_seconds {
            let at = place(keys!["type", index, "offline_after_seconds"]);
            let message = "离线判定时间不长于上报间隔，正常的设备也会离线".to_owned();
            let hint = Some("一般取上报间隔的三倍".to_owned());
            self.problems.error(file, at, "offline-too-soon", message, hint);
        }
        if let Some(payload) = &kind.payload {
            let pointers = [("list", &payload.list), ("time", &payload.time)];
            for (key, pointer) in pointers {
                let pointer = pointer.as_deref().unwrap_or_default();
                self.want_pointer(document, keys!["type", index, "payload", key], pointer);
            }
            for (number, value) in payload.values.iter().enumerate() {
                let at = |key| keys!["type", index, "payload", "value", number, key].to_vec();
                self.want_pointer(document, &at("at"), &value.at);
                let read = ValueRead {
                    property: &value.property,
                    unit: value.unit.as_deref(),
                    factor: value.factor,
                };
                self.value_read(document, kind, at, &read);
            }
        }
        if let Some(hj212) = &kind.hj212 {
            for (number, factor) in hj212.factors.iter().enumerate() {
                let at = |key| keys!["type", index, "hj212", "factor", number, key].to_vec();
                let read = ValueRead {
                    property: &factor.property,
                    unit: factor.unit.as_deref(),
                    factor: factor.factor,
                };
                self.value_read(document, kind, at, &read);
            }
        }
        if let Some(meter) = &kind.meter {
            for (number, value) in meter.values.iter().enumerate() {
                let at = |key| keys!["type", index, "meter", "value", number, key].to_vec();
                let read = ValueRead { property: &value.property, unit: None, factor: None };
                self.value_read(document, kind, at, &read);
            }
        }
        for (number, indicator) in kind.indicators.iter().enumerate() {
            self.thing_indicator(document, keys!["type", index, "indicator", number], kind, indicator);
        }
        let mut seen: HashMap<&str, ()> = HashMap::new();
        for (number, command) in kind.commands.iter().enumerate() {
            let at = place(keys!["type", index, "command", number, "name"]);
            self.want_kebab(file, at, &command.name);
            if seen.insert(&command.name, ()).is_some() {
                let message = format!("指令“{}”声明了两次", command.name);
                self.problems.error(file, at, "duplicate-name", message, None);
            }
        }
    }

    /// An indicator names a method that is known and gives it what it wants, in its units.
    fn thing_indicator(
        &mut self,
        document: &Document,
        at: &[Key<'_>],
        kind: &ThingType,
        indicator: &ThingIndicator,
    ) {
        let file = document.file.as_str();
        let place = |key: &'static str| document.place(&[at, keys![key]].concat());
        self.want_kebab(file, place("name"), &indicator.name);
        let contracts = self.contracts;
        let Some(method) = contracts.methods.iter().find(|method| method.name == indicator.method) else {
            let known = contracts.methods.iter().map(|method| method.name);
            let at = (file, place("method"));
            unknown(&mut self.problems, at, "unknown-method", "计算方法", &indicator.method, known);
            return;
        };
        for input in method.inputs.iter().filter(|input| input.required) {
            if !indicator.with.contains_key(input.name) {
                let message = format!("计算方法“{}”缺少输入“{}”", method.name, input.name);
                self.problems.error(file, place("with"), "input-missing", message, None);
            }
        }
        for (name, from) in &indicator.with {
            let at = [at, keys!["with", name.as_str()]].concat();
            let Some(input) = method.inputs.iter().find(|input| input.name == name) else {
                let known = method.inputs.iter().map(|input| input.name);
                unknown(
                    &mut self.problems,
                    (file, document.place(&at)),
                    "unknown-input",
                    "输入",
                    name,
                    known,
                );
                continue;
            };
            if from.starts_with(ATTRIBUTE) {
                continue;
            }
            let read = ValueRead { property: &PropertyName::from(from.as_str()), unit: None, factor: None };
            self.value_read(document, kind, |_| at.clone(), &read);
            let kept = self.names.properties.get(from.as_str()).map(|property| property.unit.as_str());
            if let Some(kept) = kept.filter(|kept| *kept != input.unit) {
                let message = format!("输入“{name}”的单位应为“{}”，“{from}”的单位是“{kept}”", input.unit);
                self.problems.error(file, document.place(&at), "unit-mismatch", message, None);
            }
        }
    }

    /// A value that is read must be of a property that the type observes, in its unit or with a factor to it.
    fn value_read<'k>(
        &mut self,
        document: &Document,
        kind: &ThingType,
        at: impl Fn(&'static str) -> Vec<Key<'k>>,
        read: &ValueRead<'_>,
    ) {
        if !self.want_property(document, &at("property"), read.property) {
            return;
        }
        if !kind.observes(read.property) {
            let message = format!("设备类型“{}”不观测“{}”", kind.name, read.property);
            let hint = Some("在这个类型的 properties 中加上它".to_owned());
            let place = document.place(&at("property"));
            self.problems.error(&document.file, place, "not-observed", message, hint);
        }
        let Some(kept) = self.names.properties.get(read.property.as_str()).map(|property| &property.unit)
        else {
            return;
        };
        let differs = read.unit.is_some_and(|sent| sent != kept);
        if differs && read.factor.is_none() {
            let sent = read.unit.unwrap_or_default();
            let message = format!("上报单位“{sent}”不是“{}”的单位“{kept}”", read.property);
            let hint = Some("写上 factor：保存值 = 上报值 × factor".to_owned());
            self.problems.error(&document.file, document.place(&at("unit")), "unit-mismatch", message, hint);
        }
    }

    pub(super) fn want_property(&mut self, document: &Document, at: &[Key<'_>], name: &PropertyName) -> bool {
        let known = self.names.properties.contains_key(name.as_str());
        if !known && self.complete(Kind::Sensing) {
            let names = self.names.properties.keys().copied();
            let at = (document.file.as_str(), document.place(at));
            unknown(&mut self.problems, at, "unknown-property", "观测属性", name.as_str(), names);
        }
        known
    }

    fn want_pointer(&mut self, document: &Document, at: &[Key<'_>], pointer: &str) {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            let message = format!("“{pointer}”不是 JSON Pointer");
            let hint = Some(format!("写成 /{}", pointer.replace('.', "/")));
            self.problems.error(&document.file, document.place(at), "not-a-pointer", message, hint);
        }
    }
}
