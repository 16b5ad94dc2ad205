//! The folder of one private cluster: where it is, whether it is ours, and the lock on it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::error::PostgresError;
use super::privileges::RunAs;

/// How much of the log an error carries.
const TAIL_LINES: usize = 20;

/// How long a lock that somebody holds is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often it is tried.
const LOOK: Duration = Duration::from_millis(10);

/// A cluster's folder, locked as long as this lives. The system drops the lock of a killed process.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Creates the folder where that is needed, takes it for PostgreSQL's user and locks it.
    /// Returns the user too: data that exist keep theirs.
    pub(super) fn open(asked: &Path, run_as: RunAs) -> Result<(Self, RunAs), PostgresError> {
        let asked = std::path::absolute(asked).map_err(PostgresError::file("found", asked))?;
        let path = if run_as.can_reach(&asked) { asked } else { replacement(&asked, run_as)? };
        let run_as = run_as.or_owner_of(&path.join("data"))?;
        fs::create_dir_all(&path).map_err(PostgresError::file("created", &path))?;
        if !is_empty_or_cluster(&path)? {
            return Err(PostgresError::NotACluster(path));
        }
        let lock = lock(&path)?;
        run_as.take(&path)?;
        // PostgreSQL's processes are recognised by this path: no links in it.
        let path = fs::canonicalize(&path).map_err(PostgresError::file("read", &path))?;
        Ok((Self { path, _lock: lock }, run_as))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// PostgreSQL's data folder; complete if it exists.
    pub(super) fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    /// Where `initdb` works: renamed to `data` once it is done, so that a run killed in the middle
    /// leaves nothing that looks like a cluster.
    pub(super) fn unfinished(&self) -> PathBuf {
        self.path.join("data.new")
    }

    /// The major version of the PostgreSQL that wrote the data, if there are any.
    pub(super) fn written_by(&self) -> Option<u32> {
        fs::read_to_string(self.data().join("PG_VERSION")).ok()?.trim().parse().ok()
    }

    pub(super) fn log(&self) -> PathBuf {
        self.path.join("server.log")
    }

    /// A new log; the one before is kept beside it.
    pub(super) fn new_log(&self) -> Result<File, PostgresError> {
        let log = self.log();
        match fs::rename(&log, self.path.join("server.log.1")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(PostgresError::file("renamed", log)(error));
            }
            _ => {}
        }
        File::options()
            .create(true)
            .append(true)
            .open(&log)
            .map_err(PostgresError::file("created", log))
    }

    /// The last lines of the log, for an error.
    pub(super) fn log_tail(&self) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines.len().saturating_sub(TAIL_LINES);
        lines.get(tail..).unwrap_or_default().join("\n")
    }
}

/// The folder that is used when PostgreSQL's user cannot get to the one that was asked for (a
/// clone in /root, mode 0700). Named by that one's path, so that it is found again.
fn replacement(asked: &Path, run_as: RunAs) -> Result<PathBuf, PostgresError> {
    let hash = Sha256::digest(asked.as_os_str().as_encoded_bytes());
    let name: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let path = Path::new("/var/tmp").join(format!("doorstep-postgres-{name}"));
    match fs::create_dir(&path) {
        Ok(()) => {
            run_as.take(&path)?;
            // Said once: every command of an operator comes by here.
            tracing::info!(
                asked = %asked.display(),
                used = %path.display(),
                "PostgreSQL's user cannot get to the folder that was asked for: another one is used"
            );
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // Anybody may write to /var/tmp: a link or a stranger's folder is not followed.
            let there = fs::symlink_metadata(&path).map_err(PostgresError::file("read", &path))?;
            if !there.is_dir() || !run_as.owns(&there) {
                return Err(PostgresError::NotACluster(path));
            }
        }
        Err(error) => return Err(PostgresError::file("created", path)(error)),
    }
    Ok(path)
}

/// The folder is about to be handed to another user: never one that holds something else.
fn is_empty_or_cluster(path: &Path) -> Result<bool, PostgresError> {
    let ours = ["data", "data.new", "lock", "server.log", "server.log.1"];
    for entry in fs::read_dir(path).map_err(PostgresError::file("read", path))? {
        let entry = entry.map_err(PostgresError::file("read", path))?;
        if !ours.iter().any(|name| entry.file_name() == *name) {
            return Ok(false);
        }
    }
    let data = path.join("data");
    Ok(!data.exists() || data.join("PG_VERSION").exists())
}

fn lock(path: &Path) -> Result<File, PostgresError> {
    let name = path.join("lock");
    let file = File::options()
        .create(true)
        .append(true)
        .open(&name)
        .map_err(PostgresError::file("created", &name))?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            // A process that this one is just starting holds its files until it becomes the other
            // program, a lock that was let go a moment ago among them.
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => thread::sleep(LOOK),
            Err(TryLockError::WouldBlock) => return Err(PostgresError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => {
                return Err(PostgresError::file("locked", name)(error));
            }
        }
    }
}
