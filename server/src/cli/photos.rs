//! `doorstep photos seal | check`.

use std::process::ExitCode;

use clap::Subcommand;

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::noted;
use super::progress::Line;
use crate::auth::Operator;
use crate::photos::{Objects, Photos};
use crate::store::{Store, photo_keys, photos as stored};
use crate::trail::{Act, note_apart};

/// `doorstep photos …`.
#[derive(Subcommand)]
pub(super) enum PhotosCommand {
    /// Encrypts the photos of before photos were encrypted, and deletes the open ones. A server does it
    /// by itself, too; it may run meanwhile. Repeat it if it was cut short.
    Seal,
    /// Reads every stored photo: names those that are not what was stored, or not there.
    Check,
}

/// Runs `doorstep photos …`.
pub(super) fn photos(database: &DatabaseArgs, command: PhotosCommand) -> Result<ExitCode, Failure> {
    let opened = open(database)?;
    let objects = Objects::in_folder(&database.data_folder.join("photos"))?;
    let photos = Photos::new(opened.store.clone(), objects);
    let damaged = actix_web::rt::System::new().block_on(async {
        match command {
            PhotosCommand::Seal => seal(&opened.store, &photos).await,
            PhotosCommand::Check => check(&opened.store, &photos).await,
        }
    })?;
    Ok(if damaged == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn seal(store: &Store, photos: &Photos) -> Result<usize, Failure> {
    let all = counted(store.read(photo_keys::count_unsealed)?);
    let mut line = Line::new("photos encrypted:");
    let sealed = photos.seal_all(|done| line.show(done, all.max(done))).await?;
    line.end();
    let folders = photos.delete_erased().await?;
    let (number, damaged) = (sealed.photos, sealed.damaged);
    if number > 0 {
        let entry = noted::entry(Act::PhotosSealed);
        note_apart(store, &entry.detail(format!("{number} photos, {damaged} are damaged")))?;
    }
    println!("{number} photos were encrypted; {folders} folders that were left are deleted");
    if damaged > 0 {
        println!("{damaged} photos are damaged and lie where they lay: `photos check` names them");
    }
    Ok(damaged)
}

async fn check(store: &Store, photos: &Photos) -> Result<usize, Failure> {
    let all = counted(store.read(stored::count)?);
    let mut line = Line::new("photos read:");
    let by = Operator::at_the_command_line();
    let checked = photos.check(by, |done| line.show(done, all.max(done))).await?;
    line.end();
    for (area, photo) in &checked.damaged {
        println!("{area} {photo}: altered or not there");
    }
    let (number, damaged) = (checked.photos, checked.damaged.len());
    println!("{number} photos were read, {damaged} are damaged");
    Ok(damaged)
}

fn counted(rows: i64) -> usize {
    usize::try_from(rows).unwrap_or_default()
}
