//! The programs that are built beside the tests.

use std::path::PathBuf;
use std::process::Command;

use crate::database::MASTER_KEY;

/// A program of the workspace: `phone`, `doorstep`.
pub fn program(name: &str) -> Command {
    let tests = std::env::current_exe().expect("the tests have a path");
    let folder = tests.ancestors().nth(2).map(PathBuf::from).expect("target/debug");
    let path = folder.join(name);
    assert!(path.exists(), "{} is not built: cargo build --workspace --bins", path.display());
    let mut program = Command::new(path);
    program.env("DOORSTEP_MASTER_KEY", MASTER_KEY);
    program
}
