//! Disks that are truly full: the operating system says so, at whatever it is asked to write. Each
//! test runs itself again in a mount namespace of its own, where a folder is a disk of 8 MiB: as root
//! by itself, otherwise in a user namespace.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use super::*;
use crate::client::{FieldClient, FieldError};
use crate::error::CoreError;
use crate::testing::server::FakeServer;
use crate::testing::{Log, entries};

/// Tells the process in the namespace where its disk is.
const DISK: &str = "DOORSTEP_TEST_DISK";

/// Runs a test's body with a small disk: in another process, which is this test again.
fn on_a_small_disk(test: &str, body: impl FnOnce(&Path)) {
    if let Ok(disk) = std::env::var(DISK) {
        return body(Path::new(&disk));
    }
    let disk = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=8m none \"$0\" && exec \"$@\"";
    let run = |namespaces: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(namespaces).args(["sh", "-c", mount]).arg(disk.path());
        command.arg(std::env::current_exe().unwrap());
        command.args(["--exact", &format!("store::tests::full_disk::{test}"), "--nocapture"]);
        command.env(DISK, disk.path()).output().unwrap()
    };
    let mut output = run(&["--mount"]);
    if String::from_utf8_lossy(&output.stderr).contains("unshare failed") {
        output = run(&["--user", "--map-root-user", "--mount"]);
    }
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success() && said(&output.stdout).contains("1 passed"),
        "(a mount or user namespace is needed)\n{}\n{}",
        said(&output.stdout),
        said(&output.stderr)
    );
}

/// A phone whose store is on the disk.
fn phone_on(disk: &Path) -> Phone {
    let folder = tempfile::tempdir_in(disk).unwrap();
    Phone::in_folder(folder, 1, &[Role::Coordinator])
}

/// Fills the disk to its last byte.
fn fill(disk: &Path) -> PathBuf {
    let path = disk.join("holiday photos");
    let mut file = fs::OpenOptions::new().create(true).append(true).open(&path).unwrap();
    for bytes in [65_536, 4096, 1] {
        while file.write_all(&vec![7; bytes]).is_ok() {}
    }
    path
}

fn refused_as_full<T: std::fmt::Debug>(outcome: Result<T, FieldError>) {
    let error = outcome.unwrap_err();
    assert!(matches!(error, FieldError::Store { .. }), "{error:?}");
    let problem = error.problem();
    assert_eq!((problem.code.as_str(), problem.retry), ("store_full", true));
    assert!(problem.remedy.en.contains("Free some space"));
}

/// Edits until the disk has no room for one more; answers the changes that were saved.
fn edit_until_full(phone: &Phone) -> u64 {
    for number in 0..10_000 {
        let values = entries(&[("address", "A"), ("notes", &"a long note ".repeat(50))]);
        let opened = phone.client.open_premises(None, format!("X-{number}"), values);
        if opened.is_err() {
            refused_as_full(opened);
            return number;
        }
    }
    panic!("the disk is never full");
}

fn is_sound(phone: &Phone) {
    let sound = |c: &Connection| {
        Ok::<_, StoreError>(
            c.query_row("PRAGMA integrity_check", (), |row| row.get::<_, String>(0))?,
        )
    };
    assert_eq!(phone.client.store.read(sound).unwrap(), "ok");
}

#[test]
fn an_edit_is_saved_whole_or_says_that_the_disk_is_full() {
    on_a_small_disk("an_edit_is_saved_whole_or_says_that_the_disk_is_full", |disk| {
        let phone = phone_on(disk);
        let filler = fill(disk);
        let saved = edit_until_full(&phone);
        let status = phone.client.status().unwrap();
        assert_eq!((status.on_this_phone, status.records), (saved, saved));
        is_sound(&phone);
        fs::remove_file(filler).unwrap();
        phone.open_home(&[("address", "there is room again")]);
        let phone = phone.reopened();
        assert_eq!(phone.client.status().unwrap().records, saved + 1);
        is_sound(&phone);
    });
}

#[test]
fn a_photo_is_taken_in_whole_or_not_at_all() {
    on_a_small_disk("a_photo_is_taken_in_whole_or_not_at_all", |disk| {
        let phone = phone_on(disk);
        let home = phone.open_home(&[("address", "A")]);
        let visit = phone.client.visit(home, entries(&[("outcome", "vacant")]), true).unwrap();
        let mut picture = vec![0xff, 0xd8, 0xff];
        picture.resize(1_500_000, 3);
        let take = || phone.client.photo(visit.record.clone(), picture.clone(), None, None);
        let before = phone.client.digest().unwrap();
        let filler = fill(disk);
        refused_as_full(take());
        let status = phone.client.status().unwrap();
        assert_eq!((status.photos_here, status.on_this_phone), (0, 2));
        let digests = |lines: Vec<crate::client::RecordDigest>| {
            lines.into_iter().map(|line| line.digest).collect::<Vec<_>>()
        };
        assert_eq!(digests(phone.client.digest().unwrap()), digests(before));
        fs::remove_file(filler).unwrap();
        take().unwrap();
        assert_eq!(phone.client.status().unwrap().photos_here, 1);
        is_sound(&phone);
    });
}

#[test]
fn an_answer_is_applied_whole_or_not_at_all() {
    on_a_small_disk("an_answer_is_applied_whole_or_not_at_all", |disk| {
        let (ours, theirs) = (phone_on(disk), Phone::new(2, &[Role::Coordinator]));
        let mut log = Log::default();
        for number in 0..200 {
            let values = entries(&[("address", "theirs"), ("notes", &"words ".repeat(60))]);
            theirs.client.open_premises(None, format!("Y-{number}"), values).unwrap();
        }
        log.take(&theirs);
        let filler = fill(disk);
        edit_until_full(&ours);
        let before = ours.client.status().unwrap();
        let applied = ours.apply(&log.snapshots(), None);
        let full = |error: CoreError| matches!(error, CoreError::Store(StoreError::Full));
        assert!(full(applied.unwrap_err()));
        let after = ours.client.status().unwrap();
        assert_eq!((after.records, after.complete), (before.records, before.complete));
        is_sound(&ours);
        fs::remove_file(filler).unwrap();
        ours.apply(&log.snapshots(), None).unwrap();
        assert_eq!(ours.client.status().unwrap().records, before.records + 200);
        is_sound(&ours);
    });
}

#[test]
fn a_full_phone_still_opens_and_sends_what_it_has() {
    on_a_small_disk("a_full_phone_still_opens_and_sends_what_it_has", |disk| {
        let phone = phone_on(disk);
        let server = FakeServer::start(&phone);
        for number in 0..20 {
            phone.client.open_premises(None, format!("Z-{number}"), entries(&[])).unwrap();
        }
        let filler = fill(disk);
        let saved = 20 + edit_until_full(&phone);
        let size = || fs::metadata(phone.folder.path().join("store-reserve")).unwrap().len();
        let before = size();
        let synced = phone.client.sync().unwrap();
        assert_eq!((synced.accepted, synced.done), (saved, true));
        assert_eq!(server.asked().last(), Some(&format!("sync {saved}")));
        assert!(size() < before, "it was needed");
        // Killed, and started again with not a byte left.
        let phone = phone.closed();
        fill(disk);
        let phone = phone.opened();
        assert_eq!(phone.client.status().unwrap().on_the_server, saved);
        fs::remove_file(filler).unwrap();
        phone.open_home(&[("address", "there is room again")]);
        assert!(phone.client.sync().unwrap().done);
        let reserve = fs::metadata(phone.folder.path().join("store-reserve")).unwrap();
        assert_eq!(reserve.len(), before, "what was given up is kept again");
        is_sound(&phone);
    });
}

#[test]
fn a_bundle_is_written_whole_or_not_at_all() {
    on_a_small_disk("a_bundle_is_written_whole_or_not_at_all", |disk| {
        // The phone has room; the memory card has none.
        let phone = Phone::new(1, &[Role::Coordinator]);
        let home = phone.open_home(&[("address", "A")]);
        let visit = phone.client.visit(home, entries(&[("outcome", "vacant")]), true).unwrap();
        let mut picture = vec![0xff, 0xd8, 0xff];
        picture.resize(9_000_000, 3);
        phone.client.photo(visit.record, picture, None, None).unwrap();
        let out = disk.join("out.rescue");
        fs::write(&out, b"an older bundle").unwrap();
        let problem = |client: &Arc<FieldClient>| {
            client.rescue(out.display().to_string()).unwrap_err().problem().clone()
        };
        let said = problem(&phone.client);
        assert_eq!((said.code.as_str(), said.retry), ("file_full", true));
        assert!(said.remedy.en.contains("memory card") && said.remedy.zh.contains("存储卡"));
        assert_eq!(fs::read(&out).unwrap(), b"an older bundle");
        assert_eq!(fs::read_dir(disk).unwrap().count(), 1, "nothing half-written lies there");
        let status = phone.client.status().unwrap();
        assert_eq!((status.on_this_phone, status.photos_here), (3, 1));
    });
}
