//! `organisations/units.csv` and `posts.csv`: hand-written heads expanded over the divisions that `places/` declares.

use std::fs::File;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::{read_rows, write_rows};

/// Offices of the city, public utilities and the centres of the two first systems.
const CITY_UNITS: &str = include_str!("../../jinan/city-units.csv");
/// Offices that each district has; `{d}` stands for the district's name.
const DISTRICT_UNITS: &str = include_str!("../../jinan/district-units.csv");
/// The posts of each kind of unit.
const POSTS: &str = include_str!("../../jinan/posts.csv");

/// The top of the tree of units.
const CITY_GOVERNMENT: &str = "jn-gov";

#[derive(Deserialize)]
struct Division {
    code: String,
    name: String,
    kind: String,
    parent: String,
    valid_to: String,
}

#[derive(Deserialize)]
struct CityUnitHead {
    code: String,
    name: String,
    kind: String,
    parent: String,
    phone: String,
    source: String,
}

#[derive(Deserialize)]
struct DistrictUnitHead {
    code: String,
    name: String,
    kind: String,
    parent: String,
}

#[derive(Deserialize)]
struct PostHead {
    /// A kind of unit, a kind up to its colon, or `unit:` and one unit's code.
    units: String,
    code: String,
    title: String,
    roles: String,
    holders: u16,
    /// `street` when there is one such post for each street in the unit's area.
    each: String,
}

#[derive(Serialize)]
struct Unit {
    code: String,
    name: String,
    kind: String,
    parent: String,
    area: String,
    credit_code: &'static str,
    phone: String,
    source: String,
}

#[derive(Debug, Serialize)]
struct Post {
    code: String,
    title: String,
    unit: String,
    roles: String,
    holders: u16,
}

/// What was written.
pub(crate) struct OrganisationsWritten {
    /// Rows of `units.csv`.
    pub(crate) units: usize,
    /// Rows of `posts.csv`.
    pub(crate) posts: usize,
    /// How many people hold those posts.
    pub(crate) holders: u32,
}

/// Writes `organisations/units.csv` and `posts.csv` of the pack; its `places/divisions.csv` must be there already.
pub(crate) fn write_organisations(pack: &Path) -> anyhow::Result<OrganisationsWritten> {
    let divisions = pack.join("places/divisions.csv");
    let file = File::open(&divisions).context("places/divisions.csv: run jinan-places first")?;
    let mut divisions: Vec<Division> = read_rows(file, "divisions.csv")?;
    divisions.retain(|division| division.valid_to.is_empty());
    let units = units(&divisions)?;
    let posts = posts(&units, &divisions)?;
    let organisations = pack.join("organisations");
    std::fs::create_dir_all(&organisations)?;
    write_rows(&organisations.join("units.csv"), &units)?;
    write_rows(&organisations.join("posts.csv"), &posts)?;
    let holders = posts.iter().map(|post| u32::from(post.holders)).sum();
    Ok(OrganisationsWritten { units: units.len(), posts: posts.len(), holders })
}

fn units(divisions: &[Division]) -> anyhow::Result<Vec<Unit>> {
    let mut units = Vec::new();
    for head in read_rows::<CityUnitHead>(CITY_UNITS.as_bytes(), "city-units.csv")? {
        let CityUnitHead { code, name, kind, parent, phone, source } = head;
        units.push(Unit {
            code,
            name,
            kind,
            parent,
            area: String::from("370100"),
            credit_code: "",
            phone,
            source,
        });
    }
    let heads: Vec<DistrictUnitHead> = read_rows(DISTRICT_UNITS.as_bytes(), "district-units.csv")?;
    for district in divisions.iter().filter(|division| matches!(division.kind.as_str(), "district" | "zone"))
    {
        let zone = district.kind == "zone";
        let short = if zone { "高新区" } else { district.name.as_str() };
        let government = if zone {
            String::from("济南高新区管委会")
        } else {
            format!("{}人民政府", district.name)
        };
        units.push(Unit {
            code: district.code.clone(),
            name: government,
            kind: String::from("district-government"),
            parent: CITY_GOVERNMENT.to_owned(),
            area: district.code.clone(),
            credit_code: "",
            phone: String::new(),
            source: String::from("public name"),
        });
        for head in &heads {
            units.push(Unit {
                code: format!("{}-{}", district.code, head.code),
                name: head.name.replace("{d}", short),
                kind: head.kind.clone(),
                parent: head.parent.replace("{d}", &district.code),
                area: district.code.clone(),
                credit_code: "",
                phone: String::new(),
                source: String::from("synthetic"),
            });
        }
    }
    for street in divisions.iter().filter(|division| matches!(division.kind.as_str(), "street" | "town")) {
        units.push(Unit {
            code: street.code.clone(),
            name: street_office(&street.name),
            kind: String::from("street-office"),
            parent: street.parent.clone(),
            area: street.code.clone(),
            credit_code: "",
            phone: String::new(),
            source: String::from("NBS 2023; office name derived"),
        });
    }
    Ok(units)
}

/// The office that governs a street, a town, or a development zone counted like one.
fn street_office(name: &str) -> String {
    let ending = match name {
        name if name.ends_with("街道") => "办事处",
        name if name.ends_with('镇') => "人民政府",
        name if name.ends_with("中心") => "",
        _ => "管理委员会",
    };
    format!("{name}{ending}")
}

fn posts(units: &[Unit], divisions: &[Division]) -> anyhow::Result<Vec<Post>> {
    let heads: Vec<PostHead> = read_rows(POSTS.as_bytes(), "posts.csv")?;
    let mut posts = Vec::new();
    for unit in units {
        for head in heads.iter().filter(|head| is_for(&head.units, unit)) {
            let post = |suffix: &str, title: String| Post {
                code: format!("{}.{}{suffix}", unit.code, head.code),
                title,
                unit: unit.code.clone(),
                roles: head.roles.clone(),
                holders: head.holders,
            };
            if head.each == "street" {
                let streets = divisions
                    .iter()
                    .filter(|division| division.parent == unit.area && division.code.len() == 9);
                posts.extend(streets.map(|street| {
                    post(&format!("-{}", &street.code[6..]), format!("{}（{}）", head.title, street.name))
                }));
            } else {
                posts.push(post("", head.title.clone()));
            }
        }
    }
    for head in &heads {
        anyhow::ensure!(
            units.iter().any(|unit| is_for(&head.units, unit)),
            "no unit has the post {} of {}",
            head.code,
            head.units
        );
    }
    Ok(posts)
}

/// Whether a head written for `units` is meant for this unit.
fn is_for(units: &str, unit: &Unit) -> bool {
    match units.strip_prefix("unit:") {
        Some(code) => unit.code == code,
        None => unit.kind == units || unit.kind.split(':').next() == Some(units),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn division(code: &str, name: &str, kind: &str, parent: &str) -> Division {
        Division {
            code: code.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            parent: parent.to_owned(),
            valid_to: String::new(),
        }
    }

    fn small_city() -> Vec<Division> {
        vec![
            division("370102", "历下区", "district", "370100"),
            division("370102001", "解放路街道", "street", "370102"),
            division("370102002", "千佛山街道", "street", "370102"),
        ]
    }

    #[test]
    fn every_parent_and_every_posts_unit_exists_and_codes_are_unique() {
        let city = small_city();
        let units = units(&city).expect("heads can be read");
        let codes: BTreeSet<&str> = units.iter().map(|unit| unit.code.as_str()).collect();
        assert_eq!(codes.len(), units.len());
        for unit in &units {
            assert!(
                unit.parent.is_empty() || codes.contains(unit.parent.as_str()),
                "{} under {}",
                unit.code,
                unit.parent
            );
        }
        let posts = posts(&units, &city).expect("heads can be read");
        let post_codes: BTreeSet<&str> = posts.iter().map(|post| post.code.as_str()).collect();
        assert_eq!(post_codes.len(), posts.len());
        assert!(posts.iter().all(|post| codes.contains(post.unit.as_str())));
    }

    #[test]
    fn inspectors_walk_one_street_each() {
        let city = small_city();
        let posts = posts(&units(&city).expect("units"), &city).expect("posts");
        let inspectors = posts.iter().filter(|post| post.roles == "inspector").count();
        assert_eq!(inspectors, 2);
    }

    #[test]
    fn offices_are_named_after_what_they_govern() {
        assert_eq!(street_office("解放路街道"), "解放路街道办事处");
        assert_eq!(street_office("仁风镇"), "仁风镇人民政府");
        assert_eq!(street_office("商河经济开发区"), "商河经济开发区管理委员会");
        assert_eq!(street_office("南部新城建设服务中心"), "南部新城建设服务中心");
    }
}
