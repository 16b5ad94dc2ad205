//! `doorstep device …`: people's phones, where nobody can or wants to use the console.

use clap::{Args, Subcommand};
use sync_protocol::ids::DeviceId;

use super::Failure;
use super::badge::one;
use super::database::{DatabaseArgs, open};
use super::noted;
use crate::auth::{Operator, device_care};
use crate::clock::now_ms;
use crate::registry;
use crate::store::{Db, Store, StoreError};
use crate::trail::{About, Act, note};

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
    let now = now_ms();
    let (device, changed, done) = match command {
        DeviceCommand::List { person } => {
            let whose = one(store, person)?;
            for listed in store.read(|db| device_care::of_person(db, operator, whose))? {
                println!("{} {} {}", listed.id, listed.standing.code(), listed.name);
            }
            return Ok(());
        }
        DeviceCommand::Revoke(DeviceArgs { device }) => {
            let revoke = |db: &mut Db| registry::revoke_device(db, operator, *device, now);
            let done = "is revoked; it hands in what it still holds, and empties itself";
            (device, change(store, (Act::DeviceRevoked, *device), revoke)?, done)
        }
        DeviceCommand::Suspend(DeviceArgs { device }) => {
            let suspend = |db: &mut Db| device_care::set_aside(db, operator, *device, Some(now));
            let done = "is suspended; it keeps what it has";
            (device, change(store, (Act::DeviceSuspended, *device), suspend)?, done)
        }
        DeviceCommand::Resume(DeviceArgs { device }) => {
            let resume = |db: &mut Db| device_care::set_aside(db, operator, *device, None);
            (device, change(store, (Act::DeviceResumed, *device), resume)?, "goes on")
        }
    };
    if !changed {
        return Err(format!("no phone {device} is enrolled, or it stood so before").into());
    }
    println!("phone {device} {done}");
    Ok(())
}

/// Does something to a phone, and notes it if it changed anything.
fn change(
    store: &Store,
    (act, device): (Act, DeviceId),
    work: impl Fn(&mut Db) -> Result<bool, StoreError>,
) -> Result<bool, StoreError> {
    store.transaction(|db| {
        let changed = work(db)?;
        if changed {
            note(db, &noted::entry(act).about(About::Device(device)))?;
        }
        Ok(changed)
    })
}
