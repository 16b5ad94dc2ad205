//! The exported object: everything an app does with the phone core. Every method blocks until it is
//! done; what it saved is on disk when it returns.
//!
//! Ids cross as text (hexadecimal digits, areas by their division code). It must not know SQL,
//! Automerge or HTTP: it translates, and calls what does.

mod attention;
mod badge;
mod checking;
mod coming_and_going;
mod drafts;
mod enrolment;
mod finding;
mod inspecting;
mod outbox;
mod problem;
mod reading;
mod reporting;
mod rescuing;
mod shown;
mod status;
mod syncing;
mod today;
mod tree;
mod turns;
mod value;
mod views;
mod visiting;
mod writing;

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use sync_protocol::ids::RecordId;

use crate::error::CoreError;
use crate::store::{Store, StoreKey};
use crate::transport::Session;
use crate::{clock, codes, recovery};

pub use attention::{Attention, AttentionKind};
pub use badge::{BadgeView, QrMatrix};
pub use checking::{Finding, Severity};
pub use drafts::Draft;
pub use finding::FoundIn;
pub use outbox::{OutboxItem, OutboxState};
pub use problem::{Bilingual, FieldError, Problem};
pub use reporting::Signer;
pub use rescuing::RescueSummary;
pub use status::Status;
pub use syncing::{ListenerError, SyncCancel, SyncListener, SyncProgress, SyncStage, SyncSummary};
pub use today::{DueLine, Position, TodayFilter};
pub use tree::{BuildingNode, RoomNode, UnitNode};
pub use value::{Entry, FieldValue};
pub use views::{
    AreaView, EnrolmentView, FieldView, ListFilter, LostValue, MissingField, PhotoSaved,
    RecordDigest, RecordLine, RecordView, SavedEdit, Standing,
};

/// One phone: its store and its way to the server.
#[derive(uniffi::Object)]
pub struct FieldClient {
    pub(crate) store: Store,
    session: Session,
    syncing: Arc<turns::Turns>,
}

impl std::fmt::Debug for FieldClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FieldClient")
    }
}

#[uniffi::export]
impl FieldClient {
    /// Opens the store in a file, or makes it. `key` is 32 random bytes from the platform's key
    /// store; without it nobody reads the file, the app included. A damaged store is set aside, and
    /// what can be read of it goes into a new one: [`FieldClient::attention`] tells.
    ///
    /// # Errors
    /// [`FieldError::Store`] when the key is not the one the store was made with, or a newer version
    /// of the app wrote it; the file is left as it is.
    #[uniffi::constructor]
    pub fn open(path: String, key: Vec<u8>) -> Result<Arc<Self>, FieldError> {
        let key = StoreKey::new(&key).ok_or_else(|| CoreError::refused(&codes::STORE_KEY_WRONG))?;
        let store = recovery::open(Path::new(&path), &key, clock::now_ms())?;
        Ok(Arc::new(Self { store, session: Session::new(), syncing: Arc::default() }))
    }
}

/// An id in an app's text.
fn parse<I: FromStr>(text: &str) -> Result<I, CoreError> {
    text.trim().parse().map_err(|_| CoreError::refused(&sync_protocol::codes::WRONG_INPUT))
}

/// The id of a record in an app's text.
fn record_id(text: &str) -> Result<RecordId, CoreError> {
    parse(&text.to_ascii_lowercase())
}

#[cfg(test)]
mod field_work_tests;
#[cfg(test)]
mod tests;
