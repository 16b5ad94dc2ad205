//! What lists and searches need of a record, from its registers. Where it comes to say anything else of
//! the same record, `refresh.rs` gets another number.

use sync_protocol::document::Registers;
use sync_protocol::document::effective::{clashing, values};
use sync_protocol::ids::RecordId;
use sync_protocol::records::check::Sheet;
use sync_protocol::records::{Kind, Value};

use super::Facts;
use crate::finding::Entries;

/// A record in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Summary {
    /// The premises that a residency or a report is about.
    pub(crate) premises: Option<RecordId>,
    /// What a person knows it by; of a report nothing: it is known by its premises.
    pub(crate) title: String,
    /// What a search looks in: [`Entries`].
    pub(crate) search: String,
    /// A report's state.
    pub(crate) state: Option<String>,
    /// When a report was begun.
    pub(crate) at: Option<i64>,
    /// Fields of which a person has to decide.
    pub(crate) clashes: u64,
    /// The bytes of its [`Facts`].
    pub(crate) facts: Vec<u8>,
}

impl Summary {
    /// The summary of a record.
    pub(crate) fn of(registers: &Registers) -> Self {
        let sheet = Sheet::new(registers.kind, 0, values(registers));
        let text = |key: &str| sheet.text(key).map(str::to_owned);
        let report = registers.kind.is_report();
        let at = sheet.value("started_at").and_then(Value::as_int);
        Self {
            premises: sheet.text("premises").and_then(|id| id.parse().ok()),
            title: titled_by(registers.kind).iter().find_map(|key| text(key)).unwrap_or_default(),
            search: search(registers, &sheet),
            state: if report { text("state") } else { None },
            at: if report { at } else { None },
            clashes: clashing(registers).len() as u64,
            facts: Facts::of(registers, &sheet).to_bytes(),
        }
    }
}

/// The first of these that is filled in.
const fn titled_by(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Premises => &["address", "address_code"],
        Kind::Residency => &["name"],
        Kind::Visit | Kind::Inspection => &[],
    }
}

/// Every live value is found, the effective one and those that lost.
fn search(registers: &Registers, sheet: &Sheet<'_>) -> String {
    let mut entries = Entries::default();
    for (key, live) in &registers.keys {
        for text in live.iter().filter_map(|live| live.value.as_text()) {
            entries.add(key, text);
        }
    }
    for (key, text) in &registers.texts {
        entries.add(key, &text.text);
    }
    entries.add_door(["building", "unit", "room"].map(|key| sheet.text(key)));
    entries.into_text()
}
