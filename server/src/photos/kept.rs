//! One photo in the object store, with its key: its files are written sealed and read back verified.

use sync_protocol::ids::{AreaId, BlobId};

use super::file::File;
use super::objects::Objects;
use super::sealing::Seal;
use super::{PhotoError, part_count};
use crate::store::photo_keys::{Folder, PhotoKey};

/// One photo in the object store.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    objects: Objects,
    seal: Seal,
    area: AreaId,
    pub(super) photo: BlobId,
    pub(super) folder: Folder,
}

impl Kept {
    /// The photo of a key.
    pub(super) fn new(objects: Objects, area: AreaId, photo: BlobId, key: PhotoKey) -> Self {
        let seal = Seal::new(area, photo, key.key);
        Self { objects, seal, area, photo, folder: key.folder }
    }

    /// Stores a part of a photo of these many bytes.
    pub(super) async fn put_part(
        &self,
        size: u64,
        number: u32,
        bytes: &[u8],
    ) -> Result<(), PhotoError> {
        let file = File::Part(number);
        let piece = self.seal.seal_piece(file.what(), part_place(size, number)?, bytes);
        Ok(self.objects.put((self.area, &self.folder), &file.name(), piece).await?)
    }

    /// A part; nothing when it is not there or does not open.
    pub(super) async fn part(&self, size: u64, number: u32) -> Result<Option<Vec<u8>>, PhotoError> {
        let file = File::Part(number);
        let read = self.objects.get((self.area, &self.folder), &file.name()).await?;
        let place = part_place(size, number)?;
        Ok(read.and_then(|sealed| self.seal.open_piece(file.what(), place, &sealed).ok()))
    }

    /// Stores a file.
    pub(super) async fn put(&self, file: File, bytes: &[u8]) -> Result<(), PhotoError> {
        let pieces = self.seal.seal(file.what(), bytes);
        Ok(self.objects.put_pieces((self.area, &self.folder), &file.name(), pieces).await?)
    }

    /// A file.
    ///
    /// # Errors
    /// [`PhotoError::Damaged`] when it is not there or not what was stored.
    pub(super) async fn get(&self, file: File) -> Result<Vec<u8>, PhotoError> {
        let read = self.objects.get((self.area, &self.folder), &file.name()).await?;
        let opened = read.and_then(|sealed| self.seal.open(file.what(), &sealed).ok());
        opened.ok_or(PhotoError::Damaged(self.photo))
    }

    /// Puts the parts away. One that stays behind costs room, nothing else.
    pub(super) async fn delete_parts(&self, parts: u32) {
        for number in 0..parts {
            let name = File::Part(number).name();
            if let Err(error) = self.objects.delete_file((self.area, &self.folder), &name).await {
                let photo = self.photo;
                tracing::warn!(%photo, number, %error, "a part of a stored photo stays behind");
            }
        }
    }
}

fn part_place(size: u64, number: u32) -> Result<(u32, bool), PhotoError> {
    Ok((number, number + 1 == part_count(size)?))
}
