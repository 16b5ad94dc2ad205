//! `doorstep`: the server and its command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    doorstep::cli::run()
}
