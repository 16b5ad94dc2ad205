//! Changes that are refused, each for one reason.

use std::num::NonZeroU64;

use automerge::legacy::OpType;
use automerge::{ActorId, Change, ExpandedChange, ScalarValue};
use sha2::{Digest, Sha256};
use sync_protocol::records::{Kind, Value};

use super::Failure;
use super::cast::{ADDRESS_CODE, FIRST, Phone, SECOND, TIME};
use super::changes::Case;

/// The refused ones of `changes.json`.
pub(crate) fn cases() -> Result<Vec<Case>, Failure> {
    let mut phone = Phone::new(FIRST, Kind::Premises)?;
    let base =
        phone.write(TIME, &[("address_code", ADDRESS_CODE.into()), ("use", "shop".into())])?;
    let log = [base];
    let mut cases = chunks(&log, &phone)?;
    cases.extend(lineage(&log, &phone)?);
    cases.extend(operations(&log, &phone)?);
    Ok(cases)
}

/// What the header, the checksum and the parser refuse.
fn chunks(log: &[Vec<u8>], phone: &Phone) -> Result<Vec<Case>, Failure> {
    let good = phone.clone().write(TIME + 1, &[("use", "hotel".into())])?;
    let mut compressed = good.clone();
    if let Some(kind) = compressed.get_mut(8) {
        *kind = 2;
    }
    let longer = [good.as_slice(), &[0]].concat();
    let shorter = good.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default();
    let mut flipped = good.clone();
    if let Some(checksum) = flipped.get_mut(4) {
        *checksum ^= 1;
    }
    let messaged = forge(&good, |change| change.message = Some("hello".into()))?;
    let empty = forge(&good, |change| change.operations.clear())?;
    let short_actor = forge(&good, |change| change.actor_id = ActorId::from([7_u8; 8]))?;
    Ok(vec![
        Case::of("a compressed chunk, type 2", log, resealed(compressed)),
        Case::of("a byte behind the chunk", log, longer),
        Case::of("a chunk that is cut short", log, shorter),
        Case::of("a wrong checksum", log, flipped),
        Case::of("a change with a commit message", log, messaged),
        Case::of("a change without operations", log, empty),
        Case::of("an actor that is not 12 bytes long", log, short_actor),
    ])
}

/// What the record's history refuses.
fn lineage(log: &[Vec<u8>], phone: &Phone) -> Result<Vec<Case>, Failure> {
    let good = phone.clone().write(TIME + 1, &[("use", "hotel".into())])?;
    let mut gone_on = phone.clone();
    let unseen = gone_on.write(TIME + 1, &[("floor", 3.into())])?;
    let waits = gone_on.write(TIME + 2, &[("room", "301".into())])?;
    let mut restored = Phone::new(FIRST, Kind::Premises)?;
    let forked = restored.write(TIME + 9, &[("use", "vacant".into())])?;
    let foreign = Case { device: SECOND, ..Case::of("another device's actor", log, good.clone()) };
    let gap = forge(&good, |change| change.seq += 1)?;
    let high = forge(&good, |change| change.start_op = later(change.start_op, 1))?;
    let far =
        forge(&good, |change| change.start_op = later(change.start_op, u64::from(u32::MAX) - 99))?;
    let nothing = forge(&good, |change| change.deps.clear())?;
    let after = [log, std::slice::from_ref(&unseen)].concat();
    Ok(vec![
        foreign,
        Case::of("a dependency that has not arrived", log, waits.clone()),
        Case::of("the same change once the dependency is there", &after, waits),
        Case::of("an actor's number that was used by another change", log, forked),
        Case::of("an actor's number that leaves one out", log, gap),
        Case::of("a first operation that is one too high", log, high),
        Case::of("a first operation near the end of the numbers", log, far),
        Case::of("no dependency at all", log, nothing),
    ])
}

/// What the field tables refuse.
fn operations(log: &[Vec<u8>], phone: &Phone) -> Result<Vec<Case>, Failure> {
    let good = phone.clone().write(TIME + 1, &[("use", "hotel".into())])?;
    let putting = |scalar: ScalarValue| {
        forge(&good, |change| {
            change.operations.iter_mut().for_each(|op| op.action = OpType::Put(scalar.clone()));
        })
    };
    let deleted = forge(&good, |change| {
        change.operations.iter_mut().for_each(|op| op.action = OpType::Delete);
    })?;
    let list = forge(&good, |change| {
        change
            .operations
            .iter_mut()
            .for_each(|op| op.action = OpType::Make(automerge::ObjType::List));
    })?;
    let renamed = |key: &str| {
        forge(&good, |change| {
            for op in &mut change.operations {
                op.key = automerge::legacy::Key::Map(key.into());
                op.pred = Vec::new().into();
            }
        })
    };
    let elsewhere = forge(&good, |change| {
        for op in &mut change.operations {
            op.key = automerge::legacy::Key::Map("address".into());
        }
    })?;
    let mut twice = phone.clone();
    let many: Vec<(String, Value)> =
        (0..257).map(|number| (format!("x.n{number}"), "1".into())).collect();
    let many: Vec<(&str, Value)> =
        many.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
    let many = twice.write(TIME + 1, &many)?;
    let tier = phone.clone().write(TIME + 1, &[("tier", "key".into())])?;
    Ok(vec![
        Case::of("a key is deleted and not put again", log, deleted),
        Case::of("a list is made", log, list),
        Case::of("a floating-point number", log, putting(ScalarValue::F64(1.5))?),
        Case::of("an unsigned integer", log, putting(ScalarValue::Uint(1))?),
        Case::of("bytes", log, putting(ScalarValue::Bytes(vec![1]))?),
        Case::of("a key that is in no table", log, renamed("aura")?),
        Case::of("the key of the genesis change", log, renamed("schema")?),
        Case::of("a decision of a field that nobody decides", log, renamed("decided.latitude")?),
        Case::of("a code that is not in the field's list", log, putting("palace".into())?),
        Case::of("a number where a code belongs", log, putting(ScalarValue::Int(1))?),
        Case::of("a free text that is put as a scalar", log, renamed("notes")?),
        Case::of("a value that was never there is replaced", log, elsewhere),
        Case::of("257 keys in one change", log, many),
        Case::of("a field of the reviewers, by a coordinator", log, tier),
    ])
}

fn later(counter: NonZeroU64, by: u64) -> NonZeroU64 {
    counter.saturating_add(by)
}

/// A change taken apart, altered and put together again.
fn forge(bytes: &[u8], alter: impl FnOnce(&mut ExpandedChange)) -> Result<Vec<u8>, Failure> {
    let mut change = Change::from_bytes(bytes.to_vec())?.decode();
    alter(&mut change);
    Ok(Change::from(change).raw_bytes().to_vec())
}

/// The chunk with a checksum that fits.
fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let digest = bytes.get(8..).map(Sha256::digest).unwrap_or_default();
    if let Some(checksum) = bytes.get_mut(4..8) {
        checksum.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    }
    bytes
}
