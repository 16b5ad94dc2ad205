//! `doorstep with-postgres -- COMMAND`: what the tests run in.

use std::ffi::OsString;
use std::process::ExitCode;

use super::Failure;
use super::database::DatabaseArgs;
use crate::postgres::{Durability, run_with_cluster};

/// Runs the command beside a private cluster that ends with it; its exit code is ours.
pub(super) fn with_postgres(
    database: &DatabaseArgs,
    command: &[OsString],
) -> Result<ExitCode, Failure> {
    let binaries = database.postgres_bin.as_deref();
    let code = run_with_cluster(None, binaries, Durability::Fleeting, command)?;
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}
