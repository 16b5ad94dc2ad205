//! What an earlier run left behind: a cluster that outlived its killed parent, or the traces of
//! one that was killed itself. The folder's lock is ours when this runs, so no Doorstep uses it.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::binaries::Binaries;
use super::error::PostgresError;
use super::folder::Folder;
use super::privileges::RunAs;
use super::sockets;

/// How long processes of an earlier run may take to end in order, before they are told to at once
/// (committed data are safe then too; the next start recovers them).
const IN_ORDER: Duration = Duration::from_secs(30);

/// And how long until we give up.
const PATIENCE: Duration = Duration::from_secs(60);

/// `postmaster.pid`: what a server says about itself while it runs, a line each.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PidFile {
    pub(super) process: Option<u32>,
    pub(super) sockets: Option<PathBuf>,
    pub(super) ready: bool,
}

impl PidFile {
    pub(super) fn path(data: &Path) -> PathBuf {
        data.join("postmaster.pid")
    }

    /// Nothing if there is none, or it cannot be read yet.
    pub(super) fn read(data: &Path) -> Option<Self> {
        fs::read_to_string(Self::path(data)).ok().map(|text| Self::parse(&text))
    }

    fn parse(text: &str) -> Self {
        let line = |number: usize| text.lines().nth(number).map(str::trim);
        Self {
            process: line(0).and_then(|process| process.parse().ok()),
            sockets: line(4).filter(|path| !path.is_empty()).map(PathBuf::from),
            ready: line(7) == Some("ready"),
        }
    }
}

/// Ends what still runs in the folder and removes what it can no longer remove itself.
pub(super) fn end_earlier_run(
    folder: &Folder,
    binaries: &Binaries,
    run_as: RunAs,
) -> Result<(), PostgresError> {
    let data = folder.data();
    let Some(left) = PidFile::read(&data) else {
        return Ok(());
    };
    let running = processes_in(&data);
    match left.process.filter(|process| running.contains(process)) {
        Some(process) => {
            tracing::warn!(process, folder = %folder.path().display(),
                "PostgreSQL of an earlier run is still running here: it is stopped first");
            ask_to_stop(binaries, run_as, &data)?;
        }
        None => tracing::warn!(folder = %folder.path().display(),
            "PostgreSQL did not stop properly when it last ran here: it will recover by itself"),
    }
    wait_for_the_last(folder, binaries, run_as)?;
    let file = PidFile::path(&data);
    if file.exists() {
        // Its process is gone or is somebody else's by now, whom PostgreSQL would take for itself.
        fs::remove_file(&file).map_err(PostgresError::file("removed", file))?;
    }
    if let Some(path) = left.sockets {
        sockets::remove_left(&path);
    }
    Ok(())
}

/// Asks for a fast shutdown: open transactions are rolled back, what was committed is kept.
/// Whether it happens is for the caller to see. (`pg_ctl --wait` takes a server that has ended, but
/// whose parent has not looked yet, for one that still runs.)
pub(super) fn ask_to_stop(
    binaries: &Binaries,
    run_as: RunAs,
    data: &Path,
) -> Result<(), PostgresError> {
    let program = binaries.program("pg_ctl");
    run_as
        .command(&program)
        .args(["stop", "--mode=fast", "--no-wait", "--silent", "--pgdata"])
        .arg(data)
        .output()
        .map_err(PostgresError::program(program))?;
    Ok(())
}

/// A killed server's other processes end when they notice; PostgreSQL does not start before.
fn wait_for_the_last(
    folder: &Folder,
    binaries: &Binaries,
    run_as: RunAs,
) -> Result<(), PostgresError> {
    let begun = Instant::now();
    let mut told = false;
    loop {
        let processes = processes_in(&folder.data());
        if processes.is_empty() {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            return Err(PostgresError::StillRunning {
                folder: folder.path().to_owned(),
                processes,
            });
        }
        if !told && begun.elapsed() > IN_ORDER {
            told = true;
            let program = binaries.program("pg_ctl");
            for process in processes {
                // One that has ended meanwhile is no error.
                run_as
                    .command(&program)
                    .args(["kill", "QUIT", &process.to_string()])
                    .output()
                    .map_err(PostgresError::program(&program))?;
            }
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// PostgreSQL's processes of this data folder: all of them work in it. This does not trust a
/// number in a file, which may be another process's by now.
fn processes_in(data: &Path) -> Vec<u32> {
    let works_here = |process: &Path| {
        fs::read_to_string(process.join("comm")).is_ok_and(|name| name.trim() == "postgres")
            && fs::read_link(process.join("cwd")).is_ok_and(|folder| folder == data)
    };
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let process = entry.file_name().to_str()?.parse().ok()?;
            works_here(&entry.path()).then_some(process)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_tells_the_process_the_sockets_and_whether_it_is_ready() {
        let text = "4711\n/data\n1700000000\n5432\n/tmp/x\n\n  123 456\nready   \n";
        assert_eq!(
            PidFile::parse(text),
            PidFile { process: Some(4711), sockets: Some(PathBuf::from("/tmp/x")), ready: true }
        );
        assert_eq!(PidFile::parse(""), PidFile::default());
        assert!(!PidFile::parse("4711\n/data\n1700000000\n5432\n/tmp/x\n").ready);
    }
}
