//! The rescue bundle: everything that the server has not accepted, with the photos that it does not
//! have, as one file for a supervisor. It works without a server and without a right to it: signed
//! out, revoked, too old. Nothing on the phone changes by it.
//!
//! It must not know SQL, HTTP or FFI.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sync_protocol::ids::PushId;
use sync_protocol::records::SCHEMA;
use sync_protocol::rescue::Sealer;
use sync_protocol::wire::limits;
use sync_protocol::wire::rescue::Part;

use crate::codes;
use crate::error::CoreError;
use crate::outbox::{self, PUSH_BYTES};
use crate::store::changes::{self, Pending};
use crate::store::photos::{self, PART_BYTES, Photo};
use crate::store::{Store, StoreError, device};
use crate::transport::APP;

/// What was written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Rescued {
    pub(crate) changes: u64,
    pub(crate) photos: u64,
    /// Bytes of the file.
    pub(crate) bytes: u64,
}

/// Writes the bundle. The file is there when it is whole, or it is not there. `fetched` is the
/// district's key where the store has none; `now` is the phone's clock.
pub(crate) fn write(
    store: &Store,
    path: &Path,
    fetched: Option<[u8; 32]>,
    now: i64,
) -> Result<Rescued, CoreError> {
    let device =
        store.read(device::find)?.ok_or_else(|| CoreError::refused(&codes::NOT_ENROLLED))?;
    let missing = || CoreError::refused(&codes::RESCUE_KEY_MISSING);
    let to = device.rescue_key.or(fetched).ok_or_else(missing)?;
    let sealer =
        Sealer::new(&to, device.device, &device.key, rand::random()).ok_or_else(missing)?;
    let unfinished = unfinished(path);
    let written = Bundle::begin(&unfinished, sealer).and_then(|mut bundle| {
        bundle.fill(store, &device, now)?;
        bundle.end(path)
    });
    if written.is_err() {
        // What is half a bundle helps nobody; that it cannot be removed changes nothing.
        let _ = std::fs::remove_file(&unfinished);
    }
    written
}

/// The file's name until it is whole.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".unfinished");
    name.into()
}

/// A bundle that is being written.
struct Bundle<'k> {
    path: PathBuf,
    file: BufWriter<File>,
    sealer: Sealer<'k>,
    done: Rescued,
}

impl<'k> Bundle<'k> {
    fn begin(path: &Path, sealer: Sealer<'k>) -> Result<Self, CoreError> {
        let file = BufWriter::new(File::create(path).map_err(not_written)?);
        let mut bundle = Self { path: path.to_owned(), file, sealer, done: Rescued::default() };
        let header = bundle.sealer.header().to_vec();
        bundle.write(&header)?;
        Ok(bundle)
    }

    fn fill(&mut self, store: &Store, device: &device::Device, now: i64) -> Result<(), CoreError> {
        let (changes, photos) = store.read(|connection| {
            let counts = changes::counts(connection)?;
            let changes = counts.pending + counts.held + counts.kept + counts.rejected;
            Ok::<_, StoreError>((changes, photos::pending(connection)?))
        })?;
        self.seal(&Part::Opening {
            schema: SCHEMA,
            app: APP.to_owned(),
            made_at: now,
            changes,
            photos: photos.len() as u64,
        })?;
        let mut after = None;
        loop {
            let portion = store.read(|connection| {
                changes::unaccepted_after(connection, after, limits::CHANGES, PUSH_BYTES)
            })?;
            let Some(last) = portion.last() else { break };
            after = Some(last.no);
            self.push(device, portion)?;
        }
        photos.iter().try_for_each(|photo| self.photo(store, photo))?;
        self.seal(&Part::Closing)
    }

    /// Changes under a push id of their own: the one that they may have had stands for another push.
    fn push(&mut self, device: &device::Device, portion: Vec<Pending>) -> Result<(), CoreError> {
        self.done.changes += portion.len() as u64;
        let push = outbox::arrange(PushId(*uuid::Uuid::now_v7().as_bytes()), portion);
        let signature = push.signature(device.device, &device.key).to_vec().into();
        self.seal(&Part::Push { push_id: push.id, push: push.records, signature })
    }

    fn photo(&mut self, store: &Store, photo: &Photo) -> Result<(), CoreError> {
        let parts = photo.size.div_ceil(PART_BYTES as u64);
        for number in 0..u32::try_from(parts).unwrap_or(u32::MAX) {
            let bytes = store.read(|c| photos::part(c, photo, u64::from(number)))?;
            // A sync has put it away meanwhile: the server has it.
            let Some(bytes) = bytes else { return Ok(()) };
            let Photo { area, photo, size, .. } = *photo;
            self.seal(&Part::Photo { area, photo, size, number, bytes: bytes.into() })?;
        }
        self.done.photos += 1;
        Ok(())
    }

    fn seal(&mut self, part: &Part) -> Result<(), CoreError> {
        let frame = self.sealer.seal(part, rand::random());
        let frame = frame.ok_or_else(|| CoreError::refused(&codes::RESCUE_KEY_MISSING))?;
        self.write(&frame)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), CoreError> {
        self.done.bytes += bytes.len() as u64;
        self.file.write_all(bytes).map_err(not_written)
    }

    /// Brings the file to the disk and gives it its name.
    fn end(self, path: &Path) -> Result<Rescued, CoreError> {
        let file = self.file.into_inner().map_err(|error| not_written(error.into_error()))?;
        file.sync_all().map_err(not_written)?;
        std::fs::rename(&self.path, path).map_err(not_written)?;
        Ok(self.done)
    }
}

/// What the system says of a file, without its name: people choose those.
fn not_written(error: io::Error) -> CoreError {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull, WriteZero};
    match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge | WriteZero => {
            CoreError::refused(&codes::FILE_FULL)
        }
        _ => CoreError::refused(&codes::FILE_FAILED),
    }
}

#[cfg(test)]
mod tests;
