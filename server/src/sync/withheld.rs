//! What a phone is not given because it cannot be read. Its cursor moves on, so that it gets the rest; but
//! the value that it keeps beside the cursor is not the log's: it names a record that was withheld. The
//! phone sends it back, and as soon as that record can be read, or is there no more, it gets the area's
//! whole documents. So nothing has to be kept of who lacks what.

use sha2::{Digest, Sha256};
use sync_protocol::ids::{ChangeHash, RecordId};

use super::documents;
use crate::auth::AreaScope;
use crate::store::{Db, StoreError};

const PREFIX: &[u8] = b"doorstep withheld 1\0";

/// The value in place of the chain's.
pub(super) fn mark(chain: &ChangeHash, record: RecordId) -> ChangeHash {
    let digest = Sha256::new().chain_update(PREFIX).chain_update(chain.0).chain_update(record.0);
    let halves = digest.finalize().into_iter().take(16).chain(record.0);
    let mut mark = [0; 32];
    mark.iter_mut().zip(halves).for_each(|(to, byte)| *to = byte);
    ChangeHash(mark)
}

/// The record that a value names, if it stands in place of this one of the chain.
pub(super) fn named(seen: &ChangeHash, chain: &ChangeHash) -> Option<RecordId> {
    let record = RecordId(seen.0.last_chunk().copied()?);
    (mark(chain, record) == *seen).then_some(record)
}

/// Whether a record still cannot be read.
pub(super) fn is_unreadable(
    db: &mut Db,
    scope: AreaScope,
    record: RecordId,
) -> Result<bool, StoreError> {
    Ok(documents::whole(db, scope, &[record])?.unreadable.contains(&record))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_names_its_record_and_holds_for_one_value_of_the_chain() {
        let (chain, record) = (ChangeHash([7; 32]), RecordId([9; 16]));
        let mark = mark(&chain, record);
        assert_eq!(named(&mark, &chain), Some(record));
        assert_eq!(named(&mark, &ChangeHash([8; 32])), None);
        assert_eq!(named(&chain, &chain), None);
    }
}
