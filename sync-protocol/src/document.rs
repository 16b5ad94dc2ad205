//! A record as an Automerge document: one flat root map of scalars, and the free texts that a
//! constant genesis change makes. Beside it stand its *registers*, what judging, effective values,
//! clashes and projections need; a property test holds them equal to Automerge.

pub mod change;
pub mod edit;
pub mod effective;
pub mod genesis;
mod packed;
pub mod registers;
mod walk;
pub mod whole;

pub use change::DecodedChange;
pub use edit::{Edited, Written};
pub use effective::{Clash, Effective, EffectiveField};
pub use packed::UnpackError;
pub use registers::{Live, LiveValues, Registers, Stamp};
pub use whole::{Document, DocumentError};

#[cfg(test)]
mod tests;
