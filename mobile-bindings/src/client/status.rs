//! What stands where, in numbers and in one sentence. It never claims more than is true: a thing counts
//! as being on the server once the server has said so, and not before.

use serde::Serialize;
use sync_protocol::wire::Words;

use super::{Bilingual, FieldClient, FieldError};
use crate::clock;
use crate::error::CoreError;
use crate::store::changes::{self, Counts, Standings};
use crate::store::device::Device;
use crate::store::{Connection, areas, device, photos, records, strays};

mod sentence;

/// What stands where. A change is in exactly one of the four states, or was refused; a report stands
/// where the least advanced of its changes and photos does.
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
    /// Reports of which something, a photo perhaps, is on this phone alone.
    pub reports_here: u64,
    /// Reports that are wholly on the server and not merged yet.
    pub reports_on_the_server: u64,
    /// Reports of the last 60 days that are merged, and that this phone has read back.
    pub reports_merged: u64,
    /// Other records, homes and stays, of which something is on this phone alone.
    pub others_here: u64,
    /// Other records that are wholly on the server and not merged yet.
    pub others_on_the_server: u64,
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
    /// When the server last answered a sync, in milliseconds since 1970 UTC.
    pub synced_at_ms: Option<i64>,
    /// When everything was last through: nothing on this phone alone, every area fetched whole.
    pub completed_at_ms: Option<i64>,
}

#[uniffi::export]
impl FieldClient {
    /// What stands where.
    ///
    /// # Errors
    /// [`FieldError::Store`].
    pub fn status(&self) -> Result<Status, FieldError> {
        let photos_wait = self.photos_wait().map(|code| Words::from(code).into());
        Ok(self.store.read(|connection| status(connection, photos_wait))?)
    }

    /// The same in one sentence: "3 reports and 2 photos still here; last complete 09:14". The time of
    /// day is that of the app's time zone, which is so many minutes east of UTC (China: 480).
    ///
    /// # Errors
    /// [`FieldError::Store`].
    pub fn status_sentence(&self, utc_offset_minutes: i32) -> Result<Bilingual, FieldError> {
        let status = self.status()?;
        Ok(sentence::of(&status, sentence::Now { ms: clock::now_ms(), utc_offset_minutes }))
    }
}

fn status(connection: &Connection, photos_wait: Option<Bilingual>) -> Result<Status, CoreError> {
    let device = device::find(connection)?;
    let device = device.as_ref();
    let Counts { pending, held, kept, accepted, merged, rejected } = changes::counts(connection)?;
    let (reports, others): (Standings, Standings) = changes::standings(connection)?;
    let (photos_here, photo_bytes_here) = photos::waiting(connection)?;
    let areas = areas::list(connection)?;
    Ok(Status {
        server: device.map(|device| device.server.clone()),
        device: device.map(|device| device.device.to_string()),
        person: device.map(|device| device.person_name.clone()),
        district: device.map(district),
        reports_here: reports.here,
        reports_on_the_server: reports.on_server,
        reports_merged: reports.merged,
        others_here: others.here,
        others_on_the_server: others.on_server,
        on_this_phone: pending + held,
        held: kept,
        on_the_server: accepted,
        merged,
        refused: rejected,
        photos_here,
        photo_bytes_here,
        photos_wait,
        records: records::count(connection)?,
        unreadable: strays::list(connection)?.len() as u64,
        complete: !areas.is_empty() && areas.iter().all(|area| area.complete),
        synced_at_ms: device.and_then(|device| device.synced_at),
        completed_at_ms: device.and_then(|device| device.completed_at),
    })
}

fn district(device: &Device) -> Bilingual {
    let (zh, en) = device.district.clone();
    Bilingual { zh, en }
}
