//! What can go wrong with a private cluster, in words that say what to do.
//!
//! Used by everything in `postgres`; it reaches the operator's terminal, never a client.

use std::io;
use std::path::{Path, PathBuf};

/// Why a private cluster could not be started or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostgresError {
    /// No programs anywhere.
    #[error(
        "PostgreSQL 15 or newer was not found: apt-get install postgresql, \
         or name its bin folder with --postgres-bin"
    )]
    NotFound,

    /// The folder that was named holds no PostgreSQL that we can use.
    #[error(
        "{folder} holds no PostgreSQL 15 or newer ({why}): \
         name the bin folder that holds postgres, initdb and pg_ctl with --postgres-bin"
    )]
    Unusable {
        /// The folder that was named.
        folder: PathBuf,
        /// What is missing there.
        why: String,
    },

    /// The data were written by another major version.
    #[error(
        "the data in {folder} were written by PostgreSQL {written}, but only {found} was found: \
         apt-get install postgresql-{written}, or name its bin folder with --postgres-bin, \
         or name another data folder"
    )]
    OtherVersion {
        /// The cluster's folder.
        folder: PathBuf,
        /// The major version in the data.
        written: u32,
        /// The major version of the programs.
        found: u32,
    },

    /// We are root and there is nobody to hand PostgreSQL to.
    #[error(
        "PostgreSQL does not run as root and /etc/passwd names neither `postgres` nor `nobody`: \
         create one of them, or run this as another user"
    )]
    NoUser,

    /// The folder belongs to somebody else.
    #[error(
        "{folder} belongs to another user (id {owner}): run this as that user, or name another folder"
    )]
    OtherOwner {
        /// The cluster's folder.
        folder: PathBuf,
        /// Its owner's id.
        owner: u32,
    },

    /// The folder holds something that is no private cluster.
    #[error("{0} holds other files: name a folder that is empty or does not exist yet")]
    NotACluster(PathBuf),

    /// Another Doorstep runs this cluster now.
    #[error("{0} is in use by another Doorstep: stop that one first, or name another folder")]
    InUse(PathBuf),

    /// A file or folder could not be read or written.
    #[error(
        "{path} could not be {action}: check that it exists, its permissions and the space left"
    )]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What was tried: "read", "created", …
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },

    /// A program could not be run.
    #[error("{program} could not be run: check that it is installed and may be executed")]
    Program {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// `initdb` failed.
    #[error("PostgreSQL could not create its data folder in {folder}. It said:\n{said}")]
    Initdb {
        /// The cluster's folder.
        folder: PathBuf,
        /// What `initdb` wrote.
        said: String,
    },

    /// The server ended while it started, or did not become ready in time.
    #[error("PostgreSQL did not start ({why}). The end of {log}:\n{said}")]
    NotStarted {
        /// What was observed.
        why: String,
        /// The server's log.
        log: PathBuf,
        /// Its last lines.
        said: String,
    },

    /// Something of an earlier run does not end.
    #[error(
        "PostgreSQL of an earlier run still works in {folder} (processes {processes:?}) \
         and did not stop when asked: end them, then try again"
    )]
    StillRunning {
        /// The cluster's folder.
        folder: PathBuf,
        /// The processes that are left.
        processes: Vec<u32>,
    },

    /// The signals of this process cannot be listened to.
    #[error("signals cannot be listened to, so the cluster would outlive an interruption")]
    Signals(#[source] io::Error),

    /// `run_with_cluster` was given nothing to run.
    #[error("there is no command to run: write it after `--`")]
    NoCommand,
}

impl PostgresError {
    /// For `map_err` at a file operation: `read`, `created`, `removed` …
    pub(super) fn file(
        action: &'static str,
        path: impl AsRef<Path>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Self::File { path, action, source }
    }

    /// For `map_err` where a program is run.
    pub(super) fn program(program: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let program = program.as_ref().to_owned();
        move |source| Self::Program { program, source }
    }
}
