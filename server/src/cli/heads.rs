//! `doorstep heads export | check`, and `restore-check`, which is the latter under the name of its
//! occasion.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::noted;
use crate::auth::Operator;
use crate::clock::now_ms;
use crate::integrity::compare::{self, Compared, Standing};
use crate::integrity::heads::{self, Heads};
use crate::store::district;
use crate::trail::{Act, note};

/// `doorstep heads …`.
#[derive(Subcommand)]
pub(super) enum HeadsCommand {
    /// Writes where every area's log stands, signed by the district: for a daily timer.
    Export {
        /// The file; standard output without it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Holds the database against exported heads: says which areas lost how many changes.
    Check(CheckArgs),
}

/// `doorstep heads check …`.
#[derive(Args)]
pub(super) struct CheckArgs {
    /// Files that `doorstep heads export` wrote.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Give the database a new life after a restore, so that phones notice, offer again what they
    /// were acknowledged for, and fetch every area anew. No server may run.
    #[arg(long)]
    new_epoch: bool,
    /// With --new-epoch: phones fetch only those areas anew that are behind or have another history.
    /// Only when no phone was answered after the export: heads say nothing of what came then.
    #[arg(long, requires = "new_epoch")]
    damaged_areas_only: bool,
}

/// Runs `doorstep heads …`.
pub(super) fn heads(database: &DatabaseArgs, command: HeadsCommand) -> Result<ExitCode, Failure> {
    match command {
        HeadsCommand::Export { out } => export(database, out.as_deref()),
        HeadsCommand::Check(args) => check(database, &args),
    }
}

fn export(database: &DatabaseArgs, out: Option<&Path>) -> Result<ExitCode, Failure> {
    let opened = open(database)?;
    let heads = heads::export(&opened.store, Operator::at_the_command_line(), now_ms())?;
    let text = serde_json::to_string_pretty(&heads)?;
    let Some(out) = out else {
        println!("{text}");
        return Ok(ExitCode::SUCCESS);
    };
    // Whole or not at all: whoever copies the file away never gets half of it.
    let unfinished = out.with_extension("unfinished");
    let named = |error| format!("{} cannot be written: {error}", out.display());
    fs::write(&unfinished, text + "\n").map_err(named)?;
    fs::rename(&unfinished, out).map_err(named)?;
    println!("the heads of {} areas are in {}", heads.areas.len(), out.display());
    Ok(ExitCode::SUCCESS)
}

/// Compares, and begins a new life if that is asked for. Fails when something is lost and nothing is
/// done about it.
pub(super) fn check(database: &DatabaseArgs, args: &CheckArgs) -> Result<ExitCode, Failure> {
    let files: Vec<(&PathBuf, Heads)> =
        args.files.iter().map(|file| Ok((file, read(file)?))).collect::<Result<_, Failure>>()?;
    let opened = open(database)?;
    let by = Operator::at_the_command_line();
    let now = opened.store.read(district::find)?.map(|district| district.server_epoch);
    let mut all: Vec<Compared> = Vec::new();
    let (mut lost_in_this_life, mut whole) = (false, true);
    for (file, heads) in &files {
        let compared = opened.store.read(|db| Ok(compare::compare(db, by, heads)))?;
        let compared = compared.map_err(|error| format!("{}: {error}", file.display()))?;
        report(file, heads, &compared);
        let trail = opened.store.read(|db| compare::trail(db, by, heads))?;
        trail.iter().for_each(|standing| println!("  {}", compare::trail_words(*standing)));
        let trail_is_whole = trail.is_none_or(Standing::is_whole);
        whole &= trail_is_whole;
        if now != Some(heads.server_epoch) {
            println!("  in another life of this database: a restore lies between");
        } else if !trail_is_whole || !compared.iter().all(|compared| compared.standing.is_whole()) {
            lost_in_this_life = true;
        }
        all.extend(compared);
    }
    if args.new_epoch {
        let (epoch, anew) = opened.store.transaction(|db| {
            let begun = compare::begin_anew(db, by, &all, !args.damaged_areas_only)?;
            note(db, &noted::entry(Act::NewLife).detail(begun.0.to_string()))?;
            Ok(begun)
        })?;
        println!(
            "the database has the new server epoch {epoch}: phones offer again what they keep; \
             areas that they fetch anew: {}. Start the servers.",
            anew.len()
        );
        return Ok(ExitCode::SUCCESS);
    }
    if whole && all.iter().all(|compared| compared.standing.is_whole()) {
        return Ok(ExitCode::SUCCESS);
    }
    if lost_in_this_life {
        println!(
            "if this database was restored: stop the servers and say it again with --new-epoch"
        );
    }
    Ok(ExitCode::FAILURE)
}

fn read(file: &Path) -> Result<Heads, Failure> {
    let text = fs::read_to_string(file)
        .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let heads = serde_json::from_str(&text)
        .map_err(|error| format!("{} holds no exported heads: {error}", file.display()))?;
    Ok(heads)
}

fn report(file: &Path, heads: &Heads, compared: &[Compared]) {
    let at = chrono::DateTime::from_timestamp_millis(heads.at).unwrap_or_default();
    println!("{}, exported {}:", file.display(), at.format("%Y-%m-%d %H:%M UTC"));
    let broken = compared.iter().filter(|compared| !compared.standing.is_whole());
    broken.for_each(|compared| println!("  {compared}"));
    let count = |of: fn(Standing) -> bool| compared.iter().filter(|c| of(c.standing)).count();
    let lost: u64 = compared.iter().map(|compared| lost(*compared)).sum();
    println!(
        "  {} areas as exported, {} further, {} behind, {} with another history, {} gone; \
         at least {lost} changes lost",
        count(|standing| standing == Standing::Same),
        count(|standing| matches!(standing, Standing::Ahead { .. })),
        count(|standing| matches!(standing, Standing::Behind { .. })),
        count(|standing| standing == Standing::OtherChain),
        count(|standing| standing == Standing::Gone),
    );
}

/// What an area is known to have lost; how much of another history is another, heads do not tell.
fn lost(compared: Compared) -> u64 {
    match compared.standing {
        Standing::Behind { lost } => lost,
        Standing::Gone => compared.exported.seq,
        _ => 0,
    }
}
