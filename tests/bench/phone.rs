//! A phone with 10,000 records, as a process of its own: what its first sync takes, how much memory,
//! and how much the store then holds.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::cold::AREAS;
use crate::filled::{RECORDS, filled};
use crate::{RUNS, figure};

/// Measures it.
pub(crate) fn phone() {
    let (district, _) = filled(2 * AREAS);
    let records = (2 * AREAS) as f64 * RECORDS as f64;
    let (mut took, mut memory, mut stored) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..RUNS {
        let store = district.folder.path().join(format!("phone-{run}.db"));
        let code = district.enrolment_code(&district.areas);
        let enrolled = start(&store, &["enrol", &code, "--server", &district.url]).wait();
        assert!(enrolled.expect("phone enrol").success());
        let begun = Instant::now();
        memory.push(peak(start(&store, &["sync"])));
        took.push(begun.elapsed().as_secs_f64());
        assert_eq!(held(&store), records);
        stored.push(bytes_beside(&store) / records);
    }
    figure::tell("phone_cold_10000_s", "s", took);
    figure::tell("phone_memory_mb", "MB", memory);
    figure::tell("phone_store_bytes_per_record", "bytes", stored);
}

fn start(store: &Path, what: &[&str]) -> Child {
    command(store, what).stdout(Stdio::null()).spawn().expect("the phone is built")
}

fn command(store: &Path, what: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap().with_file_name("phone"));
    command.arg("--store").arg(store).args(what);
    command
}

/// The most memory that a process had (VmHWM of proc(5)) until it ended, in MB.
fn peak(mut child: Child) -> f64 {
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0.0_f64;
    loop {
        let read = fs::read_to_string(&status).unwrap_or_default();
        let line = read.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
        most = most.max(kib.unwrap_or_default());
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success());
            return most * 1024.0 / 1e6;
        }
        sleep(Duration::from_millis(2));
    }
}

/// The records that a phone holds.
fn held(store: &Path) -> f64 {
    let listed = command(store, &["--json", "digest"]).output().unwrap();
    let all: serde_json::Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    all.as_array().map_or(0.0, |all| all.len() as f64)
}

/// The store and what lies beside it: its log, its shared memory.
fn bytes_beside(store: &Path) -> f64 {
    let name = store.file_name().unwrap().to_str().unwrap();
    let files = fs::read_dir(store.parent().unwrap()).unwrap().flatten();
    let ours = files.filter(|file| file.file_name().to_str().is_some_and(|n| n.starts_with(name)));
    ours.map(|file| file.metadata().unwrap().len() as f64).sum()
}
