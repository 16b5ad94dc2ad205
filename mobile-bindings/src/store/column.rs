//! Typed ids and the few enums as columns.

use rusqlite::Row;
use rusqlite::types::Type;
use sync_protocol::ids::{AreaId, DeviceId};
use sync_protocol::records::Kind;

use super::StoreError;

/// An area as SQLite keeps it. A code has at most 15 digits, so the sign is never touched.
pub(super) fn area(area: AreaId) -> i64 {
    area.0.cast_signed()
}

/// The area of a column.
pub(super) fn get_area(row: &Row<'_>, column: usize) -> rusqlite::Result<AreaId> {
    row.get::<_, i64>(column).map(|area| AreaId(area.cast_unsigned()))
}

/// A device as SQLite keeps it: the same 64 bits with a sign.
pub(super) fn device(device: DeviceId) -> i64 {
    device.0.cast_signed()
}

/// The device of a column.
pub(super) fn get_device(row: &Row<'_>, column: usize) -> rusqlite::Result<DeviceId> {
    row.get::<_, i64>(column).map(|device| DeviceId(device.cast_unsigned()))
}

/// The kind of a column.
pub(super) fn get_kind(row: &Row<'_>, column: usize) -> rusqlite::Result<Kind> {
    Kind::from_number(row.get(column)?).ok_or_else(|| {
        let error = Box::new(StoreError::Form("kind"));
        rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, error)
    })
}

/// A count or a sequence number as SQLite keeps it; none comes near the sign.
pub(super) fn number(number: u64) -> i64 {
    number.cast_signed()
}

/// The count or sequence number of a column.
pub(super) fn get_number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}
