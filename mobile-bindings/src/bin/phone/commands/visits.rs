//! 入户走访: at once, or step by step.

use clap::Subcommand;
use mobile_bindings::client::FieldClient;
use sync_protocol::records::Kind;

use crate::failure::Failure;
use crate::given::{self, entries};
use crate::lines;
use crate::print::Printer;

/// Visits.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Write a whole visit to a home.
    Visit {
        /// The home.
        premises: String,
        /// met, no_answer, refused, vacant or moved_out.
        #[arg(long)]
        outcome: Option<String>,
        /// Hand it in.
        #[arg(long)]
        submit: bool,
        /// key=value.
        values: Vec<String>,
    },
    /// Begin a visit to a home, now: a draft that every later command adds to.
    StartVisit {
        /// The home.
        premises: String,
        /// key=value.
        values: Vec<String>,
    },
    /// Note in a visit that a registered resident lives there, or with --gone that they do not.
    Confirm {
        /// The visit.
        visit: String,
        /// The stay.
        residency: String,
        /// They do not live there.
        #[arg(long)]
        gone: bool,
    },
    /// Note in a visit what the household asks for.
    Need {
        /// The visit.
        visit: String,
        /// school_place, vaccination, employment, training, social_insurance, legal_aid, permit, health
        /// or housing.
        need: String,
        /// requested, referred or done.
        #[arg(default_value = "requested")]
        step: String,
    },
    /// End a visit, now.
    EndVisit {
        /// The visit.
        visit: String,
        /// met, no_answer, refused, vacant or moved_out.
        outcome: String,
        /// Hand it in.
        #[arg(long)]
        submit: bool,
        /// key=value.
        values: Vec<String>,
    },
}

#[cfg(test)]
pub(crate) const CALLS: super::Calls = &[
    ("visit", &["visit"]),
    ("start-visit", &["start_visit"]),
    ("confirm", &["confirm_resident"]),
    ("need", &["note_need"]),
    ("end-visit", &["end_visit"]),
];

/// Runs one.
pub(crate) fn run(
    client: &FieldClient,
    command: &Command,
    printer: &Printer,
) -> Result<(), Failure> {
    let saved = match command {
        Command::Visit { premises, outcome, submit, values } => {
            let mut values = entries(Kind::Visit, values)?;
            given::add(&mut values, Kind::Visit, "outcome", outcome.as_deref())?;
            client.visit(given::premises(client, premises)?, values, *submit)?
        }
        Command::StartVisit { premises, values } => {
            let values = entries(Kind::Visit, values)?;
            client.start_visit(given::premises(client, premises)?, values)?
        }
        Command::Confirm { visit, residency, gone } => {
            let (visit, residency) =
                (given::record(client, visit)?, given::record(client, residency)?);
            client.confirm_resident(visit, residency, !gone)?
        }
        Command::Need { visit, need, step } => {
            client.note_need(given::record(client, visit)?, need.clone(), step.clone())?
        }
        Command::EndVisit { visit, outcome, submit, values } => {
            let values = entries(Kind::Visit, values)?;
            client.end_visit(given::record(client, visit)?, outcome.clone(), values, *submit)?
        }
    };
    printer.show(&saved, lines::saved(printer, &saved));
    Ok(())
}
