//! What lists and searches need of a record, from its registers.

use sync_protocol::document::{Effective, Registers};
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Value};

/// A record in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Summary {
    /// The premises that a residency or a report is about.
    pub(crate) premises: Option<RecordId>,
    /// What a person knows it by; of a report nothing: it is known by its premises.
    pub(crate) title: String,
    /// What a search looks in, in lower case.
    pub(crate) search: String,
    /// A report's state.
    pub(crate) state: Option<String>,
    /// When a report was begun.
    pub(crate) at: Option<i64>,
    /// Fields of which a person has to decide.
    pub(crate) clashes: u64,
}

impl Summary {
    /// The summary of a record.
    pub(crate) fn of(registers: &Registers) -> Self {
        let text = |key: &str| {
            let field = Effective::of_key(registers, key)?;
            field.value.as_text().map(str::to_owned)
        };
        let report = registers.kind.is_report();
        let title = titled_by(registers.kind).iter().find_map(|key| text(key));
        let at = Effective::of_key(registers, "started_at").and_then(|at| at.value.as_int());
        Self {
            premises: text("premises").and_then(|id| id.parse().ok()),
            title: title.unwrap_or_default(),
            search: search(registers),
            state: if report { text("state") } else { None },
            at: if report { at } else { None },
            clashes: clashes(registers),
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

/// What people look for a record by.
const fn searched(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Premises => &[
            "address_code",
            "address",
            "building",
            "unit",
            "room",
            "owner_name",
            "owner_phone",
            "agent_name",
            "agent_phone",
        ],
        Kind::Residency => &["name", "document_number", "phone", "employer", "permit_number"],
        Kind::Visit => &[],
        Kind::Inspection => &["present", "rectification"],
    }
}

/// Every live value is found, the effective one and those that lost.
fn search(registers: &Registers) -> String {
    let mut words = String::new();
    let live = searched(registers.kind).iter().filter_map(|key| registers.keys.get(*key)).flatten();
    let scalars = live.filter_map(|live| match &live.value {
        Value::Text(text) => Some(text),
        _ => None,
    });
    for text in scalars.chain(registers.texts.values().map(|text| &text.text)) {
        words.push_str(&text.to_lowercase());
        words.push('\n');
    }
    words
}

/// Most records have one value a key: they cannot clash, and nothing is worked out.
fn clashes(registers: &Registers) -> u64 {
    if registers.keys.values().all(|live| live.len() < 2) {
        return 0;
    }
    Effective::of(registers).clashes.len() as u64
}
