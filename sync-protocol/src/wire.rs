//! The messages of `POST /v1/sync`: CBOR with integer keys, unknown keys ignored, the version
//! first. Compression happens at the edges. docs/protocol.md describes them for other clients.
//!
//! ```
//! use sync_protocol::wire::{Request, decode, encode};
//! let request = Request::idle("docs 1.0");
//! let bytes = encode(&request);
//! assert_eq!(decode::<Request>(&bytes).expect("it was just encoded"), request);
//! ```

mod bounded;
pub mod bytes;
mod items;
pub mod limits;
pub mod nesting;
pub mod request;
pub mod rescue;
pub mod response;

pub use bytes::Bytes;
pub use limits::Limits;
pub use request::{AreaCursor, RecordPush, Request};
pub use response::{
    Access, AreaPage, BadgeCard, Configured, Item, LateVerdict, Outcome, Response, Verdict, Words,
    Writer,
};

/// The version of the messages.
pub const PROTOCOL: u32 = 1;

/// A message as bytes. (Writing to memory cannot fail.) Answers can be many megabytes: they are written
/// into just the room they take, and are not moved while they grow.
pub fn encode<M: minicbor::Encode<()>>(message: &M) -> Vec<u8> {
    let mut room = Room(0);
    let _ = minicbor::encode(message, &mut room);
    let mut bytes = Vec::with_capacity(room.0);
    let _ = minicbor::encode(message, &mut bytes);
    bytes
}

/// Counts what is written.
struct Room(usize);

impl minicbor::encode::Write for Room {
    type Error = std::convert::Infallible;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0 += bytes.len();
        Ok(())
    }
}

/// A message from bytes.
///
/// # Errors
/// Those of the CBOR decoder, and that the message is nested deeper than [`nesting::LEVELS`].
pub fn decode<'b, M: minicbor::Decode<'b, ()>>(
    bytes: &'b [u8],
) -> Result<M, minicbor::decode::Error> {
    if !nesting::is_shallow(bytes) {
        return Err(minicbor::decode::Error::message("nested too deeply"));
    }
    minicbor::decode(bytes)
}
