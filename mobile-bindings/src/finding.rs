//! Finding as one types: what is typed against what a record is looked for by. Pure: it knows texts,
//! not records, SQL or FFI.
//!
//! What a record is looked for by is kept as *entries*, a line each: a letter for the field, then the
//! text in the form in which it is compared ([`fold`]). Pinyin is worked out while looking, from the
//! characters themselves, so that every reading of a character finds it and nothing more is stored.

mod entry;
mod fold;
mod letters;
mod numerals;
mod query;

pub(crate) use entry::Entries;
pub(crate) use fold::fold;
pub(crate) use numerals::{Natural, natural};
pub(crate) use query::{Hit, Query};
