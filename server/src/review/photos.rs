//! A report's photos as staff see them: those that arrived as pictures, the others as on their way.

use std::collections::BTreeMap;

use sync_protocol::document::{Effective, EffectiveField};
use sync_protocol::ids::{BlobId, RecordId};

use super::writers::{Writer, Writers};
use crate::auth::AreaScope;
use crate::photos::left_behind;
use crate::store::{Db, StoreError, photos};

/// One photo.
#[derive(Debug, serde::Serialize)]
pub struct PhotoView {
    /// Its SHA-256.
    pub sha256: BlobId,
    /// What it shows.
    pub caption: Option<String>,
    /// Whether it is whole and stored; else it is on its way from its author.
    pub stored: bool,
    /// Who took it.
    pub author: Option<Writer>,
    /// When it was noted, by the phone's clock, in milliseconds since 1970 UTC.
    pub written_at: Option<i64>,
    /// Address of the thumbnail.
    pub thumbnail: Option<String>,
    /// Address of a large copy.
    pub original: Option<String>,
}

/// The photos that a report names.
pub(super) fn photos(
    db: &mut Db,
    scope: AreaScope,
    record: RecordId,
    effective: &Effective,
    writers: &Writers,
) -> Result<Vec<PhotoView>, StoreError> {
    let named = named(effective);
    let mut ids: Vec<BlobId> = named.keys().copied().collect();
    let mut arrived = photos::find_many(db, &scope, &ids)?;
    ids.retain(|id| !arrived.get(id).is_some_and(|photo| photo.stored));
    let elsewhere = left_behind::look(db, &scope, record, &ids)?;
    arrived.extend(elsewhere.iter().map(|(id, (_, photo))| (*id, *photo)));
    let view = |(id, field): (BlobId, &EffectiveField)| {
        let photo = arrived.get(&id);
        let shown = photo.is_some_and(|photo| photo.has_derivatives);
        let through =
            if elsewhere.contains_key(&id) { format!("?record={record}") } else { String::new() };
        let url =
            |file: &str| shown.then(|| format!("/v1/photos/{}/{id}/{file}{through}", scope.area()));
        let caption = effective.text(&format!("photo.{id}.caption")).map(str::to_owned);
        PhotoView {
            sha256: id,
            caption,
            stored: photo.is_some_and(|photo| photo.stored),
            author: field.stamp.as_ref().and_then(|stamp| writers.stamp(stamp)),
            written_at: field.stamp.map(|stamp| stamp.time.saturating_mul(1000)),
            thumbnail: url("thumbnail"),
            original: url("web"),
        }
    };
    Ok(named.into_iter().map(view).collect())
}

/// Each photo that a key names, with one of the fields that say so.
fn named(effective: &Effective) -> BTreeMap<BlobId, &EffectiveField> {
    let photo = |key: &str| key.strip_prefix("photo.")?.split('.').next()?.parse().ok();
    effective.fields.iter().filter_map(|(key, field)| Some((photo(key)?, field))).collect()
}
