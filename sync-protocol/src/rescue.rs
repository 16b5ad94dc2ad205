//! The rescue bundle: what has not arrived, as one file that a supervisor hands to the server. It is
//! sealed to the district, so that whoever carries it cannot read it, and signed by the device, so
//! that the server knows whose it is. docs/protocol.md has its bytes.
//!
//! A header names the version, the district's key and the bundle; frames follow. Each frame is sealed
//! by itself (HPKE, RFC 9180, base mode, one shot), bound to the header and to its number: a damaged
//! one costs what it holds and nothing else, none can be swapped or taken from another bundle, and a
//! photo never has to be in memory as a whole.
//!
//! ```
//! use sync_protocol::ids::DeviceId;
//! use sync_protocol::keys::DeviceKey;
//! use sync_protocol::rescue::{Opener, RescueKey, Sealer};
//! use sync_protocol::wire::rescue::Part;
//! let (district, device) = (RescueKey::from_seed([1; 32]), DeviceKey::from_seed([2; 32]));
//! let mut sealer = Sealer::new(&district.public(), DeviceId(7), &device, [4; 16]).expect("a key");
//! let mut bundle = sealer.header().to_vec();
//! bundle.extend(sealer.seal(&Part::Closing, [3; 32]).expect("it can be sealed"));
//!
//! let mut opener = Opener::new(district);
//! opener.feed(&bundle);
//! let frame = opener.next().expect("a bundle of this district").expect("a frame");
//! assert_eq!(frame.part(&device.public()), Some(Part::Closing));
//! ```

mod key;
mod opener;
mod sealer;

pub use key::{RescueKey, key_name};
pub use opener::{Frame, Opener, RescueError};
pub use sealer::Sealer;

use sha2::{Digest, Sha256};

use crate::ids::DeviceId;

/// The cipher suite: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
type Kem = hpke::kem::X25519HkdfSha256;
type Kdf = hpke::kdf::HkdfSha256;
type Aead = hpke::aead::ChaCha20Poly1305;

/// The first bytes of every bundle.
const MAGIC: &[u8; 16] = b"doorstep rescue\0";

/// The bundle's version, the byte behind [`MAGIC`].
const VERSION: u8 = 1;

/// Bytes of a bundle's header: magic, version, the key's name, the bundle's id.
const HEADER: usize = MAGIC.len() + 1 + 8 + 16;

/// The first bytes of every frame: behind a damaged one the next is found by them.
const MARK: &[u8; 4] = b"\xd0rs\x1a";

/// Bytes of a frame's head: mark, number, length. They are authenticated with what is sealed.
const HEAD: usize = MARK.len() + 4 + 4;

/// Bytes of the encapsulated key that follows the head.
const ENCAPSULATED: usize = 32;

/// The most bytes that a frame has sealed: a push of 512 changes or a photo's part, and some room.
pub const SEALED_BYTES: usize = 2 * 1024 * 1024;

/// What the device signs of a frame: itself, the bundle, the frame's number and what it holds.
fn statement(device: DeviceId, bundle: &[u8], number: u32, message: &[u8]) -> Vec<u8> {
    let mut statement = b"doorstep rescue 1\0".to_vec();
    statement.extend_from_slice(&device.0.to_be_bytes());
    statement.extend_from_slice(bundle);
    statement.extend_from_slice(&number.to_be_bytes());
    statement.extend_from_slice(&Sha256::digest(message));
    statement
}

#[cfg(test)]
mod tests;
