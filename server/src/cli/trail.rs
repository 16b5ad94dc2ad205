//! `doorstep trail export`.

use std::fs::File;
use std::io::{BufWriter, Write, stdout};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::noted;
use crate::auth::Operator;
use crate::clock::now_ms;
use crate::trail::Origin;
use crate::trail::export::Export;

/// `doorstep trail …`.
#[derive(Subcommand)]
pub(super) enum TrailCommand {
    /// Writes the audit trail with its chain, a JSON object a line, so that somebody else can verify
    /// it (docs/audit.md). It is noted in the trail.
    Export {
        /// The file; standard output without it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Only what stands after this place: the end of the export before.
        #[arg(long, value_name = "PLACE", default_value_t = 0)]
        after: u64,
    },
}

/// Runs `doorstep trail …`.
pub(super) fn trail(database: &DatabaseArgs, command: TrailCommand) -> Result<(), Failure> {
    let TrailCommand::Export { out, after } = command;
    let opened = open(database)?;
    let scope = Operator::at_the_command_line().trail();
    let by = (noted::operator(), Origin::default());
    let export = Export::begin(&opened.store, &scope, after, by, now_ms())?;
    let export = export.ok_or_else(|| format!("the audit trail has no place {after}"))?;
    let Some(out) = out else { return write(export, stdout().lock()) };
    // Whole or not at all: whoever copies the file away never gets half of it.
    let unfinished = out.with_extension("unfinished");
    let named = |error| format!("{} cannot be written: {error}", out.display());
    write(export, BufWriter::new(File::create(&unfinished).map_err(named)?))?;
    std::fs::rename(&unfinished, &out).map_err(named)?;
    tell(&out);
    Ok(())
}

fn write(mut export: Export, mut to: impl Write) -> Result<(), Failure> {
    while let Some(lines) = export.next_lines()? {
        to.write_all(lines.as_bytes())?;
    }
    Ok(to.flush()?)
}

fn tell(out: &Path) {
    println!("the audit trail is in {}", out.display());
}
