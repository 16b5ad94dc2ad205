//! `doorstep rebuild`.

use std::process::ExitCode;

use clap::Args;
use sync_protocol::ids::AreaId;

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::noted;
use super::progress::Line;
use super::verify::{chosen, counted, total};
use crate::auth::Operator;
use crate::integrity::rebuild::{self, RebuildError};
use crate::sync::documents;
use crate::trail::{Act, Entry, note_apart};

/// `doorstep rebuild …`.
#[derive(Args)]
pub(super) struct RebuildArgs {
    /// Only this area.
    #[arg(long, value_name = "CODE")]
    area: Option<AreaId>,
}

/// Makes records, typed tables, clashes and documents anew from the log, area by area. An area whose
/// log is damaged is named and left as it is.
pub(super) fn rebuild(database: &DatabaseArgs, args: &RebuildArgs) -> Result<ExitCode, Failure> {
    let opened = open(database)?;
    let by = Operator::at_the_command_line();
    let areas = chosen(&opened.store, args.area)?;
    let of = total(&opened.store, by, &areas)?;
    let (mut changes, mut records, mut clashes) = (0, 0, 0);
    let mut damaged = Vec::new();
    let mut line = Line::new("changes replayed in all areas:");
    for area in &areas {
        let before = changes;
        let show = |place, _| line.show(counted(before + place), of);
        let rebuilt = match rebuild::area(&opened.store, by, *area, show) {
            Ok(rebuilt) => rebuilt,
            Err(error @ RebuildError::Log(_)) => {
                damaged.push(error);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        documents::refresh_area(&opened.store, by.area(*area))?;
        changes += rebuilt.changes;
        records += rebuilt.records;
        clashes += rebuilt.clashes;
    }
    line.end();
    damaged.iter().for_each(|error| println!("{error}"));
    let rebuilt = areas.len() - damaged.len();
    let entry = noted::entry(Act::Rebuilt).detail(format!("{rebuilt} areas"));
    note_apart(&opened.store, &args.area.into_iter().fold(entry, Entry::area))?;
    println!("{rebuilt} areas, {changes} changes: {records} records and {clashes} clashes rebuilt");
    Ok(if damaged.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
