//! Every error that an app can be given, provoked with a person's name and numbers at hand: none of
//! them stands in any text of any error.

use std::collections::BTreeSet;

use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Role;

use super::*;
use crate::client::{FieldClient, ListFilter, Signer};
use crate::store::{Connection, StoreError, Transaction};
use crate::testing::server::FakeServer;
use crate::testing::{CODE, KEY, Log, OTHER_AREA, Phone, entries, granted_in};

const NAME: &str = "张伟民";
const TELEPHONE: &str = "13987654321";
const DOCUMENT: &str = "11010519491231002X";
const ADDRESS: &str = "幸福里88号";
const PLANTED: [&str; 4] = [NAME, TELEPHONE, DOCUMENT, ADDRESS];

/// Every error that was seen, by code.
#[derive(Default)]
struct Seen(BTreeSet<String>);

impl Seen {
    #[track_caller]
    fn refused<T>(&mut self, outcome: Result<T, FieldError>) {
        let Err(error) = outcome else { panic!("it went through") };
        let problem = error.problem();
        let json = serde_json::to_string(problem).unwrap();
        for text in [format!("{error}"), format!("{error:?}"), format!("{problem:?}"), json] {
            for planted in PLANTED {
                assert!(!text.contains(planted), "{planted} in {text}");
            }
        }
        for words in [&problem.message, &problem.remedy] {
            assert!(!words.zh.is_empty() && !words.en.is_empty(), "{}", problem.code);
        }
        self.0.insert(problem.code.clone());
    }
}

fn planted_phone() -> (Phone, String, String) {
    planted_in(Phone::new(1, &[Role::Coordinator]))
}

fn planted_in(phone: Phone) -> (Phone, String, String) {
    let values = [("address", ADDRESS), ("owner_name", NAME), ("owner_phone", TELEPHONE)];
    let home = phone.open_home(&values);
    let stay = [("name", NAME), ("document_type", "resident_id"), ("document_number", DOCUMENT)];
    let stay = phone.client.register_residency(home.clone(), entries(&stay)).unwrap().record;
    (phone, home, stay)
}

fn sql(phone: &Phone, statement: &str) {
    let run = |t: &Transaction<'_>| t.execute(statement, ()).map_err(StoreError::from);
    phone.client.store.write(run).unwrap();
}

#[test]
fn no_error_of_the_core_holds_what_somebody_wrote() {
    let mut seen = Seen::default();
    writing(&mut seen);
    visiting(&mut seen);
    reading(&mut seen);
    enrolling(&mut seen);
    sending(&mut seen);
    storing(&mut seen);
    // Provoked where they belong: a truly full or damaged disk, changes past the judge's limits, a
    // server that goes round in circles, or that has revoked the phone.
    let elsewhere = [
        "store_damaged",
        "file_full",
        "change_too_large",
        "too_many_operations",
        "no_progress",
        "device_emptied",
    ];
    let waits = ["waits_for_network", "waits_for_battery", "waits_for_server"];
    // Told by a sync's summary, and no error.
    let told = ["sync_cancelled"];
    for entry in codes::ALL {
        let is_elsewhere = [&elsewhere[..], &waits, &told].concat().contains(&entry.code);
        assert_ne!(seen.0.contains(entry.code), is_elsewhere, "{}", entry.code);
    }
}

fn writing(seen: &mut Seen) {
    let (phone, home, stay) = planted_phone();
    let edit = |record: &str, values: &[(&str, &str)]| {
        phone.client.edit(record.to_owned(), entries(values))
    };
    for key in PLANTED {
        seen.refused(edit(&home, &[(key, "x")]));
        seen.refused(edit(&home, &[(&format!("photo.{key}.caption"), "x")]));
    }
    for value in [NAME, TELEPHONE, DOCUMENT, ADDRESS] {
        seen.refused(edit(&home, &[("use", value)]));
        seen.refused(edit(&home, &[("rooms", value)]));
        seen.refused(edit(&home, &[("lease_filed_on", value)]));
        seen.refused(edit(&home, &[("owner_name", &value.repeat(80))]));
        seen.refused(edit(&home, &[("tier", "key"), ("tier_reason", value)]));
        seen.refused(edit(value, &[("room", "1")]));
        seen.refused(phone.client.open_premises(Some(value.to_owned()), CODE.into(), vec![]));
        seen.refused(phone.client.visit(home.clone(), entries(&[("outcome", value)]), true));
        seen.refused(phone.client.visit(home.clone(), entries(&[("remarks", value)]), true));
        seen.refused(phone.client.visit(value.to_owned(), vec![], false));
        seen.refused(phone.client.check(value.to_owned(), None, vec![]));
    }
    seen.refused(edit(&stay, &[("document_number", "11010519491231002"), ("name", NAME)]));
    seen.refused(edit(&stay, &[("birth_date", "1950-01-01")]));
    seen.refused(phone.client.register_residency(home.clone(), entries(&[("name", NAME)])));
    let photo = |record: &str, bytes: Vec<u8>| {
        phone.client.photo(record.to_owned(), bytes, Some(NAME.to_owned()), None)
    };
    seen.refused(photo(&home, vec![0xff, 0xd8, 0xff]));
    seen.refused(photo(&home, DOCUMENT.as_bytes().to_vec()));
    let visit = phone.client.visit(home.clone(), vec![], false).unwrap().record;
    let mut large = vec![0xff, 0xd8, 0xff];
    large.resize(33 << 20, 7);
    seen.refused(photo(&visit, large));
    seen.refused(photo(&RecordId([7; 16]).to_string(), vec![0xff, 0xd8, 0xff]));
    let address = "json_object('public_address', 'https://' || hex(zeroblob(5000)))";
    sql(
        &phone,
        &format!("INSERT INTO configuration (one, version, json) VALUES (1, 1, {address})"),
    );
    seen.refused(phone.client.badge());

    let mut answer = Log::default().answer(&phone, 0);
    answer.access = vec![granted_in(OTHER_AREA, &[Role::Coordinator])];
    phone.apply(&answer, None).unwrap();
    seen.refused(phone.client.open_premises(None, ADDRESS.to_owned(), vec![]));
    let strange = AreaId(310_102_001_003).to_string();
    seen.refused(phone.client.open_premises(Some(strange), "X-9".to_owned(), vec![]));
    closed_report(seen, &phone, &home);
}

/// The same by the well-named calls.
fn visiting(seen: &mut Seen) {
    let (phone, home, stay) = planted_in(Phone::new(1, &[Role::Coordinator, Role::Inspector]));
    let client = &phone.client;
    let visit = client.start_visit(home.clone(), vec![]).unwrap().record;
    let inspection = client.start_inspection(home.clone(), vec![]).unwrap().record;
    for text in PLANTED {
        let given = || text.to_owned();
        seen.refused(client.depart(stay.clone(), given()));
        seen.refused(client.start_visit(given(), vec![]));
        seen.refused(client.confirm_resident(visit.clone(), given(), true));
        seen.refused(client.note_need(visit.clone(), "permit".into(), given()));
        seen.refused(client.end_visit(visit.clone(), given(), vec![], true));
        seen.refused(client.answer(inspection.clone(), "gas".into(), given(), Some(given())));
        seen.refused(client.order_rectification(inspection.clone(), given(), given()));
        seen.refused(client.end_inspection(inspection.clone(), given(), vec![], true));
        seen.refused(client.sign(visit.clone(), Signer::Resident, text.as_bytes().to_vec()));
        seen.refused(client.amend(given(), vec![]));
        seen.refused(client.withdraw(given(), given()));
    }
    seen.refused(client.withdraw(visit.clone(), "  ".to_owned()));
    client.withdraw(visit.clone(), NAME.to_owned()).unwrap();
    seen.refused(client.submit(visit));
}

/// A report that was accepted meanwhile takes no more.
fn closed_report(seen: &mut Seen, phone: &Phone, home: &str) {
    let visit = phone.client.visit(home.to_owned(), entries(&[("outcome", "vacant")]), true);
    let visit = visit.unwrap().record;
    let mut log = Log::default();
    log.take(phone);
    let reviewer = Phone::new(2, &[Role::Reviewer]);
    reviewer.apply(&log.snapshots(), None).unwrap();
    reviewer.client.edit(visit.clone(), entries(&[("state", "accepted")])).unwrap();
    let read = log.entries.len();
    log.take(&reviewer);
    phone.apply(&log.answer(phone, read), None).unwrap();
    seen.refused(phone.client.edit(visit, entries(&[("remarks", NAME)])));
}

fn reading(seen: &mut Seen) {
    let (phone, home, _) = planted_phone();
    for text in PLANTED {
        seen.refused(phone.client.read(text.to_owned()));
        seen.refused(phone.client.resolve(text.to_owned()));
        let filter = ListFilter { area: Some(text.to_owned()), ..ListFilter::default() };
        seen.refused(phone.client.list(filter.clone()));
        seen.refused(phone.client.find(text.to_owned(), filter));
    }
    seen.refused(phone.client.resolve(String::new()));
    for unreadable in [
        "UPDATE bodies SET document = x'00010203'",
        "UPDATE bodies SET document = x'856f4a8300000000'",
    ] {
        sql(&phone, unreadable);
        let error = phone.client.read(home.clone()).unwrap_err();
        assert_eq!(error.problem().code, "record_unreadable");
        seen.refused(Err::<(), _>(error));
    }
}

fn enrolling(seen: &mut Seen) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME).display().to_string();
    let client = FieldClient::open(path, KEY.to_vec()).unwrap();
    seen.refused(client.sync());
    for text in PLANTED {
        seen.refused(client.enrol(text.to_owned(), text.to_owned()));
        seen.refused(client.enrol_at(format!("http://{text}"), text.to_owned(), text.to_owned()));
        seen.refused(client.enrol_at(text.to_owned(), text.to_owned(), text.to_owned()));
    }
    let (phone, ..) = planted_phone();
    let again = phone.client.enrol_at("http://localhost".into(), NAME.into(), NAME.into());
    seen.refused(again);
}

fn sending(seen: &mut Seen) {
    let (phone, ..) = planted_phone();
    phone.speak_to(&format!("http://127.0.0.1:1/{NAME}"));
    seen.refused(phone.client.sync());
    let server = FakeServer::start(&phone);
    server.fail_at("sync");
    seen.refused(phone.client.sync());
    // A portal in between answers in its own words.
    server.says(&format!("<html>{NAME} {TELEPHONE}</html>"));
    seen.refused(phone.client.sync());
    let out = phone.folder.path().join(NAME).join(DOCUMENT).display().to_string();
    seen.refused(phone.client.rescue(out.clone()));
    sql(&phone, "UPDATE device SET rescue_key = NULL");
    phone.speak_to("http://127.0.0.1:1");
    seen.refused(phone.client.rescue(out));
}

fn storing(seen: &mut Seen) {
    let (phone, home, _) = planted_phone();
    let path = phone.folder.path().join("store").display().to_string();
    seen.refused(FieldClient::open(path.clone(), vec![1; 32]));
    seen.refused(FieldClient::open(format!("{path}/{NAME}/{DOCUMENT}"), KEY.to_vec()));
    let limit = |t: &Transaction<'_>| {
        let pages: i64 = t.query_row("PRAGMA page_count", (), |row| row.get(0))?;
        let set = |c: &Connection| {
            c.query_row(&format!("PRAGMA max_page_count = {pages}"), (), |row| row.get::<_, i64>(0))
        };
        Ok::<_, StoreError>(set(t)?)
    };
    phone.client.store.write(limit).unwrap();
    seen.refused(phone.client.edit(home, entries(&[("notes", &NAME.repeat(600))])));
    drop(phone.client);
    let phone = Phone::found(phone.folder, 1);
    sql(&phone, "PRAGMA user_version = 99");
    let closed = phone.closed();
    seen.refused(FieldClient::open(path, KEY.to_vec()));
    drop(closed);
}
