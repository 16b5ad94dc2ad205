//! What was typed, and how well a record fits it.

use super::entry::{self, Class, Place};
use super::fold::fold;
use super::letters::Letters;

/// Words that were typed; a record must fit all of them.
#[derive(Debug)]
pub(crate) struct Query(Vec<Word>);

#[derive(Debug)]
struct Word {
    text: String,
    /// The word as building, unit and room: `-3-2-50`.
    door: Option<String>,
    letters: Option<Letters>,
}

/// Where a record fits best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) place: Place,
    /// The entry as it is compared.
    pub(crate) compared: String,
}

/// A document's or telephone's last digits, a whole name, a room.
const EXACT: u16 = 0;
/// The beginning of a name.
const NAME: u16 = 1;
/// The beginning of a name in pinyin.
const NAME_SPELT: u16 = 2;
/// The beginning of a building, unit and room.
const DOOR: u16 = 3;
/// Something within a name.
const IN_NAME: u16 = 4;
/// Something within an address.
const IN_ADDRESS: u16 = 5;
/// Something within a number.
const IN_NUMBER: u16 = 6;
/// Something within an address in pinyin.
const ADDRESS_SPELT: u16 = 7;
/// Something within another text.
const ELSEWHERE: u16 = 8;

/// Signs from which on the end of a number is meant (the last four are what people remember), and
/// those from which on a number is looked into: a digit or two are in every number.
const TAIL: usize = 4;
const WITHIN: usize = 3;

impl Query {
    /// What was typed; nothing where that is nothing but spaces.
    pub(crate) fn of(typed: &str) -> Option<Self> {
        let words: Vec<Word> =
            typed.split_whitespace().map(fold).filter(|text| !text.is_empty()).map(word).collect();
        (!words.is_empty()).then_some(Self(words))
    }

    /// The first word, as it is compared.
    pub(crate) fn first(&self) -> &str {
        self.0.first().map_or("", |word| &word.text)
    }

    /// How well a record's stored entries fit, less being better; nothing if they do not.
    pub(crate) fn rank(&self, stored: &str) -> Option<u16> {
        self.0.iter().map(|word| word.best(stored).map(|(rank, ..)| rank)).sum()
    }

    /// Where the first word fits best.
    pub(crate) fn hit(&self, stored: &str) -> Option<Hit> {
        let (_, place, compared) = self.0.first()?.best(stored)?;
        Some(Hit { place: *place, compared: compared.to_owned() })
    }
}

fn word(text: String) -> Word {
    let is_door = text.split('-').all(|part| {
        let short = !part.is_empty() && part.len() <= 6;
        short && part.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    let door = (is_door && text.bytes().any(|b| b.is_ascii_digit())).then(|| format!("-{text}"));
    Word { letters: Letters::of(&text), door, text }
}

impl Word {
    /// The entry that fits best.
    fn best<'s>(&self, stored: &'s str) -> Option<(u16, &'static Place, &'s str)> {
        entry::read(stored)
            .filter_map(|(place, text)| Some((self.rank(place.class, text)?, place, text)))
            .min_by_key(|(rank, ..)| *rank)
    }

    /// How well an entry fits.
    fn rank(&self, class: Class, entry: &str) -> Option<u16> {
        match class {
            Class::Name => self.in_name(entry),
            Class::Telephone | Class::Document => self.in_number(entry),
            Class::Code => {
                (self.text.len() >= WITHIN && entry.contains(&self.text)).then_some(IN_NUMBER)
            }
            Class::Door => self.as_door(entry),
            Class::Address => self.within(entry, IN_ADDRESS).or_else(|| {
                let spelt = self.letters.as_ref()?.find(entry);
                spelt.map(|_| ADDRESS_SPELT)
            }),
            Class::Other => self.within(entry, ELSEWHERE),
        }
    }

    fn within(&self, entry: &str, rank: u16) -> Option<u16> {
        entry.contains(&self.text).then_some(rank)
    }

    fn in_name(&self, name: &str) -> Option<u16> {
        match name.find(&self.text) {
            Some(0) if name.len() == self.text.len() => Some(EXACT),
            Some(0) => Some(NAME),
            Some(_) => Some(IN_NAME),
            None => match self.letters.as_ref()?.find(name)? {
                0 => Some(NAME_SPELT),
                _ => Some(IN_NAME),
            },
        }
    }

    fn in_number(&self, number: &str) -> Option<u16> {
        let digits = self.text.bytes().filter(u8::is_ascii_digit).count();
        // The last sign of a citizen's number may be an x.
        if digits >= WITHIN && self.text.len() >= TAIL && number.ends_with(&self.text) {
            return Some(EXACT);
        }
        (digits >= WITHIN && number.contains(&self.text)).then_some(IN_NUMBER)
    }

    /// `3-2-501` and `2-501` and `501`; the last part may be unfinished, but 50 is no 501.
    fn as_door(&self, door: &str) -> Option<u16> {
        let typed = self.door.as_ref()?;
        let whole = format!("{typed}-");
        if door.ends_with(&whole) {
            return Some(EXACT + u16::from(!typed.trim_start_matches('-').contains('-')));
        }
        if typed.matches('-').count() < 2 {
            return None;
        }
        door.find(typed).map(|at| if at == 0 { DOOR } else { IN_ADDRESS })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Entries;

    fn person() -> String {
        let mut entries = Entries::default();
        entries.add("name", "曾小单");
        entries.add("document_number", "11010519491231002X");
        entries.add("phone", "199 0000 1234");
        entries.add("employer", "重庆火锅店");
        entries.into_text()
    }

    fn home() -> String {
        let mut entries = Entries::default();
        entries.add("address_code", "2101020010030010302501");
        entries.add("address", "沈阳市和平区南湖街道杏园路4号3号楼2单元501室");
        entries.add("owner_name", "Li Wei");
        entries.add_door([Some("3号楼"), Some("二单元"), Some("501")]);
        entries.into_text()
    }

    fn rank(stored: &str, typed: &str) -> Option<u16> {
        Query::of(typed)?.rank(stored)
    }

    #[test]
    fn the_end_of_a_number_and_the_beginning_of_a_name_come_before_anything_within() {
        let found: Vec<_> =
            ["1234", "002x", "曾小单", "曾", "zxd", "cengx", "小单", "xd", "9000", "火锅"]
                .map(|typed| rank(&person(), typed))
                .to_vec();
        let best = [
            EXACT, EXACT, EXACT, NAME, NAME_SPELT, NAME_SPELT, IN_NAME, IN_NAME, IN_NUMBER,
            ELSEWHERE,
        ];
        assert_eq!(found, best.map(Some));
    }

    #[test]
    fn an_address_is_found_by_its_words_its_letters_and_its_numbers() {
        for (typed, best) in [
            ("杏园路", IN_ADDRESS),
            ("xyl", ADDRESS_SPELT),
            ("xingyuanlu4", ADDRESS_SPELT),
            ("３号楼", IN_ADDRESS),
            ("3-2-501", EXACT),
            ("2-501", EXACT),
            ("501", EXACT + 1),
            ("3-2", DOOR),
            ("3-2-5", DOOR),
            ("2-50", IN_ADDRESS),
            ("li w", NAME + IN_NAME),
            ("liw", NAME),
            ("0302501", IN_NUMBER),
            ("杏园路 501", IN_ADDRESS + EXACT + 1),
        ] {
            assert_eq!(rank(&home(), typed), Some(best), "{typed}");
        }
    }

    #[test]
    fn what_does_not_fit_is_not_found() {
        for typed in ["4-2-501", "3-2-502", "3-1", "杏园路 502", "wang", "100%", "17", "a-b", "0-1"]
        {
            assert_eq!(rank(&home(), typed), None, "{typed}");
        }
        assert_eq!(rank(&person(), "19"), None, "a digit or two are in every number");
        assert_eq!(rank(&person(), "曾 4321"), None, "every word must fit");
        assert!(Query::of(" \u{3000} · ").is_none());
    }
}
