//! What goes along with a record that moves, beside its changes: the pushes that brought them, with
//! their signatures, what waits, and what was refused with the decisions on it. Tables `pushes`,
//! `held`, `quarantine` and `quarantine_decisions`.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use sync_protocol::ids::{ChangeHash, PushId, RecordId};
use uuid::Uuid;

use super::changes::Origin;
use super::held::Held;
use super::pushes::{Signed, StoredPush};
use super::quarantine::{Decision, Kept};
use super::record_keys::owner;
use super::rows::{area_key, device_key, hash, person, person_key, push_key, record_key};
use super::{Db, StoreError, held, pushes, quarantine};
use crate::auth::AreaScope;
use crate::schema::{quarantine as refused, quarantine_decisions as decisions};
use crate::vault::What;

/// What goes along.
#[derive(Debug, Clone)]
pub struct Carried {
    /// The record.
    pub record: RecordId,
    /// What waits.
    pub held: Vec<Held>,
    /// What was refused.
    pub refused: Vec<Kept>,
    /// What staff decided on that, by change.
    pub decisions: Vec<(ChangeHash, Decision)>,
    /// The pushes that brought its changes and these.
    pub pushes: Vec<StoredPush>,
}

/// Reads what goes along with a record whose changes came in these pushes. What does not open stays behind.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn read(
    db: &mut Db,
    scope: &AreaScope,
    record: RecordId,
    brought_by: impl IntoIterator<Item = PushId>,
) -> Result<Carried, StoreError> {
    let held = held::of_records(db, scope, &[record])?;
    let mut decisions = decided(db, scope, record)?;
    let mut refused = quarantine::of_record(db, scope, record)?;
    let is_shut = |kept: &Kept| matches!(decisions.get(&kept.hash), Some(None));
    refused.retain(|kept| kept.opens && !is_shut(kept));
    decisions.retain(|change, _| refused.iter().any(|kept| kept.hash == *change));
    let decisions = decisions.into_iter();
    let decisions = decisions.filter_map(|(change, decision)| Some((change, decision?))).collect();
    let named: HashSet<PushId> = brought_by
        .into_iter()
        .chain(held.iter().map(|held| held.push))
        .chain(refused.iter().map(|kept| kept.push))
        .collect();
    let named: Vec<PushId> = named.into_iter().collect();
    let pushes = pushes::find(db, scope, &named)?;
    Ok(Carried { record, held, refused, decisions, pushes })
}

type DecisionRow = (Vec<u8>, Uuid, i64, bool, Vec<u8>);

/// The decisions on a record's refused changes; nothing of one whose reason does not open.
fn decided(
    db: &mut Db,
    scope: &AreaScope,
    record: RecordId,
) -> Result<HashMap<ChangeHash, Option<Decision>>, StoreError> {
    let rows: Vec<DecisionRow> = decisions::table
        .filter(decisions::area_id.eq(area_key(scope.area())))
        .filter(decisions::record_id.eq(record_key(record)))
        .select((
            decisions::hash,
            decisions::person_id,
            decisions::decided_at,
            decisions::adopted,
            decisions::reason,
        ))
        .load(db.sql())?;
    let owner = owner(scope.area(), record);
    db.fetch_keys([owner])?;
    rows.into_iter()
        .map(|(name, whose, at, adopted, reason)| {
            let reason = db.open(owner, What::Reason, &reason).ok();
            let decision = reason.map(|reason| Decision {
                person: person(whose),
                at,
                adopted,
                reason: String::from_utf8_lossy(&reason).into_owned(),
            });
            Ok((hash(&name)?, decision))
        })
        .collect()
}

/// Writes pushes and refused changes into the area that the record goes to; what is there already
/// stays as it is.
///
/// # Errors
/// Those of the database, or [`StoreError::Corrupt`].
pub fn write(db: &mut Db, scope: &AreaScope, carried: &Carried) -> Result<(), StoreError> {
    for push in &carried.pushes {
        let hashes: Vec<ChangeHash> = push.hashes.chunks(32).map(hash).collect::<Result<_, _>>()?;
        let origin = Origin { device: push.device, push: push.push, received_at: push.received_at };
        let signed = Signed { hashes: &hashes, signature: &push.signature };
        pushes::insert(db, scope.area(), origin, signed)?;
    }
    let owner = owner(scope.area(), carried.record);
    if !carried.refused.is_empty() || !carried.decisions.is_empty() {
        db.ensure_keys(owner.0, [owner.1])?;
    }
    for kept in &carried.refused {
        let row = (
            refused::area_id.eq(owner.0),
            refused::record_id.eq(owner.1),
            refused::hash.eq(kept.hash.as_bytes()),
            refused::kind.eq(kept.kind.number()),
            refused::device_id.eq(device_key(kept.device)),
            refused::push_id.eq(push_key(kept.push)),
            refused::received_at.eq(kept.received_at),
            refused::code.eq(&kept.code),
            refused::field.eq(kept.field.as_deref()),
            refused::bytes.eq(db.seal(owner, What::Refused, &kept.bytes)?),
        );
        diesel::insert_into(refused::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(db.sql())?;
    }
    for (change, decision) in &carried.decisions {
        let row = (
            decisions::area_id.eq(owner.0),
            decisions::record_id.eq(owner.1),
            decisions::hash.eq(change.as_bytes()),
            decisions::person_id.eq(person_key(decision.person)),
            decisions::decided_at.eq(decision.at),
            decisions::adopted.eq(decision.adopted),
            decisions::reason.eq(db.seal(owner, What::Reason, decision.reason.as_bytes())?),
        );
        diesel::insert_into(decisions::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(db.sql())?;
    }
    Ok(())
}

/// Writes what waits into the area that the record goes to.
///
/// # Errors
/// Those of the database.
pub fn write_held(db: &mut Db, scope: &AreaScope, waiting: &[Held]) -> Result<(), StoreError> {
    for held in waiting {
        let Held { change, device, push, received_at } = held;
        let origin = Origin { device: *device, push: *push, received_at: *received_at };
        held::insert(db, scope, origin, std::slice::from_ref(change))?;
    }
    Ok(())
}

/// Takes out of the old area what is in the new one now. The pushes stay: they may have brought
/// other records' changes too, and the log that names them stays as well.
///
/// # Errors
/// Those of the database.
pub fn clear(db: &mut Db, scope: &AreaScope, carried: &Carried) -> Result<(), StoreError> {
    let record = carried.record;
    for held in &carried.held {
        held::delete(db, scope.area(), record, held.change.hash)?;
    }
    for kept in &carried.refused {
        let key = (area_key(scope.area()), record_key(record), kept.hash.as_bytes());
        diesel::delete(refused::table.find(key)).execute(db.sql())?;
        diesel::delete(decisions::table.find(key)).execute(db.sql())?;
    }
    Ok(())
}
