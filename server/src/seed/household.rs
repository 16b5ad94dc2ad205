//! Who lives together: families, tenants who share, beds of a dormitory. Ages follow a plausible
//! pyramid, a child has a parent's surname and a parent old enough to be one.

use chrono::NaiveDate;

use super::dice::Dice;
use super::names;
use super::person::{Origin, Person, origin, person};

/// One who lives in a home, and how they are related to its householder.
pub(super) struct Member {
    /// The person.
    pub(super) person: Person,
    /// The relation, in words.
    pub(super) relation: &'static str,
}

/// The members of a home of that use, let in that mode; the householder stands first.
pub(super) fn members(
    dice: &mut Dice,
    today: NaiveDate,
    usage: &str,
    letting: Option<&str>,
) -> Vec<Member> {
    match (usage, letting) {
        ("owner_occupied", _) => {
            let category = dice.weigh(&[(92, "permanent"), (8, "lodging")]);
            family(dice, today, category, OWNERS)
        }
        ("rented", Some("shared" | "by_room")) => sharers(dice, today, "合租人", 2, 5),
        ("rented", Some("by_bed")) => sharers(dice, today, "床位承租人", 5, 10),
        ("rented", _) => {
            let category = tenants_category(dice);
            family(dice, today, category, TENANTS)
        }
        ("dormitory", _) => sharers(dice, today, "同宿舍人员", 8, 24),
        ("worksite", _) => sharers(dice, today, "工友", 6, 20),
        ("shop", _) if dice.chance(250) => sharers(dice, today, "店员", 1, 2),
        _ => Vec::new(),
    }
}

/// Whether they are a family, which came together, and not sharers, who come one by one.
pub(super) fn is_family(members: &[Member]) -> bool {
    members.first().is_some_and(|member| member.relation == "户主")
}

/// A category of somebody who rents.
fn tenants_category(dice: &mut Dice) -> &'static str {
    dice.weigh(&[(70, "migrant"), (19, "lodging"), (7, "permanent"), (4, "overseas")])
}

/// Ages of householders by weight: lowest and highest.
type Ages = &'static [(u64, (i64, i64))];
const OWNERS: Ages = &[
    (15, (26, 34)),
    (23, (35, 44)),
    (24, (45, 54)),
    (20, (55, 64)),
    (13, (65, 74)),
    (5, (75, 91)),
];
const TENANTS: Ages = &[(30, (22, 27)), (35, (28, 36)), (22, (37, 48)), (13, (49, 66))];

/// Draws members of one household one after the other.
struct Home<'d> {
    dice: &'d mut Dice,
    today: NaiveDate,
    origin: Origin,
    members: Vec<Member>,
}

impl Home<'_> {
    fn add(&mut self, surname: &str, male: bool, age: i64, relation: &'static str) {
        let mut origin = self.origin;
        // A newborn of people who are registered may not be yet (未落户).
        if age < 2 && origin.category != "overseas" && self.dice.chance(120) {
            origin.category = "unregistered";
        }
        let person = person(self.dice, self.today, surname, male, age, origin);
        self.members.push(Member { person, relation });
    }
}

fn family(dice: &mut Dice, today: NaiveDate, category: &'static str, ages: Ages) -> Vec<Member> {
    let (low, high) = dice.weigh(ages);
    let age = dice.between(low, high);
    let male = dice.chance(620);
    let surname = names::surname(dice);
    let origin = origin(dice, category);
    let alone = match age {
        ..30 => 380,
        30..60 => 170,
        _ => 280,
    };
    let (alone, parent_alone) = (dice.chance(alone), dice.chance(60));
    let mut home = Home { dice, today, origin, members: Vec::new() };
    home.add(surname, male, age, "户主");
    if alone {
        return home.members;
    }
    let spouse = names::surname(home.dice);
    let spouse_age = (age + home.dice.between(-4, 4)).max(22);
    if !parent_alone {
        home.add(spouse, !male, spouse_age, "配偶");
    }
    let mother = if male && !parent_alone { spouse_age } else { age };
    let child_surname = if male || parent_alone { surname } else { spouse };
    children(&mut home, child_surname, mother);
    if (35..58).contains(&age) && home.dice.chance(90) {
        let parent = age + home.dice.between(23, 32);
        let father = home.dice.chance(400);
        let surname = if father { surname } else { names::surname(home.dice) };
        home.add(surname, father, parent, if father { "父亲" } else { "母亲" });
    }
    home.members
}

/// Up to two children who still live with a mother of that age.
fn children(home: &mut Home<'_>, surname: &str, mother: i64) {
    let count = home.dice.weigh(&[(22, 0), (55, 1), (23, 2)]);
    let mut age = mother - home.dice.between(22, 34);
    for _ in 0..count {
        if (0..=22).contains(&age) {
            let male = home.dice.chance(520);
            home.add(surname, male, age, if male { "子" } else { "女" });
        }
        age -= home.dice.between(2, 6);
    }
}

fn sharers(
    dice: &mut Dice,
    today: NaiveDate,
    relation: &'static str,
    low: i64,
    high: i64,
) -> Vec<Member> {
    let mut members = Vec::new();
    for _ in 0..dice.between(low, high) {
        let category = dice.weigh(&[(85, "migrant"), (13, "lodging"), (2, "overseas")]);
        let origin = origin(dice, category);
        let surname = names::surname(dice);
        let (least, most) = dice.weigh(&[(50, (18, 26)), (35, (27, 38)), (15, (39, 58))]);
        let (age, male) = (dice.between(least, most), dice.chance(560));
        let person = person(dice, today, surname, male, age, origin);
        members.push(Member { person, relation });
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_has_a_parents_surname_and_a_parent_old_enough() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let mut dice = Dice::new(2, "household", 0, 0);
        let mut children = 0;
        for _ in 0..1_000 {
            let home = members(&mut dice, today, "owner_occupied", None);
            let (kids, parents): (Vec<_>, Vec<_>) =
                home.iter().partition(|member| ["子", "女"].contains(&member.relation));
            for kid in kids {
                children += 1;
                let surname: String = kid.person.name.chars().take(1).collect();
                assert!(parents.iter().any(|parent| parent.person.name.starts_with(&surname)));
                assert!(parents.iter().any(|parent| parent.person.age >= kid.person.age + 20));
                assert_eq!(kid.relation == "子", kid.person.male);
            }
        }
        assert!(children > 300, "{children}");
    }
}
