//! Many stores that are opened at the same moment, the first ones of their process: SQLCipher sets
//! itself up with the first key. The test runs itself as a child process, again and again, because
//! only the first moment of a process counts.

use std::path::Path;
use std::process::Command;
use std::sync::Barrier;
use std::thread;

use super::*;

const NAME: &str = "store::tests::at_once::stores_that_are_opened_at_the_same_moment_all_open";
const FOLDER: &str = "DOORSTEP_TEST_OPENED_AT_ONCE";
const STORES: usize = 64;

#[test]
fn stores_that_are_opened_at_the_same_moment_all_open() {
    if let Ok(folder) = std::env::var(FOLDER) {
        return open_all(Path::new(&folder));
    }
    for _ in 0..12 {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .env(FOLDER, folder.path())
            .output()
            .unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
        let stores = (0..STORES).filter(|n| folder.path().join(format!("store-{n}")).exists());
        assert_eq!(stores.count(), STORES);
    }
}

fn open_all(folder: &Path) {
    let start = Barrier::new(STORES);
    thread::scope(|threads| {
        for n in 0..STORES {
            let start = &start;
            threads.spawn(move || {
                start.wait();
                Store::open(&folder.join(format!("store-{n}")), &key(KEY)).unwrap();
            });
        }
    });
}
