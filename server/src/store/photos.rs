//! Tables `photos` and `photo_parts`: what has arrived of each photo. The bytes are in the object
//! store, under keys of `photo_keys`.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use sync_protocol::ids::{AreaId, BlobId, DeviceId};

use super::rows::{area, area_key, device, device_key, moment};
use super::{Db, StoreError};
use crate::auth::{AreaScope, Operator};
use crate::schema::{photo_parts, photos};

/// A photo that is being sent or is whole.
#[derive(Debug, Clone, Copy)]
pub struct Photo {
    /// Bytes of the whole.
    pub size: u64,
    /// The device that sends it.
    pub device: DeviceId,
    /// Whether it is whole, checked and stored.
    pub stored: bool,
    /// Whether a thumbnail and a web size could be made.
    pub has_derivatives: bool,
}

/// A photo, once a part of it has arrived.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, scope: &AreaScope, id: BlobId) -> Result<Option<Photo>, StoreError> {
    Ok(find_many(db, scope, &[id])?.remove(&id))
}

/// Those of these photos of which a part has arrived.
///
/// # Errors
/// Those of the database.
pub fn find_many(
    db: &mut Db,
    scope: &AreaScope,
    ids: &[BlobId],
) -> Result<HashMap<BlobId, Photo>, StoreError> {
    let keys: Vec<&[u8]> = ids.iter().map(BlobId::as_bytes).collect();
    let rows: Vec<(Vec<u8>, i64, i64, bool, bool)> = photos::table
        .filter(photos::area_id.eq(area_key(scope.area())))
        .filter(photos::photo.eq_any(keys))
        .select((
            photos::photo,
            photos::size,
            photos::device_id,
            photos::stored_at.is_not_null(),
            photos::has_derivatives,
        ))
        .load(db.sql())?;
    rows.into_iter()
        .map(|(id, size, whose, stored, has_derivatives)| {
            let (size, device) = (size.cast_unsigned(), device(whose));
            Ok((name(&id)?, Photo { size, device, stored, has_derivatives }))
        })
        .collect()
}

/// Stored photos after one, in order, at most so many.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn stored_after(
    db: &mut Db,
    by: Operator,
    last: Option<(AreaId, BlobId)>,
    most: i64,
) -> Result<Vec<(AreaId, BlobId, Photo)>, StoreError> {
    let (of, photo) = last.unwrap_or((AreaId(0), BlobId([0; 32])));
    let of = area_key(of);
    let after = photos::area_id.eq(of).and(photos::photo.gt(photo.as_bytes()));
    let rows: Vec<(i64, Vec<u8>)> = photos::table
        .filter(photos::stored_at.is_not_null())
        .filter(photos::area_id.gt(of).or(after))
        .order((photos::area_id, photos::photo))
        .limit(most)
        .select((photos::area_id, photos::photo))
        .load(db.sql())?;
    let mut found = Vec::with_capacity(rows.len());
    for (of, photo) in rows {
        let photo = name(&photo)?;
        let known = find(db, &by.area(area(of)), photo)?;
        found.extend(known.map(|known| (area(of), photo, known)));
    }
    Ok(found)
}

/// How many photos are stored.
///
/// # Errors
/// Those of the database.
pub fn count(db: &mut Db) -> Result<i64, StoreError> {
    let stored = photos::table.filter(photos::stored_at.is_not_null());
    Ok(stored.count().get_result(db.sql())?)
}

fn name(photo: &[u8]) -> Result<BlobId, StoreError> {
    photo.try_into().map_err(|_| StoreError::Corrupt("a photo's SHA-256"))
}

/// Begins a photo; one that was begun stays as it is.
///
/// # Errors
/// Those of the database.
pub fn begin(
    db: &mut Db,
    scope: &AreaScope,
    id: BlobId,
    size: u64,
    by: DeviceId,
    now_ms: i64,
) -> Result<(), StoreError> {
    diesel::insert_into(photos::table)
        .values((
            photos::area_id.eq(area_key(scope.area())),
            photos::photo.eq(id.as_bytes()),
            photos::size.eq(size.cast_signed()),
            photos::device_id.eq(device_key(by)),
            photos::begun_at.eq(moment(now_ms)),
            photos::sealed.eq(true),
        ))
        .on_conflict_do_nothing()
        .execute(db.sql())?;
    Ok(())
}

/// Notes a part that has arrived; again and again if need be.
///
/// # Errors
/// Those of the database.
pub fn add_part(db: &mut Db, scope: &AreaScope, id: BlobId, part: u32) -> Result<(), StoreError> {
    diesel::insert_into(photo_parts::table)
        .values((
            photo_parts::area_id.eq(area_key(scope.area())),
            photo_parts::photo.eq(id.as_bytes()),
            photo_parts::part.eq(part.cast_signed()),
        ))
        .on_conflict_do_nothing()
        .execute(db.sql())?;
    Ok(())
}

/// The parts that have arrived.
///
/// # Errors
/// Those of the database.
pub fn parts(db: &mut Db, scope: &AreaScope, id: BlobId) -> Result<BTreeSet<u32>, StoreError> {
    let rows: Vec<i32> = photo_parts::table
        .filter(photo_parts::area_id.eq(area_key(scope.area())))
        .filter(photo_parts::photo.eq(id.as_bytes()))
        .select(photo_parts::part)
        .load(db.sql())?;
    Ok(rows.into_iter().map(i32::cast_unsigned).collect())
}

/// Marks a photo as whole; its parts are no longer needed.
///
/// # Errors
/// Those of the database.
pub fn complete(
    db: &mut Db,
    scope: &AreaScope,
    id: BlobId,
    has_derivatives: bool,
    now_ms: i64,
) -> Result<(), StoreError> {
    diesel::update(photos::table.find((area_key(scope.area()), id.as_bytes())))
        .set((photos::stored_at.eq(moment(now_ms)), photos::has_derivatives.eq(has_derivatives)))
        .execute(db.sql())?;
    forget_parts(db, scope, id)
}

/// Forgets the parts of a photo: they were put together, or turned out wrong.
///
/// # Errors
/// Those of the database.
pub fn forget_parts(db: &mut Db, scope: &AreaScope, id: BlobId) -> Result<(), StoreError> {
    let of_photo =
        photo_parts::area_id.eq(area_key(scope.area())).and(photo_parts::photo.eq(id.as_bytes()));
    diesel::delete(photo_parts::table.filter(of_photo)).execute(db.sql())?;
    Ok(())
}
