//! Bad input at the door of programs: the errors of GeoReport, in the format asked for.

use reqwest::Method;
use reqwest::blocking::multipart::{Form, Part};

use super::{MUCH, Tries, sends};
use crate::city::City;
use crate::kept::Beside;
use crate::people::{Answer, PHOTO, Person};

/// A report as a program fills it in.
type Pairs<'a> = Vec<(&'a str, &'a str)>;

pub(super) fn open311(city: &City, beside: &Beside) {
    let accounts = city.accounts();
    let key = accounts["open311"]["api_key"].as_str().expect("a key");
    let program = Person::nobody(city);
    let mut tries = Tries::begin(beside);
    reports(&mut tries, &program, key);
    files(&mut tries, &program, key);
    searches(&mut tries, &program);
    insta::assert_snapshot!("what_is_told_by_open311", tries.told());
    in_xml(&program, key);
}

fn reports(tries: &mut Tries<'_>, program: &Person<'_>, key: &str) {
    let good: Pairs<'_> = vec![
        ("api_key", key),
        ("service_code", "street-light"),
        ("description", "路灯不亮"),
        ("lat", "36.6683"),
        ("long", "117.0231"),
    ];
    let with = |name: &'static str, value: &'static str| {
        let mut pairs = good.clone();
        pairs.retain(|(known, _)| *known != name);
        pairs.push((name, value));
        pairs
    };
    let without = |name: &str| good.iter().copied().filter(|(known, _)| *known != name).collect::<Vec<_>>();
    let long: &'static str = "长".repeat(4_001).leak();
    let line: &'static str = "长".repeat(501).leak();
    let name: &'static str = "名".repeat(61).leak();
    let bad = [
        ("no key", 403, without("api_key")),
        ("wrong key", 403, with("api_key", "nonsense")),
        ("no service", 400, without("service_code")),
        ("unknown service", 404, with("service_code", "999999")),
        ("another city", 404, with("jurisdiction_id", "chicago.gov")),
        ("overlong description", 400, with("description", long)),
        ("overlong address", 400, with("address_string", line)),
        ("overlong name", 400, with("first_name", name)),
        (
            "no place",
            400,
            good.iter().copied().filter(|(known, _)| !["lat", "long"].contains(known)).collect(),
        ),
        ("lat without long", 400, without("long")),
        ("lat in words", 400, with("lat", "north")),
        ("lat that is no number", 400, with("lat", "NaN")),
        ("point outside the city", 400, with("long", "121.47")),
        ("lat and long swapped", 400, {
            let mut pairs = without("lat");
            pairs.retain(|(known, _)| *known != "long");
            pairs.extend([("lat", "117.0231"), ("long", "36.6683")]);
            pairs
        }),
        ("unknown attribute", 400, with("attribute[colour]", "red")),
        ("NUL in the description", 400, with("description", "路灯\u{0}")),
    ];
    let path = "/open311/v2/requests.json";
    for (what, status, pairs) in bad {
        let answer = Answer::of(program.sent(program.request(Method::POST, path).form(&pairs)));
        tries.refused_by_open311(&format!("report: {what}"), status, &answer);
    }
    let form = "application/x-www-form-urlencoded";
    let much = format!("api_key={key}&service_code=street-light&description={}", "a".repeat(MUCH));
    let bodies: [(&str, u16, &str, Vec<u8>); 5] = [
        ("JSON", 400, "application/json", b"{}".to_vec()),
        ("malformed UTF-8", 400, form, format!("api_key={key}&service_code=%ff%fe").into_bytes()),
        ("70 KiB", 413, form, much.as_bytes()[..70 << 10].to_vec()),
        ("10 MB", 413, form, much.into_bytes()),
        ("nothing", 403, form, Vec::new()),
    ];
    for (what, status, kind, bytes) in bodies {
        tries.refused_by_open311(
            &format!("body: {what}"),
            status,
            &sends(program, Method::POST, path, kind, bytes),
        );
    }
}

fn files(tries: &mut Tries<'_>, program: &Person<'_>, key: &str) {
    let send = |long: &str, name: &str, kind: &str, bytes: &[u8]| {
        let media = Part::bytes(bytes.to_vec()).file_name(name.to_owned()).mime_str(kind).expect("a type");
        let good = [("service_code", "street-light"), ("description", "路灯不亮"), ("lat", "36.6683")];
        let mut form = Form::new().text("api_key", key.to_owned()).text("long", long.to_owned());
        for (name, value) in good {
            form = form.text(name, value);
        }
        let request = program.request(Method::POST, "/open311/v2/requests.json");
        Answer::of(program.sent(request.multipart(form.part("media", media))))
    };
    let (here, shanghai) = ("117.0231", "121.47");
    let oversize = [PHOTO, &vec![0; 8 << 20]].concat();
    for (what, status, answer) in [
        ("text named .jpg", 400, send(here, "a.jpg", "image/jpeg", b"not a picture")),
        ("SVG", 400, send(here, "a.svg", "image/svg+xml", b"<svg onload=\"alert(1)\"/>")),
        ("half a photo", 400, send(here, "a.png", "image/png", &PHOTO[..40])),
        ("more than 8 MB", 413, send(here, "a.png", "image/png", &oversize)),
        ("a photo of what lies outside the city", 400, send(shanghai, "a.png", "image/png", PHOTO)),
    ] {
        tries.refused_by_open311(&format!("media: {what}"), status, &answer);
    }
}

fn searches(tries: &mut Tries<'_>, program: &Person<'_>) {
    let numbers = format!("/open311/v2/requests.json?service_request_id={}", "JN1,".repeat(1_001));
    let bad = [
        ("/open311/v2/requests.json?status=lost", 400),
        ("/open311/v2/requests.json?start_date=yesterday", 400),
        ("/open311/v2/requests.json?end_date=2026-02-30T00:00:00Z", 400),
        ("/open311/v2/requests.json?start_date=2026-11-24T00:00:00Z&end_date=2026-11-01T00:00:00Z", 400),
        ("/open311/v2/requests.json?page=-1", 400),
        ("/open311/v2/requests.json?page=99999999999999999999", 400),
        ("/open311/v2/requests.json?page_size=many", 400),
        ("/open311/v2/requests.json?page=4000000&page_size=1000", 400),
        ("/open311/v2/requests.json?service_code=nonsense", 404),
        ("/open311/v2/requests.json?status=%ff", 400),
        ("/open311/v2/requests.json?jurisdiction_id=chicago.gov", 404),
        (numbers.as_str(), 400),
        ("/open311/v2/requests/JN%27--.json", 404),
        ("/open311/v2/services/nonsense.json", 404),
        ("/open311/v2/tokens/nonsense.json", 404),
        ("/open311/v2/nonsense.json", 404),
    ];
    for (path, status) in bad {
        let what = if path.len() > 200 { "1,001 numbers" } else { path };
        tries.refused_by_open311(what, status, &program.get(path));
    }
}

/// A format that isn't known is answered in XML, which every server speaks.
fn in_xml(program: &Person<'_>, key: &str) {
    let form = [("api_key", key), ("service_code", "999999")];
    let refused =
        Answer::of(program.sent(program.request(Method::POST, "/open311/v2/requests.xml").form(&form)));
    let yaml = program.get("/open311/v2/services.yaml");
    let nothing = program.get("/open311/v2/services");
    for answer in [&refused, &yaml, &nothing] {
        assert_eq!(
            (answer.status, answer.kind.as_str()),
            (404, "text/xml; charset=utf-8"),
            "{}",
            answer.text
        );
    }
    insta::assert_snapshot!("in_xml", format!("{}\n{}", refused.text, yaml.text));
}
