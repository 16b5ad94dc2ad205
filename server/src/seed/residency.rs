//! 居住登记: the stay of one member of a household, as it was registered.

use chrono::NaiveDate;
use sync_protocol::ids::RecordId;

use super::dice::Dice;
use super::household::Member;
use super::person::Person;
use super::row::{Row, Values};
use super::{days, permit, work};

/// One person's stay.
#[derive(PartialEq, Eq)]
pub struct Resident {
    /// When it was registered, in milliseconds since 1970 UTC.
    pub recorded_at: i64,
    /// The values of the residency.
    pub values: Values,
}

/// From when until when somebody stays.
#[derive(Clone, Copy)]
pub(super) struct Stay {
    /// The day they came.
    pub(super) arrived: NaiveDate,
    /// The day they left.
    pub(super) departed: Option<NaiveDate>,
}

/// When a household came: long ago where it owns, lately where it rents.
pub(super) fn arrival(dice: &mut Dice, today: NaiveDate, usage: &str) -> NaiveDate {
    let days = match usage {
        "owner_occupied" => dice.between(200, 9_000),
        _ if dice.chance(45) => dice.between(1, 7),
        _ => dice.between(8, 1_400),
    };
    days::before(today, days)
}

/// Registers a member of a household at a premises.
pub(super) fn resident(
    dice: &mut Dice,
    today: NaiveDate,
    premises: RecordId,
    address: &str,
    member: &Member,
    stay: Stay,
) -> Resident {
    let person = &member.person;
    let arrived = stay.arrived.max(person.born);
    let mut row = Row::default();
    row.set("premises", premises.to_string());
    identity(dice, &mut row, person, address);
    row.day("arrived_on", arrived);
    staying(dice, &mut row, today, member, Stay { arrived, ..stay });
    let elsewhere = ["migrant", "lodging", "overseas"].contains(&person.origin.category);
    if elsewhere && stay.departed.is_none() {
        permit::fill(dice, &mut row, today, person, arrived);
    }
    child(dice, &mut row, person.age);
    // Most registered in the seven days after arrival, some late; never after today.
    let late = if dice.chance(900) { dice.between(0, 7) } else { dice.between(8, 60) };
    let day = days::after(arrived, late).min(days::before(today, 1)).max(arrived);
    let minute = dice.between(9 * 60, 17 * 60);
    Resident { recorded_at: days::moment(day, minute), values: row.done() }
}

fn identity(dice: &mut Dice, row: &mut Row, person: &Person, address: &str) {
    row.set("name", person.name.clone());
    // A few papers were not at hand: the registration stands, incomplete.
    if dice.chance(985) {
        row.set("document_type", person.document_type);
        row.set("document_number", person.document_number.clone());
    }
    row.day("birth_date", person.born);
    row.set("sex", if person.male { "male" } else { "female" });
    row.maybe("phone", person.phone.clone());
    row.set("category", person.origin.category);
    match person.origin.category {
        "permanent" => {
            row.set("registered_address", address);
            row.set("registered_division", person.origin.division.code.to_string());
        }
        "migrant" | "lodging" => {
            let (division, (road, number)) = (person.origin.division, person.origin.road);
            row.set("registered_address", format!("{}{road}{number}号", division.name));
            row.set("registered_division", division.code.to_string());
        }
        _ => {}
    }
}

fn staying(dice: &mut Dice, row: &mut Row, today: NaiveDate, member: &Member, stay: Stay) {
    let person = &member.person;
    let settled = matches!(person.origin.category, "permanent" | "unregistered");
    if !settled && dice.chance(800) {
        // Some meant to be gone by now: a visit will tell.
        let ahead = if dice.chance(60) { dice.between(-40, -1) } else { dice.between(20, 700) };
        row.day("expected_until", days::after(today, ahead).max(stay.arrived));
    }
    row.maybe("departed_on", stay.departed.map(|day| day.to_string()));
    let student = work::studies(dice, person.age);
    if !settled {
        let reasons =
            [(68, "work"), (12, "business"), (12, "family"), (4, "medical"), (4, "other")];
        let reason = match person.age {
            ..16 => "family",
            _ if student => "study",
            _ => dice.weigh(&reasons),
        };
        row.set("reason", reason);
    }
    row.set("householder_relation", member.relation);
    work::fill(dice, row, person.age, student);
}

fn child(dice: &mut Dice, row: &mut Row, age: i64) {
    if age >= 18 {
        return;
    }
    if dice.chance(960) {
        let school = [(93, "enrolled"), (3, "not_enrolled"), (4, "elsewhere")];
        let schooling = if age < 6 { "under_age" } else { dice.weigh(&school) };
        row.set("schooling", schooling);
    }
    if age < 15 && dice.chance(960) {
        row.set("vaccination_current", dice.chance(940));
    }
}
