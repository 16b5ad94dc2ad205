//! Records that move to another area, and areas that are split: with phones that wrote meanwhile, cut
//! short between the steps, there and back, verified and rebuilt.

mod cut_short;
mod offline;
mod pages;
mod photos;
mod pushes;
mod splits;
mod tampered;

use std::collections::BTreeMap;

use doorstep::integrity::{rebuild, verify};
use doorstep::store::{catalogue, people, records};
use doorstep::sync::moving::{self, Moving};
use doorstep_tests::world::{AREA, NOW, OTHER_AREA, operator};
use doorstep_tests::{World, mirror};
use mobile_bindings::client::{Entry, FieldClient, FieldValue, SyncSummary};
use sync_protocol::ids::{AreaId, ChangeHash, RecordId};
use sync_protocol::records::Role;
use sync_protocol::wire::{Outcome, Response};

/// A standard address code in the first area.
const HOME: &str = "210102001001003201501";

/// What a response says of its pushed changes, in the order in which they were pushed.
fn outcomes(response: &Response) -> Vec<Outcome> {
    response.verdicts.clone()
}

fn text(key: &str, value: &str) -> Entry {
    Entry { key: key.into(), value: FieldValue::Text { text: value.into() } }
}

/// What a field of a record says on a phone.
fn shown(phone: &FieldClient, record: &str, key: &str) -> Option<String> {
    let seen = phone.read(record.to_owned()).unwrap();
    seen.fields.into_iter().find(|field| field.key == key).map(|field| field.shown.en)
}

fn open_home(phone: &FieldClient, area: AreaId) -> String {
    let values = vec![text("address", "北三路32号2单元501"), text("use", "rented")];
    phone.open_premises(Some(area.to_string()), HOME.into(), values).unwrap().record
}

fn stay(number: &str) -> Vec<Entry> {
    vec![
        text("name", "赵云"),
        text("document_type", "passport"),
        text("document_number", number),
        text("category", "migrant"),
        text("arrived_on", "2026-11-01"),
    ]
}

fn sync(phone: &FieldClient) -> SyncSummary {
    let summary = phone.sync().unwrap();
    assert_eq!(summary.rejected, 0, "{:?}", phone.attention().unwrap());
    summary
}

/// What a phone has: each record with its area and its fingerprint.
fn held_by(phone: &FieldClient) -> BTreeMap<String, String> {
    phone.digest().unwrap().into_iter().map(|line| (line.record, line.digest)).collect()
}

/// What an area has, in the same form.
fn held_in(world: &World, area: AreaId) -> BTreeMap<String, String> {
    let scope = operator().area(area);
    let all = world.store.read(|db| records::all(db, &scope)).unwrap();
    let line = |(id, stored): (RecordId, records::StoredRegisters)| {
        (id.to_string(), stored.registers.digest().to_string())
    };
    all.into_iter().map(line).collect()
}

/// Gives somebody a role in another area too.
fn grant(world: &World, name: &str, area: AreaId, role: Role) {
    let grant = |db: &mut _| {
        let person = people::find_by_name(db, name)?.remove(0);
        people::grant(db, person.id, area, role)
    };
    world.store.transaction(grant).unwrap();
}

/// As `doorstep record move` does.
fn move_record(world: &World, record: &str, from: AreaId, to: AreaId) -> usize {
    let moving = Moving { store: &world.store, by: operator(), from, to };
    moving::move_record(moving, record.parse().unwrap(), NOW, |_, _| ()).unwrap()
}

fn run(world: &World, sql: &str) -> usize {
    world.store.transaction(|db| catalogue::run(db, sql)).unwrap()
}

/// What follows from the logs.
const TABLES: [&str; 8] = [
    "premises",
    "residencies",
    "visits",
    "inspections",
    "clashes",
    "moved",
    "blind_index",
    "(SELECT area_id, record_id, kind, last_seq FROM records)",
];

fn dump(world: &World) -> BTreeMap<&'static str, Vec<String>> {
    let of = |table| (table, world.store.read(|db| catalogue::dump(db, table)).unwrap());
    let registers = ("registers", mirror::fingerprints(&world.store, &BOTH));
    TABLES.into_iter().map(of).chain([registers]).collect()
}

/// Every log holds: chain, names, signatures; and everything beside it follows from it.
fn hold(world: &World, areas: &[AreaId]) {
    let before = dump(world);
    for area in areas {
        let checked = verify::area(&world.store, operator(), *area, |_, _| ()).unwrap();
        assert_eq!(checked.finding, None, "{area}");
        rebuild::area(&world.store, operator(), *area, |_, _| ()).unwrap();
        assert_eq!(dump(world), before, "{area}");
    }
    for table in ["premises", "residencies", "visits", "inspections", "clashes", "records"] {
        run(world, &format!("DELETE FROM {table}"));
    }
    for area in areas {
        rebuild::area(&world.store, operator(), *area, |_, _| ()).unwrap();
    }
    assert_eq!(dump(world), before);
}

/// How often each change stands in an area's log: once.
fn nothing_is_doubled(world: &World, area: AreaId) {
    let of = format!("(SELECT hash, record_id FROM changes WHERE area_id = {area})");
    let rows = world.store.read(|db| catalogue::dump(db, &of)).unwrap();
    let mut distinct = rows.clone();
    distinct.dedup();
    assert_eq!(rows, distinct, "{area}");
}

const BOTH: [AreaId; 2] = [AREA, OTHER_AREA];

fn accepted(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Accepted { .. } | Outcome::Duplicate { .. })
}

fn code(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Rejected { code, .. } => code,
        other => panic!("not refused: {other:?}"),
    }
}

/// Whether a log has a change.
fn has(world: &World, area: AreaId, record: RecordId, change: ChangeHash) -> bool {
    let scope = operator().area(area);
    let known = world
        .store
        .read(|db| doorstep::store::changes::known(db, &scope, &[(record, change)]))
        .unwrap();
    known.contains_key(&(record, change))
}
