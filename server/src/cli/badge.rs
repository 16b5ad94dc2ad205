//! `doorstep person badge | leave`: what a badge says, and its end.

use std::path::PathBuf;

use clap::Args;
use sync_protocol::ids::PersonId;

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::enrolment::find;
use super::noted;
use crate::absences;
use crate::auth::Operator;
use crate::clock::now_ms;
use crate::registry;
use crate::store::Store;
use crate::trail::{About, Act, note, note_apart};

/// `doorstep person badge …`.
#[derive(Args)]
pub(super) struct BadgeArgs {
    /// The person's id, or a name that only one person has.
    person: String,
    /// The number of the work card.
    #[arg(long, required_unless_present = "photo")]
    card_number: Option<String>,
    /// A portrait, a JPEG or PNG file. A small copy without its particulars is kept.
    #[arg(long, value_name = "FILE")]
    photo: Option<PathBuf>,
}

/// `doorstep person leave …`.
#[derive(Args)]
pub(super) struct LeaveArgs {
    /// The person's id, or a name that only one person has.
    person: String,
}

/// Sets what a badge says.
pub(super) fn badge(database: &DatabaseArgs, args: &BadgeArgs) -> Result<(), Failure> {
    let operator = Operator::at_the_command_line();
    let picture = args.photo.as_ref().map(|file| {
        std::fs::read(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))
    });
    let picture = picture.transpose()?;
    let database = open(database)?;
    let person = one(&database.store, &args.person)?;
    let number = args.card_number.as_deref();
    registry::set_badge(&database.store, operator, person, number, picture.as_deref())?;
    note_apart(&database.store, &noted::entry(Act::BadgeSet).about(About::Person(person)))?;
    println!("the badge of {} is set; their phone has it after its next sync", args.person);
    Ok(())
}

/// Ends a person's service.
pub(super) fn leave(database: &DatabaseArgs, args: &LeaveArgs) -> Result<(), Failure> {
    let operator = Operator::at_the_command_line();
    let database = open(database)?;
    let person = one(&database.store, &args.person)?;
    database.store.transaction(|db| {
        let now_ms = now_ms();
        let ending = absences::ending_with(db, operator, person, (noted::operator(), now_ms))?;
        registry::leave(db, operator, person, now_ms)?;
        for entry in ending {
            note(db, &entry)?;
        }
        note(db, &noted::entry(Act::PersonLeft).about(About::Person(person)))
    })?;
    println!("{} has left: roles, phones and sessions have ended", args.person);
    println!("what they wrote stays; a phone hands in what it had not sent, and empties itself");
    Ok(())
}

/// The one person of an id or a name.
pub(super) fn one(store: &Store, given: &str) -> Result<PersonId, Failure> {
    let found = store.read(|db| find(db, given))?;
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(format!("nobody is called {given}").into()),
        _ => {
            let ids: Vec<String> = found.iter().map(PersonId::to_string).collect();
            Err(format!("{given} is several people: give one of {}", ids.join(", ")).into())
        }
    }
}
