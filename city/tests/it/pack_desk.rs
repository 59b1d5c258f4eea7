//! The city pack at the desk: the system administrator reads it whole and tries it; nobody else learns of it.

use serde_json::json;

use crate::city::City;
use crate::people::Person;

const PARTS: [&str; 7] = [
    "/api/pack",
    "/api/pack/procedures/hotline-ticket",
    "/api/pack/functions?q=城管",
    "/api/pack/grants",
    "/api/pack/calendar/2026",
    "/api/pack/trial/dispatch?procedure=hotline-ticket&category=010101&lon=117.016&lat=36.661",
    "/api/pack/trial/limit?procedure=hotline-ticket&key=handling&start=2026-09-28T10:00:00%2B08:00",
];

#[test]
fn the_system_administrator_reads_and_tries_the_running_pack() {
    let city = City::start(&["demo", "--history-hours", "0", "--per-day", "0", "--log", "warn"]);
    let nobody = Person::nobody(&city);
    let dispatcher = Person::with_role(&city, "hotline-dispatcher", None);
    for part in PARTS {
        assert_eq!(nobody.get(part).status, 401, "{part}");
        assert_eq!(dispatcher.get(part).status, 403, "{part}");
    }
    let administrator = Person::with_role(&city, "system-administrator", None);
    let session = administrator.get("/api/session").with(200);
    assert!(session["system_actions"].as_array().expect("actions").contains(&json!("pack.read")));

    let pack = administrator.get(PARTS[0]).with(200);
    let systems = pack["systems"].as_array().expect("systems");
    let hotline =
        systems.iter().find(|system| system["name"] == "services/hotline-12345").expect("the hotline");
    assert_eq!(hotline["file"], "services/hotline-12345/system.toml");
    assert_eq!(hotline["procedures"][0]["file"], "services/hotline-12345/procedure.toml");
    assert!(pack["counts"]["functions"].as_u64().expect("a count") > 100);

    let procedure = administrator.get(PARTS[1]).with(200);
    let steps = procedure["steps"].as_array().expect("steps");
    let sign = steps.iter().find(|step| step["name"] == "sign").expect("a step");
    assert_eq!((&sign["who"], &sign["handles"]), (&json!("主办单位的工单联络员"), &json!(true)));
    assert_eq!(administrator.get("/api/pack/procedures/no-such").status, 404);

    let functions = administrator.get(PARTS[2]).with(200);
    let row = &functions["rows"][0];
    assert!(
        row["line"].as_u64().expect("a line") > 1 && row["file"].as_str().expect("a file").ends_with(".csv")
    );

    let grants = administrator.get(PARTS[3]).with(200);
    let granted = grants["grants"].as_array().expect("grants");
    let personal = granted.iter().find(|grant| grant["actions"] == json!(["cases.read-personal"]));
    assert!(!personal.expect("a grant")["purposes"].as_array().expect("purposes").is_empty());

    let year = administrator.get(PARTS[4]).with(200);
    assert!(year["off"].as_array().expect("days").contains(&json!("2026-10-01")));
    assert!(!year["make_up"].as_array().expect("days").is_empty());
    assert_eq!(administrator.get("/api/pack/calendar/1").status, 422);

    let tried = administrator.get(PARTS[5]).with(200);
    assert!(!tried["in_charge"][0]["why"].as_str().expect("why").is_empty());
    // Five working days that begin before the national day end after it.
    let limit = administrator.get(PARTS[6]).with(200);
    assert!(limit["due_at"].as_str().expect("a time") > "2026-10-08", "{limit}");
    assert_eq!(administrator.get("/api/pack/trial/limit?procedure=hotline-ticket&key=no-such").status, 404);
}
