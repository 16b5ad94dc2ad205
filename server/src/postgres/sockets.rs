//! The folder of a running cluster's socket: short, of its own, closed to other users.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::error::PostgresError;
use super::privileges::RunAs;
use super::settings::PORT;

/// The system's limit for the path of a socket, less the zero at its end.
const LONGEST: usize = 107;
const PREFIX: &str = "doorstep-pg-";

/// Removed when it is dropped.
#[derive(Debug)]
pub(super) struct Sockets {
    path: PathBuf,
}

impl Sockets {
    /// A new folder with a name of its own.
    pub(super) fn create(run_as: RunAs) -> Result<Self, PostgresError> {
        let parent = parent(run_as);
        let process = std::process::id();
        let mut attempt = 0_u32;
        loop {
            let path = parent.join(format!("{PREFIX}{process}-{attempt}"));
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => {
                    let sockets = Self { path };
                    run_as.take(&sockets.path)?;
                    return Ok(sockets);
                }
                // Another cluster of this process, or one of a killed process of the same number.
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists && attempt < u32::MAX =>
                {
                    attempt += 1;
                }
                Err(error) => return Err(PostgresError::file("created", path)(error)),
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A URL for libpq. The path of the folder stands where a host would.
    pub(super) fn url(&self, role: &str, database: &str) -> String {
        let host = percent(self.path.as_os_str().as_encoded_bytes());
        format!("postgres://{role}@{host}:{PORT}/{}", percent(database.as_bytes()))
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// The system's folder for temporary files; `/tmp` where that one's path is too long for a socket
/// or closed to PostgreSQL's user.
pub(super) fn parent(run_as: RunAs) -> PathBuf {
    let system = std::env::temp_dir();
    let longest = socket(&system.join(format!("{PREFIX}{}-{}", u32::MAX, u32::MAX)));
    let fits = longest.as_os_str().len() <= LONGEST;
    if fits && system.is_absolute() && run_as.can_reach(&longest) {
        system
    } else {
        PathBuf::from("/tmp")
    }
}

/// Removes what a killed run left, if it is a folder of ours by its name.
pub(super) fn remove_left(path: &Path) {
    let ours = path
        .file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with(PREFIX));
    if ours && path.is_absolute() {
        remove(path);
    }
}

/// Only what PostgreSQL puts there, so that a wrong path can never cost anybody a file.
fn remove(path: &Path) {
    let socket = socket(path);
    let _ = fs::remove_file(socket.with_extension(format!("{PORT}.lock")));
    let _ = fs::remove_file(socket);
    if let Err(error) = fs::remove_dir(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(folder = %path.display(), %error, "the socket folder could not be removed");
    }
}

fn socket(folder: &Path) -> PathBuf {
    folder.join(format!(".s.PGSQL.{PORT}"))
}

/// Everything but RFC 3986's unreserved characters is escaped.
fn percent(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|&byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_escapes_the_folder_and_the_database() {
        let sockets = Sockets { path: PathBuf::from("/nowhere/门 1") };
        assert_eq!(
            sockets.url("doorstep", "a/b"),
            "postgres://doorstep@%2Fnowhere%2F%E9%97%A8%201:5432/a%2Fb"
        );
    }

    #[test]
    fn a_folder_that_is_not_ours_is_never_removed() {
        let other = tempfile::tempdir().unwrap();
        remove_left(other.path());
        assert!(other.path().exists());
    }
}
