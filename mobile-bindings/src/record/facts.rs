//! What counts of a record for what is due, and where a home stands: kept beside the record, written
//! with it.

use minicbor::{Decode, Encode};
use sync_protocol::document::Registers;
use sync_protocol::document::effective::opened_by;
use sync_protocol::due::Fact;
use sync_protocol::records::check::Sheet;
use sync_protocol::records::{Kind, Value};
use sync_protocol::wire;

/// What counts of a record.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Facts {
    /// For what is due.
    #[n(0)]
    pub(crate) due: Fact,
    /// Of a home, where it stands.
    #[n(1)]
    pub(crate) spot: Option<Spot>,
}

/// Where a home stands.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Spot {
    #[n(0)]
    pub(crate) building: Option<String>,
    #[n(1)]
    pub(crate) unit: Option<String>,
    #[n(2)]
    pub(crate) room: Option<String>,
    /// Latitude and longitude in millionths of a degree, WGS 84.
    #[n(3)]
    pub(crate) position: Option<(i64, i64)>,
}

/// Prints no address.
impl std::fmt::Debug for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Spot")
    }
}

impl Facts {
    /// What counts of a record, from its registers and their effective values.
    pub(super) fn of(registers: &Registers, sheet: &Sheet<'_>) -> Self {
        let opened_ms = opened_by(registers).map(|stamp| stamp.time.saturating_mul(1000));
        Self { due: Fact::of(sheet, opened_ms), spot: spot(sheet) }
    }

    /// As they are stored.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        wire::encode(self)
    }

    /// From what is stored; nothing if another version of the app wrote it.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        wire::decode(bytes).ok()
    }
}

fn spot(sheet: &Sheet<'_>) -> Option<Spot> {
    if sheet.kind != Kind::Premises {
        return None;
    }
    let text = |key| sheet.text(key).map(str::to_owned);
    let number = |key| sheet.value(key).and_then(Value::as_int);
    Some(Spot {
        building: text("building"),
        unit: text("unit"),
        room: text("room"),
        position: number("latitude").zip(number("longitude")),
    })
}
