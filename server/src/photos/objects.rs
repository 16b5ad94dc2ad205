//! The object store in which the bytes of photos lie, as files `<area>/<folder>/<file>`. It knows
//! nothing of keys: what it is given is sealed.

use std::io::ErrorKind;
use std::path::{Path as OnDisk, PathBuf};
use std::sync::Arc;

use futures_util::StreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use sync_protocol::ids::AreaId;

use crate::store::photo_keys::Folder;
use crate::work;

/// Chunks of a file that are on their way to the object store at once.
const CHUNKS_AT_ONCE: usize = 2;

/// The object store.
#[derive(Debug, Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    on_disk: PathBuf,
}

impl Objects {
    /// Objects as files in a folder, which is made if it is not there. What was written is on the disk
    /// when its writing is over.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn in_folder(folder: &OnDisk) -> Result<Self, Error> {
        std::fs::create_dir_all(folder).map_err(of_disk)?;
        let files = LocalFileSystem::new_with_prefix(folder)?;
        // A folder that stayed behind empty would go on naming a photo of before.
        let store = Arc::new(files.with_automatic_cleanup(true).with_fsync(true));
        Ok(Self { store, on_disk: folder.to_owned() })
    }

    /// Stores a file, all of it or nothing.
    pub(super) async fn put(
        &self,
        (area, folder): (AreaId, &Folder),
        file: &str,
        bytes: Vec<u8>,
    ) -> Result<(), Error> {
        self.store.put(&path(area, folder, file), PutPayload::from(bytes)).await.map(|_| ())
    }

    /// Stores a file of these pieces, all of it or nothing; only few of them are in memory at once.
    pub(super) async fn put_pieces(
        &self,
        (area, folder): (AreaId, &Folder),
        file: &str,
        pieces: impl Iterator<Item = Vec<u8>>,
    ) -> Result<(), Error> {
        let upload = self.store.put_multipart(&path(area, folder, file)).await?;
        let mut writer = WriteMultipart::new(upload);
        for piece in pieces {
            writer.wait_for_capacity(CHUNKS_AT_ONCE).await?;
            writer.put(piece.into());
        }
        writer.finish().await.map(|_| ())
    }

    /// Reads a file; nothing when it is not there.
    pub(super) async fn get(
        &self,
        (area, folder): (AreaId, &Folder),
        file: &str,
    ) -> Result<Option<Vec<u8>>, Error> {
        match self.store.get(&path(area, folder, file)).await {
            Ok(read) => Ok(Some(read.bytes().await?.into())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes a file.
    pub(super) async fn delete_file(
        &self,
        (area, folder): (AreaId, &Folder),
        file: &str,
    ) -> Result<(), Error> {
        self.store.delete(&path(area, folder, file)).await
    }

    /// Deletes a folder with everything in it; one that is not there is as good as deleted.
    ///
    /// # Errors
    /// Those of the store; what is gone until then stays so.
    pub(super) async fn delete(&self, area: AreaId, folder: &Folder) -> Result<(), Error> {
        let mut listed = self.store.list(Some(&Path::from(format!("{area}/{folder}"))));
        while let Some(object) = listed.next().await {
            match self.store.delete(&object?.location).await {
                // Another server deletes it, too.
                Ok(()) | Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        // Files that were being written when a server was killed are in no list.
        let left = self.on_disk.join(area.to_string()).join(folder.as_str());
        match work::block(move || std::fs::remove_dir_all(left)).await? {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(of_disk(error)),
            _ => Ok(()),
        }
    }
}

fn of_disk(error: std::io::Error) -> Error {
    Error::Generic { store: "folder", source: Box::new(error) }
}

fn path(area: AreaId, folder: &Folder, file: &str) -> Path {
    Path::from(format!("{area}/{folder}/{file}"))
}
