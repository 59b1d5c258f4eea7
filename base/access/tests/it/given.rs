//! A small city for the tests: three units, the posts of a desk, the three administrators, and a clock that is set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use baotu_access::{AccessParts, AccessSettings, AccessState, Keys, PasswordCost, SeedPerson};
use baotu_pack::organisations::{Post, RoleList, Unit};
use baotu_pack::roles::Roles;
use baotu_storage::Store;
use baotu_vocabulary::{Actor, Chance, Moment, PersonId, Surroundings};

/// The password of everybody whom [`City::person`] enters.
pub(crate) const PASSWORD: &str = "spring-water-72";

/// Roles and grants in the words of a pack.
pub(crate) const ROLES: &str = r#"
[[role]]
name = "system-administrator"
title = "系统管理员"
administrator = "system"
[[role]]
name = "security-administrator"
title = "安全管理员"
administrator = "security"
[[role]]
name = "audit-administrator"
title = "审计管理员"
administrator = "audit"
[[role]]
name = "dispatcher"
title = "派遣员"
[[role]]
name = "unit-handler"
title = "承办人"
[[purpose]]
name = "call-back"
title = "回访诉求人"
basis = "《个人信息保护法》第十三条第一款第三项"
[[grant]]
role = "anyone"
actions = ["cases.list-near"]
resource = "city"
relation = "any"
[[grant]]
role = "resident"
actions = ["cases.open", "cases.read", "cases.decide"]
resource = "case"
relation = "own"
[[grant]]
role = "resident"
actions = ["audit.read-own", "account.read"]
resource = "account"
relation = "own"
[[grant]]
role = "unit-handler"
actions = ["cases.read", "cases.decide"]
resource = "case"
relation = "unit"
[[grant]]
role = "dispatcher"
actions = ["cases.read", "cases.dispatch"]
resource = "case"
procedures = ["hotline-ticket"]
relation = "below"
[[grant]]
role = "dispatcher"
actions = ["cases.read-personal"]
resource = "case"
relation = "below"
purposes = ["call-back"]
[[grant]]
role = "system-administrator"
actions = ["accounts.read", "accounts.create", "accounts.lock", "posts.assign"]
resource = "system"
relation = "any"
[[grant]]
role = "security-administrator"
actions = ["accounts.read", "accounts.reset", "accounts.unlock", "grants.read", "clients.manage"]
resource = "system"
relation = "any"
[[grant]]
role = "audit-administrator"
actions = ["audit.read", "audit.verify", "grants.read"]
resource = "audit"
relation = "any"
"#;

/// The time and the chance of a test: both move only when told to.
pub(crate) struct TestClock {
    micros: AtomicI64,
    draws: AtomicU64,
}

impl TestClock {
    pub(crate) fn pass_seconds(&self, seconds: i64) {
        self.micros.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Surroundings for TestClock {
    fn now(&self) -> Moment {
        Moment::from_micros(self.micros.load(Ordering::SeqCst))
    }

    fn chance(&self) -> Chance {
        let draw = self.draws.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        std::array::from_fn(|index| if index < 8 { draw[index] } else { 7 })
    }
}

/// A city to ask.
pub(crate) struct City {
    pub(crate) access: AccessState,
    pub(crate) clock: Arc<TestClock>,
}

pub(crate) fn roles() -> Roles {
    toml::from_str(ROLES).expect("the roles of the test city are well formed")
}

pub(crate) fn units() -> Vec<Unit> {
    let unit = |code: &str, name: &str, parent: Option<&str>, area: &str| Unit {
        code: code.into(),
        name: name.into(),
        kind: "bureau".into(),
        parent: parent.map(Into::into),
        area: area.into(),
        credit_code: None,
        phone: None,
        source: "synthetic".into(),
    };
    vec![
        unit("jn", "济南市人民政府", None, "370100"),
        unit("jn-centre", "济南市12345热线", Some("jn"), "370100"),
        unit("lixia", "历下区人民政府", Some("jn"), "370102"),
        unit("lixia-chengguan", "历下区城市管理局", Some("lixia"), "370102"),
    ]
}

pub(crate) fn posts() -> Vec<Post> {
    let post = |code: &str, title: &str, unit: &str, roles: &str| Post {
        code: code.into(),
        title: title.into(),
        unit: unit.into(),
        roles: RoleList(roles.split_whitespace().map(Into::into).collect()),
        holders: 1,
    };
    vec![
        post("jn.system", "系统管理员", "jn", "system-administrator"),
        post("jn.security", "安全管理员", "jn", "security-administrator"),
        post("jn.audit", "审计管理员", "jn", "audit-administrator"),
        post("lixia.dispatcher", "派遣员", "lixia", "dispatcher"),
        post("lixia-chengguan.handler", "承办人", "lixia-chengguan", "unit-handler"),
    ]
}

impl City {
    pub(crate) fn on(store: &Store) -> Self {
        Self::with(store, |_| {})
    }

    pub(crate) fn with(store: &Store, set: impl FnOnce(&mut AccessSettings)) -> Self {
        let clock =
            Arc::new(TestClock { micros: AtomicI64::new(1_795_500_000_000_000), draws: AtomicU64::new(0) });
        let mut settings =
            AccessSettings { password_cost: PasswordCost::CHEAPEST, ..AccessSettings::default() };
        set(&mut settings);
        let access = AccessState::new(AccessParts {
            store: store.clone(),
            keys: Keys::derive(&[7; 32]),
            roles: &roles(),
            units: &units(),
            posts: &posts(),
            surroundings: Arc::clone(&clock) as Arc<dyn Surroundings>,
            settings,
        });
        Self { access, clock }
    }

    /// Enters somebody who holds `posts`, and tells who that is.
    pub(crate) async fn person(&self, user: &str, posts: &[&str]) -> PersonId {
        let person = PersonId::new(self.access.now(), self.clock.chance());
        let hash = self.access.hash_password(PASSWORD.to_owned()).await.expect("a hash");
        let seed = SeedPerson {
            person,
            user: user.to_owned(),
            name: "王小明".to_owned(),
            phone: None,
            posts: posts.iter().map(|post| (*post).into()).collect(),
        };
        self.access.seed([seed], &hash).await.expect("the person is entered");
        person
    }

    /// Enters somebody and lets them act at a post, or for themselves.
    pub(crate) async fn actor(&self, user: &str, post: Option<&str>) -> Actor {
        let person = self.person(user, &post.map_or_else(Vec::new, |post| vec![post])).await;
        let session = self.access.open_session(person, post.map(Into::into)).await.expect("a session");
        session.0.actor
    }
}
