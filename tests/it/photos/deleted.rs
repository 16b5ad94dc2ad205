//! Photos of erased records: their key is destroyed at once, their files as soon as that is possible.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use doorstep::http::Server;
use doorstep::photos::Objects;
use doorstep::store::photo_keys;
use doorstep_tests::Handset;
use doorstep_tests::erasing::erase;

use super::folder::{files, folders, photos, put_back, root, run, seen, sql};
use super::*;

/// A visit with photos of these sizes.
struct Visit {
    phone: Handset,
    record: String,
    names: Vec<BlobId>,
}

impl Visit {
    fn new(world: &World, sides: &[u32]) -> Self {
        let phone = Handset::enrol(world, &world.url, "李春梅", Role::Coordinator, AREA);
        let address = doorstep_tests::handset::address_code(AREA, 1);
        let home = phone.client().open_premises(None, address, Vec::new()).unwrap().record;
        let record = phone.client().start_visit(home, Vec::new()).unwrap().record;
        let pictures: Vec<Vec<u8>> = sides.iter().map(|side| pictures::jpeg(*side)).collect();
        for picture in &pictures {
            phone.client().photo(record.clone(), picture.clone(), None, None).unwrap();
        }
        phone.client().sync().unwrap();
        let name = |picture: &Vec<u8>| BlobId(Sha256::digest(picture).into());
        Self { phone, record, names: pictures.iter().map(name).collect() }
    }

    fn erase(&self, world: &World) {
        let server =
            Server::new(world.store.clone(), Objects::in_folder(&root(world)).unwrap()).unwrap();
        let now = doorstep::clock::now_ms() + 1_000;
        erase(server.engine(), &self.record, now);
    }
}

#[test]
fn an_erased_photo_cannot_be_read_from_a_copy_of_the_folder_that_is_brought_back() {
    let world = World::new();
    let visit = Visit::new(&world, &[900]);
    let name = visit.names[0];
    let console = Console::sign_in(&world);
    assert_eq!(seen(&console, name), [200, 200]);
    let copy = files(&world);
    assert_eq!(copy.len(), 3);
    visit.erase(&world);
    assert_eq!(world.store.read(photo_keys::count).unwrap(), 0, "its key is gone at once");
    assert_eq!(seen(&console, name), [404, 404]);
    assert_eq!(run(photos(&world).delete_erased()).unwrap(), 1);
    assert!(files(&world).is_empty());
    assert!(folders(&world).is_empty(), "no empty folder tells that there was one");

    put_back(&copy);
    assert_eq!(seen(&console, name), [404, 404]);
    // The same picture is sent again, and the files of before are put in the place of the new ones.
    visit.phone.client().sync().unwrap();
    let phone = world.bare_phone("王建国", Role::Coordinator, AREA);
    let again = Sender::new(&phone, pictures::jpeg(900));
    assert_eq!(again.name, name);
    let new = super::folder::stored(&world, &again);
    assert_eq!(seen(&console, name), [200, 200]);
    for (path, bytes) in &copy {
        fs::write(new.join(path.file_name().unwrap()), bytes).unwrap();
    }
    assert_eq!(seen(&console, name), [500, 500]);
}

#[test]
fn a_photo_that_is_sent_again_before_the_erased_one_is_deleted_stays() {
    let world = World::new();
    let visit = Visit::new(&world, &[900]);
    visit.erase(&world);
    let phone = world.bare_phone("王建国", Role::Coordinator, AREA);
    super::folder::stored(&world, &Sender::new(&phone, pictures::jpeg(900)));
    assert_eq!(folders(&world).len(), 2);
    assert_eq!(run(photos(&world).delete_erased()).unwrap(), 1);
    assert_eq!(seen(&Console::sign_in(&world), visit.names[0]), [200, 200]);
}

#[test]
fn what_cannot_be_deleted_is_deleted_the_next_time_and_keeps_no_other() {
    let world = World::new();
    let visit = Visit::new(&world, &[64, 80, 96]);
    let all: Vec<PathBuf> = folders(&world).into_iter().collect();
    assert_eq!(all.len(), 3);
    visit.erase(&world);
    // A name that the object store cannot read.
    let stuck = all[0].join(OsStr::from_bytes(b"\xFF"));
    fs::write(&stuck, b"").unwrap();
    assert!(run(photos(&world).delete_erased()).is_err());
    assert_eq!(folders(&world).into_iter().collect::<Vec<_>>(), all[..1], "the others are gone");
    assert!(run(photos(&world).delete_erased()).is_err(), "it stays marked");
    fs::remove_file(stuck).unwrap();
    let left = run(photos(&world).delete_erased()).unwrap();
    assert_eq!(left, 1);
    assert!(files(&world).is_empty());
    assert_eq!(run(photos(&world).delete_erased()).unwrap(), 0);
}

#[test]
fn a_photo_that_is_erased_while_it_comes_leaves_nothing_and_can_be_sent_anew() {
    let world = World::new();
    let phone = world.bare_phone("王建国", Role::Coordinator, AREA);
    let sender = Sender::new(&phone, pictures::jpeg(1_500));
    assert_eq!(sender.put(0, sender.part(0)), 204);
    // As an erasure does it, between two parts.
    sql(&world, "INSERT INTO discarded_photos SELECT area_id, folder::text FROM photo_keys");
    sql(&world, "DELETE FROM photo_parts");
    assert_eq!(sql(&world, "DELETE FROM photos"), 1);
    assert_eq!(world.store.read(photo_keys::count).unwrap(), 0);
    assert_eq!(run(photos(&world).delete_erased()).unwrap(), 1);
    assert_eq!(sender.missing().1["missing"][0], 0);
    super::folder::stored(&world, &sender);
    assert_eq!(seen(&Console::sign_in(&world), sender.name), [200, 200]);
}
