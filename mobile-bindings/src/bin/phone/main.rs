//! A phone on a command line: the phone core for demonstrations, tests and load. It owns words and
//! columns; everything it does is a call of [`mobile_bindings::client::FieldClient`].

mod args;
mod batch;
mod commands;
mod failure;
mod forms;
mod given;
mod key;
mod lines;
mod print;
mod swarm;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use mobile_bindings::client::FieldClient;

use args::{Args, Command};
use failure::Failure;
use print::Printer;

fn main() -> ExitCode {
    let args = Args::parse();
    let printer = Printer::new(args.json, args.language());
    match run(&args, &printer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            printer.failure(&failure);
            ExitCode::from(failure.exit)
        }
    }
}

fn run(args: &Args, printer: &Printer) -> Result<(), Failure> {
    if let Command::Swarm(command) = &args.command {
        return swarm::run(command, printer);
    }
    let store = args.store.as_deref().ok_or_else(Failure::store_missing)?;
    let key = key::of_store(store, args.key.as_deref())?;
    let client: Arc<FieldClient> = FieldClient::open(store.display().to_string(), key)?;
    match &args.command {
        Command::Batch(_) => {
            batch::run(&client, store, std::io::stdin().lock(), &printer.in_lines())
        }
        command => commands::run(&client, command, printer),
    }
}
