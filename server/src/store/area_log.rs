//! Table `area_log`: each area's gapless counter and hash chain. Its row is the lock of a push, held
//! for as little as can be: 5 ms of work inside it leave 159 pushes a second to an area, the same
//! work before it 2,164 (SYNC.md).

use std::collections::HashMap;

use diesel::prelude::*;
use sync_protocol::chain;
use sync_protocol::ids::{AreaId, ChangeHash};

use super::rows::{area, area_key, hash, seq, seq_key};
use super::{Db, StoreError};
use crate::auth::AreaScope;
use crate::schema::area_log;

/// Where an area's log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The life of the log.
    pub epoch: u32,
    /// The newest sequence number.
    pub seq: u64,
    /// The chain value there.
    pub chain: ChangeHash,
}

/// The area, the life of its log, its head and the chain value there.
pub(super) type Row = (i64, i32, i64, Vec<u8>);

pub(super) fn from_row((id, epoch, head, chain): Row) -> Result<(AreaId, Head), StoreError> {
    let epoch = epoch.cast_unsigned();
    Ok((area(id), Head { epoch, seq: seq(head), chain: hash(&chain)? }))
}

/// Begins an area's log.
pub(super) fn begin(db: &mut Db, id: AreaId) -> Result<(), StoreError> {
    diesel::insert_into(area_log::table)
        .values((
            area_log::area_id.eq(area_key(id)),
            area_log::chain.eq(chain::start(id).as_bytes()),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// Where these areas' logs stand: one statement for any number of areas.
///
/// # Errors
/// Those of the database.
pub fn heads(db: &mut Db, scopes: &[AreaScope]) -> Result<HashMap<AreaId, Head>, StoreError> {
    let keys: Vec<i64> = scopes.iter().map(|scope| area_key(scope.area())).collect();
    let rows: Vec<Row> = area_log::table.filter(area_log::area_id.eq_any(keys)).load(db.sql())?;
    rows.into_iter().map(from_row).collect()
}

/// Takes the area's lock until the transaction ends; answers where its log stands.
///
/// # Errors
/// Those of the database.
pub fn lock(db: &mut Db, scope: &AreaScope) -> Result<Head, StoreError> {
    let row: Row = area_log::table.find(area_key(scope.area())).for_update().first(db.sql())?;
    Ok(from_row(row)?.1)
}

/// Takes the lock of an area for what is kept beside its log, which nobody's permission to write there is
/// needed for; nothing to do if there is no such area.
///
/// # Errors
/// Those of the database.
pub fn hold(db: &mut Db, id: AreaId) -> Result<(), StoreError> {
    let held = area_log::table.find(area_key(id)).select(area_log::area_id).for_update();
    held.first::<i64>(db.sql()).optional()?;
    Ok(())
}

/// Gives an area's log a new life, past the one it has and past another that was in use: phones
/// fetch the area anew.
///
/// # Errors
/// Those of the database.
pub fn begin_anew(db: &mut Db, scope: &AreaScope, past: u32) -> Result<(), StoreError> {
    let Head { epoch, .. } = lock(db, scope)?;
    let next = epoch.max(past).saturating_add(1);
    diesel::update(area_log::table.find(area_key(scope.area())))
        .set(area_log::area_epoch.eq(next.cast_signed()))
        .execute(db.sql())?;
    Ok(())
}

/// Moves the head on, under the lock.
///
/// # Errors
/// Those of the database.
pub fn advance(
    db: &mut Db,
    scope: &AreaScope,
    head: u64,
    chain: &ChangeHash,
) -> Result<(), StoreError> {
    diesel::update(area_log::table.find(area_key(scope.area())))
        .set((area_log::head.eq(seq_key(head)), area_log::chain.eq(chain.as_bytes())))
        .execute(db.sql())?;
    Ok(())
}
