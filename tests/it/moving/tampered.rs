//! `doorstep verify` on logs with moves: what was altered is found, at its place.

use doorstep::integrity::fault::Fault;
use doorstep_tests::BarePhone;
use sync_protocol::document::Document;

use super::pushes::{home, moved, opened, push, rooms};
use super::*;

fn found(world: &World, area: AreaId, sql: &str) -> Option<(u64, Fault)> {
    run(world, "CREATE TABLE kept_changes AS TABLE changes");
    run(world, "CREATE TABLE kept_log AS TABLE area_log");
    assert!(run(world, sql) > 0, "{sql}");
    let checked = verify::area(&world.store, operator(), area, |_, _| ()).unwrap();
    for (table, kept) in [("changes", "kept_changes"), ("area_log", "kept_log")] {
        run(world, &format!("DELETE FROM {table}"));
        run(world, &format!("INSERT INTO {table} TABLE {kept}"));
        run(world, &format!("DROP TABLE {kept}"));
    }
    checked.finding.map(|finding| (finding.seq, finding.fault))
}

/// Old area: two changes, departure 3. New area: arrival 1, copies 2 and 3.
fn world() -> World {
    let world = World::new();
    let (phone, mut document, _): (BarePhone, Document, _) = opened(&world);
    let change = rooms(&phone, &mut document, 2);
    assert!(accepted(&outcomes(&phone.sync(&push(&phone, &change)))[0]));
    moved(&world);
    world
}

#[test]
fn altered_moves_are_found() {
    let world = world();
    let of = |area: AreaId, seq: u64| format!("WHERE area_id = {area} AND seq = {seq}");
    let bytes = "UPDATE changes SET bytes = set_byte(bytes, 40, 255 - get_byte(bytes, 40))";
    let cases = [
        (AREA, 3, format!("{bytes} {}", of(AREA, 3)), Fault::Bytes),
        (OTHER_AREA, 1, format!("{bytes} {}", of(OTHER_AREA, 1)), Fault::Bytes),
        (AREA, 3, format!("UPDATE changes SET kind = 9 {}", of(AREA, 3)), Fault::Columns),
        (AREA, 3, format!("UPDATE changes SET bytes = '\\x00' {}", of(AREA, 3)), Fault::Unreadable),
        (
            OTHER_AREA,
            2,
            format!("UPDATE changes SET received_at = received_at + 1 {}", of(OTHER_AREA, 2)),
            Fault::Chain,
        ),
        (
            OTHER_AREA,
            2,
            format!("UPDATE changes SET record_id = gen_random_uuid() {}", of(OTHER_AREA, 2)),
            Fault::NotCopied,
        ),
        (
            OTHER_AREA,
            2,
            format!("UPDATE changes SET device_id = 0 {}", of(OTHER_AREA, 2)),
            Fault::Unreadable,
        ),
        (AREA, 3, format!("DELETE FROM changes {}", of(AREA, 3)), Fault::Missing),
    ];
    for (area, place, sql, fault) in cases {
        assert_eq!(found(&world, area, &sql), Some((place, fault)), "{sql}");
    }
    hold(&world, &BOTH);
}

#[test]
fn a_log_that_was_cut_within_an_arrival_is_found() {
    let world = world();
    let sql = format!(
        "WITH cut AS (DELETE FROM changes WHERE area_id = {OTHER_AREA} AND seq = 3)
         UPDATE area_log SET head = 2, chain = (SELECT chain FROM changes
                WHERE area_id = {OTHER_AREA} AND seq = 2) WHERE area_id = {OTHER_AREA}"
    );
    assert_eq!(found(&world, OTHER_AREA, &sql), Some((3, Fault::NotCopied)));
}

#[test]
fn signatures_are_checked_in_the_new_area_too() {
    let world = world();
    let sql = format!(
        "UPDATE pushes SET signature = set_byte(signature, 5, 255 - get_byte(signature, 5))
          WHERE area_id = {OTHER_AREA}"
    );
    assert_eq!(found(&world, OTHER_AREA, &sql), Some((2, Fault::Signature)));
}

#[test]
fn no_phone_passes_a_move_off_as_a_change_or_builds_on_one() {
    use sync_protocol::entries::{Departed, ServerEntry};
    use sync_protocol::records::Kind;
    let world = World::new();
    let (phone, ..) = opened(&world);
    let (area, record, to) = (AREA, home(), OTHER_AREA);
    let entry = ServerEntry::Departed(Departed { area, seq: 2, record, to });
    let forged = phone.push_request(AREA, record, Kind::Premises, &[&entry.to_bytes()]);
    assert_eq!(code(&outcomes(&phone.sync(&forged))[0]), "not_a_change");
    // Its name can be worked out; what names it as a dependency waits for ever.
    moved(&world);
    move_record(&world, &home().to_string(), OTHER_AREA, AREA);
    let scope = operator().area(AREA);
    let known = doorstep::store::changes::known;
    let found = world.store.read(|db| known(db, &scope, &[(record, entry.name())])).unwrap();
    assert!(found.is_empty());
    let entries = doorstep::store::move_entries::of_record;
    let logged = world.store.read(|db| entries(db, &scope, record)).unwrap();
    assert_eq!(logged[0].0, entry);
}
