//! Table `photo_keys`: the key of each photo in each area that it was sent to, and the folder of the
//! object store in which its bytes lie under that key. A photo that is sent again after an erasure gets
//! another key and another folder.

use std::fmt;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, SmallInt, Uuid as SqlUuid};
use sync_protocol::ids::{AreaId, BlobId};
use uuid::Uuid;

use super::rows::{area, area_key};
use super::statement::{bind, statement};
use super::{Db, StoreError, discarded_photos};
use crate::auth::AreaScope;
use crate::schema::{photo_keys, photos};
use crate::vault::{Key, KeyNumber, What};

/// A folder of the object store, under its area's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder(String);

impl Folder {
    /// Where a photo lay before it was sealed: under its SHA-256.
    pub fn of_before(photo: BlobId) -> Self {
        Self(photo.to_string())
    }

    pub(super) fn named(name: String) -> Self {
        Self(name)
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A photo's key, opened.
#[derive(Debug, Clone)]
pub struct PhotoKey {
    /// It.
    pub key: Key,
    /// Where the bytes under it lie.
    pub folder: Folder,
    /// Whether they do: a photo of before lies elsewhere, in the open, until it was sealed.
    pub is_sealed: bool,
}

/// Where a photo is: what is authenticated with its key and with each piece of it.
pub fn place(area: AreaId, photo: BlobId) -> [u8; 40] {
    let mut place = [0; 40];
    let (of_area, of_photo) = place.split_at_mut(8);
    of_area.copy_from_slice(&area.0.to_be_bytes());
    of_photo.copy_from_slice(photo.as_bytes());
    place
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    folder: Uuid,
    #[diesel(sql_type = Binary)]
    wrapped: Vec<u8>,
    #[diesel(sql_type = Bool)]
    sealed: bool,
}

/// A photo's key, if it has one.
///
/// # Errors
/// Those of the database, or [`StoreError::Sealed`].
pub fn find(db: &mut Db, scope: &AreaScope, photo: BlobId) -> Result<Option<PhotoKey>, StoreError> {
    let row: Option<Row> = statement(
        "SELECT k.folder, k.wrapped, p.sealed
         FROM photos p JOIN photo_keys k USING (area_id, photo) WHERE p.area_id = ? AND p.photo = ?",
        (bind::<BigInt, _>(area_key(scope.area())), bind::<Binary, _>(photo.as_bytes())),
    )
    .get_result(db.sql())
    .optional()?;
    let Some(row) = row else { return Ok(None) };
    let key = open(db, &place(scope.area(), photo), &row.wrapped)?;
    let folder = Folder(row.folder.to_string());
    Ok(Some(PhotoKey { key, folder, is_sealed: row.sealed }))
}

fn open(db: &mut Db, place: &[u8], wrapped: &[u8]) -> Result<Key, StoreError> {
    if let Ok(key) = db.ring()?.open_key(What::PhotoKey, place, wrapped) {
        return Ok(key);
    }
    // It may lie under a data key that was made since.
    let opened = db.read_ring()?.open_key(What::PhotoKey, place, wrapped);
    opened.map_err(|_| StoreError::Sealed("a photo's key"))
}

/// The key of a photo that was begun, made if it has none; nothing when there is no such photo. Two who
/// make one at the same moment end with the one that was first.
///
/// # Errors
/// Those of the database, or [`StoreError::Keys`].
pub fn make(db: &mut Db, scope: &AreaScope, photo: BlobId) -> Result<Option<PhotoKey>, StoreError> {
    let ring = db.ring()?;
    let made = ring.make_key(What::PhotoKey, &place(scope.area(), photo));
    let (_, wrapped) = made.map_err(|_| StoreError::Sealed("the data key in use"))?;
    statement(
        "INSERT INTO photo_keys (area_id, photo, folder, data_key, wrapped)
         SELECT area_id, photo, ?, ?, ? FROM photos WHERE area_id = ? AND photo = ?
         ON CONFLICT DO NOTHING",
        (
            bind::<SqlUuid, _>(uuid::Builder::from_random_bytes(rand::random()).into_uuid()),
            bind::<SmallInt, _>(ring.in_use().cast_signed()),
            bind::<Binary, _>(wrapped),
            bind::<BigInt, _>(area_key(scope.area())),
            bind::<Binary, _>(photo.as_bytes()),
        ),
    )
    .execute(db.sql())?;
    find(db, scope, photo)
}

/// Keeps a photo's key from being destroyed until the transaction ends. Answers false when the photo was
/// erased meanwhile: what was written under its key is marked for deletion then.
///
/// # Errors
/// Those of the database.
pub fn hold(
    db: &mut Db,
    scope: &AreaScope,
    photo: BlobId,
    folder: &Folder,
) -> Result<bool, StoreError> {
    let held: Option<Uuid> = photo_keys::table
        .find((area_key(scope.area()), photo.as_bytes()))
        .for_key_share()
        .select(photo_keys::folder)
        .first(db.sql())
        .optional()?;
    let is_held = held.is_some_and(|held| held.to_string() == folder.as_str());
    if !is_held {
        discarded_photos::insert(db, scope, folder)?;
    }
    Ok(is_held)
}

/// Notes that a photo of before lies under its key now, and marks for deletion what lies in the open.
/// Answers whether this call was the first to say so. The key must be held.
///
/// # Errors
/// Those of the database.
pub fn note_sealed(db: &mut Db, scope: &AreaScope, photo: BlobId) -> Result<bool, StoreError> {
    let unsealed = photos::table
        .find((area_key(scope.area()), photo.as_bytes()))
        .filter(diesel::dsl::not(photos::sealed));
    let noted = diesel::update(unsealed).set(photos::sealed.eq(true)).execute(db.sql())? > 0;
    if noted {
        discarded_photos::insert(db, scope, &Folder::of_before(photo))?;
    }
    Ok(noted)
}

/// A photo of before that is still to be sealed, as its row says.
#[derive(Debug, Clone, Copy)]
pub struct Unsealed {
    area: AreaId,
    photo: BlobId,
}

impl Unsealed {
    /// The area that it lies under.
    pub fn area(&self) -> AreaId {
        self.area
    }

    /// The photo.
    pub fn photo(&self) -> BlobId {
        self.photo
    }
}

/// Photos of before that are still to be sealed, after one, in order, at most so many.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn unsealed(
    db: &mut Db,
    last: Option<Unsealed>,
    most: i64,
) -> Result<Vec<Unsealed>, StoreError> {
    let Unsealed { area: of, photo } =
        last.unwrap_or(Unsealed { area: AreaId(0), photo: BlobId([0; 32]) });
    let (of, further) = (area_key(of), photo.as_bytes());
    let rows: Vec<(i64, Vec<u8>)> = photos::table
        .filter(diesel::dsl::not(photos::sealed))
        .filter(photos::area_id.gt(of).or(photos::area_id.eq(of).and(photos::photo.gt(further))))
        .order((photos::area_id, photos::photo))
        .limit(most)
        .select((photos::area_id, photos::photo))
        .load(db.sql())?;
    let unsealed =
        |(of, photo): (i64, Vec<u8>)| Ok(Unsealed { area: area(of), photo: name(&photo)? });
    rows.into_iter().map(unsealed).collect()
}

/// How many photos of before are still to be sealed.
///
/// # Errors
/// Those of the database.
pub fn count_unsealed(db: &mut Db) -> Result<i64, StoreError> {
    let unsealed = photos::table.filter(diesel::dsl::not(photos::sealed));
    Ok(unsealed.count().get_result(db.sql())?)
}

fn name(photo: &[u8]) -> Result<BlobId, StoreError> {
    photo.try_into().map_err(|_| StoreError::Corrupt("a photo's SHA-256"))
}

/// Wraps photo keys by the data key in use that lie under another, at most so many; answers how many it
/// was. One that does not open stays as it is.
///
/// # Errors
/// Those of the database.
pub fn rewrap(db: &mut Db, most: i64) -> Result<usize, StoreError> {
    let ring = db.read_ring()?;
    let in_use = ring.in_use().cast_signed();
    let (mut done, mut last) = (0, (i64::MIN, Vec::new()));
    while done == 0 {
        let (of, further) = last;
        let rows: Vec<(i64, Vec<u8>, Vec<u8>)> = photo_keys::table
            .filter(photo_keys::data_key.ne(in_use))
            .filter(
                photo_keys::area_id
                    .gt(of)
                    .or(photo_keys::area_id.eq(of).and(photo_keys::photo.gt(further))),
            )
            .order((photo_keys::area_id, photo_keys::photo))
            .limit(most)
            .for_update()
            .select((photo_keys::area_id, photo_keys::photo, photo_keys::wrapped))
            .load(db.sql())?;
        let Some((of, further, _)) = rows.last() else { break };
        last = (*of, further.clone());
        for (of, photo, wrapped) in &rows {
            let place = place(area(*of), name(photo)?);
            let Ok(rewrapped) = ring.rewrap(What::PhotoKey, &place, wrapped) else { continue };
            diesel::update(photo_keys::table.find((of, photo)))
                .set((photo_keys::data_key.eq(in_use), photo_keys::wrapped.eq(rewrapped)))
                .execute(db.sql())?;
            done += 1;
        }
    }
    Ok(done)
}

/// The photos whose keys a data key wraps.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn under(db: &mut Db, number: KeyNumber) -> Result<Vec<(AreaId, BlobId)>, StoreError> {
    let rows: Vec<(i64, Vec<u8>)> = photo_keys::table
        .filter(photo_keys::data_key.eq(number.cast_signed()))
        .order((photo_keys::area_id, photo_keys::photo))
        .select((photo_keys::area_id, photo_keys::photo))
        .load(db.sql())?;
    rows.into_iter().map(|(of, photo)| Ok((area(of), name(&photo)?))).collect()
}

/// How many photos have a key.
///
/// # Errors
/// Those of the database.
pub fn count(db: &mut Db) -> Result<i64, StoreError> {
    Ok(photo_keys::table.count().get_result(db.sql())?)
}

/// How many photo keys a data key wraps.
///
/// # Errors
/// Those of the database.
pub fn uses(db: &mut Db, number: KeyNumber) -> Result<i64, StoreError> {
    let of_key = photo_keys::table.filter(photo_keys::data_key.eq(number.cast_signed()));
    Ok(of_key.count().get_result(db.sql())?)
}
