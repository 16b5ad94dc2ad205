//! The catalogue as the phone core uses it: its own codes, and which of them stands for a refusal that
//! the phone makes before the server can.

pub(crate) use sync_protocol::codes::phone::*;
use sync_protocol::codes::{self, Code};

/// The entry of a code, of this phone's own or of the server's.
pub(crate) fn find(code: &str) -> Option<&'static Code> {
    let own = ALL.iter().copied().find(|entry| entry.code == code);
    codes::find(code).or(own)
}

/// The entry for a refusal that this phone makes itself: a verdict's own remedy says that the work is
/// kept, and here nothing was saved.
pub(crate) fn before_saving(code: &'static Code) -> &'static Code {
    let own = [
        &WRONG_VALUE,
        &UNKNOWN_FIELD,
        &FIELD_FORBIDDEN,
        &RECORD_CLOSED,
        &AREA_FORBIDDEN,
        &CHANGE_TOO_LARGE,
        &TOO_MANY_OPERATIONS,
    ];
    own.into_iter().find(|entry| entry.code == code.code).unwrap_or(code)
}
