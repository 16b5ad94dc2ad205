//! The commands: what was given becomes one call of the core, its answer becomes lines.

use std::path::Path;
use std::time::UNIX_EPOCH;

use mobile_bindings::client::{Entry, FieldClient, ListFilter};
use sync_protocol::records::Kind;

use crate::args::Command;
use crate::badge;
use crate::due;
use crate::failure::Failure;
use crate::forms;
use crate::given::{self, entries, entry};
use crate::lines;
use crate::print::Printer;

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
        Command::Look(look) => return due::run(client, look, printer),
        Command::Show { record } => {
            let view = client.read(given::record(client, record)?)?;
            printer.show(&view, lines::record(printer, &view));
        }
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
        Command::Sync { follow: true, .. } => return follow(client, printer),
        Command::Sync { until_done, .. } => {
            let synced = match until_done {
                Some(seconds) => client.sync_until_done(seconds.saturating_mul(1000))?,
                None => client.sync()?,
            };
            printer.show(&synced, lines::synced(printer, &synced));
        }
        Command::Outbox => {
            let items = client.outbox()?;
            printer.show(&items, lines::outbox(printer, &items));
        }
        Command::Rescue { out } => {
            let rescued = client.rescue(out.display().to_string())?;
            printer.show(&rescued, lines::rescued(printer, &rescued));
        }
        Command::Attention => {
            let attention = client.attention()?;
            printer.show(&attention, lines::attention(printer, &attention));
        }
        Command::Badge => {
            let badge = client.badge()?;
            printer.show(&badge, badge::lines(printer, &badge));
        }
        Command::Status => {
            let status = client.status()?;
            printer.show(&status, lines::status(printer, &status));
        }
        Command::Digest => printer.json_lines(&client.digest()?),
        writing => return write(client, writing, printer),
    }
    Ok(())
}

/// How long to wait for news before syncing anyway: news can be lost, and another command may have
/// written something.
const FOLLOW_MS: u64 = 30_000;

/// Syncs, waits, syncs. Every step is safe to be cut off; only what was done is told.
fn follow(client: &FieldClient, printer: &Printer) -> Result<(), Failure> {
    loop {
        match client.sync() {
            Ok(synced) => {
                let done = synced.accepted + synced.rejected + synced.received;
                if done + synced.photos_stored > 0 {
                    printer.step(&synced, lines::synced(printer, &synced));
                }
            }
            Err(error) if error.problem().retry => printer.failure(&error.into()),
            Err(error) => return Err(error.into()),
        }
        client.wait_for_news(FOLLOW_MS);
    }
}

/// Runs one that writes.
fn write(client: &FieldClient, command: &Command, printer: &Printer) -> Result<(), Failure> {
    let saved = match command {
        Command::Open { address_code, area, values } => {
            let values = entries(Kind::Premises, values)?;
            client.open_premises(area.clone(), address_code.clone(), values)?
        }
        Command::Register { premises, values } => {
            let values = entries(Kind::Residency, values)?;
            client.register_residency(given::premises(client, premises)?, values)?
        }
        Command::Edit { record, values } => {
            let (kind, record) = given::kind_and_record(client, record)?;
            client.edit(record, entries(kind, values)?)?
        }
        Command::Visit { premises, outcome, submit, values } => {
            let mut values = entries(Kind::Visit, values)?;
            push(&mut values, Kind::Visit, "outcome", outcome.as_deref())?;
            client.visit(given::premises(client, premises)?, values, *submit)?
        }
        Command::Inspect { premises, items, verdict, submit, values } => {
            let mut values = entries(Kind::Inspection, values)?;
            for item in items {
                values.extend(given::item(item)?);
            }
            push(&mut values, Kind::Inspection, "verdict", verdict.as_deref())?;
            client.inspect(given::premises(client, premises)?, values, *submit)?
        }
        Command::Photo { report, file, caption } => {
            let report = given::record(client, report)?;
            let bytes = std::fs::read(file).map_err(|error| Failure::file(file, &error))?;
            let saved = client.photo(report, bytes, caption.clone(), taken_at(file))?;
            printer.show(&saved, lines::photo(printer, &saved));
            return Ok(());
        }
        _ => return Ok(()),
    };
    printer.show(&saved, lines::saved(printer, &saved));
    Ok(())
}

fn push(
    values: &mut Vec<Entry>,
    kind: Kind,
    key: &str,
    given: Option<&str>,
) -> Result<(), Failure> {
    if let Some(given) = given {
        values.push(entry(kind, key, given)?);
    }
    Ok(())
}

/// When the file was last written: a camera writes it once.
fn taken_at(file: &Path) -> Option<i64> {
    let written = std::fs::metadata(file).ok()?.modified().ok()?;
    i64::try_from(written.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}
