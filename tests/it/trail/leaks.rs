//! Masked values leave the server by the one way that is noted, and by no other: numbers, phones and
//! landlords that are planted in homes, stays, clashes and refused changes are looked for in every
//! answer of the staff's routes, in every error and in every line of the log of a server that says
//! all it can.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Stdio};
use std::thread::JoinHandle;

use doorstep::configuration;
use doorstep_tests::programs::program;
use doorstep_tests::world::{AREA, NOW, STREET, World, operator};
use mobile_bindings::client::{Entry, FieldClient, FieldValue};
use serde_json::json;
use sync_protocol::configuration::Configuration;
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Role, Value};

use super::reading::staff;
use super::showing::text;

/// What is masked wherever it is: phones, document numbers, landlords and agents.
const PLANTED: [&str; 11] = [
    "19900004001",
    "19900004002",
    "19900004003",
    "19900004004",
    "19900004005",
    "210102199003076720",
    "210102198506123336",
    "欧阳测漏",
    "上官测漏",
    "司徒测漏",
    "暗号九三七",
];

/// A server in a process of its own, which logs all that can be logged.
struct Talkative {
    process: Child,
    url: String,
    said: JoinHandle<String>,
}

impl Talkative {
    fn start(world: &World) -> Self {
        let mut process = program("doorstep")
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("DOORSTEP_DATABASE_URL", world.database_url())
            .env("DOORSTEP_DATA_FOLDER", world.folder())
            .env("DOORSTEP_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("doorstep listens on ").expect(&line).to_owned();
        let mut errors = process.stderr.take().unwrap();
        let said = std::thread::spawn(move || {
            let mut said = String::new();
            errors.read_to_string(&mut said).unwrap();
            said
        });
        Self { process, url, said }
    }

    /// Ends it; answers what it logged.
    fn end(mut self) -> String {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.said.join().unwrap()
    }
}

/// A home and a person in it; a second worker, who is offline, enters other phones and landlords.
fn write(phones: &[std::sync::Arc<FieldClient>; 2]) -> (String, String, String) {
    let own = Entry { key: "x.word".into(), value: FieldValue::Text { text: PLANTED[10].into() } };
    let entered = [(PLANTED[7], PLANTED[0]), (PLANTED[8], PLANTED[1])];
    let (mut home, mut visit, mut stay) = Default::default();
    for (phone, (owner, number)) in phones.iter().zip(entered) {
        let values = vec![
            text("address", "测试街道北三路32号"),
            text("use", "rented"),
            text("owner_name", owner),
            text("owner_phone", number),
            text("owner_document", PLANTED[5]),
            text("agent_name", PLANTED[9]),
            text("agent_phone", PLANTED[2]),
            own.clone(),
        ];
        let area = Some(AREA.to_string());
        home = phone.open_premises(area, "210102001001032250".into(), values).unwrap().record;
        let person = vec![
            text("name", "陈晓燕"),
            text("document_type", "resident_id"),
            text("document_number", PLANTED[6]),
            text("phone", if number == PLANTED[0] { PLANTED[3] } else { PLANTED[4] }),
            text("category", "migrant"),
            text("arrived_on", "2026-11-01"),
        ];
        stay = phone.register_residency(home.clone(), person).unwrap().record;
        visit = phone.visit(home.clone(), vec![text("outcome", "vacant")], true).unwrap().record;
    }
    phones.iter().chain(phones).for_each(|phone| assert!(phone.sync().unwrap().done));
    (home, visit, stay)
}

/// A change that is refused, with planted values in it.
fn refused(world: &World) {
    let phone = world.bare_phone("刘芳", Role::Coordinator, AREA);
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let values = [
        ("tier", Value::from("key")),
        ("owner_phone", Value::from(PLANTED[0])),
        ("owner_name", Value::from(PLANTED[7])),
        ("x.word", Value::from(PLANTED[10])),
    ];
    let change = phone.edit(&mut document, &values).bytes;
    phone.sync(&phone.push_request(AREA, RecordId([5; 16]), Kind::Premises, &[&change]));
}

fn configure(world: &World) {
    let next = json!({ "extra": [{
        "kind": "premises", "section": "use", "key": "x.word", "type": "text",
        "sensitivity": "sensitive", "label": { "zh": "口令", "en": "Word" },
    }] });
    let next = Configuration::read(&next.to_string()).unwrap();
    let set = world.store.transaction(|db| configuration::set(db, operator(), next, "赵敏", NOW));
    assert!(set.unwrap().version.is_some());
}

fn clean(what: &str, text: &str) {
    for planted in PLANTED {
        let line = text.lines().find(|line| line.contains(planted));
        assert_eq!(line, None, "{planted} stands in {what}");
    }
}

#[test]
fn no_answer_no_error_and_no_line_of_the_log_holds_a_masked_value() {
    let mut world = World::new();
    configure(&world);
    let workers = [("李春梅", Role::Coordinator), ("王建国", Role::Inspector)];
    let phones = workers.map(|(name, role)| world.phone(name, role, AREA));
    phones.iter().for_each(|phone| assert!(phone.sync().unwrap().done));
    let (home, visit, stay) = write(&phones);
    refused(&world);
    let talkative = Talkative::start(&world);
    world.url.clone_from(&talkative.url);
    // Whatever phones bring again, this server judges.
    phones.iter().for_each(|phone| drop(phone.sync()));

    let roles = [Role::Reviewer, Role::Supervisor, Role::Administrator, Role::Auditor];
    let people = roles.map(|role| staff(&world, role.code(), role, STREET));
    let reviewer = &people[0];
    let report = reviewer.answer("GET", &format!("/v1/reports/{AREA}/{visit}"), None).1;
    for shown in ["*******4001", "*******4002", "**************3336", "欧***", "上***"] {
        assert!(report.contains(shown), "{shown} is not in the report: it does not show the home");
    }
    let refused = reviewer.answer("GET", "/v1/quarantine", None).1;
    assert!(refused.contains("*******4001"), "{refused}");
    let change = refused.split("\"change\":\"").nth(1).unwrap().split('"').next().unwrap();
    let of = format!("/v1/quarantine/{AREA}/{}/{change}", RecordId([5; 16]));

    let settled = json!({ "reason": "与现场不符" });
    let wrong = json!({ "name": PLANTED[0], "password": PLANTED[5], "reason": PLANTED[7] });
    let mut asked: Vec<(&str, String, Option<&serde_json::Value>)> = [
        "/v1/staff/me",
        "/v1/areas",
        "/v1/reports",
        &format!("/v1/reports?q={}", PLANTED[0]),
        &format!("/v1/reports?area={}", PLANTED[0]),
        &format!("/v1/reports?state={}&kind=visit", PLANTED[1]),
        &format!("/v1/reports/{AREA}/{visit}"),
        &format!("/v1/reports/{AREA}/{home}"),
        &format!("/v1/reports/{AREA}/{}", PLANTED[5]),
        "/v1/quarantine",
        "/v1/rescue/key",
        &format!("/v1/photos/{AREA}/{}/web", PLANTED[5]),
        &format!("/v1/{}", PLANTED[5]),
        &format!("/badge/{}", PLANTED[5]),
    ]
    .map(|path| ("GET", path.to_owned(), None))
    .into();
    for field in ["owner_phone", "owner_name", "x.word", "phone", PLANTED[0]] {
        for record in [&home, &stay] {
            let path = format!("/v1/records/{AREA}/{record}/fields/{field}/show");
            asked.push(("POST", path, Some(&wrong)));
        }
    }
    for path in ["/v1/staff/sign-in", "/v1/rescue", "/v1/staff/sign-in", "/v1/devices/enrol"] {
        asked.push(("POST", path.to_owned(), Some(&wrong)));
    }
    for act in ["adopt", "dismiss"] {
        asked.push(("POST", format!("{of}/{act}"), Some(&settled)));
    }
    asked.push(("GET", "/v1/trail".to_owned(), None));
    asked.push(("GET", "/v1/trail/export".to_owned(), None));
    for (method, path, body) in &asked {
        for (person, role) in people.iter().zip(roles) {
            let (_, answer) = person.answer(method, path, *body);
            clean(&format!("{method} {path} for {role:?}"), &answer);
        }
    }
    let why = json!({ "purpose": "check", "words": "与本人核对号码" });
    let path = format!("/v1/records/{AREA}/{home}/fields/owner_name/show");
    let (status, bare) = reviewer.answer("POST", &path, Some(&why));
    assert!(status == 200 && bare.contains(PLANTED[7]), "the one way is open");
    let said = talkative.end();
    assert!(said.contains("TRACE") && said.len() > 10_000, "the server logs all it can");
    clean("the log", &said);
}
