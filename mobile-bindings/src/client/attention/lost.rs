//! What this phone wrote and what does not stand, although nobody overwrote it knowingly: another value
//! that did not know of it won by the field's rule, or a reviewer decided for another. A clash that
//! nobody has decided yet is told as such, not here.

use sync_protocol::document::{Effective, EffectiveField, Registers};
use sync_protocol::records::{FieldType, Value};

use super::{Attention, AttentionKind, Desk};
use crate::client::Bilingual;
use crate::error::CoreError;
use crate::record;
use crate::store::intents::{self, Meant};

/// Every value of this phone's last 60 days that lost.
pub(super) fn list(desk: &Desk<'_>) -> Result<Vec<Attention>, CoreError> {
    let Some(me) = desk.me else { return Ok(Vec::new()) };
    let mut items = Vec::new();
    let mut opened: Option<(_, Registers, Effective)> = None;
    for meant in intents::last_accepted(desk.connection)? {
        if opened.as_ref().is_none_or(|(record, ..)| *record != meant.record) {
            let Some(registers) = record::registers(desk.connection, meant.record)? else {
                continue;
            };
            let effective = Effective::of(&registers);
            opened = Some((meant.record, registers, effective));
        }
        let Some((_, registers, effective)) = &opened else { continue };
        let Some(stands) = effective.fields.get(&meant.key) else { continue };
        let field = registers.kind.field(&meant.key).map(|(field, _)| field.kind);
        let is_text = matches!(field, Some(FieldType::LongText(_)));
        if is_text || stands.value == meant.value {
            continue;
        }
        let of_mine = |stamp: &sync_protocol::document::Stamp| stamp.actor.device() == me;
        if stands.stamp.as_ref().is_some_and(of_mine) {
            continue;
        }
        let decided = decision(registers, &meant.key, stands);
        let beside = stands.others.iter();
        let mut mine = beside.filter(|live| of_mine(&live.stamp) && live.value == meant.value);
        let clashes = effective.clashes.iter().any(|clash| clash.key == meant.key);
        if !clashes && (decided.is_some() || mine.next().is_some()) {
            items.push(item(desk, &meant, stands, decided)?);
        }
    }
    Ok(items)
}

/// The words of the decision that the value that stands was written by.
fn decision(registers: &Registers, key: &str, stands: &EffectiveField) -> Option<String> {
    let stamp = stands.stamp.as_ref()?;
    let decisions = registers.keys.get(format!("decided.{key}").as_str())?;
    let by = decisions
        .iter()
        .find(|decision| (decision.stamp.actor, decision.stamp.seq) == (stamp.actor, stamp.seq));
    by?.value.as_text().map(str::to_owned)
}

fn item(
    desk: &Desk<'_>,
    meant: &Meant,
    stands: &EffectiveField,
    decided: Option<String>,
) -> Result<Attention, CoreError> {
    let kind = meant.kind;
    let shown = |value: &Value| desk.wording.value_of(kind, &meant.key, value);
    let by = stands.stamp.as_ref().map(|stamp| desk.wording.by(stamp)).unwrap_or_default();
    let standing = shown(&stands.value);
    let words = match decided {
        Some(reason) => Bilingual {
            zh: format!("审核员裁定为“{}”:{reason}", standing.zh),
            en: format!("A reviewer decided for “{}”: {reason}", standing.en),
        },
        None => Bilingual {
            zh: format!("{by}同时填写了“{}”,按该项的规则以此为准", standing.zh),
            en: format!(
                "{by} wrote “{}” meanwhile, and by the field's rule it stands",
                standing.en
            ),
        },
    };
    let mut item = desk.item(meant.record, kind)?;
    item.why = AttentionKind::Lost;
    item.field = Some(desk.wording.label(kind, &meant.key));
    item.words = words;
    item.kept = vec![shown(&meant.value)];
    item.at_ms = Some(meant.made_at);
    item.settled = true;
    Ok(item)
}
