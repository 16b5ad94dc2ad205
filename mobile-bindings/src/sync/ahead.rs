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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sync_protocol::document::Document;
    use sync_protocol::ids::{AreaId, RecordId};
    use sync_protocol::records::Kind;

    use super::*;

    fn wholes<'a>(many: u64, good: &'a [u8], bad: Option<(u64, &'a [u8])>) -> Vec<Whole<'a>> {
        let whole = |seq: u64| {
            let mut record = RecordId([0; 16]);
            record.0[..8].copy_from_slice(&seq.to_be_bytes());
            let place = Place { record, area: AreaId(1), kind: Kind::Premises, seq };
            let document = bad.filter(|(at, _)| *at == seq).map_or(good, |(_, bytes)| bytes);
            Whole { place, document }
        };
        (0..many).map(whole).collect()
    }

    #[test]
    fn of_few_and_of_many_every_record_comes_once_and_the_unreadable_with_nothing() {
        let good = Document::genesis(Kind::Premises).unwrap().save();
        for many in [0, 1, 31, 500] {
            let bad = many / 2;
            let (mut came, mut unread) = (BTreeSet::new(), Vec::new());
            let wholes = wholes(many, &good, Some((bad, &good[..40])));
            let done = each(&wholes, |whole, read| {
                assert!(came.insert(whole.place.seq), "it comes once");
                unread.extend(read.is_none().then_some(whole.place.seq));
                Ok::<_, ()>(())
            });
            assert_eq!(done, Ok(()));
            assert_eq!(came.len() as u64, many);
            assert_eq!(unread, if many == 0 { vec![] } else { vec![bad] });
        }
    }

    #[test]
    fn after_an_error_nothing_more_is_taken() {
        let good = Document::genesis(Kind::Premises).unwrap().save();
        let mut taken = 0;
        let done = each(&wholes(500, &good, None), |_, _| {
            taken += 1;
            if taken == 40 { Err("full") } else { Ok(()) }
        });
        assert_eq!((done, taken), (Err("full"), 40));
    }
}
