//! Deleting folders that nobody reads any more: of photos whose records were erased, whose keys are
//! destroyed already, and of photos as they were before they were sealed.

use sync_protocol::ids::AreaId;

use super::{AT_ONCE, PhotoError, Photos};
use crate::store::discarded_photos;
use crate::store::photo_keys::Folder;

impl Photos {
    /// Deletes every such folder; answers how many those were. One that cannot be deleted keeps none of
    /// the others.
    ///
    /// # Errors
    /// The last one of the object store, or that of the database; what is left is deleted the next time.
    pub async fn delete_erased(&self) -> Result<usize, PhotoError> {
        let (mut deleted, mut last, mut failed) = (0, None, None);
        loop {
            let after = last.take();
            let page = self.read(move |db| discarded_photos::after(db, after.as_ref(), AT_ONCE));
            let page = page.await?;
            let Some(end) = page.last() else { break };
            last = Some(end.clone());
            for (area, folder) in page {
                match self.delete_folder(area, folder).await {
                    Ok(()) => deleted += 1,
                    Err(PhotoError::Objects(error)) => failed = Some(error),
                    Err(error) => return Err(error),
                }
            }
        }
        failed.map_or(Ok(deleted), |error| Err(error.into()))
    }

    /// Deletes a folder, and what is noted of it.
    pub(super) async fn delete_folder(
        &self,
        area: AreaId,
        folder: Folder,
    ) -> Result<(), PhotoError> {
        self.objects.delete(area, &folder).await?;
        self.transaction(move |db| discarded_photos::forget(db, area, &folder)).await
    }
}
