//! `doorstep verify`: every area's log, and the audit trail.

use std::process::ExitCode;

use clap::Args;
use sync_protocol::ids::AreaId;

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::progress::Line;
use crate::auth::Operator;
use crate::integrity::{trail, verify};
use crate::store::{Store, areas};

/// `doorstep verify …`.
#[derive(Args)]
pub(super) struct VerifyArgs {
    /// Only this area.
    #[arg(long, value_name = "CODE")]
    area: Option<AreaId>,
}

/// Walks the log of every area; names the first bad place of each.
pub(super) fn verify(database: &DatabaseArgs, args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let opened = open(database)?;
    let by = Operator::at_the_command_line();
    let areas = chosen(&opened.store, args.area)?;
    let (mut changes, mut findings) = (0, Vec::new());
    let mut line = Line::new("places verified in all areas:");
    let of = total(&opened.store, by, &areas)?;
    for area in &areas {
        let before = changes;
        let checked = verify::area(&opened.store, by, *area, |place, _| {
            line.show(counted(before + place), of);
        })?;
        changes += checked.changes;
        findings.extend(checked.finding);
    }
    line.end();
    findings.iter().for_each(|finding| println!("{finding}"));
    // One area that was named is looked at alone.
    let trail_holds = args.area.is_some() || trail_holds(&opened.store, by)?;
    let count = areas.len();
    if findings.is_empty() {
        println!("{count} areas, {changes} changes: chains, names, signatures and records hold");
        return Ok(if trail_holds { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    println!("{} of {count} areas are damaged; {changes} changes hold", findings.len());
    Ok(ExitCode::FAILURE)
}

/// Walks the audit trail; says what it found.
fn trail_holds(store: &Store, by: Operator) -> Result<bool, Failure> {
    let mut line = Line::new("entries of the audit trail verified:");
    let checked = trail::trail(store, by, |place, of| line.show(counted(place), counted(of)))?;
    line.end();
    match checked.finding {
        Some(finding) => println!("{finding}"),
        None => println!("audit trail, {} entries: the chain holds", checked.entries),
    }
    Ok(checked.finding.is_none())
}

/// The one that was named, if there is such an area, or all.
pub(super) fn chosen(store: &Store, named: Option<AreaId>) -> Result<Vec<AreaId>, Failure> {
    let all = store.read(areas::all)?.into_iter().map(|area| area.id);
    let chosen: Vec<AreaId> = all.filter(|area| named.is_none_or(|named| named == *area)).collect();
    match named {
        Some(area) if chosen.is_empty() => {
            Err(format!("there is no area {area}: `doorstep area create` enters one").into())
        }
        _ => Ok(chosen),
    }
}

/// The places of all these logs together.
pub(super) fn total(store: &Store, by: Operator, areas: &[AreaId]) -> Result<usize, Failure> {
    let scopes: Vec<_> = areas.iter().map(|area| by.area(*area)).collect();
    let heads = store.read(|db| crate::store::area_log::heads(db, &scopes))?;
    Ok(counted(heads.values().map(|head| head.seq).sum()))
}

/// A count for the line of progress.
pub(super) fn counted(places: u64) -> usize {
    usize::try_from(places).unwrap_or(usize::MAX)
}
