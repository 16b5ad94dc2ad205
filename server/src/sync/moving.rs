//! Records that move to another area, in two steps that can each be cut short.
//!
//! 1. [`depart`]: under the old area's lock its log gets an entry that says where the record went,
//!    and the area has the record no more. From here on it is the new area's.
//! 2. [`arrive`]: under the new area's lock its log gets an entry that says where the record came
//!    from, and behind it every change that the log did not have. What waited or was refused of the
//!    record comes along.
//!
//! The second step follows from what the first one logged, so whoever comes across a record that is
//! under way finishes it: a push that names the old area, the command repeated, or the server in a
//! quiet minute. No transaction writes two areas. Decision note 11 says why.

mod arrive;
mod carry;
mod coming;
mod depart;
mod household;
mod pages;
mod redirect;
mod state;
mod through;
mod under_way;
mod whereabouts;

pub use arrive::arrive;
pub use depart::{Departing, depart};
pub use household::{Moving, move_homes, move_record};
pub(super) use pages::Sieve;
pub(super) use redirect::{Parted, homes_named, part};
pub(super) use through::roles_through;
pub use through::{GRACE_MS, origins};
pub use under_way::finish;
pub(super) use under_way::finish_one;

use sync_protocol::ids::{AreaId, RecordId};

use crate::store::StoreError;

/// Why a record was not moved. It is where it was.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The area does not have it.
    #[error("area {area} has no record {record}: `doorstep digest {area}` lists what it has")]
    NotHere {
        /// The area.
        area: AreaId,
        /// The record.
        record: RecordId,
    },
    /// It went somewhere else already.
    #[error("record {record} left area {area} for {to} before: move it from there")]
    Elsewhere {
        /// The area that it left.
        area: AreaId,
        /// The record.
        record: RecordId,
        /// Where it went.
        to: AreaId,
    },
    /// The new area has changes of the same record with which its own cannot stand together.
    #[error(
        "record {record} cannot be joined with what area {to} has of it ({code}): a phone that was \
         restored from an old copy wrote to both. Sync that phone; void one of the two if it is gone"
    )]
    Unfit {
        /// The record.
        record: RecordId,
        /// Where it was to go.
        to: AreaId,
        /// Why, by the catalogue of codes.
        code: &'static str,
    },
    /// From an area to itself.
    #[error("a record moves from one area to another, not to the same")]
    SameArea,
    /// There is no such area.
    #[error("there is no area {0}: `doorstep area create` enters one")]
    NoArea(AreaId),
    /// The database did not answer well. What was begun is finished by the next one who looks.
    #[error(transparent)]
    Store(#[from] StoreError),
}
