//! The residence permit of a resident: none, exempt, applied for, issued or lost. A newcomer has none
//! yet; of those issued some are about to expire, so that the reminders have something to say.

use chrono::NaiveDate;

use super::days;
use super::dice::Dice;
use super::person::Person;
use super::row::Row;

/// Fills in the permit of somebody who is not registered at the home.
pub(super) fn fill(
    dice: &mut Dice,
    row: &mut Row,
    today: NaiveDate,
    person: &Person,
    arrived: NaiveDate,
) {
    let stayed = today.signed_duration_since(arrived).num_days();
    let exempt = match (person.origin.category, person.age) {
        ("overseas", _) => Some("境外人员按规定办理住宿登记"),
        (_, ..16) => Some("未满十六周岁"),
        ("lodging", _) => Some("本市户籍"),
        _ if dice.chance(50) => Some("探亲暂住"),
        _ => None,
    };
    if let Some(reason) = exempt {
        row.set("permit", "exempt");
        row.set("permit_exempt_reason", reason);
        return;
    }
    let state = match stayed {
        ..=7 => dice.weigh(&[(7, "none"), (3, "applied")]),
        8..40 => dice.weigh(&[(3, "none"), (7, "applied")]),
        _ => dice.weigh(&[(10, "none"), (6, "applied"), (80, "issued"), (4, "lost")]),
    };
    row.set("permit", state);
    if matches!(state, "issued" | "lost") {
        let (issued, years) = validity(dice, today, arrived, stayed);
        if dice.chance(980) {
            row.set("permit_number", format!("LN210102{}", dice.digits(8)));
        }
        row.day("permit_issued_on", issued);
        row.set("permit_years", i64::from(years));
    }
}

/// The day of issue and the years: valid as a rule, one in eleven about to expire, a few expired.
fn validity(
    dice: &mut Dice,
    today: NaiveDate,
    arrived: NaiveDate,
    stayed: i64,
) -> (NaiveDate, i32) {
    let years = dice.weigh(&[(5, 1), (2, 2), (3, 3)]);
    let days_left = match dice.below(100) {
        0..9 => Some(dice.between(0, 30)),
        9..13 => Some(dice.between(-60, -1)),
        _ => None,
    };
    if let Some(left) = days_left {
        let issued = days::years_after(days::after(today, left), -years);
        if issued > arrived {
            return (issued, years);
        }
    }
    let most = stayed.min(i64::from(years) * 365 - 31);
    (days::before(today, dice.between(5, most.max(5))).max(arrived), years)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_is_issued_after_arrival_and_before_today() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let mut dice = Dice::new(4, "permit", 0, 0);
        let mut expiring = 0;
        for stayed in (40..1_440).cycle().take(5_000) {
            let arrived = days::before(today, stayed);
            let (issued, years) = validity(&mut dice, today, arrived, stayed);
            assert!(arrived <= issued && issued < today && (1..=3).contains(&years));
            let left = days::years_after(issued, years).signed_duration_since(today).num_days();
            expiring += usize::from((0..=30).contains(&left));
        }
        assert!((150..700).contains(&expiring), "{expiring}");
    }
}
