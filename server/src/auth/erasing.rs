//! The proof that a record may be erased for good: two people agreed to a resident's request that names
//! it, or an operator orders it, by the district's retention rules or its list of erasures.

use sync_protocol::ids::{AreaId, RecordId};

use super::agreement::Agreed;
use super::scope::{AreaScope, Operator};
use crate::residents::request::RequestKind;

/// Proof that one record may be erased, wherever anything of it is.
#[derive(Debug, Clone, Copy)]
pub struct MayErase(RecordId);

impl MayErase {
    /// The record.
    pub fn record(self) -> RecordId {
        self.0
    }

    /// The proof for an area, to take the record out of it; it writes no field.
    pub fn area(self, area: AreaId) -> AreaScope {
        AreaScope::without_roles(area)
    }
}

impl Agreed {
    /// The proofs for the records that the request names; none if it asks for anything but to be erased.
    pub fn erasures(&self) -> Vec<MayErase> {
        if self.request().kind != RequestKind::Erasure {
            return Vec::new();
        }
        self.request().records.iter().map(|(_, record)| MayErase(*record)).collect()
    }
}

impl Operator {
    /// The proof for a record that the district's own rules, or its list of erasures, say must go.
    pub fn may_erase(self, record: RecordId) -> MayErase {
        MayErase(record)
    }
}
