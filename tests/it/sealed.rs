//! What lies in the database: nothing that a thief of a dump could read, nothing that can be put in the
//! place of something else, and keys that can be changed while everything runs.

mod keys;
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
