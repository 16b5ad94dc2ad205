//! Whole records that are new to this phone, read on its other cores while this one writes: of a
//! first fetch, reading is half of the work.
//!
//! It must not know the store: bytes in, what is to be written out. Panics are contained.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use crate::record::{LocalRecord, Summary};
use crate::store::records::Place;
use crate::store::{Packed, Packer};

/// Records that a core reads at a time.
const BATCH: usize = 32;

/// Batches that are read ahead of the writing, at most: a few hundred kilobytes.
const AHEAD: usize = 4;

/// Threads that read, at most: the one that writes keeps up with no more. Of two cores both read, and
/// the writing goes in between.
const READERS: usize = 3;

/// A whole record as it came.
#[derive(Clone, Copy)]
pub(super) struct Whole<'a> {
    pub(super) place: Place,
    pub(super) document: &'a [u8],
}

/// What is to be written of it.
pub(super) struct Read {
    pub(super) summary: Summary,
    pub(super) document: Packed,
}

/// Reads records and gives each to `take` on this thread, in no order; one that cannot be read comes
/// with nothing.
///
/// # Errors
/// The first that `take` answers; nothing is read after it.
pub(super) fn each<'a, E>(
    wholes: &[Whole<'a>],
    mut take: impl FnMut(Whole<'a>, Option<Read>) -> Result<(), E>,
) -> Result<(), E> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let readers = cores.min(READERS).min(wholes.len() / BATCH);
    if cores == 1 || readers == 0 {
        let mut packer = Packer::new();
        return wholes.iter().try_for_each(|whole| take(*whole, read(*whole, &mut packer)));
    }
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (give, given) = sync_channel(AHEAD);
        for _ in 0..readers {
            let (next, give) = (&next, give.clone());
            scope.spawn(move || read_batches(wholes, next, &give));
        }
        drop(give);
        // When `take` fails the receiver goes, and the readers stop.
        given.into_iter().flatten().try_for_each(|(whole, read)| take(whole, read))
    })
}

type Batch<'a> = Vec<(Whole<'a>, Option<Read>)>;

fn read_batches<'a>(wholes: &[Whole<'a>], next: &AtomicUsize, give: &SyncSender<Batch<'a>>) {
    let mut packer = Packer::new();
    loop {
        let begin = next.fetch_add(BATCH, Ordering::Relaxed);
        let batch = wholes.iter().skip(begin).take(BATCH);
        let batch: Batch<'_> = batch.map(|whole| (*whole, read(*whole, &mut packer))).collect();
        if batch.is_empty() || give.send(batch).is_err() {
            return;
        }
    }
}

fn read(whole: Whole<'_>, packer: &mut Packer) -> Option<Read> {
    // The server judged all of it, but nothing that it sends may keep the phone from opening.
    let summary = catch_unwind(AssertUnwindSafe(|| {
        let record = LocalRecord::from_document(whole.place, whole.document).ok()?;
        Some(Summary::of(&record.registers))
    }));
    Some(Read { summary: summary.ok()??, document: packer.pack(whole.document) })
}
