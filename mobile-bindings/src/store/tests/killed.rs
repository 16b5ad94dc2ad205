//! A phone that is killed before and after every single statement of a day's work.
//!
//! The test runs itself as a child process that does the work, tells what it was told is saved, and
//! stops at the n-th moment; there it is killed (SIGKILL), and what lies on the disk is judged. So
//! for n = 1, 2, … until the work gets through.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use rusqlite::trace::{TraceEvent, TraceEventCodes};
use sha2::{Digest, Sha256};
use sync_protocol::ids::{BlobId, ChangeHash, DeviceId, RecordId};
use sync_protocol::keys::change_name;
use sync_protocol::wire::{Configured, Outcome};

use super::*;
use crate::record::LocalRecord;
use crate::testing::{Log, entries};

const NAME: &str = "store::tests::killed::killed_at_any_statement_the_phone_has_all_it_was_told_and_nothing_halved";
const STORE: &str = "DOORSTEP_TEST_KILLED_STORE";
const MOMENT: &str = "DOORSTEP_TEST_KILLED_MOMENT";
const PHOTO_BYTES: usize = photos::PART_BYTES + 70_000;

#[test]
fn killed_at_any_statement_the_phone_has_all_it_was_told_and_nothing_halved() {
    if let (Ok(folder), Ok(moment)) = (std::env::var(STORE), std::env::var(MOMENT)) {
        return work(Path::new(&folder), moment.parse().unwrap());
    }
    let begun = Phone::new(1, &[Role::Coordinator, Role::Inspector]);
    begun.client.store.settle().unwrap();
    for moment in 1.. {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(begun.folder.path().join("store"), folder.path().join("store")).unwrap();
        let told = until_killed(folder.path(), moment);
        judge(Phone::found(folder, 1), &told);
        if told.iter().any(|told| told == "done") {
            assert!(moment > 200, "{moment} moments are no day's work");
            break;
        }
    }
}

/// Runs the work in a process of its own and kills it when it says that the moment has come.
/// Answers what it had been told.
fn until_killed(folder: &Path, moment: u32) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(STORE, folder)
        .env(MOMENT, moment.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let told: Vec<String> = lines.take_while(|line| line != "the moment").collect();
    child.kill().unwrap();
    let done = told.iter().any(|told| told == "done");
    assert!(child.wait().unwrap().code().is_none() || done, "the work failed: {told:?}");
    told
}

/// The work: everything that writes. Each line says what the caller was told.
fn work(folder: &Path, moment: u32) {
    let path = folder.join("store").display().to_string();
    let client = crate::client::FieldClient::open(path, KEY.to_vec()).unwrap();
    // A photo is larger than this cache: its pages go to the disk long before the commit.
    let small =
        |t: &Transaction<'_>| Ok::<_, StoreError>(t.execute_batch("PRAGMA cache_size = 9")?);
    client.store.write(small).unwrap();
    stop_at(&client.store, moment);
    let tell = |saved: crate::client::SavedEdit| {
        eprintln!("saved {}", saved.change.unwrap());
        saved.record
    };
    let home = client.open_premises(None, CODE.to_owned(), entries(&[("address", "A")])).unwrap();
    let home = tell(home);
    tell(client.edit(home.clone(), entries(&[("room", "1"), ("notes", "a text")])).unwrap());
    let visit = client.visit(home.clone(), entries(&[("outcome", "vacant")]), true).unwrap();
    let visit = tell(visit);
    tell(client.inspect(home.clone(), Vec::new(), false).unwrap());
    let photo = client.photo(visit, picture(), Some("the door".to_owned()), Some(5)).unwrap();
    eprintln!("photo {}", photo.photo);
    tell(photo.edit);
    let phone = Phone { folder: tempfile::tempdir().unwrap(), device: DeviceId(1), client };
    let push = phone.push().unwrap();
    eprintln!("push {}", push.id);
    phone.apply(&answer(&phone, &push), Some(&push)).unwrap();
    eprintln!("applied");
    tell(phone.client.edit(home, entries(&[("room", "2")])).unwrap());
    eprintln!("done");
}

/// Stops for good at the n-th beginning or end of a statement of the writer.
fn stop_at(store: &Store, moment: u32) {
    let mut passed = 0;
    let stop = move |_: TraceEvent<'_>| {
        passed += 1;
        if passed == moment {
            eprintln!("the moment");
            // Until it is killed, or whoever would do that has gone.
            let _ = std::io::stdin().read(&mut [0]);
            std::process::abort();
        }
    };
    let both = TraceEventCodes::SQLITE_TRACE_STMT | TraceEventCodes::SQLITE_TRACE_PROFILE;
    lock(&store.writer).trace_v2(both, Some(stop)).unwrap();
}

fn picture() -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff];
    bytes.resize(PHOTO_BYTES, 7);
    bytes
}

/// The push is accepted, and another phone's home, a new name for its writer, and the district's
/// configuration come with that.
fn answer(phone: &Phone, push: &crate::outbox::Push) -> sync_protocol::wire::Response {
    let (other, mut log) = (Phone::new(2, &[Role::Coordinator]), Log::default());
    let code = "2101020010030001-0777".to_owned();
    other.client.open_premises(None, code, entries(&[("address", "another's")])).unwrap();
    log.take(&other);
    let mut answer = log.answer(phone, 0);
    let changes = push.records.iter().map(|record| record.changes.len()).sum::<usize>();
    answer.verdicts = (2..).take(changes).map(|seq| Outcome::Accepted { seq }).collect();
    for page in &mut answer.areas {
        (page.head, page.cursor) = (changes as u64 + 1, changes as u64 + 1);
    }
    answer.configuration = Some(Configured { version: 4, json: "{}".to_owned() });
    answer
}

/// What lies on the disk after the kill.
fn judge(phone: Phone, told: &[String]) {
    let of = |word: &str| -> Vec<&str> {
        told.iter().filter_map(|line| line.strip_prefix(word)).map(str::trim).collect()
    };
    let store = &phone.client.store;
    let sound: String = store.read(|c| text(c, "PRAGMA integrity_check")).unwrap();
    assert_eq!(sound, "ok", "{told:?}");

    let changes = store.read(all_changes).unwrap();
    let here: HashSet<String> = changes.iter().map(|change| change.hash.to_string()).collect();
    assert!(of("saved").iter().all(|saved| here.contains(*saved)), "told and not there: {told:?}");
    for change in &changes {
        assert_eq!(change_name(&change.bytes), change.hash);
        assert!(!store.read(|c| intents::of(c, change.no)).unwrap().is_empty());
        let mut local = store.read(|c| LocalRecord::load(c, change.record)).unwrap().unwrap();
        assert!(local.document.has(&change.hash), "a change without its record: {told:?}");
    }
    let pictured = store.read(whole_photos).unwrap();
    assert!(of("photo").iter().all(|photo| pictured.iter().any(|here| here.to_string() == *photo)));

    // An answer is applied as a whole: verdicts, another's home, the cursor, the
    // configuration.
    let cursor = store.read(areas::cursors).unwrap()[0].cursor;
    let accepted = changes.iter().filter(|change| change.state != "pending").count();
    let homes = phone.client.list(crate::client::ListFilter::default()).unwrap();
    let theirs = homes.iter().filter(|line| line.title == "another's").count();
    let configured = store.read(configuration::version).unwrap();
    let applied = (cursor, accepted, theirs, configured);
    assert!(applied == (0, 0, 0, 0) || applied == (6, 5, 1, 4), "half an answer: {applied:?}");
    assert!(applied.2 == 1 || of("applied").is_empty(), "told and not there: {told:?}");
    deliver(&phone, &changes, of("push").first().filter(|_| applied.2 == 0).copied());
}

/// The next syncs push what the server has not answered, each change once; the push that had been
/// written down under the name that it had.
fn deliver(phone: &Phone, changes: &[Row], push: Option<&str>) {
    let first = phone.client.store.write(crate::outbox::next).unwrap();
    if let Some(name) = push {
        assert_eq!(first.map(|push| push.id.to_string()).as_deref(), Some(name));
    }
    let mut log = Log::default();
    log.take(phone);
    let mut sent: Vec<ChangeHash> = log.entries.iter().map(|entry| change_name(&entry.2)).collect();
    let open = changes.iter().filter(|change| change.state == "pending");
    let mut open: Vec<ChangeHash> = open.map(|change| change.hash).collect();
    sent.sort_unstable();
    open.sort_unstable();
    assert_eq!(sent, open);
    assert_eq!(phone.client.status().unwrap().on_this_phone, 0);
}

struct Row {
    no: changes::ChangeNo,
    hash: ChangeHash,
    record: RecordId,
    bytes: Vec<u8>,
    state: String,
}

fn all_changes(connection: &Connection) -> Result<Vec<Row>, StoreError> {
    let mut query = connection.prepare("SELECT id, hash, record, bytes, state FROM changes")?;
    let rows = query.query_map((), |row| {
        Ok(Row {
            no: changes::ChangeNo(row.get(0)?),
            hash: ChangeHash(row.get(1)?),
            record: RecordId(row.get(2)?),
            bytes: row.get(3)?,
            state: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The photos here; each has all its bytes, and a change that names it.
fn whole_photos(connection: &Connection) -> Result<Vec<BlobId>, StoreError> {
    let all = photos::pending(connection)?;
    for photo in &all {
        let mut bytes = Vec::new();
        while let Some(part) =
            photos::part(connection, photo, (bytes.len() / photos::PART_BYTES) as u64)?
        {
            bytes.extend(part);
            if bytes.len() % photos::PART_BYTES > 0 {
                break;
            }
        }
        assert_eq!(BlobId(Sha256::digest(&bytes).into()), photo.photo, "half a photo");
        let named = format!(
            "SELECT count(*) || '' FROM intents WHERE key = 'photo.{}.taken_at'",
            photo.photo
        );
        assert_eq!(text(connection, &named)?, "1");
    }
    let named =
        text(connection, "SELECT count(*) || '' FROM intents WHERE key LIKE 'photo.%.taken_at'")?;
    assert_eq!(named, all.len().to_string(), "a photo without its bytes");
    Ok(all.iter().map(|photo| photo.photo).collect())
}

fn text(connection: &Connection, sql: &str) -> Result<String, StoreError> {
    Ok(connection.query_row(sql, (), |row| row.get(0))?)
}
