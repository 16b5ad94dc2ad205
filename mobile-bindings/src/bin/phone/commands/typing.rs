//! What a screen asks for, and what is wrong while somebody types.

use clap::Subcommand;
use mobile_bindings::client::FieldClient;
use sync_protocol::records::Kind;

use crate::failure::Failure;
use crate::forms;
use crate::given::{self, entries};
use crate::print::Printer;

/// What a screen asks for, and what is wrong while somebody types.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// The forms that an app draws its screens from: every field with what asks for it, when it is
    /// shown and when it must be filled in. With --json the whole description.
    Forms {
        /// premises, residency, visit or inspection.
        kind: Option<String>,
    },
    /// What is wrong with values, before they are saved.
    Check {
        /// The record; or premises, residency, visit or inspection, for a new one.
        of: String,
        /// key=value; state=submitted to ask what handing in would be refused for.
        values: Vec<String>,
    },
}

#[cfg(test)]
pub(crate) const CALLS: super::Calls = &[("forms", &["forms"]), ("check", &["check"])];

/// Runs one.
pub(crate) fn run(
    client: &FieldClient,
    command: &Command,
    printer: &Printer,
) -> Result<(), Failure> {
    match command {
        Command::Forms { kind } => {
            let forms = forms::of_kind(&client.forms()?, kind.as_deref());
            printer.show(&forms, forms::forms(printer, &forms));
        }
        Command::Check { of, values } => {
            let (kind, record) = match Kind::from_code(of) {
                Some(kind) => (kind, None),
                None => given::kind_and_record(client, of).map(|(kind, id)| (kind, Some(id)))?,
            };
            let values = entries(kind, values)?;
            let found = client.check(kind.code().to_owned(), record, values)?;
            printer.show(&found, forms::findings(printer, &found));
        }
    }
    Ok(())
}
