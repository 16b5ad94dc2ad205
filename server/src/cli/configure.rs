//! `doorstep configure show | check | set`: the district's configuration as a file of JSON.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use sync_protocol::configuration::{Configuration, Fault, Gravity, NOTICE};

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::noted;
use crate::auth::Operator;
use crate::clock::now_ms;
use crate::configuration;
use crate::store::{Store, configurations};
use crate::trail::{Act, note};

/// `doorstep configure …`.
#[derive(Subcommand)]
pub(super) enum ConfigureCommand {
    /// Prints the configuration in force, to be changed and set again.
    Show {
        /// List every version instead: who set it, when.
        #[arg(long)]
        history: bool,
    },
    /// Says what is wrong with a file, and changes nothing.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Puts a file in force as the next version. Phones get it with their next sync.
    Set {
        /// The file.
        file: PathBuf,
        /// Who sets it; kept with the version.
        #[arg(long, env = "USER", default_value = "operator")]
        by: String,
    },
}

/// Runs one.
pub(super) fn configure(
    database: &DatabaseArgs,
    command: ConfigureCommand,
) -> Result<ExitCode, Failure> {
    let store = open(database)?;
    match command {
        ConfigureCommand::Show { history: false } => {
            println!("{}", store.store.read(configuration::current)?.json());
        }
        ConfigureCommand::Show { history: true } => history(&store.store)?,
        ConfigureCommand::Check { file } => {
            let Some(next) = read(&file)? else { return Ok(ExitCode::FAILURE) };
            let faults = store.store.read(|db| configuration::check(db, &next))?;
            tell(&faults);
            if faults.iter().any(|fault| fault.gravity == Gravity::Error) {
                return Ok(ExitCode::FAILURE);
            }
            println!("it can be set");
        }
        ConfigureCommand::Set { file, by } => {
            let Some(next) = read(&file)? else { return Ok(ExitCode::FAILURE) };
            let operator = Operator::at_the_command_line();
            let set = store.store.transaction(|db| {
                let set = configuration::set(db, operator, next, &by, now_ms())?;
                if let Some(version) = set.version {
                    let entry = noted::entry(Act::ConfigurationSet);
                    note(db, &entry.detail(format!("version {version}")))?;
                }
                Ok(set)
            })?;
            tell(&set.faults);
            let Some(version) = set.version else { return Ok(ExitCode::FAILURE) };
            println!("version {version} is in force; phones get it with their next sync");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads a file; one that cannot be understood is told.
fn read(file: &Path) -> Result<Option<Configuration>, Failure> {
    let json = std::fs::read_to_string(file)
        .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    match Configuration::read(&json) {
        Ok(configuration) => Ok(Some(configuration)),
        Err(fault) => {
            tell(&[fault]);
            Ok(None)
        }
    }
}

/// Prints what is wrong, and what must never be asked.
fn tell(faults: &[Fault]) {
    for fault in faults {
        println!("{fault}");
    }
    println!("note: {}. {}。", NOTICE.en, NOTICE.zh);
}

fn history(store: &Store) -> Result<(), Failure> {
    for version in store.read(configurations::all)? {
        let at = chrono::DateTime::from_timestamp_millis(version.set_at_ms).unwrap_or_default();
        println!("{}  {}  {}", version.version, at.format("%Y-%m-%d %H:%M:%S UTC"), version.set_by);
    }
    Ok(())
}
