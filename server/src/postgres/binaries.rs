//! Finds PostgreSQL's programs: the folder that was named, else `PATH`, else the newest of
//! Debian's `/usr/lib/postgresql/*/bin`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::PostgresError;
use super::privileges::RunAs;

/// The oldest major version that is good enough.
const OLDEST: u32 = 15;

/// A folder that holds `postgres`, `initdb` and `pg_ctl` of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    folder: PathBuf,
    major: u32,
}

impl Binaries {
    /// `written` is the major version of data that exist already: where there is a choice, the
    /// programs that can read them are taken.
    pub(super) fn find(
        named: Option<&Path>,
        written: Option<u32>,
        run_as: &RunAs,
    ) -> Result<Self, PostgresError> {
        if let Some(folder) = named {
            return Self::look(folder, run_as)
                .map_err(|why| PostgresError::Unusable { folder: folder.to_owned(), why });
        }
        let found: Vec<Self> = on_path()
            .into_iter()
            .chain(of_debian(Path::new("/usr/lib/postgresql")))
            .filter_map(|folder| Self::look(&folder, run_as).ok())
            .collect();
        found
            .iter()
            .find(|one| written.is_none_or(|major| major == one.major))
            .or(found.first())
            .cloned()
            .ok_or(PostgresError::NotFound)
    }

    /// The full path of one program.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The major version: 15, 16 …
    pub(super) fn major(&self) -> u32 {
        self.major
    }

    /// Whether a folder will do; if not, why not.
    fn look(folder: &Path, run_as: &RunAs) -> Result<Self, String> {
        // Links are followed (a distribution may link `postgres` alone into /usr/local/bin):
        // PostgreSQL wants its programs side by side.
        let server = fs::canonicalize(folder.join("postgres"))
            .map_err(|_| "it has no postgres".to_owned())?;
        let folder = server.parent().ok_or_else(|| "it has no postgres".to_owned())?.to_owned();
        for name in ["postgres", "initdb", "pg_ctl"] {
            let program = folder.join(name);
            if !program.is_file() {
                return Err(format!("it has no {name}"));
            }
            if !run_as.can_execute(&program) {
                return Err(format!("{run_as} may not execute {name} there"));
            }
        }
        let answer = Command::new(&server)
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("postgres --version: {error}"))?;
        let answer = String::from_utf8_lossy(&answer.stdout);
        match major_version(&answer) {
            Some(major) if major >= OLDEST => Ok(Self { folder, major }),
            Some(major) => Err(format!("it is version {major}")),
            None => Err("postgres --version names no version".to_owned()),
        }
    }
}

/// `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`, `postgres (PostgreSQL) 19devel`
fn major_version(answer: &str) -> Option<u32> {
    let (_, version) = answer.split_once("(PostgreSQL) ")?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn on_path() -> Vec<PathBuf> {
    env::var_os("PATH")
        .map(|path| env::split_paths(&path).filter(|folder| folder.is_absolute()).collect())
        .unwrap_or_default()
}

/// `<root>/<major>/bin`, the newest first.
fn of_debian(root: &Path) -> Vec<PathBuf> {
    let mut versions: Vec<u32> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    versions.into_iter().map(|major| root.join(major.to_string()).join("bin")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_every_known_answer() {
        let debian = "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n";
        assert_eq!(major_version(debian), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 19devel\n"), Some(19));
        assert_eq!(major_version("postgres (PostgreSQL) 9.6.24\n"), Some(9));
        assert_eq!(major_version("something else 15"), None);
    }

    #[test]
    fn of_several_versions_the_newest_comes_first() {
        let root = tempfile::tempdir().unwrap();
        for name in ["9", "15", "17", "16", "notes"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        let found = of_debian(root.path());
        let expected: Vec<PathBuf> =
            ["17", "16", "15", "9"].map(|name| root.path().join(name).join("bin")).into();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_named_folder_without_postgresql_is_an_error_that_names_it() {
        let empty = tempfile::tempdir().unwrap();
        let run_as = RunAs::find().unwrap();
        let error = Binaries::find(Some(empty.path()), None, &run_as).unwrap_err();
        let words = error.to_string();
        assert!(words.contains(empty.path().to_str().unwrap()), "{words}");
        assert!(words.contains("--postgres-bin"), "{words}");
    }

    #[test]
    fn an_old_version_is_refused_by_name() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::Builder::new()
            .permissions(fs::Permissions::from_mode(0o755))
            .tempdir()
            .unwrap();
        for name in ["postgres", "initdb", "pg_ctl"] {
            let program = folder.path().join(name);
            fs::write(&program, "#!/bin/sh\necho 'postgres (PostgreSQL) 13.9'\n").unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let run_as = RunAs::find().unwrap();
        let words = Binaries::find(Some(folder.path()), None, &run_as).unwrap_err().to_string();
        assert!(words.contains("it is version 13"), "{words}");
    }
}
