//! One tree of an answer, written as JSON or as XML with the element names of the standard.
//!
//! XML 1.0 has no control characters but tab and line ends; others become U+FFFD, so that every answer is
//! well-formed whatever people wrote.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The formats of GeoReport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
}

impl Format {
    pub(crate) fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "json" => Some(Self::Json),
            "xml" => Some(Self::Xml),
            _ => None,
        }
    }

    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Xml => "text/xml; charset=utf-8",
        }
    }
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// Named parts in their order.
    Object(Vec<(&'static str, Node)>),
    /// Parts of one name; JSON has an array of them.
    List(&'static str, Vec<Node>),
    Text(String),
    Number(f64),
    Count(i64),
    Flag(bool),
    /// `null`, or an empty element.
    Nothing,
}

impl Node {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn optional(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Nothing, |text| Self::Text(text.into()))
    }

    /// The answer; `root` names the outermost XML element.
    pub(crate) fn write(&self, root: &str, format: Format) -> String {
        match format {
            Format::Json => self.json().to_string(),
            Format::Xml => {
                let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
                self.write_element(root, &mut xml);
                xml
            }
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Object(parts) => {
                let parts = parts.iter().map(|(name, part)| ((*name).to_owned(), part.json()));
                Value::Object(parts.collect::<Map<_, _>>())
            }
            Self::List(_, parts) => parts.iter().map(Self::json).collect(),
            Self::Text(text) => Value::from(text.as_str()),
            Self::Number(number) => Value::from(*number),
            Self::Count(count) => Value::from(*count),
            Self::Flag(flag) => Value::from(*flag),
            Self::Nothing => Value::Null,
        }
    }

    fn write_element(&self, name: &str, xml: &mut String) {
        match self {
            Self::Nothing => {
                xml.push('<');
                xml.push_str(name);
                xml.push_str("/>");
                return;
            }
            _ => {
                xml.push('<');
                xml.push_str(name);
                xml.push('>');
            }
        }
        match self {
            Self::Object(parts) => {
                for (name, part) in parts {
                    part.write_element(name, xml);
                }
            }
            Self::List(item, parts) => {
                for part in parts {
                    part.write_element(item, xml);
                }
            }
            Self::Text(text) => escape(text, xml),
            Self::Number(number) => push_shown(number, xml),
            Self::Count(count) => push_shown(count, xml),
            Self::Flag(flag) => push_shown(flag, xml),
            Self::Nothing => {}
        }
        xml.push_str("</");
        xml.push_str(name);
        xml.push('>');
    }
}

fn push_shown(shown: &impl std::fmt::Display, xml: &mut String) {
    write!(xml, "{shown}").expect("a string takes whatever is written to it");
}

/// Text of an element (XML 1.0 §2.2 and §2.4).
fn escape(text: &str, xml: &mut String) {
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            // A bare one would be read as a line feed.
            '\r' => xml.push_str("&#13;"),
            '\t' | '\n' => xml.push(character),
            '\u{0}'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => xml.push('\u{fffd}'),
            _ => xml.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::events::Event;

    use super::*;

    /// What another reader makes of an answer: the text inside `<r>`.
    fn read(xml: &str) -> String {
        let mut reader = quick_xml::Reader::from_str(xml);
        reader.config_mut().check_end_names = true;
        let mut text = String::new();
        loop {
            match reader.read_event().expect("well-formed XML") {
                Event::Eof => return text,
                Event::Text(part) => text.push_str(&part),
                Event::GeneralRef(reference) => match reference.resolve_char_ref().expect("a reference") {
                    Some(character) => text.push(character),
                    None => text.push(match &*reference {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        other => panic!("an entity that nobody declared: {other}"),
                    }),
                },
                _ => {}
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_well_formed_xml_that_says_the_same(text in any::<String>()) {
            let node = Node::Object(vec![("t", Node::text(text.as_str()))]);
            let xml = node.write("r", Format::Xml);
            let expected: String = text
                .chars()
                .map(|c| match c {
                    '\t' | '\n' | '\r' => c,
                    c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' => '\u{fffd}',
                    c => c,
                })
                .collect();
            let (_, said) = xml.split_once("?>\n").expect("a declaration");
            prop_assert_eq!(read(said), expected);
            let json: Value = serde_json::from_str(&node.write("r", Format::Json)).expect("JSON");
            prop_assert_eq!(json["t"].as_str(), Some(text.as_str()));
        }
    }

    #[test]
    fn lists_are_arrays_and_repeated_elements() {
        let list = Node::List(
            "service",
            vec![Node::Object(vec![
                ("service_code", Node::text("001")),
                ("metadata", Node::Flag(true)),
                ("group", Node::Nothing),
            ])],
        );
        assert_eq!(
            list.write("services", Format::Json),
            r#"[{"service_code":"001","metadata":true,"group":null}]"#
        );
        assert_eq!(
            list.write("services", Format::Xml),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<services><service><service_code>001</service_code>\
             <metadata>true</metadata><group/></service></services>"
        );
    }
}
