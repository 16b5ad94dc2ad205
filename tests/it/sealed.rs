//! What lies in the database: nothing that a thief of a dump could read, nothing that can be put in the
//! place of something else, and keys that can be changed while everything runs.

mod staff;

use std::collections::BTreeSet;

use doorstep::rotation;
use doorstep::store::blind_index::{self, Candidate};
use doorstep::store::{KeyProblem, Store, StoreError, catalogue, data_keys, record_keys, values};
use doorstep::store::{device_care, logins, people};
use doorstep::sync::documents;
use doorstep::trail::{Act, Actor, Entry};
use doorstep::vault::{Master, Purpose, Words};
use doorstep_tests::handset::text;
use doorstep_tests::history::History;
use doorstep_tests::world::{AREA, NOW, OTHER_AREA, operator};
use doorstep_tests::{Handset, World, mirror};
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Role};
use sync_protocol::wire::{Request, encode};

/// What somebody wrote who is registered at home, or of whom it was written.
const PLANTED: [&str; 8] = [
    "欧阳春晓",
    "11010519491231002X",
    "19900007771",
    "东方房产经纪",
    "他说水管漏了三天",
    "浙江省某某村十二号",
    "小学教师",
    "门口有狗",
];

fn planted(world: &World) -> Handset {
    let phone = Handset::enrol(world, &world.url, "李春梅", Role::Coordinator, AREA);
    let home = vec![
        text("owner_name", PLANTED[0]),
        text("owner_phone", PLANTED[2]),
        text("owner_document", PLANTED[1]),
        text("agent_name", PLANTED[3]),
        text("notes", PLANTED[4]),
        text("x.dog", PLANTED[7]),
        text("address", "青泥洼桥路 5 号"),
    ];
    let home = phone.client().open_premises(None, "210102001001003201501".into(), home).unwrap();
    let stay = vec![
        text("document_type", "resident_id"),
        text("document_number", PLANTED[1]),
        text("name", PLANTED[0]),
        text("phone", PLANTED[2]),
        text("registered_address", PLANTED[5]),
        text("occupation", PLANTED[6]),
    ];
    phone.client().register_residency(home.record, stay).unwrap();
    phone.client().sync().unwrap();
    documents::refresh_area(&world.store, mirror::scope(AREA)).unwrap();
    phone
}

/// The whole database as one text, bytes as hexadecimal digits.
pub(crate) fn dump(store: &Store) -> String {
    let columns = store.read(catalogue::columns).unwrap();
    let tables: BTreeSet<String> = columns.into_iter().map(|column| column.table).collect();
    let lines =
        tables.iter().flat_map(|table| store.read(|db| catalogue::dump(db, table)).unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

fn in_hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_dump_of_the_database_shows_nobodys_name_number_phone_or_words() {
    let world = World::new();
    planted(&world);
    let dump = dump(&world.store);
    assert!(dump.contains("青泥洼桥路 5 号"), "addresses lie in the open, for maps");
    for words in PLANTED {
        assert!(!dump.contains(words), "{words}");
        assert!(!dump.contains(&in_hex(words)), "{words} in a column of bytes");
    }
}

fn found(world: &World, areas: &[sync_protocol::ids::AreaId], sort: Words, part: &str) -> usize {
    let scopes: Vec<_> = areas.iter().map(|area| mirror::scope(*area)).collect();
    let found =
        world.store.read(|db| blind_index::find(db, &scopes, (sort, part), None, 10)).unwrap();
    let in_areas = |candidate: &Candidate| areas.contains(&candidate.area);
    assert!(found.iter().all(in_areas));
    found.len()
}

#[test]
fn a_person_is_found_by_any_part_of_a_name_and_by_the_exact_number_in_scope_only() {
    let world = World::new();
    planted(&world);
    for part in ["欧阳", "阳春", "晓", "欧阳春晓"] {
        // The landlord and the resident.
        assert_eq!(found(&world, &[AREA], Words::Name, part), 2, "{part}");
    }
    assert_eq!(found(&world, &[AREA], Words::Name, "房产"), 1);
    assert_eq!(found(&world, &[AREA], Words::Name, "欧春"), 0);
    assert_eq!(found(&world, &[AREA], Words::Number, "110105 19491231 002x"), 2);
    assert_eq!(found(&world, &[AREA], Words::Number, "11010519491231002"), 0);
    assert_eq!(found(&world, &[AREA], Words::Phone, "+86 199 0000 7771"), 2);
    assert_eq!(found(&world, &[OTHER_AREA], Words::Name, "欧阳"), 0);
}

#[test]
fn one_records_values_cannot_be_put_in_the_place_of_anothers() {
    let world = World::new();
    History::write(&world);
    let swapped = "UPDATE records r SET registers = o.registers FROM records o
                   WHERE o.area_id = r.area_id AND o.record_id <> r.record_id AND o.kind = r.kind";
    assert!(world.store.transaction(|db| catalogue::run(db, swapped)).unwrap() > 0);
    let scope = mirror::scope(AREA);
    let read = world.store.read(|db| doorstep::store::records::all(db, &scope));
    assert!(matches!(read, Err(StoreError::Sealed(_))));
}

#[test]
fn a_lost_or_wrong_master_key_is_said_in_words_and_nothing_is_changed() {
    let world = World::new();
    planted(&world);
    let before = dump(&world.store);
    let lost = Store::open(world.database_url(), 2).unwrap();
    let error = lost.read(data_keys::check).unwrap_err();
    assert!(matches!(error, StoreError::Keys(KeyProblem::NoMaster { .. })));
    assert!(error.to_string().contains("--master-key-file"), "{error}");
    let wrong = lost.with_master(Master::new(&[1; 32]));
    let error = wrong.read(data_keys::check).unwrap_err();
    assert!(matches!(error, StoreError::Keys(KeyProblem::WrongMaster { .. })));
    assert!(error.to_string().contains("nothing was changed"), "{error}");
    assert!(wrong.transaction(|db| data_keys::add(db, Purpose::Data, NOW)).is_err());
    assert_eq!(dump(&world.store), before);
}

#[test]
fn the_master_key_is_changed_under_a_running_server() {
    let world = World::new();
    let phone = planted(&world);
    let new = Master::new(&[9; 32]);
    world.store.transaction(|db| data_keys::change_master(db, &new)).unwrap();
    phone.write(AREA, 1, vec![text("room", "501")]).unwrap();
    assert_eq!(phone.client().sync().unwrap().rejected, 0);
    let with_new = Store::open(world.database_url(), 2).unwrap().with_master(new);
    let registers = mirror::fingerprints(&with_new, &[AREA]);
    assert_eq!(registers, mirror::fingerprints(&world.store, &[AREA]));
}

/// The store of another process with another master key, under which the data keys lie now.
fn put_under_another_master(world: &World) -> Store {
    let new = Master::new(&[9; 32]);
    world.store.transaction(|db| data_keys::change_master(db, &new)).unwrap();
    Store::open(world.database_url(), 2).unwrap().with_master(new)
}

fn keys_of(store: &Store) -> Vec<(u16, Vec<u8>)> {
    let keys = store.read(data_keys::all).unwrap().into_iter();
    keys.map(|key| (key.number, key.wrapped)).collect()
}

#[test]
fn data_keys_are_not_changed_while_a_server_runs_under_another_master_key() {
    let mut world = World::new();
    let phone = planted(&world);
    let with_new = put_under_another_master(&world);
    let before = keys_of(&with_new);
    let refused = [
        rotation::rotate(&with_new, NOW, |_, _| ()).map(|_| ()),
        rotation::rotate_index(&with_new, operator(), NOW, |_, _| ()).map(|_| ()),
    ];
    for refused in refused {
        let words = refused.unwrap_err().to_string();
        assert!(words.contains("another master key"), "{words}");
        assert!(words.contains(&format!("process {}", std::process::id())), "{words}");
        assert!(words.contains("nothing was changed"), "{words}");
    }
    assert_eq!(keys_of(&with_new), before);
    phone.write(AREA, 7, vec![text("room", "701")]).unwrap();
    assert_eq!(phone.client().sync().unwrap().rejected, 0);
    world.stop_server();
    world.store = with_new.clone();
    world.start_server();
    rotation::rotate(&with_new, NOW, |_, _| ()).unwrap();
    rotation::rotate_index(&with_new, operator(), NOW, |_, _| ()).unwrap();
    phone.write(AREA, 8, vec![text("room", "801")]).unwrap();
    let synced = phone.client().sync().or_else(|_| phone.client().sync()).unwrap();
    assert_eq!((synced.accepted, synced.rejected), (1, 0));
}

#[test]
fn the_master_key_is_not_changed_before_every_server_knows_the_newest_data_key() {
    let mut world = World::new();
    let phone = planted(&world);
    let elsewhere = doorstep_tests::database::open(world.database_url(), 2);
    rotation::rotate(&elsewhere, NOW, |_, _| ()).unwrap();
    let before = keys_of(&elsewhere);
    let new = Master::new(&[9; 32]);
    let change = || elsewhere.transaction(|db| data_keys::change_master(db, &new));
    let words = change().unwrap_err().to_string();
    assert!(words.contains("data key 4") && words.contains("nothing was changed"), "{words}");
    assert_eq!(keys_of(&elsewhere), before);
    world.stop_server();
    world.start_server();
    change().unwrap();
    phone.write(AREA, 7, vec![text("room", "701")]).unwrap();
    let synced = phone.client().sync().or_else(|_| phone.client().sync()).unwrap();
    assert_eq!(synced.rejected, 0);
}

#[test]
fn a_server_that_cannot_open_a_new_data_key_keeps_those_it_has_and_says_try_again() {
    let mut world = World::new();
    planted(&world);
    let phone = world.bare_phone("王建国", Role::Coordinator, AREA);
    let with_new = put_under_another_master(&world);
    // As if the server had not been seen.
    with_new.transaction(|db| data_keys::add(db, Purpose::Data, NOW)).unwrap();
    with_new.transaction(|db| record_keys::rewrap(db, 1_000)).unwrap();
    let destroyed = with_new.transaction(|db| {
        data_keys::destroy(db, 1)?;
        values::seal_anew(db)
    });
    destroyed.unwrap();
    let opened = |number: u8| {
        let record = RecordId([number; 16]);
        let change = phone.edit(
            &mut Document::genesis(Kind::Premises).unwrap(),
            &[("room", i64::from(number).to_string().as_str().into())],
        );
        phone.push_request(AREA, record, Kind::Premises, &[&change.bytes])
    };
    let packed = |request: &Request| zstd::bulk::compress(&encode(request), 3).unwrap();
    for number in [40, 41] {
        let answer = phone.post_sync(&packed(&opened(number)));
        assert_eq!((answer.status, answer.code().as_str()), (503, "busy"));
    }
    // What belongs to the district lies under the new key too.
    assert_eq!(phone.post_sync(&packed(&Request::idle("tests"))).status, 503);
    let words = world.store.transaction(|db| data_keys::add(db, Purpose::Data, NOW)).unwrap_err();
    assert!(words.is_passing() && words.to_string().contains("start it with"), "{words}");
    world.stop_server();
    world.store = with_new;
    world.start_server();
    assert_eq!(phone.post_sync(&packed(&opened(42))).status, 200);
}

#[test]
fn the_data_key_is_changed_under_a_running_server_and_the_old_one_is_gone() {
    let world = World::new();
    let phone = planted(&world);
    // Another process: the server does not hear of it.
    let elsewhere = doorstep_tests::database::open(world.database_url(), 2);
    let before = mirror::fingerprints(&elsewhere, &[AREA]);
    let rotated = rotation::rotate(&elsewhere, NOW, |_, _| ()).unwrap();
    assert!(rotated.records >= 2);
    assert_eq!(elsewhere.read(|db| data_keys::uses(db, 1)).unwrap(), 0);
    assert!(elsewhere.read(data_keys::all).unwrap().iter().all(|key| key.number != 1));
    assert_eq!(mirror::fingerprints(&elsewhere, &[AREA]), before);
    // The server knows only the old key: what it writes next makes new record keys.
    phone.write(AREA, 7, vec![text("room", "701")]).unwrap();
    let mut summary = phone.client().sync();
    if summary.is_err() {
        summary = phone.client().sync();
    }
    assert_eq!(summary.unwrap().rejected, 0);
    let all = elsewhere.read(record_keys::count).unwrap();
    assert_eq!(elsewhere.read(|db| data_keys::uses(db, rotated.key)).unwrap(), all);
    let new = Handset::enrol(&world, &world.url, "王建国", Role::Coordinator, AREA);
    assert_eq!(new.shown().len(), phone.shown().len());
}

#[test]
fn the_indexs_key_is_changed_under_a_running_server_and_everybody_is_found_all_the_while() {
    let world = World::new();
    let phone = planted(&world);
    let elsewhere = doorstep_tests::database::open(world.database_url(), 2);
    let begun = elsewhere.transaction(|db| data_keys::add(db, Purpose::Index, NOW)).unwrap();
    elsewhere.transaction(|db| blind_index::write_anew(db, &mirror::scope(AREA))).unwrap();
    // The server has heard of nothing: what it writes now is found by the first key, the rest by the
    // second.
    phone.write(AREA, 7, vec![text("owner_name", "司马相如")]).unwrap();
    phone.client().sync().unwrap();
    let uses = |key| elsewhere.read(|db| blind_index::uses(db, key)).unwrap().0;
    assert_eq!((uses(2), uses(begun)), (1, 2));
    let all_found = |world: &World| {
        assert_eq!(found(world, &[AREA], Words::Name, "欧阳"), 2);
        assert_eq!(found(world, &[AREA], Words::Name, "司马"), 1);
    };
    all_found(&world);
    let key = rotation::rotate_index(&elsewhere, operator(), NOW, |_, _| ()).unwrap();
    assert_eq!(key, begun, "what was begun is gone on with");
    let index_keys = || {
        let keys = elsewhere.read(data_keys::all).unwrap().into_iter();
        keys.filter(|key| key.purpose == Purpose::Index).map(|key| key.number).collect::<Vec<_>>()
    };
    assert_eq!(index_keys(), [begun]);
    let again = rotation::rotate_index(&elsewhere, operator(), NOW, |_, _| ()).unwrap();
    assert_eq!((index_keys(), uses(again)), (vec![again], 3));
    // The server knows only keys that are destroyed.
    phone.write(AREA, 8, vec![text("owner_name", "公孙大娘")]).unwrap();
    if phone.client().sync().is_err() {
        phone.client().sync().unwrap();
    }
    assert_eq!(uses(again), 4);
    assert_eq!(found(&world, &[AREA], Words::Name, "公孙"), 1);
    all_found(&world);
}

#[test]
fn a_rotation_that_was_cut_short_is_finished_by_the_next() {
    let world = World::new();
    planted(&world);
    let begun = world.store.transaction(|db| data_keys::add(db, Purpose::Data, NOW)).unwrap();
    let rotated = rotation::rotate(&world.store, NOW, |_, _| ()).unwrap();
    assert_eq!(rotated.key, begun);
    // One for data, one for tokens, one for the audit trail.
    assert_eq!(world.store.read(data_keys::all).unwrap().len(), 3);
}

#[test]
fn a_database_of_before_is_sealed_once_and_says_what_it_said() {
    let world = World::new();
    planted(&world);
    give_a_reason(&world);
    let before = mirror::fingerprints(&world.store, &[AREA]);
    unseal(&world);
    for words in [PLANTED[4], REASON] {
        assert!(dump(&world.store).contains(&in_hex(words)), "it lies in the open");
    }
    let store = doorstep_tests::database::open(world.database_url(), 2);
    assert!(store.read(doorstep::store::first_sealing::is_due).unwrap());
    store.transaction(|db| doorstep::store::first_sealing::seal(db, operator(), NOW)).unwrap();
    assert!(!store.read(doorstep::store::first_sealing::is_due).unwrap());
    assert_eq!(mirror::fingerprints(&store, &[AREA]), before);
    let dump = dump(&store);
    assert!(PLANTED.iter().all(|words| !dump.contains(&in_hex(words))));
    assert!(!dump.contains(&in_hex("李春梅")), "who works here is sealed with the rest");
    let name = store.read(|db| doorstep::store::people::find_by_name(db, "李春梅")).unwrap();
    assert_eq!(name.len(), 1);
    let checked = doorstep::integrity::verify::area(&store, operator(), AREA, |_, _| ()).unwrap();
    assert_eq!(checked.finding, None);
    assert!(!dump.contains(&in_hex(REASON)), "a reason in the audit trail");
    let checked = doorstep::integrity::trail::trail(&store, operator(), |_, _| ()).unwrap();
    assert_eq!(checked.finding, None);
    let altered = store.transaction(|db| catalogue::run(db, "UPDATE trail SET at = at + 1"));
    assert!(altered.is_err(), "the trail refuses changes as before");
}

/// Why somebody looked at something, in the audit trail.
const REASON: &str = "核对李某的租约";

fn give_a_reason(world: &World) {
    let entry = Entry::new(Act::ValueShown, Actor::Server, NOW).reason(REASON);
    doorstep::trail::note_apart(&world.store, &entry).unwrap();
}

/// Writes the log, registers, secrets and names as they were before anything was sealed.
fn unseal(world: &World) {
    let scope = mirror::scope(AREA);
    let store = &world.store;
    let rows = store.read(|db| doorstep::store::audit::rows(db, &scope, 0, u64::MAX >> 1, 1_000));
    let areas = store.read(doorstep::store::areas::all).unwrap();
    let district = store.read(doorstep::store::district::find).unwrap().unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut statements: Vec<String> = rows
        .unwrap()
        .iter()
        .map(|row| {
            let bytes = hex(row.bytes.as_deref().unwrap());
            let (seq, area) = (row.seq, AREA);
            format!(
                "UPDATE changes SET bytes = '\\x{bytes}' WHERE area_id = {area} AND seq = {seq}"
            )
        })
        .collect();
    let records = store.read(|db| doorstep::store::records::all(db, &scope)).unwrap();
    statements.extend(records.iter().map(|(id, stored)| {
        let bytes = hex(&stored.registers.to_bytes());
        format!("UPDATE records SET registers = '\\x{bytes}' WHERE record_id = '{id}'::uuid")
    }));
    statements.extend(areas.iter().map(|area| {
        format!("UPDATE areas SET area_key = '\\x{}' WHERE area_id = {}", hex(&area.key.0), area.id)
    }));
    let (signing, rescue) = (hex(&district.signing_key), hex(&district.rescue_key));
    statements.push(format!(
        "UPDATE district SET signing_key = '\\x{signing}', rescue_key = '\\x{rescue}'"
    ));
    statements.extend(staff_in_the_open(store));
    statements.push("UPDATE district SET sealed = 0".to_owned());
    let entries = store.read(|db| doorstep::store::trail::entries(db, 0, u64::MAX >> 1, 1_000));
    statements.push("ALTER TABLE trail DISABLE TRIGGER ALL".to_owned());
    statements.extend(entries.unwrap().iter().filter_map(|entry| {
        let reason = hex(entry.reason.as_deref()?);
        Some(format!("UPDATE trail SET reason = '\\x{reason}' WHERE place = {}", entry.place))
    }));
    statements.push("ALTER TABLE trail ENABLE TRIGGER ALL".to_owned());
    statements.push("DELETE FROM documents".to_owned());
    statements.push("DELETE FROM blind_index".to_owned());
    statements.push("DELETE FROM record_keys".to_owned());
    statements.push("DELETE FROM data_keys".to_owned());
    for statement in statements {
        store.transaction(|db| catalogue::run(db, &statement)).unwrap();
    }
}

/// Who works here as it lay in the open: names, logins, what phones are called.
fn staff_in_the_open(store: &Store) -> Vec<String> {
    let people = store.read(|db| people::whose_name_has(db, "")).unwrap();
    let mut statements = Vec::new();
    for who in people {
        let name = store.read(|db| people::find(db, who)).unwrap().unwrap().name;
        let login = store.read(|db| logins::of(db, who)).unwrap().map(|login| login.login);
        let login = login.map_or("NULL".to_owned(), |login| format!("'\\x{}'", in_hex(&login)));
        let name = in_hex(&name);
        statements.push(format!(
            "UPDATE people SET name = '\\x{name}', login = {login}, login_hash = NULL
             WHERE person_id = '{who}'"
        ));
        for device in store.read(|db| device_care::of_person(db, who)).unwrap() {
            let (id, name) = (device.id.0.cast_signed(), in_hex(&device.name));
            let set = format!("UPDATE devices SET name = '\\x{name}' WHERE device_id = {id}");
            statements.push(set);
        }
    }
    statements
}
