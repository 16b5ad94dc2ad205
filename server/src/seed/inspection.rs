//! 出租房屋检查: the inspections that a let home has had, as a chain. What was found wrong is ordered
//! to be put right by a day; the next inspection verifies it. The last finding may still be open,
//! and its day may have passed.

use sync_protocol::records::Kind;
use sync_protocol::records::inspection::ITEMS;

use super::days;
use super::dice::Dice;
use super::report::{Occasion, Report};
use super::row::Row;

/// What can be wrong with an item, and how it is put right.
const FINDINGS: &[(&str, &str, &str)] = &[
    ("wiring", "插座老化，私接电线", "更换老化插座，拆除私接电线"),
    ("gas", "燃气软管超过使用年限", "更换燃气软管并加装卡扣"),
    ("escape", "防盗窗未留逃生口", "防盗窗开设逃生口"),
    ("extinguishers", "灭火器压力不足", "更换灭火器"),
    ("partitions", "客厅用木板隔断", "拆除木质隔断"),
    ("ebike", "电动自行车在室内充电", "电动自行车移至集中充电点"),
    ("occupancy", "居住人数超过限额", "按限额调整居住人数"),
    ("register", "承租人登记簿不全", "补齐承租人登记簿"),
    ("letter", "责任书未签订", "签订责任书"),
];

/// The inspections of a home that is let in that mode, the earliest first.
pub(super) fn inspections(
    dice: &mut Dice,
    at: Occasion,
    by_bed: bool,
    occupants: usize,
    present: Option<&str>,
) -> Vec<Report> {
    // One in fourteen was never entered; by bed the rhythm is a week, otherwise a month.
    let (rhythm, last) = if by_bed { (7, (1, 11)) } else { (30, (1, 38)) };
    if dice.chance(70) {
        return Vec::new();
    }
    let count = dice.between(1, 3);
    let last = dice.between(last.0, last.1);
    let mut chain: Vec<Report> = Vec::new();
    for index in (0..count).rev() {
        let day = days::before(at.today, last + index * rhythm + dice.between(0, 2));
        let (mut report, mut row) = Occasion { day, ..at }.open(dice, Kind::Inspection, (12, 45));
        row.maybe("present", present.filter(|_| dice.chance(900)));
        let open = chain.last_mut().filter(|earlier| text(earlier, "verdict") != Some("pass"));
        if let Some(earlier) = open {
            settle(dice, earlier, &report, day);
            row.set("follows", earlier.id.to_string());
        } else if let Some(earlier) = chain.last() {
            row.set("follows", earlier.id.to_string());
        }
        let found = occupants + usize::from(dice.chance(60));
        row.set("occupants_found", i64::try_from(found).unwrap_or(0));
        checklist(dice, &mut row, day);
        if dice.chance(200) {
            row.set("remarks", "已向承租人讲解用电用气和疏散要求。");
        }
        report.values = row.done();
        chain.push(report);
    }
    chain
}

/// The result of every item, the verdict that follows, and what is to be done by when.
fn checklist(dice: &mut Dice, row: &mut Row, day: chrono::NaiveDate) {
    let mut orders = Vec::new();
    // Most homes are in order; those that are not tend to have more than one fault.
    let fault = if dice.chance(720) { 6 } else { 170 };
    for item in ITEMS {
        let result = match dice.below(1_000) {
            below if below < fault => "fail",
            970.. => "not_applicable",
            _ => "pass",
        };
        row.set(format!("item.{}.result", item.code), result);
        let finding = FINDINGS.iter().find(|(code, ..)| *code == item.code);
        if let (Some((_, what, order)), "fail") = (finding, result) {
            row.set(format!("item.{}.note", item.code), *what);
            orders.push(*order);
        }
    }
    let verdict = match orders.len() {
        0 => "pass",
        1..=3 => "rectify",
        _ => "unsafe",
    };
    row.set("verdict", verdict);
    if !orders.is_empty() {
        row.set("rectification", format!("{}。", orders.join("；")));
        let days = if verdict == "unsafe" { dice.between(1, 5) } else { dice.between(5, 20) };
        row.day("rectify_by", days::after(day, days));
    }
}

/// Closes an earlier inspection's finding with the later one, before either was reviewed.
fn settle(dice: &mut Dice, earlier: &mut Report, later: &Report, day: chrono::NaiveDate) {
    let mut row = Row::default();
    row.day("rectified_on", days::before(day, dice.between(0, 2)));
    row.set("verified_by", later.id.to_string());
    earlier.values.extend(row.done());
    earlier.written_at = later.written_at;
    if let Some(review) = &mut earlier.review {
        review.written_at = review.written_at.max(later.written_at + 60_000);
    }
}

fn text<'r>(report: &'r Report, key: &str) -> Option<&'r str> {
    report.values.iter().find(|(name, _)| name == key).and_then(|(_, value)| value.as_text())
}
