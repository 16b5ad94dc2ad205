//! Where the bytes of photos lie in the object store: `<area>/<sha256>/…`.

use std::path::Path as Folder;
use std::sync::Arc;

use futures_util::StreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use sync_protocol::ids::{AreaId, BlobId};

use crate::auth::AreaScope;

/// A smaller copy of a photo, without EXIF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Derivative {
    /// At most 320 pixels a side.
    Thumbnail,
    /// At most 1,600 pixels a side.
    Web,
}

impl Derivative {
    fn file(self) -> &'static str {
        match self {
            Self::Thumbnail => "thumbnail.jpg",
            Self::Web => "web.jpg",
        }
    }
}

/// The object store.
#[derive(Debug, Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
}

impl Objects {
    /// Objects as files in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn in_folder(folder: &Folder) -> Result<Self, object_store::Error> {
        std::fs::create_dir_all(folder).map_err(|error| object_store::Error::Generic {
            store: "folder",
            source: Box::new(error),
        })?;
        Ok(Self { store: Arc::new(LocalFileSystem::new_with_prefix(folder)?) })
    }

    /// Stores a part.
    pub(super) async fn put_part(
        &self,
        scope: AreaScope,
        photo: BlobId,
        part: u32,
        bytes: Vec<u8>,
    ) -> Result<(), object_store::Error> {
        self.put(path(scope, photo, &format!("part-{part}")), bytes).await
    }

    /// The parts, one after another.
    pub(super) async fn put_together(
        &self,
        scope: AreaScope,
        photo: BlobId,
        parts: u32,
    ) -> Result<Vec<u8>, object_store::Error> {
        let mut whole = Vec::new();
        for part in 0..parts {
            let read = self.store.get(&path(scope, photo, &format!("part-{part}"))).await?;
            whole.extend_from_slice(&read.bytes().await?);
        }
        Ok(whole)
    }

    /// Deletes everything of a photo.
    ///
    /// # Errors
    /// Those of the store; what is gone until then stays so.
    pub(super) async fn delete(
        &self,
        area: AreaId,
        photo: BlobId,
    ) -> Result<(), object_store::Error> {
        let folder = Path::from(format!("{area}/{photo}"));
        let mut listed = self.store.list(Some(&folder));
        while let Some(object) = listed.next().await {
            self.store.delete(&object?.location).await?;
        }
        Ok(())
    }

    /// Puts the parts away. One that stays behind costs room, nothing else.
    pub(super) async fn delete_parts(&self, scope: AreaScope, photo: BlobId, parts: u32) {
        for part in 0..parts {
            if let Err(error) =
                self.store.delete(&path(scope, photo, &format!("part-{part}"))).await
            {
                tracing::warn!(%photo, part, %error, "a part of a stored photo stays behind");
            }
        }
    }

    /// Stores the whole.
    pub(super) async fn put_original(
        &self,
        scope: AreaScope,
        photo: BlobId,
        bytes: Vec<u8>,
    ) -> Result<(), object_store::Error> {
        self.put(path(scope, photo, "original"), bytes).await
    }

    /// Stores a derivative.
    pub(super) async fn put_derivative(
        &self,
        scope: AreaScope,
        photo: BlobId,
        which: Derivative,
        bytes: Vec<u8>,
    ) -> Result<(), object_store::Error> {
        self.put(path(scope, photo, which.file()), bytes).await
    }

    /// Reads a derivative.
    pub(super) async fn get_derivative(
        &self,
        scope: AreaScope,
        photo: BlobId,
        which: Derivative,
    ) -> Result<Vec<u8>, object_store::Error> {
        let read = self.store.get(&path(scope, photo, which.file())).await?;
        Ok(read.bytes().await?.to_vec())
    }

    async fn put(&self, path: Path, bytes: Vec<u8>) -> Result<(), object_store::Error> {
        self.store.put(&path, PutPayload::from(bytes)).await.map(|_| ())
    }
}

fn path(scope: AreaScope, photo: BlobId, file: &str) -> Path {
    Path::from(format!("{}/{photo}/{file}", scope.area()))
}
