//! Who wrote: the people behind the devices that a report's values name.

use std::collections::HashMap;

use sync_protocol::document::{Effective, Stamp};
use sync_protocol::ids::{DeviceId, PersonId};

use crate::store::{Db, StoreError, devices};

/// Who wrote something, with what.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Writer {
    /// The person.
    pub id: PersonId,
    /// The person's name.
    pub name: String,
    /// What the person calls the device.
    pub device: String,
}

/// The people behind devices.
pub(crate) struct Writers(HashMap<DeviceId, devices::Writer>);

impl Writers {
    /// Of every device that these records and others name.
    pub(crate) fn of<'e>(
        db: &mut Db,
        effective: impl IntoIterator<Item = &'e Effective>,
        others: impl IntoIterator<Item = DeviceId>,
    ) -> Result<Self, StoreError> {
        let mut ids: Vec<DeviceId> = others.into_iter().collect();
        for field in effective.into_iter().flat_map(|effective| effective.fields.values()) {
            ids.extend(field.stamp.map(|stamp| stamp.actor.device()));
            ids.extend(field.others.iter().map(|live| live.stamp.actor.device()));
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(Self(devices::writers(db, ids)?))
    }

    /// Who writes with a device.
    pub(crate) fn device(&self, id: DeviceId) -> Option<Writer> {
        self.0.get(&id).map(|writer| Writer {
            id: writer.person,
            name: writer.name.clone(),
            device: writer.device_name.clone(),
        })
    }

    /// Who made a stamp.
    pub(super) fn stamp(&self, stamp: &Stamp) -> Option<Writer> {
        self.device(stamp.actor.device())
    }
}
