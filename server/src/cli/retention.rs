//! `doorstep retention`: what has been kept for as long as the district keeps it.

use std::collections::BTreeMap;

use clap::Args;

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::noted;
use super::progress::Line;
use crate::auth::Operator;
use crate::clock::now_ms;
use crate::http::Server;
use crate::photos::Objects;
use crate::retention::{Plan, apply, plan};

/// `doorstep retention …`.
#[derive(Args)]
pub(super) struct RetentionArgs {
    /// Only say what would go: what is done without --apply, too.
    #[arg(long, conflicts_with = "apply")]
    dry_run: bool,
    /// Erase it for good, here and on every phone.
    #[arg(long)]
    apply: bool,
}

/// Says what would go, and erases it if that is asked for.
pub(super) fn retention(database: &DatabaseArgs, args: &RetentionArgs) -> Result<(), Failure> {
    let opened = open(database)?;
    let (by, now) = (Operator::at_the_command_line(), now_ms());
    let found = plan(&opened.store, by, now)?;
    tell(&found, now);
    if args.dry_run || !args.apply {
        println!("nothing was changed: --apply erases it");
        return Ok(());
    }
    let objects = Objects::in_folder(&database.data_folder.join("photos"))?;
    let server = Server::new(opened.store.clone(), objects)?;
    let mut line = Line::new("records");
    let actor = noted::operator();
    apply(server.engine(), by, &found, (&actor, now), |done, of| line.show(done, of))?;
    line.end();
    let photos = actix_web::rt::System::new().block_on(server.photos().delete_erased())?;
    let (records, requests) = (found.records.len(), found.requests);
    println!("{records} records, {requests} requests and {photos} photos are erased");
    Ok(())
}

/// A line for each rule, kind and area, with the age of the oldest.
fn tell(found: &Plan, now_ms: i64) {
    let mut groups: BTreeMap<(&str, &str, u64), (usize, i64)> = BTreeMap::new();
    for (rule, expired) in &found.records {
        let key = (rule.label().en, expired.kind.code(), expired.area.0);
        let group = groups.entry(key).or_insert((0, expired.since));
        *group = (group.0 + 1, group.1.min(expired.since));
    }
    for ((rule, kind, area), (count, since)) in &groups {
        let days = (now_ms - since) / (24 * 60 * 60 * 1000);
        println!("{area} {kind}: {count} ({rule}; the oldest for {days} days)");
    }
    println!("{} records and {} closed requests would go", found.records.len(), found.requests);
}
