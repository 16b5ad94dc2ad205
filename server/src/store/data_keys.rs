//! Table `data_keys`: the district's data keys, wrapped by the master key.

use diesel::prelude::*;

use super::presence::{self, Servers};
use super::rows::moment;
use super::{Db, StoreError};
use crate::schema::{data_keys, record_keys};
use crate::vault::{KeyNumber, Master, MasterError, Purpose, Ring, WrappedKey};

/// The constraints that keep a data key from being destroyed while keys lie under it, or tokens were made
/// with it.
pub(super) const USED_BY: [&str; 3] =
    ["record_keys_data_key_fkey", "photo_keys_data_key_fkey", "blind_index_index_key_fkey"];

/// Why the district's keys are not to be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyProblem {
    /// There are no data keys.
    #[error(
        "the database has no data keys: they are made with the district, by `doorstep district create`"
    )]
    None,
    /// There is no master key.
    #[error(
        "no master key was given{}: name its file with --master-key-file, or give the key itself in \
         DOORSTEP_MASTER_KEY", wanted(.expected)
    )]
    NoMaster {
        /// What the one is called that is wanted; nothing when any will do.
        expected: String,
    },
    /// The master key is another one.
    #[error(
        "the master key {given} does not open this database, whose data keys lie under {expected}: \
         give that key. Without it nobody can read what is stored; nothing was changed"
    )]
    WrongMaster {
        /// What the right one is called.
        expected: String,
        /// What the given one is called.
        given: String,
    },
    /// The data keys were put under another master key while this process ran.
    #[error(
        "the data keys lie under the master key {expected} by now, and this process was started with \
         {given}: start it with {expected}. What it has opened it goes on with"
    )]
    Changed {
        /// What the one is called under which they lie.
        expected: String,
        /// What the given one is called.
        given: String,
    },
    /// Servers run that could not open a new data key.
    #[error(
        "servers run that were started with another master key than {expected}, and could not open a \
         new data key: {servers}. Start them with {expected} and do this again; nothing was changed"
    )]
    OtherMaster {
        /// What the one is called under which the data keys lie.
        expected: String,
        /// The servers.
        servers: Servers,
    },
    /// Servers run that do not know a data key yet, and could not open it under another master key.
    #[error(
        "servers run that do not know data key {newest} yet: {servers}. They hear of it within {} \
         seconds: do this again then; nothing was changed", presence::PAUSE.as_secs()
    )]
    Unaware {
        /// The newest data key.
        newest: KeyNumber,
        /// The servers.
        servers: Servers,
    },
    /// The master key is not to be had just now.
    #[error(
        "the data keys cannot be opened; those that are open already go on working until their server \
         ends"
    )]
    Unusable(#[source] MasterError),
}

impl KeyProblem {
    /// Whether the same may succeed later without anybody's doing anything to the request.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unusable(_) | Self::Changed { .. })
    }
}

fn wanted(expected: &str) -> String {
    if expected.is_empty() { String::new() } else { format!(" and {expected} is wanted") }
}

type Row = (i16, String, String, Vec<u8>);

/// Every data key, by number.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn all(db: &mut Db) -> Result<Vec<WrappedKey>, StoreError> {
    let rows: Vec<Row> = data_keys::table
        .order(data_keys::number)
        .select((data_keys::number, data_keys::purpose, data_keys::master, data_keys::wrapped))
        .load(db.sql())?;
    let key = |(number, purpose, master, wrapped): Row| {
        let purpose = Purpose::from_code(&purpose).ok_or(StoreError::Corrupt("a data key"))?;
        Ok(WrappedKey { number: number.cast_unsigned(), purpose, master, wrapped })
    };
    rows.into_iter().map(key).collect()
}

/// Opens them with the master key.
pub(super) fn open(db: &mut Db) -> Result<Ring, StoreError> {
    let keys = all(db)?;
    let Some(first) = keys.first() else { return Err(StoreError::Keys(KeyProblem::None)) };
    let Some(master) = db.vault().master() else {
        return Err(StoreError::Keys(KeyProblem::NoMaster { expected: first.master.clone() }));
    };
    let wrong = || {
        let (expected, given) = (first.master.clone(), master.id().to_owned());
        // It has opened them before: it is not the wrong key, but the one of before.
        StoreError::Keys(match db.vault().ring() {
            Some(_) => KeyProblem::Changed { expected, given },
            None => KeyProblem::WrongMaster { expected, given },
        })
    };
    Ring::open(master, &keys).map_err(|error| match error {
        MasterError::Sealed(_) => wrong(),
        other => unusable(other),
    })
}

fn unusable(error: MasterError) -> StoreError {
    StoreError::Keys(KeyProblem::Unusable(error))
}

/// Makes the first data keys of a district.
///
/// # Errors
/// [`StoreError::Keys`] without a master key, or those of the database.
pub fn begin(db: &mut Db, now_ms: i64) -> Result<(), StoreError> {
    let master = master(db)?;
    for (number, purpose) in [(1, Purpose::Data), (2, Purpose::Index), (3, Purpose::Trail)] {
        let key = WrappedKey::make(number, purpose, &master).map_err(unusable)?;
        insert(db, &key, now_ms)?;
    }
    db.read_ring().map(|_| ())
}

/// Makes another key for a purpose, which is used for whatever is sealed from now on; answers its number.
///
/// # Errors
/// [`StoreError::Keys`], or those of the database.
pub fn add(db: &mut Db, purpose: Purpose, now_ms: i64) -> Result<KeyNumber, StoreError> {
    lock(db)?;
    // The master key must be the one in use: a wrong one would make a key that nobody opens.
    db.read_ring()?;
    let master = master(db)?;
    let number = all(db)?.iter().map(|key| key.number).max().unwrap_or_default() + 1;
    let key = WrappedKey::make(number, purpose, &master).map_err(unusable)?;
    insert(db, &key, now_ms)?;
    db.read_ring()?;
    Ok(number)
}

pub(super) fn master(db: &Db) -> Result<Master, StoreError> {
    let none = || StoreError::Keys(KeyProblem::NoMaster { expected: String::new() });
    db.vault().master().cloned().ok_or_else(none)
}

fn insert(db: &mut Db, key: &WrappedKey, now_ms: i64) -> Result<(), StoreError> {
    diesel::insert_into(data_keys::table)
        .values((
            data_keys::number.eq(key.number.cast_signed()),
            data_keys::purpose.eq(key.purpose.code()),
            data_keys::master.eq(&key.master),
            data_keys::wrapped.eq(&key.wrapped),
            data_keys::created_at.eq(moment(now_ms)),
        ))
        .execute(db.sql())?;
    Ok(())
}

/// Keeps others from making keys or wrapping them anew until the transaction ends: a key that was made
/// under one master key while all others were put under another would leave keys that neither opens.
/// Whoever seals goes on.
fn lock(db: &mut Db) -> Result<(), StoreError> {
    diesel::sql_query("LOCK TABLE data_keys IN SHARE ROW EXCLUSIVE MODE").execute(db.sql())?;
    Ok(())
}

/// Wraps every data key by another master key; what is running goes on with what it has opened.
///
/// # Errors
/// [`StoreError::Keys`] when the master key so far is not theirs or a server has not opened all of them
/// yet, or those of the database.
pub fn change_master(db: &mut Db, to: &Master) -> Result<usize, StoreError> {
    lock(db)?;
    db.read_ring()?;
    presence::all_know_the_newest(db)?;
    let from = master(db)?;
    let keys = all(db)?;
    for key in &keys {
        let moved = key.rewrap(&from, to).map_err(unusable)?;
        diesel::update(data_keys::table.find(key.number.cast_signed()))
            .set((data_keys::master.eq(&moved.master), data_keys::wrapped.eq(&moved.wrapped)))
            .execute(db.sql())?;
    }
    Ok(keys.len())
}

/// Keeps a data key from being destroyed until the transaction ends; answers whether it is there.
pub(super) fn hold(db: &mut Db, number: KeyNumber) -> Result<bool, StoreError> {
    let held: Option<i16> = data_keys::table
        .find(number.cast_signed())
        .for_key_share()
        .select(data_keys::number)
        .first(db.sql())
        .optional()?;
    Ok(held.is_some())
}

/// Whether the master key opens them.
///
/// # Errors
/// [`StoreError::Keys`], or those of the database.
pub fn check(db: &mut Db) -> Result<(), StoreError> {
    db.read_ring().map(|_| ())
}

/// Opens them anew if some were made or destroyed since; answers the newest.
///
/// # Errors
/// [`StoreError::Keys`], or those of the database.
pub(super) fn refresh(db: &mut Db) -> Result<KeyNumber, StoreError> {
    let keys = all(db)?;
    let is_known = |ring: &Ring| ring.is_of(keys.iter().map(|key| key.number));
    if !db.vault().ring().is_some_and(|ring| is_known(&ring)) {
        db.read_ring()?;
    }
    Ok(keys.last().map(|key| key.number).unwrap_or_default())
}

/// How many record keys a data key wraps.
///
/// # Errors
/// Those of the database.
pub fn uses(db: &mut Db, number: KeyNumber) -> Result<i64, StoreError> {
    let of_key = record_keys::table.filter(record_keys::data_key.eq(number.cast_signed()));
    Ok(of_key.count().get_result(db.sql())?)
}

/// Sees to it that the connection knows the newest key of a purpose, though another server made it.
pub(super) fn know_newest(db: &mut Db, purpose: Purpose) -> Result<(), StoreError> {
    let newest: Option<i16> = data_keys::table
        .filter(data_keys::purpose.eq(purpose.code()))
        .select(diesel::dsl::max(data_keys::number))
        .first(db.sql())?;
    match newest.map(i16::cast_unsigned) {
        Some(number) if !db.ring()?.knows(number) => db.read_ring().map(|_| ()),
        _ => Ok(()),
    }
}

/// Keeps a data key from being used for anything new until the transaction ends.
///
/// # Errors
/// Those of the database.
pub fn close(db: &mut Db, number: KeyNumber) -> Result<(), StoreError> {
    // The connection goes on knowing the key for as long as it takes.
    db.read_ring()?;
    let row = data_keys::table.find(number.cast_signed()).for_update();
    let _: Option<i16> = row.select(data_keys::number).first(db.sql()).optional()?;
    Ok(())
}

/// Destroys a data key that wraps no other key any more; what else lies under it must be sealed anew
/// in the same transaction. A server that has not heard of its successor yet
/// is refused by the database when it makes a key with it, and tries again with the new one.
///
/// # Errors
/// Those of the database, among them that it still wraps something.
pub fn destroy(db: &mut Db, number: KeyNumber) -> Result<(), StoreError> {
    // The connection goes on knowing the key for as long as it takes.
    db.read_ring()?;
    diesel::delete(data_keys::table.find(number.cast_signed())).execute(db.sql())?;
    Ok(())
}
