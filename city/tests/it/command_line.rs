//! The command line, as whoever runs a city meets it: help, mistakes, a city that begins, its copy.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use reqwest::Method;
use serde_json::{Value, json};

use crate::city::{City, baotu, baotu_in, root};
use crate::kept::Beside;
use crate::people::{Answer, PHOTO, Person};

const REPORTER: &str = "欧阳柘溪";
const PHONE: &str = "13864017359";
const TEXT: &str = "门前的路面有一个大坑，夜里看不见。";

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Copies a folder.
fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the folder").map_while(Result::ok) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// Puts other words into a file.
fn edited(file: &Path, words: &str, others: &str) {
    let text = std::fs::read_to_string(file).expect("the file");
    assert!(text.contains(words), "{}: {words}", file.display());
    std::fs::write(file, text.replacen(words, others, 1)).expect("written");
}

#[test]
fn help_is_for_a_clerk_and_what_is_not_understood_is_told() {
    let (code, help, complaints) = baotu(&["--help"]);
    assert_eq!((code, complaints.as_str()), (0, ""));
    insta::assert_snapshot!("help", help);
    for command in ["demo", "serve", "check", "import", "migrate", "new-pack", "backup", "restore"] {
        let (code, help, _) = baotu(&[command, "--help"]);
        assert_eq!(code, 0, "{command}");
        assert!(help.contains(&format!("baotu {command}")), "{help}");
    }
    for arguments in [&["fly"][..], &["serve", "--speed", "2"], &["import"], &[]] {
        let (code, said, complaints) = baotu(arguments);
        assert_eq!((code, said.as_str()), (2, ""), "{arguments:?}");
        assert!(!complaints.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_broken_pack_is_told_all_at_once_with_file_line_and_hint() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pack = folder.path().join("broken");
    copied(&root().join("tests/packs/small"), &pack);
    let procedure = pack.join("services/simple-request/procedure.toml");
    edited(&procedure, "to = \"call-back\"", "to = \"callback\"");
    edited(&procedure, "if = \"!case.designated\"", "if = \"!case.designatd\"");
    edited(&pack.join("city.toml"), "title_en", "titel_en");
    edited(&pack.join("organisations/posts.csv"), "office.clerk,受理员,office", "office.clerk,受理员,ofice");
    let (code, told, _) = baotu(&["check", &shown(&pack)]);
    assert_eq!(code, 1);
    insta::assert_snapshot!("broken_pack", told.replace(&shown(&pack), "…"));

    // It doesn't run, either, and leaves nothing behind.
    let data = folder.path().join("data");
    let serve = ["serve", "--pack", &shown(&pack), "--data", &shown(&data), "--listen", "127.0.0.1:0"];
    let (code, _, complaints) = baotu(&serve);
    assert_eq!(code, 1);
    assert!(complaints.contains("procedure.toml:") && complaints.contains("没有启动"), "{complaints}");
    assert!(!data.exists());

    let (code, _, _) = baotu(&["check", &shown(&folder.path().join("nowhere"))]);
    assert_eq!(code, 1);
}

#[test]
fn the_demo_city_has_no_mistake() {
    let (code, told, _) = baotu(&["check", "packs/jinan"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("没有错误") && told.contains("0 个没有成真"), "{told}");
}

#[test]
fn mistakes_in_settings_are_told_at_once_with_their_place_before_anything_starts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("baotu.toml");
    std::fs::write(&file, "lisen = \"127.0.0.1:1\"\nlog_format = 7\npublic_url = \"city.example\"\n")
        .expect("written");
    let arguments = [
        "serve",
        "--settings",
        &shown(&file),
        "--listen",
        "8343",
        "--log",
        "loud",
        "--pack",
        "/nowhere",
        "--database",
        "mysql://baotu:top-secret@host/city",
        "--data",
        &shown(&file),
        "--notices",
        "/nowhere/notices.toml",
    ];
    let (code, said, complaints) = baotu_in(folder.path(), &arguments);
    assert_eq!((code, said.as_str()), (1, ""));
    assert!(!complaints.contains("top-secret"), "{complaints}");
    insta::assert_snapshot!("settings", complaints.replace(&shown(folder.path()), "…"));
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("the folder").collect();
    assert_eq!(left.len(), 1, "{left:?}");

    // An address that is taken is no mistake of the settings, and is told as well.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let pack = shown(&root().join("tests/packs/small"));
    let serve = ["serve", "--pack", &pack, "--data", "data", "--listen", &address];
    let (code, _, complaints) = baotu_in(folder.path(), &serve);
    assert_eq!(code, 1);
    assert!(complaints.contains(&format!("不能监听 {address}")), "{complaints}");
}

/// From nothing to a case that is done, and a copy of all of it.
#[test]
fn a_city_begins_handles_a_case_and_is_copied_while_it_runs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pack = folder.path().join("my-city");
    a_pack_is_made(&pack);
    let data = folder.path().join("data");
    let serve = ["serve", "--bootstrap", "--pack", &shown(&pack), "--log", "debug", "--log-format", "json"];
    let city = City::start_on(&data, &serve);
    it_is_well(&city);
    let administrator = Person::first_administrator(&city);
    let clerk = administrators_are_three(&city, &administrator);
    let case = a_case_is_handled(&city, &administrator, &clerk);

    let backup = folder.path().join("backup");
    let during = copied_under_writes(&city, &clerk, &backup);
    drop(clerk);
    drop(administrator);
    logs_tell_of_nobody(&city.logged());
    drop(city);
    restored(folder.path(), &pack, &backup, &case, &during);

    // Whoever has an administrator gets no second one.
    let again = City::start_on(&data, &serve);
    assert!(again.printed().contains("已有管理员，没有新建。"), "{}", again.printed());
    drop(again);
    for _ in 0..2 {
        let (code, _, complaints) = baotu(&["migrate", "--data", &shown(&data), "--pack", &shown(&pack)]);
        assert_eq!(code, 0, "{complaints}");
    }
}

/// `new-pack`, an own field, `check`.
fn a_pack_is_made(pack: &Path) {
    let new = ["new-pack", &shown(pack), "--name", "my-city", "--title", "我的城市"];
    let (code, said, complaints) = baotu(&new);
    assert_eq!((code, complaints.as_str()), (0, ""), "{said}");
    let (code, _, complaints) = baotu(&new);
    assert_eq!(code, 1, "a folder with something in it is left alone");
    assert!(complaints.contains("不是空文件夹"), "{complaints}");
    let intake = pack.join("services/simple-request/forms/intake.json");
    let company = "\"company\": {\"title\": \"单位信用代码\", \"type\": \"string\", \"format\": \"credit-code\"},\n    \"title\": {";
    edited(&intake, "\"title\": {", company);
    let (code, told, _) = baotu(&["check", &shown(pack)]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("我的城市"), "{told}");
}

fn it_is_well(city: &City) {
    assert!(city.address.starts_with("http://127.0.0.1:"), "{}", city.address);
    assert!(!city.address.ends_with(":0"), "the bound port is told");
    assert!(city.printed().contains("趵突 · 我的城市"), "{}", city.printed());
    let nobody = Person::nobody(city);
    assert_eq!(nobody.get("/healthz").text, "ok\n");
    let ready = nobody.get("/readyz").with(200);
    assert_eq!(ready, json!({"ready": true, "waiting_for": []}));
    let metrics = nobody.get("/metrics");
    assert_eq!(metrics.status, 200);
    let counted = "baotu_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"} 1";
    assert!(metrics.text.contains(counted), "{}", metrics.text);
    assert_eq!(nobody.get("/api/demo").code(), "no-demo");
    assert_eq!(nobody.get("/api/city").with(200)["title"], "我的城市");
}

/// Three administrators are three people, and a lost password is reset by the one for security. Gives a clerk.
fn administrators_are_three<'c>(city: &'c City, system: &Person<'c>) -> Person<'c> {
    let security = system.appoints("security", "office.security");
    let audit = system.appoints("audit", "office.audit");
    let posts = |person: &Person<'_>| person.get("/api/session").with(200);
    let oneself = posts(system)["person"]["id"].as_str().expect("an id").to_owned();
    let on_oneself =
        system.post(&format!("/api/accounts/{oneself}/holdings"), &json!({"post": "office.clerk"}));
    assert_eq!((on_oneself.status, on_oneself.code()), (403, "on-oneself"));
    let other = posts(&audit)["person"]["id"].as_str().expect("an id").to_owned();
    let both = system.post(&format!("/api/accounts/{other}/holdings"), &json!({"post": "office.security"}));
    assert_eq!((both.status, both.code()), (409, "administrators-apart"));
    for (path, person) in [("/api/audit", system), ("/api/audit", &security), ("/api/clients", system)] {
        assert_eq!(person.get(path).status, 403, "{path}");
    }
    let verified = audit.get("/api/audit/verification").with(200);
    assert_eq!(verified["broken_at"], Value::Null);

    // A clerk who has forgotten the password.
    let clerk = system.appoints("clerk-one", "office.clerk");
    let person = posts(&clerk)["person"]["id"].as_str().expect("an id").to_owned();
    let resets = format!("/api/accounts/{person}/resets");
    assert_eq!(system.post(&resets, &json!({})).status, 403, "the system's administrator resets nobody");
    let token = security.post(&resets, &json!({})).with(201);
    let nobody = Person::nobody(city);
    let reset = json!({"token": token["token"], "password": "Neues-Wort-2027"});
    nobody.post("/api/password/reset", &reset).with(204);
    assert_eq!(nobody.post("/api/password/reset", &reset).code(), "reset-token-invalid");
    assert_eq!(clerk.get("/api/session").status, 401, "sessions from before have ended");
    let old = nobody.post("/api/session", &json!({"user": "clerk-one", "password": "Herbst-und-7-Regen"}));
    assert_eq!(old.status, 401);
    Person::signed_in(city, "clerk-one", "Neues-Wort-2027")
}

/// A resident registers and reports; the case goes its way. Gives its id.
fn a_case_is_handled(city: &City, system: &Person<'_>, clerk: &Person<'_>) -> String {
    let handler = system.appoints("handler-one", "works.handler");
    let reviewer = system.appoints("reviewer-one", "office.reviewer");
    let registered =
        json!({"user": "resident-one", "password": "Quelle-7-Bach", "name": REPORTER, "phone": PHONE});
    Person::nobody(city).post("/api/residents", &registered).with(201);
    let resident = Person::signed_in(city, "resident-one", "Quelle-7-Bach");
    let photo = resident.request(Method::POST, "/api/blobs").header("content-type", "image/png").body(PHOTO);
    let photo = Answer::of(resident.sent(photo)).with(201);
    let report = |company: &str| {
        json!({
            "procedure": "simple-request", "category": "0101", "title": "路面有坑", "text": TEXT,
            "place": {"lon": 117.0, "lat": 36.65, "address": "柘溪巷 7 号"},
            "form": {"company": company, "photos": [photo["id"]]},
        })
    };
    // An identity number that is none is told with the place where it goes wrong.
    for (company, reason) in [("91370102MA9TEXT007", "第 18 位"), ("9137", "应为 18 位")] {
        let refused = resident.post("/api/cases", &report(company));
        assert_eq!((refused.status, refused.code()), (422, "form-invalid"), "{}", refused.text);
        assert_eq!(refused.body["fields"][0]["name"], "company");
        assert!(refused.text.contains(reason), "{}", refused.text);
    }
    let opened = resident.post("/api/cases", &report("91370102MA9TEXT006")).with(201);
    let case = opened["id"].as_str().expect("an id").to_owned();
    clerk.takes(&case, "dispatch", json!({}));
    let contact =
        handler.post(&format!("/api/cases/{case}/contact-reading"), &json!({"purpose": "handle-case"}));
    assert_eq!(contact.with(200), json!({"name": REPORTER, "phone": format!("+86{PHONE}")}));
    handler.takes(&case, "resolve", json!({"result": "已填补", "public_reply": "坑已填平。"}));
    let closed = reviewer.takes(
        &case,
        "close",
        json!({"contacted": true, "solved": true, "satisfied": true, "unreachable": false}),
    );
    assert_eq!((&closed["closed"], &closed["outcome"]), (&json!(true), &json!("solved")));
    let seen = resident.get(&format!("/api/cases/{case}")).with(200);
    assert_eq!(
        (&seen["status"], &seen["resolution"]["public_reply"]),
        (&json!("已办结"), &json!("坑已填平。"))
    );
    let trail = resident.get("/api/my/audit").with(200);
    assert!(trail["rows"].as_array().expect("rows").iter().any(|row| row["act"] == "cases.read-personal"));
    case
}

/// `backup` while cases come in. Gives the numbers of the cases that were answered before it began.
fn copied_under_writes(city: &City, clerk: &Person<'_>, backup: &Path) -> Vec<String> {
    let open = || {
        let body =
            json!({"procedure": "simple-request", "category": "0101", "title": "路面有坑", "text": TEXT});
        let opened = clerk.post("/api/cases", &body).with(201);
        opened["number"].as_str().expect("a number").to_owned()
    };
    let before: Vec<String> = (0..20).map(|_| open()).collect();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let writers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut written = 0;
                    while !done.load(Ordering::Relaxed) {
                        open();
                        written += 1;
                    }
                    written
                })
            })
            .collect();
        let pack = shown(&root().join("tests/packs/small"));
        let arguments = ["backup", &shown(backup), "--data", &shown(&city.data), "--pack", &pack];
        let (code, said, complaints) = baotu(&arguments);
        done.store(true, Ordering::Relaxed);
        let written: u32 = writers.into_iter().map(|writer| writer.join().expect("no refusal")).sum();
        assert_eq!(code, 0, "{complaints}");
        assert!(said.contains("像保管原始数据一样保管它"), "{said}");
        assert!(written > 0, "cases came in meanwhile");
        // A folder with something in it is left alone.
        let (code, _, complaints) = baotu(&arguments);
        assert_eq!(code, 1, "{complaints}");
    });
    before
}

/// `restore` into an empty folder, and the city that runs on it.
fn restored(folder: &Path, pack: &Path, backup: &Path, case: &str, before: &[String]) {
    let data = folder.join("restored");
    let arguments = ["restore", &shown(backup), "--data", &shown(&data), "--pack", &shown(pack)];
    let (code, said, complaints) = baotu(&arguments);
    assert_eq!(code, 0, "{said}{complaints}");
    let kept = Beside::of(&data).kept();
    let (code, _, complaints) = baotu(&arguments);
    assert_eq!(code, 1, "a folder that holds a city is left alone");
    assert!(complaints.contains("恢复没有完成"), "{complaints}");
    assert_eq!(Beside::of(&data).kept(), kept);

    let city = City::start_on(&data, &["serve", "--pack", &shown(pack), "--log", "warn"]);
    let clerk = Person::signed_in(&city, "clerk-one", "Neues-Wort-2027");
    for number in before {
        assert_eq!(clerk.get(&format!("/api/cases/{number}")).with(200)["text"], TEXT, "{number}");
    }
    // Each case that is there is there whole.
    let beside = Beside::of(&data);
    let cases = beside.number("SELECT count(*) AS n FROM cases_case");
    assert!(cases > before.len() as i64);
    for (what, sql) in [
        ("opened", "SELECT count(*) AS n FROM storage_event WHERE kind = 'cases.opened'"),
        ("decided", "SELECT count(DISTINCT case_id) AS n FROM cases_decision"),
    ] {
        assert_eq!(beside.number(sql), cases, "{what}");
    }
    // Sealed data opens with the key that came along, and photos are there.
    let handler = Person::signed_in(&city, "handler-one", "Herbst-und-7-Regen");
    let contact =
        handler.post(&format!("/api/cases/{case}/contact-reading"), &json!({"purpose": "handle-case"}));
    assert_eq!(contact.with(200), json!({"name": REPORTER, "phone": format!("+86{PHONE}")}));
    let seen = handler.get(&format!("/api/cases/{case}")).with(200);
    let photo = seen["photos"][0].as_str().expect("a photo");
    assert_eq!(handler.get(&format!("/api/blobs/{photo}")).status, 200);
    // The words are found again: the index is made anew from the log.
    clerk.sees("/api/cases?q=大坑", |page| page["rows"][0].is_object());
    // It goes on: a new case gets a number of its own.
    let body = json!({"procedure": "simple-request", "category": "0101", "title": "又一处坑", "text": TEXT});
    let number = clerk.post("/api/cases", &body).with(201)["number"].clone();
    assert!(!before.iter().any(|taken| *taken == number), "{number}");
}

/// Each line is an object of JSON, and none names a person, a number, a place or what anybody wrote.
fn logs_tell_of_nobody(logged: &str) {
    let lines: Vec<Value> = logged
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    assert!(!lines.is_empty(), "at this level something is said");
    for secret in
        [REPORTER, PHONE, "大坑", "柘溪巷", "路面有坑", "已填补", "Quelle-7-Bach", "Neues-Wort", "91370102"]
    {
        assert!(!logged.contains(secret), "the log holds “{secret}”");
    }
}

#[test]
fn the_laboratory_broker_is_for_this_machine_alone() {
    let (code, said, complaints) = baotu(&["mqtt-open", "--listen", "0.0.0.0:0"]);
    assert_eq!((code, said.as_str()), (1, ""));
    assert!(complaints.contains("只供本机测试"), "{complaints}");
}
