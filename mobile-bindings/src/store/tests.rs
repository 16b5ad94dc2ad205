//! The store by itself: versions, the key, transactions, what lies on the disk.

use sync_protocol::records::Role;

use super::*;
use crate::testing::{CODE, KEY, Phone};

mod at_once;
mod damaged;
mod full;
mod full_disk;
mod killed;
mod log_damage;
mod versions;

fn key(bytes: [u8; 32]) -> StoreKey {
    StoreKey::new(&bytes).unwrap()
}

#[test]
fn an_empty_file_gets_every_migration_once_and_keeps_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = Store::open(&path, &key(KEY)).unwrap();
    store.write(|t| writers::put(t, sync_protocol::ids::DeviceId(u64::MAX), "A")).unwrap();
    drop(store);
    let store = Store::open(&path, &key(KEY)).unwrap();
    assert_eq!(store.read(migrations::version).unwrap(), migrations::NEWEST);
    let names = store.read(writers::all).unwrap();
    assert_eq!(names.get(&sync_protocol::ids::DeviceId(u64::MAX)).map(String::as_str), Some("A"));
}

#[test]
fn every_commit_is_synced_to_the_drive_itself() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store"), &key(KEY)).unwrap();
    store
        .write(|transaction| {
            let number = |pragma: &str| {
                transaction.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).unwrap()
            };
            let mode: String =
                transaction.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
            assert_eq!((number("synchronous"), mode.as_str()), (2, "wal"));
            assert_eq!((number("fullfsync"), number("checkpoint_fullfsync")), (1, 1));
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn a_store_of_a_newer_app_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = Store::open(&path, &key(KEY)).unwrap();
    let newer =
        |t: &Transaction<'_>| Ok::<_, StoreError>(t.pragma_update(None, "user_version", 99)?);
    store.write(newer).unwrap();
    drop(store);
    assert!(matches!(Store::open(&path, &key(KEY)), Err(StoreError::Newer(99))));
}

#[test]
fn another_key_is_told_so_and_the_file_says_nothing() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    phone.open_home(&[("address", "Elm Street 5")]);
    let path = phone.folder.path().join("store");
    assert!(matches!(Store::open(&path, &key([1; 32])), Err(StoreError::WrongKey)));
    for file in std::fs::read_dir(phone.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for plain in ["SQLite format 3", "CREATE TABLE", "Elm Street", CODE] {
            let found = bytes.windows(plain.len()).any(|window| window == plain.as_bytes());
            assert!(!found, "{plain} stands in the file");
        }
    }
}

#[test]
fn what_was_not_committed_when_the_power_went_is_not_there() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "before")]);
    let crashed = tempfile::tempdir().unwrap();
    let record = home.parse().unwrap();
    let values = vec![("address".to_owned(), "after".into()), ("room".to_owned(), "5".into())];
    let outcome = phone.client.store.write(|transaction| {
        let actor = device::find(transaction)?.unwrap().actor();
        let hand = crate::editing::Hand { actor, now: 5 };
        crate::editing::edit(transaction, hand, record, &values)?;
        // Record, change and intents are written; the disk as it is at this moment is kept.
        for name in ["store", "store-wal"] {
            std::fs::copy(phone.folder.path().join(name), crashed.path().join(name)).unwrap();
        }
        Err::<(), _>(crate::error::CoreError::refused(&crate::codes::STORE_FAILED))
    });
    assert!(outcome.is_err());
    for folder in [crashed.path(), phone.folder.path()] {
        let store = Store::open(&folder.join("store"), &key(KEY)).unwrap();
        let registers = store.read(|c| crate::record::registers(c, record)).unwrap().unwrap();
        let address = sync_protocol::document::Effective::of_key(&registers, "address").unwrap();
        assert_eq!(address.value.as_text(), Some("before"));
        assert_eq!(store.read(changes::counts).unwrap().pending, 1);
    }
}

#[test]
fn one_writes_while_the_other_reads() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let store = &phone.client.store;
    let seen = store.write(|transaction| {
        writers::put(transaction, sync_protocol::ids::DeviceId(5), "B")?;
        store.read(writers::all).map(|names| names.len())
    });
    let before: Result<usize, StoreError> = seen;
    assert_eq!(store.read(writers::all).unwrap().len(), before.unwrap() + 1);
}

#[test]
fn what_is_deleted_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store"), &key(KEY)).unwrap();
    let set = |c: &Connection| {
        Ok::<_, StoreError>(c.query_row("PRAGMA secure_delete", (), |row| row.get::<_, i64>(0))?)
    };
    assert_eq!(store.write(|transaction| set(transaction)).unwrap(), 1);
    store.write(|t| writers::put(t, sync_protocol::ids::DeviceId(5), "B")).unwrap();
    store.settle().unwrap();
    assert_eq!(std::fs::metadata(folder.path().join("store-wal")).unwrap().len(), 0);
}
