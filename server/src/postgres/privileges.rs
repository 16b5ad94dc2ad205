//! As whom PostgreSQL's processes run. PostgreSQL refuses root, so under root they are handed to
//! the user `postgres`, else to `nobody`; otherwise they are ours.

use std::fmt;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::error::PostgresError;

/// The user of PostgreSQL's processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RunAs {
    user: u32,
    group: u32,
    /// We are root and hand over.
    handed_over: bool,
}

impl RunAs {
    /// Ourselves; under root somebody from `/etc/passwd`.
    pub(super) fn find() -> Result<Self, PostgresError> {
        // std has no geteuid; /proc/self belongs to the effective user.
        let me = fs::metadata("/proc/self").map_err(PostgresError::file("read", "/proc/self"))?;
        if me.uid() != 0 {
            return Ok(Self { user: me.uid(), group: me.gid(), handed_over: false });
        }
        let passwd = fs::read_to_string("/etc/passwd")
            .map_err(PostgresError::file("read", "/etc/passwd"))?;
        let (user, group) = ["postgres", "nobody"]
            .iter()
            .find_map(|name| ids_of(&passwd, name))
            .ok_or(PostgresError::NoUser)?;
        Ok(Self { user, group, handed_over: true })
    }

    /// Data that exist stay with the user who wrote them, where that is in our power.
    pub(super) fn or_owner_of(self, data: &Path) -> Result<Self, PostgresError> {
        let Ok(there) = fs::metadata(data) else {
            return Ok(self);
        };
        if there.uid() == self.user {
            Ok(self)
        } else if self.handed_over && there.uid() != 0 {
            Ok(Self { user: there.uid(), group: there.gid(), handed_over: true })
        } else {
            Err(PostgresError::OtherOwner { folder: data.to_owned(), owner: there.uid() })
        }
    }

    /// One of PostgreSQL's programs, ready to run as this user. It gets an environment of its own:
    /// PostgreSQL reads `PG…` variables, and ours may hold secrets that are none of its business.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").stdin(Stdio::null()).env_clear().env("LC_ALL", "C.UTF-8");
        for name in ["PATH", "LD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        if self.handed_over {
            // std drops root's supplementary groups too, when it sets the user.
            command.uid(self.user).gid(self.group);
        }
        command
    }

    /// Makes a folder this user's alone.
    pub(super) fn take(&self, folder: &Path) -> Result<(), PostgresError> {
        if self.handed_over {
            chown(folder, Some(self.user), Some(self.group))
                .map_err(PostgresError::file("handed to PostgreSQL's user", folder))?;
        }
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
            .map_err(PostgresError::file("closed to other users", folder))
    }

    /// Whether this user owns a folder.
    pub(super) fn owns(&self, folder: &fs::Metadata) -> bool {
        folder.uid() == self.user
    }

    /// Whether this user can get to a path: every folder above it that exists lets it through.
    pub(super) fn can_reach(&self, path: &Path) -> bool {
        path.ancestors()
            .skip(1)
            .filter_map(|folder| fs::metadata(folder).ok())
            .all(|folder| self.may_execute(&folder))
    }

    /// Whether this user can run a program.
    pub(super) fn can_execute(&self, program: &Path) -> bool {
        self.can_reach(program) && fs::metadata(program).is_ok_and(|file| self.may_execute(&file))
    }

    /// Execute a file, or pass through a folder. Our own supplementary groups cannot be asked for
    /// in std, so only somebody else's rights are judged; ours show when we try.
    fn may_execute(&self, metadata: &fs::Metadata) -> bool {
        let bit = if !self.handed_over {
            return true;
        } else if metadata.uid() == self.user {
            0o100
        } else if metadata.gid() == self.group {
            0o010
        } else {
            0o001
        };
        metadata.mode() & bit != 0
    }
}

impl fmt::Display for RunAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "user {}", self.user)
    }
}

/// User and group of a name in the text of `/etc/passwd`.
fn ids_of(passwd: &str, name: &str) -> Option<(u32, u32)> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let user = fields.nth(1)?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        Some((user, group))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\n\
                      postgresql:x:7:7::/:/bin/false\n\
                      broken\n\
                      postgres:x:101:104:PostgreSQL administrator,,,:/var/lib:/bin/bash\n";
        assert_eq!(ids_of(passwd, "postgres"), Some((101, 104)));
        assert_eq!(ids_of(passwd, "nobody"), None);
    }

    #[test]
    fn a_folder_closed_to_others_is_out_of_reach_for_another_user() {
        let closed = tempfile::tempdir().unwrap();
        fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let inside = closed.path().join("cluster");
        let owner = fs::metadata(closed.path()).unwrap().uid();
        let other = RunAs { user: owner + 1, group: u32::MAX - 1, handed_over: true };
        let same = RunAs { user: owner, group: u32::MAX - 1, handed_over: true };
        assert!(!other.can_reach(&inside));
        assert!(same.can_reach(&inside));
        assert!(other.can_reach(closed.path()), "the folder itself is not above itself");
    }
}
