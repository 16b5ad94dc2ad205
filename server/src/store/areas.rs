//! Table `areas`: communities and grid cells, and the levels above them.

use diesel::prelude::*;
use sync_protocol::ids::AreaId;
use sync_protocol::records::derived::AreaKey;

use super::rows::{area, area_key, moment};
use super::{Db, StoreError, area_log};
use crate::schema::areas;
use crate::vault::What;

/// An area.
#[derive(Debug, Clone)]
pub struct Area {
    /// Its code.
    pub id: AreaId,
    /// The area above.
    pub parent: Option<AreaId>,
    /// city, district, street, community or cell.
    pub level: String,
    /// Name, zh-CN.
    pub name_zh: String,
    /// Name, English.
    pub name_en: String,
    /// Secret under which residency ids are derived.
    pub key: AreaKey,
}

type Row = (i64, Option<i64>, String, String, String, Vec<u8>);

const COLUMNS: (
    areas::area_id,
    areas::parent,
    areas::level,
    areas::name_zh,
    areas::name_en,
    areas::area_key,
) = (areas::area_id, areas::parent, areas::level, areas::name_zh, areas::name_en, areas::area_key);

fn from_row(db: &mut Db, row: Row) -> Result<Area, StoreError> {
    let (id, parent, level, name_zh, name_en, key) = row;
    let key = db.open_value(What::AreaKey, &id.to_be_bytes(), &key, "an area's key")?;
    let key = key.try_into().map_err(|_| StoreError::Corrupt("an area's key"))?;
    let key = AreaKey(key);
    Ok(Area { id: area(id), parent: parent.map(area), level, name_zh, name_en, key })
}

/// The areas of these ids, by id.
///
/// # Errors
/// Those of the database.
pub fn find(db: &mut Db, ids: &[AreaId]) -> Result<Vec<Area>, StoreError> {
    let keys: Vec<i64> = ids.iter().copied().map(area_key).collect();
    let rows: Vec<Row> = areas::table
        .filter(areas::area_id.eq_any(keys))
        .order(areas::area_id)
        .select(COLUMNS)
        .load(db.sql())?;
    rows.into_iter().map(|row| from_row(db, row)).collect()
}

/// Every area, by id.
///
/// # Errors
/// Those of the database.
pub fn all(db: &mut Db) -> Result<Vec<Area>, StoreError> {
    let rows: Vec<Row> = areas::table.order(areas::area_id).select(COLUMNS).load(db.sql())?;
    rows.into_iter().map(|row| from_row(db, row)).collect()
}

/// Enters an area and begins its log.
///
/// # Errors
/// Those of the database, among them that there is such an area already.
pub fn insert(db: &mut Db, new: &Area, now_ms: i64) -> Result<(), StoreError> {
    let id = area_key(new.id);
    let key = db.seal_value(What::AreaKey, &id.to_be_bytes(), &new.key.0)?;
    diesel::insert_into(areas::table)
        .values((
            areas::area_id.eq(id),
            areas::parent.eq(new.parent.map(area_key)),
            areas::level.eq(&new.level),
            areas::name_zh.eq(&new.name_zh),
            areas::name_en.eq(&new.name_en),
            areas::area_key.eq(key),
            areas::created_at.eq(moment(now_ms)),
        ))
        .execute(db.sql())?;
    area_log::begin(db, new.id)
}
