//! Whose a record was when something was written in it. A home has one landlord after another, and a stay
//! may have been corrected: what was written while another's document number stood there is another's.

use std::collections::BTreeMap;

use sync_protocol::records::{Kind, Value};

use super::subject::{Hit, is_number, number_field};

/// Whose a document number is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Nobodys,
    Theirs,
    Anothers,
}

/// A record's document numbers, followed through its log.
pub(super) struct Turns<'a> {
    hit: &'a Hit,
    number: Option<&'a str>,
    now: BTreeMap<String, Whose>,
}

impl<'a> Turns<'a> {
    /// Before anything was written in a record that is a person's, who has this number or none.
    pub(super) fn new(hit: &'a Hit, number: Option<&'a str>) -> Self {
        Self { hit, number, now: BTreeMap::new() }
    }

    /// A value was written, in the order of the log.
    pub(super) fn follow(&mut self, key: &str, value: &Value) {
        if number_field(self.hit.kind, Some(key)).is_none() {
            return;
        }
        let before = self.whose(key);
        let whose = match (value.as_text(), self.number) {
            (Some(written), Some(number)) if is_number(written, number) => Whose::Theirs,
            (Some(_), _) => Whose::Anothers,
            // Who lives there stays who they are without a number; a home is nobody's without one.
            (None, _) if self.hit.kind == Kind::Residency => before,
            (None, _) => Whose::Nobodys,
        };
        self.now.insert(key.to_owned(), whose);
    }

    /// Whether what is written there now is about the person: of a stay all, unless another's number
    /// stands in it; of a home its address and what stands beside their number, as landlord or as agent.
    pub(super) fn is_theirs(&self, key: &str) -> bool {
        let mut of = self.hit.keys.iter().filter(|number| self.whose(number) == Whose::Theirs);
        match self.hit.kind {
            Kind::Residency => !self.now.values().any(|whose| *whose == Whose::Anothers),
            Kind::Premises if key == "address" => of.next().is_some(),
            Kind::Premises => of.any(|number| is_beside(number, key)),
            Kind::Visit | Kind::Inspection => of.any(|number| number == key),
        }
    }

    fn whose(&self, key: &str) -> Whose {
        self.now.get(key).copied().unwrap_or(Whose::Nobodys)
    }
}

/// Whether a field of a home is about whom a document number there is about: `owner_name` stands beside
/// `owner_document`.
pub(super) fn is_beside(number: &str, key: &str) -> bool {
    number
        .split_once('_')
        .is_some_and(|(whose, _)| key.strip_prefix(whose).is_some_and(|rest| rest.starts_with('_')))
}
