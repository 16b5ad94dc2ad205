//! `doorstep person role add | end | list`: what somebody is where, from a day and until a day.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;

use super::Failure;
use super::badge::one;
use super::database::{DatabaseArgs, open};
use super::noted;
use super::setup::parse_role;
use crate::auth::Operator;
use crate::auth::device_care::Occasion;
use crate::auth::duty::PostScope;
use crate::calendar::{begins, day_of, ends, last_day};
use crate::clock::now_ms;
use crate::roles::{self, Post};
use crate::store::Store;
use crate::trail::Origin;

/// `doorstep person role …`.
#[derive(Subcommand)]
pub(super) enum RoleCommand {
    /// Gives a role in an area and all below it.
    Add(AddArgs),
    /// Ends a role after a day, or now. A later last day than it had prolongs it.
    End(EndArgs),
    /// Lists what a person was given, with its days.
    List {
        /// The person's id, or a name that only one person has.
        person: String,
    },
}

/// Which role, of whom and where.
#[derive(Args)]
struct WhichArgs {
    /// The person's id, or a name that only one person has.
    person: String,
    /// What they are.
    #[arg(long, value_parser = parse_role)]
    role: Role,
    /// Where, with all below it.
    #[arg(long)]
    area: AreaId,
    /// Why, for the audit trail.
    #[arg(long, default_value = "")]
    reason: String,
}

/// `doorstep person role add …`.
#[derive(Args)]
pub(super) struct AddArgs {
    #[command(flatten)]
    which: WhichArgs,
    /// First day, e.g. 2026-12-01; at once if none is given.
    #[arg(long)]
    from: Option<NaiveDate>,
    /// Last day; without an end if none is given.
    #[arg(long)]
    until: Option<NaiveDate>,
}

/// `doorstep person role end …`.
#[derive(Args)]
pub(super) struct EndArgs {
    #[command(flatten)]
    which: WhichArgs,
    /// Last day; it ends at once if none is given.
    #[arg(long)]
    until: Option<NaiveDate>,
}

/// Runs `doorstep person role …`.
pub(super) fn role(database: &DatabaseArgs, command: &RoleCommand) -> Result<(), Failure> {
    let database = open(database)?;
    let store = &database.store;
    match command {
        RoleCommand::Add(args) => add(store, args),
        RoleCommand::End(args) => end(store, args),
        RoleCommand::List { person } => list(store, one(store, person)?),
    }
}

fn add(store: &Store, args: &AddArgs) -> Result<(), Failure> {
    let (may, occasion) = asked(store, &args.which)?;
    let from = args.from.map(|day| begins(day).ok_or("no such day")).transpose()?;
    let until = args.until.map(|day| ends(day).ok_or("no such day")).transpose()?;
    let by = (noted::operator(), &occasion);
    store.transaction(|db| Ok(roles::give(db, &may, (from, until), by.clone())))??;
    let WhichArgs { person, role, area, .. } = &args.which;
    let days = days(args.from, args.until);
    println!("{person} is {} in {area}{days}", role.label().en.to_lowercase());
    Ok(())
}

fn end(store: &Store, args: &EndArgs) -> Result<(), Failure> {
    let (may, occasion) = asked(store, &args.which)?;
    let until = args.until.map(|day| ends(day).ok_or("no such day")).transpose()?;
    let by = (noted::operator(), &occasion);
    store.transaction(|db| Ok(roles::end(db, &may, until, by.clone())))??;
    let WhichArgs { person, role, area, .. } = &args.which;
    let when = args.until.map_or(" now".to_owned(), |day| format!(" after {day}"));
    println!("{person} is no {} in {area} any more{when}", role.label().en.to_lowercase());
    Ok(())
}

fn list(store: &Store, who: PersonId) -> Result<(), Failure> {
    let now_ms = now_ms();
    let held = store.read(|db| roles::list(db, Operator::at_the_command_line(), who))?;
    for post in held {
        let Post { area, role, from_ms, until_ms, .. } = post;
        let over = if post.is_over(now_ms) { ", over" } else { "" };
        let days = days(from_ms.and_then(day_of), until_ms.and_then(last_day));
        println!("{area} {}{days}{over}", role.code());
    }
    Ok(())
}

fn asked(store: &Store, which: &WhichArgs) -> Result<(PostScope, Occasion), Failure> {
    let operator = Operator::at_the_command_line();
    let may = operator.post(one(store, &which.person)?, which.area, which.role);
    let (origin, reason) = (Origin::default(), which.reason.clone());
    Ok((may, Occasion { reason, origin, now_ms: now_ms() }))
}

fn days(from: Option<NaiveDate>, until: Option<NaiveDate>) -> String {
    let from = from.map(|day| format!(" from {day}"));
    let until = until.map(|day| format!(" until {day}"));
    from.unwrap_or_default() + &until.unwrap_or_default()
}
