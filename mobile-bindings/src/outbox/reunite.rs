//! Work that was refused and is in the server's log after all: staff adopted it, or what it waited
//! for arrived. What it meant was written again meanwhile, and the record has both now; that is no
//! clash where the values are the same, but a text would say everything twice.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sync_protocol::ids::{ChangeHash, RecordId};
use sync_protocol::records::{FieldType, Kind};

use super::rewrite::{self, Stranding};
use crate::editing::{self, Hand, Values};
use crate::error::CoreError;
use crate::record::LocalRecord;
use crate::store::changes::{self, ChangeNo};
use crate::store::{Connection, Transaction, device, intents};

/// Takes back what the server does not have of the copies, and the words that stand twice where it
/// has them.
pub(crate) fn reunite(transaction: &Transaction<'_>, now: i64) -> Result<(), CoreError> {
    let mut returned: BTreeMap<RecordId, Vec<(ChangeHash, ChangeNo)>> = BTreeMap::new();
    for (hash, apart) in changes::apart(transaction)? {
        if apart.accepted.is_some() {
            returned.entry(apart.record).or_default().push((hash, apart.no));
        }
    }
    for (record, returned) in returned {
        if let Some(local) = LocalRecord::load(transaction, record)? {
            reunite_record(transaction, local, returned, now)?;
        }
    }
    Ok(())
}

fn reunite_record(
    transaction: &Transaction<'_>,
    mut local: LocalRecord,
    mut returned: Vec<(ChangeHash, ChangeNo)>,
    now: i64,
) -> Result<(), CoreError> {
    let record = local.place.record;
    returned.retain(|(hash, _)| local.document.has(hash));
    let (mut unsent, mut texts) = (Vec::new(), BTreeSet::new());
    for (_, no) in &returned {
        changes::put_back(transaction, *no)?;
        for copy in changes::copies(transaction, *no)? {
            if copy.sent {
                texts.extend(texts_of(transaction, copy.no, local.place.kind)?);
            } else {
                unsent.push(copy.no);
            }
        }
    }
    let returned: HashSet<ChangeHash> = returned.into_iter().map(|(hash, _)| hash).collect();
    say_once(transaction, &mut local, &returned, &texts, now)?;
    if !unsent.is_empty() {
        let stranding = Stranding { refused: &[], doubled: &unsent };
        rewrite::record(transaction, device::next_actor(transaction)?, record, stranding)?;
    }
    Ok(())
}

/// The texts that a change wrote.
fn texts_of(
    connection: &Connection,
    change: ChangeNo,
    kind: Kind,
) -> Result<Vec<String>, CoreError> {
    let is_text = |key: &str| {
        kind.field(key).is_some_and(|(field, _)| matches!(field.kind, FieldType::LongText(_)))
    };
    let written = intents::of(connection, change)?;
    Ok(written.into_iter().map(|field| field.key).filter(|key| is_text(key)).collect())
}

/// Writes these texts as they were without what has returned: the copies say it already. Where
/// somebody has written on after reading both, it is left to people.
fn say_once(
    transaction: &Transaction<'_>,
    local: &mut LocalRecord,
    returned: &HashSet<ChangeHash>,
    texts: &BTreeSet<String>,
    now: i64,
) -> Result<(), CoreError> {
    if texts.is_empty() {
        return Ok(());
    }
    let mut before = local.document.without(returned)?;
    let heads = local.document.heads();
    if heads.iter().any(|head| !returned.contains(head) && !before.has(head)) {
        return Ok(());
    }
    let Some(device) = device::find(transaction)? else {
        return Ok(());
    };
    let once = |key: &String| (key.clone(), before.text(key).unwrap_or_default().into());
    let values: Values = texts.iter().map(once).collect();
    let hand = Hand { actor: device.actor(), now };
    match editing::edit(transaction, hand, local.place.record, &values) {
        // A record that is closed by now keeps both.
        Ok(_) | Err(CoreError::Refused { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
