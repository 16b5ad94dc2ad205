//! 实有房屋: a home or another place behind a door, as the coordinator registered it.

use chrono::NaiveDate;

use super::days;
use super::dice::Dice;
use super::household::Member;
use super::person::{citizen_number, phone};
use super::row::{Row, Values};
use super::site::Door;
use super::{divisions, names};

/// What a door is used for, by weight: the ground floor has the shops.
const GROUND_FLOOR: &[(u64, &str)] = &[
    (265, "owner_occupied"),
    (255, "rented"),
    (60, "vacant"),
    (270, "shop"),
    (40, "dormitory"),
    (35, "hotel"),
    (45, "institution"),
    (30, "worksite"),
];
const ABOVE: &[(u64, &str)] =
    &[(510, "owner_occupied"), (385, "rented"), (85, "vacant"), (15, "dormitory")];

/// How homes are let, by weight.
const LETTING: &[(u64, &str)] = &[(62, "whole"), (21, "shared"), (12, "by_room"), (5, "by_bed")];

/// Notes about the home: facts that help the next one at the door.
const NOTES: &[&str] = &[
    "楼道灯不亮，已报物业维修。",
    "门铃损坏，请敲门。",
    "住户上夜班，宜傍晚走访。",
    "电表箱在一层楼梯口。",
    "单元门禁请联系物业值班室开启。",
    "燃气表在厨房窗边。",
    "家中有婴幼儿，走访前请先电话联系。",
];

/// What the door is used for, and how it is let if it is.
pub(super) fn usage(dice: &mut Dice, floor: u64) -> (&'static str, Option<&'static str>) {
    let usage = dice.weigh(if floor == 1 { GROUND_FLOOR } else { ABOVE });
    let letting = (usage == "rented").then(|| dice.weigh(LETTING));
    (usage, letting)
}

/// The values of a premises.
pub(super) fn values(
    dice: &mut Dice,
    today: NaiveDate,
    door: &Door,
    usage: &str,
    letting: Option<&str>,
    members: &[Member],
) -> Values {
    let mut row = Row::default();
    row.set("address_code", door.code.clone());
    row.set("address", door.address.clone());
    row.set("building", format!("{}号楼", door.building));
    row.set("unit", format!("{}单元", door.unit));
    row.set("floor", i64::try_from(door.floor).unwrap_or(1));
    row.set("room", door.room.clone());
    if dice.chance(970) {
        row.set("latitude", door.position.0);
        row.set("longitude", door.position.1);
    }
    row.set("use", usage);
    let rooms = match letting {
        Some("shared" | "by_room") => dice.between(2, 5),
        _ => dice.weigh(&[(20, 1), (50, 2), (25, 3), (5, 4)]),
    };
    row.set("rooms", rooms);
    row.set("area_m2", rooms * dice.between(18, 30) + dice.between(12, 28));
    match (usage, members.first()) {
        ("owner_occupied", Some(owner)) => {
            row.set("owner_name", owner.person.name.clone());
            row.maybe("owner_phone", owner.person.phone.clone());
        }
        _ => owner(dice, &mut row, today),
    }
    if let Some(mode) = letting {
        letting_values(dice, &mut row, today, mode);
    } else if usage == "dormitory" {
        letter(dice, &mut row, today);
    }
    if dice.chance(120) {
        row.set("notes", dice.pick(NOTES));
    }
    row.done()
}

/// Somebody who owns the place and lives elsewhere.
fn owner(dice: &mut Dice, row: &mut Row, today: NaiveDate) {
    let (surname, male) = (names::surname(dice), dice.chance(600));
    let age = dice.between(30, 72);
    let born = days::before(today, age * 1_461 / 4 + dice.between(2, 363));
    let name = names::full(dice, surname, male, chrono::Datelike::year(&born));
    if dice.chance(985) {
        row.set("owner_name", name);
    }
    if dice.chance(965) {
        row.set("owner_phone", phone(dice));
    }
    if dice.chance(700) {
        let division = dice.pick(divisions::CITY).code;
        row.set("owner_document", citizen_number(dice, division, born, male));
    }
}

fn letting_values(dice: &mut Dice, row: &mut Row, today: NaiveDate, mode: &str) {
    if dice.chance(180) {
        let (surname, male) = (names::surname(dice), dice.chance(500));
        row.set("agent_name", names::full(dice, surname, male, 1988));
        row.set("agent_phone", phone(dice));
    }
    if dice.chance(985) {
        row.set("letting_mode", mode);
    }
    let filed = dice.weigh(&[(74, Some(true)), (18, Some(false)), (8, None)]);
    row.maybe("lease_filed", filed);
    if filed == Some(true) && dice.chance(980) {
        row.day("lease_filed_on", days::before(today, dice.between(3, 900)));
    }
    letter(dice, row, today);
}

/// The safety responsibility letter (责任书): most have signed it.
fn letter(dice: &mut Dice, row: &mut Row, today: NaiveDate) {
    let signed = dice.weigh(&[(88, Some(true)), (8, Some(false)), (4, None)]);
    row.maybe("letter_signed", signed);
    if signed == Some(true) && dice.chance(980) {
        row.day("letter_signed_on", days::before(today, dice.between(3, 700)));
    }
}
