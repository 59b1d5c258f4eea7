//! Which accounts the demo city offers, for its sign-in page and for tools that play a part in it.

use std::collections::HashSet;
use std::net::SocketAddr;

use baotu_pack::Pack;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::people::Cast;

/// The password of every account of the demo city.
pub const PASSWORD: &str = "Baotu-demo-1";
/// Residents offered on the sign-in page.
const RESIDENTS_OFFERED: usize = 5;
/// Residents in the file for tools.
const RESIDENTS_WRITTEN: usize = 50;

/// An account offered on the sign-in page of the demo city.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DemoAccount {
    /// User name.
    pub user: String,
    /// Password; the same for all.
    pub password: &'static str,
    /// The person's name.
    pub name: String,
    /// `resident` or `official`.
    pub kind: &'static str,
    /// The post's title.
    pub title: Option<String>,
    /// The unit's name.
    pub unit_name: Option<String>,
    /// The titles of the post's roles.
    pub roles: Vec<String>,
}

/// A few accounts that can play every part: residents, and one official of each distinct set of roles of each kind of
/// unit.
pub fn offered(pack: &Pack, cast: &Cast) -> Vec<DemoAccount> {
    let residents = cast.residents.iter().take(RESIDENTS_OFFERED).map(|resident| DemoAccount {
        user: resident.user.clone(),
        password: PASSWORD,
        name: resident.name.clone(),
        kind: "resident",
        title: None,
        unit_name: None,
        roles: Vec::new(),
    });
    let mut seen = HashSet::new();
    let officials = cast.officials.iter().filter_map(|official| {
        let unit = pack.units().get(official.acting.unit.as_str())?;
        let roles: Vec<String> = official
            .acting
            .roles
            .iter()
            .map(|role| pack.role(role).map_or_else(|| role.to_string(), |declared| declared.title.clone()))
            .collect();
        seen.insert((roles.clone(), unit.kind.clone())).then(|| DemoAccount {
            user: official.user.clone(),
            password: PASSWORD,
            name: official.acting.name.clone(),
            kind: "official",
            title: Some(official.title.clone()),
            unit_name: Some(unit.name.clone()),
            roles,
        })
    });
    residents.chain(officials).collect()
}

/// The key of the program in a `demo-accounts.json` that was written before.
pub fn key_written(text: &[u8]) -> Option<String> {
    let accounts: Value = serde_json::from_slice(text).ok()?;
    accounts["open311"]["api_key"].as_str().map(str::to_owned)
}

/// `demo-accounts.json`: addresses, the key of a program, and every official with their roles and unit.
pub fn written(cast: &Cast, address: SocketAddr, api_key: &str) -> Value {
    let at = |path: &str| format!("http://{address}{path}");
    let officials = cast.officials.iter().flat_map(|official| {
        official.acting.roles.iter().map(move |role| {
            json!({"role": role, "user": official.user, "password": PASSWORD, "unit": official.acting.unit,
                   "post": official.acting.post, "name": official.acting.name})
        })
    });
    let residents = cast.residents.iter().take(RESIDENTS_WRITTEN).map(|resident| {
        json!({"role": "resident", "user": resident.user, "password": PASSWORD, "unit": null, "name": resident.name})
    });
    json!({
        "addresses": {
            "resident": at("/"), "desk": at("/desk"), "screen": at("/screen"), "api": at("/api"),
            "openapi": at("/api/openapi.json"), "open311": at("/open311/v2/"), "metrics": at("/metrics"),
        },
        "open311": {"api_key": api_key},
        "accounts": residents.chain(officials).collect::<Vec<Value>>(),
    })
}
