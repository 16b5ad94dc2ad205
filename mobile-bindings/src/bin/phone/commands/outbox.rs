//! What has not arrived, and how else it can.

use std::path::PathBuf;

use clap::Subcommand;
use mobile_bindings::client::FieldClient;

use crate::failure::Failure;
use crate::lines;
use crate::print::Printer;

/// What has not arrived.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// What has not arrived: how far it has come, how large it is, why it waits.
    Outbox,
    /// Write what has not arrived into one encrypted file, for a supervisor to hand to the server.
    Rescue {
        /// The file.
        out: PathBuf,
    },
}

#[cfg(test)]
pub(crate) const CALLS: super::Calls = &[("outbox", &["outbox"]), ("rescue", &["rescue"])];

/// Runs one.
pub(crate) fn run(
    client: &FieldClient,
    command: &Command,
    printer: &Printer,
) -> Result<(), Failure> {
    match command {
        Command::Outbox => {
            let items = client.outbox()?;
            printer.show(&items, lines::outbox(printer, &items));
        }
        Command::Rescue { out } => {
            let rescued = client.rescue(out.display().to_string())?;
            printer.show(&rescued, lines::rescued(printer, &rescued));
        }
    }
    Ok(())
}
