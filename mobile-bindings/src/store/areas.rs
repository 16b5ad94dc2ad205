//! The person's areas and how far each has been fetched.

use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use sync_protocol::ids::{AreaId, ChangeHash};
use sync_protocol::records::derived::AreaKey;
use sync_protocol::records::{Role, Roles};
use sync_protocol::wire::AreaCursor;

use super::{StoreError, column};

/// An area.
pub(crate) struct Area {
    pub(crate) area: AreaId,
    pub(crate) name_zh: String,
    pub(crate) name_en: String,
    pub(crate) roles: Roles,
    pub(crate) key: AreaKey,
    pub(crate) complete: bool,
}

const COLUMNS: &str = "SELECT area, name_zh, name_en, roles, key, complete FROM areas";

/// The areas that the person has, by code.
pub(crate) fn list(connection: &Connection) -> Result<Vec<Area>, StoreError> {
    let sql = format!("{COLUMNS} WHERE NOT revoked ORDER BY area");
    let mut query = connection.prepare_cached(&sql)?;
    let rows = query.query_map((), read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One of them.
pub(crate) fn find(connection: &Connection, area: AreaId) -> Result<Option<Area>, StoreError> {
    let sql = format!("{COLUMNS} WHERE NOT revoked AND area = ?1");
    let mut query = connection.prepare_cached(&sql)?;
    Ok(query.query_row([column::area(area)], read).optional()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Area> {
    Ok(Area {
        area: column::get_area(row, 0)?,
        name_zh: row.get(1)?,
        name_en: row.get(2)?,
        roles: get_roles(row, 3)?,
        key: AreaKey(row.get(4)?),
        complete: row.get(5)?,
    })
}

fn get_roles(row: &Row<'_>, column: usize) -> rusqlite::Result<Roles> {
    let codes: String = row.get(column)?;
    Ok(codes.split(' ').filter_map(Role::from_code).collect())
}

fn put_roles(roles: Roles) -> String {
    let codes: Vec<&str> = roles.iter().map(Role::code).collect();
    codes.join(" ")
}

/// The area is the person's, with this name, these roles and this key.
pub(crate) fn grant(transaction: &Transaction<'_>, granted: &Area) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO areas (area, name_zh, name_en, roles, key) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (area) DO UPDATE SET name_zh = ?2, name_en = ?3, roles = ?4, key = ?5,
                revoked = 0",
        )?
        .execute((
            column::area(granted.area),
            &granted.name_zh,
            &granted.name_en,
            put_roles(granted.roles),
            granted.key.0,
        ))?;
    Ok(())
}

/// The person is something else in the area now.
pub(crate) fn change_roles(
    transaction: &Transaction<'_>,
    area: AreaId,
    roles: Roles,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("UPDATE areas SET roles = ?2 WHERE area = ?1")?
        .execute((column::area(area), put_roles(roles)))?;
    Ok(())
}

/// The area is no longer the person's: it is not listed any more. Nothing is deleted, so that what
/// is unsent can still be sent.
pub(crate) fn revoke(transaction: &Transaction<'_>, area: AreaId) -> Result<(), StoreError> {
    transaction.execute("UPDATE areas SET revoked = 1 WHERE area = ?1", [column::area(area)])?;
    Ok(())
}

/// Where the phone stands in each of the person's areas.
pub(crate) fn cursors(connection: &Connection) -> Result<Vec<AreaCursor>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT area, epoch, cursor, chain, complete, roles FROM areas WHERE NOT revoked ORDER BY area",
    )?;
    let rows = query.query_map((), |row| {
        Ok(AreaCursor {
            area: column::get_area(row, 0)?,
            area_epoch: row.get(1)?,
            cursor: column::get_number(row, 2)?,
            chain: row.get::<_, Option<[u8; 32]>>(3)?.map(ChangeHash),
            complete: row.get(4)?,
            roles: get_roles(row, 5)?.bits(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Moves an area's cursor; in the transaction that wrote what came up to it.
pub(crate) fn advance(transaction: &Transaction<'_>, to: &AreaCursor) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE areas SET epoch = ?2, cursor = ?3, chain = ?4, complete = ?5 WHERE area = ?1",
        )?
        .execute((
            column::area(to.area),
            to.area_epoch,
            column::number(to.cursor),
            to.chain.map(|chain| chain.0),
            to.complete,
        ))?;
    Ok(())
}
