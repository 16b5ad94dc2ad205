//! What is on the phone.

use clap::Subcommand;
use mobile_bindings::client::{FieldClient, ListFilter};

use crate::failure::Failure;
use crate::given;
use crate::lines;
use crate::print::Printer;

/// What is on the phone.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Records, all or some.
    List {
        /// Of one area.
        #[arg(long)]
        area: Option<String>,
        /// premises, residency, visit or inspection.
        #[arg(long)]
        kind: Option<String>,
        /// About one home.
        #[arg(long, value_name = "PREMISES")]
        of: Option<String>,
        /// That hold a text.
        #[arg(long, value_name = "TEXT")]
        find: Option<String>,
    },
    /// A record: every field, its value, who wrote it and when; of a clash, all values.
    Show {
        /// The record.
        record: String,
    },
    /// The full id of a record.
    Id {
        /// A beginning of it that is unique, or a home's address code.
        record: String,
    },
    /// A fingerprint of every record, a JSON line each, for comparing with another copy.
    Digest,
}

#[cfg(test)]
pub(crate) const CALLS: super::Calls = &[
    ("list", &["list", "find"]),
    ("show", &["read"]),
    ("id", &["resolve"]),
    ("digest", &["digest"]),
];

/// Runs one.
pub(crate) fn run(
    client: &FieldClient,
    command: &Command,
    printer: &Printer,
) -> Result<(), Failure> {
    match command {
        Command::List { area, kind, of, find } => {
            let premises = of.as_ref().map(|of| given::premises(client, of)).transpose()?;
            let filter =
                ListFilter { area: area.clone(), kind: kind.clone(), premises, limit: None };
            let found = match find {
                Some(text) => client.find(text.clone(), filter)?,
                None => client.list(filter)?,
            };
            printer.show(&found, lines::list(printer, &found));
        }
        Command::Show { record } => {
            let view = client.read(given::record(client, record)?)?;
            printer.show(&view, lines::record(printer, &view));
        }
        Command::Id { record } => {
            let id = given::record(client, record)?;
            printer.show(&serde_json::json!({ "record": id }), vec![vec![id.clone()]]);
        }
        Command::Digest => printer.json_lines(&client.digest()?),
    }
    Ok(())
}
