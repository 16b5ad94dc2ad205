//! Refused changes as staff see them: what they wanted to write, decoded beside the bytes, and why
//! they were refused.

use sync_protocol::codes;
use sync_protocol::document::change::Action;
use sync_protocol::ids::{AreaId, ChangeHash, RecordId};
use sync_protocol::judge;
use sync_protocol::records::{Kind, Roles, Value};

use super::words::{Words, is_own, show};
use super::writers::{Writer, Writers};
use crate::auth::StaffMay;
use crate::auth::actions::ReadRefused;
use crate::configuration::DistrictFields;
use crate::store::quarantine::{self, Kept};
use crate::store::{Db, StoreError};

/// How many are listed at once; the rest when these are decided.
const MOST: i64 = 200;

/// A refused change.
#[derive(Debug, serde::Serialize)]
pub struct RefusedView {
    /// Its area.
    pub area: AreaId,
    /// The record that the phone named.
    pub record: RecordId,
    /// The change.
    pub change: ChangeHash,
    /// The kind of record.
    pub kind_label: Words,
    /// Who wrote it.
    pub author: Option<Writer>,
    /// When it came, in milliseconds since 1970 UTC.
    pub received_at: i64,
    /// Why it was refused, by the catalogue of codes.
    pub code: String,
    /// The same in words.
    pub message: Option<Words>,
    /// Key of the field at fault.
    pub field: Option<String>,
    /// Why nothing is said of what it wanted to write: it cannot be read here.
    pub unreadable: Option<Words>,
    /// What it wanted to write, as far as it can be read.
    pub wanted: Vec<WantedView>,
}

/// A value that a refused change wanted to write.
#[derive(Debug, serde::Serialize)]
pub struct WantedView {
    /// The field's key.
    pub key: String,
    /// What people read.
    pub label: Option<Words>,
    /// The value, masked where it must be.
    pub value: Value,
    /// In words, where the raw value is not what people read.
    pub display: Option<Words>,
}

/// What nobody has decided on yet, oldest first.
///
/// # Errors
/// Those of the database.
pub fn undecided(
    db: &mut Db,
    scope: &StaffMay<ReadRefused>,
) -> Result<Vec<RefusedView>, StoreError> {
    let kept = quarantine::undecided(db, &scope.areas(), MOST)?;
    let writers = Writers::of(db, [], kept.iter().map(|kept| kept.device))?;
    let district = DistrictFields::of(db)?;
    let roles = |kept: &Kept| scope.area(kept.area).map(|area| area.roles()).unwrap_or_default();
    Ok(kept.into_iter().map(|kept| view(roles(&kept), kept, &writers, &district)).collect())
}

fn view(roles: Roles, kept: Kept, writers: &Writers, district: &DistrictFields) -> RefusedView {
    RefusedView {
        area: kept.area,
        record: kept.record,
        change: kept.hash,
        kind_label: kept.kind.label().into(),
        author: writers.device(kept.device),
        received_at: kept.received_at,
        message: codes::find(&kept.code).map(|code| code.message.into()),
        code: kept.code,
        field: kept.field,
        unreadable: (!kept.opens).then(|| codes::RECORD_DAMAGED.message.into()),
        wanted: wanted(&kept.bytes, kept.kind, roles, district),
    }
}

fn wanted(bytes: &[u8], kind: Kind, roles: Roles, district: &DistrictFields) -> Vec<WantedView> {
    let operations = judge::read(bytes, kind).map(|change| change.operations).unwrap_or_default();
    let put = operations.into_iter().filter_map(|operation| match operation.action {
        Action::Put(key, value) => Some((key.to_string(), value)),
        _ => None,
    });
    put.filter_map(|(key, value)| {
        let Some((field, _)) = kind.field(&key) else {
            return Some(WantedView { key, label: None, value: Value::Null, display: None });
        };
        let own = district.field(kind, &key);
        let shown = show(roles, field, own, &value)?;
        let of_own = own.map(|own| Words::from(&own.label));
        let label = if is_own(field) { of_own } else { Some(field.label.into()) };
        Some(WantedView { key, label, value: shown.value, display: shown.display })
    })
    .collect()
}
