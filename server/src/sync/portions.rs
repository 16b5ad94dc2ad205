//! A push in portions: what an area is brought at once is bounded, and so is the memory that judging
//! and writing it takes, some sixteen times its bytes. A phone's own pushes are one portion; each is
//! committed by itself, and a push that broke off between two is repeated like any other.

use sync_protocol::wire::{Bytes, RecordPush, limits};

/// Bytes of the changes of one portion, or a single change.
const PORTION_BYTES: usize = limits::BODY_BYTES;

/// Calls with one portion after another, in the order of the push.
///
/// # Errors
/// The first of the calls; the portions behind it are left out.
pub(super) fn each<E>(
    pushes: &[&RecordPush],
    mut call: impl FnMut(&[&RecordPush]) -> Result<(), E>,
) -> Result<(), E> {
    let bytes = |push: &RecordPush| push.changes.iter().map(|change| change.len()).sum::<usize>();
    if pushes.iter().map(|push| bytes(push)).sum::<usize>() <= PORTION_BYTES {
        return call(pushes);
    }
    let mut portion: Vec<RecordPush> = Vec::new();
    let mut taken = 0;
    for push in pushes {
        for change in &push.changes {
            if taken > 0 && taken + change.len() > PORTION_BYTES {
                call(&portion.iter().collect::<Vec<_>>())?;
                portion.clear();
                taken = 0;
            }
            taken += change.len();
            add(&mut portion, push, change);
        }
    }
    call(&portion.iter().collect::<Vec<_>>())
}

/// Adds a change of a record behind the others of it.
fn add(portion: &mut Vec<RecordPush>, of: &RecordPush, change: &Bytes) {
    let RecordPush { area, record, kind, .. } = *of;
    match portion.last_mut() {
        Some(last) if (last.record, last.kind) == (record, kind) => {
            last.changes.push(change.clone());
        }
        _ => portion.push(RecordPush { area, record, kind, changes: vec![change.clone()] }),
    }
}

#[cfg(test)]
mod tests {
    use sync_protocol::ids::{AreaId, RecordId};
    use sync_protocol::records::Kind;

    use super::*;

    /// Records with changes of so many bytes.
    fn push(records: &[&[usize]]) -> Vec<RecordPush> {
        let record = |(number, changes): (u8, &&[usize])| RecordPush {
            area: AreaId(1),
            record: RecordId([number; 16]),
            kind: Kind::Visit,
            changes: changes.iter().map(|bytes| vec![number; *bytes].into()).collect(),
        };
        (0..).zip(records).map(record).collect()
    }

    /// How many changes each record has in each portion.
    fn portions(records: &[&[usize]]) -> Vec<Vec<(u8, usize)>> {
        let push = push(records);
        let mut portions = Vec::new();
        let counted = each::<()>(&push.iter().collect::<Vec<_>>(), |portion| {
            portions.push(portion.iter().map(|p| (p.record.0[0], p.changes.len())).collect());
            Ok(())
        });
        counted.unwrap();
        portions
    }

    #[test]
    fn what_fits_is_one_portion_and_the_rest_keeps_its_order() {
        const HALF: usize = PORTION_BYTES / 2;
        assert_eq!(portions(&[&[HALF], &[HALF]]), [[(0, 1), (1, 1)]]);
        assert_eq!(
            portions(&[&[HALF, HALF, HALF], &[HALF], &[1]]),
            [vec![(0, 2)], vec![(0, 1), (1, 1)], vec![(2, 1)]]
        );
        assert_eq!(portions(&[&[2 * PORTION_BYTES, 1]]), [[(0, 1)], [(0, 1)]]);
    }

    #[test]
    fn a_portion_that_fails_is_the_last() {
        let push = push(&[&[PORTION_BYTES; 3]]);
        let mut called = 0;
        let failed = each(&push.iter().collect::<Vec<_>>(), |_| {
            called += 1;
            if called == 2 { Err(()) } else { Ok(()) }
        });
        assert_eq!((failed, called), (Err(()), 2));
    }
}
