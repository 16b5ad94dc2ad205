//! Syncing, and what stands where.

use std::sync::PoisonError;
use std::time::Duration;

use serde::Serialize;
use sync_protocol::codes::Code;
use sync_protocol::wire::Words;

use super::{Bilingual, FieldClient, FieldError};
use crate::codes;
use crate::error::CoreError;
use crate::store::changes::{self, Counts};
use crate::store::device::Device;
use crate::store::{areas, device, photos, records, strays};
use crate::sync::{self, Photos, Synced};
use crate::transport::Hold;

/// What a sync came to.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct SyncSummary {
    /// Whether nothing is left to send or to fetch.
    pub done: bool,
    /// Changes that are now stored on the server.
    pub accepted: u64,
    /// Changes that were refused: see what needs attention.
    pub rejected: u64,
    /// Records and changes received.
    pub received: u64,
    /// Photos that the server now has.
    pub photos_stored: u64,
    /// Photos that wait for another network or a fuller battery: see [`FieldClient::hints`].
    pub photos_waiting: u64,
    /// Requests made.
    pub requests: u64,
    /// How long the server asks to be left alone, in milliseconds: until then a sync sends nothing.
    pub wait_ms: u64,
}

/// What stands where. A change is in exactly one of the four states, or was refused.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct Status {
    /// The server, if the phone has enrolled.
    pub server: Option<String>,
    /// The device's id.
    pub device: Option<String>,
    /// Its person's name.
    pub person: Option<String>,
    /// The district.
    pub district: Option<Bilingual>,
    /// Changes on this phone alone.
    pub on_this_phone: u64,
    /// Changes that wait for another phone's: this phone and the server keep them, and they are in
    /// nobody else's records yet.
    pub held: u64,
    /// Changes that are stored on the server.
    pub on_the_server: u64,
    /// Changes that are merged, and that this phone has read back.
    pub merged: u64,
    /// Changes that were refused; they are kept.
    pub refused: u64,
    /// Photos whose originals the server does not have yet.
    pub photos_here: u64,
    /// Their bytes.
    pub photo_bytes_here: u64,
    /// Why photos wait, if they do: what the app said of network and battery, or the server.
    pub photos_wait: Option<Bilingual>,
    /// Records on the phone.
    pub records: u64,
    /// Records that came and could not be read; they are kept.
    pub unreadable: u64,
    /// Whether every area has been fetched whole.
    pub complete: bool,
    /// When a sync last came through, in milliseconds since 1970 UTC.
    pub synced_at_ms: Option<i64>,
}

#[uniffi::export]
impl FieldClient {
    /// Syncs once: sends and fetches everything there is.
    ///
    /// # Errors
    /// [`FieldError::Unreachable`] without a server; everything is safe on the phone.
    pub fn sync(&self) -> Result<SyncSummary, FieldError> {
        let _one_at_a_time = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(sync::once(&self.store, &self.session, Photos::AsItFits)?.into())
    }

    /// Syncs once, and sends every photo too: a person asks for it, whatever the network costs.
    ///
    /// # Errors
    /// As [`FieldClient::sync`].
    pub fn sync_with_photos(&self) -> Result<SyncSummary, FieldError> {
        let _one_at_a_time = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(sync::once(&self.store, &self.session, Photos::All)?.into())
    }

    /// What the app knows of the network and the battery; nothing until it says so. On a metered
    /// network what was written goes and photos wait; with a low battery they wait too, and news are
    /// asked for half as often. [`FieldClient::status`] says that they wait.
    pub fn hints(&self, metered: bool, battery_low: bool) {
        self.session.conditions().set(metered, battery_low);
    }

    /// Syncs until nothing is left, trying again while that helps, for at most so long.
    ///
    /// # Errors
    /// The last one, when the time is up or trying again does not help.
    pub fn sync_until_done(&self, max_wait_ms: u64) -> Result<SyncSummary, FieldError> {
        let _one_at_a_time = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        let most = Duration::from_millis(max_wait_ms);
        Ok(sync::until_done(&self.store, &self.session, most)?.into())
    }

    /// Waits until the server has something new for this phone, at most so long, and answers whether
    /// it has. Without a signal that is not known: it answers no after the wait. Nothing is fetched;
    /// syncing, reading and writing go on meanwhile.
    pub fn wait_for_news(&self, max_wait_ms: u64) -> bool {
        sync::for_news(&self.store, &self.session, Duration::from_millis(max_wait_ms))
    }

    /// What stands where.
    ///
    /// # Errors
    /// [`FieldError::Store`].
    pub fn status(&self) -> Result<Status, FieldError> {
        let status = self.store.read(|connection| {
            let areas = areas::list(connection)?;
            let stood = Stood {
                counts: changes::counts(connection)?,
                photos: photos::waiting(connection)?,
                photos_wait: self.photos_wait().map(|code| Words::from(code).into()),
                records: records::count(connection)?,
                unreadable: strays::list(connection)?.len() as u64,
                complete: !areas.is_empty() && areas.iter().all(|area| area.complete),
            };
            Ok::<_, CoreError>(stood.status(device::find(connection)?))
        })?;
        Ok(status)
    }
}

impl FieldClient {
    /// Why photos wait, if they do.
    pub(super) fn photos_wait(&self) -> Option<&'static Code> {
        self.session.conditions().photos_wait().map(|hold| match hold {
            Hold::Metered => &codes::WAITS_FOR_NETWORK,
            Hold::BatteryLow => &codes::WAITS_FOR_BATTERY,
            Hold::ServerBusy => &codes::WAITS_FOR_SERVER,
        })
    }
}

/// The numbers of a [`Status`].
struct Stood {
    counts: Counts,
    photos: (u64, u64),
    photos_wait: Option<Bilingual>,
    records: u64,
    unreadable: u64,
    complete: bool,
}

impl Stood {
    fn status(self, device: Option<Device>) -> Status {
        let Counts { pending, held, kept, accepted, merged, rejected } = self.counts;
        let device = device.as_ref();
        Status {
            server: device.map(|device| device.server.clone()),
            device: device.map(|device| device.device.to_string()),
            person: device.map(|device| device.person_name.clone()),
            district: device.map(|device| {
                let (zh, en) = device.district.clone();
                Bilingual { zh, en }
            }),
            on_this_phone: pending + held,
            held: kept,
            on_the_server: accepted,
            merged,
            refused: rejected,
            photos_here: self.photos.0,
            photo_bytes_here: self.photos.1,
            photos_wait: self.photos_wait,
            records: self.records,
            unreadable: self.unreadable,
            complete: self.complete,
            synced_at_ms: device.and_then(|device| device.synced_at),
        }
    }
}

impl From<Synced> for SyncSummary {
    fn from(synced: Synced) -> Self {
        Self {
            done: synced.done,
            accepted: synced.accepted,
            rejected: synced.rejected,
            received: synced.received,
            photos_stored: synced.photos_stored,
            photos_waiting: synced.photos_waiting,
            requests: synced.requests,
            wait_ms: synced.wait_ms,
        }
    }
}
