//! Who asks, and what is there to be asked for.

use std::sync::atomic::{AtomicU32, Ordering};

use doorstep::absences::{self, Absence};
use doorstep::auth::csrf;
use doorstep::registry::{self, NewLogin};
use doorstep::store::leaves;
use doorstep::trail::Actor;
use doorstep_tests::bare_phone::{Answer, agent};
use doorstep_tests::world::{AREA, NOW, OTHER_AREA, STREET, World, operator};
use doorstep_tests::{BarePhone, pictures};
use mobile_bindings::client::Entry;
use sync_protocol::document::Document;
use sync_protocol::ids::{AreaId, PersonId, RecordId};
use sync_protocol::records::{Kind, Role, Value};

use super::cases::{Asked, Case, Target};
use crate::console::Console;

pub(super) const PASSWORD: &str = "a long enough password";

/// A district with a report, its photo, a refused change, and phones.
pub(super) struct Cast {
    pub(super) world: World,
    /// A coordinator's phone in the community.
    pub(super) phone: BarePhone,
    /// A coordinator's phone in the community beside it; then those of people who do not go to doors.
    pub(super) others: Vec<BarePhone>,
    pub(super) target: Target,
}

impl Cast {
    pub(super) fn new() -> Self {
        Self::of(World::new())
    }

    pub(super) fn of(world: World) -> Self {
        let (report, home, photo) = report(&world);
        let person = world.person("李春梅", Role::Coordinator, AREA);
        let phone = BarePhone::enrol(&world.url, &world.enrolment_code(person));
        let refused = refused(&phone);
        let others = [
            (Role::Coordinator, OTHER_AREA),
            (Role::Supervisor, STREET),
            (Role::Administrator, STREET),
            (Role::Auditor, STREET),
        ];
        let others = others.map(|(role, area)| world.bare_phone("别人", role, area)).into();
        let victim = world.person("欧阳春", Role::Coordinator, AREA);
        let stand_in = world.person("赵敏", Role::Coordinator, AREA).to_string();
        let victims = BarePhone::enrol(&world.url, &world.enrolment_code(victim));
        let request = request(&world, home);
        let target = Target {
            area: AREA,
            record: report,
            home,
            kept: RecordId([5; 16]),
            change: refused,
            photo,
            device: victims.device.to_string(),
            person: victim.to_string(),
            stand_in,
            absence: 0,
            request,
        };
        Self { world, phone, others, target }
    }

    /// An absence of the target's person, longer than any clock runs.
    pub(super) fn absence(&self) -> i64 {
        let person: PersonId = self.target.person.parse().unwrap();
        let (from_ms, until_ms) = (32_400_000_000_000, 32_500_000_000_000);
        let new = Absence { person, from_ms, until_ms, stand_in: None };
        let by = (Actor::Operator("tests".to_owned()), NOW);
        self.world
            .store
            .transaction(|db| {
                let around = leaves::around(db, &[person], NOW)?;
                if around.is_empty() {
                    absences::set(db, operator(), &new, by.clone()).expect("an absence");
                }
                Ok(leaves::around(db, &[person], NOW)?[0].id.0)
            })
            .unwrap()
    }

    /// Somebody new with a role, signed in: the cookie.
    pub(super) fn sign_in(&self, role: Role, area: AreaId) -> String {
        somebody(&self.world, role, area).0.cookie().to_owned()
    }

    /// What is there in the community beside it: who works there, and a home.
    pub(super) fn beside(&self) -> Target {
        let person = self.world.person("周明", Role::Coordinator, OTHER_AREA);
        let phone = BarePhone::enrol(&self.world.url, &self.world.enrolment_code(person));
        let home = RecordId([6; 16]);
        let mut document = Document::genesis(Kind::Premises).unwrap();
        let owner = Value::from("11010519491231002X");
        let change = phone.edit(&mut document, &[("owner_document", owner)]).bytes;
        phone.sync(&phone.push_request(OTHER_AREA, home, Kind::Premises, &[&change]));
        Target { area: OTHER_AREA, home, stand_in: person.to_string(), ..Target::random() }
    }

    /// Asks, and answers what came back.
    pub(super) fn ask(&self, case: &Case, target: &Target, by: &Asked) -> Answer {
        self.ask_about(case, (target, target), by)
    }

    /// The same, where address and body name different things.
    pub(super) fn ask_about(
        &self,
        case: &Case,
        (address, body): (&Target, &Target),
        by: &Asked,
    ) -> Answer {
        // Signing out ends the session that later cases need.
        let mut by = by.clone();
        if case.path == "/v1/staff/sign-out"
            && let Asked::Cookie(cookie) = &by
            && !cookie.ends_with("nonsense")
            && self.knows(cookie)
        {
            by = Asked::Cookie(self.sign_in(Role::Reviewer, AREA));
        }
        let url = format!("{}{}", self.world.url, case.address(address));
        ask(&url, (case, case.content(body)), &by)
    }

    fn knows(&self, cookie: &str) -> bool {
        let me = format!("{}/v1/staff/me", self.world.url);
        agent().get(me).header("cookie", cookie).call().unwrap().status().as_u16() == 200
    }

    /// What a phone without areas is answered where nothing is named.
    pub(super) fn empty_status(&self, case: &Case) -> u16 {
        ask(
            &format!("{}{}", self.world.url, case.path),
            (case, case.body.clone()),
            &Asked::Token(self.phone.token.clone()),
        )
        .status
    }
}

/// Somebody new with a role, signed in.
pub(super) fn somebody(world: &World, role: Role, area: AreaId) -> (Console, PersonId) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("staff-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let login = NewLogin { login: &name, password: PASSWORD };
    let made = world.store.transaction(|db| {
        Ok(registry::create_person(db, operator(), &name, (role, area), Some(login), NOW))
    });
    let person = made.unwrap().unwrap();
    (Console::try_sign_in(&world.url, &name, PASSWORD).unwrap(), person)
}

fn ask(url: &str, (case, body): (&Case, Vec<u8>), by: &Asked) -> Answer {
    let mut request = ureq::http::Request::builder().method(case.method).uri(url);
    if !case.content_type.is_empty() {
        request = request.header("content-type", case.content_type);
    }
    if case.content_type == "application/cbor" {
        request = request.header("content-encoding", "zstd");
    }
    if case.method == "PUT" {
        request = request.header("x-part-sha256", "0".repeat(64));
    }
    request = match by {
        Asked::Nobody => request.header("x-doorstep", "console"),
        Asked::Cookie(cookie) => request
            .header("cookie", cookie)
            .header("x-doorstep", "console")
            .header("x-doorstep-token", token_of(cookie)),
        Asked::CookieOfAnotherSite(cookie) => request.header("cookie", cookie),
        // The console's header opens nothing by itself.
        Asked::Token(token) => request
            .header("authorization", format!("Bearer {token}"))
            .header("x-doorstep", "console"),
    };
    let request = request.body(body).expect("a request");
    let mut answer = agent().run(request).expect("the server answers");
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(64 << 20).read_to_vec().expect("a body");
    Answer { status, body }
}

/// The token that the console sends with a session's cookie.
fn token_of(cookie: &str) -> String {
    let session = cookie.split("; ").find_map(|one| one.strip_prefix("doorstep_session="));
    csrf::token(session.unwrap_or_default())
}

/// A visit with a photo, synced.
fn report(world: &World) -> (RecordId, RecordId, sync_protocol::ids::ChangeHash) {
    let phone = world.phone("王建国", Role::Coordinator, AREA);
    phone.sync().unwrap();
    let code = doorstep_tests::handset::address_code(AREA, 1);
    let owner = [("owner_phone", "19900001234"), ("owner_document", "11010519491231002X")]
        .map(|(key, value)| doorstep_tests::handset::text(key, value))
        .to_vec();
    let home = phone.open_premises(Some(AREA.to_string()), code, owner).unwrap().record;
    let visit = phone.start_visit(home.clone(), Vec::<Entry>::new()).unwrap().record;
    let saved = phone.photo(visit.clone(), pictures::jpeg(64), None, None).unwrap();
    phone.sync_with_photos().unwrap();
    (visit.parse().unwrap(), home.parse().unwrap(), saved.photo.parse().unwrap())
}

/// A request of the home's landlord.
fn request(world: &World, record: RecordId) -> String {
    let asked = serde_json::json!({
        "kind": "access", "area": AREA.to_string(), "record": record.to_string(),
        "proof": "当面出示身份证", "reason": "本人查阅登记内容",
    });
    let (_, body) = Console::sign_in(world).answer("POST", "/v1/requests", Some(&asked));
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    body["id"].as_str().unwrap().to_owned()
}

/// A coordinator sets the tier, which only reviewers may: it lies in quarantine.
fn refused(phone: &BarePhone) -> sync_protocol::ids::ChangeHash {
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let change = phone.edit(&mut document, &[("tier", Value::from("key"))]).bytes;
    let request = phone.push_request(AREA, RecordId([5; 16]), Kind::Premises, &[&change]);
    phone.sync(&request);
    sync_protocol::keys::change_name(&change)
}

impl std::fmt::Debug for Cast {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cast")
    }
}
