//! Stage 1 and 2: the size and the chunk header. Only a plain change is let through to the parser:
//! a compressed one can inflate to gigabytes, a document chunk is another thing altogether.

use sha2::{Digest, Sha256};

use super::{Refusal, limits};
use crate::codes;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const PLAIN_CHANGE: u8 = 1;

/// Checks magic, checksum, type and that the length is exactly the rest.
pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.len() > limits::CHANGE_BYTES {
        return Err(Refusal::of(&codes::CHANGE_TOO_LARGE));
    }
    if is_plain_change(bytes) { Ok(()) } else { Err(Refusal::of(&codes::NOT_A_CHANGE)) }
}

fn is_plain_change(bytes: &[u8]) -> bool {
    let Some((magic, rest)) = bytes.split_first_chunk::<4>() else {
        return false;
    };
    let Some((checksum, hashed)) = rest.split_first_chunk::<4>() else {
        return false;
    };
    let Some((kind, counted)) = hashed.split_first() else {
        return false;
    };
    if *magic != MAGIC || *kind != PLAIN_CHANGE {
        return false;
    }
    let Some((length, contents)) = leb128(counted) else {
        return false;
    };
    length == contents.len() as u64 && Sha256::digest(hashed).starts_with(checksum)
}

/// Reads an unsigned LEB128 of at most four bytes: more than a change can be long.
fn leb128(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (place, byte) in bytes.iter().take(4).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(place + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::genesis;
    use crate::records::Kind;

    #[test]
    fn a_plain_change_passes_and_nothing_else() {
        let good = genesis::bytes(Kind::Visit).to_vec();
        assert_eq!(check(&good), Ok(()));
        let mut compressed = good.clone();
        compressed[8] = 2;
        let mut longer = good.clone();
        longer.push(0);
        let mut flipped = good.clone();
        *flipped.last_mut().unwrap() ^= 1;
        for wrong in [&compressed, &longer, &flipped, &good[..good.len() - 1].to_vec(), &vec![]] {
            assert_eq!(check(wrong).unwrap_err().code.code, "not_a_change");
        }
        let huge = vec![0; limits::CHANGE_BYTES + 1];
        assert_eq!(check(&huge).unwrap_err().code.code, "change_too_large");
    }
}
