//! `doorstep district | area | admin | person …`, and `migrate`.

use std::io::Read as _;

use clap::{Args, Subcommand};
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;

use super::Failure;
use super::badge::{self, BadgeArgs, LeaveArgs};
use super::database::{DatabaseArgs, open};
use super::moving::{SplitArgs, split};
use super::noted;
use super::roles::{self, RoleCommand};
use super::staff::{self, AbsentArgs, BackArgs, InviteArgs};
use crate::auth::{Operator, key_rotation, secrets};
use crate::clock::now_ms;
use crate::registry::{self, NewArea, NewLogin};
use crate::store::{Db, Store};
use crate::trail::{About, Act, note};

/// `doorstep district …`.
#[derive(Subcommand)]
pub(super) enum DistrictCommand {
    /// Sets up the district.
    Create {
        /// Name, zh-CN.
        #[arg(long)]
        name_zh: String,
        /// Name, English.
        #[arg(long)]
        name_en: String,
    },
    /// Gives the district another key to sign tokens and exported heads with. No phone notices.
    RotateSigningKey,
}

/// `doorstep area …`.
#[derive(Subcommand)]
pub(super) enum AreaCommand {
    /// Enters an area.
    Create {
        /// Division code of 12 digits; with three more for a grid cell.
        code: AreaId,
        /// The area above.
        #[arg(long)]
        parent: Option<AreaId>,
        /// What kind of area it is.
        #[arg(long, value_parser = ["city", "district", "street", "community", "cell"])]
        level: String,
        /// Name, zh-CN.
        #[arg(long)]
        name_zh: String,
        /// Name, English.
        #[arg(long)]
        name_en: String,
    },
    /// Splits an area in two: a new one, to which homes go with everything that names them.
    Split(Box<SplitArgs>),
}

/// `doorstep admin …`.
#[derive(Subcommand)]
pub(super) enum AdminCommand {
    /// Enters an administrator. The password is read from standard input, or made and shown once.
    Create {
        /// Full name.
        #[arg(long)]
        name: String,
        /// Area that they administer, with all below it.
        #[arg(long)]
        area: AreaId,
        #[command(flatten)]
        login: LoginArgs,
    },
}

/// `doorstep person …`.
#[derive(Subcommand)]
pub(super) enum PersonCommand {
    /// Enters a person.
    Create {
        /// Full name.
        #[arg(long)]
        name: String,
        /// What they are.
        #[arg(long, value_parser = parse_role)]
        role: Role,
        /// Where, with all below it.
        #[arg(long)]
        area: AreaId,
        /// Name for signing in to the console, for those who do. The password is read from standard
        /// input, or made and shown once.
        #[arg(long)]
        login: Option<String>,
        /// Read the password from standard input.
        #[arg(long, requires = "login")]
        password_stdin: bool,
    },
    /// Sets what a worker's badge says.
    Badge(BadgeArgs),
    /// Ends a person's service: roles, phones and sessions end at once, what they wrote stays.
    Leave(LeaveArgs),
    /// Makes a code by which a person sets a password for the console, or binds an account of the
    /// district's identity provider.
    Invite(InviteArgs),
    /// Lets a person's roles rest between two days; a stand-in has them meanwhile.
    Absent(AbsentArgs),
    /// Ends a person's absence, now or to come.
    Back(BackArgs),
    /// Gives, ends and lists roles, from a day and until a day.
    #[command(subcommand)]
    Role(RoleCommand),
}

/// How somebody signs in to the console.
#[derive(Args)]
pub(super) struct LoginArgs {
    /// Name for signing in.
    #[arg(long)]
    login: String,
    /// Read the password from standard input.
    #[arg(long)]
    password_stdin: bool,
}

pub(super) fn parse_role(code: &str) -> Result<Role, String> {
    let roles = Role::ALL.map(Role::code).join(", ");
    Role::from_code(code).ok_or(format!("the roles are {roles}"))
}

/// Brings the database up to this version's schema.
pub(super) fn migrate(database: &DatabaseArgs) -> Result<(), Failure> {
    open(database)?;
    println!("the database is up to date");
    Ok(())
}

/// Runs `doorstep district …`.
pub(super) fn district(database: &DatabaseArgs, command: DistrictCommand) -> Result<(), Failure> {
    let (name_zh, name_en) = match command {
        DistrictCommand::Create { name_zh, name_en } => (name_zh, name_en),
        DistrictCommand::RotateSigningKey => return rotate_signing_key(database),
    };
    let operator = Operator::at_the_command_line();
    let database = open(database)?;
    database.store.transaction(|db| {
        registry::create_district(db, operator, &name_zh, &name_en, now_ms())?;
        note(db, &noted::entry(Act::DistrictCreated))
    })?;
    println!("district {name_zh} ({name_en}) is set up");
    Ok(())
}

fn rotate_signing_key(database: &DatabaseArgs) -> Result<(), Failure> {
    let operator = Operator::at_the_command_line();
    let database = open(database)?;
    let number = database.store.transaction(|db: &mut Db| {
        let number = key_rotation::change_signing_key(db, operator, now_ms())?;
        if let Some(number) = number {
            let entry = noted::entry(Act::SigningKeyChanged);
            note(db, &entry.detail(format!("signing key {number}")))?;
        }
        Ok(number)
    })?;
    let number = number.ok_or("there is no district yet, or somebody else changed it just now")?;
    println!("signing key {number} is in use; tokens of the one before end within 15 minutes");
    Ok(())
}

/// Runs `doorstep area …`.
pub(super) fn area(database: &DatabaseArgs, command: AreaCommand) -> Result<(), Failure> {
    match command {
        AreaCommand::Create { code, parent, level, name_zh, name_en } => {
            create_area(database, NewArea { id: code, parent, level, name_zh, name_en })
        }
        AreaCommand::Split(args) => split(database, *args),
    }
}

fn create_area(database: &DatabaseArgs, new: NewArea) -> Result<(), Failure> {
    let code = new.id;
    let operator = Operator::at_the_command_line();
    let database = open(database)?;
    database.store.transaction(|db| {
        registry::create_area(db, operator, new, now_ms())?;
        note(db, &noted::entry(Act::AreaCreated).area(code))
    })?;
    println!("area {code} is entered");
    Ok(())
}

/// Runs `doorstep admin …`.
pub(super) fn admin(database: &DatabaseArgs, command: AdminCommand) -> Result<(), Failure> {
    let AdminCommand::Create { name, area, login } = command;
    let store = open(database)?;
    create_with_login(&store.store, &name, (Role::Administrator, area), &login).map(|_| ())
}

/// Enters somebody who signs in, with a password that is given or made.
fn create_with_login(
    store: &Store,
    name: &str,
    (role, area): (Role, AreaId),
    login: &LoginArgs,
) -> Result<PersonId, Failure> {
    let given = login.password_stdin.then(read_password).transpose()?;
    let password = given.clone().unwrap_or_else(secrets::long_code);
    let new = NewLogin { login: &login.login, password: &password };
    let id = create_person(store, name, (role, area), Some(new))?;
    println!("{} {name} signs in as {}", role.label().en.to_lowercase(), login.login);
    if given.is_none() {
        println!("password (shown this once): {password}");
    }
    Ok(id)
}

/// Runs `doorstep person …`.
pub(super) fn person(database: &DatabaseArgs, command: PersonCommand) -> Result<(), Failure> {
    let (name, role, area, login) = match command {
        PersonCommand::Create { name, role, area, login, password_stdin } => {
            (name, role, area, login.map(|login| LoginArgs { login, password_stdin }))
        }
        PersonCommand::Badge(args) => return badge::badge(database, &args),
        PersonCommand::Leave(args) => return badge::leave(database, &args),
        PersonCommand::Invite(args) => return staff::invite(database, &args),
        PersonCommand::Absent(args) => return staff::absent(database, &args),
        PersonCommand::Back(args) => return staff::back(database, &args),
        PersonCommand::Role(command) => return roles::role(database, &command),
    };
    let database = open(database)?;
    let id = match login {
        Some(login) => create_with_login(&database.store, &name, (role, area), &login)?,
        None => create_person(&database.store, &name, (role, area), None)?,
    };
    println!("{id} {name}, {}", role.label().en);
    Ok(())
}

fn create_person(
    store: &Store,
    name: &str,
    role: (Role, AreaId),
    login: Option<NewLogin<'_>>,
) -> Result<PersonId, Failure> {
    let operator = Operator::at_the_command_line();
    let has_login = login.is_some();
    let made = store.transaction(|db| {
        let made = registry::create_person(db, operator, name, role, login, now_ms());
        let Ok(id) = made else { return Ok(made) };
        let entered = |act| noted::entry(act).about(About::Person(id)).area(role.1);
        note(db, &entered(Act::PersonEntered))?;
        note(db, &entered(Act::RoleGranted).detail(role.0.code()))?;
        if has_login {
            note(db, &entered(Act::LoginGiven))?;
        }
        Ok(made)
    })?;
    Ok(made?)
}

pub(super) fn read_password() -> Result<String, Failure> {
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    Ok(password.trim_end_matches(['\r', '\n']).to_owned())
}
