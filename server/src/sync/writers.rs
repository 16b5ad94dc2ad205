//! The people behind the devices that an answer names.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sync_protocol::ids::DeviceId;
use sync_protocol::wire::Writer;

use crate::store::{Db, StoreError, devices};

/// Names by device, as they were read once: whose a device is never changes, nor does a name. Its copies
/// share their memory.
#[derive(Clone, Default)]
pub struct Writers {
    known: Arc<Mutex<HashMap<DeviceId, String>>>,
}

/// How many devices' names are remembered at most.
const REMEMBERED: usize = 10_000;

impl Writers {
    /// The people behind devices, in the order of these.
    pub(super) fn of(
        &self,
        db: &mut Db,
        ids: impl IntoIterator<Item = DeviceId>,
    ) -> Result<Vec<Writer>, StoreError> {
        let known = |of: DeviceId| self.known().get(&of).cloned();
        let mut names: BTreeMap<DeviceId, Option<String>> =
            ids.into_iter().map(|device| (device, known(device))).collect();
        let unknown: Vec<DeviceId> =
            names.iter().filter(|(_, name)| name.is_none()).map(|(device, _)| *device).collect();
        for (device, writer) in devices::writers(db, unknown)? {
            self.remember(device, &writer.name);
            names.insert(device, Some(writer.name));
        }
        let writer = |(device, name): (_, Option<String>)| Some(Writer { device, name: name? });
        Ok(names.into_iter().filter_map(writer).collect())
    }

    fn remember(&self, device: DeviceId, name: &str) {
        let mut known = self.known();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(device, name.to_owned());
    }

    fn known(&self) -> MutexGuard<'_, HashMap<DeviceId, String>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nobody's name.
impl fmt::Debug for Writers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writers")
    }
}
