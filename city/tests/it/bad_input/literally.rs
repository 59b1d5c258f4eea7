//! What looks like code in a text is text: kept, given back and found letter by letter.

use quick_xml::events::Event;
use reqwest::Method;
use serde_json::json;

use super::{good, with};
use crate::city::City;
use crate::people::{Answer, Person};

/// Texts that would do harm where they were taken for anything but text.
const TEXTS: [(&str, &str); 6] = [
    ("'); DROP TABLE cases_case;--", "' OR '1'='1' UNION SELECT password_hash FROM access_account --"),
    ("<script>alert('甲')</script>", "<img src=x onerror=alert(1)> &lt;b&gt; &amp; ]]> <!-- \"quoted\" -->"),
    ("100% 的路灯_坏了\\", "%_%_% \\' \\\" \\\\ ${jndi:ldap://x} {{7*7}} %s %n"),
    ("RTL \u{202E}gnp.exe 与 👩‍👩‍👧‍👦", "e\u{301} ≠ é；𠮷野家；\u{FEFF}开头；制表\t换行\r\n第二行"),
    ("=HYPERLINK(\"http://x\")", "../../../etc/passwd\nSet-Cookie: a=b\r\n\r\nHTTP/1.1 200 OK"),
    ("title OR 1 AND (", "\"unbalanced AND ( NOT * ~ ^ field:value [1 TO"),
];

pub(super) fn any_text_is_kept_literally(city: &City, resident: &Person<'_>) {
    let dispatcher = Person::with_role(city, "hotline-dispatcher", None);
    for (title, text) in TEXTS {
        let other = json!({"title": title, "text": text, "place": {"lon": 117.0231, "lat": 36.6683, "address": title},
            "form": {"wish": text}, "contact": {"name": title, "phone": "13800001111"}});
        let opened = resident.post("/api/cases", &with(&good(), other)).with(201);
        let id = opened["id"].as_str().expect("an id");
        for (who, person) in [("reporter", resident), ("dispatcher", &dispatcher)] {
            let seen = person.get(&format!("/api/cases/{id}")).with(200);
            assert_eq!(seen["title"], title, "{who}");
            assert_eq!(seen["text"], text, "{who}");
            assert_eq!(seen["place"]["address"], title, "{who}");
            assert_eq!(seen["form"]["wish"], text, "{who}");
        }
        let note = json!({"remark": text});
        Person::with_role(city, "hotline-agent", None).takes(id, "note", note);
        let seen = dispatcher.get(&format!("/api/cases/{id}")).with(200);
        let noted = seen["timeline"].as_array().expect("rows").iter().find(|row| row["take"] == "note");
        assert_eq!(noted.expect("the note")["form"]["remark"], text);
    }
    words_are_looked_for_literally(resident, &dispatcher);
    xml_is_well_formed(city);
}

/// Neither SQL, nor a pattern, nor the language of the index: words.
fn words_are_looked_for_literally(resident: &Person<'_>, dispatcher: &Person<'_>) {
    let titles = |person: &Person<'_>, query: &[(&str, &str)]| -> Vec<String> {
        let request = person.request(Method::GET, "/api/cases").query(query);
        let page = Answer::of(person.sent(request)).with(200);
        let rows = page["rows"].as_array().expect("rows").iter();
        rows.map(|row| row["title"].as_str().expect("a title").to_owned()).collect()
    };
    // The index knows the last text.
    dispatcher.sees("/api/cases?q=unbalanced", |page| page["rows"][0].is_object());
    for (words, found) in [
        ("DROP TABLE", TEXTS[0].0),
        ("' OR '1'='1'", TEXTS[0].0),
        ("alert", TEXTS[1].0),
        ("<img src=x", TEXTS[1].0),
        ("jndi", TEXTS[2].0),
        ("𠮷野家", TEXTS[3].0),
        ("HYPERLINK", TEXTS[4].0),
        ("\"unbalanced AND ( NOT *", TEXTS[5].0),
    ] {
        for person in [resident, dispatcher] {
            assert!(titles(person, &[("q", words)]).contains(&found.to_owned()), "“{words}” finds {found}");
        }
    }
    // A sign alone is no word: it finds nothing, least of all everything.
    for words in
        ["%", "_", "'", "\"", "\\", "*", "(", "~", "^", "--", ";", "%%%", "a:b:c", "[", "NOT", "AND OR"]
    {
        let found = titles(dispatcher, &[("q", words)]);
        assert!(found.len() < TEXTS.len(), "“{words}” finds {found:?}");
    }
    // Nor do patterns widen a filter.
    for filter in [
        ("category", "%"),
        ("category", "0104_3"),
        ("category", "' OR 1=1 --"),
        ("division", "%"),
        ("division", "37_"),
        ("status", "%"),
        ("step", "%"),
        ("step", "in_ake"),
        ("unit", "%"),
        ("level", "%"),
    ] {
        assert_eq!(titles(dispatcher, &[filter]), Vec::<String>::new(), "{filter:?}");
    }
    assert!(titles(dispatcher, &[("category", "0104")]).len() >= TEXTS.len());
}

/// What programs report is published as they wrote it, in XML that every reader reads.
fn xml_is_well_formed(city: &City) {
    let accounts = city.accounts();
    let key = accounts["open311"]["api_key"].as_str().expect("a key");
    let program = Person::nobody(city);
    for (line, text) in TEXTS {
        let form = [
            ("api_key", key),
            ("service_code", "street-light"),
            ("description", text),
            ("address_string", line),
            ("lat", "36.6683"),
            ("long", "117.0231"),
        ];
        let request = program.request(Method::POST, "/open311/v2/requests.json").form(&form);
        let opened = Answer::of(program.sent(request)).with(201);
        let number = opened[0]["service_request_id"].as_str().expect("a number");
        let json = program.get(&format!("/open311/v2/requests/{number}.json")).with(200);
        assert_eq!(json[0]["description"], text);
        assert_eq!(json[0]["address"], line);
        let xml = program.get(&format!("/open311/v2/requests/{number}.xml"));
        assert_eq!(xml.status, 200);
        assert_eq!(element(&xml.text, "description"), text);
        assert_eq!(element(&xml.text, "address"), line);
    }
    element(&program.get("/open311/v2/requests.xml").text, "description");
}

/// The text of the first element of a name, as another reader reads it; the whole must be well-formed.
fn element(xml: &str, name: &str) -> String {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut texts, mut inside) = (Vec::new(), false);
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("well-formed XML: {error}: {xml}")) {
            Event::Eof => return texts.into_iter().next().unwrap_or_default(),
            Event::Start(start) if start.name().as_ref() == name => {
                inside = true;
                texts.push(String::new());
            }
            Event::End(end) if end.name().as_ref() == name => inside = false,
            Event::Text(part) if inside => texts.last_mut().expect("begun").push_str(&part),
            Event::GeneralRef(reference) if inside => {
                let character = reference.resolve_char_ref().expect("a reference");
                let character = character.unwrap_or_else(|| match &*reference {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    other => panic!("an entity that nobody declared: {other}"),
                });
                texts.last_mut().expect("begun").push(character);
            }
            _ => {}
        }
    }
}
