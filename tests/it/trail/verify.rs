//! `doorstep verify` on the audit trail: whatever is tampered with past the triggers is found, at the
//! right place; and exported heads tell of a trail that was cut at its end.

use doorstep::integrity::compare::{self, Standing};
use doorstep::integrity::heads::{self, Heads, HeadsError};
use doorstep::integrity::trail::{TrailChecked, TrailFault, trail};
use doorstep::store::{Store, catalogue, data_keys};
use doorstep::trail::{About, Act, Actor, Entry, Origin, note_apart};
use doorstep_tests::TestDatabase;
use doorstep_tests::world::{AREA, NOW, World, operator};
use sync_protocol::codes;
use sync_protocol::ids::{PersonId, RecordId};

fn fill(store: &Store, entries: u8) {
    if store.read(data_keys::all).unwrap().is_empty() {
        store.transaction(|db| data_keys::begin(db, NOW)).unwrap();
    }
    for number in 0..entries {
        let who = Actor::Staff(PersonId([number; 16]));
        let origin = Origin {
            address: Some("10.20.30.40".parse().unwrap()),
            request: Some(uuid::Uuid::from_bytes([number; 16])),
        };
        let entry = Entry::new(Act::ValueShown, who, NOW + i64::from(number))
            .area(AREA)
            .record(RecordId([number; 16]))
            .about(About::Person(PersonId([number; 16])))
            .field("owner_phone")
            .detail("duplicate")
            .from(origin)
            .reason("核对重复登记");
        let entry = if number % 3 == 2 { entry.refused(&codes::FORBIDDEN) } else { entry };
        note_apart(store, &entry).unwrap();
    }
}

fn verified(store: &Store) -> TrailChecked {
    trail(store, operator(), |_, _| ()).unwrap()
}

fn run(store: &Store, sql: &str) {
    // Whoever owns the tables can switch the triggers off: the chain is there for that.
    let sql = [
        "ALTER TABLE trail DISABLE TRIGGER ALL",
        "ALTER TABLE trail_head DISABLE TRIGGER ALL",
        sql,
        "ALTER TABLE trail ENABLE TRIGGER ALL",
        "ALTER TABLE trail_head ENABLE TRIGGER ALL",
    ];
    let ran = store.transaction(|db| {
        sql.iter().map(|sql| catalogue::run(db, sql)).collect::<Result<Vec<usize>, _>>()
    });
    assert!(ran.unwrap()[2] > 0, "{}", sql[2]);
}

/// Tampers with a copy of the trail; what is found, alone.
fn found(store: &Store, tampering: &str, place: u64, fault: TrailFault) {
    let rows = store.read(|db| catalogue::dump(db, "trail")).unwrap();
    for table in ["trail", "trail_head"] {
        let sql = format!("CREATE TABLE kept_{table} AS TABLE {table}");
        store.transaction(|db| catalogue::run(db, &sql)).unwrap();
    }
    run(store, tampering);
    let finding = verified(store).finding.unwrap_or_else(|| panic!("not found: {tampering}"));
    assert_eq!((finding.place, finding.fault), (place, fault), "{tampering}");
    assert!(finding.to_string().starts_with(&format!("audit trail, place {place}: ")));
    for table in ["trail", "trail_head"] {
        let deleted = format!("WITH gone AS (DELETE FROM {table} RETURNING 1) SELECT 1");
        run(store, &deleted);
        run(store, &format!("INSERT INTO {table} TABLE kept_{table}"));
        store.transaction(|db| catalogue::run(db, &format!("DROP TABLE kept_{table}"))).unwrap();
    }
    assert_eq!(store.read(|db| catalogue::dump(db, "trail")).unwrap(), rows);
    assert_eq!(verified(store).finding, None);
}

#[test]
fn a_good_trail_passes_and_so_does_an_empty_one() {
    let database = TestDatabase::migrated();
    let store = database.store();
    assert_eq!(verified(&store), TrailChecked { entries: 0, finding: None });
    fill(&store, 12);
    assert_eq!(verified(&store), TrailChecked { entries: 12, finding: None });
}

#[test]
fn a_trail_of_several_batches_passes_and_its_last_entry_is_looked_at() {
    let database = TestDatabase::migrated();
    let store = database.store();
    (0..3).for_each(|_| fill(&store, 150));
    assert_eq!(verified(&store), TrailChecked { entries: 450, finding: None });
    found(&store, "UPDATE trail SET at = at + 1 WHERE place = 450", 450, TrailFault::Chain);
    found(&store, "DELETE FROM trail WHERE place = 201", 201, TrailFault::Missing);
}

#[test]
fn every_column_that_is_altered_is_found_at_its_place() {
    let database = TestDatabase::migrated();
    let store = database.store();
    fill(&store, 6);
    let columns = [
        "at = at - 1",
        "act = 'report_read'",
        "outcome = 'done'",
        "times = 2",
        "actor = 'nobody'",
        "about = NULL",
        "area_id = area_id + 1",
        "record_id = gen_random_uuid()",
        "field = 'owner_name'",
        "field = ''",
        "detail = 'clash'",
        "address = '10.20.30.41'",
        "request = NULL",
        "reason_sha256 = sha256(reason_sha256)",
        "reason = sha256(reason), reason_sha256 = sha256(sha256(reason))",
        "chain = sha256(chain)",
    ];
    for column in columns {
        let sql = format!("UPDATE trail SET {column} WHERE place = 3");
        found(&store, &sql, 3, TrailFault::Chain);
    }
    let forged = "UPDATE trail SET reason = substr(reason, 1, 16) || convert_to('复核', 'UTF8')
                  WHERE place = 4";
    found(&store, forged, 4, TrailFault::Reason);
    found(&store, "UPDATE trail SET reason = NULL WHERE place = 4", 4, TrailFault::Reason);
}

#[test]
fn what_was_cut_exchanged_or_put_in_is_found() {
    let database = TestDatabase::migrated();
    let store = database.store();
    fill(&store, 6);
    found(&store, "DELETE FROM trail WHERE place = 3", 3, TrailFault::Missing);
    found(&store, "DELETE FROM trail WHERE place = 6", 6, TrailFault::Missing);
    found(&store, "DELETE FROM trail", 1, TrailFault::Missing);
    let swapped = "WITH a AS (SELECT * FROM trail WHERE place = 2),
                        b AS (SELECT * FROM trail WHERE place = 3)
                   UPDATE trail t SET actor = s.actor, record_id = s.record_id, at = s.at,
                       chain = s.chain
                   FROM (SELECT 3 AS place, actor, record_id, at, chain FROM a
                         UNION ALL SELECT 2, actor, record_id, at, chain FROM b) s
                   WHERE t.place = s.place";
    found(&store, swapped, 2, TrailFault::Chain);
    found(&store, "UPDATE trail_head SET place = 7", 7, TrailFault::Missing);
    found(&store, "UPDATE trail_head SET place = 4", 5, TrailFault::BehindHead);
    found(&store, "UPDATE trail_head SET chain = sha256(chain)", 6, TrailFault::HeadChain);
    found(&store, "DELETE FROM trail_head", 0, TrailFault::NoHead);
    let cut = "WITH gone AS (DELETE FROM trail WHERE place = 6 RETURNING 1)
               UPDATE trail_head SET place = 5";
    found(&store, cut, 5, TrailFault::HeadChain);
}

#[test]
fn exported_heads_tell_of_a_trail_that_was_cut_with_its_head_set_back() {
    let world = World::new();
    fill(&world.store, 6);
    let heads = heads::export(&world.store, operator(), NOW).unwrap();
    let heads: Heads = serde_json::from_str(&serde_json::to_string(&heads).unwrap()).unwrap();
    let standing = || {
        let by = operator();
        world.store.read(|db| Ok(compare::compare(db, by, &heads))).unwrap().unwrap();
        world.store.read(|db| compare::trail(db, by, &heads)).unwrap()
    };
    assert_eq!(standing(), Some(Standing::Same));
    fill(&world.store, 2);
    assert_eq!(standing(), Some(Standing::Ahead { by: 2 }));
    let cut = "WITH gone AS (DELETE FROM trail WHERE place > 4 RETURNING 1)
               UPDATE trail_head h SET place = 4, chain = t.chain FROM trail t WHERE t.place = 4";
    run(&world.store, cut);
    assert_eq!(verified(&world.store), TrailChecked { entries: 4, finding: None });
    assert_eq!(standing(), Some(Standing::Behind { lost: 2 }));
    fill(&world.store, 2);
    assert_eq!(standing(), Some(Standing::OtherChain));
    let mut moved = heads.clone();
    moved.trail.as_mut().unwrap().place = 4;
    let compared = world.store.read(|db| Ok(compare::compare(db, operator(), &moved))).unwrap();
    assert!(matches!(compared, Err(HeadsError::Forged)));
}

#[test]
fn heads_of_the_first_layout_are_still_read() {
    let world = World::new();
    let keys = world.store.read(doorstep::store::signing_keys::find).unwrap().unwrap();
    let new = heads::export(&world.store, operator(), NOW).unwrap();
    assert_eq!(new.format, 2);
    let key = sync_protocol::keys::DeviceKey::from_seed(keys.seed);
    let old = Heads { format: 1, trail: None, ..new.clone() };
    let signed = |heads: Heads, statement: &[u8]| Heads { signature: key.sign(statement), ..heads };
    let old = signed(old, &statement_of_layout_1(&new));
    assert!(old.check(&keys).is_ok());
    let compared = world.store.read(|db| compare::trail(db, operator(), &old)).unwrap();
    assert_eq!(compared, None);
}

/// What layout 1 signed, written out from its description.
fn statement_of_layout_1(heads: &Heads) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    let mut bytes = b"doorstep heads 1\0".to_vec();
    bytes.extend(Sha256::digest(&heads.district));
    bytes.extend(heads.server_epoch.0);
    bytes.extend(heads.at.to_be_bytes());
    bytes.extend((heads.areas.len() as u64).to_be_bytes());
    for area in &heads.areas {
        bytes.extend(area.area.0.to_be_bytes());
        bytes.extend(area.area_epoch.to_be_bytes());
        bytes.extend(area.seq.to_be_bytes());
        bytes.extend(area.chain.0);
    }
    bytes
}
