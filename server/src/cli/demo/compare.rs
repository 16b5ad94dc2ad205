//! Whether everybody ended with the same.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::merged;
use super::phones::Phone;
use super::stage::Stage;
use crate::cli::Failure;
use crate::cli::digest::digests;

/// A record's fingerprint, by its id.
type Digests = BTreeMap<String, String>;

/// Compares every phone with the server.
pub(super) fn same_everywhere(stage: &Stage, phones: &[&Phone]) -> Result<(), Failure> {
    let server = digests_of(&digests(&stage.store, stage.cell)?);
    println!("   server: {} records", server.len());
    for phone in phones {
        let held = phone.run(&["digest"])?;
        let held = digests_of(held.as_array().map_or(&[][..], Vec::as_slice));
        let differ = server.iter().filter(|(id, digest)| held.get(*id) != Some(digest)).count();
        println!("   {}: {} records, {differ} differ", phone.name, held.len());
        if differ > 0 || held.len() != server.len() {
            return Err(
                format!("{}'s phone does not hold what the server holds", phone.name).into()
            );
        }
    }
    println!("   yes: the same records, to the last change");
    Ok(())
}

/// Checks that a clash is shown with two values by two people.
pub(super) fn clash_is_listed(stage: &Stage, report: &str, key: &str) -> Result<(), Failure> {
    let view = merged::load(stage, report)?;
    let clash = view.clashes.iter().find(|clash| clash.key == key);
    let values = clash.map_or(0, |clash| clash.values.len());
    if values != 2 {
        return Err(format!("the clash of {key} is not listed with its two values").into());
    }
    println!("   the clash of {key} is listed with both values");
    Ok(())
}

fn digests_of(lines: &[Json]) -> Digests {
    let text = |line: &Json, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    lines.iter().map(|line| (text(line, "record"), text(line, "digest"))).collect()
}
