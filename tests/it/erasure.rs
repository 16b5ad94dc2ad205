//! A record that is erased is gone everywhere: from every table, from the photos' folder, from every
//! phone; and the log that it was in can be verified still.

use doorstep::http::Server;
use doorstep::integrity::fault::Fault;
use doorstep::integrity::{rebuild, verify};
use doorstep::photos::Objects;
use doorstep::store::catalogue;
use doorstep::sync::moving::{self, Moving};
use doorstep_tests::erasing::erase_for;
use doorstep_tests::handset::text;
use doorstep_tests::outcomes::code;
use doorstep_tests::world::{AREA, OTHER_AREA, STREET, operator};
use doorstep_tests::{BarePhone, Handset, World, mirror, pictures};
use mobile_bindings::client::{AttentionKind, Entry};
use sync_protocol::document::Document;
use sync_protocol::entries::Cause;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::{AreaCursor, Item, Outcome, Request};

mod late;
mod moved;

const NUMBER: &str = "11010519491231002X";

/// Seconds since 1970 UTC at which everything of these tests was erased.
const ERASED_AT: i64 = 1_795_000_100;

fn person(name: &str) -> Vec<Entry> {
    vec![
        text("document_type", "resident_id"),
        text("document_number", NUMBER),
        text("name", name),
        text("occupation", "养蜂人"),
    ]
}

fn server(world: &World) -> Server {
    let objects = Objects::in_folder(&world.folder().join("photos")).unwrap();
    Server::new(world.store.clone(), objects).unwrap()
}

/// Erases now, by the clock that phones go by too.
fn erased(world: &World, record: &str) -> Vec<AreaId> {
    erased_at(world, record, doorstep::clock::now_ms() + 1_000, Cause::Request)
}

fn erased_at(world: &World, record: &str, at: i64, cause: Cause) -> Vec<AreaId> {
    erase_for(server(world).engine(), record, cause, at)
}

fn holds(world: &World, area: AreaId) {
    let checked = verify::area(&world.store, operator(), area, |_, _| ()).unwrap();
    assert_eq!(checked.finding, None);
    let before = dump(world);
    rebuild::area(&world.store, operator(), area, |_, _| ()).unwrap();
    assert_eq!(dump(world), before);
}

fn dump(world: &World) -> Vec<Vec<String>> {
    let tables = ["premises", "residencies", "visits", "clashes", "erased", "blind_index"];
    let of = |table| world.store.read(|db| catalogue::dump(db, table)).unwrap();
    let registers = mirror::fingerprints(&world.store, &[AREA, OTHER_AREA]);
    tables.into_iter().map(of).chain([registers]).collect()
}

/// How many rows of the database name a record; changes, erasures and the audit trail name it still, and
/// the names of what was refused since.
fn rows_of(world: &World, record: &str) -> usize {
    let columns = world.store.read(catalogue::columns).unwrap();
    let named = columns.iter().filter(|column| column.name == "record_id");
    let tables = named.map(|column| column.table.as_str());
    let kept = ["changes", "erased", "erased_changes", "moved", "reports", "trail"];
    tables
        .filter(|table| !kept.contains(table))
        .map(|table| {
            let sql = format!("SELECT 1 FROM {table} WHERE record_id = '{record}'::uuid");
            world.store.read(|db| catalogue::run(db, &sql)).unwrap()
        })
        .sum()
}

#[test]
fn an_erased_record_leaves_names_alone_in_the_log_and_nothing_elsewhere() {
    let world = World::new();
    let li = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, AREA);
    let home = li.client().open_premises(None, address(1), Vec::new()).unwrap().record;
    let stay = li.client().register_residency(home.clone(), person("欧阳春晓")).unwrap().record;
    li.client().sync().unwrap();
    let wang = Handset::enrol(&world, &world.url, "王建国", Role::Coordinator, AREA);
    assert_eq!(wang.shown().len(), 2);
    assert!(rows_of(&world, &stay) > 0);

    assert_eq!(erased(&world, &stay), [AREA]);
    assert_eq!(rows_of(&world, &stay), 0);
    let blank = format!(
        "SELECT 1 FROM changes WHERE record_id = '{stay}'::uuid AND device_id <> 0
         AND length(bytes) > 0"
    );
    assert_eq!(world.store.read(|db| catalogue::run(db, &blank)).unwrap(), 0);
    holds(&world, AREA);
    assert_eq!(erased(&world, &stay), [], "a second time there is nothing to erase");

    for phone in [&li, &wang] {
        phone.client().sync().unwrap();
        assert_eq!(phone.shown().keys().collect::<Vec<_>>(), [&home]);
        assert!(phone.client().read(stay.clone()).is_err());
        let told = phone.client().attention().unwrap();
        assert!(told.iter().any(|item| item.why == AttentionKind::Erased && item.settled));
        assert!(!format!("{told:?}").contains("欧阳"));
        let again = phone.client().sync().unwrap();
        assert_eq!((again.received, again.rejected), (0, 0));
    }
    let new = Handset::enrol(&world, &world.url, "赵敏", Role::Coordinator, AREA);
    assert_eq!(new.shown().keys().collect::<Vec<_>>(), [&home]);
}

fn address(home: u32) -> String {
    doorstep_tests::handset::address_code(AREA, home)
}

#[test]
fn somebody_who_comes_back_is_registered_anew() {
    let world = World::new();
    let li = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, AREA);
    let home = li.client().open_premises(None, address(1), Vec::new()).unwrap().record;
    let stay = li.client().register_residency(home.clone(), person("欧阳春晓")).unwrap().record;
    li.client().sync().unwrap();
    let now = doorstep::clock::now_ms();
    // In the second that is running the phone's own stamp would be of before.
    erased_at(&world, &stay, now - 2_000, Cause::Request);
    li.client().sync().unwrap();
    // What is the same to the second would be the same change, which the log has.
    let back = [person("欧阳春晓"), vec![text("employer", "养蜂场")]].concat();
    let again = li.client().register_residency(home.clone(), back).unwrap().record;
    assert_eq!(again, stay, "the same person at the same home has the same id");
    assert_eq!(li.client().sync().unwrap().rejected, 0);
    let wang = Handset::enrol(&world, &world.url, "王建国", Role::Coordinator, AREA);
    assert_eq!(wang.shown()[&stay]["name"], Value::from("欧阳春晓"));
    holds(&world, AREA);
    erased(&world, &stay);
    for phone in [&li, &wang] {
        phone.client().sync().unwrap();
        assert!(phone.client().read(stay.clone()).is_err());
    }
    holds(&world, AREA);
}

/// A bare phone with a record of two changes in the log.
fn bare(world: &World) -> (BarePhone, RecordId, Document, Vec<Vec<u8>>) {
    let phone = world.bare_phone("张勇", Role::Inspector, AREA);
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let record = RecordId([9; 16]);
    let first = phone.edit(&mut document, &[("owner_name", "欧阳春晓".into())]).bytes;
    let second = phone.edit(&mut document, &[("room", "802".into())]).bytes;
    let push = phone.push_request(AREA, record, Kind::Premises, &[&first, &second]);
    phone.sync(&push);
    (phone, record, document, vec![first, second])
}

#[test]
fn a_phone_that_fetches_whole_documents_is_told_of_what_was_erased_since_its_cursor() {
    let world = World::new();
    let (phone, record, ..) = bare(&world);
    let first = phone.sync(&Request::idle("tests")).areas.remove(0);
    let cursor = AreaCursor {
        area: AREA,
        area_epoch: first.area_epoch,
        cursor: 1,
        chain: None,
        complete: false,
        roles: 0,
    };
    erased(&world, &record.to_string());
    let asked = Request { areas: vec![cursor], ..Request::idle("tests") };
    let items = phone.sync(&asked).areas.remove(0).items;
    let told = matches!(items[..], [Item::Tombstone { seq: 3, record: of, cause: Cause::Request, .. }]
        if of == record);
    assert!(told);
}

#[test]
fn a_change_that_is_gone_without_an_erasure_is_found() {
    let world = World::new();
    bare(&world);
    let run = |sql: &str| world.store.transaction(|db| catalogue::run(db, sql)).unwrap();
    assert_eq!(run("UPDATE changes SET bytes = '' WHERE seq = 2"), 1);
    let found = || {
        let checked = verify::area(&world.store, operator(), AREA, |_, _| ()).unwrap();
        checked.finding.map(|finding| (finding.seq, finding.fault))
    };
    assert_eq!(found(), Some((2, Fault::Gone)));
    // A row that says so does not help: the log itself must.
    run("INSERT INTO erased (area_id, record_id, seq, at)
         SELECT area_id, record_id, 3, 0 FROM changes WHERE seq = 2");
    assert_eq!(found(), Some((2, Fault::Gone)));
    assert!(rebuild::area(&world.store, operator(), AREA, |_, _| ()).is_err());
}

#[test]
fn its_photos_go_from_the_folder_unless_another_report_names_them() {
    let world = World::new();
    let li = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, AREA);
    let home = li.client().open_premises(None, address(1), Vec::new()).unwrap().record;
    let reports: Vec<String> =
        (0..2).map(|_| li.client().start_visit(home.clone(), Vec::new()).unwrap().record).collect();
    let shared = pictures::jpeg(64);
    let own = pictures::jpeg(80);
    for (report, picture) in [(0, &shared), (1, &shared), (0, &own)] {
        let report = reports[report].clone();
        li.client().photo(report, picture.clone(), None, None).unwrap();
    }
    li.client().sync().unwrap();
    assert_eq!(stored_photos(&world), 2);
    erased(&world, &reports[0]);
    let deleted = actix_web::rt::System::new().block_on(server(&world).photos().delete_erased());
    assert_eq!(deleted.unwrap(), 1);
    assert_eq!(stored_photos(&world), 1);
    holds(&world, AREA);
}

fn stored_photos(world: &World) -> usize {
    let area = world.folder().join("photos").join(AREA.to_string());
    let folders = std::fs::read_dir(area).unwrap().map(Result::unwrap);
    folders.filter(|photo| photo.path().read_dir().unwrap().next().is_some()).count()
}
