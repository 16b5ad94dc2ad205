//! `doorstep rescue`.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use sync_protocol::codes::{self, Code};

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::noted;
use crate::auth::Operator;
use crate::clock::now_ms;
use crate::http::server::Server;
use crate::photos::Objects;
use crate::rescue::{By, Desk, HandedIn, TakeInError};
use crate::store::areas;
use crate::trail::Origin;

/// Bytes that are read at a time.
const PIECE: usize = 256 * 1024;

/// `doorstep rescue …`.
#[derive(Args)]
pub(super) struct RescueArgs {
    /// The bundle that the phone wrote.
    file: PathBuf,
    /// One JSON document instead of lines.
    #[arg(long)]
    json: bool,
}

/// Takes a bundle in and prints what became of it. What cannot be read of it is told by the exit
/// code, too.
pub(super) fn rescue(database: &DatabaseArgs, args: &RescueArgs) -> Result<ExitCode, Failure> {
    let file = File::open(&args.file)
        .map_err(|error| format!("{} cannot be read: {error}", args.file.display()))?;
    let opened = open(database)?;
    let objects = Objects::in_folder(&database.data_folder.join("photos"))?;
    let areas = opened.store.read(areas::all)?.into_iter().map(|area| area.id).collect();
    let by = By::Operator(Operator::at_the_command_line(), areas);
    let server = Server::new(opened.store.clone(), objects)?;
    let taken =
        actix_web::rt::System::new().block_on(async { hand_in(server.desk(), by, file).await });
    let handed_in = taken.map_err(|failure| match failure {
        Failed::Bundle(TakeInError::Refused(code)) => in_words(code).into(),
        Failed::Bundle(error) => Failure::from(error),
        Failed::File(error) => format!("{} cannot be read: {error}", args.file.display()).into(),
    })?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&handed_in)?);
    } else {
        show(&handed_in);
    }
    if let Some(code) = handed_in.problem {
        eprintln!("doorstep: {}", in_words(code));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

enum Failed {
    Bundle(TakeInError),
    File(std::io::Error),
}

async fn hand_in(desk: &Desk, by: By, mut file: File) -> Result<HandedIn, Failed> {
    let who = (noted::operator(), Origin::default());
    let mut intake = desk.take_in(by, who, now_ms());
    let mut piece = vec![0; PIECE];
    loop {
        let read = match file.read(&mut piece) {
            Ok(read) => read,
            Err(error) => {
                intake.break_off(&codes::RESCUE_CUT_SHORT).await.map_err(Failed::Bundle)?;
                return Err(Failed::File(error));
            }
        };
        if read == 0 {
            return intake.finish().await.map_err(Failed::Bundle);
        }
        intake.feed(piece.get(..read).unwrap_or_default()).await.map_err(Failed::Bundle)?;
    }
}

fn show(handed_in: &HandedIn) {
    for change in &handed_in.changes {
        let seq = change.seq.map(|seq| format!(" {seq}")).unwrap_or_default();
        let code = change.code.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
        let field = change.field.as_deref().map(|key| format!(" {key}")).unwrap_or_default();
        println!(
            "{} {} {} {}: {}{seq}{code}{field}",
            change.area,
            change.kind.code(),
            change.record,
            change.change,
            change.outcome
        );
    }
    for photo in &handed_in.photos {
        let outcome = photo.code.unwrap_or("stored");
        println!("{} photo {}: {outcome}", photo.area, photo.photo);
    }
    let count = |outcome: &str| handed_in.count(outcome);
    println!(
        "device {}{}: {} changes accepted, {} known already, {} held, {} in quarantine, {} not \
         taken; {} of {} photos stored",
        handed_in.device.as_deref().unwrap_or_default(),
        if handed_in.suspended { " (suspended)" } else { "" },
        count("accepted"),
        count("duplicate"),
        count("held"),
        count("rejected"),
        count("not_taken") + count("retry"),
        handed_in.photos.iter().filter(|photo| photo.stored).count(),
        handed_in.photos.len()
    );
}

fn in_words(code: &Code) -> String {
    format!("{} ({}): {}", code.message.en, code.message.zh, code.remedy.en)
}
