//! What is due, what was found, and the homes by building, as rows.

use mobile_bindings::client::{BuildingNode, DueLine, RecordLine, UnitNode};

use crate::print::{Printer, Row};

/// What is due.
pub(crate) fn due(p: &Printer, due: &[DueLine]) -> Vec<Row> {
    if due.is_empty() {
        return vec![vec![p.pick("没有到期事项", "Nothing is due").to_owned()]];
    }
    let row = |line: &DueLine| {
        let far = line.distance_m.map(|metres| format!("{metres} m")).unwrap_or_default();
        let what = match &line.person {
            Some(person) => format!("{} · {person}", p.words(&line.words)),
            None => p.words(&line.words),
        };
        vec![overdue(p, line.overdue_days), what, p.words(&line.because), far, line.title.clone()]
    };
    due.iter().map(row).collect()
}

fn overdue(p: &Printer, days: i64) -> String {
    let (zh, en) = match days {
        0 => ("今天".to_owned(), "today".to_owned()),
        1.. => (format!("逾期{days}天"), format!("{days} d overdue")),
        _ => (format!("{}天后", -days), format!("in {} d", -days)),
    };
    p.pick(&zh, &en).to_owned()
}

/// What was found, and in which field.
pub(crate) fn found(p: &Printer, found: &[RecordLine]) -> Vec<Row> {
    let mut rows = super::list(p, found);
    for (row, line) in rows.iter_mut().zip(found) {
        if let Some(found) = &line.found {
            row.push(format!("{}: {}", p.words(&found.label), found.shown));
        }
    }
    rows
}

/// The homes by building, unit and room.
pub(crate) fn tree(p: &Printer, tree: &[BuildingNode]) -> Vec<Row> {
    if tree.is_empty() {
        return vec![vec![p.pick("没有房屋", "No homes").to_owned()]];
    }
    let mut rows = Vec::new();
    for building in tree {
        let name = named(&building.name, p.pick("未填楼栋", "no building given"));
        let title = format!("{}{name}", building.compound);
        let counts = [building.homes, building.residents, building.due];
        rows.push(counted(p, title, counts, building.overdue_days));
        building.units.iter().for_each(|unit| rows.extend(unit_rows(p, unit)));
    }
    rows
}

fn unit_rows(p: &Printer, unit: &UnitNode) -> Vec<Row> {
    let name = named(&unit.name, p.pick("无单元", "no unit"));
    let counts = [unit.homes, unit.residents, unit.due];
    let mut rows = vec![counted(p, format!("  {name}"), counts, unit.overdue_days)];
    for room in &unit.rooms {
        let counts = [1, room.residents, room.due];
        rows.push(counted(p, format!("    {}", room.name), counts, room.overdue_days));
    }
    rows
}

fn named<'n>(name: &'n str, otherwise: &'n str) -> &'n str {
    if name.is_empty() { otherwise } else { name }
}

fn counted(
    p: &Printer,
    title: String,
    [homes, residents, due]: [u32; 3],
    most: Option<i64>,
) -> Row {
    vec![
        title,
        format!("{homes} {}", p.pick("套", if homes == 1 { "home" } else { "homes" })),
        format!(
            "{residents} {}",
            p.pick("人", if residents == 1 { "resident" } else { "residents" })
        ),
        if due == 0 { String::new() } else { format!("{due} {}", p.pick("项到期", "due")) },
        most.map(|days| overdue(p, days)).unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use mobile_bindings::client::{Bilingual, RoomNode};

    use super::*;
    use crate::args::Language;

    fn line() -> DueLine {
        let words = |zh: &str, en: &str| Bilingual { zh: zh.to_owned(), en: en.to_owned() };
        DueLine {
            premises: "ab".repeat(16),
            title: "杏园路4号".to_owned(),
            area: "210102001003".to_owned(),
            record: None,
            person: Some("李春梅".to_owned()),
            reason: "renew_permit".to_owned(),
            words: words("提醒续签居住证", "Remind of renewing a permit"),
            because: words("有效期至 2026-12-01", "ends on 2026-12-01"),
            due_on: "2026-11-01".to_owned(),
            overdue_days: 21,
            distance_m: Some(120),
        }
    }

    #[test]
    fn what_is_due_is_said_in_the_language_asked_for() {
        let zh = due(&Printer::new(false, Language::Zh), &[line()]);
        let said =
            ["逾期21天", "提醒续签居住证 · 李春梅", "有效期至 2026-12-01", "120 m", "杏园路4号"];
        assert_eq!(zh, [said]);
        let english = Printer::new(false, Language::En);
        let ahead = DueLine { overdue_days: -3, person: None, distance_m: None, ..line() };
        let now = DueLine { overdue_days: 0, ..line() };
        let en = due(&english, &[line(), ahead, now]);
        assert_eq!(en[0][..2], ["21 d overdue", "Remind of renewing a permit · 李春梅"]);
        assert_eq!(en[1][..4], ["in 3 d", "Remind of renewing a permit", "ends on 2026-12-01", ""]);
        assert_eq!(en[2][0], "today");
        assert_eq!(due(&english, &[]), [["Nothing is due"]]);
    }

    #[test]
    fn a_tree_is_indented_and_says_what_is_not_given() {
        let room = RoomNode {
            premises: "ab".repeat(16),
            name: "201".to_owned(),
            residents: 2,
            due: 1,
            overdue_days: Some(4),
        };
        let (homes, residents, due) = (1, 2, 1);
        let unit = UnitNode { homes, residents, due, rooms: vec![room], ..UnitNode::default() };
        let compound = "杏园路4号".to_owned();
        let building =
            BuildingNode { compound, homes, units: vec![unit], ..BuildingNode::default() };
        let rows = tree(&Printer::new(false, Language::Zh), &[building]);
        let titles: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(titles, ["杏园路4号未填楼栋", "  无单元", "    201"]);
        assert_eq!(rows[2][1..], ["1 套", "2 人", "1 项到期", "逾期4天"]);
    }
}
