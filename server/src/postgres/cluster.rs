//! A private cluster: created, started, asked for its URL, stopped when it is dropped.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::binaries::Binaries;
use super::error::PostgresError;
use super::folder::Folder;
use super::privileges::RunAs;
use super::recovery::{self, PidFile};
use super::settings::{Durability, settings};
use super::sockets::Sockets;

/// The superuser of the cluster. Who can enter the socket's folder is trusted.
const ROLE: &str = "doorstep";

/// Recovery of a big cluster after a crash takes its time; more than this is an error.
const READY_WITHIN: Duration = Duration::from_secs(300);

/// The last checkpoint on a slow disk; after that the server is killed, which loses nothing that
/// was committed but makes the next start recover.
const STOPPED_WITHIN: Duration = Duration::from_secs(60);

/// A PostgreSQL server of our own. Dropping it stops the server; the data stay.
#[derive(Debug)]
pub struct PrivateCluster {
    server: Child,
    binaries: Binaries,
    run_as: RunAs,
    sockets: Sockets,
    folder: Folder,
}

impl PrivateCluster {
    /// Starts the cluster in a folder, creating it if the folder is empty or missing, and returns
    /// once it answers. `binaries` names PostgreSQL's bin folder; without it, it is looked for.
    ///
    /// # Errors
    /// See [`PostgresError`]: each says what to do.
    pub fn start(
        folder: &Path,
        binaries: Option<&Path>,
        durability: Durability,
    ) -> Result<Self, PostgresError> {
        let (folder, run_as) = Folder::open(folder, RunAs::find()?)?;
        let written = folder.written_by();
        let binaries = Binaries::find(binaries, written, &run_as)?;
        match written {
            Some(written) if written != binaries.major() => {
                return Err(PostgresError::OtherVersion {
                    folder: folder.path().to_owned(),
                    written,
                    found: binaries.major(),
                });
            }
            Some(_) => recovery::end_earlier_run(&folder, &binaries, run_as)?,
            None => create(&folder, &binaries, run_as, durability)?,
        }
        let sockets = Sockets::create(run_as)?;
        let server = spawn(&folder, &binaries, run_as, &sockets, durability)?;
        // From here on, dropping stops it, whatever happens.
        let mut cluster = Self { server, binaries, run_as, sockets, folder };
        cluster.wait_until_ready()?;
        tracing::debug!(
            folder = %cluster.folder.path().display(),
            process = cluster.process_id(),
            version = cluster.binaries.major(),
            "PostgreSQL is ready"
        );
        Ok(cluster)
    }

    /// A libpq URL of one of its databases, through the private socket.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.sockets.url(ROLE, database)
    }

    /// The server's process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.server.id()
    }

    /// Where the cluster is kept: another folder than the one asked for, if PostgreSQL's user
    /// cannot get to that one.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What `pg_ctl --wait` does: the server writes "ready" into its pid file.
    fn wait_until_ready(&mut self) -> Result<(), PostgresError> {
        let begun = Instant::now();
        let data = self.folder.data();
        loop {
            let ended = self.server.try_wait().map_err(PostgresError::program("postgres"))?;
            if let Some(status) = ended {
                return Err(self.not_started(format!("it ended with {status}")));
            }
            let ours = |file: &PidFile| file.ready && file.process == Some(self.server.id());
            if PidFile::read(&data).as_ref().is_some_and(ours) {
                return Ok(());
            }
            if begun.elapsed() > READY_WITHIN {
                return Err(self.not_started(format!(
                    "it was not ready within {} seconds",
                    READY_WITHIN.as_secs()
                )));
            }
            thread::sleep(Duration::from_millis(3));
        }
    }

    fn not_started(&self, why: String) -> PostgresError {
        PostgresError::NotStarted { why, log: self.folder.log(), said: self.folder.log_tail() }
    }

    fn stop(&mut self) {
        if self.has_ended() {
            return;
        }
        match recovery::ask_to_stop(&self.binaries, self.run_as, &self.folder.data()) {
            Ok(()) => self.wait_for_the_end(),
            Err(error) => tracing::warn!(%error, "PostgreSQL could not be asked to stop"),
        }
        if !self.has_ended() {
            tracing::warn!(process = self.server.id(), "PostgreSQL did not stop: it is killed");
            // It may end this very moment, which is as good.
            let _ = self.server.kill();
            let _ = self.server.wait();
        }
    }

    fn wait_for_the_end(&mut self) {
        let begun = Instant::now();
        while !self.has_ended() && begun.elapsed() < STOPPED_WITHIN {
            thread::sleep(Duration::from_millis(3));
        }
    }

    fn has_ended(&mut self) -> bool {
        matches!(self.server.try_wait(), Ok(Some(_)))
    }
}

impl Drop for PrivateCluster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// `initdb`, beside the place and then moved there.
fn create(
    folder: &Folder,
    binaries: &Binaries,
    run_as: RunAs,
    durability: Durability,
) -> Result<(), PostgresError> {
    let unfinished = folder.unfinished();
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(PostgresError::file("removed", &unfinished))?;
    }
    let program = binaries.program("initdb");
    let mut initdb = run_as.command(&program);
    initdb.args(["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]).args([
        "--auth-local=trust",
        "--auth-host=reject",
        "--username",
        ROLE,
    ]);
    match durability {
        Durability::Durable => initdb.arg("--data-checksums"),
        Durability::Fleeting => initdb.arg("--no-sync"),
    };
    let output = initdb
        .arg("--pgdata")
        .arg(&unfinished)
        .output()
        .map_err(PostgresError::program(program))?;
    if !output.status.success() {
        return Err(PostgresError::Initdb {
            folder: folder.path().to_owned(),
            said: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        });
    }
    fs::rename(&unfinished, folder.data()).map_err(PostgresError::file("renamed", unfinished))
}

pub(super) fn spawn(
    folder: &Folder,
    binaries: &Binaries,
    run_as: RunAs,
    sockets: &Sockets,
    durability: Durability,
) -> Result<Child, PostgresError> {
    let program = binaries.program("postgres");
    let log = folder.new_log()?;
    let mut postgres = run_as.command(&program);
    postgres.arg("-D").arg(folder.data());
    for (name, value) in settings(durability, sockets.path()) {
        postgres.arg("-c").arg(format!("{name}={value}"));
    }
    // A group of its own: Ctrl-C in a terminal is ours to answer, and we stop it in order.
    postgres
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(PostgresError::program(program))
}
