//! `doorstep verify`: a good log passes; whatever is tampered with is found, at the right place.

use doorstep::http::Server;
use doorstep::integrity::fault::Fault;
use doorstep::integrity::verify::{self, Checked};
use doorstep::photos::Objects;
use doorstep::store::changes::NewEntry;
use doorstep::store::{audit, catalogue, move_entries};
use doorstep::sync::documents;
use doorstep_tests::World;
use doorstep_tests::erasing::erase;
use doorstep_tests::history::History;
use doorstep_tests::world::{AREA, OTHER_AREA, operator};
use sync_protocol::ids::ChangeHash;
use sync_protocol::keys;
use sync_protocol::records::Kind;

fn verified(world: &World) -> Checked {
    verify::area(&world.store, operator(), AREA, |_, _| ()).unwrap()
}

fn run(world: &World, sql: &str) -> usize {
    world.store.transaction(|db| catalogue::run(db, sql)).unwrap()
}

/// Tampers with a copy of the history, one statement after another; each is found alone.
fn found(world: &World, tampering: &[&str], place: u64, fault: Fault) {
    for table in ["changes", "pushes", "area_log", "devices"] {
        run(world, &format!("CREATE TABLE kept_{table} AS TABLE {table}"));
    }
    for sql in tampering {
        assert!(run(world, sql) > 0, "{sql}");
    }
    let checked = verified(world);
    let finding = checked.finding.unwrap_or_else(|| panic!("not found: {tampering:?}"));
    assert_eq!((finding.seq, finding.fault), (place, fault), "{tampering:?}");
    let words = finding.to_string();
    assert!(words.starts_with(&format!("area {AREA}, place {place}: ")), "{words}");
    for table in ["changes", "pushes", "area_log"] {
        run(world, &format!("DELETE FROM {table}"));
        run(world, &format!("INSERT INTO {table} TABLE kept_{table}"));
    }
    run(
        world,
        "UPDATE devices d SET public_key = k.public_key FROM kept_devices k
                WHERE d.device_id = k.device_id",
    );
    for table in ["changes", "pushes", "area_log", "devices"] {
        run(world, &format!("DROP TABLE kept_{table}"));
    }
    assert_eq!(verified(world).finding, None);
}

#[test]
fn a_good_log_passes_and_so_does_an_empty_one() {
    let world = World::new();
    History::write(&world);
    assert_eq!(verified(&world), Checked { changes: 17, finding: None });
    let empty = verify::area(&world.store, operator(), OTHER_AREA, |_, _| ()).unwrap();
    assert_eq!(empty, Checked { changes: 0, finding: None });
}

#[test]
fn a_log_of_several_batches_passes_and_its_last_place_is_looked_at() {
    let world = World::new();
    let history = History::write(&world);
    let mut document =
        sync_protocol::document::Document::genesis(sync_protocol::records::Kind::Premises).unwrap();
    let edit = |rooms: i64| history.li.edit(&mut document, &[("rooms", rooms.into())]).bytes;
    let many: Vec<Vec<u8>> = (0..450).map(edit).collect();
    let many: Vec<&[u8]> = many.iter().map(Vec::as_slice).collect();
    let record = sync_protocol::ids::RecordId([9; 16]);
    let kind = sync_protocol::records::Kind::Premises;
    doorstep_tests::history::push(&history.li, record, kind, &many);
    assert_eq!(verified(&world), Checked { changes: 467, finding: None });
    let bytes = "UPDATE changes SET bytes = set_byte(bytes, 40, 255 - get_byte(bytes, 40))";
    found(&world, &[&format!("{bytes} WHERE seq = 467")], 467, Fault::Sealed);
    found(&world, &[&format!("{bytes} WHERE seq IN (201, 250)")], 201, Fault::Sealed);
}

#[test]
fn what_is_erased_while_it_walks_is_no_fault() {
    let world = World::new();
    let history = History::write(&world);
    let mut document = sync_protocol::document::Document::genesis(Kind::Premises).unwrap();
    let edit = |rooms: i64| history.li.edit(&mut document, &[("rooms", rooms.into())]).bytes;
    let many: Vec<Vec<u8>> = (0..450).map(edit).collect();
    let many: Vec<&[u8]> = many.iter().map(Vec::as_slice).collect();
    let record = sync_protocol::ids::RecordId([9; 16]);
    doorstep_tests::history::push(&history.li, record, Kind::Premises, &many);
    let objects = Objects::in_folder(&world.folder().join("photos")).unwrap();
    let server = Server::new(world.store.clone(), objects).unwrap();
    let mut erased = false;
    let checked = verify::area(&world.store, operator(), AREA, |_, _| {
        if !erased {
            erase(server.engine(), &record.to_string(), doorstep::clock::now_ms() + 1_000);
            erased = true;
        }
    });
    // To the entry that says so, which stands behind where the log ended.
    assert_eq!(checked.unwrap(), Checked { changes: 468, finding: None });
    // One that nothing says is a fault wherever it is.
    documents::refresh_area(&world.store, operator().area(AREA)).unwrap();
    let gone = "UPDATE changes SET bytes = '' WHERE seq = 3";
    found(&world, &[gone], 3, Fault::Gone);
}

#[test]
fn altered_rows_of_the_log_are_found() {
    let world = World::new();
    History::write(&world);
    let other_name = "UPDATE changes SET hash = sha256(hash) WHERE seq = 4";
    found(&world, &[other_name], 4, Fault::Bytes);
    found(&world, &["UPDATE changes SET hash = '\\x00' WHERE seq = 4"], 4, Fault::Bytes);
    let bytes = "UPDATE changes SET bytes = bytes || '\\x00' WHERE seq = 7";
    found(&world, &[bytes], 7, Fault::Sealed);
    let of_another = "UPDATE changes SET bytes = (SELECT bytes FROM changes WHERE seq = 1)
                      WHERE seq = 7";
    found(&world, &[of_another], 7, Fault::Sealed);
    found(&world, &["UPDATE changes SET chain = sha256(chain) WHERE seq = 3"], 3, Fault::Chain);
    let later = "UPDATE changes SET received_at = received_at + 1 WHERE seq = 5";
    found(&world, &[later], 5, Fault::Chain);
    let elsewhere = "UPDATE changes SET record_id = gen_random_uuid() WHERE seq = 6";
    found(&world, &[elsewhere], 6, Fault::Sealed);
    found(&world, &["UPDATE changes SET max_op = max_op + 1 WHERE seq = 2"], 2, Fault::Columns);
    found(&world, &["UPDATE changes SET kind = 2 WHERE seq = 1"], 1, Fault::Columns);
    found(&world, &["UPDATE changes SET kind = 9 WHERE seq = 1"], 1, Fault::Columns);
}

/// Puts other bytes in the place of a change, and another name if one is given, as somebody could who
/// has the keys as well.
fn forge(world: &World, seq: u64, bytes: Vec<u8>, hash: Option<ChangeHash>) {
    let scope = operator().area(AREA);
    world
        .store
        .transaction(|db| {
            let row = audit::rows(db, &scope, seq - 1, seq, 1)?.remove(0);
            catalogue::run(db, &format!("DELETE FROM changes WHERE seq = {seq}"))?;
            let written = |bytes: &[u8]| ChangeHash(bytes.try_into().unwrap());
            let entry = NewEntry {
                seq,
                record: row.record,
                kind: Kind::from_number(row.kind).unwrap(),
                hash: hash.unwrap_or(written(&row.hash)),
                max_op: row.max_op,
                device: row.device,
                push: row.push,
                chain: written(&row.chain),
                bytes,
            };
            move_entries::insert(db, &scope, &[(entry, row.received_at)])
        })
        .unwrap();
}

#[test]
fn a_change_that_was_sealed_anew_is_found_by_its_name_and_its_form() {
    let scribble = vec![0x85; 40];
    let world = World::new();
    History::write(&world);
    forge(&world, 7, scribble.clone(), None);
    let finding = verified(&world).finding.unwrap();
    assert_eq!((finding.seq, finding.fault), (7, Fault::Bytes));
    let world = World::new();
    History::write(&world);
    forge(&world, 7, scribble.clone(), Some(keys::change_name(&scribble)));
    let finding = verified(&world).finding.unwrap();
    assert_eq!((finding.seq, finding.fault), (7, Fault::Unreadable));
}

#[test]
fn gaps_and_exchanged_places_are_found() {
    let world = World::new();
    History::write(&world);
    found(&world, &["DELETE FROM changes WHERE seq = 5"], 5, Fault::Missing);
    found(&world, &["DELETE FROM changes WHERE seq = 17"], 17, Fault::Missing);
    found(&world, &["DELETE FROM changes"], 1, Fault::Missing);
    let away = "UPDATE changes SET seq = -seq WHERE seq IN (3, 4)";
    let exchanged = "UPDATE changes SET seq = 7 + seq WHERE seq < 0";
    found(&world, &[away, exchanged], 3, Fault::Chain);
}

#[test]
fn altered_pushes_and_keys_are_found_at_their_first_change() {
    let world = World::new();
    History::write(&world);
    let of = |seq: u64| format!("WHERE push_id = (SELECT push_id FROM changes WHERE seq = {seq})");
    let signature =
        "UPDATE pushes SET signature = set_byte(signature, 5, 255 - get_byte(signature, 5))";
    found(&world, &[&format!("{signature} {}", of(6))], 5, Fault::Signature);
    found(&world, &[&format!("DELETE FROM pushes {}", of(8))], 7, Fault::NoPush);
    let shorter = format!("UPDATE pushes SET hashes = substr(hashes, 33) {}", of(7));
    found(&world, &[&shorter], 7, Fault::NotInPush);
    let longer = format!("UPDATE pushes SET hashes = hashes || sha256(hashes) {}", of(7));
    found(&world, &[&longer], 7, Fault::Signature);
    let uneven = format!("UPDATE pushes SET hashes = hashes || '\\x00' {}", of(7));
    found(&world, &[&uneven], 7, Fault::Signature);
    let key = "UPDATE devices SET public_key = sha256(public_key)
               WHERE device_id = (SELECT device_id FROM changes WHERE seq = 2)";
    found(&world, &[key], 2, Fault::Signature);
    let moved = "UPDATE changes SET push_id = (SELECT push_id FROM changes WHERE seq = 1)
                 WHERE seq = 7";
    found(&world, &[moved], 7, Fault::NotInPush);
}

#[test]
fn heads_that_disagree_with_the_log_are_found() {
    let world = World::new();
    History::write(&world);
    let of = format!("WHERE area_id = {AREA}");
    found(&world, &[&format!("UPDATE area_log SET head = head + 1 {of}")], 18, Fault::Missing);
    found(&world, &[&format!("UPDATE area_log SET head = 9 {of}")], 10, Fault::BehindHead);
    let chain = format!("UPDATE area_log SET chain = sha256(chain) {of}");
    found(&world, &[&chain], 17, Fault::HeadChain);
    found(&world, &[&format!("DELETE FROM area_log {of}")], 0, Fault::NoLog);
}

#[test]
fn a_revoked_phone_stays_the_author_of_what_it_signed() {
    let world = World::new();
    History::write(&world);
    run(&world, "UPDATE devices SET revoked_at = now()");
    assert_eq!(verified(&world).finding, None);
}
