//! What a record is looked for by: one line for each text, the field's letter before it.

use super::fold::{digits, fold};
use super::numerals;

/// Which field an entry is of, and with it how it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// The letter that stands for it in the store. A letter keeps its meaning.
    letter: char,
    /// The field's key; of a home's place in its building, the room's.
    pub(crate) key: &'static str,
    pub(super) class: Class,
}

/// How an entry is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A person's or an organisation's name.
    Name,
    /// A telephone number: digits alone.
    Telephone,
    /// A document's number.
    Document,
    /// A standard address code.
    Code,
    /// Building, unit and room by their numbers: `-3-2-501-`.
    Door,
    /// An address or a part of it.
    Address,
    /// Anything else.
    Other,
}

const fn place(letter: char, key: &'static str, class: Class) -> Place {
    Place { letter, key, class }
}

const DOOR: Place = place('B', "room", Class::Door);

/// Every field that records are looked for by.
const PLACES: &[Place] = &[
    place('A', "address_code", Class::Code),
    DOOR,
    place('C', "address", Class::Address),
    place('D', "building", Class::Address),
    place('E', "unit", Class::Address),
    place('F', "room", Class::Address),
    place('G', "owner_name", Class::Name),
    place('H', "owner_phone", Class::Telephone),
    place('I', "owner_document", Class::Document),
    place('J', "agent_name", Class::Name),
    place('K', "agent_phone", Class::Telephone),
    place('L', "agent_document", Class::Document),
    place('M', "name", Class::Name),
    place('N', "document_number", Class::Document),
    place('O', "phone", Class::Telephone),
    place('P', "employer", Class::Other),
    place('Q', "permit_number", Class::Document),
    place('R', "present", Class::Name),
    place('S', "rectification", Class::Other),
    place('T', "notes", Class::Other),
    place('U', "remarks", Class::Other),
];

impl Place {
    /// The place of a field, if records are looked for by it.
    fn of_key(key: &str) -> Option<&'static Self> {
        PLACES.iter().find(|place| place.key == key && place.class != Class::Door)
    }

    fn of_letter(letter: char) -> Option<&'static Self> {
        PLACES.iter().find(|place| place.letter == letter)
    }

    /// Whether what is shown of it is masked: a telephone's or a document's number.
    pub(crate) fn is_masked(self) -> bool {
        matches!(self.class, Class::Telephone | Class::Document)
    }

    /// A value as it is compared; nothing where nothing is left of it.
    pub(crate) fn compared(self, value: &str) -> String {
        match self.class {
            Class::Telephone => digits(value),
            _ => fold(value),
        }
    }
}

/// The entries of one record.
#[derive(Debug, Default)]
pub(crate) struct Entries(String);

impl Entries {
    /// Adds a field's value, if records are looked for by that field.
    pub(crate) fn add(&mut self, key: &str, value: &str) {
        if let Some(place) = Place::of_key(key) {
            self.push(place, &place.compared(value));
        }
    }

    /// Adds a home's place: building, unit and room, as far as they are known.
    pub(crate) fn add_door(&mut self, parts: [Option<&str>; 3]) {
        let numbers: Vec<String> = parts
            .into_iter()
            .flatten()
            .map(numerals::number_of)
            .filter(|n| !n.is_empty())
            .collect();
        if !numbers.is_empty() {
            self.push(&DOOR, &format!("-{}-", numbers.join("-")));
        }
    }

    fn push(&mut self, place: &Place, text: &str) {
        if !text.is_empty() {
            self.0.push(place.letter);
            self.0.push_str(text);
            self.0.push('\n');
        }
    }

    /// As they are stored.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// The entries of a stored text.
pub(super) fn read(text: &str) -> impl Iterator<Item = (&'static Place, &str)> {
    text.lines().filter_map(|line| {
        let mut rest = line.chars();
        let place = Place::of_letter(rest.next()?)?;
        Some((place, rest.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use sync_protocol::records::{FieldType, Kind};

    use super::*;

    #[test]
    fn every_place_has_a_letter_of_its_own_and_is_a_field() {
        let letters: std::collections::BTreeSet<_> = PLACES.iter().map(|p| p.letter).collect();
        assert_eq!(letters.len(), PLACES.len());
        for place in PLACES {
            let fields = Kind::ALL.into_iter().filter_map(|kind| kind.field(place.key));
            let kinds: Vec<FieldType> = fields.map(|(field, _)| field.kind).collect();
            assert!(!kinds.is_empty(), "{}", place.key);
            let numbers = [FieldType::Phone, FieldType::DocumentNumber];
            let is_number = kinds.iter().any(|kind| numbers.contains(kind));
            assert_eq!(place.is_masked(), is_number, "{}", place.key);
        }
    }

    #[test]
    fn what_is_added_is_read_and_what_nobody_looks_for_is_left_out() {
        let mut entries = Entries::default();
        entries.add("owner_phone", "138 0000 1234");
        entries.add("owner_name", "");
        entries.add("tier", "key");
        entries.add("notes", "line one\nline two");
        entries.add_door([Some("3号楼"), None, Some("0501室")]);
        let text = entries.into_text();
        let read: Vec<_> = read(&text).map(|(place, text)| (place.key, text)).collect();
        assert_eq!(
            read,
            [("owner_phone", "13800001234"), ("notes", "lineonelinetwo"), ("room", "-3-501-"),]
        );
    }
}
