//! The genesis change of each kind: it makes the free texts, so that two phones that open the same
//! record offline share one container. Fixed actor, time 0, byte-identical on every phone: the
//! bytes are constants, and a test builds them anew and compares.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, AutomergeError, Change, ObjType, ROOT};

use crate::ids::{Actor, ChangeHash};
use crate::records::Kind;

/// The actor of every genesis change.
pub const ACTOR: Actor = Actor([0; 12]);

/// The genesis change of a kind, as it stands in every document of that kind.
pub const fn bytes(kind: Kind) -> &'static [u8] {
    match kind {
        Kind::Premises => include_bytes!("../../genesis/premises-1.automerge"),
        Kind::Residency => include_bytes!("../../genesis/residency-1.automerge"),
        Kind::Visit => include_bytes!("../../genesis/visit-1.automerge"),
        Kind::Inspection => include_bytes!("../../genesis/inspection-1.automerge"),
    }
}

/// The hash of a kind's genesis change; a test holds it equal to what Automerge computes.
pub fn hash(kind: Kind) -> ChangeHash {
    use sha2::{Digest, Sha256};
    // A chunk is magic (4 bytes), checksum (4), then what the hash covers: type, length, contents.
    let hashed = bytes(kind).get(8..).unwrap_or_default();
    ChangeHash(Sha256::digest(hashed).into())
}

/// The highest operation of the genesis change: one for `schema`, one for each text.
pub fn max_op(kind: Kind) -> u64 {
    1 + kind.text_keys().count() as u64
}

/// The key of the text that operation `counter` of the genesis change made.
pub fn text_of(kind: Kind, counter: u64) -> Option<&'static str> {
    let place = usize::try_from(counter.checked_sub(2)?).ok()?;
    kind.text_keys().nth(place)
}

/// The key that names kind and schema version; nobody may write it after genesis.
pub const SCHEMA_KEY: &str = "schema";

/// Builds the genesis change of a kind from its field table.
///
/// # Errors
/// Those of Automerge; none is expected of these few operations.
pub fn build(kind: Kind) -> Result<Option<Change>, AutomergeError> {
    let mut document = AutoCommit::new().with_actor(ActorId::from(ACTOR.as_bytes()));
    document.put(ROOT, SCHEMA_KEY, format!("{}/1", kind.code()))?;
    for key in kind.text_keys() {
        document.put_object(ROOT, key, ObjType::Text)?;
    }
    document.commit_with(CommitOptions::default().with_time(0));
    Ok(document.get_last_local_change())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_what_the_tables_make() {
        for kind in Kind::ALL {
            let built = build(kind).unwrap().unwrap();
            assert_eq!(built.raw_bytes(), bytes(kind), "{kind:?}");
            assert_eq!(built.hash().0, hash(kind).0);
            assert_eq!(built.max_op(), max_op(kind));
        }
    }

    #[test]
    fn their_hashes_are_pinned() {
        let hashes: Vec<String> = Kind::ALL.iter().map(|kind| hash(*kind).to_string()).collect();
        assert_eq!(hashes, PINNED);
    }

    /// Changing one of these strands every record of that kind in the field.
    const PINNED: [&str; 4] = [
        "6194d59517545fc62e8d3b18860250d4b442e36390aaa7fb17f6b74316809388",
        "6ecde561669846de2c4a6f600e78b6c271f4e5274ed294c934bc345c3a0d6d23",
        "062b12cca3244b9913e6635439619eacce5ea633196b6848a724a30ec63b5f2e",
        "2aecb9701604bc4cb19d728dd9d76926040920236020c341bcd118383bba8e8d",
    ];
}
