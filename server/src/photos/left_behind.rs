//! Photos of a record that moved: their bytes stay with the area that they were sent to, and a phone
//! that only has that area goes on sending them there. Whoever may read the record where it is now
//! reads them through the record: one that names the photo, came from that area, and names it by the
//! hand of the device that sent it. Knowing a hash alone is no right.

use std::collections::{BTreeSet, HashMap};

use sync_protocol::document::Registers;
use sync_protocol::ids::{BlobId, DeviceId, RecordId};

use crate::auth::AreaScope;
use crate::store::photos::{self, Photo};
use crate::store::{Db, StoreError, records};
use crate::sync::moving::origins;

/// The area that has a photo's derivatives: this one, or one that the record which names it came
/// from.
pub(super) fn keeper(
    db: &mut Db,
    scope: &AreaScope,
    photo: BlobId,
    named_by: Option<RecordId>,
) -> Result<Option<AreaScope>, StoreError> {
    if photos::find(db, scope, photo)?.is_some_and(|photo| photo.has_derivatives) {
        return Ok(Some(*scope));
    }
    let Some(record) = named_by else { return Ok(None) };
    let found = look(db, scope, record, &[photo])?;
    Ok(found.get(&photo).filter(|(_, photo)| photo.has_derivatives).map(|(keeper, _)| *keeper))
}

/// Those of these photos that the record names and that are stored in an area that it came from,
/// each with that area.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn look(
    db: &mut Db,
    scope: &AreaScope,
    record: RecordId,
    wanted: &[BlobId],
) -> Result<HashMap<BlobId, (AreaScope, Photo)>, StoreError> {
    let mut found = HashMap::new();
    if wanted.is_empty() {
        return Ok(found);
    }
    let Some(named) = records::load(db, scope, &[record])?.remove(&record) else {
        return Ok(found);
    };
    for origin in origins(db, scope, record)?.into_values() {
        let origin = AreaScope::origin(&origin);
        for (id, photo) in photos::find_many(db, &origin, wanted)? {
            if photo.stored && senders(&named.registers, &id).contains(&photo.device) {
                found.entry(id).or_insert((origin, photo));
            }
        }
    }
    Ok(found)
}

/// The devices that name a photo in the record.
fn senders(registers: &Registers, photo: &BlobId) -> BTreeSet<DeviceId> {
    let key = format!("photo.{photo}.taken_at");
    let live = registers.keys.get(key.as_str()).into_iter().flatten();
    live.map(|live| live.stamp.actor.device()).collect()
}
