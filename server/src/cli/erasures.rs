//! `doorstep erasures export | apply`: so that a restored backup does not bring back who was erased.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::noted;
use super::progress::Line;
use crate::auth::Operator;
use crate::clock::now_ms;
use crate::http::Server;
use crate::integrity::erasure_list::{self, ErasureList};
use crate::photos::Objects;
use crate::trail::Act;

/// `doorstep erasures …`.
#[derive(Subcommand)]
pub(super) enum ErasuresCommand {
    /// Writes which records were erased, signed by the district: after each backup, beside it.
    Export {
        /// The file; standard output without it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Erases again, in a restored database, what was erased after its backup. No server may run.
    Apply {
        /// A file that `doorstep erasures export` wrote.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Runs `doorstep erasures …`.
pub(super) fn erasures(database: &DatabaseArgs, command: ErasuresCommand) -> Result<(), Failure> {
    match command {
        ErasuresCommand::Export { out } => export(database, out.as_deref()),
        ErasuresCommand::Apply { file } => apply(database, &file),
    }
}

fn export(database: &DatabaseArgs, out: Option<&Path>) -> Result<(), Failure> {
    let opened = open(database)?;
    let list = erasure_list::export(&opened.store, Operator::at_the_command_line(), now_ms())?;
    let text = serde_json::to_string_pretty(&list)?;
    let Some(out) = out else {
        println!("{text}");
        return Ok(());
    };
    // Whole or not at all: whoever copies the file away never gets half of it.
    let unfinished = out.with_extension("unfinished");
    let named = |error| format!("{} cannot be written: {error}", out.display());
    fs::write(&unfinished, text + "\n").map_err(named)?;
    fs::rename(&unfinished, out).map_err(named)?;
    println!("{} erasures are in {}", list.erased.len(), out.display());
    Ok(())
}

fn apply(database: &DatabaseArgs, file: &Path) -> Result<(), Failure> {
    let text = fs::read_to_string(file)
        .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let list: ErasureList = serde_json::from_str(&text)
        .map_err(|error| format!("{} holds no exported erasures: {error}", file.display()))?;
    let opened = open(database)?;
    let objects = Objects::in_folder(&database.data_folder.join("photos"))?;
    let server = Server::new(opened.store.clone(), objects)?;
    let by = Operator::at_the_command_line();
    let mut line = Line::new("erasures");
    let progress = |done, of| line.show(done, of);
    let note = noted::entry(Act::RecordErased).detail("again after a restore");
    let again = erasure_list::apply(server.engine(), by, &list, (&note, now_ms()), progress)?;
    line.end();
    let photos = actix_web::rt::System::new().block_on(server.photos().delete_erased())?;
    let (of, number) = (list.erased.len(), again.len());
    println!(
        "{of} erasures are in the list; {number} records were erased again, and {photos} photos"
    );
    Ok(())
}
