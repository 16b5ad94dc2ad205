//! The proof of a phone that is revoked, or suspended, to hand in what it still holds: of the areas where
//! its person could have written it, and of no other.

use std::collections::BTreeSet;

use sync_protocol::codes;
use sync_protocol::ids::{AreaId, DeviceId};

use super::action::Action;
use super::permissions::roles;
use super::scope::{AreaScope, PhoneScope};
use crate::store::{Db, StoreError, former_roles};

/// Proof that a phone may hand in what it holds of some areas.
#[derive(Debug, Clone)]
pub struct HandIn {
    device: DeviceId,
    areas: BTreeSet<AreaId>,
}

/// The proof for a phone that may read and write nowhere any more; nothing for one that is in use.
///
/// # Errors
/// Those of the database.
pub fn hand_in(db: &mut Db, phone: &PhoneScope, now_ms: i64) -> Result<Option<HandIn>, StoreError> {
    if phone.outside().code != codes::DEVICE_SUSPENDED.code {
        return Ok(None);
    }
    let mut held = former_roles::ever(db, phone.person(), now_ms)?;
    held.retain(|_, held| held.meets(roles(Action::Sync)));
    Ok(Some(HandIn { device: phone.device(), areas: held.into_keys().collect() }))
}

impl HandIn {
    /// The phone.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// The proof for an area where its person could have written; it reads nothing and writes no field.
    pub fn area(&self, area: AreaId) -> Option<AreaScope> {
        self.areas.contains(&area).then(|| AreaScope::without_roles(area))
    }
}
