//! `doorstep device …`: people's phones, where nobody can or wants to use the console.

use clap::{Args, Subcommand};
use sync_protocol::ids::DeviceId;

use super::Failure;
use super::badge::one;
use super::database::{DatabaseArgs, open};
use crate::auth::{Operator, device_care};
use crate::clock::now_ms;
use crate::registry;

/// `doorstep device …`.
#[derive(Subcommand)]
pub(super) enum DeviceCommand {
    /// Lists a person's phones.
    List {
        /// The person's id, or a name that only one person has.
        person: String,
    },
    /// Revokes a phone for good: it hands in what it still holds and empties itself. Its person's other
    /// phones stay.
    Revoke(DeviceArgs),
    /// Suspends a phone: it reads and sends nothing, and keeps what it has.
    Suspend(DeviceArgs),
    /// Lets a suspended phone go on.
    Resume(DeviceArgs),
}

/// Which phone.
#[derive(Args)]
pub(super) struct DeviceArgs {
    /// The device's id, 16 hexadecimal digits, as `phone status` shows it.
    #[arg(value_parser = parse_device)]
    device: DeviceId,
}

fn parse_device(text: &str) -> Result<DeviceId, String> {
    let id =
        u64::from_str_radix(text, 16).map_err(|_| "a device's id has 16 hexadecimal digits")?;
    Ok(DeviceId(id))
}

/// Runs `doorstep device …`.
pub(super) fn device(database: &DatabaseArgs, command: &DeviceCommand) -> Result<(), Failure> {
    let operator = Operator::at_the_command_line();
    let database = open(database)?;
    let store = &database.store;
    let (device, changed, done) = match command {
        DeviceCommand::List { person } => {
            let whose = one(store, person)?;
            for listed in store.read(|db| device_care::of_person(db, operator, whose))? {
                println!("{} {} {}", listed.id, listed.standing.code(), listed.name);
            }
            return Ok(());
        }
        DeviceCommand::Revoke(DeviceArgs { device }) => {
            let revoke = |db: &mut _| registry::revoke_device(db, operator, *device, now_ms());
            let done = "is revoked; it hands in what it still holds, and empties itself";
            (device, store.transaction(revoke)?, done)
        }
        DeviceCommand::Suspend(DeviceArgs { device }) => {
            let now = Some(now_ms());
            let suspend = |db: &mut _| device_care::set_aside(db, operator, *device, now);
            (device, store.transaction(suspend)?, "is suspended; it keeps what it has")
        }
        DeviceCommand::Resume(DeviceArgs { device }) => {
            let resume = |db: &mut _| device_care::set_aside(db, operator, *device, None);
            (device, store.transaction(resume)?, "goes on")
        }
    };
    if !changed {
        return Err(format!("no phone {device} is enrolled, or it stood so before").into());
    }
    println!("phone {device} {done}");
    Ok(())
}
