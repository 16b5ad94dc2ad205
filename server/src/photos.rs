//! Photos: content-addressed parts that may come again and again in any order, put together and
//! checked when the phone says they are complete, and two derivatives without EXIF. Holding a hash
//! is no right to read: every function asks for the area's scope. The object store holds them sealed,
//! each under a key of its own, in a folder of a random name.

mod checking;
mod decoding;
mod deleting;
mod derive;
mod file;
mod first_sealing;
mod kept;
pub mod left_behind;
mod objects;
mod sealing;

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use sync_protocol::codes::{self, Code};
use sync_protocol::ids::{BlobId, DeviceId, RecordId};

pub use checking::Checked;
pub use file::Derivative;
pub use first_sealing::FirstSealed;
pub use objects::Objects;
pub use sealing::Seal;

use self::decoding::{Decoder, Turn};
use self::file::File;
use self::kept::Kept;
use crate::auth::AreaScope;
use crate::store::{Db, Store, StoreError, photo_keys, photos};
use crate::work;

/// Bytes of a part; the last one may be shorter.
pub const PART_BYTES: u64 = 512 * 1024;

/// Photos that are looked up at once where all are gone through.
const AT_ONCE: i64 = 100;

/// Bytes of the largest photo.
pub const PHOTO_BYTES: u64 = 32 * 1024 * 1024;

/// What went wrong with a photo.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// The request breaks a rule.
    #[error("the photo was refused: {}", .0.code)]
    Refused(&'static Code),
    /// What is stored of it was altered, cut or swapped, or is not there.
    #[error("photo {0} is not what was stored: its files were altered or are not there")]
    Damaged(BlobId),
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
    decoder: Decoder,
}

impl Photos {
    /// Photos whose bytes lie in an object store.
    pub fn new(store: Store, objects: Objects) -> Self {
        Self { store, objects, decoder: Decoder::new() }
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
        let (photo, size, number) = (part.photo, part.size, part.number);
        // Its key is there before its first byte.
        let begin = move |db: &mut Db| {
            photos::begin(db, &scope, photo, size, by, now_ms)?;
            photo_keys::make(db, &scope, photo).map(|_| ())
        };
        let kept = match self.kept(scope, photo).await? {
            Some(kept) => kept,
            None => {
                self.transaction(begin).await?;
                self.kept(scope, photo).await?.ok_or(PhotoError::Refused(&codes::BUSY))?
            }
        };
        kept.put_part(size, number, &part.bytes).await?;
        self.commit(scope, &kept, move |db| photos::add_part(db, &scope, photo, number)).await
    }

    /// Puts the parts together, checks the whole and stores it. Again and again if need be.
    ///
    /// # Errors
    /// [`codes::PHOTO_INCOMPLETE`] while parts are missing; [`codes::PHOTO_WRONG`] when the whole is
    /// not what its name says, or a part was altered in the object store: its parts are put away then.
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
        let kept = self.kept(scope, photo).await?.ok_or(PhotoError::Refused(&codes::BUSY))?;
        // Before it is in memory: those that wait for their turn take none.
        let turn = self.decoder.turn().await;
        let Some(whole) = put_together(&kept, size).await? else {
            // Whoever completed it meanwhile put the parts away.
            if self.progress(scope, photo, size).await?.stored {
                return Ok(());
            }
            self.transaction(move |db| photos::forget_parts(db, &scope, photo)).await?;
            return Err(PhotoError::Refused(&codes::PHOTO_WRONG));
        };
        let (whole, has_derivatives) = store_derivatives(&kept, whole, turn).await?;
        kept.put(File::Original, &whole).await?;
        let complete =
            move |db: &mut Db| photos::complete(db, &scope, photo, has_derivatives, now_ms);
        self.commit(scope, &kept, complete).await?;
        kept.delete_parts(progress.parts).await;
        Ok(())
    }

    /// A derivative of a stored photo. With the record that names it, it is also found in an area
    /// that the record came from.
    ///
    /// # Errors
    /// [`codes::NOT_FOUND`] when there is none, [`PhotoError::Damaged`] when it is not what was stored.
    pub async fn derivative(
        &self,
        scope: AreaScope,
        photo: BlobId,
        which: Derivative,
        named_by: Option<RecordId>,
    ) -> Result<Vec<u8>, PhotoError> {
        let none = PhotoError::Refused(&codes::NOT_FOUND);
        let keeper = self.read(move |db| left_behind::keeper(db, &scope, photo, named_by)).await?;
        let Some(keeper) = keeper else { return Err(none) };
        let Some(kept) = self.kept(keeper, photo).await? else { return Err(none) };
        kept.get(File::Copy(which)).await
    }

    /// A photo that was begun, with its key; one of before is sealed first.
    async fn kept(&self, scope: AreaScope, photo: BlobId) -> Result<Option<Kept>, PhotoError> {
        let found = self.read(move |db| photo_keys::find(db, &scope, photo)).await?;
        let key = match found {
            Some(key) => Some(key),
            None => self.transaction(move |db| photo_keys::make(db, &scope, photo)).await?,
        };
        let Some(key) = key else { return Ok(None) };
        let is_sealed = key.is_sealed;
        let kept = Kept::new(self.objects.clone(), scope.area(), photo, key);
        let is_there = is_sealed || self.seal_first(scope, &kept).await?;
        Ok(is_there.then_some(kept))
    }

    /// Notes what was written of a photo, unless it was erased meanwhile: then what was written is
    /// marked for deletion, and it begins anew.
    async fn commit(
        &self,
        scope: AreaScope,
        kept: &Kept,
        work: impl FnOnce(&mut Db) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), PhotoError> {
        let (photo, folder) = (kept.photo, kept.folder.clone());
        let noted = self.transaction(move |db| {
            let is_there = photo_keys::hold(db, &scope, photo, &folder)?;
            if is_there {
                work(db)?;
            }
            Ok(is_there)
        });
        if noted.await? { Ok(()) } else { Err(PhotoError::Refused(&codes::BUSY)) }
    }

    async fn known(
        &self,
        scope: AreaScope,
        photo: BlobId,
    ) -> Result<(Option<photos::Photo>, BTreeSet<u32>), PhotoError> {
        // The parts first: whoever stores the photo meanwhile forgets them with it.
        let find = move |db: &mut Db| {
            let arrived = photos::parts(db, &scope, photo)?;
            Ok((photos::find(db, &scope, photo)?, arrived))
        };
        self.read(find).await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, PhotoError> {
        let store = self.store.clone();
        Ok(work::block(move || store.read(work)).await??)
    }

    async fn transaction<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, PhotoError> {
        let store = self.store.clone();
        Ok(work::block(move || store.transaction(work)).await??)
    }
}

/// The whole photo of its parts; nothing when a part is damaged or the whole is not what its name says.
async fn put_together(kept: &Kept, size: u64) -> Result<Option<Vec<u8>>, PhotoError> {
    let mut whole = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    let mut digest = Sha256::new();
    for number in 0..part_count(size)? {
        let Some(part) = kept.part(size, number).await? else { return Ok(None) };
        digest.update(&part);
        whole.extend_from_slice(&part);
    }
    let is_named = digest.finalize().as_slice() == kept.photo.as_bytes();
    Ok((is_named && whole.len() as u64 == size).then_some(whole))
}

/// Makes and stores the derivatives; a photo that cannot be decoded within bounds has none, and its
/// original is kept all the same. Gives the photo back, so that it is in memory once.
async fn store_derivatives(
    kept: &Kept,
    whole: Vec<u8>,
    turn: Turn,
) -> Result<(Vec<u8>, bool), PhotoError> {
    let derive = move || {
        let made = derive::derive(&whole);
        (whole, made)
    };
    let (whole, made) = turn.decode(derive).await?;
    let Ok(made) = made else { return Ok((whole, false)) };
    kept.put(File::Copy(Derivative::Thumbnail), &made.thumbnail).await?;
    kept.put(File::Copy(Derivative::Web), &made.web).await?;
    Ok((whole, true))
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
