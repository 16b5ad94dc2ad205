//! `doorstep serve` as a process of its own, on a database that a test has set up.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::World;
use crate::programs::program;

/// The process. It ends with this.
#[derive(Debug)]
pub struct Served {
    /// The server's address.
    pub url: String,
    child: Child,
    log: PathBuf,
}

impl Served {
    /// Starts it as a command is prepared: `doorstep` with what its environment is to be.
    ///
    /// # Errors
    /// What it said when it did not start.
    pub fn start(world: &World, prepare: impl FnOnce(&mut Command)) -> Result<Self, String> {
        let log = world.folder().join(format!("{}.log", uuid::Uuid::now_v7()));
        let mut command = program("doorstep");
        command
            .args(["--database-url", world.database_url(), "--data-folder"])
            .arg(world.folder())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(File::create(&log).expect("a file"));
        prepare(&mut command);
        let mut child = command.spawn().expect("the server is started");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it speaks or ends");
        let url = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        if url.starts_with("http://") {
            return Ok(Self { url, child, log });
        }
        child.wait().expect("it ends");
        Err(fs::read_to_string(&log).expect("its log"))
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("its log")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
