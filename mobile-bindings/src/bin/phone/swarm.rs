//! `phone swarm`: many phones in one process, for load and for proof. Each is a whole phone, with a store
//! and a key of its own; what they do follows from the seed.

mod agreement;
mod codes;
mod phone;
mod plan;
mod tally;

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::print::Printer;
use phone::Phone;
use tally::Tally;

/// Many phones.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Many phones in this process do field work and sync, and at the end hold the same or the command
    /// fails. Each enrols with an invitation: `doorstep enrolment-code --area … --plain` makes them.
    Swarm(SwarmArgs),
}

/// How many, and what they do.
#[derive(Args)]
pub(crate) struct SwarmArgs {
    /// The invitations, one a line, a phone for each; - for standard input.
    #[arg(long, value_name = "FILE", default_value = "-")]
    codes: PathBuf,
    /// Where the stores are kept. Without it they are in memory (on Linux in /dev/shm) and go when the
    /// command ends.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// How often each phone works and then syncs.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Pieces of work in each round.
    #[arg(long, default_value_t = 5)]
    work: u32,
    /// Seconds from one round of a phone to its next, give or take half; 0 without a pause.
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    every: f64,
    /// What they do is drawn from this number: the same number, the same work.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Homes of an area that its phones share: the fewer, the more clashes.
    #[arg(long, default_value_t = 50)]
    homes: u32,
    /// Of a hundred reports, so many have a photo.
    #[arg(long, value_name = "PER CENT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(..=100))]
    photos: u32,
    /// KiB of a photo.
    #[arg(long, value_name = "KIB", default_value_t = 200)]
    photo_kib: u32,
}

/// Runs it.
pub(crate) fn run(Command::Swarm(args): &Command, printer: &Printer) -> Result<(), Failure> {
    let codes = codes::read(&args.codes)?;
    let in_memory = if args.folder.is_none() { Some(memory()?) } else { None };
    let folder = match (&args.folder, &in_memory) {
        (Some(folder), _) => folder.as_path(),
        (None, memory) => memory.as_ref().map_or(Path::new("."), |memory| memory.path()),
    };
    std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    let begun = Instant::now();
    let phones = all(codes.iter().enumerate(), |(n, code)| Phone::enrol(folder, n, code))?;
    let worked = all(phones, |mut phone| phone.work(args).map(|()| phone))?;
    // Once to bring what is left, once more to fetch what the others brought.
    let brought = all(worked, |mut phone| phone.finish().map(|()| phone))?;
    let phones = all(brought, |mut phone| phone.finish().map(|()| phone))?;
    let tally = phones.iter().map(|phone| &phone.tally).sum::<Tally>();
    let areas = agreement::of(&phones)?;
    let report = tally::Report::new(phones.len(), args, begun.elapsed(), tally, areas);
    printer.show(&report, report.rows(printer));
    match report.disagreeing() {
        Some(areas) => Err(Failure::disagreeing(&areas)),
        None => Ok(()),
    }
}

/// A folder in memory that goes with the command.
fn memory() -> Result<tempfile::TempDir, Failure> {
    let shared = Path::new("/dev/shm");
    let place = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::Builder::new().prefix("doorstep-swarm-").tempdir_in(&place);
    folder.map_err(|error| Failure::file(&place, &error))
}

/// Does something with each, all at once; the first failure is that of all.
fn all<A: Send, B: Send>(
    each: impl IntoIterator<Item = A>,
    work: impl Fn(A) -> Result<B, Failure> + Sync,
) -> Result<Vec<B>, Failure> {
    thread::scope(|threads| {
        let work = &work;
        let begun: Vec<_> = each.into_iter().map(|one| threads.spawn(move || work(one))).collect();
        let ended = begun.into_iter().map(|thread| match thread.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        ended.collect()
    })
}
