//! The caps of a change and of a record (SYNC.md, judging, 1, 4 and 7).

/// A change's bytes.
pub const CHANGE_BYTES: usize = 64 * 1024;

/// Operations of one change on the root.
pub const ROOT_OPERATIONS: usize = 256;

/// Operations of one change altogether; each character of a free text is one.
pub const OPERATIONS: usize = 8 * 1024;

/// Operations that one change replaces on the root.
pub const REPLACED: usize = 2 * 1024;

/// The latest time of a change, in seconds since 1970 UTC, and the earliest before: what a date can
/// be in a browser. A document keeps differences of times, and they have to be numbers too.
pub const LATEST: i64 = 8_640_000_000_000;

/// A key's bytes.
pub const KEY_BYTES: usize = 128;

/// Keys of one record.
pub const KEYS: usize = 2_000;

/// Actors of one record.
pub const ACTORS: usize = 1_000;
