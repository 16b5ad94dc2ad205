//! `doorstep seed`: a synthetic district of any size, the same for the same number.

use chrono::NaiveDate;
use clap::Args;

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::noted;
use super::progress::Line;
use crate::auth::Operator;
use crate::clock::now_ms;
use crate::http::Server;
use crate::photos::Objects;
use crate::planting::{self, Planted};
use crate::seed::Plan;
use crate::store::Store;
use crate::trail::{Act, note_apart};

/// `doorstep seed …`.
#[derive(Args)]
pub(super) struct SeedArgs {
    /// The number that everything is drawn from: the same number, the same district.
    #[arg(long, default_value_t = 1)]
    number: u64,
    /// Grid cells.
    #[arg(long, default_value_t = 2)]
    areas: usize,
    /// Homes in each.
    #[arg(long, default_value_t = 200)]
    homes: usize,
    /// The day on which the district stands as it does; today unless it is said.
    #[arg(long)]
    today: Option<NaiveDate>,
}

/// Plants a district into an empty database.
pub(super) fn seed(database: &DatabaseArgs, args: &SeedArgs) -> Result<(), Failure> {
    let opened = open(database)?;
    let objects = Objects::in_folder(&database.data_folder.join("photos"))?;
    let plan = Plan {
        number: args.number,
        areas: args.areas,
        homes_per_area: args.homes,
        today: args.today.unwrap_or_else(today),
    };
    let planted = plant(&opened.store, objects, &plan)?;
    let entry = noted::entry(Act::Seeded).detail(format!("{} areas", planted.cells.len()));
    note_apart(&opened.store, &entry)?;
    println!("{} areas, {} changes", planted.cells.len(), planted.changes);
    Ok(())
}

/// The day by the clock of this machine, in China's time zone.
pub(super) fn today() -> NaiveDate {
    let china = now_ms() + 8 * 60 * 60 * 1000;
    chrono::DateTime::from_timestamp_millis(china).unwrap_or_default().date_naive()
}

/// Plants a plan, showing how far it has come.
pub(super) fn plant(store: &Store, objects: Objects, plan: &Plan) -> Result<Planted, Failure> {
    let by = Operator::at_the_command_line();
    let now = now_ms();
    store.transaction(|db| planting::enter(db, by, plan, now))?;
    let server = Server::new(store.clone(), objects)?;
    let mut line = Line::new("planting homes");
    let planted = planting::plant(&server, by, plan, now, |progress| {
        line.show(progress.homes, progress.of);
    })?;
    line.end();
    Ok(planted)
}
