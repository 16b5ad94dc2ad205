//! `doorstep rebuild`: the log alone makes everything else again, to the byte.

use std::collections::BTreeMap;

use doorstep::http::Server;
use doorstep::integrity::rebuild::{self, RebuildError, Rebuilt};
use doorstep::integrity::verify;
use doorstep::photos::Objects;
use doorstep::planting;
use doorstep::seed::Plan;
use doorstep::store::{Store, catalogue, documents as stored, records};
use doorstep::sync::documents;
use doorstep_tests::history::History;
use doorstep_tests::world::{AREA, NOW, operator};
use doorstep_tests::{TestDatabase, World, mirror};
use sync_protocol::ids::AreaId;

/// What a rebuild has to bring back; documents are put together behind it.
const TABLES: [&str; 7] = [
    "premises",
    "residencies",
    "visits",
    "inspections",
    "clashes",
    "blind_index",
    "(SELECT area_id, record_id, kind, last_seq FROM records)",
];

type Dump = BTreeMap<&'static str, Vec<String>>;

fn dump(store: &Store) -> Dump {
    let of = |table| (table, store.read(|db| catalogue::dump(db, table)).unwrap());
    let registers = ("registers", mirror::fingerprints(store, &[AREA]));
    TABLES.into_iter().map(of).chain([registers]).collect()
}

fn rebuilt(store: &Store, area: AreaId) -> Rebuilt {
    rebuild::area(store, operator(), area, |_, _| ()).unwrap()
}

fn run(store: &Store, sql: &str) {
    store.transaction(|db| catalogue::run(db, sql)).unwrap();
}

#[test]
fn a_rich_history_is_rebuilt_equal_from_nothing_and_from_scribbles() {
    let world = World::new();
    History::write(&world);
    let store = &world.store;
    let before = dump(store);
    // The history is as rich as it says: two clashes settled, two open, every typed table written.
    let opened_last = before["clashes"].iter().filter(|row| row.contains("\"opened_seq\": 17"));
    assert_eq!(opened_last.count(), 1);
    let settled = before["clashes"].iter().filter(|row| !row.contains("\"settled_seq\": null"));
    assert_eq!((before["clashes"].len(), settled.count()), (4, 2));
    assert!(before.values().all(|rows| !rows.is_empty()));
    let expected = Rebuilt { changes: 17, records: 7, clashes: 4 };
    assert_eq!(rebuilt(store, AREA), expected);
    assert_eq!(dump(store), before);

    for table in ["premises", "residencies", "visits", "inspections", "clashes", "records"] {
        run(store, &format!("DELETE FROM {table}"));
    }
    assert_eq!(rebuilt(store, AREA), expected);
    assert_eq!(dump(store), before);

    run(store, "UPDATE premises SET address = 'scribble', tier = NULL");
    run(store, "UPDATE visits SET record_id = gen_random_uuid()");
    run(
        store,
        "INSERT INTO inspections (area_id, record_id, seq, author, received_at)
                SELECT area_id, gen_random_uuid(), 99, author, 0 FROM inspections",
    );
    run(
        store,
        "UPDATE clashes SET settled_seq = NULL, settled_at = NULL, opened_at = 1
                WHERE settled_seq IS NOT NULL AND field = 'room'",
    );
    run(store, "UPDATE blind_index SET tokens = '{1}'");
    run(store, "UPDATE records SET registers = '\\x00', last_seq = 100 + last_seq");
    run(store, "UPDATE documents SET document = '\\x00', seq = 100 + seq");
    assert_eq!(rebuilt(store, AREA), expected);
    assert_eq!(dump(store), before);
}

#[test]
fn documents_come_back_behind_the_rebuild() {
    let world = World::new();
    History::write(&world);
    let store = &world.store;
    let scope = operator().area(AREA);
    documents::refresh_area(store, scope).unwrap();
    run(store, "UPDATE documents SET document = '\\x00'");
    rebuilt(store, AREA);
    documents::refresh_area(store, scope).unwrap();
    assert!(store.read(|db| stored::stale(db, &scope, 0, 1)).unwrap().is_empty());
    let all = store.read(|db| records::all(db, &scope)).unwrap();
    let ids: Vec<_> = all.iter().map(|(record, _)| *record).collect();
    let mut fresh = store.read(|db| documents::current(db, scope, &ids)).unwrap().records;
    for (record, stored) in all {
        let of_document = fresh.remove(&record).unwrap().registers().unwrap();
        assert_eq!(of_document, stored.registers);
    }
}

#[test]
fn a_damaged_log_rebuilds_nothing_and_says_where() {
    let world = World::new();
    History::write(&world);
    let store = &world.store;
    let before = dump(store);
    for (damage, place) in [
        ("DELETE FROM changes WHERE seq = 17", 17),
        ("UPDATE changes SET bytes = '\\x00' WHERE seq = 7", 7),
        ("DELETE FROM changes WHERE seq = 4", 4),
    ] {
        run(store, damage);
        let refused = rebuild::area(store, operator(), AREA, |_, _| ()).unwrap_err();
        assert!(
            matches!(&refused, RebuildError::Log(finding) if finding.seq == place),
            "{refused}"
        );
        assert_eq!(dump(store), before);
    }
}

#[test]
fn a_planted_district_is_verified_and_rebuilt_equal() {
    let database = TestDatabase::migrated();
    let store = database.store();
    let folder = tempfile::TempDir::new().unwrap();
    let objects = Objects::in_folder(folder.path()).unwrap();
    let today = "2026-11-22".parse().unwrap();
    let plan = Plan { number: 7, areas: 2, homes_per_area: 25, today };
    store.transaction(|db| planting::enter(db, operator(), &plan, NOW)).unwrap();
    let server = Server::new(store.clone(), objects).unwrap();
    let planted = planting::plant(&server, operator(), &plan, NOW, |_| ()).unwrap();
    let before = dump(&store);
    let mut changes = 0;
    for area in &planted.cells {
        let checked = verify::area(&store, operator(), *area, |_, _| ()).unwrap();
        assert_eq!(checked.finding, None);
        changes += checked.changes;
        run(&store, "UPDATE premises SET address = 'scribble'");
        assert_eq!(rebuilt(&store, *area).changes, checked.changes);
    }
    assert_eq!(usize::try_from(changes).unwrap(), planted.changes);
    // The first area was scribbled over once more before the second was rebuilt.
    rebuilt(&store, planted.cells[0]);
    assert_eq!(dump(&store), before);
}
