//! `doorstep digest`: a fingerprint of every record of an area, as `phone digest` prints it.

use clap::Args;
use serde_json::{Value, json};
use sync_protocol::ids::AreaId;

use super::Failure;
use super::database::{DatabaseArgs, open};
use crate::auth::Operator;
use crate::store::{Store, records};

/// `doorstep digest …`.
#[derive(Args)]
pub(super) struct DigestArgs {
    /// The area.
    area: AreaId,
}

/// Prints a JSON line for each record.
pub(super) fn digest(database: &DatabaseArgs, args: &DigestArgs) -> Result<(), Failure> {
    let database = open(database)?;
    for line in digests(&database.store, args.area)? {
        println!("{line}");
    }
    Ok(())
}

/// The fingerprints of an area's records, by record id.
pub(super) fn digests(store: &Store, area: AreaId) -> Result<Vec<Value>, Failure> {
    let scope = Operator::at_the_command_line().area(area);
    let records = store.read(|db| records::all(db, &scope))?;
    let line = |(record, stored): &(_, records::StoredRegisters)| {
        json!({
            "record": record,
            "kind": stored.registers.kind,
            "heads": stored.registers.heads,
            "digest": stored.registers.digest(),
        })
    };
    Ok(records.iter().map(line).collect())
}
