//! Whose phone it is.

use clap::Subcommand;
use mobile_bindings::client::FieldClient;

use crate::failure::Failure;
use crate::lines;
use crate::print::Printer;

/// Whose phone it is.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Enrol with an invitation (doorstep:enrol?…), or with --server and a code.
    Enrol {
        /// The invitation's text, or the code.
        code: String,
        /// The server's base address.
        #[arg(long)]
        server: Option<String>,
        /// What the list of devices shows.
        #[arg(long, default_value = "phone")]
        name: String,
    },
    /// The areas you have.
    Areas,
    /// The phone's own key.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Your badge: a QR code that a resident can check, good for five minutes.
    Badge,
}

/// The phone's own key.
#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    /// Change it now; by itself it is changed every 90 days.
    Rotate,
}

#[cfg(test)]
pub(crate) const CALLS: super::Calls = &[
    ("enrol", &["enrol", "enrol_at"]),
    ("areas", &["areas"]),
    ("key", &["change_key"]),
    ("badge", &["badge"]),
];

/// Runs one.
pub(crate) fn run(
    client: &FieldClient,
    command: &Command,
    printer: &Printer,
) -> Result<(), Failure> {
    match command {
        Command::Enrol { code, server, name } => {
            let (code, name) = (code.clone(), name.clone());
            let enrolled = match server {
                Some(server) => client.enrol_at(server.clone(), code, name)?,
                None => client.enrol(code, name)?,
            };
            printer.show(&enrolled, lines::enrolment(printer, &enrolled));
        }
        Command::Areas => {
            let areas = client.areas()?;
            printer.show(&areas, lines::areas(printer, &areas));
        }
        Command::Key(KeyCommand::Rotate) => {
            client.change_key()?;
            printer.show(&serde_json::json!({ "changed": true }), lines::key_changed(printer));
        }
        Command::Badge => {
            let badge = client.badge()?;
            printer.show(&badge, lines::badge(printer, &badge));
        }
    }
    Ok(())
}
