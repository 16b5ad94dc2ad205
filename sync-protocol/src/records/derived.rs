//! Record ids that follow from what the record is about: concurrent creation converges.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::document_number::normalised;
use crate::ids::RecordId;

/// The secret under which an area's residency ids are derived; its phones hold it.
#[derive(Clone, PartialEq, Eq)]
pub struct AreaKey(pub [u8; 32]);

impl std::fmt::Debug for AreaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AreaKey")
    }
}

/// A premises' id: the first 16 bytes of SHA-256 over its standard address code.
pub fn premises_id(address_code: &str) -> RecordId {
    let mut hash = Sha256::new();
    hash.update(b"doorstep premises\0");
    hash.update(normalised(address_code).as_bytes());
    first_16(&hash.finalize())
}

/// A residency's id: the first 16 bytes of HMAC-SHA-256 under the area's key over the premises'
/// id and the document number. Without the key it cannot be told whose it is.
pub fn residency_id(key: &AreaKey, premises: RecordId, document_number: &str) -> RecordId {
    // HMAC pads a key to the hash's block of 64 bytes with zeros; written out, nothing can fail.
    let mut block = [0; 64];
    block.iter_mut().zip(key.0).for_each(|(to, from)| *to = from);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(b"doorstep residency\0");
    mac.update(premises.as_bytes());
    mac.update(normalised(document_number).as_bytes());
    first_16(&mac.finalize().into_bytes())
}

fn first_16(digest: &[u8]) -> RecordId {
    let mut id = [0; 16];
    id.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
    RecordId(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_home_has_the_same_id_however_it_is_typed() {
        assert_eq!(premises_id("2101020010030001-2x"), premises_id(" 2101020010030001-2X "));
        assert_ne!(premises_id("21010200100300011"), premises_id("21010200100300012"));
    }

    #[test]
    fn a_residency_depends_on_key_home_and_document() {
        let home = premises_id("A");
        let id = residency_id(&AreaKey([1; 32]), home, "11010519491231002X");
        assert_eq!(id, residency_id(&AreaKey([1; 32]), home, "11010519491231002x"));
        assert_ne!(id, residency_id(&AreaKey([2; 32]), home, "11010519491231002X"));
        assert_ne!(id, residency_id(&AreaKey([1; 32]), premises_id("B"), "11010519491231002X"));
    }
}
