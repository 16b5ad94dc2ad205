//! `doorstep retention`: what has been kept for as long as the district keeps it.

use std::collections::BTreeMap;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::noted;
use super::progress::Line;
use crate::auth::Operator;
use crate::clock::now_ms;
use crate::http::Server;
use crate::photos::Objects;
use crate::retention::rules::of_code;
use crate::retention::{Applied, Due, RULES, Rule, apply, plan};

/// `doorstep retention …`.
#[derive(Args)]
pub(super) struct RetentionArgs {
    /// Only say what would go: what is done without --apply, too.
    #[arg(long, conflicts_with = "apply")]
    dry_run: bool,
    /// Erase it for good; records here and on every phone.
    #[arg(long)]
    apply: bool,
    /// Only by this rule; can be given several times.
    #[arg(long, value_name = "RULE", value_parser = codes())]
    only: Vec<String>,
}

fn codes() -> PossibleValuesParser {
    RULES.iter().map(|rule| rule.code).collect::<Vec<_>>().into()
}

/// Says what would go, and erases it if that is asked for.
pub(super) fn retention(database: &DatabaseArgs, args: &RetentionArgs) -> Result<(), Failure> {
    let opened = open(database)?;
    let (by, now) = (Operator::at_the_command_line(), now_ms());
    let named: Vec<&'static Rule> = args.only.iter().filter_map(|code| of_code(code)).collect();
    let rules = if named.is_empty() { RULES.iter().collect() } else { named };
    let found = plan(&opened.store, by, &rules, now)?;
    found.iter().for_each(|due| tell(due, now));
    if args.dry_run || !args.apply {
        println!("nothing was changed: --apply erases it");
        return Ok(());
    }
    let objects = Objects::in_folder(&database.data_folder.join("photos"))?;
    let server = Server::new(opened.store.clone(), objects)?;
    let mut line = Line::new("records");
    let actor = noted::operator();
    let Applied { gone, failed } =
        apply(server.engine(), by, &found, (&actor, now), |done, of| line.show(done, of))?;
    line.end();
    let photos = actix_web::rt::System::new().block_on(server.photos().delete_erased())?;
    gone.iter().for_each(|(rule, number)| println!("{}: {number} erased", rule.code));
    println!("{} erased by {} rules, and {photos} photos", total(&gone), gone.len());
    if failed.is_empty() {
        return Ok(());
    }
    let named = failed.iter().map(|(id, error)| format!("record {id} was not erased: {error}"));
    let named = named.collect::<Vec<_>>().join("\n");
    Err(format!("{named}\nthe rest was; do this again when what is said of them is mended").into())
}

fn total(gone: &[(&Rule, usize)]) -> usize {
    gone.iter().map(|(_, number)| number).sum()
}

/// A line for a rule, with the age of the oldest that it would erase; records by area and kind below.
fn tell(due: &Due, now_ms: i64) {
    let Rule { code, label, key, .. } = due.rule;
    let Some(days) = due.days else {
        println!("{code}: kept, retention.{key} names no days ({})", label.en);
        return;
    };
    let age = |since: i64| (now_ms - since) / (24 * 60 * 60 * 1000);
    let oldest = due.oldest.map(|since| format!(", the oldest for {} days", age(since)));
    let (number, oldest) = (due.number, oldest.unwrap_or_default());
    println!("{code}: {number} kept for over {days} days{oldest} ({})", label.en);
    let mut groups: BTreeMap<(u64, &str), (usize, i64)> = BTreeMap::new();
    for expired in &due.records {
        let group = groups.entry((expired.area.0, expired.kind.code()));
        let group = group.or_insert((0, expired.since));
        *group = (group.0 + 1, group.1.min(expired.since));
    }
    for ((area, kind), (count, since)) in &groups {
        println!("    {area} {kind}: {count}, the oldest for {} days", age(*since));
    }
}
