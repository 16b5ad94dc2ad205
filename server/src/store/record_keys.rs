//! Table `record_keys`: the key of each record in each area that has anything of it, and the sealing of
//! its values. A record's values in one area mean nothing in another: they are sealed anew when it
//! moves.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::mem;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, SmallInt, Uuid as SqlUuid};
use sync_protocol::ids::{AreaId, RecordId};
use uuid::Uuid;

use super::rows::{area, area_key, record, record_key};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::schema::record_keys;
use crate::vault::{Key, KeyNumber, What};

/// A record in an area, as their columns have them.
pub(super) type Owner = (i64, Uuid);

#[derive(QueryableByName)]
struct KeyRow {
    #[diesel(sql_type = BigInt)]
    area_id: i64,
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = Binary)]
    wrapped: Vec<u8>,
}

/// Where a record's values stand: what is authenticated with each.
fn place((area, record): Owner) -> [u8; 24] {
    let mut place = [0; 24];
    let (of_area, of_record) = place.split_at_mut(8);
    of_area.copy_from_slice(&area.to_be_bytes());
    of_record.copy_from_slice(record.as_bytes());
    place
}

/// Keys of records that were opened.
pub struct RecordKeys(HashMap<Owner, Key>);

impl Db {
    /// The keys that were opened on this connection, to go on with on another.
    pub fn take_keys(&mut self) -> RecordKeys {
        RecordKeys(mem::take(&mut self.keys))
    }

    /// Goes on with keys that were opened before. Nothing is to be sealed under one before it was looked,
    /// under the area's lock, that its record has been neither erased nor moved since.
    pub fn know_keys(&mut self, known: RecordKeys) {
        match self.keys.is_empty() {
            true => self.keys = known.0,
            false => self.keys.extend(known.0),
        }
    }

    /// Opens a record's key that was read; nothing to do if it is known. Of one that does not open the
    /// record's values cannot be opened either; other records' can.
    pub(super) fn learn(&mut self, owner: Owner, wrapped: &[u8]) -> Result<(), StoreError> {
        if self.keys.contains_key(&owner) {
            return Ok(());
        }
        let place = place(owner);
        let key = match self.ring()?.open_key(What::RecordKey, &place, wrapped) {
            Ok(key) => key,
            // It may lie under a data key that was made since.
            Err(_) => {
                let opened = self.read_ring()?.open_key(What::RecordKey, &place, wrapped);
                let Ok(key) = opened else { return Ok(()) };
                key
            }
        };
        self.keys.insert(owner, key);
        Ok(())
    }

    /// Reads the keys of these records, as far as there are any.
    pub(super) fn fetch_keys(
        &mut self,
        owners: impl IntoIterator<Item = Owner>,
    ) -> Result<(), StoreError> {
        if self.vault().is_in_the_open() {
            return Ok(());
        }
        let unknown: HashSet<Owner> =
            owners.into_iter().filter(|owner| !self.keys.contains_key(owner)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let (areas, records): (Vec<i64>, Vec<Uuid>) = unknown.into_iter().unzip();
        let rows: Vec<KeyRow> = statement(
            "SELECT k.area_id, k.record_id, k.wrapped
             FROM unnest(?, ?) AS n (area_id, record_id) JOIN record_keys k USING (area_id, record_id)",
            (bind::<Array<BigInt>, _>(areas), bind::<Array<SqlUuid>, _>(records)),
        )
        .load(self.sql())?;
        for row in &rows {
            self.learn((row.area_id, row.record_id), &row.wrapped)?;
        }
        Ok(())
    }

    /// Sees to it that these records of an area have keys. Two who make one at the same moment end
    /// with the one that was first.
    pub(super) fn ensure_keys(
        &mut self,
        area: i64,
        records: impl IntoIterator<Item = Uuid>,
    ) -> Result<(), StoreError> {
        if self.vault().is_in_the_open() {
            return Ok(());
        }
        let missing: HashSet<Uuid> =
            records.into_iter().filter(|id| !self.keys.contains_key(&(area, *id))).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let ring = self.ring()?;
        let made = |id: &Uuid| {
            ring.make_key(What::RecordKey, &place((area, *id))).map(|(_, wrapped)| wrapped)
        };
        let wrapped: Vec<Vec<u8>> = missing
            .iter()
            .map(made)
            .collect::<Result<_, _>>()
            .map_err(|_| StoreError::Sealed("the data key in use"))?;
        let records: Vec<Uuid> = missing.iter().copied().collect();
        statement(
            "INSERT INTO record_keys (area_id, record_id, data_key, wrapped)
             SELECT ?, n.record_id, ?, n.wrapped FROM unnest(?, ?) AS n (record_id, wrapped)
             ON CONFLICT DO NOTHING",
            (
                bind::<BigInt, _>(area),
                bind::<SmallInt, _>(ring.in_use().cast_signed()),
                bind::<Array<SqlUuid>, _>(records),
                bind::<Array<Binary>, _>(wrapped),
            ),
        )
        .execute(self.sql())?;
        self.fetch_keys(missing.into_iter().map(|id| (area, id)))
    }

    /// Seals a record's value. Its key must have been read or made.
    pub(super) fn seal(
        &self,
        owner: Owner,
        what: What,
        value: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        if self.vault().is_in_the_open() {
            return Ok(value.to_vec());
        }
        let key = self.keys.get(&owner).ok_or(StoreError::Sealed("a record without a key"))?;
        Ok(key.seal(OWN, what, &place(owner), value))
    }

    /// Opens a record's value. Its key must have been read.
    pub(super) fn open(
        &self,
        owner: Owner,
        what: What,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        if self.vault().is_in_the_open() {
            return Ok(sealed.to_vec());
        }
        let key = self.keys.get(&owner).ok_or(StoreError::Sealed("a record without a key"))?;
        key.open(what, &place(owner), sealed).map_err(|_| StoreError::Sealed("a record's value"))
    }
}

/// What stands in a value as the number of its key: the record's own, which is no data key.
const OWN: KeyNumber = 0;

/// The columns of a record's owner.
pub(super) fn owner(area: AreaId, record: RecordId) -> Owner {
    (area_key(area), record_key(record))
}

/// Those of these records whose key does not open in one of the areas that have something of them.
///
/// # Errors
/// Those of the database.
pub fn shut(db: &mut Db, ids: &[RecordId]) -> Result<BTreeSet<RecordId>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().copied().map(record_key).collect();
    let owners: Vec<Owner> = statement(
        "SELECT a.area_id, k.record_id, k.wrapped
         FROM areas a JOIN record_keys k ON k.area_id = a.area_id AND k.record_id = ANY (?)",
        bind::<Array<SqlUuid>, _>(ids),
    )
    .load(db.sql())?
    .into_iter()
    .map(|row: KeyRow| (row.area_id, row.record_id))
    .collect();
    db.fetch_keys(owners.iter().copied())?;
    let is_shut = |owner: &&Owner| !db.keys.contains_key(owner);
    Ok(owners.iter().filter(is_shut).map(|(_, id)| record(*id)).collect())
}

/// Wraps record keys by the data key in use that lie under another, at most so many; answers how many
/// it was. One that does not open stays as it is.
///
/// # Errors
/// Those of the database.
pub fn rewrap(db: &mut Db, most: i64) -> Result<usize, StoreError> {
    let ring = db.read_ring()?;
    let in_use = ring.in_use().cast_signed();
    let (mut done, mut last) = (0, (i64::MIN, Uuid::nil()));
    while done == 0 {
        let (of, further) = last;
        let rows: Vec<(i64, Uuid, Vec<u8>)> = record_keys::table
            .filter(record_keys::data_key.ne(in_use))
            .filter(
                record_keys::area_id
                    .gt(of)
                    .or(record_keys::area_id.eq(of).and(record_keys::record_id.gt(further))),
            )
            .order((record_keys::area_id, record_keys::record_id))
            .limit(most)
            .for_update()
            .select((record_keys::area_id, record_keys::record_id, record_keys::wrapped))
            .load(db.sql())?;
        let Some((of, further, _)) = rows.last() else { break };
        last = (*of, *further);
        for (area, record, wrapped) in &rows {
            let owner = (*area, *record);
            let Ok(rewrapped) = ring.rewrap(What::RecordKey, &place(owner), wrapped) else {
                continue;
            };
            diesel::update(record_keys::table.find(owner))
                .set((record_keys::data_key.eq(in_use), record_keys::wrapped.eq(rewrapped)))
                .execute(db.sql())?;
            done += 1;
        }
    }
    Ok(done)
}

/// The records whose keys a data key wraps.
///
/// # Errors
/// Those of the database.
pub fn under(db: &mut Db, number: KeyNumber) -> Result<Vec<(AreaId, RecordId)>, StoreError> {
    let owners: Vec<Owner> = record_keys::table
        .filter(record_keys::data_key.eq(number.cast_signed()))
        .order((record_keys::area_id, record_keys::record_id))
        .select((record_keys::area_id, record_keys::record_id))
        .load(db.sql())?;
    Ok(owners.into_iter().map(|(of, id)| (area(of), record(id))).collect())
}

/// How many records have a key.
///
/// # Errors
/// Those of the database.
pub fn count(db: &mut Db) -> Result<i64, StoreError> {
    Ok(record_keys::table.count().get_result(db.sql())?)
}
