//! What is due, what one looks for, and the homes by building.

use clap::{Args, Subcommand};
use mobile_bindings::client::{FieldClient, ListFilter, Position, TodayFilter};

use crate::failure::Failure;
use crate::given;
use crate::lines;
use crate::print::Printer;

/// What is due, what one looks for, and the homes by building.
#[derive(Subcommand)]
pub(crate) enum Command {
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

#[cfg(test)]
pub(crate) const CALLS: super::Calls =
    &[("today", &["today"]), ("find", &["find"]), ("tree", &["tree"])];

/// Runs one.
pub(crate) fn run(
    client: &FieldClient,
    command: &Command,
    printer: &Printer,
) -> Result<(), Failure> {
    match command {
        Command::Today(today) => {
            let due = client.today(today.on.clone(), filter(client, today)?)?;
            printer.show(&due, lines::due(printer, &due));
        }
        Command::Find { text, area, kind, limit } => {
            let (area, kind) = (area.clone(), kind.clone());
            let filter = ListFilter { area, kind, premises: None, limit: Some(*limit) };
            let found = client.find(text.join(" "), filter)?;
            printer.show(&found, lines::found(printer, &found));
        }
        Command::Tree { area, on } => {
            let tree = client.tree(area.clone(), on.clone())?;
            printer.show(&tree, lines::tree(printer, &tree));
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

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args;

    #[test]
    fn where_one_is_is_a_place_on_earth() {
        assert!(position("41.79, 123.4").is_ok() && position("-33.9,18.4").is_ok());
        for wrong in ["41.79", "91,0", "0,181", "x,y", "NaN,1"] {
            assert!(position(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_commands_are_read() {
        let parse = |line: &str| args::Args::try_parse_from(line.split(' '));
        for good in [
            "phone --store s today",
            "phone --store s today --on 2026-11-22 --near -33.9,18.4 --nearest --all --ahead 7",
            "phone --store s find 张 晓明 --kind residency --limit 5",
            "phone --store s --lang zh tree --area 210102001003 --json",
        ] {
            let args = parse(good);
            assert!(args.is_ok_and(|args| matches!(args.command, args::Command::Due(_))), "{good}");
        }
        for bad in ["phone --store s find", "phone --store s today --nearest"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
