//! What the log says at its most talkative: never a secret, never what somebody wrote.

use doorstep::store::catalogue;
use doorstep_tests::bare_phone::agent;
use doorstep_tests::database::MASTER_KEY;
use doorstep_tests::handset::text;
use doorstep_tests::served::Served;
use doorstep_tests::world::{AREA, REVIEWER, World};
use doorstep_tests::{BarePhone, Handset};
use serde_json::json;
use sync_protocol::badge::Badge;
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Role, Value};

use super::get;

/// What somebody wrote, and who.
const WRITTEN: [&str; 6] =
    ["欧阳春晓", "11010519491231002X", "19900007771", "他说水管漏了三天", "李春梅的手机", "李春梅"];

/// Bodies that are no JSON, with something in them that nobody is to read.
const GARBLED: &str = "{\"name\": \"admin\", \"password\": \"Geheim-4711\", }";

fn sign_in(url: &str, body: String) -> (u16, Option<String>) {
    let answer = agent()
        .post(format!("{url}/v1/staff/sign-in"))
        .header("x-doorstep", "console")
        .header("content-type", "application/json")
        .send(body)
        .unwrap();
    let cookie = answer.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap());
    let cookie = cookie.map(|cookie| cookie.split(';').next().unwrap().to_owned());
    (answer.status().as_u16(), cookie)
}

/// A day at a server; answers every secret that there was.
fn whole_day(world: &World, server: &Served) -> Vec<String> {
    let url = &server.url;
    let mut secrets: Vec<String> = WRITTEN.map(str::to_owned).to_vec();
    let phone = Handset::enrol(world, url, "李春梅", Role::Coordinator, AREA);
    let values = vec![
        text("owner_name", WRITTEN[0]),
        text("owner_document", WRITTEN[1]),
        text("owner_phone", WRITTEN[2]),
        text("notes", WRITTEN[3]),
    ];
    phone.client().open_premises(None, "210102001001003201501".into(), values).unwrap();
    phone.client().sync().unwrap();

    let code = world.enrolment_code(world.person("王建国", Role::Inspector, AREA));
    let bare = BarePhone::enrol(url, &code);
    let badge = Badge::sign(bare.device, doorstep::clock::now_ms() / 1000, &bare.key).code();
    assert_eq!(get(&format!("{url}/badge/{badge}"), None).status, 200);
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let change = bare.edit(&mut document, &[("notes", Value::from(WRITTEN[3]))]).bytes;
    let push = bare.push_request(AREA, RecordId([7; 16]), Kind::Premises, &[&change]);
    let signature = push.signature.clone().unwrap();
    // PostgreSQL refuses the row, and quotes it.
    let refuse = "ALTER TABLE changes ADD CONSTRAINT never CHECK (seq < 0) NOT VALID";
    world.store.transaction(|db| catalogue::run(db, refuse)).unwrap();
    let body = zstd::bulk::compress(&sync_protocol::wire::encode(&push), 3).unwrap();
    assert_eq!(bare.post_sync(&body).status, 500);
    let allow = "ALTER TABLE changes DROP CONSTRAINT never";
    world.store.transaction(|db| catalogue::run(db, allow)).unwrap();
    assert_eq!(bare.post_sync(&body).status, 200);
    assert_eq!(bare.post_sync(b"garbled").status, 400);

    let wrong = "another password, all wrong";
    let body = |password: &str| json!({ "name": REVIEWER.0, "password": password }).to_string();
    assert_eq!(sign_in(url, body(wrong)).0, 401);
    assert_eq!(sign_in(url, GARBLED.to_owned()).0, 400);
    let cookie = sign_in(url, body(REVIEWER.1)).1.expect("a session");
    let reports = agent().get(format!("{url}/v1/reports")).header("cookie", &cookie).call();
    assert_eq!(reports.unwrap().status().as_u16(), 200);

    let session = cookie.split('=').nth(1).unwrap().to_owned();
    secrets.extend([code, badge, session, wrong.to_owned(), "Geheim-4711".to_owned()]);
    secrets.extend([REVIEWER.1.to_owned(), MASTER_KEY.to_owned()]);
    let signed_token = bare.token.rsplit('.').next().unwrap().to_owned();
    secrets.extend([signed_token, bare.token]);
    secrets.push(doorstep_tests::raw::hex(signature.as_ref()));
    // As Rust prints bytes.
    secrets.push("94, 237, 94, 237, 94, 237".to_owned());
    secrets
}

#[test]
fn at_its_most_talkative_the_log_holds_no_secret_and_nothing_that_somebody_wrote() {
    let world = World::new();
    let trace = |server: &mut std::process::Command| _ = server.env("DOORSTEP_LOG", "trace");
    let server = Served::start(&world, trace).unwrap();
    let secrets = whole_day(&world, &server);
    let log = server.log();
    assert!(log.contains(" TRACE ") && log.contains(" ERROR "), "it talks, of errors too");
    let found: Vec<&String> = secrets.iter().filter(|secret| log.contains(*secret)).collect();
    assert!(
        found.is_empty(),
        "{found:?}, first in: {:?}",
        found.first().map(|first| { log.lines().find(|line| line.contains(*first)) })
    );
}
