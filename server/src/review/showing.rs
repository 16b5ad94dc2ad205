//! Showing a value that is masked everywhere else: once, to a reviewer, for a reason. That it was
//! shown is noted with record, field and reason before it is answered; the value is not.

use sync_protocol::document::Effective;
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Sensitivity, Value};

use super::words::sensitivity;
use crate::auth::audit::ShowScope;
use crate::configuration::DistrictFields;
use crate::store::{Store, StoreError, records};
use crate::trail::{self, Act, Actor, Entry, Origin, reason};

/// Fewest characters of a reason's words, blanks aside.
const FEWEST: usize = 4;

/// What somebody wants to see a value for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To check the report against the person's papers.
    Check,
    /// To settle a clash of two values.
    Clash,
    /// To tell whether two records are one person's or one home's.
    Duplicate,
    /// The person asked for it.
    Request,
    /// To call somebody back.
    Contact,
    /// Something else, which the words say.
    Other,
}

impl Purpose {
    /// Its code in the trail.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Clash => "clash",
            Self::Duplicate => "duplicate",
            Self::Request => "request",
            Self::Contact => "contact",
            Self::Other => "other",
        }
    }
}

/// Why somebody wants to see a value.
#[derive(Debug, Clone)]
pub struct Why {
    purpose: Purpose,
    words: String,
}

impl Why {
    /// A reason, if its words are enough to be one.
    pub fn new(purpose: Purpose, words: &str) -> Option<Self> {
        let words = words.trim();
        let count = words.chars().filter(|letter| !letter.is_whitespace()).count();
        let enough = count >= FEWEST && words.chars().count() <= reason::LONGEST;
        enough.then(|| Self { purpose, words: words.to_owned() })
    }
}

/// A masked value, bare.
#[derive(Debug, serde::Serialize)]
pub struct Bare {
    /// The value that stands for now; where a clash waits, the others behind it in the clash's order.
    pub values: Vec<Value>,
}

/// Shows a masked field of a record; nothing if there is no such record here, or nothing masked there.
///
/// # Errors
/// Those of the database.
pub fn show(
    store: &Store,
    scope: &ShowScope,
    (record, key): (RecordId, &str),
    why: &Why,
    (origin, now_ms): (Origin, i64),
) -> Result<Option<Bare>, StoreError> {
    store.transaction(|db| {
        let area = scope.area();
        let Some(found) = records::load(db, &area, &[record])?.remove(&record) else {
            return Ok(None);
        };
        let kind = found.registers.kind;
        if !is_masked(kind, key, &DistrictFields::of(db)?) {
            return Ok(None);
        }
        let effective = Effective::of(&found.registers);
        let clash = effective.clashes.iter().find(|clash| clash.key == key);
        let values: Vec<Value> = match (clash, effective.value(key)) {
            (Some(clash), _) => clash.values.iter().map(|live| live.value.clone()).collect(),
            (None, Some(value)) => vec![value.clone()],
            (None, None) => return Ok(None),
        };
        let entry = Entry::new(Act::ValueShown, Actor::Staff(scope.person()), now_ms)
            .area(area.area())
            .record(record)
            .field(key)
            .detail(why.purpose.code())
            .reason(&why.words)
            .from(origin);
        trail::note(db, &entry)?;
        Ok(Some(Bare { values }))
    })
}

/// Whether a field is masked.
fn is_masked(kind: Kind, key: &str, district: &DistrictFields) -> bool {
    let found = kind.field(key);
    found.is_some_and(|(field, _)| {
        sensitivity(field, district.field(kind, key)) == Sensitivity::Sensitive
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_words_and_not_too_many() {
        let why = |words: &str| Why::new(Purpose::Other, words).map(|why| why.words);
        assert_eq!(why("  核对证件  "), Some("核对证件".to_owned()));
        for none in ["", "核对", " 核  对 了", "\n\t  \n"] {
            assert_eq!(why(none), None, "{none}");
        }
        assert!(why(&"字".repeat(reason::LONGEST)).is_some());
        assert!(why(&"字".repeat(reason::LONGEST + 1)).is_none());
    }
}
