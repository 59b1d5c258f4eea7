//! The pack's texts: compiled once, rendered with the values a reaction gives.
//!
//! A value that is missing, or is null, refuses the notice rather than sending half a sentence. Texts are plain:
//! nothing is escaped, and who shows them escapes them. Two filters turn an RFC 3339 time into the city's words:
//! `{{ due_at | minute }}` says `2026年11月24日 17:00`, `{{ due_at | day }}` says `2026年11月24日`.

use std::collections::BTreeMap;

use baotu_pack::system::Message;
use baotu_vocabulary::{Moment, TemplateName};
use jiff::tz::TimeZone;
use minijinja::{AutoEscape, Environment, ErrorKind, Output, State, UndefinedBehavior};
use serde_json::{Map, Value};

use crate::notice::Channel;

/// Characters of a subject line; the rest is cut.
pub const SUBJECT_CHARACTERS_MAX: usize = 120;
/// Characters of a text; the rest is cut.
pub const TEXT_CHARACTERS_MAX: usize = 4_000;
/// Characters of a short message: five parts of 67; the rest is cut.
pub const SMS_CHARACTERS_MAX: usize = 335;

/// All templates of a pack.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    channels: BTreeMap<TemplateName, Vec<Channel>>,
}

/// A mistake in a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("[message.{template}] {message}")]
pub struct TemplateProblem {
    /// Which.
    pub template: TemplateName,
    /// What is wrong.
    pub message: String,
}

/// What a template says to these values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) sms: String,
}

impl Templates {
    /// Compiles the messages of a pack.
    ///
    /// # Errors
    /// Every mistake at once: syntax, values that aren't declared, channels that aren't known, nothing to send by.
    pub fn compile<'a>(
        messages: impl IntoIterator<Item = (&'a TemplateName, &'a Message)>,
        zone: &TimeZone,
    ) -> Result<Self, Vec<TemplateProblem>> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_formatter(print_unless_null);
        for (name, format) in [("day", "%Y年%-m月%-d日"), ("minute", "%Y年%-m月%-d日 %H:%M")] {
            let zone = zone.clone();
            environment.add_filter(name, move |time: &str| in_words(time, format, &zone));
        }
        let mut channels = BTreeMap::new();
        let mut problems = Vec::new();
        for (name, message) in messages {
            let mut say =
                |message: String| problems.push(TemplateProblem { template: name.clone(), message });
            let known: Vec<Channel> = message
                .channels
                .iter()
                .filter_map(|word| {
                    word.parse().map_err(|error: crate::notice::ChannelError| say(error.to_string())).ok()
                })
                .collect();
            if message.channels.is_empty() {
                say("没有写明渠道 channels".to_owned());
            }
            let sms = message.sms.as_ref().map(|sms| ("sms", sms));
            for (part, text) in
                [("subject", &message.subject), ("text", &message.text)].into_iter().chain(sms)
            {
                match environment.add_template_owned(key(name, part), text.clone()) {
                    Err(error) => say(format!("{part}：{error}")),
                    Ok(()) => {
                        let used = environment
                            .get_template(&key(name, part))
                            .map(|template| template.undeclared_variables(false))
                            .unwrap_or_default();
                        let mut unknown: Vec<String> =
                            used.into_iter().filter(|value| !message.values.contains(value)).collect();
                        unknown.sort();
                        if !unknown.is_empty() {
                            say(format!("{part} 用了 values 中没有的值：{}", unknown.join("、")));
                        }
                    }
                }
            }
            channels.insert(name.clone(), known);
        }
        if problems.is_empty() { Ok(Self { environment, channels }) } else { Err(problems) }
    }

    /// The channels of a template, in their order; nothing when there is no such template.
    pub(crate) fn channels(&self, template: &TemplateName) -> Option<&[Channel]> {
        self.channels.get(template).map(Vec::as_slice)
    }

    /// What a template says; the error names the value that is missing.
    pub(crate) fn render(
        &self,
        template: &TemplateName,
        values: &Map<String, Value>,
    ) -> Result<Rendered, String> {
        let render = |part: &str| {
            let compiled = self.environment.get_template(&key(template, part));
            let rendered = compiled.and_then(|compiled| compiled.render(minijinja::value::Serde(values)));
            rendered.map_err(|error| format!("{part}：{error}"))
        };
        let has_sms = self.environment.get_template(&key(template, "sms")).is_ok();
        let one_line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Rendered {
            subject: cut(one_line(render("subject")?), SUBJECT_CHARACTERS_MAX),
            text: cut(render("text")?.trim().to_owned(), TEXT_CHARACTERS_MAX),
            sms: cut(one_line(render(if has_sms { "sms" } else { "text" })?), SMS_CHARACTERS_MAX),
        })
    }
}

/// A time of RFC 3339 in the zone of the city.
fn in_words(time: &str, format: &str, zone: &TimeZone) -> Result<String, minijinja::Error> {
    let refused = |error: String| minijinja::Error::new(ErrorKind::InvalidOperation, error);
    let moment: Moment =
        time.parse().map_err(|error: baotu_vocabulary::moment::MomentError| refused(error.to_string()))?;
    Ok(zone.to_datetime(moment.timestamp()).strftime(format).to_string())
}

fn print_unless_null(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &minijinja::Value,
) -> Result<(), minijinja::Error> {
    if value.is_none() {
        return Err(minijinja::Error::new(ErrorKind::UndefinedError, "值为 null"));
    }
    minijinja::escape_formatter(out, state, value)
}

fn key(template: &TemplateName, part: &str) -> String {
    format!("{template}/{part}")
}

/// The text without characters that no table keeps, at most `characters_max` long.
fn cut(text: String, characters_max: usize) -> String {
    let text: String = text.chars().filter(|character| *character != '\0').collect();
    if text.chars().count() <= characters_max {
        return text;
    }
    text.chars().take(characters_max - 1).chain(['…']).collect()
}
