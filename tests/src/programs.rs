//! The programs that are built beside the tests.

use std::path::PathBuf;
use std::process::Command;

use crate::World;
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

/// What a command said and whether it ended well.
#[derive(Debug)]
pub struct Ran {
    /// Whether it ended with 0.
    pub well: bool,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// `doorstep` on a world's database and folder, as the operator `zhaomin`.
pub fn doorstep(world: &World) -> Command {
    let mut command = program("doorstep");
    command
        .env("DOORSTEP_DATABASE_URL", world.database_url())
        .env("DOORSTEP_DATA_FOLDER", world.folder())
        .env("USER", "zhaomin")
        .env_remove("SUDO_USER");
    command
}

/// Runs a command of `doorstep` on a world.
pub fn run(world: &World, arguments: &[&str]) -> Ran {
    ended(doorstep(world).args(arguments))
}

/// Runs a command to its end.
pub fn ended(command: &mut Command) -> Ran {
    let output = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it speaks UTF-8");
    Ran { well: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
}
