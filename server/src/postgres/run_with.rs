//! Runs a command beside a private cluster that lives as long as the command: `doorstep
//! with-postgres -- cargo test`.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::cluster::PrivateCluster;
use super::error::PostgresError;
use super::settings::Durability;
use super::temporary::Temporary;

/// What the command finds the cluster by: the URL of its database `postgres`.
const VARIABLE: &str = "DOORSTEP_TEST_CLUSTER";

/// How long the command may take to end when it is asked to, before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// Runs `command` with the environment variable `DOORSTEP_TEST_CLUSTER` and returns its exit code
/// (128 and its number for a signal, as a shell does). Without a folder the cluster lives in a
/// temporary one, which is removed. When this process is told to end (SIGINT, SIGTERM, SIGHUP),
/// the command and then the cluster end first.
///
/// Call it outside any async runtime: it brings its own.
///
/// # Errors
/// See [`PostgresError`]; a command that fails is no error but an exit code.
pub fn run_with_cluster(
    folder: Option<&Path>,
    binaries: Option<&Path>,
    durability: Durability,
    command: &[OsString],
) -> Result<i32, PostgresError> {
    let (program, arguments) = command.split_first().ok_or(PostgresError::NoCommand)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(PostgresError::Signals)?;
    let _inside = runtime.enter();
    // Before the cluster starts: a signal that comes while it does is kept and answered below.
    let mut signals = Signals::listen().map_err(PostgresError::Signals)?;

    // Declared before the cluster, so that it is removed after the cluster has ended.
    let temporary;
    let folder = match folder {
        Some(folder) => folder,
        None => {
            temporary = Temporary::create(durability)?;
            temporary.path()
        }
    };
    let cluster = PrivateCluster::start(folder, binaries, durability)?;

    let mut child = Command::new(program);
    child.args(arguments).env(VARIABLE, cluster.url("postgres"));
    // In a terminal, Ctrl-C reaches all of our group by itself, and only that group may read the
    // keyboard. Elsewhere the command gets a group, so that what it started can be ended with it.
    let grouped = !io::stdin().is_terminal();
    if grouped {
        child.process_group(0);
    }
    let child = child.spawn().map_err(PostgresError::program(program))?;
    let status = runtime.block_on(signals.accompany(child, grouped));
    let status = status.map_err(PostgresError::program(program))?;
    Ok(exit_code(status))
}

fn exit_code(status: ExitStatus) -> i32 {
    status.code().or(status.signal().map(|number| 128 + number)).unwrap_or(1)
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    child: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            child: signal(SignalKind::child())?,
        })
    }

    /// Waits for the child's end, passing on that we are told to end.
    async fn accompany(&mut self, mut child: Child, grouped: bool) -> io::Result<ExitStatus> {
        let mut told_to_end = false;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            tokio::select! {
                _ = self.child.recv() => continue,
                _ = self.interrupt.recv() => {}
                _ = self.terminate.recv() => {}
                _ = self.hang_up.recv() => {}
                () = tokio::time::sleep(GRACE), if told_to_end => {
                    send("KILL", &child, grouped)?;
                    continue;
                }
            }
            told_to_end = true;
            send("TERM", &child, grouped)?;
        }
    }
}

/// std can only kill; every shell can send other signals, and to a whole group.
fn send(name: &str, child: &Child, grouped: bool) -> io::Result<()> {
    let target = if grouped { format!("-{}", child.id()) } else { child.id().to_string() };
    let told = Command::new("/bin/sh")
        .args(["-c", "kill -s \"$1\" -- \"$2\"", "sh", name, &target])
        .output()?;
    if !told.status.success() {
        tracing::debug!(process = child.id(), "the command had ended before it was told to");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str) -> i32 {
        let command = ["sh", "-c", script].map(OsString::from);
        run_with_cluster(None, None, Durability::Fleeting, &command).unwrap()
    }

    #[test]
    fn the_command_gets_the_url_and_gives_its_exit_code() {
        assert_eq!(run("case $DOORSTEP_TEST_CLUSTER in postgres://*/postgres) exit 7;; esac"), 7);
    }

    #[test]
    fn a_command_killed_by_a_signal_gives_the_code_a_shell_would() {
        assert_eq!(run("kill -9 $$"), 137);
    }

    #[test]
    fn without_a_command_nothing_is_started() {
        let error = run_with_cluster(None, None, Durability::Fleeting, &[]).unwrap_err();
        assert!(error.to_string().contains("--"));
    }
}
