//! Somebody with papers. Numbers are well formed and checkable, the people are made up: sequence
//! numbers are drawn, telephones begin with 154, which no operator has, and passports with XS.

use chrono::{Datelike, NaiveDate};
use sync_protocol::records::document_number::check_character;

use super::dice::Dice;
use super::divisions::{CITY, COUNTRY, Division, HOME};
use super::{days, names};

/// Where somebody is registered, and so what their stay counts as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    /// The code of the residency's category.
    pub(super) category: &'static str,
    /// The division of registration.
    pub(super) division: Division,
    /// The road and the number there.
    pub(super) road: (&'static str, i64),
}

/// A person and their papers.
pub(super) struct Person {
    /// The full name.
    pub(super) name: String,
    /// Whether a man.
    pub(super) male: bool,
    /// The birth date.
    pub(super) born: NaiveDate,
    /// Full years of age.
    pub(super) age: i64,
    /// Where from.
    pub(super) origin: Origin,
    /// The code of the document's type.
    pub(super) document_type: &'static str,
    /// Its number.
    pub(super) document_number: String,
    /// A telephone of their own.
    pub(super) phone: Option<String>,
}

/// Roads that most towns have.
const ROADS: &[&str] = &["建设路", "人民路", "新华街", "解放街", "育才路", "兴业街", "和平路"];

/// An origin of a category.
pub(super) fn origin(dice: &mut Dice, category: &'static str) -> Origin {
    let division = match category {
        "lodging" => dice.pick(CITY),
        "migrant" => dice.pick(COUNTRY),
        _ => HOME,
    };
    let road = dice.pick(ROADS);
    Origin { category, division, road: (road, dice.between(1, 180)) }
}

/// Somebody of that surname, sex, age and origin.
pub(super) fn person(
    dice: &mut Dice,
    today: NaiveDate,
    surname: &str,
    male: bool,
    age: i64,
    origin: Origin,
) -> Person {
    // 365.25 days a year are a day off at most; 2 to 363 more stay within the year of age.
    let born = days::before(today, age * 1_461 / 4 + dice.between(2, 363));
    let mut name = names::full(dice, surname, male, born.year());
    let (document_type, document_number) = match origin.category {
        "overseas" => overseas(dice, born, male),
        // A child without registration has a birth certificate: a letter and nine digits.
        "unregistered" => ("other", format!("U{}", dice.digits(9))),
        _ => {
            let division = registered_first(dice, origin);
            let booked = age < 16 && dice.chance(800);
            let kind = if booked { "household_book" } else { "resident_id" };
            (kind, citizen_number(dice, division, born, male))
        }
    };
    if document_type == "passport" {
        name = names::latin(dice);
    }
    let phone = (age >= 14 && dice.chance(960)).then(|| phone(dice));
    Person { name, male, born, age, origin, document_type, document_number, phone }
}

/// Some of those who are registered here were first registered in another district of the city.
fn registered_first(dice: &mut Dice, origin: Origin) -> u32 {
    match origin.category {
        "permanent" if dice.chance(450) => dice.pick(CITY).code,
        _ => origin.division.code,
    }
}

fn overseas(dice: &mut Dice, born: NaiveDate, male: bool) -> (&'static str, String) {
    match dice.below(20) {
        0..12 => ("passport", format!("XS{}", dice.digits(7))),
        12..16 => ("hk_macao_permit", format!("H{}", dice.digits(8))),
        16..19 => ("taiwan_permit", dice.digits(8)),
        _ => ("residence_card", citizen_number(dice, 810_000, born, male)),
    }
}

/// A citizen identity number (GB 11643): division, birth date, sequence number with the sex in its
/// last digit, check character.
pub(super) fn citizen_number(
    dice: &mut Dice,
    division: u32,
    born: NaiveDate,
    male: bool,
) -> String {
    let sequence = dice.below(499) * 2 + if male { 1 } else { 2 };
    let mut number = format!("{division:06}{}{sequence:03}", born.format("%Y%m%d"));
    let check = check_character(&number);
    number.extend(check);
    number
}

/// A mobile number that rings nowhere.
pub(super) fn phone(dice: &mut Dice) -> String {
    format!("154{}", dice.digits(8))
}

/// Full years between a birth date and a day.
#[cfg(test)]
pub(super) fn years(born: NaiveDate, day: NaiveDate) -> i64 {
    day.years_since(born).map_or(-1, i64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_protocol::records::document_number::parse_citizen;

    #[test]
    fn a_number_agrees_with_its_person_and_the_birth_date_with_the_age() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let mut dice = Dice::new(5, "person", 0, 0);
        for age in (0..90).cycle().take(2_000) {
            let origin = origin(&mut dice, "migrant");
            let male = dice.chance(500);
            let person = person(&mut dice, today, "王", male, age, origin);
            let number = parse_citizen(&person.document_number).unwrap();
            assert_eq!((number.born, number.male), (person.born, male));
            assert_eq!(number.division, origin.division.code);
            assert_eq!(years(person.born, today), age);
        }
    }
}
