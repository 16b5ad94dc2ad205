//! The inside error: what goes wrong between the store, the transport and the exported object.
//! [`crate::client::FieldError`] is what the app sees of it.

use sync_protocol::codes::{self, Code};
use sync_protocol::document::DocumentError;
use sync_protocol::judge::Refusal;

use crate::codes as own;
use crate::record::RecordError;
use crate::store::StoreError;
use crate::transport::TransportError;

/// What goes wrong inside.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CoreError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The way to the server.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A document on this phone.
    #[error(transparent)]
    Document(DocumentError),
    /// What was asked for is not to be had, with the code that says why and the fields at fault.
    #[error("{}", code.code)]
    Refused {
        /// Why.
        code: &'static Code,
        /// The field at fault, or several, separated by commas.
        field: Option<String>,
    },
}

impl CoreError {
    /// Refused, with a code alone.
    pub(crate) fn refused(code: &'static Code) -> Self {
        Self::Refused { code, field: None }
    }

    /// Refused for a field.
    pub(crate) fn on(code: &'static Code, field: &str) -> Self {
        Self::Refused { code, field: Some(field.to_owned()) }
    }

    /// Whether the server answered with a code of the catalogue.
    pub(crate) fn is_from_server(&self, code: &Code) -> bool {
        matches!(self, Self::Transport(error) if error.is(code))
    }

    /// Whether the same may succeed later.
    pub(crate) fn retry_helps(&self) -> bool {
        match self {
            Self::Transport(error) => error.retry_helps(),
            Self::Refused { code, .. } => code.retry,
            Self::Store(_) | Self::Document(_) => false,
        }
    }
}

impl From<DocumentError> for CoreError {
    fn from(error: DocumentError) -> Self {
        match error {
            // A key that no table has may be anything, a person's name too.
            DocumentError::UnknownField(key) if is_plain(&key) => {
                Self::on(&codes::UNKNOWN_FIELD, &key)
            }
            DocumentError::UnknownField(_) => Self::refused(&codes::UNKNOWN_FIELD),
            DocumentError::Value { key, .. } => Self::on(&codes::WRONG_VALUE, &key),
            other => Self::Document(other),
        }
    }
}

/// Whether a key looks like one of a field: no digits, no other script, no blanks.
fn is_plain(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.'))
}

impl From<RecordError> for CoreError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Store(error) => error.into(),
            RecordError::Document(error) => error.into(),
        }
    }
}

impl From<Refusal> for CoreError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { code: refusal.code, field: refusal.field }
    }
}

/// The catalogue's entry for a failure of the store.
pub(crate) fn code_of_store(error: &StoreError) -> &'static Code {
    match error {
        StoreError::WrongKey => &own::STORE_KEY_WRONG,
        StoreError::Newer(_) => &own::STORE_NEWER,
        StoreError::Damaged => &own::STORE_DAMAGED,
        StoreError::Full => &own::STORE_FULL,
        StoreError::Form(_) => &own::RECORD_UNREADABLE,
        StoreError::NoCipher | StoreError::Sql(_) | StoreError::File(_) => &own::STORE_FAILED,
    }
}
