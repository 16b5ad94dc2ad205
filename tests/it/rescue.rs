//! Rescue bundles: what a phone cannot send leaves it as a file, and the server takes it in as a push.

#[path = "rescue/bundles.rs"]
mod bundles;
#[path = "rescue/phones.rs"]
mod phones;
#[path = "rescue/staff.rs"]
mod staff;

use std::path::PathBuf;

use doorstep::http::Server;
use doorstep::integrity::verify;
use doorstep::photos::Objects;
use doorstep::rescue::{By, HandedIn, TakeInError};
use doorstep::store::catalogue;
use doorstep::trail::{Actor, Origin};
use doorstep_tests::handset::text;
use doorstep_tests::world::{AREA, NOW, OTHER_AREA, STREET, World, operator};
use doorstep_tests::{mirror, pictures};
use mobile_bindings::client::FieldClient;

/// A phone's work: a home with these many rooms changed, and a handed-in visit with a photo. Answers
/// the visit.
fn work(phone: &FieldClient, photo: u32) -> String {
    let area = Some(AREA.to_string());
    let values = vec![text("address", "北三路1号"), text("use", "rented")];
    let home = phone.open_premises(area, "210102001001000001".into(), values).unwrap().record;
    phone.edit(home.clone(), vec![text("notes", "门铃坏了")]).unwrap();
    let visit = phone.visit(home, vec![text("outcome", "vacant")], true).unwrap().record;
    phone.photo(visit.clone(), pictures::jpeg(photo), Some("门口".into()), None).unwrap();
    visit
}

/// The bundle that a phone writes.
fn bundle(world: &World, phone: &FieldClient) -> Vec<u8> {
    let path = world.folder().join(format!("{}.rescue", uuid::Uuid::now_v7()));
    phone.rescue(path.display().to_string()).unwrap();
    std::fs::read(path).unwrap()
}

fn photos(world: &World) -> PathBuf {
    world.folder().join("photos")
}

/// Hands a bundle in at the command line, in pieces as a disk gives them.
fn hand_in(world: &World, file: &[u8]) -> Result<HandedIn, TakeInError> {
    let objects = Objects::in_folder(&photos(world)).unwrap();
    let server = Server::new(world.store.clone(), objects).unwrap();
    let by = By::Operator(operator(), vec![STREET, AREA, OTHER_AREA]);
    actix_web::rt::System::new().block_on(async {
        let who = (Actor::Operator("tests".to_owned()), Origin::default());
        let mut intake = server.desk().take_in(by, who, NOW);
        for piece in file.chunks(100_000) {
            intake.feed(piece).await?;
        }
        intake.finish().await
    })
}

/// The code that a file is refused with as a whole.
fn refused(world: &World, file: &[u8]) -> &'static str {
    match hand_in(world, file) {
        Err(TakeInError::Refused(code)) => code.code,
        other => panic!("not refused: {other:?}"),
    }
}

fn outcomes(handed_in: &HandedIn) -> Vec<&'static str> {
    handed_in.changes.iter().map(|change| change.outcome).collect()
}

fn run(world: &World, sql: &str) -> usize {
    world.store.transaction(|db| catalogue::run(db, sql)).unwrap()
}

/// The log's chain, names and signatures hold, and it has so many changes.
fn log_holds(world: &World, changes: u64) {
    let checked = verify::area(&world.store, operator(), AREA, |_, _| ()).unwrap();
    assert_eq!((checked.finding, checked.changes), (None, changes));
}

/// The phone comes back: everything of it has an answer, and it holds what the server holds.
fn comes_back(world: &World, phone: &FieldClient) {
    phone.sync_until_done(60_000).unwrap();
    let status = phone.status().unwrap();
    assert_eq!((status.on_this_phone, status.refused, status.photos_here), (0, 0, 0));
    let digests: Vec<(String, String)> =
        phone.digest().unwrap().into_iter().map(|line| (line.record, line.digest)).collect();
    assert_eq!(digests, mirror::digests(world, AREA));
}
