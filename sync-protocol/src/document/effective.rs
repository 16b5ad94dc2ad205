//! Effective values: what a record says when several wrote without knowing of each other, by each
//! field's merge rule, the same on every phone and server; and the clashes a person has to decide.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::registers::{Live, Registers, Stamp};
use crate::records::{Field, Kind, Merge, Value};

/// A field's value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveField {
    /// What the record says.
    pub value: Value,
    /// Who wrote it, when; a text that nobody edited has none.
    pub stamp: Option<Stamp>,
    /// Values that lost, highest id first. They are never hidden.
    pub others: Vec<Live>,
}

/// Values of a `review` field that were written without knowing of each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// The field's key.
    pub key: String,
    /// The values, the one that stands for now first.
    pub values: Vec<Live>,
    /// Whether a reviewer had decided before a value arrived that did not know the decision.
    pub reopened: bool,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effective {
    /// By key; a cleared field is there with [`Value::Null`].
    pub fields: BTreeMap<String, EffectiveField>,
    /// What a person has to decide, by key.
    pub clashes: Vec<Clash>,
}

impl Effective {
    /// The effective values of a record's registers.
    pub fn of(registers: &Registers) -> Self {
        let mut effective = Self::default();
        for (key, live) in &registers.keys {
            let field = registers.kind.field(key).map(|(field, _)| field);
            let Some(resolved) = resolve(registers, key, field, live) else {
                continue;
            };
            if let Some(clash) = clash(registers, key, field, &resolved) {
                effective.clashes.push(clash);
            }
            let Resolved { winner, others } = resolved;
            let stamp = Some(winner.stamp);
            let entry = EffectiveField { value: winner.value, stamp, others };
            effective.fields.insert(key.clone(), entry);
        }
        for (key, text) in &registers.texts {
            let value = Value::Text(text.text.clone());
            let entry = EffectiveField { value, stamp: text.last, others: Vec::new() };
            effective.fields.insert(key.clone(), entry);
        }
        effective
    }

    /// The effective value of one key of the root, without working out the others.
    pub fn of_key(registers: &Registers, key: &str) -> Option<EffectiveField> {
        let live = registers.keys.get(key)?;
        let field = registers.kind.field(key).map(|(field, _)| field);
        let Resolved { winner, others } = resolve(registers, key, field, live)?;
        Some(EffectiveField { value: winner.value, stamp: Some(winner.stamp), others })
    }

    /// The value of a key, unless it was never written or is cleared.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.fields.get(key).map(|field| &field.value).filter(|value| **value != Value::Null)
    }

    /// Who opened the record: whoever wrote what it cannot be without.
    pub fn opened_by(&self, kind: Kind) -> Option<Stamp> {
        let key = if kind == Kind::Premises { "address_code" } else { "premises" };
        self.fields
            .get(key)
            .and_then(|field| field.stamp)
            .or_else(|| self.fields.values().filter_map(|field| field.stamp).min_by_key(|s| s.time))
    }

    /// The text of a key, unless it was never written or is cleared.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.value(key).and_then(Value::as_text)
    }
}

struct Resolved {
    winner: Live,
    others: Vec<Live>,
}

fn resolve(
    registers: &Registers,
    key: &str,
    field: Option<&Field>,
    live: &[Live],
) -> Option<Resolved> {
    let rule = field.map_or(Merge::Latest, |field| field.merge);
    let winner = match (rule, field) {
        (Merge::Severest | Merge::Furthest, Some(field)) => {
            live.iter().max_by_key(|live| (field.rank(&live.value), live.id()))
        }
        (Merge::Highest, _) => live.iter().max_by_key(|live| (live.value.as_int(), live.id())),
        (Merge::Earliest, _) => live.iter().min_by_key(|live| earliness(live)),
        (Merge::Review, _) => decision(registers, key, live).or_else(|| live.first()),
        _ => live.first(),
    }?;
    let others = live.iter().filter(|other| other.id() != winner.id()).cloned().collect();
    Some(Resolved { winner: winner.clone(), others })
}

/// A cleared value is later than every written one.
fn earliness(live: &Live) -> (bool, &Value, Reverse<super::change::OpId>) {
    (live.value == Value::Null, &live.value, Reverse(live.id()))
}

/// The live value that a reviewer's decision wrote: the one of the same change as a live
/// `decided.<key>`. The latest decision, should there be several.
fn decision<'l>(registers: &Registers, key: &str, live: &'l [Live]) -> Option<&'l Live> {
    let decisions = registers.keys.get(&format!("decided.{key}"))?;
    live.iter().find(|live| {
        decisions.iter().any(|decision| {
            (decision.stamp.actor, decision.stamp.seq) == (live.stamp.actor, live.stamp.seq)
        })
    })
}

/// Equal values written twice are no clash.
fn clash(
    registers: &Registers,
    key: &str,
    field: Option<&Field>,
    resolved: &Resolved,
) -> Option<Clash> {
    let by_review = field.is_some_and(|field| field.merge == Merge::Review);
    let differs = resolved.others.iter().any(|other| other.value != resolved.winner.value);
    if !by_review || !differs {
        return None;
    }
    let values: Vec<Live> =
        std::iter::once(&resolved.winner).chain(&resolved.others).cloned().collect();
    let reopened = decision(registers, key, &values).is_some();
    Some(Clash { key: key.to_owned(), values, reopened })
}
