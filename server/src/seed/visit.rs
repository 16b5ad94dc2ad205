//! 入户走访: the visits that a home has had. Every household is due once a year; a few were missed,
//! some did not answer and wait for the day on which they were promised another call.

use chrono::NaiveDate;
use sync_protocol::records::Kind;
use sync_protocol::records::visit::NEEDS;

use super::days;
use super::dice::Dice;
use super::household::Member;
use super::report::{Occasion, Report};
use super::row::Row;

/// Remarks: about the home, its safety and the services asked for.
const REMARKS: &[&str] = &[
    "核对居住人员信息，无变化。",
    "告知居住证办理流程和所需材料。",
    "宣传用电用气安全，发放联系卡。",
    "住户反映楼道堆物，已转物业处理。",
    "询问入学政策，已告知咨询电话。",
    "提醒更换老化燃气软管。",
    "协助填写租赁登记备案表。",
];

/// The visits of a home, the earliest first. `since` is the day the household came.
pub(super) fn visits(
    dice: &mut Dice,
    at: Occasion,
    usage: &str,
    since: NaiveDate,
    members: &[Member],
) -> Vec<Report> {
    let known = at.today.signed_duration_since(since).num_days().min(900);
    let last = match dice.below(1_000) {
        0..60 => return Vec::new(),
        60..150 => dice.between(366, 500),
        150..420 => dice.between(1, 14),
        _ => dice.between(15, 364),
    };
    let mut ago = last.min(known).max(1);
    let mut days = vec![ago];
    while dice.chance(420) && ago + 90 < known {
        ago += dice.between(60, 300);
        days.push(ago);
    }
    // Who did not answer lately is still to be called on; who did not answer before, has been.
    days.iter()
        .rev()
        .map(|ago| {
            let at = Occasion { day: days::before(at.today, *ago), ..at };
            visit(dice, at, usage, members, if *ago <= 14 { 200 } else { 40 })
        })
        .collect()
}

fn visit(dice: &mut Dice, at: Occasion, usage: &str, members: &[Member], no_answer: u64) -> Report {
    let moved_out = if usage == "rented" { 20 } else { 0 };
    let outcome = dice.weigh(&match usage {
        "vacant" => [(850, "vacant"), (0, "refused"), (150, "no_answer"), (0, "moved_out")],
        _ => [(780, "met"), (20, "refused"), (no_answer, "no_answer"), (moved_out, "moved_out")],
    });
    let minutes = if outcome == "met" { (6, 28) } else { (1, 4) };
    let (mut report, mut row) = at.open(dice, Kind::Visit, minutes);
    // What nobody has reviewed yet may have been put away at the door, incomplete.
    if report.review.is_some() || dice.chance(940) {
        row.set("outcome", outcome);
    }
    match outcome {
        "met" => {
            row.set("card_shown", true);
            needs(dice, &mut row, members);
            report.confirmed = (0..members.len()).filter(|_| dice.chance(930)).collect();
        }
        "refused" => row.set("card_shown", true),
        "no_answer" => {
            row.set("note_left", dice.chance(940));
            if dice.chance(970) {
                row.day("call_back_on", days::after(at.day, dice.between(2, 10)));
            }
        }
        _ => {}
    }
    if outcome == "met" && dice.chance(450) {
        row.set("remarks", dice.pick(REMARKS));
    }
    report.values = row.done();
    report
}

/// Services that somebody asked for: families ask for school, newcomers for work and permits.
fn needs(dice: &mut Dice, row: &mut Row, members: &[Member]) {
    if !dice.chance(220) {
        return;
    }
    let children = members.iter().any(|member| member.person.age < 16);
    let need = match children {
        true if dice.chance(600) => dice.pick(&["school_place", "vaccination"]),
        _ => dice.pick(&NEEDS.iter().map(|need| need.code).collect::<Vec<_>>()),
    };
    let step = dice.weigh(&[(45, "requested"), (30, "referred"), (25, "done")]);
    row.set(format!("need.{need}"), step);
}
