//! The chain: each entry's value covers the one before and every column, so that an entry that was
//! changed, taken out, exchanged or put in is noticed by whoever holds a later value.
//!
//! `chain(n) = SHA-256(chain(n-1) ‖ column ‖ … ‖ column)`, a column being the length of its text
//! in UTF-8 as four bytes, big-endian, and the text; one that is not there is `ff ff ff ff` alone.
//! The texts are those of an export, in the order of [`columns`]. The layout is frozen; a later one
//! begins at another [`start`].

use sha2::{Digest, Sha256};

use crate::store::trail::Kept;

/// The value before the first entry: `SHA-256("doorstep trail 1" ‖ 0x00)`.
pub fn start() -> [u8; 32] {
    Sha256::digest(b"doorstep trail 1\0").into()
}

/// The value of an entry, after the one before it.
pub fn next(before: &[u8], entry: &Kept) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(before);
    for (_, text) in columns(entry) {
        let Some(text) = text else {
            digest.update(u32::MAX.to_be_bytes());
            continue;
        };
        // No column comes near the four gigabytes that a length can say.
        digest.update(u32::try_from(text.len()).unwrap_or(u32::MAX - 1).to_be_bytes());
        digest.update(text.as_bytes());
    }
    digest.finalize().into()
}

/// What the chain covers, as texts, by the names that an export gives them.
pub fn columns(entry: &Kept) -> [(&'static str, Option<String>); 14] {
    [
        ("place", Some(entry.place.to_string())),
        ("at", Some(entry.at.to_string())),
        ("act", Some(entry.act.clone())),
        ("outcome", Some(entry.outcome.clone())),
        ("times", Some(entry.times.to_string())),
        ("actor", Some(entry.actor.clone())),
        ("about", entry.about.clone()),
        ("area", entry.area.map(|area| area.to_string())),
        ("record", entry.record.map(|record| record.to_string())),
        ("field", entry.field.clone()),
        ("detail", entry.detail.clone()),
        ("address", entry.address.clone()),
        ("request", entry.request.map(|request| request.simple().to_string())),
        ("reason_sha256", entry.reason_sha256.as_deref().map(hex)),
    ]
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use sync_protocol::ids::{AreaId, PersonId, RecordId};
    use uuid::Uuid;

    use super::*;
    use crate::trail::{Actor, reason};

    /// The example of docs/audit.md.
    fn example() -> Kept {
        let mut salted: Vec<u8> = (0..16).collect();
        salted.extend("核对重复登记".as_bytes());
        Kept {
            place: 1,
            at: 1_795_000_000_000,
            act: "value_shown".to_owned(),
            outcome: "done".to_owned(),
            times: 1,
            actor: Actor::Staff(PersonId([7; 16])).to_string(),
            about: None,
            area: Some(AreaId(210_102_001_001)),
            record: Some(RecordId([9; 16])),
            field: Some("owner_phone".to_owned()),
            detail: Some("duplicate".to_owned()),
            address: Some("10.20.30.40".to_owned()),
            request: Some(Uuid::from_bytes([1; 16])),
            reason_sha256: Some(reason::sha256(&salted).to_vec()),
            reason: Some(salted),
            chain: Vec::new(),
        }
    }

    #[test]
    fn the_worked_example_of_the_documentation_is_true() {
        let page = include_str!("../../../docs/audit.md");
        let example = example();
        assert_eq!(reason::words(example.reason.as_deref().unwrap()), Some("核对重复登记"));
        let mut lines = vec![("before".to_owned(), hex(&start()))];
        let texts = columns(&example).map(|(name, text)| {
            (name.to_owned(), text.unwrap_or_else(|| "(not there)".to_owned()))
        });
        lines.extend(texts);
        lines.push(("chain".to_owned(), hex(&next(&start(), &example))));
        for (name, text) in lines {
            let line = format!("\n{name:<14}{text}\n");
            assert!(page.contains(&line), "docs/audit.md lacks{line}");
        }
    }

    #[test]
    fn texts_cannot_be_moved_from_one_column_to_the_next() {
        let value = |field: Option<&str>, detail: Option<&str>| {
            let own = |text: Option<&str>| text.map(str::to_owned);
            next(&start(), &Kept { field: own(field), detail: own(detail), ..example() })
        };
        let all = [
            value(Some("ab"), Some("c")),
            value(Some("a"), Some("bc")),
            value(Some("abc"), Some("")),
            value(Some("abc"), None),
            value(None, Some("abc")),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(all.iter().skip(at + 1).all(|other| one != other));
        }
    }
}
