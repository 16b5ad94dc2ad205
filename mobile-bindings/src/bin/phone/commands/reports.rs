//! A report as a whole: its photos and signatures, handing it in, taking it back.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use clap::{Subcommand, ValueEnum};
use mobile_bindings::client::{FieldClient, Signer};

use crate::failure::Failure;
use crate::given::{self, entries};
use crate::lines;
use crate::print::Printer;

/// Reports.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Keep a photo with a report.
    Photo {
        /// The report.
        report: String,
        /// A JPEG or PNG file.
        file: PathBuf,
        /// What it shows.
        #[arg(long)]
        caption: Option<String>,
    },
    /// Keep a signature with a report.
    Sign {
        /// The report.
        report: String,
        /// A PNG or JPEG file of what was written.
        file: PathBuf,
        /// Who signs.
        #[arg(long, value_enum, default_value_t = Who::Resident)]
        by: Who,
    },
    /// Reports that are begun and not handed in, or came back, with what they lack.
    Drafts,
    /// Hand a report in; again, if it was returned.
    Submit {
        /// The report.
        report: String,
    },
    /// Make a record void. Nothing is deleted; clearing voided= makes it stand again.
    Withdraw {
        /// The record.
        record: String,
        /// Why.
        #[arg(long)]
        because: String,
    },
    /// Begin a report that amends an accepted one.
    Amend {
        /// The accepted report.
        report: String,
        /// key=value.
        values: Vec<String>,
    },
}

/// Who signs.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Who {
    /// The household, or whoever was present at an inspection.
    Resident,
    /// The inspector.
    Inspector,
}

#[cfg(test)]
pub(crate) const CALLS: super::Calls = &[
    ("photo", &["photo"]),
    ("sign", &["sign"]),
    ("drafts", &["drafts"]),
    ("submit", &["submit"]),
    ("withdraw", &["withdraw"]),
    ("amend", &["amend"]),
];

/// Runs one.
pub(crate) fn run(
    client: &FieldClient,
    command: &Command,
    printer: &Printer,
) -> Result<(), Failure> {
    let saved = match command {
        Command::Photo { report, file, caption } => {
            let report = given::record(client, report)?;
            let saved = client.photo(report, read(file)?, caption.clone(), taken_at(file))?;
            printer.show(&saved, lines::photo(printer, &saved));
            return Ok(());
        }
        Command::Sign { report, file, by } => {
            let signer = match by {
                Who::Resident => Signer::Resident,
                Who::Inspector => Signer::Inspector,
            };
            let saved = client.sign(given::record(client, report)?, signer, read(file)?)?;
            printer.show(&saved, lines::photo(printer, &saved));
            return Ok(());
        }
        Command::Drafts => {
            let drafts = client.drafts()?;
            printer.show(&drafts, lines::drafts(printer, &drafts));
            return Ok(());
        }
        Command::Submit { report } => client.submit(given::record(client, report)?)?,
        Command::Withdraw { record, because } => {
            client.withdraw(given::record(client, record)?, because.clone())?
        }
        Command::Amend { report, values } => {
            let (kind, report) = given::kind_and_record(client, report)?;
            client.amend(report, entries(kind, values)?)?
        }
    };
    printer.show(&saved, lines::saved(printer, &saved));
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| Failure::file(file, &error))
}

/// When the file was last written: a camera writes it once.
fn taken_at(file: &Path) -> Option<i64> {
    let written = std::fs::metadata(file).ok()?.modified().ok()?;
    i64::try_from(written.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}
