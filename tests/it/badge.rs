//! A worker's badge on its whole way: the phone shows a code, signal or not, and whoever scans it
//! sees who it is, as long as that is so.

use std::process::Command;

use doorstep::configuration;
use doorstep::registry;
use doorstep_tests::bare_phone::agent;
use doorstep_tests::pictures;
use doorstep_tests::world::{AREA, NOW, World, operator};
use sync_protocol::badge::{Badge, LIFETIME_S};
use sync_protocol::configuration::Configuration;
use sync_protocol::ids::{DeviceId, PersonId};
use sync_protocol::keys::DeviceKey;
use sync_protocol::records::Role;

use mobile_bindings::client::FieldClient;
use std::sync::Arc;

/// What a resident's browser is answered.
struct Page {
    status: u16,
    policy: String,
    cache: String,
    html: String,
}

fn scan(url: &str) -> Page {
    let mut answer = agent().get(url).call().expect("the server answers");
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let (policy, cache) = (header("content-security-policy"), header("cache-control"));
    let status = answer.status().as_u16();
    Page { status, policy, cache, html: answer.body_mut().read_to_string().expect("a page") }
}

/// A worker with a badge, and their phone.
fn worker(world: &World, name: &str) -> (PersonId, Arc<FieldClient>) {
    let person = world.person(name, Role::Coordinator, AREA);
    let portrait = pictures::jpeg(600);
    let number = format!("SY-{}", name.chars().count());
    registry::set_badge(&world.store, operator(), person, Some(&number), Some(&portrait)).unwrap();
    let path = world.folder().join(format!("{person}.db")).display().to_string();
    let phone = FieldClient::open(path, vec![7; 32]).unwrap();
    phone.enrol_at(world.url.clone(), world.enrolment_code(person), "手机".into()).unwrap();
    phone.sync().unwrap();
    (person, phone)
}

fn url(phone: &FieldClient) -> String {
    phone.badge().unwrap().url
}

#[test]
fn a_resident_who_scans_a_badge_sees_who_it_is_and_nothing_else() {
    let mut world = World::new();
    let (person, phone) = worker(&world, "李春梅");
    // No signal at the door: the code is made all the same.
    world.stop_server();
    let badge = phone.badge().unwrap();
    world.start_server();
    assert_eq!(badge.card_number.as_deref(), Some("SY-3"));
    let portrait = badge.portrait.expect("the portrait came with the sync");
    assert_eq!(badge.areas[0].zh, "第一社区");
    let page = scan(&badge.url);
    assert_eq!(page.status, 200);
    for there in ["现在有效", "Valid now", "李春梅", "SY-3", "第一社区", "First Community"]
    {
        assert!(page.html.contains(there), "{there}");
    }
    assert!(!page.html.contains(&person.to_string()), "an id is nobody's business");
    for hidden in ["协管员", "Coordinator", "手机", "<script"] {
        assert!(!page.html.contains(hidden), "{hidden}");
    }
    assert!(page.policy.starts_with("default-src 'none'; style-src 'sha256-"), "{}", page.policy);
    assert_eq!(page.cache, "no-store");
    let decoded = image::load_from_memory(&portrait).unwrap();
    assert!(decoded.width() <= 480 && decoded.height() <= 480);
}

#[test]
fn what_is_not_valid_is_answered_alike_whoever_it_is_about() {
    let world = World::new();
    let (_, phone) = worker(&world, "李春梅");
    let bare = world.bare_phone("王建国", Role::Inspector, AREA);
    let now = doorstep::clock::now_ms() / 1000;
    let page = |badge: Badge| scan(&format!("{}/badge/{}", world.url, badge.code()));
    assert_eq!(page(Badge::sign(bare.device, now, &bare.key)).status, 200);
    let forged = DeviceKey::from_seed([9; 32]);
    let void = [
        page(Badge::sign(bare.device, now, &forged)),
        page(Badge::sign(DeviceId(42), now, &forged)),
        scan(&format!("{}/badge/whatever", world.url)),
        scan(&format!("{}/badge/{}", world.url, "0".repeat(162))),
    ];
    for void in &void {
        assert_eq!(void.status, 404);
        assert_eq!(without_time(&void.html), without_time(&void_html(&world)));
    }
    let old = now - LIFETIME_S;
    let stale = [
        page(Badge::sign(bare.device, old, &bare.key)),
        page(Badge::sign(bare.device, old, &forged)),
        page(Badge::sign(DeviceId(42), old, &forged)),
        page(Badge::sign(bare.device, now + 3_600, &bare.key)),
    ];
    for stale in &stale {
        assert_eq!(stale.status, 410);
        assert!(stale.html.contains("二维码已过时"));
        assert_eq!(without_time(&stale.html), without_time(&stale_html(&world)));
    }
    assert_eq!(scan(&url(&phone)).status, 200);
}

fn void_html(world: &World) -> String {
    scan(&format!("{}/badge/none", world.url)).html
}

fn stale_html(world: &World) -> String {
    let badge = Badge::sign(DeviceId(1), 0, &DeviceKey::from_seed([1; 32]));
    scan(&format!("{}/badge/{}", world.url, badge.code())).html
}

/// The page without the minute at which it was made.
fn without_time(html: &str) -> String {
    html.lines().filter(|line| !line.contains("class=\"when\"")).collect()
}

#[test]
fn a_revoked_phone_a_lost_area_and_a_worker_who_left_are_not_valid_at_once() {
    let world = World::new();
    let (first, second, third) =
        (worker(&world, "李春"), worker(&world, "王建国"), worker(&world, "欧阳春梅"));
    for (_, phone) in [&first, &second, &third] {
        assert_eq!(scan(&url(phone)).status, 200);
    }
    // Codes that were on the screen a moment ago.
    let shown = [url(&first.1), url(&second.1), url(&third.1)];
    let device = first.1.status().unwrap().device.unwrap();
    let device = DeviceId(u64::from_str_radix(&device, 16).unwrap());
    world
        .store
        .transaction(|db| {
            assert!(registry::revoke_device(db, operator(), device, NOW)?);
            assert!(!registry::revoke_device(db, operator(), device, NOW)?);
            doorstep::store::people::revoke(db, second.0, AREA, Role::Coordinator)?;
            registry::leave(db, operator(), third.0, NOW)
        })
        .unwrap();
    for url in shown {
        let page = scan(&url);
        assert_eq!(page.status, 404);
        for name in ["李春", "王建国", "欧阳春梅", "SY-"] {
            assert!(!page.html.contains(name), "{name}");
        }
    }
    let heir = Some("SY-4");
    registry::set_badge(&world.store, operator(), first.0, heir, None).expect("a number is free");
    let gone = third.1.sync().unwrap_err();
    assert_eq!(gone.problem().code, "device_emptied");
}

#[test]
fn a_card_number_is_one_persons_and_a_portrait_is_a_picture() {
    let world = World::new();
    let (_, phone) = worker(&world, "李春梅");
    let other = world.person("王建国", Role::Inspector, AREA);
    let set = |number, picture| {
        registry::set_badge(&world.store, operator(), other, number, picture).is_ok()
    };
    assert!(!set(Some("SY-3"), None), "somebody else has it");
    assert!(!set(Some("<b>"), None));
    assert!(!set(Some(""), None));
    assert!(!set(None, Some(b"GIF89a")));
    assert!(set(Some("SY-9"), None));
    assert_eq!(phone.badge().unwrap().card_number.as_deref(), Some("SY-3"));
}

#[test]
fn names_are_text_and_the_number_to_call_is_the_districts() {
    let world = World::new();
    let (_, phone) = worker(&world, "<b>李</b>&");
    let json = r#"{"telephone": "024-1234 5678"}"#;
    let next = Configuration::read(json).unwrap();
    let set = world.store.transaction(|db| configuration::set(db, operator(), next, "赵敏", NOW));
    assert_eq!(set.unwrap().version, Some(1));
    let page = scan(&url(&phone));
    assert!(!page.html.contains("<b>李"), "a name is not markup");
    assert!(page.html.contains("李"));
    assert!(page.html.contains("024-1234 5678"));
}

#[test]
fn when_the_server_is_at_fault_a_resident_is_told_in_words() {
    let world = World::new();
    let (_, phone) = worker(&world, "李春梅");
    let broken = "ALTER TABLE configurations RENAME TO gone";
    world.store.read(|db| doorstep::store::catalogue::run(db, broken)).unwrap();
    let page = scan(&url(&phone));
    assert_eq!(page.status, 500);
    assert!(page.html.contains("暂时无法核验") && !page.html.contains("李春梅"));
    assert!(page.policy.contains("style-src 'sha256-"));
}

#[test]
fn in_a_browser_the_page_is_read_by_an_old_eye_on_a_small_phone() {
    let world = World::new();
    let (_, phone) = worker(&world, "李春梅");
    let next = Configuration::read(r#"{"telephone": "024-12345678"}"#).unwrap();
    world.store.transaction(|db| configuration::set(db, operator(), next, "赵敏", NOW)).unwrap();
    let stale = Badge::sign(DeviceId(1), 0, &DeviceKey::from_seed([1; 32])).code();
    let console = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/console");
    let run = Command::new("node")
        .args(["--test", "e2e/badge.test.mjs"])
        .current_dir(console)
        .env("VALID_URL", url(&phone))
        .env("STALE_URL", format!("{}/badge/{stale}", world.url))
        .env("VOID_URL", format!("{}/badge/none", world.url))
        .env("EXPECT_NAME", "李春梅")
        .output()
        .expect("node runs: `make test` installs it");
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{err}");
}
