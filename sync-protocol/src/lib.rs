//! What phone and server share: the records and their field tables, a record as an Automerge
//! document with its registers, the judging of changes nobody trusts, the wire and the keys.
//!
//! It does no I/O and knows no clock, async runtime, SQL, HTTP or C code: bytes in, outcome out,
//! so that it can become WebAssembly for a browser client.

pub mod badge;
pub mod chain;
pub mod codes;
pub mod configuration;
pub mod document;
pub mod due;
pub mod entries;
pub mod ids;
pub mod judge;
pub mod keys;
pub mod records;
pub mod rescue;
pub mod wire;
