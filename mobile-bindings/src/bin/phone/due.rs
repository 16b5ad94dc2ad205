//! What is due, what was looked for, and the homes by building: the commands and their rows.

use clap::{Args, Subcommand};
use mobile_bindings::client::{
    BuildingNode, DueLine, FieldClient, ListFilter, Position, RecordLine, TodayFilter, UnitNode,
};

use crate::failure::Failure;
use crate::given;
use crate::lines;
use crate::print::{Printer, Row};

/// What to look at.
#[derive(Subcommand)]
pub(crate) enum Look {
    /// What is due, most overdue first, with the reason.
    Today(Today),
    /// Records by what one remembers: a name or its pinyin (zxm), the end of a telephone or document
    /// number, an address, a room as 3-2-501.
    Find {
        /// What to look for; every word must fit.
        #[arg(required = true)]
        text: Vec<String>,
        /// Of one area.
        #[arg(long)]
        area: Option<String>,
        /// premises, residency, visit or inspection.
        #[arg(long)]
        kind: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// The homes by building, unit and room, with who lives there and what is due.
    Tree {
        /// Of one area.
        #[arg(long)]
        area: Option<String>,
        /// What is due on this day, as in 2026-11-22.
        #[arg(long, value_name = "DAY")]
        on: Option<String>,
    },
}

/// `phone today …`.
#[derive(Args)]
pub(crate) struct Today {
    /// On this day, as in 2026-11-22.
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
    /// Of one area.
    #[arg(long)]
    area: Option<String>,
    /// At one home.
    #[arg(long, value_name = "PREMISES")]
    of: Option<String>,
    /// For one reason: inspect_key, inspect_ordinary, visit_household, register_stay,
    /// register_occupants, renew_permit, check_rectification or call_back.
    #[arg(long)]
    reason: Option<String>,
    /// And what comes due in so many days.
    #[arg(long, value_name = "DAYS", default_value_t = 0)]
    ahead: u16,
    /// Where you are, as in 41.79,123.40 (WGS 84): of what is equally overdue the nearest first.
    #[arg(long, value_name = "LATITUDE,LONGITUDE", allow_hyphen_values = true)]
    near: Option<String>,
    /// The nearest first, however long it is overdue.
    #[arg(long, requires = "near")]
    nearest: bool,
    /// What is for others to do as well.
    #[arg(long)]
    all: bool,
    /// At most so many.
    #[arg(long)]
    limit: Option<u32>,
}

/// Looks.
pub(crate) fn run(client: &FieldClient, look: &Look, printer: &Printer) -> Result<(), Failure> {
    match look {
        Look::Today(today) => {
            let due = client.today(today.on.clone(), filter(client, today)?)?;
            printer.show(&due, due_rows(printer, &due));
        }
        Look::Find { text, area, kind, limit } => {
            let (area, kind) = (area.clone(), kind.clone());
            let filter = ListFilter { area, kind, premises: None, limit: Some(*limit) };
            let found = client.find(text.join(" "), filter)?;
            printer.show(&found, found_rows(printer, &found));
        }
        Look::Tree { area, on } => {
            let tree = client.tree(area.clone(), on.clone())?;
            printer.show(&tree, tree_rows(printer, &tree));
        }
    }
    Ok(())
}

fn filter(client: &FieldClient, today: &Today) -> Result<TodayFilter, Failure> {
    let premises = today.of.as_ref().map(|of| given::premises(client, of)).transpose()?;
    Ok(TodayFilter {
        area: today.area.clone(),
        premises,
        reason: today.reason.clone(),
        ahead_days: today.ahead,
        near: today.near.as_deref().map(position).transpose()?,
        nearest_first: today.nearest,
        everyones: today.all,
        limit: today.limit,
    })
}

fn position(given: &str) -> Result<Position, Failure> {
    let wrong = || Failure::value("--near", "41.79,123.40");
    let degrees = |text: &str, most: f64| {
        let degrees = text.trim().parse::<f64>().ok();
        degrees.filter(|degrees| degrees.abs() <= most).ok_or_else(wrong)
    };
    let (latitude, longitude) = given.split_once(',').ok_or_else(wrong)?;
    Ok(Position { latitude: degrees(latitude, 90.0)?, longitude: degrees(longitude, 180.0)? })
}

fn due_rows(p: &Printer, due: &[DueLine]) -> Vec<Row> {
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

fn found_rows(p: &Printer, found: &[RecordLine]) -> Vec<Row> {
    let mut rows = lines::list(p, found);
    for (row, line) in rows.iter_mut().zip(found) {
        if let Some(found) = &line.found {
            row.push(format!("{}: {}", p.words(&found.label), found.shown));
        }
    }
    rows
}

fn tree_rows(p: &Printer, tree: &[BuildingNode]) -> Vec<Row> {
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
        format!("{homes} {}", p.pick("套", "homes")),
        format!("{residents} {}", p.pick("人", "residents")),
        if due == 0 { String::new() } else { format!("{due} {}", p.pick("项到期", "due")) },
        most.map(|days| overdue(p, days)).unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use mobile_bindings::client::{Bilingual, RoomNode};

    use super::*;
    use crate::args::{Args, Command, Language};

    fn due() -> DueLine {
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
        let zh = due_rows(&Printer::new(false, Language::Zh), &[due()]);
        let said =
            ["逾期21天", "提醒续签居住证 · 李春梅", "有效期至 2026-12-01", "120 m", "杏园路4号"];
        assert_eq!(zh, [said]);
        let english = Printer::new(false, Language::En);
        let ahead = DueLine { overdue_days: -3, person: None, distance_m: None, ..due() };
        let now = DueLine { overdue_days: 0, ..due() };
        let en = due_rows(&english, &[due(), ahead, now]);
        assert_eq!(en[0][..2], ["21 d overdue", "Remind of renewing a permit · 李春梅"]);
        assert_eq!(en[1][..4], ["in 3 d", "Remind of renewing a permit", "ends on 2026-12-01", ""]);
        assert_eq!(en[2][0], "today");
        assert_eq!(due_rows(&english, &[]), [["Nothing is due"]]);
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
        let rows = tree_rows(&Printer::new(false, Language::Zh), &[building]);
        let titles: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(titles, ["杏园路4号未填楼栋", "  无单元", "    201"]);
        assert_eq!(rows[2][1..], ["1 套", "2 人", "1 项到期", "逾期4天"]);
    }

    #[test]
    fn where_one_is_is_a_place_on_earth() {
        assert!(position("41.79, 123.4").is_ok() && position("-33.9,18.4").is_ok());
        for wrong in ["41.79", "91,0", "0,181", "x,y", "NaN,1"] {
            assert!(position(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_commands_are_read() {
        let parse = |line: &str| Args::try_parse_from(line.split(' '));
        for good in [
            "phone --store s today",
            "phone --store s today --on 2026-11-22 --near -33.9,18.4 --nearest --all --ahead 7",
            "phone --store s find 张 晓明 --kind residency --limit 5",
            "phone --store s --lang zh tree --area 210102001003 --json",
        ] {
            let args = parse(good);
            assert!(args.is_ok_and(|args| matches!(args.command, Command::Look(_))), "{good}");
        }
        for bad in ["phone --store s find", "phone --store s today --nearest"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
