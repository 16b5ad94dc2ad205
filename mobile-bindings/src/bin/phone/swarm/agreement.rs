//! Whether all phones that have an area hold the same of it: the proof at the end.

use std::collections::BTreeMap;

use mobile_bindings::client::ListFilter;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::phone::Phone;
use crate::failure::Failure;

/// What the phones of an area hold.
#[derive(Debug, Serialize)]
pub(super) struct Area {
    /// Its code.
    pub(super) area: String,
    /// Phones that have it.
    pub(super) phones: usize,
    /// Records of it.
    pub(super) records: usize,
    /// SHA-256 over every record's fingerprint, by the phones that hold that: one if all agree.
    pub(super) digests: BTreeMap<String, usize>,
}

/// Every area of these phones.
pub(super) fn of(phones: &[Phone]) -> Result<Vec<Area>, Failure> {
    let mut areas: BTreeMap<String, Area> = BTreeMap::new();
    for phone in phones {
        let digests = phone.client.digest()?;
        let digests: BTreeMap<&str, &str> =
            digests.iter().map(|line| (line.record.as_str(), line.digest.as_str())).collect();
        for area in phone.client.areas()? {
            let filter = ListFilter { area: Some(area.area.clone()), ..ListFilter::default() };
            let mut records: Vec<String> =
                phone.client.list(filter)?.into_iter().map(|line| line.record).collect();
            records.sort_unstable();
            let mut hash = Sha256::new();
            for record in &records {
                hash.update(record);
                hash.update(digests.get(record.as_str()).copied().unwrap_or_default());
            }
            let digest: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
            let held = areas.entry(area.area.clone()).or_insert_with(|| Area {
                area: area.area,
                phones: 0,
                records: records.len(),
                digests: BTreeMap::new(),
            });
            held.phones += 1;
            *held.digests.entry(digest).or_default() += 1;
        }
    }
    Ok(areas.into_values().collect())
}
