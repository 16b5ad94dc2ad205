//! 出租房屋检查: at once, or step by step, with what has to be put right and its follow-up.

use clap::Subcommand;
use mobile_bindings::client::FieldClient;
use sync_protocol::records::Kind;

use crate::failure::Failure;
use crate::given::{self, entries};
use crate::lines;
use crate::print::Printer;

/// Inspections.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Write a whole inspection of a home.
    Inspect {
        /// The home.
        premises: String,
        /// An item of the checklist, as in gas=fail:note or wiring=pass.
        #[arg(long = "item", value_name = "ITEM=RESULT[:NOTE]")]
        items: Vec<String>,
        /// pass, rectify or unsafe.
        #[arg(long)]
        verdict: Option<String>,
        /// Hand it in.
        #[arg(long)]
        submit: bool,
        /// key=value.
        values: Vec<String>,
    },
    /// Begin an inspection of a home, now: a draft that every later command adds to.
    StartInspection {
        /// The home.
        premises: String,
        /// key=value.
        values: Vec<String>,
    },
    /// Answer an item of the checklist.
    Answer {
        /// The inspection.
        inspection: String,
        /// wiring, gas, escape, extinguishers, partitions, ebike, occupancy, register or letter.
        item: String,
        /// pass, fail or not_applicable.
        result: String,
        /// What was found; an item that fails needs it.
        note: Option<String>,
    },
    /// Order something to be put right.
    Rectify {
        /// The inspection.
        inspection: String,
        /// What.
        what: String,
        /// By which day, as in 2026-12-01.
        #[arg(long)]
        by: String,
    },
    /// Begin the inspection that follows an earlier one.
    FollowUp {
        /// The earlier one.
        inspection: String,
    },
    /// Note in a follow-up that what had been ordered was put right.
    Rectified {
        /// The follow-up.
        follow_up: String,
        /// On which day, as in 2026-11-30.
        #[arg(long)]
        on: String,
    },
    /// End an inspection, now.
    EndInspection {
        /// The inspection.
        inspection: String,
        /// pass, rectify or unsafe.
        verdict: String,
        /// Hand it in.
        #[arg(long)]
        submit: bool,
        /// key=value.
        values: Vec<String>,
    },
}

#[cfg(test)]
pub(crate) const CALLS: super::Calls = &[
    ("inspect", &["inspect"]),
    ("start-inspection", &["start_inspection"]),
    ("answer", &["answer"]),
    ("rectify", &["order_rectification"]),
    ("follow-up", &["start_follow_up"]),
    ("rectified", &["verify_rectification"]),
    ("end-inspection", &["end_inspection"]),
];

/// Runs one.
pub(crate) fn run(
    client: &FieldClient,
    command: &Command,
    printer: &Printer,
) -> Result<(), Failure> {
    let of = |given: &String| given::record(client, given);
    let saved = match command {
        Command::Inspect { premises, items, verdict, submit, values } => {
            let mut values = entries(Kind::Inspection, values)?;
            for item in items {
                values.extend(given::item(item)?);
            }
            given::add(&mut values, Kind::Inspection, "verdict", verdict.as_deref())?;
            client.inspect(given::premises(client, premises)?, values, *submit)?
        }
        Command::StartInspection { premises, values } => {
            let values = entries(Kind::Inspection, values)?;
            client.start_inspection(given::premises(client, premises)?, values)?
        }
        Command::Answer { inspection, item, result, note } => {
            client.answer(of(inspection)?, item.clone(), result.clone(), note.clone())?
        }
        Command::Rectify { inspection, what, by } => {
            client.order_rectification(of(inspection)?, what.clone(), by.clone())?
        }
        Command::FollowUp { inspection } => client.start_follow_up(of(inspection)?)?,
        Command::Rectified { follow_up, on } => {
            client.verify_rectification(of(follow_up)?, on.clone())?
        }
        Command::EndInspection { inspection, verdict, submit, values } => {
            let values = entries(Kind::Inspection, values)?;
            client.end_inspection(of(inspection)?, verdict.clone(), values, *submit)?
        }
    };
    printer.show(&saved, lines::saved(printer, &saved));
    Ok(())
}
