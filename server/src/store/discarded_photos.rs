//! Table `discarded_photos`: folders of the object store that nobody reads any more. A folder is noted
//! in the transaction after which nobody does, and forgotten once it is deleted.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};
use sync_protocol::ids::{AreaId, BlobId};

use super::photo_keys::Folder;
use super::rows::{area, area_key};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::AreaScope;
use crate::schema::discarded_photos;

/// Notes every folder in which bytes of a photo lie.
///
/// # Errors
/// Those of the database.
pub(super) fn discard(db: &mut Db, scope: &AreaScope, photo: BlobId) -> Result<(), StoreError> {
    for sql in [
        "INSERT INTO discarded_photos
         SELECT area_id, folder::text FROM photo_keys WHERE area_id = ? AND photo = ?
         ON CONFLICT DO NOTHING",
        // Where it lay before it was sealed.
        "INSERT INTO discarded_photos
         SELECT area_id, encode(photo, 'hex') FROM photos WHERE area_id = ? AND photo = ? AND NOT sealed
         ON CONFLICT DO NOTHING",
    ] {
        let binds =
            (bind::<BigInt, _>(area_key(scope.area())), bind::<Binary, _>(photo.as_bytes()));
        statement(sql, binds).execute(db.sql())?;
    }
    Ok(())
}

/// Notes a folder.
///
/// # Errors
/// Those of the database.
pub fn insert(db: &mut Db, scope: &AreaScope, folder: &Folder) -> Result<(), StoreError> {
    diesel::insert_into(discarded_photos::table)
        .values((
            discarded_photos::area_id.eq(area_key(scope.area())),
            discarded_photos::folder.eq(folder.as_str()),
        ))
        .on_conflict_do_nothing()
        .execute(db.sql())?;
    Ok(())
}

/// Those after one, in order, at most so many.
///
/// # Errors
/// Those of the database.
pub fn after(
    db: &mut Db,
    last: Option<&(AreaId, Folder)>,
    most: i64,
) -> Result<Vec<(AreaId, Folder)>, StoreError> {
    let ordered = discarded_photos::table
        .order((discarded_photos::area_id, discarded_photos::folder))
        .limit(most);
    let rows: Vec<(i64, String)> = match last {
        None => ordered.load(db.sql())?,
        Some((of, folder)) => {
            let (of, folder) = (area_key(*of), folder.as_str());
            let further = discarded_photos::area_id.eq(of).and(discarded_photos::folder.gt(folder));
            ordered.filter(discarded_photos::area_id.gt(of).or(further)).load(db.sql())?
        }
    };
    Ok(rows.into_iter().map(|(of, folder)| (area(of), Folder::named(folder))).collect())
}

/// Forgets a folder that is deleted.
///
/// # Errors
/// Those of the database.
pub fn forget(db: &mut Db, of: AreaId, folder: &Folder) -> Result<(), StoreError> {
    diesel::delete(discarded_photos::table.find((area_key(of), folder.as_str())))
        .execute(db.sql())?;
    Ok(())
}
