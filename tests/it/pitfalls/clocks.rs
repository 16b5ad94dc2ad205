//! Clocks that are wrong: a phone's decides nothing, a server's costs a phone another token.

use doorstep::store::signing_keys;
use doorstep_tests::outcomes::{code, only};
use doorstep_tests::world::{AREA, NOW, World};
use doorstep_tests::{BarePhone, Handset, mirror, rogue};
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::judge::limits::LATEST;
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::Outcome;

use crate::console::Console;

const HOME: RecordId = RecordId([5; 16]);
const CHECK: RecordId = RecordId([6; 16]);

/// Seconds in ten years.
const TEN_YEARS: i64 = 10 * 365 * 24 * 3600;

/// Seconds since 1970 UTC at which these phones would write if their clocks were right.
const RIGHT: i64 = 1_795_000_000;

/// Writes by a clock, and pushes.
fn write(
    phone: &BarePhone,
    (record, document): (RecordId, &mut Document),
    time: i64,
    values: &[(&str, Value)],
) -> Vec<u8> {
    let values: Vec<_> = values.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
    let edited = document.edit(phone.actor(), time, &values).unwrap().unwrap();
    assert_eq!(edited.change.time, time);
    let kind = if record == HOME { Kind::Premises } else { Kind::Inspection };
    let answer = phone.sync(&phone.push_request(AREA, record, kind, &[&edited.bytes]));
    assert!(matches!(only(&answer), Outcome::Accepted { .. }), "{answer:?}");
    edited.bytes
}

#[test]
fn clock_ten_years_off_both_ways_decides_nothing() {
    let world = World::new();
    let ahead = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let behind = world.bare_phone("王建国", Role::Inspector, AREA);
    let reader = Handset::enrol(&world, &world.url, "赵敏", Role::Coordinator, AREA);
    let begun = doorstep::clock::now_ms();
    let mut ours = Document::genesis(Kind::Premises).unwrap();
    let opened = [("address_code", Value::from("A1")), ("use", Value::from("rented"))];
    let first = write(&ahead, (HOME, &mut ours), RIGHT + TEN_YEARS, &opened);
    // Later in the record's history, twenty years earlier by the clock: it stands.
    let mut theirs = Document::genesis(Kind::Premises).unwrap();
    theirs.apply([first.as_slice()]).unwrap();
    let later = [("use", Value::from("shop"))];
    write(&behind, (HOME, &mut theirs), RIGHT - TEN_YEARS, &later);
    // What is due is due on the day that was written, whatever the phone thought of today.
    let mut check = Document::genesis(Kind::Inspection).unwrap();
    let checks = [
        ("premises", Value::from(HOME.to_string())),
        ("state", Value::from("submitted")),
        ("started_at", Value::from((RIGHT - TEN_YEARS) * 1000)),
        ("verdict", Value::from("rectify")),
        ("rectify_by", Value::from("2026-12-01")),
    ];
    write(&behind, (CHECK, &mut check), RIGHT - TEN_YEARS, &checks);
    reader.client().sync().unwrap();
    let server = mirror::shown(&world, AREA);
    assert_eq!(server[&HOME.to_string()]["use"], Value::from("shop"));
    assert_eq!(server[&CHECK.to_string()]["rectify_by"], Value::from("2026-12-01"));
    assert_eq!(reader.shown(), server);
    let ended = doorstep::clock::now_ms();
    for entry in mirror::log(&world, AREA) {
        assert!((begun..=ended).contains(&entry.received_at), "arrival goes by the server's clock");
    }
    let report = Console::sign_in(&world).get(&format!("/v1/reports/{AREA}/{CHECK}"));
    let history = report["history"].as_array().unwrap();
    assert!(history.iter().any(|line| line["written_at"] == (RIGHT - TEN_YEARS) * 1000));
}

#[test]
fn clock_at_the_ends_of_its_numbers_is_read_by_phones_and_staff_and_past_them_refused() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Inspector, AREA);
    let reader = Handset::enrol(&world, &world.url, "赵敏", Role::Coordinator, AREA);
    let mut home = Document::genesis(Kind::Premises).unwrap();
    let mut check = Document::genesis(Kind::Inspection).unwrap();
    let opened = [("address_code", Value::from("A1")), ("use", Value::from("rented"))];
    write(&phone, (HOME, &mut home), LATEST, &opened);
    write(&phone, (HOME, &mut home), -LATEST, &[("use", Value::from("shop"))]);
    let begun = [("premises", HOME.to_string().into()), ("state", Value::from("submitted"))];
    write(&phone, (CHECK, &mut check), -LATEST, &begun);
    // Automerge keeps times as differences: past these a document could not be saved any more.
    let honest = phone.edit(&mut home.clone(), &[("rooms", Value::from(1))]).bytes;
    for time in [LATEST + 1, -LATEST - 1, i64::MAX, i64::MIN] {
        let forged = rogue::forge(&honest, |change| change.time = time);
        let push = phone.push_request(AREA, HOME, Kind::Premises, &[&forged]);
        assert_eq!(code(&phone.sync(&push)), "not_a_change", "{time}");
    }
    reader.client().sync().unwrap();
    assert_eq!(reader.shown(), mirror::shown(&world, AREA));
    let console = Console::sign_in(&world);
    assert_eq!(console.get("/v1/reports")["total"], 1);
    console.get(&format!("/v1/reports/{AREA}/{CHECK}"));
}

#[test]
fn clock_of_the_server_that_jumps_costs_a_phone_another_token_and_nothing_else() {
    let mut world = World::new();
    let phone = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, AREA);
    phone.write(AREA, 1, vec![doorstep_tests::handset::number("rooms", 2)]).unwrap();
    // Every token is worth nothing now, as when the clock that they go by has jumped.
    world.stop_server();
    let number = world.store.read(signing_keys::find).unwrap().unwrap().number;
    let changed =
        world.store.transaction(|db| signing_keys::replace(db, (number, &[0; 32]), &[7; 32], NOW));
    assert!(changed.unwrap());
    world.start_server();
    assert_eq!(phone.client().sync().unwrap().accepted, 1);
    assert_eq!(mirror::names(&world, AREA).len(), 1);
}
