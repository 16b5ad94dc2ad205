//! `doorstep serve`.

use std::net::SocketAddr;

use clap::Args;

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::limits::LimitArgs;
use crate::http::{Settings, server};
use crate::photos::Objects;

/// `doorstep serve …`.
#[derive(Args)]
pub(super) struct ServeArgs {
    /// Where to listen; port 0 lets the system choose.
    #[arg(long, env = "DOORSTEP_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Threads that take requests; each has others that wait for the database.
    #[arg(long, default_value_t = 2)]
    workers: usize,
    #[command(flatten)]
    limits: LimitArgs,
}

/// Serves until it is told to stop.
pub(super) fn serve(database: &DatabaseArgs, args: &ServeArgs) -> Result<(), Failure> {
    raise_descriptors();
    let opened = open(database)?;
    let objects = Objects::in_folder(&database.data_folder.join("photos"))?;
    let settings = Settings {
        listen: args.listen,
        store: opened.store.clone(),
        objects,
        workers: args.workers,
        limits: args.limits.limits(),
        behind_tls: args.limits.behind_tls,
    };
    actix_web::rt::System::new().block_on(async {
        let (address, running) = server::start(settings)?;
        println!("doorstep listens on http://{address}");
        Ok::<(), Failure>(running.ended().await?)
    })
}

/// A connection takes two descriptors; systems let a process have more than it begins with.
fn raise_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!(%error, "no more files can be open at once than before");
    }
}
