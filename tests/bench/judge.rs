//! Judging ordinary changes, as the server does before it merges them: taking the bytes apart, and
//! holding them against the record.

use std::time::{Duration, Instant};

use sync_protocol::document::Registers;
use sync_protocol::ids::{Actor, DeviceId};
use sync_protocol::judge::{Author, Known, Past, Standing, admit, read};
use sync_protocol::records::{Kind, Role, Roles};

use crate::{RUNS, figure, workload};

/// Records, each opened with some 40 fields.
const RECORDS: usize = 200;

/// Edits of each.
const EDITS: usize = 10;

/// The most that judging a change may take, in microseconds.
const LIMIT_US: f64 = 50.0;

/// Measures it.
pub(crate) fn judge() {
    let device = DeviceId(1);
    let actor = Actor::new(device, 1);
    let records: Vec<Vec<Vec<u8>>> = (0..RECORDS).map(|number| changes(actor, number)).collect();
    let author = Author { device, roles: Roles::of(&[Role::Inspector]) };
    let took: Vec<f64> = (0..RUNS)
        .map(|_| {
            let judging: Duration = records.iter().map(|changes| judged(author, changes)).sum();
            judging.as_secs_f64() * 1e6 / (RECORDS * EDITS) as f64
        })
        .collect();
    let worst = took.iter().copied().fold(0.0, f64::max);
    figure::tell("judge_us_per_change", "us", took);
    assert!(worst <= LIMIT_US, "judging a change takes {worst} us, more than {LIMIT_US}");
}

/// A record's changes: the one that opens it, and its edits.
fn changes(actor: Actor, number: usize) -> Vec<Vec<u8>> {
    let (_, mut document, opened) = workload::open(actor, number);
    let edits = (0..EDITS).map(|round| workload::edit(actor, &mut document, number, round).bytes);
    std::iter::once(opened.bytes).chain(edits).collect()
}

/// How long it takes to judge a record's edits.
fn judged(author: Author, changes: &[Vec<u8>]) -> Duration {
    let mut registers = Registers::genesis(Kind::Inspection);
    let mut known = Known::new();
    let past = Past::new();
    let mut took = Duration::ZERO;
    for (place, bytes) in changes.iter().enumerate() {
        let begun = Instant::now();
        let change = read(bytes, Kind::Inspection).expect("an ordinary change");
        let standing = Standing { registers: &registers, known: &known, past: &past };
        admit(&change, author, &standing).expect("an ordinary change");
        if place > 0 {
            took += begun.elapsed();
        }
        registers.apply(&change);
        known.insert(change.hash, change.max_op);
    }
    took
}
