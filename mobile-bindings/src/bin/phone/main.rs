//! A phone on a command line: the phone core for demonstrations, tests and load. It owns words and
//! columns; everything it does is a call of [`mobile_bindings::client::FieldClient`].

mod args;
mod badge;
mod commands;
mod due;
mod failure;
mod forms;
mod given;
mod key;
mod lines;
mod print;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use mobile_bindings::client::FieldClient;

use args::Args;
use failure::Failure;
use print::Printer;

fn main() -> ExitCode {
    let args = Args::parse();
    let printer = Printer::new(args.json, args.language());
    match run(&args, &printer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            printer.failure(&failure);
            ExitCode::from(1)
        }
    }
}

fn run(args: &Args, printer: &Printer) -> Result<(), Failure> {
    let key = key::of_store(&args.store, args.key.as_deref())?;
    let path = args.store.display().to_string();
    let client: Arc<FieldClient> = FieldClient::open(path, key)?;
    commands::run(&client, &args.command, printer)
}
