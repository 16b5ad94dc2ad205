//! Sending and fetching, and what stands where.

use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use mobile_bindings::client::{
    Bilingual, FieldClient, ListenerError, Status, SyncCancel, SyncListener, SyncProgress,
};
use serde::Serialize;
use serde_json::json;

use crate::failure::Failure;
use crate::lines;
use crate::print::Printer;

/// Sending and fetching, and what stands where.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Send and fetch.
    Sync(SyncArgs),
    /// Wait until the server has something new for this phone.
    News {
        /// At most so many seconds.
        #[arg(long, value_name = "SECONDS", default_value_t = 25)]
        at_most: u64,
    },
    /// What needs you: refused work, clashes, returned reports; and what you should know.
    Attention,
    /// What is on this phone, stored on the server, merged.
    Status {
        /// Minutes east of UTC of the time zone in which the time is read; China's unless it is said.
        #[arg(long, value_name = "MINUTES", default_value_t = 480, allow_negative_numbers = true)]
        utc_offset: i32,
    },
}

/// How to sync.
#[derive(Args)]
pub(crate) struct SyncArgs {
    /// Try again until nothing is left, for at most so many seconds.
    #[arg(long, value_name = "SECONDS")]
    until_done: Option<u64>,
    /// Go on: wait for news and sync again, until Ctrl-C.
    #[arg(long, conflicts_with_all = ["until_done", "at_most"])]
    follow: bool,
    /// Cancel after so many seconds, whatever it is waiting for.
    #[arg(long, value_name = "SECONDS")]
    at_most: Option<u64>,
    /// Tell every step on standard error.
    #[arg(long)]
    progress: bool,
    /// Send every photo too, once, whatever the network costs.
    #[arg(long, conflicts_with_all = ["until_done", "follow", "at_most", "progress"])]
    photos: bool,
    /// The network costs by what goes over it: photos wait.
    #[arg(long)]
    metered: bool,
    /// The battery is low: photos wait, and news are asked for half as often.
    #[arg(long)]
    battery_low: bool,
}

#[cfg(test)]
pub(crate) const CALLS: super::Calls = &[
    ("sync", &["sync", "sync_until_done", "sync_with", "sync_with_photos", "hints"]),
    ("news", &["wait_for_news"]),
    ("attention", &["attention"]),
    ("status", &["status", "status_sentence"]),
];

/// Runs one.
pub(crate) fn run(
    client: &FieldClient,
    command: &Command,
    printer: &Printer,
) -> Result<(), Failure> {
    match command {
        Command::Sync(how) => {
            client.hints(how.metered, how.battery_low);
            return if how.follow { follow(client, printer) } else { sync(client, how, printer) };
        }
        Command::News { at_most } => {
            let news = client.wait_for_news(at_most.saturating_mul(1000));
            printer.show(&json!({ "news": news }), lines::news(printer, news));
        }
        Command::Attention => {
            let attention = client.attention()?;
            printer.show(&attention, lines::attention(printer, &attention));
        }
        Command::Status { utc_offset } => {
            let (status, sentence) = (client.status()?, client.status_sentence(*utc_offset)?);
            let answer = Stands { status: &status, sentence: &sentence };
            printer.show(&answer, lines::status(printer, &status, &sentence));
        }
    }
    Ok(())
}

/// The status with its sentence, one document.
#[derive(Serialize)]
struct Stands<'s> {
    #[serde(flatten)]
    status: &'s Status,
    sentence: &'s Bilingual,
}

fn sync(client: &FieldClient, how: &SyncArgs, printer: &Printer) -> Result<(), Failure> {
    let synced = match how {
        SyncArgs { photos: true, .. } => client.sync_with_photos()?,
        SyncArgs { at_most: None, progress: false, until_done: None, .. } => client.sync()?,
        SyncArgs { at_most: None, progress: false, until_done: Some(seconds), .. } => {
            client.sync_until_done(seconds.saturating_mul(1000))?
        }
        SyncArgs { until_done, at_most, progress, .. } => {
            let listener = progress
                .then(|| -> Arc<dyn SyncListener> { Arc::new(Steps { printer: printer.clone() }) });
            let most = until_done.map(|seconds| seconds.saturating_mul(1000));
            client.sync_with(most, listener, at_most.map(cancelled_after))?
        }
    };
    printer.show(&synced, lines::synced(printer, &synced));
    let wanted = how.until_done.is_some() || synced.cancelled;
    if wanted && !synced.done { Err(Failure::unfinished()) } else { Ok(()) }
}

/// Cancels after so many seconds.
fn cancelled_after(seconds: u64) -> Arc<SyncCancel> {
    let cancel = SyncCancel::new();
    let timer = Arc::clone(&cancel);
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(seconds));
        timer.cancel();
    });
    cancel
}

/// Prints the steps.
struct Steps {
    printer: Printer,
}

impl SyncListener for Steps {
    fn on_progress(&self, progress: SyncProgress) -> Result<(), ListenerError> {
        self.printer.aside(&progress, lines::progress(&self.printer, &progress));
        Ok(())
    }
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
