//! Between the domain's ids and PostgreSQL's types: areas and devices are `bigint`, records, people
//! and pushes `uuid`, hashes `bytea`.

use chrono::{DateTime, Utc};
use sync_protocol::ids::{AreaId, ChangeHash, DeviceId, PersonId, PushId, RecordId};
use sync_protocol::records::Kind;
use uuid::Uuid;

use super::StoreError;

/// The key of an area.
pub(super) fn area_key(area: AreaId) -> i64 {
    area.0.cast_signed()
}

/// The area of a key.
pub(super) fn area(key: i64) -> AreaId {
    AreaId(key.cast_unsigned())
}

/// The key of a device.
pub(super) fn device_key(device: DeviceId) -> i64 {
    device.0.cast_signed()
}

/// The device of a key.
pub(super) fn device(key: i64) -> DeviceId {
    DeviceId(key.cast_unsigned())
}

/// The key of a record.
pub(super) fn record_key(record: RecordId) -> Uuid {
    Uuid::from_bytes(record.0)
}

/// The record of a key.
pub(super) fn record(key: Uuid) -> RecordId {
    RecordId(key.into_bytes())
}

/// The key of a person.
pub(super) fn person_key(person: PersonId) -> Uuid {
    Uuid::from_bytes(person.0)
}

/// The person of a key.
pub(super) fn person(key: Uuid) -> PersonId {
    PersonId(key.into_bytes())
}

/// The key of a push.
pub(super) fn push_key(push: PushId) -> Uuid {
    Uuid::from_bytes(push.0)
}

/// A log position, which PostgreSQL holds signed.
pub(super) fn seq_key(seq: u64) -> i64 {
    seq.cast_signed()
}

/// The log position of a key.
pub(super) fn seq(key: i64) -> u64 {
    key.cast_unsigned()
}

/// The hash in a column.
pub(super) fn hash(bytes: &[u8]) -> Result<ChangeHash, StoreError> {
    ChangeHash::try_from(bytes).map_err(|_| StoreError::Corrupt("a hash"))
}

/// The kind in a column.
pub(super) fn kind(number: i16) -> Result<Kind, StoreError> {
    Kind::from_number(number).ok_or(StoreError::Corrupt("a kind of record"))
}

/// A moment in milliseconds as a timestamp.
pub(super) fn moment(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}
