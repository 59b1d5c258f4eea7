//! The people of the demo city: its officials, one for each holder of a post, and residents.
//!
//! Names are put together from common surnames and given names, numbers stand for telephones; none of them is a real
//! person's, and nothing is ever sent to them.

use std::collections::HashMap;

use baotu_access::SeedPerson;
use baotu_pack::Pack;
use baotu_vocabulary::{Actor, OfficialActor, PersonId, Phone, RoleName, UnitCode};
use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use uuid::Uuid;

/// Residents of the demo city who have an account.
pub const RESIDENTS: usize = 2_000;

/// The name space in which people's ids are derived from their user names, so that they are the same in every demo.
const PEOPLE: Uuid = Uuid::from_u128(0x8d1f_0c52_6b0e_4f6e_9a55_62a0_7d10_2a01);

const SURNAMES: [&str; 40] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何",
    "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓",
    "许", "傅", "沈", "曾", "彭", "吕",
];
const GIVEN: [&str; 48] = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超",
    "霞", "平", "刚", "建国", "志强", "晓明", "雪梅", "文博", "思远", "雨桐", "子涵", "海燕", "春生", "玉兰",
    "国庆", "泉生", "明湖", "欣怡", "浩然", "珍珠", "佳琪", "柳青", "荷香", "德华", "秀英", "桂兰", "淑珍",
    "立新", "向东", "学文", "家乐",
];

/// An official with the account they sign in with.
#[derive(Clone, Debug)]
pub struct Official {
    /// Their user name: the post's code and a number.
    pub user: String,
    /// Who they are when they act at their post.
    pub acting: OfficialActor,
    /// The post's title.
    pub title: String,
}

/// A resident with the account they sign in with.
#[derive(Clone, Debug)]
pub struct Resident {
    /// Their user name.
    pub user: String,
    /// Their account.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What stands for their telephone.
    pub telephone: String,
}

/// Everybody who plays a part.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The officials, in the order of the posts.
    pub officials: Vec<Official>,
    /// The residents.
    pub residents: Vec<Resident>,
    by_seat: HashMap<(UnitCode, RoleName), Vec<usize>>,
    by_role: HashMap<RoleName, Vec<usize>>,
}

impl Cast {
    /// One official for each holder of each post of `pack`, and the residents; the same for the same seed.
    pub fn of(pack: &Pack, seed: u64) -> Self {
        let mut chance = ChaCha12Rng::seed_from_u64(seed);
        let mut cast = Self {
            officials: Vec::new(),
            residents: Vec::new(),
            by_seat: HashMap::new(),
            by_role: HashMap::new(),
        };
        for post in pack.units().posts() {
            for number in 1..=post.holders {
                let user = format!("{}.{number}", post.code).to_lowercase();
                let acting = OfficialActor {
                    person: PersonId::derived(PEOPLE, &user),
                    name: name(&mut chance),
                    post: post.code.clone(),
                    unit: post.unit.clone(),
                    roles: post.roles.0.clone(),
                };
                let place = cast.officials.len();
                for role in &acting.roles {
                    cast.by_seat.entry((acting.unit.clone(), role.clone())).or_default().push(place);
                    cast.by_role.entry(role.clone()).or_default().push(place);
                }
                cast.officials.push(Official { user, acting, title: post.title.clone() });
            }
        }
        for index in 0..RESIDENTS {
            let user = format!("resident{:04}", index + 1);
            cast.residents.push(Resident {
                person: PersonId::derived(PEOPLE, &user),
                name: name(&mut chance),
                telephone: format!("1990000{index:04}"),
                user,
            });
        }
        cast
    }

    /// Somebody who has `role` in one of `units`, or in any unit when there is none named.
    pub fn somebody(&self, role: &RoleName, units: &[UnitCode], chance: &mut impl Rng) -> Option<&Official> {
        let empty = Vec::new();
        let places: Vec<usize> = if units.is_empty() {
            self.by_role.get(role).unwrap_or(&empty).clone()
        } else {
            units
                .iter()
                .flat_map(|unit| self.by_seat.get(&(unit.clone(), role.clone())).unwrap_or(&empty))
                .copied()
                .collect()
        };
        let place = places.get(chance.random_range(0..places.len().max(1)))?;
        self.officials.get(*place)
    }

    /// Any resident.
    pub fn resident(&self, chance: &mut impl Rng) -> &Resident {
        &self.residents[chance.random_range(0..self.residents.len())]
    }

    /// Their accounts, for access.
    pub fn seed(&self) -> impl Iterator<Item = SeedPerson> {
        let officials = self.officials.iter().map(|official| SeedPerson {
            person: official.acting.person,
            user: official.user.clone(),
            name: official.acting.name.clone(),
            phone: None,
            posts: vec![official.acting.post.clone()],
        });
        let residents = self.residents.iter().map(|resident| SeedPerson {
            person: resident.person,
            user: resident.user.clone(),
            name: resident.name.clone(),
            phone: Phone::parse(&resident.telephone, None).ok(),
            posts: Vec::new(),
        });
        officials.chain(residents)
    }
}

impl Official {
    /// The official acting at their post.
    pub fn actor(&self) -> Actor {
        Actor::official(self.acting.clone())
    }
}

fn name(chance: &mut impl Rng) -> String {
    let surname = SURNAMES[chance.random_range(0..SURNAMES.len())];
    let given = GIVEN[chance.random_range(0..GIVEN.len())];
    format!("{surname}{given}")
}
