//! `doorstep person invite | absent | back` and `doorstep sign-in …`: how people get in, and when
//! their roles rest.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use sync_protocol::ids::PersonId;

use super::Failure;
use super::badge::one;
use super::database::{DatabaseArgs, open};
use super::noted;
use crate::absences::{self, Absence};
use crate::auth::Operator;
use crate::auth::staff::invitations::{self, Along};
use crate::calendar;
use crate::clock::now_ms;
use crate::registry;
use crate::trail::{Act, note};

/// `doorstep person invite …`.
#[derive(Args)]
pub(super) struct InviteArgs {
    /// The person's id, or a name that only one person has.
    person: String,
    /// The name for signing in, for somebody who has none yet.
    #[arg(long)]
    login: Option<String>,
    /// Take the second factor and its recovery codes away: they are lost.
    #[arg(long)]
    without_second_factor: bool,
    /// Print the code alone, for scripts.
    #[arg(long)]
    plain: bool,
}

/// `doorstep person absent …`.
#[derive(Args)]
pub(super) struct AbsentArgs {
    /// The person's id, or a name that only one person has.
    person: String,
    /// First day of the absence, e.g. 2026-12-01.
    #[arg(long)]
    from: NaiveDate,
    /// Last day of the absence.
    #[arg(long)]
    until: NaiveDate,
    /// Who has the person's roles meanwhile: an id, or a name that only one person has.
    #[arg(long)]
    stand_in: Option<String>,
}

/// `doorstep person back …`.
#[derive(Args)]
pub(super) struct BackArgs {
    /// The person's id, or a name that only one person has.
    person: String,
}

/// `doorstep sign-in …`.
#[derive(Subcommand)]
pub(super) enum SignInCommand {
    /// Whether everybody who signs in to the console needs a second factor.
    SecondFactor {
        /// What holds from now on.
        #[arg(value_parser = ["required", "optional"])]
        wanted: String,
    },
}

/// Invites a person to set a password.
pub(super) fn invite(database: &DatabaseArgs, args: &InviteArgs) -> Result<(), Failure> {
    let operator = Operator::at_the_command_line();
    let database = open(database)?;
    let person = one(&database.store, &args.person)?;
    let along =
        Along { login: args.login.as_deref(), without_second_factor: args.without_second_factor };
    let by = (noted::operator(), now_ms());
    let made = |db: &mut _| invitations::make(db, operator, person, along, by);
    let code = database.store.transaction(made)?;
    let code = code.ok_or("they have no name for signing in: give one with --login")?;
    if args.plain {
        println!("{code}");
    } else {
        println!("invitation {code}, once, within 24 hours; give it to {} alone", args.person);
        println!("on the console's sign-in page: \"I have an invitation\"");
    }
    Ok(())
}

/// Enters an absence.
pub(super) fn absent(database: &DatabaseArgs, args: &AbsentArgs) -> Result<(), Failure> {
    let operator = Operator::at_the_command_line();
    let database = open(database)?;
    let store = &database.store;
    let stand_in = args.stand_in.as_deref().map(|given| one(store, given)).transpose()?;
    let new = Absence {
        person: one(store, &args.person)?,
        from_ms: calendar::begins(args.from).ok_or("no such day")?,
        until_ms: calendar::ends(args.until).ok_or("no such day")?,
        stand_in,
    };
    let by = (noted::operator(), now_ms());
    store.transaction(|db| Ok(absences::set(db, operator, &new, by)))??;
    println!("{} is absent from {} until {}", args.person, args.from, args.until);
    if let Some(name) = &args.stand_in {
        println!("{name} has their roles meanwhile, but for an auditor's");
    }
    Ok(())
}

/// Ends absences.
pub(super) fn back(database: &DatabaseArgs, args: &BackArgs) -> Result<(), Failure> {
    let operator = Operator::at_the_command_line();
    let database = open(database)?;
    let person: PersonId = one(&database.store, &args.person)?;
    let by = (noted::operator(), now_ms());
    let ended = database.store.transaction(|db| absences::end(db, operator, person, by))?;
    if ended == 0 {
        return Err(format!("{} is not absent, now or later", args.person).into());
    }
    println!("{} is back: their roles hold again, and nobody stands in", args.person);
    Ok(())
}

/// Runs `doorstep sign-in …`.
pub(super) fn sign_in(database: &DatabaseArgs, command: &SignInCommand) -> Result<(), Failure> {
    let SignInCommand::SecondFactor { wanted } = command;
    let operator = Operator::at_the_command_line();
    let database = open(database)?;
    database.store.transaction(|db| {
        registry::set_second_factor(db, operator, wanted == "required")?;
        note(db, &noted::entry(Act::SecondFactorRuled).detail(wanted))
    })?;
    println!("a second factor is {wanted} for signing in to the console");
    Ok(())
}
