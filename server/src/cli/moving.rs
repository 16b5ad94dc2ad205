//! `doorstep record move` and `doorstep area split`. Both can be repeated: what was cut short is
//! finished, nothing is done twice.

use clap::{Args, Subcommand};
use sync_protocol::ids::{AreaId, RecordId};

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::noted;
use super::progress::Line;
use crate::auth::Operator;
use crate::clock::now_ms;
use crate::registry::NewArea;
use crate::splitting::{self, Split};
use crate::store::Store;
use crate::store::households::Homes;
use crate::sync::documents;
use crate::sync::moving::{self, Moving};
use crate::trail::{Act, note_apart};

/// `doorstep record …`.
#[derive(Subcommand)]
pub(super) enum RecordCommand {
    /// Moves a record to another area; a home with everything that names it.
    Move(MoveArgs),
}

/// `doorstep record move …`.
#[derive(Args)]
pub(super) struct MoveArgs {
    /// The record: 32 hexadecimal digits, as `doorstep digest` prints them.
    #[arg(long)]
    record: RecordId,
    /// The area that it is in.
    #[arg(long, value_name = "CODE")]
    from: AreaId,
    /// The area that it goes to.
    #[arg(long, value_name = "CODE")]
    to: AreaId,
}

/// `doorstep area split …`.
#[derive(Args)]
pub(super) struct SplitArgs {
    /// The area that is split.
    from: AreaId,
    /// Division code of the new area: 12 digits; with three more for a grid cell.
    new: AreaId,
    /// Name of the new area, zh-CN.
    #[arg(long)]
    name_zh: String,
    /// Name of the new area, English.
    #[arg(long)]
    name_en: String,
    /// What kind of area it is; the same as the old one's unless it is said.
    #[arg(long, value_parser = ["city", "district", "street", "community", "cell"])]
    level: Option<String>,
    /// The area above; the same as the old one's unless it is said.
    #[arg(long, value_name = "CODE")]
    parent: Option<AreaId>,
    #[command(flatten)]
    homes: HomesArgs,
    /// Give everybody who has a role in the old area the same one in the new.
    #[arg(long)]
    with_roles: bool,
    /// Only say what would be moved.
    #[arg(long)]
    dry_run: bool,
}

/// Which homes go.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct HomesArgs {
    /// The homes of this building, as the records call it.
    #[arg(long)]
    building: Option<String>,
    /// The homes whose standard address code begins with this.
    #[arg(long, value_name = "CODE")]
    address_code: Option<String>,
    /// These homes, by record; can be given several times.
    #[arg(long = "home", value_name = "RECORD")]
    homes: Vec<RecordId>,
}

impl From<HomesArgs> for Homes {
    fn from(args: HomesArgs) -> Self {
        match args {
            HomesArgs { building: Some(building), .. } => Self::Building(building),
            HomesArgs { address_code: Some(code), .. } => Self::AddressCode(code),
            HomesArgs { homes, .. } => Self::Records(homes),
        }
    }
}

/// Runs `doorstep record …`.
pub(super) fn record(database: &DatabaseArgs, command: RecordCommand) -> Result<(), Failure> {
    let RecordCommand::Move(MoveArgs { record, from, to }) = command;
    let opened = open(database)?;
    let store = &opened.store;
    let moving = Moving { store, by: Operator::at_the_command_line(), from, to };
    let mut line = Line::new("records moved:");
    let moved = moving::move_record(moving, record, now_ms(), |done, of| line.show(done, of))?;
    line.end();
    refresh(store, to)?;
    let entry = noted::entry(Act::RecordMoved).record(record).area(from);
    note_apart(store, &entry.detail(format!("to {to}, {moved} records")))?;
    println!("{moved} records moved from area {from} to {to}");
    Ok(())
}

/// Runs `doorstep area split`.
pub(super) fn split(database: &DatabaseArgs, args: SplitArgs) -> Result<(), Failure> {
    let SplitArgs { from, new, name_zh, name_en, level, parent, homes, with_roles, dry_run } = args;
    let opened = open(database)?;
    let store = &opened.store;
    let by = Operator::at_the_command_line();
    let old = splitting::area(store, from)?;
    let split = Split {
        from,
        new: NewArea {
            id: new,
            parent: parent.or(old.parent),
            level: level.unwrap_or(old.level),
            name_zh,
            name_en,
        },
        homes: homes.into(),
        with_roles,
    };
    let plan = splitting::plan(store, by, &split, now_ms())?;
    let count = plan.homes.len();
    let others = plan.records - count;
    if dry_run {
        println!(
            "{count} homes and {others} records of theirs would go from area {from} to {new}; {} \
             roles would be copied. Nothing was changed.",
            plan.roles
        );
        return Ok(());
    }
    let mut line = Line::new("records moved:");
    let moved = splitting::split(store, by, &split, now_ms(), |done, of| line.show(done, of))?;
    line.end();
    refresh(store, new)?;
    let entry = noted::entry(Act::AreaSplit).area(from);
    note_apart(store, &entry.detail(format!("to {new}, {moved} records")))?;
    println!("{moved} records moved from area {from} to {new}");
    Ok(())
}

/// Puts the documents together that phones will ask for.
fn refresh(store: &Store, area: AreaId) -> Result<(), Failure> {
    Ok(documents::refresh_area(store, Operator::at_the_command_line().area(area))?)
}
