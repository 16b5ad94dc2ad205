//! Looking after people's phones: listing, naming, suspending, resuming and revoking them, and codes for
//! new ones. An administrator reaches the phones of people who have a role in the administrator's areas;
//! what would give access beyond these areas asks that *all* of the person's are among them, those that
//! they have for somebody who is absent or will have too. Whoever has a login reaches their own.

use sync_protocol::codes::{self, Code};
use sync_protocol::ids::{DeviceId, PersonId};

use super::action::{Act, actions};
use super::duty;
use super::scope::{Operator, StaffMay};
use crate::store::device_care;
use crate::store::staffing::{self, Post};
use crate::store::{Db, Store, StoreError, devices};
use crate::trail::{self, About, Actor, Entry, Origin};

pub use crate::store::device_care::Listed;

/// Most devices or posts that are listed at once.
const MOST: usize = 500;

/// Longest reason, in characters.
const REASON_LENGTH: usize = 500;

/// Longest name of a device, in characters.
pub const NAME_LENGTH: usize = 80;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum CareError {
    /// It may not be done, or there is nothing to do it to.
    #[error("{}", .0.message.en)]
    Refused(&'static Code),
    /// The database did not answer well.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why, from where and when something is done.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// Why, in words.
    pub reason: String,
    /// Where the request came from.
    pub origin: Origin,
    /// When, in milliseconds since 1970 UTC.
    pub now_ms: i64,
}

/// Phones of people who work in the administrator's areas, and whose name or person has these words.
///
/// # Errors
/// Those of the database.
pub fn list(
    store: &Store,
    staff: &StaffMay<actions::ListDevices>,
    words: &str,
    now_ms: i64,
) -> Result<Vec<Listed>, StoreError> {
    store.read(|db| device_care::list(db, &staff.areas(), words.trim(), MOST, now_ms))
}

/// The roles that people have in the administrator's areas, now or later.
///
/// # Errors
/// Those of the database.
pub fn posts(
    store: &Store,
    staff: &StaffMay<actions::ListPeople>,
    words: &str,
    now_ms: i64,
) -> Result<Vec<Post>, StoreError> {
    store.read(|db| staffing::posts(db, &staff.areas(), words.trim(), MOST, now_ms))
}

/// Makes a code by which somebody's phone can enrol. Who can enrol a phone for somebody reads what they
/// read, so all of their areas must be the administrator's.
///
/// # Errors
/// [`codes::NOT_FOUND`] if nobody of that id works in the administrator's areas, [`codes::FORBIDDEN`]
/// if they work elsewhere too, or those of the database.
pub fn invite(
    store: &Store,
    staff: &StaffMay<actions::InviteDevice>,
    person: PersonId,
    occasion: &Occasion,
) -> Result<String, CareError> {
    store.transaction(|db| {
        let wholly = duty::is_wholly_within(db, &staff.areas(), person, occasion.now_ms)?;
        let wholly = match wholly {
            None => return Ok(Err(CareError::Refused(&codes::NOT_FOUND))),
            Some(wholly) => wholly,
        };
        if !wholly {
            return Ok(Err(CareError::Refused(&codes::FORBIDDEN)));
        }
        let code = super::devices::new_code(db, person, occasion.now_ms)?;
        let act = trail::Act::EnrolmentCodeMade;
        note(db, staff, act, About::Person(person), occasion)?;
        Ok(Ok(code))
    })?
}

/// Gives a phone another name.
///
/// # Errors
/// [`codes::WRONG_INPUT`] if it is none, [`codes::NOT_FOUND`], or those of the database.
pub fn rename(
    store: &Store,
    staff: &StaffMay<actions::RenameDevice>,
    device: DeviceId,
    name: &str,
    occasion: &Occasion,
) -> Result<(), CareError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_LENGTH {
        return Err(CareError::Refused(&codes::WRONG_INPUT));
    }
    with(store, staff, device, occasion.now_ms, |db| {
        devices::rename(db, device, name)?;
        note(db, staff, trail::Act::DeviceRenamed, About::Device(device), occasion)
    })
}

/// Suspends a phone: from now on it reads and writes nothing, and keeps what it has.
///
/// # Errors
/// [`codes::WRONG_INPUT`] without a reason, [`codes::NOT_FOUND`], or those of the database.
pub fn suspend(
    store: &Store,
    staff: &StaffMay<actions::SuspendDevice>,
    device: DeviceId,
    occasion: &Occasion,
) -> Result<(), CareError> {
    check(&occasion.reason)?;
    with(store, staff, device, occasion.now_ms, |db| {
        if devices::suspend(db, device, Some(occasion.now_ms))? {
            note(db, staff, trail::Act::DeviceSuspended, About::Device(device), occasion)?;
        }
        Ok(())
    })
}

/// Lets a suspended phone go on.
///
/// # Errors
/// [`codes::FORBIDDEN`] if its person works elsewhere too, and as [`suspend`].
pub fn resume(
    store: &Store,
    staff: &StaffMay<actions::ResumeDevice>,
    device: DeviceId,
    occasion: &Occasion,
) -> Result<(), CareError> {
    check(&occasion.reason)?;
    let done = store.transaction(|db| {
        let Some(person) = device_care::reach(db, &staff.areas(), device, occasion.now_ms)? else {
            return Ok(Err(CareError::Refused(&codes::NOT_FOUND)));
        };
        let wholly = duty::is_wholly_within(db, &staff.areas(), person, occasion.now_ms)?;
        if wholly != Some(true) {
            return Ok(Err(CareError::Refused(&codes::FORBIDDEN)));
        }
        if devices::suspend(db, device, None)? {
            note(db, staff, trail::Act::DeviceResumed, About::Device(device), occasion)?;
        }
        Ok(Ok(()))
    });
    done?
}

/// Revokes a phone for good: it reads nothing any more, hands in what it still holds, and empties
/// itself.
///
/// # Errors
/// As [`suspend`].
pub fn revoke(
    store: &Store,
    staff: &StaffMay<actions::RevokeDevice>,
    device: DeviceId,
    occasion: &Occasion,
) -> Result<(), CareError> {
    check(&occasion.reason)?;
    with(store, staff, device, occasion.now_ms, |db| {
        if devices::revoke(db, device, occasion.now_ms)? {
            note(db, staff, trail::Act::DeviceRevoked, About::Device(device), occasion)?;
        }
        Ok(())
    })
}

/// The phones of whoever signed in.
///
/// # Errors
/// Those of the database.
pub fn own(
    store: &Store,
    staff: &StaffMay<actions::ReadOwnDevices>,
) -> Result<Vec<Listed>, StoreError> {
    store.read(|db| device_care::of_person(db, staff.person()))
}

/// Revokes a phone of one's own: it was lost, say.
///
/// # Errors
/// [`codes::NOT_FOUND`] for any other, or those of the database.
pub fn revoke_own(
    store: &Store,
    staff: &StaffMay<actions::RevokeOwnDevice>,
    device: DeviceId,
    occasion: &Occasion,
) -> Result<(), CareError> {
    let done = store.transaction(|db| {
        let found = devices::find(db, device)?;
        if found.is_none_or(|device| device.person != staff.person()) {
            return Ok(Err(CareError::Refused(&codes::NOT_FOUND)));
        }
        if devices::revoke(db, device, occasion.now_ms)? {
            note(db, staff, trail::Act::DeviceRevoked, About::Device(device), occasion)?;
        }
        Ok(Ok(()))
    });
    done?
}

/// A person's phones, for the command line.
///
/// # Errors
/// Those of the database.
pub fn of_person(db: &mut Db, _by: Operator, whose: PersonId) -> Result<Vec<Listed>, StoreError> {
    device_care::of_person(db, whose)
}

/// Suspends a device or lets it go on, at the command line; answers whether that changed anything.
///
/// # Errors
/// Those of the database.
pub fn set_aside(
    db: &mut Db,
    _by: Operator,
    device: DeviceId,
    since_ms: Option<i64>,
) -> Result<bool, StoreError> {
    devices::suspend(db, device, since_ms)
}

/// Does something to a phone that is in reach; whoever it is not in reach of learns nothing of it.
fn with<A: Act>(
    store: &Store,
    staff: &StaffMay<A>,
    device: DeviceId,
    now_ms: i64,
    work: impl FnOnce(&mut Db) -> Result<(), StoreError>,
) -> Result<(), CareError> {
    let done = store.transaction(|db| {
        let reach = device_care::reach(db, &staff.areas(), device, now_ms)?;
        reach.map(|_| work(db)).transpose()
    });
    done?.ok_or(CareError::Refused(&codes::NOT_FOUND))
}

fn note<A: Act>(
    db: &mut Db,
    staff: &StaffMay<A>,
    act: trail::Act,
    about: About,
    occasion: &Occasion,
) -> Result<(), StoreError> {
    let entry = Entry::new(act, Actor::Staff(staff.person()), occasion.now_ms);
    let entry = entry.about(about).from(occasion.origin);
    let reason = occasion.reason.trim();
    let entry = if reason.is_empty() { entry } else { entry.reason(reason) };
    trail::note(db, &entry).map(|_| ())
}

fn check(reason: &str) -> Result<(), CareError> {
    let reason = reason.trim();
    let good = !reason.is_empty() && reason.chars().count() <= REASON_LENGTH;
    if good { Ok(()) } else { Err(CareError::Refused(&codes::WRONG_INPUT)) }
}
