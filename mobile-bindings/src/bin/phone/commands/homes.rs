//! Homes and who lives there.

use clap::Subcommand;
use mobile_bindings::client::FieldClient;
use sync_protocol::records::Kind;

use crate::failure::Failure;
use crate::given::{self, entries};
use crate::lines;
use crate::print::Printer;

/// Homes and who lives there.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Open a home by its standard address code.
    Open {
        /// The code.
        address_code: String,
        /// The area; by default the one whose code the address code begins with.
        #[arg(long)]
        area: Option<String>,
        /// key=value.
        values: Vec<String>,
    },
    /// Register a person's stay at a home: who comes.
    Register {
        /// The home.
        premises: String,
        /// key=value; document_type and document_number among them.
        values: Vec<String>,
    },
    /// Sign a person's stay off: who goes.
    Depart {
        /// The stay.
        residency: String,
        /// The day, as in 2026-11-22.
        #[arg(long)]
        on: String,
    },
    /// Edit a record.
    Edit {
        /// The record.
        record: String,
        /// key=value.
        #[arg(required = true)]
        values: Vec<String>,
    },
}

#[cfg(test)]
pub(crate) const CALLS: super::Calls = &[
    ("open", &["open_premises"]),
    ("register", &["register_residency"]),
    ("depart", &["depart"]),
    ("edit", &["edit"]),
];

/// Runs one.
pub(crate) fn run(
    client: &FieldClient,
    command: &Command,
    printer: &Printer,
) -> Result<(), Failure> {
    let saved = match command {
        Command::Open { address_code, area, values } => {
            let values = entries(Kind::Premises, values)?;
            client.open_premises(area.clone(), address_code.clone(), values)?
        }
        Command::Register { premises, values } => {
            let values = entries(Kind::Residency, values)?;
            client.register_residency(given::premises(client, premises)?, values)?
        }
        Command::Depart { residency, on } => {
            client.depart(given::record(client, residency)?, on.clone())?
        }
        Command::Edit { record, values } => {
            let (kind, record) = given::kind_and_record(client, record)?;
            client.edit(record, entries(kind, values)?)?
        }
    };
    printer.show(&saved, lines::saved(printer, &saved));
    Ok(())
}
