//! What the server holds of an area: its records as registers, fingerprints and effective values,
//! and its log.

use std::collections::BTreeMap;

use doorstep::auth::AreaScope;
use doorstep::store::changes::Entry;
use doorstep::store::{Store, changes, records};
use sync_protocol::document::{Effective, Registers};
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Value;

use crate::World;
use crate::handset::Shown;
use crate::world::operator;

/// The proof for an area.
pub fn scope(area: AreaId) -> AreaScope {
    operator().area(area)
}

/// The area's log from its beginning.
pub fn log(world: &World, area: AreaId) -> Vec<Entry> {
    world.store.read(|db| changes::after(db, &scope(area), 0, 100_000, None)).expect("the log")
}

/// The places of the log, the changes' names, and that no name stands there twice.
pub fn names(world: &World, area: AreaId) -> Vec<String> {
    let log = log(world, area);
    let places: Vec<u64> = log.iter().map(|entry| entry.seq).collect();
    assert_eq!(places, (1..=log.len() as u64).collect::<Vec<u64>>(), "places without a gap");
    let names: Vec<String> = log.iter().map(|entry| entry.hash.to_string()).collect();
    let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "no change stands in the log twice");
    names
}

/// The registers of every record.
pub fn registers(world: &World, area: AreaId) -> BTreeMap<RecordId, Registers> {
    let all = world.store.read(|db| records::all(db, &scope(area))).expect("the records");
    all.into_iter().map(|(record, stored)| (record, stored.registers)).collect()
}

/// Every record's fingerprint.
pub fn digests(world: &World, area: AreaId) -> Vec<(String, String)> {
    let line = |(record, of): (RecordId, Registers)| (record.to_string(), of.digest().to_string());
    registers(world, area).into_iter().map(line).collect()
}

/// Every record's registers in these areas, a line each: what is stored is sealed and never the same.
pub fn fingerprints(store: &Store, areas: &[AreaId]) -> Vec<String> {
    let of_area = |area: &AreaId| {
        let area = *area;
        let all = store.read(|db| records::all(db, &scope(area))).expect("the records");
        all.into_iter()
            .map(move |(id, stored)| format!("{area} {id} {}", stored.registers.digest()))
    };
    areas.iter().flat_map(of_area).collect()
}

/// Every record's effective values and texts.
pub fn shown(world: &World, area: AreaId) -> Shown {
    let line = |(record, of): (RecordId, Registers)| (record.to_string(), values(&of));
    registers(world, area).into_iter().map(line).collect()
}

/// A record's effective values. A text without characters is not shown: two who each kept another
/// part of it leave nothing of it.
pub fn values(registers: &Registers) -> BTreeMap<String, Value> {
    let fields = Effective::of(registers).fields.into_iter();
    let values = fields.map(|(key, field)| (key, field.value));
    values.filter(|(_, value)| *value != Value::from("")).collect()
}
