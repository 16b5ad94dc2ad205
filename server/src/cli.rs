//! The command line: settings from flags and the environment, one file a command. This is the only
//! place that reads the environment.

mod badge;
mod cluster;
mod configure;
mod database;
mod demo;
mod device;
mod digest;
mod docs;
mod enrolment;
mod erasures;
mod heads;
mod keys;
mod limits;
mod master_key;
mod moving;
mod noted;
mod oidc;
mod photos;
mod progress;
mod rebuild;
mod rescue;
mod retention;
mod roles;
mod seed;
mod serve;
mod setup;
mod staff;
mod trail;
mod verify;

use std::error::Error;
use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use self::database::DatabaseArgs;
use crate::panics;

/// What a command ends with when it does not end well: words for the operator.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// What is logged unless DOORSTEP_LOG says otherwise.
const LOG: &str = "info,actix_server=warn";

/// Doorstep: offline-first field collection for home visits and rental inspections.
#[derive(Parser)]
#[command(name = "doorstep", version)]
struct Arguments {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answers phones and the console.
    Serve(serve::ServeArgs),
    /// Brings the database up to this version's schema.
    Migrate,
    /// Sets up the district that the database serves.
    #[command(subcommand)]
    District(setup::DistrictCommand),
    /// Enters and splits areas.
    #[command(subcommand)]
    Area(setup::AreaCommand),
    /// Moves records to other areas.
    #[command(subcommand)]
    Record(moving::RecordCommand),
    /// Enters administrators, who sign in to the console.
    #[command(subcommand)]
    Admin(setup::AdminCommand),
    /// Enters workers and staff, their badges, and that they have left.
    #[command(subcommand)]
    Person(setup::PersonCommand),
    /// How staff sign in to the console.
    #[command(subcommand)]
    SignIn(staff::SignInCommand),
    /// The district's own identity provider (OpenID Connect).
    #[command(subcommand)]
    Oidc(oidc::OidcCommand),
    /// Lists, suspends, resumes and revokes people's phones.
    #[command(subcommand)]
    Device(device::DeviceCommand),
    /// Shows, checks and sets the district's configuration: its own fields, cadences, badges.
    #[command(subcommand)]
    Configure(configure::ConfigureCommand),
    /// Makes a one-time code by which a phone enrols, as text and QR.
    EnrolmentCode(enrolment::EnrolmentArgs),
    /// Makes, shows and changes the keys that the database lies under.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Encrypts photos of before, and reads whether all are what was stored.
    #[command(subcommand)]
    Photos(photos::PhotosCommand),
    /// Plants a synthetic district into an empty database.
    Seed(seed::SeedArgs),
    /// Shows the whole way of a report: a private cluster, a synthetic district, two phones.
    Demo(demo::DemoArgs),
    /// Prints a fingerprint of every record of an area, to compare with a phone's.
    Digest(digest::DigestArgs),
    /// Walks every area's log: places, names, chain, signatures; names the first bad place of each.
    Verify(verify::VerifyArgs),
    /// Makes everything but the log anew from the log: records, typed tables, clashes, documents.
    Rebuild(rebuild::RebuildArgs),
    /// Takes in what a phone that cannot sync handed over as a file.
    Rescue(rescue::RescueArgs),
    /// Exports where the logs stand, signed, and compares.
    #[command(subcommand)]
    Heads(heads::HeadsCommand),
    /// Exports which records were erased, signed, and erases them again after a restore.
    #[command(subcommand)]
    Erasures(erasures::ErasuresCommand),
    /// Lists what has been kept for as long as the district keeps it, and erases it if told to.
    Retention(retention::RetentionArgs),
    /// Exports the audit trail.
    #[command(subcommand)]
    Trail(trail::TrailCommand),
    /// Says what a restored database has lost, by exported heads; the same as `heads check`.
    RestoreCheck(heads::CheckArgs),
    /// Prints a page of the documentation that is made from the code.
    Docs(docs::DocsArgs),
    /// Runs a command beside a private PostgreSQL that ends with it.
    WithPostgres {
        /// The command and its arguments.
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

/// Runs what the command line says.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(log_filter())
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    panics::keep_words_out();
    match execute(arguments) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("doorstep: {}", in_words(&*failure));
            ExitCode::FAILURE
        }
    }
}

/// What is never logged, whatever DOORSTEP_LOG says. Automerge opens spans for every column of every
/// change, and nobody reads them; actix quotes addresses and headers, in which anything may stand.
const UNLOGGED: [&str; 3] = ["automerge=off", "actix_web=info", "actix_http=info"];

/// What is logged.
fn log_filter() -> EnvFilter {
    let filter = EnvFilter::try_from_env("DOORSTEP_LOG").unwrap_or_else(|_| EnvFilter::new(LOG));
    let unlogged = UNLOGGED.iter().filter_map(|quiet| quiet.parse().ok());
    unlogged.fold(filter, EnvFilter::add_directive)
}

fn execute(Arguments { database, command }: Arguments) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve(args) => serve::serve(&database, &args)?,
        Command::Migrate => setup::migrate(&database)?,
        Command::District(command) => setup::district(&database, command)?,
        Command::Area(command) => setup::area(&database, command)?,
        Command::Record(command) => moving::record(&database, command)?,
        Command::Admin(command) => setup::admin(&database, command)?,
        Command::Person(command) => setup::person(&database, command)?,
        Command::SignIn(command) => staff::sign_in(&database, &command)?,
        Command::Oidc(command) => oidc::oidc(&database, command)?,
        Command::Device(command) => device::device(&database, &command)?,
        Command::Configure(command) => return configure::configure(&database, command),
        Command::EnrolmentCode(args) => enrolment::enrolment_code(&database, &args)?,
        Command::Keys(command) => keys::keys(&database, command)?,
        Command::Photos(command) => return photos::photos(&database, command),
        Command::Seed(args) => seed::seed(&database, &args)?,
        Command::Demo(args) => return demo::demo(&database, &args),
        Command::Digest(args) => digest::digest(&database, &args)?,
        Command::Verify(args) => return verify::verify(&database, &args),
        Command::Rebuild(args) => return rebuild::rebuild(&database, &args),
        Command::Rescue(args) => return rescue::rescue(&database, &args),
        Command::Heads(command) => return heads::heads(&database, command),
        Command::Erasures(command) => erasures::erasures(&database, command)?,
        Command::Retention(args) => retention::retention(&database, &args)?,
        Command::Trail(command) => trail::trail(&database, command)?,
        Command::RestoreCheck(args) => return heads::check(&database, &args),
        Command::Docs(args) => docs::docs(&args),
        Command::WithPostgres { command } => return cluster::with_postgres(&database, &command),
    }
    Ok(ExitCode::SUCCESS)
}

/// An error and its causes, each once.
fn in_words(failure: &dyn Error) -> String {
    let mut words = failure.to_string();
    let mut source = failure.source();
    while let Some(cause) = source {
        let cause_words = cause.to_string();
        if !words.ends_with(&cause_words) {
            words.push_str(": ");
            words.push_str(&cause_words);
        }
        source = cause.source();
    }
    words
}
