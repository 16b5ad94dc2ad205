//! The people behind the devices that an answer names.

use sync_protocol::ids::DeviceId;
use sync_protocol::wire::Writer;

use crate::store::{Db, StoreError, devices};

/// The people behind devices.
pub(super) fn writers_of(
    db: &mut Db,
    ids: impl IntoIterator<Item = DeviceId>,
) -> Result<Vec<Writer>, StoreError> {
    let mut writers: Vec<Writer> = devices::writers(db, ids)?
        .into_iter()
        .map(|(device, writer)| Writer { device, name: writer.name })
        .collect();
    writers.sort_by_key(|writer| writer.device);
    Ok(writers)
}
