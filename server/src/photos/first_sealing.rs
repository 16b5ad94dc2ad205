//! Photos that were stored before photos were sealed: each is sealed once, while servers run, at a
//! server's start or when it is asked for first. Its bytes are copied under its key, then one
//! transaction says so and marks the open ones for deletion. Cut short anywhere, it is begun again with
//! the same key; several servers may be at it.

use sha2::{Digest, Sha256};
use sync_protocol::ids::BlobId;

use super::file::{Derivative, File};
use super::kept::Kept;
use super::{AT_ONCE, PhotoError, Photos, part_count};
use crate::auth::AreaScope;
use crate::store::photo_keys::{self, Folder};
use crate::store::photos::{self, Photo};

/// What became of the photos of before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FirstSealed {
    /// How many were sealed.
    pub photos: usize,
    /// How many are not what they were stored as, and lie where they lay.
    pub damaged: usize,
}

impl Photos {
    /// Seals every photo of before; `progress` hears how many are done.
    ///
    /// # Errors
    /// Those of the database at once; the last of those that were about one photo, when all others are
    /// done. What was done until then is not done again.
    pub async fn seal_all(
        &self,
        mut progress: impl FnMut(usize),
    ) -> Result<FirstSealed, PhotoError> {
        let (mut done, mut last, mut failed) = (FirstSealed::default(), None, None);
        loop {
            let page = self.read(move |db| photo_keys::unsealed(db, last, AT_ONCE)).await?;
            let Some(end) = page.last() else { return failed.map_or(Ok(done), Err) };
            last = Some(*end);
            for unsealed in page {
                let area = unsealed.area();
                match self.kept(AreaScope::unsealed(&unsealed), unsealed.photo()).await {
                    Ok(_) => done.photos += 1,
                    Err(PhotoError::Damaged(photo)) => {
                        tracing::warn!(%area, %photo, "a photo of before is damaged: not sealed");
                        done.damaged += 1;
                    }
                    Err(error) if is_of_one(&error) => {
                        let photo = unsealed.photo();
                        tracing::warn!(%area, %photo, %error, "a photo of before is not sealed yet");
                        failed = Some(error);
                    }
                    Err(error) => return Err(error),
                }
                progress(done.photos + done.damaged);
            }
        }
    }

    /// Seals a photo that lies in the open. Answers false when it was erased meanwhile.
    pub(super) async fn seal_first(
        &self,
        scope: AreaScope,
        kept: &Kept,
    ) -> Result<bool, PhotoError> {
        let photo = kept.photo;
        let (Some(known), _) = self.known(scope, photo).await? else { return Ok(false) };
        let is_whole = match self.copy_sealed(scope, known, kept).await {
            Err(PhotoError::Damaged(_)) if self.is_sealed(scope, photo).await? => return Ok(true),
            copied => copied?,
        };
        let folder = kept.folder.clone();
        let noted = self.transaction(move |db| {
            if !photo_keys::hold(db, &scope, photo, &folder)? {
                return Ok(false);
            }
            if photo_keys::note_sealed(db, &scope, photo)? && !is_whole {
                photos::forget_parts(db, &scope, photo)?;
            }
            Ok(true)
        });
        let noted = noted.await?;
        let before = Folder::of_before(photo);
        if let Err(error) = self.delete_folder(scope.area(), before).await {
            tracing::warn!(%photo, %error, "a photo was sealed; its open copy is not deleted yet");
        }
        Ok(noted)
    }

    /// Copies what lies in the open under the photo's key. Answers false when a part is not there: the
    /// phone sends all of them again then.
    async fn copy_sealed(
        &self,
        scope: AreaScope,
        known: Photo,
        kept: &Kept,
    ) -> Result<bool, PhotoError> {
        if known.stored {
            let original = self.open_file(scope, kept.photo, File::Original).await?;
            let original = original.filter(|bytes| is_named(bytes, kept.photo));
            kept.put(File::Original, &original.ok_or(PhotoError::Damaged(kept.photo))?).await?;
            for copy in Derivative::ALL.into_iter().filter(|_| known.has_derivatives) {
                let bytes = self.open_file(scope, kept.photo, File::Copy(copy)).await?;
                kept.put(File::Copy(copy), &bytes.ok_or(PhotoError::Damaged(kept.photo))?).await?;
            }
            return Ok(true);
        }
        let (_, arrived) = self.known(scope, kept.photo).await?;
        let parts = part_count(known.size)?;
        for number in arrived.into_iter().filter(|number| *number < parts) {
            match self.open_file(scope, kept.photo, File::Part(number)).await? {
                Some(bytes) => kept.put_part(known.size, number, &bytes).await?,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// A file as it was before anything was sealed.
    async fn open_file(
        &self,
        scope: AreaScope,
        photo: BlobId,
        file: File,
    ) -> Result<Option<Vec<u8>>, PhotoError> {
        let folder = Folder::of_before(photo);
        Ok(self.objects.get((scope.area(), &folder), &file.name_before()).await?)
    }

    async fn is_sealed(&self, scope: AreaScope, photo: BlobId) -> Result<bool, PhotoError> {
        let key = self.read(move |db| photo_keys::find(db, &scope, photo)).await?;
        Ok(key.is_some_and(|key| key.is_sealed))
    }
}

/// Whether it is about one photo's file or key, and others may be sealed.
fn is_of_one(error: &PhotoError) -> bool {
    match error {
        PhotoError::Objects(_) => true,
        PhotoError::Store(error) => error.is_of_one(),
        _ => false,
    }
}

/// Whether a photo is what its name says.
pub(super) fn is_named(bytes: &[u8], photo: BlobId) -> bool {
    Sha256::digest(bytes).as_slice() == photo.as_bytes()
}
