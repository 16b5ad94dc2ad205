//! Effective values: what a record says when several wrote without knowing of each other, by each
//! field's merge rule, the same on every phone and server; and the clashes a person has to decide.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::registers::{Live, Registers, Stamp};
use crate::records::{Kind, Merge, Value};

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
            let Some(winner) = winner(registers, key, live) else { continue };
            effective.clashes.extend(clash(registers, key, live, winner));
            effective.fields.insert(key.to_string(), field_of(live, winner));
        }
        for (key, text) in &registers.texts {
            let value = Value::from(text.text.as_str());
            let entry = EffectiveField { value, stamp: text.last, others: Vec::new() };
            effective.fields.insert(key.to_string(), entry);
        }
        effective
    }

    /// The effective value of one key of the root, without working out the others.
    pub fn of_key(registers: &Registers, key: &str) -> Option<EffectiveField> {
        let live = registers.keys.get(key)?;
        Some(field_of(live, winner(registers, key, live)?))
    }

    /// The value of a key, unless it was never written or is cleared.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.fields.get(key).map(|field| &field.value).filter(|value| **value != Value::Null)
    }

    /// The text of a key, unless it was never written or is cleared.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.value(key).and_then(Value::as_text)
    }
}

/// The effective values of the root's keys alone, in the order of the keys, and nothing copied.
pub fn values(registers: &Registers) -> impl Iterator<Item = (&str, &Value)> {
    registers
        .keys
        .iter()
        .filter_map(|(key, live)| Some((key.as_str(), &winner(registers, key, live)?.value)))
}

/// The keys in clash, in order.
pub fn clashing(registers: &Registers) -> Vec<String> {
    let several = registers.keys.iter().filter(|(_, live)| live.len() > 1);
    several
        .filter_map(|(key, live)| clash(registers, key, live, winner(registers, key, live)?))
        .map(|clash| clash.key)
        .collect()
}

/// Who opened the record: whoever wrote what it cannot be without.
pub fn opened_by(registers: &Registers) -> Option<Stamp> {
    let key = if registers.kind == Kind::Premises { "address_code" } else { "premises" };
    let stamp_of = |key: &str, live| winner(registers, key, live).map(|winner| winner.stamp);
    let named = registers.keys.get(key).and_then(|live| stamp_of(key, live));
    let earliest = || {
        let of_keys = registers.keys.iter().filter_map(|(key, live)| stamp_of(key, live));
        let of_texts = registers.texts.values().filter_map(|text| text.last);
        of_keys.chain(of_texts).min_by_key(|stamp| stamp.time)
    };
    named.or_else(earliest)
}

fn field_of(live: &[Live], winner: &Live) -> EffectiveField {
    let value = winner.value.clone();
    EffectiveField {
        value,
        stamp: Some(winner.stamp),
        others: others(live, winner).cloned().collect(),
    }
}

fn others<'l>(live: &'l [Live], winner: &Live) -> impl Iterator<Item = &'l Live> {
    live.iter().filter(move |other| other.id() != winner.id())
}

/// The live value that stands, by the field's merge rule. Where there is one alone no rule is asked.
fn winner<'l>(registers: &Registers, key: &str, live: &'l [Live]) -> Option<&'l Live> {
    if let [only] = live {
        return Some(only);
    }
    let field = registers.kind.field(key).map(|(field, _)| field);
    match (field.map_or(Merge::Latest, |field| field.merge), field) {
        (Merge::Severest | Merge::Furthest, Some(field)) => {
            live.iter().max_by_key(|live| (field.rank(&live.value), live.id()))
        }
        (Merge::Highest, _) => live.iter().max_by_key(|live| (live.value.as_int(), live.id())),
        (Merge::Earliest, _) => live.iter().min_by_key(|live| earliness(live)),
        (Merge::Review, _) => decision(registers, key, live).or_else(|| live.first()),
        _ => live.first(),
    }
}

/// A cleared value is later than every written one.
fn earliness(live: &Live) -> (bool, &Value, Reverse<super::change::OpId>) {
    (live.value == Value::Null, &live.value, Reverse(live.id()))
}

/// The live value that a reviewer's decision wrote: the one of the same change as a live
/// `decided.<key>`. The latest decision, should there be several.
fn decision<'l>(registers: &Registers, key: &str, live: &'l [Live]) -> Option<&'l Live> {
    let decisions = registers.keys.get(format!("decided.{key}").as_str())?;
    live.iter().find(|live| {
        decisions.iter().any(|decision| {
            (decision.stamp.actor, decision.stamp.seq) == (live.stamp.actor, live.stamp.seq)
        })
    })
}

/// Equal values written twice are no clash.
fn clash(registers: &Registers, key: &str, live: &[Live], winner: &Live) -> Option<Clash> {
    if others(live, winner).all(|other| other.value == winner.value) {
        return None;
    }
    let (field, _) = registers.kind.field(key)?;
    if field.merge != Merge::Review {
        return None;
    }
    let values: Vec<Live> = std::iter::once(winner).chain(others(live, winner)).cloned().collect();
    let reopened = decision(registers, key, &values).is_some();
    Some(Clash { key: key.to_owned(), values, reopened })
}
