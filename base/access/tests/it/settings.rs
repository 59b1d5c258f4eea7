//! What people set for their own screens: theirs alone, kept, and small.

use axum::http::{Method, StatusCode};
use baotu_access::{SETTING_BYTES_MAX, SETTINGS_MAX};
use baotu_storage::testing::stores;
use serde_json::{Value, json};

use crate::asking::{app, ask};
use crate::given::City;

#[tokio::test]
async fn what_one_sets_is_there_again_and_nobody_elses() {
    for test in stores().await {
        let city = City::on(&test.store);
        let app = app(&city.access);
        let (li, du) = (city.person("li-ming", &[]).await, city.person("du-fu", &[]).await);
        let (_, li) = city.access.open_session(li, None).await.expect("a session");
        let (_, du) = city.access.open_session(du, None).await.expect("a session");
        let path = "/api/me/settings/desk-views";
        let nothing = ask(Method::GET, path).bearer(&li).of(&app).await;
        assert_eq!((nothing.status, &nothing.json()["value"]), (StatusCode::OK, &Value::Null));

        for views in [json!([{"name": "今天"}]), json!([{"name": "今天"}, {"name": "超期"}])] {
            let set = ask(Method::PUT, path).bearer(&li).json(&json!({ "value": views })).of(&app).await;
            assert_eq!(set.status, StatusCode::OK, "{set:?}");
            let read = ask(Method::GET, path).bearer(&li).of(&app).await.json();
            assert_eq!((&read["value"], read["changed_at"].is_string()), (&views, true));
        }
        assert_eq!(ask(Method::GET, path).bearer(&du).of(&app).await.json()["value"], Value::Null);

        ask(Method::PUT, path).bearer(&li).json(&json!({ "value": null })).of(&app).await;
        assert_eq!(ask(Method::GET, path).bearer(&li).of(&app).await.json()["value"], Value::Null);
    }
}

#[tokio::test]
async fn settings_are_few_small_and_named() {
    for test in stores().await {
        let city = City::on(&test.store);
        let app = app(&city.access);
        let person = city.person("li-ming", &[]).await;
        let (_, token) = city.access.open_session(person, None).await.expect("a session");
        let put = async |name: &str, value: Value| {
            let path = format!("/api/me/settings/{name}");
            let answer =
                ask(Method::PUT, &path).bearer(&token).json(&json!({ "value": value })).of(&app).await;
            (answer.status, answer.status.is_client_error().then(|| answer.code()))
        };
        for number in 0..SETTINGS_MAX {
            assert_eq!(put(&format!("page-{number}"), json!({"columns": ["left"]})).await.0, StatusCode::OK);
        }
        let too_many = (StatusCode::UNPROCESSABLE_ENTITY, Some("settings-too-many".to_owned()));
        assert_eq!(put("one-more", json!(true)).await, too_many);
        // One that is there can still be changed, and one that is forgotten makes room.
        assert_eq!(put("page-0", json!(2)).await.0, StatusCode::OK);
        assert_eq!(put("page-0", Value::Null).await.0, StatusCode::OK);
        assert_eq!(put("one-more", json!(true)).await.0, StatusCode::OK);

        let large = put("page-1", json!("x".repeat(SETTING_BYTES_MAX))).await;
        assert_eq!(large, (StatusCode::PAYLOAD_TOO_LARGE, Some("setting-too-large".to_owned())));
        let named = put("Desk_Views", json!(1)).await;
        assert_eq!(named, (StatusCode::UNPROCESSABLE_ENTITY, Some("setting-name-invalid".to_owned())));
    }
}
