//! `phone batch`: many commands on one open phone, for scripts and demonstrations.

use std::io::BufRead;
use std::path::Path;

use clap::{Parser, Subcommand};
use mobile_bindings::client::FieldClient;

use crate::args::Args;
use crate::commands;
use crate::failure::Failure;
use crate::print::Printer;

/// Many commands on one phone.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run commands from standard input on one open phone: each line a JSON array of the words that
    /// would stand behind `phone --store FILE`. Each answer is on disk when it is printed; with --json
    /// it is one line. A command that fails is told and the next one runs.
    Batch,
}

/// Runs the commands of `input` until it ends; fails as the last that failed did.
pub(crate) fn run(
    client: &FieldClient,
    store: &Path,
    input: impl BufRead,
    printer: &Printer,
) -> Result<(), Failure> {
    let mut failed = None;
    for line in input.lines() {
        let line = line.map_err(|error| Failure::file(Path::new("-"), &error))?;
        if line.trim().is_empty() {
            continue;
        }
        if let Err(failure) = one(client, store, &line, printer) {
            printer.failure(&failure);
            failed = Some(failure);
        }
    }
    failed.map_or(Ok(()), |failure| Err(failure.told()))
}

fn one(client: &FieldClient, store: &Path, line: &str, printer: &Printer) -> Result<(), Failure> {
    let words: Vec<String> =
        serde_json::from_str(line).map_err(|_| Failure::line(r#"["list", "--kind", "visit"]"#))?;
    let first = ["phone", "--store"].map(Into::into);
    let words = first.into_iter().chain([store.into()]).chain(words.into_iter().map(Into::into));
    let args = Args::try_parse_from(words.collect::<Vec<std::ffi::OsString>>());
    let args = args.map_err(|error| Failure::line(error.render().to_string().trim()))?;
    commands::run(client, &args.command, printer)
}
