//! A folder for a cluster that nobody needs afterwards, and the tidying up after killed runs,
//! whose servers would otherwise work for ever.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::binaries::Binaries;
use super::error::PostgresError;
use super::folder::Folder;
use super::privileges::RunAs;
use super::settings::Durability;
use super::{recovery, sockets};

const PREFIX: &str = "doorstep-with-postgres-";

/// The folder that Linux keeps in memory (tmpfs). Five hundred databases made and dropped one after another
/// are 300,000 files: on a disk that was a third of the tests' time (2026-11).
const IN_MEMORY: &str = "/dev/shm";

/// Bytes that have to be free there: the log of a cluster, and the databases of the tests that run at once,
/// take less than half of it.
const ROOM: u64 = 2 * 1024 * 1024 * 1024;

/// Removed when it is dropped.
pub(super) struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// A new folder where PostgreSQL's user can get to it: in memory, if the data need not outlive a crash
    /// and there is room.
    pub(super) fn create(durability: Durability) -> Result<Self, PostgresError> {
        let on_disk = sockets::parent(RunAs::find()?);
        let in_memory = Path::new(IN_MEMORY);
        tidy_up(&on_disk);
        tidy_up(in_memory);
        let fits = matches!(durability, Durability::Fleeting) && has_room(in_memory);
        let parent = if fits { in_memory } else { &on_disk };
        let path = parent.join(format!("{PREFIX}{}", uuid::Uuid::now_v7()));
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(PostgresError::file("created", &path))?;
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        match fs::remove_dir_all(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(folder = %self.path.display(), %error, "it could not be removed");
            }
            _ => {}
        }
    }
}

fn has_room(folder: &Path) -> bool {
    rustix::fs::statvfs(folder)
        .is_ok_and(|stat| stat.f_bavail.saturating_mul(stat.f_frsize) >= ROOM)
}

/// Ends and removes the temporary clusters of runs that were killed. One that is in use has its
/// lock taken, and is left alone; so is everything that is not plainly ours.
fn tidy_up(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let path = entry.path();
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        // A link would not be a folder here. Data are there only after the lock was taken, so
        // this is not a run that is just about to take it.
        let folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if ours && folder && path.join("data/PG_VERSION").exists() {
            match remove_left(&path) {
                Ok(()) => {
                    tracing::info!(folder = %path.display(), "removed a killed run's cluster")
                }
                Err(error) => tracing::debug!(folder = %path.display(), %error, "left as it is"),
            }
        }
    }
}

fn remove_left(path: &Path) -> Result<(), PostgresError> {
    let (folder, run_as) = Folder::open(path, RunAs::find()?)?;
    let binaries = Binaries::find(None, folder.written_by(), &run_as)?;
    recovery::end_earlier_run(&folder, &binaries, run_as)?;
    fs::remove_dir_all(path).map_err(PostgresError::file("removed", path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::{Durability, PrivateCluster};

    #[test]
    fn the_cluster_of_a_killed_run_is_removed_and_one_in_use_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let [left, used] =
            ["left", "used"].map(|name| parent.path().join(format!("{PREFIX}{name}")));
        drop(PrivateCluster::start(&left, None, Durability::Fleeting).unwrap());
        let _running = PrivateCluster::start(&used, None, Durability::Fleeting).unwrap();
        tidy_up(parent.path());
        assert!(!left.exists());
        assert!(used.join("data/PG_VERSION").exists());
    }
}
