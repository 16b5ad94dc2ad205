//! What `doorstep verify` finds beside the log: records, documents, waiting and refused changes that
//! are not what the log and their names make them, though each can be opened.

use doorstep::integrity::{rebuild, verify};
use doorstep::store::changes::{self, NewEntry, Origin};
use doorstep::store::pushes::{self, Signed};
use doorstep::store::{audit, catalogue};
use doorstep::sync::documents;
use doorstep_tests::history::{self, History};
use doorstep_tests::world::{AREA, NOW, operator};
use doorstep_tests::{BarePhone, World, mirror};
use sync_protocol::chain::{self, Link};
use sync_protocol::document::Document;
use sync_protocol::ids::{ChangeHash, RecordId};
use sync_protocol::keys;
use sync_protocol::records::{Kind, Role, Value};

const HOME: RecordId = RecordId([9; 16]);

fn run(world: &World, sql: &str) -> usize {
    world.store.transaction(|db| catalogue::run(db, sql)).unwrap()
}

/// What verify says of the area; nothing when all holds.
fn found(world: &World) -> Option<String> {
    let checked = verify::area(&world.store, operator(), AREA, |_, _| ()).unwrap();
    checked.finding.map(|finding| finding.to_string())
}

fn rebuilt(world: &World) {
    rebuild::area(&world.store, operator(), AREA, |_, _| ()).unwrap();
    documents::refresh_area(&world.store, mirror::scope(AREA)).unwrap();
    assert_eq!(found(world), None);
}

/// A home with a text, pushed in two steps; between them somebody keeps a copy of what is stored.
fn copied_between(world: &World) -> BarePhone {
    let phone = world.bare_phone("孙立", Role::Coordinator, AREA);
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let first = [("rooms", Value::from(3)), ("notes", "门铃坏了。".into())];
    let first = phone.edit(&mut document, &first).bytes;
    history::push(&phone, HOME, Kind::Premises, &[&first]);
    documents::refresh_area(&world.store, mirror::scope(AREA)).unwrap();
    for table in ["records", "documents"] {
        run(world, &format!("CREATE TABLE old_{table} AS TABLE {table}"));
    }
    let second = [("rooms", Value::from(4)), ("notes", "门铃修好了。".into())];
    let second = phone.edit(&mut document, &second).bytes;
    history::push(&phone, HOME, Kind::Premises, &[&second]);
    documents::refresh_area(&world.store, mirror::scope(AREA)).unwrap();
    assert_eq!(found(world), None);
    phone
}

fn of(table: &str) -> String {
    format!("FROM old_{table} o WHERE t.record_id = o.record_id AND t.record_id = '{HOME}'::uuid")
}

#[test]
fn a_record_that_is_not_what_its_log_makes_it_is_found_and_rebuilt() {
    let world = World::new();
    History::write(&world);
    copied_between(&world);
    let tampering = [
        format!("UPDATE records t SET registers = o.registers {}", of("records")),
        format!(
            "UPDATE records t SET registers = o.registers, last_seq = o.last_seq {}",
            of("records")
        ),
        format!("UPDATE records SET last_seq = last_seq + 1000 WHERE record_id = '{HOME}'::uuid"),
        format!("UPDATE records SET kind = 3 WHERE record_id = '{HOME}'::uuid"),
        format!("UPDATE records SET registers = '\\x00' WHERE record_id = '{HOME}'::uuid"),
        format!("DELETE FROM records WHERE record_id = '{HOME}'::uuid"),
        "INSERT INTO records (area_id, record_id, kind, last_seq, registers)
         SELECT area_id, gen_random_uuid(), kind, last_seq, registers FROM records LIMIT 1"
            .to_owned(),
    ];
    for sql in &tampering {
        assert!(run(&world, sql) > 0, "{sql}");
        let words = found(&world).unwrap_or_else(|| panic!("not found: {sql}"));
        let named = words.starts_with(&format!("area {AREA}, record "));
        assert!(named && words.contains("`doorstep rebuild"), "{sql}: {words}");
        assert!(sql.starts_with("INSERT") || words.contains(&HOME.to_string()), "{words}");
        rebuilt(&world);
    }
}

#[test]
fn a_document_that_is_not_what_its_log_makes_it_is_found() {
    let world = World::new();
    History::write(&world);
    copied_between(&world);
    let back = format!("UPDATE documents t SET document = o.document {}", of("documents"));
    let half = format!(
        "UPDATE documents t SET document = o.document, seq = t.seq - 1 {}",
        of("documents")
    );
    let ahead = format!("UPDATE documents SET seq = seq + 1 WHERE record_id = '{HOME}'::uuid");
    for sql in [back, ahead] {
        assert_eq!(run(&world, &sql), 1);
        let words = found(&world).unwrap_or_else(|| panic!("not found: {sql}"));
        assert!(words.contains(&HOME.to_string()) && words.contains("document"), "{words}");
        rebuilt(&world);
    }
    // One that is behind is put together from the log: as it says itself, or not at all.
    assert_eq!(run(&world, &half), 1);
    assert_eq!(found(&world), None);
    run(
        &world,
        &format!("UPDATE documents t SET document = o.document, seq = o.seq {}", of("documents")),
    );
    assert_eq!(found(&world), None);
}

#[test]
fn while_phones_push_the_records_that_change_meanwhile_are_no_finding() {
    let world = World::new();
    let phone = copied_between(&world);
    let mut other = Document::genesis(Kind::Premises).unwrap();
    let mut pushed = 0;
    let checked = verify::area(&world.store, operator(), AREA, |_, _| {
        // Behind the walk's end, to a record that it has folded already and to a new one.
        pushed += 1;
        let change = phone.edit(&mut other, &[("rooms", Value::from(pushed))]).bytes;
        history::push(&phone, RecordId([8; 16]), Kind::Premises, &[&change]);
    });
    assert_eq!((checked.unwrap().finding, pushed), (None, 1));
    assert_eq!(found(&world), None);
}

#[test]
fn waiting_and_refused_changes_that_changed_places_are_found() {
    for (table, word) in [("held", "waits"), ("quarantine", "refused")] {
        let world = World::new();
        let phone = world.bare_phone("孙立", Role::Coordinator, AREA);
        let mut document = Document::genesis(Kind::Premises).unwrap();
        let mut edit = |key: &str, value: Value| phone.edit(&mut document, &[(key, value)]).bytes;
        let changes: Vec<Vec<u8>> = if table == "held" {
            // The first of them never comes.
            (1..=3).map(|rooms| edit("rooms", Value::from(rooms))).skip(1).collect()
        } else {
            // Only reviewers may.
            ["key", "ordinary"].map(|tier| edit("tier", tier.into())).to_vec()
        };
        for change in &changes {
            phone.sync(&phone.push_request(AREA, HOME, Kind::Premises, &[change]));
        }
        assert_eq!(found(&world), None);
        let swapped = format!(
            "UPDATE {table} t SET bytes = o.bytes FROM {table} o
             WHERE o.record_id = t.record_id AND o.hash <> t.hash"
        );
        assert_eq!(run(&world, &swapped), 2, "{table}");
        let words = found(&world).unwrap_or_else(|| panic!("not found: {table}"));
        assert!(words.contains(&HOME.to_string()) && words.contains(word), "{words}");
    }
}

/// Logs a change as a push does that did not look what it builds upon.
fn log_unjudged(world: &World, phone: &BarePhone, record: RecordId, bytes: &[u8], max_op: u64) {
    let scope = mirror::scope(AREA);
    let hash = keys::change_name(bytes);
    let request = phone.push_request(AREA, record, Kind::Premises, &[bytes]);
    let (push, signature) = (request.push_id.unwrap(), request.signature.unwrap());
    let origin = Origin { device: phone.device, push, received_at: NOW };
    let logged = world.store.transaction(|db| {
        let end = audit::end(db, &scope)?.unwrap();
        let seq = end.head + 1;
        let link = Link { seq, record, change: hash, device: phone.device, received_at: NOW };
        let before = ChangeHash(end.chain.try_into().unwrap());
        let entry = NewEntry {
            seq,
            record,
            kind: Kind::Premises,
            hash,
            max_op,
            device: phone.device,
            push,
            chain: chain::next(&before, &link),
            bytes: bytes.to_vec(),
        };
        pushes::insert(db, AREA, origin, Signed { hashes: &[hash], signature: &signature })?;
        changes::append(db, &scope, NOW, &[entry])
    });
    logged.unwrap();
}

#[test]
fn a_change_that_builds_on_one_that_is_not_there_is_found_and_rebuilds_nothing() {
    let world = World::new();
    let phone = world.bare_phone("孙立", Role::Coordinator, AREA);
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let first = phone.edit(&mut document, &[("rooms", Value::from(3))]).bytes;
    history::push(&phone, RecordId([8; 16]), Kind::Premises, &[&first]);
    // What it builds upon is another record's: this one never had it.
    let second = phone.edit(&mut document, &[("rooms", Value::from(4))]);
    let max_op = sync_protocol::judge::read(&second.bytes, Kind::Premises).unwrap().max_op;
    log_unjudged(&world, &phone, HOME, &second.bytes, max_op);
    let words = found(&world).expect("it is found");
    assert!(words.starts_with(&format!("area {AREA}, place 2: ")), "{words}");
    assert!(words.contains("builds on"), "{words}");
    let refused = rebuild::area(&world.store, operator(), AREA, |_, _| ()).unwrap_err();
    assert!(refused.to_string().contains("place 2"), "{refused}");
}
