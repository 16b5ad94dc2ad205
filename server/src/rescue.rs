//! Taking in what a phone that cannot sync handed over as a file (a rescue bundle): each push goes
//! through the same engine as if the phone had sent it, with the same verdicts; its photos are
//! completed. It can be handed in again and again. It knows neither HTTP nor SQL.

mod allowance;
mod intake;
mod noting;
mod report;

use sync_protocol::codes::{self, Code};
use sync_protocol::ids::{AreaId, DeviceId};
use sync_protocol::rescue::{RescueError, RescueKey};

pub use intake::Intake;
pub use report::{HandedIn, Judged, Picture};

use crate::auth::actions::HandInRescue;
use crate::auth::hand_in::{self, HandIn};
use crate::auth::{AreaScope, Operator, PhoneScope, StaffMay};
use crate::photos::{PhotoError, Photos};
use crate::store::StoreError;
use crate::sync::{Engine, SyncError};
use crate::trail::{Actor, Origin};

/// Where bundles are handed in.
#[derive(Debug, Clone)]
pub struct Desk {
    engine: Engine,
    photos: Photos,
    key: RescueKey,
    /// Bytes that are kept of what a revoked phone hands in, by device and day.
    a_day: u64,
}

impl Desk {
    /// With a district's private key, and how many bytes are kept in a day of what one revoked phone
    /// hands in.
    pub fn new(engine: Engine, photos: Photos, key: [u8; 32], a_day: u64) -> Self {
        Self { engine, photos, key: RescueKey::from_seed(key), a_day }
    }

    /// What phones seal to.
    pub fn public_key(&self) -> [u8; 32] {
        self.key.public()
    }

    /// A revoked phone that hands in its own, of the areas that were its person's.
    ///
    /// # Errors
    /// [`codes::FORBIDDEN`] for one that is in use, or those of the database.
    pub fn by_revoked(&self, phone: &PhoneScope, now_ms: i64) -> Result<By, TakeInError> {
        let proof = self.engine.store.read(|db| hand_in::hand_in(db, phone, now_ms))?;
        proof.map(By::Revoked).ok_or(TakeInError::Refused(&codes::FORBIDDEN))
    }

    /// Begins to take in a bundle. What was committed stays when it is broken off; the same bundle
    /// handed in again goes on where it was. The trail says who handed it in, from where.
    pub fn take_in(&self, by: By, who: (Actor, Origin), now_ms: i64) -> Intake {
        Intake::new(self.clone(), by, who, now_ms)
    }
}

/// Who hands a bundle in.
#[derive(Debug, Clone)]
pub enum By {
    /// Somebody at the server's own command line, for these areas: all that there are.
    Operator(Operator, Vec<AreaId>),
    /// A supervisor or an administrator.
    Staff(StaffMay<HandInRescue>),
    /// The phone itself, which is revoked, for the areas that were its person's: it goes into
    /// quarantine.
    Revoked(HandIn),
}

impl By {
    /// Whether they may hand in what a device made.
    fn is_for(&self, device: DeviceId) -> bool {
        !matches!(self, Self::Revoked(own) if own.device() != device)
    }

    /// Whether they may hand in what belongs to an area.
    fn area(&self, area: AreaId) -> Option<AreaScope> {
        match self {
            Self::Operator(operator, all) => all.contains(&area).then(|| operator.area(area)),
            Self::Staff(staff) => staff.area(area),
            Self::Revoked(phone) => phone.area(area),
        }
    }
}

/// Why taking in broke off. What was committed until then stays.
#[derive(Debug, thiserror::Error)]
pub enum TakeInError {
    /// Nothing can be read of the file, or it is not to be believed.
    #[error("{}", .0.message.en)]
    Refused(&'static Code),
    /// The engine did not answer well.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The photos did not answer well.
    #[error(transparent)]
    Photos(#[from] PhotoError),
    /// The server is going down.
    #[error("the work was cut short")]
    Cancelled(#[from] tokio::task::JoinError),
}

impl TakeInError {
    /// What the trail says of it: of faults of our own that it can be repeated.
    fn code(&self) -> &'static Code {
        match self {
            Self::Refused(code)
            | Self::Sync(SyncError::Refused(code))
            | Self::Photos(PhotoError::Refused(code)) => code,
            Self::Sync(_) | Self::Photos(_) | Self::Cancelled(_) => &codes::BUSY,
        }
    }
}

impl From<RescueError> for TakeInError {
    fn from(error: RescueError) -> Self {
        Self::Refused(error.code())
    }
}

impl From<StoreError> for TakeInError {
    fn from(error: StoreError) -> Self {
        Self::Sync(error.into())
    }
}
