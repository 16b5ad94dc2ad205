//! Photos: content-addressed parts that may come again and again in any order, put together and
//! checked when the phone says they are complete, and two derivatives without EXIF. Holding a hash
//! is no right to read: every function asks for the area's scope.

mod derive;
pub mod left_behind;
mod objects;

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use sync_protocol::codes::{self, Code};
use sync_protocol::ids::{BlobId, DeviceId, RecordId};

pub use objects::{Derivative, Objects};

use crate::auth::AreaScope;
use crate::store::{Store, StoreError, erasures, photos};

/// Bytes of a part; the last one may be shorter.
pub const PART_BYTES: u64 = 512 * 1024;

/// Photos of erased records that are looked up at once.
const ERASED_AT_ONCE: i64 = 100;

/// Bytes of the largest photo.
pub const PHOTO_BYTES: u64 = 32 * 1024 * 1024;

/// What went wrong with a photo.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// The request breaks a rule.
    #[error("the photo was refused: {}", .0.code)]
    Refused(&'static Code),
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The object store did not answer well.
    #[error("the photo folder did not answer")]
    Objects(#[from] object_store::Error),
    /// The server is going down.
    #[error("the work was cut short")]
    Cancelled(#[from] tokio::task::JoinError),
}

/// How much of a photo has arrived.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Progress {
    /// Whether it is whole and stored.
    pub stored: bool,
    /// How many parts it has.
    pub parts: u32,
    /// Those that have not arrived.
    pub missing: Vec<u32>,
}

/// One part of a photo.
#[derive(Debug, Clone)]
pub struct Part {
    /// The photo.
    pub photo: BlobId,
    /// Bytes of the whole.
    pub size: u64,
    /// Which part, from 0.
    pub number: u32,
    /// SHA-256 of the part.
    pub sha256: BlobId,
    /// The part.
    pub bytes: Vec<u8>,
}

/// The photos of one database and one object store.
#[derive(Debug, Clone)]
pub struct Photos {
    store: Store,
    objects: Objects,
}

impl Photos {
    /// Photos whose bytes lie in an object store.
    pub fn new(store: Store, objects: Objects) -> Self {
        Self { store, objects }
    }

    /// What of a photo has arrived.
    ///
    /// # Errors
    /// [`PhotoError::Refused`] when the size is not one of a photo.
    pub async fn progress(
        &self,
        scope: AreaScope,
        photo: BlobId,
        size: u64,
    ) -> Result<Progress, PhotoError> {
        let parts = part_count(size)?;
        let (known, arrived) = self.known(scope, photo).await?;
        let stored = known.is_some_and(|photo| photo.stored);
        let missing = |part: &u32| !stored && !arrived.contains(part);
        Ok(Progress { stored, parts, missing: (0..parts).filter(missing).collect() })
    }

    /// Takes a part. The same part may come any number of times.
    ///
    /// # Errors
    /// [`PhotoError::Refused`] when number, length or SHA-256 do not fit.
    pub async fn put_part(
        &self,
        scope: AreaScope,
        by: DeviceId,
        part: Part,
        now_ms: i64,
    ) -> Result<(), PhotoError> {
        let parts = part_count(part.size)?;
        if part.number >= parts || part.bytes.len() as u64 != part_length(&part) {
            return Err(PhotoError::Refused(&codes::PART_WRONG));
        }
        let digest = Sha256::digest(&part.bytes);
        if digest.as_slice() != part.sha256.as_bytes() {
            return Err(PhotoError::Refused(&codes::PART_WRONG));
        }
        let (known, _) = self.known(scope, part.photo).await?;
        match known {
            Some(known) if known.stored => return Ok(()),
            Some(known) if known.size != part.size => {
                return Err(PhotoError::Refused(&codes::PART_WRONG));
            }
            _ => {}
        }
        self.objects.put_part(scope, part.photo, part.number, part.bytes).await?;
        let (photo, size, number) = (part.photo, part.size, part.number);
        self.transaction(move |db| {
            photos::begin(db, &scope, photo, size, by, now_ms)?;
            photos::add_part(db, &scope, photo, number)
        })
        .await
    }

    /// Puts the parts together, checks the whole and stores it. Again and again if need be.
    ///
    /// # Errors
    /// [`codes::PHOTO_INCOMPLETE`] while parts are missing; [`codes::PHOTO_WRONG`] when the whole is
    /// not what its name says: its parts are put away then.
    pub async fn complete(
        &self,
        scope: AreaScope,
        photo: BlobId,
        size: u64,
        now_ms: i64,
    ) -> Result<(), PhotoError> {
        let progress = self.progress(scope, photo, size).await?;
        if progress.stored {
            return Ok(());
        }
        if !progress.missing.is_empty() {
            return Err(PhotoError::Refused(&codes::PHOTO_INCOMPLETE));
        }
        let whole = self.objects.put_together(scope, photo, progress.parts).await?;
        if whole.len() as u64 != size || Sha256::digest(&whole).as_slice() != photo.as_bytes() {
            self.transaction(move |db| photos::forget_parts(db, &scope, photo)).await?;
            return Err(PhotoError::Refused(&codes::PHOTO_WRONG));
        }
        let has_derivatives = self.store_derivatives(scope, photo, &whole).await?;
        self.objects.put_original(scope, photo, whole).await?;
        self.transaction(move |db| photos::complete(db, &scope, photo, has_derivatives, now_ms))
            .await?;
        self.objects.delete_parts(scope, photo, progress.parts).await;
        Ok(())
    }

    /// A derivative of a stored photo. With the record that names it, it is also found in an area
    /// that the record came from.
    ///
    /// # Errors
    /// [`codes::NOT_FOUND`] when there is none.
    pub async fn derivative(
        &self,
        scope: AreaScope,
        photo: BlobId,
        which: Derivative,
        named_by: Option<RecordId>,
    ) -> Result<Vec<u8>, PhotoError> {
        let store = self.store.clone();
        let look = move || store.read(|db| left_behind::keeper(db, &scope, photo, named_by));
        match tokio::task::spawn_blocking(look).await?? {
            Some(keeper) => Ok(self.objects.get_derivative(keeper, photo, which).await?),
            None => Err(PhotoError::Refused(&codes::NOT_FOUND)),
        }
    }

    /// Makes and stores the derivatives; a photo that cannot be decoded within bounds has none, and
    /// its original is kept all the same.
    async fn store_derivatives(
        &self,
        scope: AreaScope,
        photo: BlobId,
        whole: &[u8],
    ) -> Result<bool, PhotoError> {
        let bytes = whole.to_vec();
        let Ok(made) = tokio::task::spawn_blocking(move || derive::derive(&bytes)).await? else {
            return Ok(false);
        };
        self.objects.put_derivative(scope, photo, Derivative::Thumbnail, made.thumbnail).await?;
        self.objects.put_derivative(scope, photo, Derivative::Web, made.web).await?;
        Ok(true)
    }

    /// Deletes the bytes of photos whose records were erased; answers how many photos those were.
    ///
    /// # Errors
    /// Those of the object store or the database; the rest is deleted the next time.
    pub async fn delete_erased(&self) -> Result<usize, PhotoError> {
        let mut deleted = 0;
        loop {
            let store = self.store.clone();
            let look = move || store.read(|db| erasures::photos_to_delete(db, ERASED_AT_ONCE));
            let erased = tokio::task::spawn_blocking(look).await??;
            if erased.is_empty() {
                return Ok(deleted);
            }
            for (area, photo) in erased {
                self.objects.delete(area, photo).await?;
                self.transaction(move |db| erasures::photo_is_deleted(db, area, photo)).await?;
                deleted += 1;
            }
        }
    }

    async fn known(
        &self,
        scope: AreaScope,
        photo: BlobId,
    ) -> Result<(Option<photos::Photo>, BTreeSet<u32>), PhotoError> {
        let store = self.store.clone();
        let read = move || {
            store.read(|db| {
                Ok((photos::find(db, &scope, photo)?, photos::parts(db, &scope, photo)?))
            })
        };
        Ok(tokio::task::spawn_blocking(read).await??)
    }

    async fn transaction(
        &self,
        work: impl FnOnce(&mut crate::store::Db) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), PhotoError> {
        let store = self.store.clone();
        Ok(tokio::task::spawn_blocking(move || store.transaction(work)).await??)
    }
}

/// A person's portrait from a JPEG or PNG: small, upright, without EXIF.
///
/// # Errors
/// What the picture's decoder says.
pub fn portrait(bytes: &[u8]) -> Result<Vec<u8>, image::ImageError> {
    derive::portrait(bytes)
}

fn part_count(size: u64) -> Result<u32, PhotoError> {
    if size == 0 || size > PHOTO_BYTES {
        return Err(PhotoError::Refused(&codes::WRONG_INPUT));
    }
    u32::try_from(size.div_ceil(PART_BYTES)).map_err(|_| PhotoError::Refused(&codes::WRONG_INPUT))
}

fn part_length(part: &Part) -> u64 {
    let before = u64::from(part.number) * PART_BYTES;
    part.size.saturating_sub(before).min(PART_BYTES)
}
