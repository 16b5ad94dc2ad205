//! The commands, a file for each group. What was given becomes a call of the core, its answer becomes
//! lines. Every file has the same shape: what it adds to the command line, which calls of the core its
//! commands make, and how one is run.

pub(crate) mod due;
pub(crate) mod homes;
pub(crate) mod identity;
pub(crate) mod inspections;
pub(crate) mod outbox;
pub(crate) mod reading;
pub(crate) mod reports;
pub(crate) mod syncing;
pub(crate) mod typing;
pub(crate) mod visits;

use mobile_bindings::client::FieldClient;

use crate::args::Command;
use crate::failure::Failure;
use crate::print::Printer;

/// Runs one that works on a phone.
pub(crate) fn run(
    client: &FieldClient,
    command: &Command,
    printer: &Printer,
) -> Result<(), Failure> {
    match command {
        Command::Identity(command) => identity::run(client, command, printer),
        Command::Reading(command) => reading::run(client, command, printer),
        Command::Typing(command) => typing::run(client, command, printer),
        Command::Homes(command) => homes::run(client, command, printer),
        Command::Visits(command) => visits::run(client, command, printer),
        Command::Inspections(command) => inspections::run(client, command, printer),
        Command::Reports(command) => reports::run(client, command, printer),
        Command::Due(command) => due::run(client, command, printer),
        Command::Syncing(command) => syncing::run(client, command, printer),
        Command::Outbox(command) => outbox::run(client, command, printer),
        // They bring phones of their own; a batch within a batch would wait for itself.
        Command::Batch(_) | Command::Swarm(_) => Err(Failure::not_here()),
    }
}

/// A command and the calls of the core that it makes.
#[cfg(test)]
pub(crate) type Calls = &'static [(&'static str, &'static [&'static str])];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use clap::CommandFactory;

    use super::*;
    use crate::args::Args;

    const GROUPS: [Calls; 10] = [
        identity::CALLS,
        reading::CALLS,
        typing::CALLS,
        homes::CALLS,
        visits::CALLS,
        inspections::CALLS,
        reports::CALLS,
        due::CALLS,
        syncing::CALLS,
        outbox::CALLS,
    ];

    /// Commands that are no call of one phone's core.
    const OTHERS: [&str; 2] = ["batch", "swarm"];

    /// The methods that `#[uniffi::export]` gives to apps, read from the source.
    fn exported(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                exported(&entry.path(), found);
                continue;
            }
            let source = fs::read_to_string(entry.path()).unwrap();
            for block in source.split("#[uniffi::export]\nimpl FieldClient {\n").skip(1) {
                let block = block.split("\n}\n").next().unwrap();
                let names = block.lines().filter_map(|line| line.strip_prefix("    pub fn "));
                found.extend(names.map(|name| name.split('(').next().unwrap().to_owned()));
            }
        }
    }

    #[test]
    fn every_function_of_the_core_has_a_command_and_every_command_is_one() {
        let mut methods = BTreeSet::new();
        exported(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/client"), &mut methods);
        assert!(methods.contains("enrol") && methods.contains("submit"), "{methods:?}");
        let called = GROUPS.iter().copied().flatten().flat_map(|(_, calls)| calls.iter().copied());
        let called: BTreeSet<String> = called.map(str::to_owned).collect();
        assert_eq!(methods, called, "functions of FieldClient, and those that `phone` calls");

        let commands = Args::command();
        let offered: BTreeSet<&str> = commands.get_subcommands().map(|c| c.get_name()).collect();
        let listed = GROUPS.iter().copied().flatten().map(|(command, _)| *command);
        let listed: BTreeSet<&str> = listed.chain(OTHERS).collect();
        assert_eq!(offered, listed, "commands that are offered, and those that are listed");
    }

    #[test]
    fn the_command_line_is_sound_and_every_part_of_it_is_explained() {
        Args::command().debug_assert();
        for command in Args::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments().filter(|a| a.get_id() != "help") {
                assert!(argument.get_help().is_some(), "{} {argument}", command.get_name());
            }
        }
    }
}
