//! `doorstep`: the server and its command line.

use std::process::ExitCode;

/// A push makes and drops many small values; this allocator spends less on them than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    doorstep::cli::run()
}
