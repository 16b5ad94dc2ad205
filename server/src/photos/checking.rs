//! Whether the object store has every photo that the database says is stored, as it was stored: for
//! operators, after a restore or a fault of the disk.

use sync_protocol::ids::{AreaId, BlobId};

use super::file::{Derivative, File};
use super::first_sealing::is_named;
use super::{AT_ONCE, PhotoError, Photos};
use crate::auth::{AreaScope, Operator};
use crate::store::photos::{self, Photo};

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many photos were looked at.
    pub photos: usize,
    /// Those that are not what they were stored as, or not there.
    pub damaged: Vec<(AreaId, BlobId)>,
}

impl Photos {
    /// Reads every stored photo with its copies; `progress` hears how many are done.
    ///
    /// # Errors
    /// Those of the object store or the database.
    pub async fn check(
        &self,
        by: Operator,
        mut progress: impl FnMut(usize),
    ) -> Result<Checked, PhotoError> {
        let (mut checked, mut last) = (Checked::default(), None);
        loop {
            let page = self.read(move |db| photos::stored_after(db, by, last, AT_ONCE)).await?;
            let Some((area, photo, _)) = page.last() else { return Ok(checked) };
            last = Some((*area, *photo));
            for (area, photo, known) in page {
                match self.is_as_stored(by.area(area), photo, known).await {
                    Ok(true) => {}
                    Ok(false) | Err(PhotoError::Damaged(_)) => checked.damaged.push((area, photo)),
                    Err(error) => return Err(error),
                }
                checked.photos += 1;
                progress(checked.photos);
            }
        }
    }

    async fn is_as_stored(
        &self,
        scope: AreaScope,
        photo: BlobId,
        known: Photo,
    ) -> Result<bool, PhotoError> {
        // One that was erased meanwhile is as it should be.
        let Some(kept) = self.kept(scope, photo).await? else { return Ok(true) };
        let original = kept.get(File::Original).await?;
        for copy in Derivative::ALL.into_iter().filter(|_| known.has_derivatives) {
            kept.get(File::Copy(copy)).await?;
        }
        Ok(original.len() as u64 == known.size && is_named(&original, photo))
    }
}
