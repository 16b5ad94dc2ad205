//! `doorstep demo`: the whole way of a report on one machine. A private cluster, a synthetic
//! district, the server as a process of its own, two phones through the real binary; they go offline,
//! edit the same home, the server is killed and comes back, and everybody ends with the same record.

mod compare;
mod merged;
mod phones;
mod picture;
mod server_process;
mod stage;
mod story;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use self::stage::Stage;
use super::Failure;
use super::database::DatabaseArgs;
use crate::work;

/// `doorstep demo …`.
#[derive(Args)]
pub(super) struct DemoArgs {
    /// End by itself: exit code 0 only if both phones and the server hold the same records and the
    /// clash is listed.
    #[arg(long)]
    once: bool,
    /// The number that the synthetic district is drawn from.
    #[arg(long, default_value_t = 1)]
    number: u64,
    /// Homes in each of its two cells.
    #[arg(long, default_value_t = 40)]
    homes: usize,
    /// The port of the console; another one is taken if it is in use.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The phone on the command line; by default the one beside this program.
    #[arg(long)]
    phone: Option<PathBuf>,
}

/// Runs the demonstration.
pub(super) fn demo(database: &DatabaseArgs, args: &DemoArgs) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let stage = Arc::new(Stage::set_up(database, args)?);
    let told = runtime.block_on(async {
        let playing = {
            let stage = Arc::clone(&stage);
            work::block(move || story::play(&stage))
        };
        tokio::select! {
            played = playing => Some(played),
            () = told_to_stop() => None,
        }
    });
    let Some(played) = told else {
        stage.tear_down();
        return Ok(ExitCode::FAILURE);
    };
    let played = played.map_err(Failure::from).and_then(|played| played);
    match played {
        Ok(()) if !args.once => {
            println!("\n{}\n\nCtrl-C ends the demonstration.", stage.invitation());
            runtime.block_on(told_to_stop());
        }
        Ok(()) => {}
        Err(failure) => {
            stage.tear_down();
            return Err(failure);
        }
    }
    stage.tear_down();
    Ok(ExitCode::SUCCESS)
}

/// Waits for Ctrl-C or a polite kill.
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
