//! What an entry of the audit trail costs: alone, eight at once on its one lock, and inside a
//! transaction that commits anyway.

use std::thread;
use std::time::Instant;

use doorstep::store::{Db, Store, StoreError, catalogue};
use doorstep::trail::{Act, Actor, Entry, Origin, note, note_apart};
use doorstep_tests::world::NOW;
use sync_protocol::ids::{AreaId, PersonId, RecordId};

use crate::district::District;
use crate::{RUNS, figure};

/// Entries of each run.
const ENTRIES: u32 = 500;

/// How many note at once.
const AT_ONCE: u32 = 8;

/// Measures it.
pub(crate) fn trail() {
    let district = District::new(1);
    let store = &district.store;
    let run = |work: &dyn Fn() -> f64| (0..RUNS).map(|_| work()).collect::<Vec<f64>>();
    figure::tell("trail_note_us", "us", run(&|| alone(store)));
    figure::tell("trail_note_in_transaction_us", "us", run(&|| beside(store)));
    figure::tell("trail_notes_per_s_8_at_once", "1/s", run(&|| at_once(store)));
}

fn entry() -> Entry {
    let address = Some([10, 20, 30, 40].into());
    Entry::new(Act::ValueShown, Actor::Staff(PersonId([7; 16])), NOW)
        .area(AreaId(210_102_001_001))
        .record(RecordId([9; 16]))
        .field("owner_phone")
        .detail("duplicate")
        .reason("两处登记的号码不同,致电核实")
        .from(Origin { address, request: Some(uuid::Uuid::now_v7()) })
}

/// Microseconds of an entry in a transaction of its own.
fn alone(store: &Store) -> f64 {
    let begun = Instant::now();
    for _ in 0..ENTRIES {
        note_apart(store, &entry()).expect("an entry");
    }
    begun.elapsed().as_secs_f64() * 1e6 / f64::from(ENTRIES)
}

/// Microseconds that an entry adds to a transaction that writes something else: the difference of the
/// medians, taken by turns.
fn beside(store: &Store) -> f64 {
    let timed = |more: &dyn Fn(&mut Db) -> Result<(), StoreError>| {
        let begun = Instant::now();
        let done = store.transaction(|db| {
            catalogue::run(db, "UPDATE district SET name_en = name_en")?;
            more(db)
        });
        done.expect("a transaction");
        begun.elapsed().as_secs_f64() * 1e6
    };
    let (mut bare, mut noted) = (Vec::new(), Vec::new());
    for _ in 0..ENTRIES {
        bare.push(timed(&|_| Ok(())));
        noted.push(timed(&|db| note(db, &entry()).map(|_| ())));
    }
    median(noted) - median(bare)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Entries a second when several note at once.
fn at_once(store: &Store) -> f64 {
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                for _ in 0..ENTRIES {
                    note_apart(store, &entry()).expect("an entry");
                }
            });
        }
    });
    f64::from(AT_ONCE * ENTRIES) / begun.elapsed().as_secs_f64()
}
