//! What lies in the photos' folder: nothing that tells of a picture, nothing that can be put in the place
//! of something else, and nothing that opens once its key is gone.

use std::collections::HashSet;
use std::fs;

use doorstep::rotation;
use doorstep::store::{Store, data_keys, photo_keys};
use doorstep::vault::{Master, Purpose};
use doorstep_tests::world::NOW;

use super::folder::{alter, files, folders, photos, put_back, run, seen, sql, stored};
use super::*;

/// How JPEG and PNG files begin.
const BEGINNINGS: [&[u8]; 2] = [b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1a\n"];

/// Whether a file shows any of these pictures: how one begins, or any of its lines of 32 bytes.
fn shows(file: &[u8], pictures: &[&[u8]]) -> bool {
    let lines: HashSet<&[u8]> =
        pictures.iter().flat_map(|picture| picture.chunks_exact(32)).collect();
    BEGINNINGS.iter().any(|beginning| file.starts_with(beginning))
        || file.windows(32).any(|window| lines.contains(window))
}

fn phone(world: &World) -> BarePhone {
    world.bare_phone("李春梅", Role::Coordinator, AREA)
}

#[test]
fn the_folder_shows_no_picture_and_names_none() {
    let world = World::new();
    let phone = phone(&world);
    let (whole, begun) =
        (Sender::new(&phone, pictures::jpeg(1_500)), Sender::new(&phone, pictures::jpeg(1_600)));
    stored(&world, &whole);
    assert_eq!(begun.put(1, begun.part(1)), 204);
    let console = Console::sign_in(&world);
    let copies = ["thumbnail", "web"]
        .map(|copy| console.bytes(&format!("/v1/photos/{AREA}/{}/{copy}", whole.name)));
    let known = [&whole.bytes, &begun.bytes, &copies[0], &copies[1]].map(|bytes| &bytes[..]);
    let found = |picture: &&[u8]| shows(picture, &[]) && shows(&picture[1..], &[picture]);
    assert!(known.iter().all(found), "what is looked for can be found");
    let there = files(&world);
    assert_eq!(there.len(), 4, "an original, two copies and a part");
    for (path, file) in &there {
        let path = path.display().to_string();
        assert!(!shows(file, &known), "{path}");
        assert!(![&whole, &begun].iter().any(|sent| path.contains(&sent.name.to_string())));
    }
    // The same picture in another area: nothing tells that it is the same.
    let elsewhere = world.bare_phone("陈外人", Role::Coordinator, OTHER_AREA);
    let again = Sender { area: OTHER_AREA, ..Sender::new(&elsewhere, whole.bytes.clone()) };
    for number in 0..again.bytes.len().div_ceil(PART) {
        assert_eq!(again.put(number, again.part(number)), 204);
    }
    assert_eq!(again.complete(), 200);
    let originals = files(&world).into_iter().filter(|(path, _)| path.ends_with("original"));
    let [first, second] = &originals.map(|(_, file)| file).collect::<Vec<_>>()[..] else {
        panic!()
    };
    assert_eq!(first.len(), second.len());
    assert!(!shows(first, &[second]));
}

#[test]
fn a_file_that_was_swapped_cut_altered_or_lost_is_never_taken_for_a_picture() {
    let world = World::new();
    let phone = phone(&world);
    let senders = [900, 1_500].map(|side| Sender::new(&phone, pictures::jpeg(side)));
    let [one, other] = [0, 1].map(|number| stored(&world, &senders[number]));
    let names = [senders[0].name, senders[1].name];
    let console = Console::sign_in(&world);
    let check = || run(photos(&world).check(doorstep_tests::world::operator(), |_| ())).unwrap();
    let copy = files(&world);
    let whole = |world: &World| {
        put_back(&copy);
        assert_eq!(files(world), copy);
        assert_eq!(seen(&console, names[0]), [200, 200]);
    };
    whole(&world);
    assert_eq!((check().photos, check().damaged), (2, Vec::new()));

    fs::copy(other.join("web"), one.join("web")).unwrap();
    assert_eq!(seen(&console, names[0]), [200, 500], "another photo's file");
    whole(&world);
    fs::copy(one.join("web"), one.join("thumbnail")).unwrap();
    assert_eq!(seen(&console, names[0]), [500, 200], "another file of its own");
    whole(&world);
    alter(&one.join("web"), |file| file.truncate(file.len() - 1));
    assert_eq!(seen(&console, names[0]), [200, 500], "cut");
    alter(&one.join("thumbnail"), |file| file[40] ^= 1);
    assert_eq!(seen(&console, names[0]), [500, 500], "altered");
    let path = format!("{}/v1/photos/{AREA}/{}/web", world.url, names[0]);
    let mut answer = agent().get(path).header("cookie", console.cookie()).call().unwrap();
    let said: Json = serde_json::from_reader(answer.body_mut().as_reader()).unwrap();
    assert_eq!(said["code"], "photo_damaged");
    whole(&world);
    fs::remove_file(one.join("web")).unwrap();
    assert_eq!(seen(&console, names[0]), [200, 500], "lost");
    assert_eq!(check().damaged, [(AREA, names[0])]);
    whole(&world);

    // The original of the larger one is of several pieces: in another order, or fewer of them.
    let piece = PART + doorstep::vault::SEALED_BYTES;
    alter(&other.join("original"), |file| {
        let (first, second) = file.split_at_mut(piece);
        let common = second.len().min(piece);
        first[..common].swap_with_slice(&mut second[..common]);
    });
    assert_eq!(check().damaged, [(AREA, names[1])]);
    whole(&world);
    alter(&other.join("original"), |file| file.truncate(piece));
    assert_eq!(check().damaged, [(AREA, names[1])]);
    whole(&world);
    assert_eq!(check().damaged, []);
}

#[test]
fn a_part_that_was_altered_in_the_folder_is_asked_for_again() {
    let world = World::new();
    let phone = phone(&world);
    let sender = Sender::new(&phone, pictures::jpeg(1_500));
    let parts = sender.bytes.len().div_ceil(PART);
    let send = || (0..parts).for_each(|part| assert_eq!(sender.put(part, sender.part(part)), 204));
    let folder = || folders(&world).into_iter().next().unwrap();
    send();
    alter(&folder().join("part-0"), |part| part[77] ^= 1);
    assert_eq!(sender.complete(), 422);
    assert_eq!(sender.missing().1["missing"].as_array().unwrap().len(), parts);
    send();
    fs::copy(folder().join("part-0"), folder().join("part-1")).unwrap();
    assert_eq!(sender.complete(), 422, "a part in the place of another");
    send();
    fs::remove_file(folder().join("part-1")).unwrap();
    assert_eq!(sender.complete(), 422, "a part that is not there");
    send();
    assert_eq!(sender.complete(), 200);
    assert_eq!(seen(&Console::sign_in(&world), sender.name), [200, 200]);
}

#[test]
fn killed_between_a_file_and_its_row_nothing_is_lost_and_it_goes_on() {
    let world = World::new();
    let phone = phone(&world);
    let sender = Sender::new(&phone, pictures::jpeg(1_500));
    let parts = sender.bytes.len().div_ceil(PART);
    (0..parts).for_each(|part| assert_eq!(sender.put(part, sender.part(part)), 204));
    // The file was written, its row was not.
    assert_eq!(sql(&world, "DELETE FROM photo_parts WHERE part = 0"), 1);
    assert_eq!(sender.missing().1["missing"], serde_json::json!([0]));
    assert_eq!(sender.put(0, sender.part(0)), 204);
    let copy = files(&world);
    assert_eq!(sender.complete(), 200);
    // The whole was written, its row was not; then the parts were put away and the row is there.
    put_back(&copy);
    sql(&world, "UPDATE photos SET stored_at = NULL, has_derivatives = false");
    let rows = "INSERT INTO photo_parts SELECT area_id, photo, n FROM photos, generate_series(0, ";
    sql(&world, &format!("{rows}{}) n", parts - 1));
    assert_eq!(sender.missing().1["stored"], false);
    assert_eq!(sender.complete(), 200);
    assert_eq!(seen(&Console::sign_in(&world), sender.name), [200, 200]);
    assert_eq!(files(&world).len(), 3, "the parts are put away");
}

#[test]
fn the_data_key_is_changed_while_photos_come_and_are_looked_at() {
    let world = World::new();
    let phone = phone(&world);
    let senders = [200, 1_500, 300].map(|side| Sender::new(&phone, pictures::jpeg(side)));
    let [whole, begun, new] = &senders;
    stored(&world, whole);
    assert_eq!(begun.put(0, begun.part(0)), 204);
    // Another process: the server does not hear of it.
    let elsewhere = doorstep_tests::database::open(world.database_url(), 2);
    let rotated = rotation::rotate(&elsewhere, NOW, |_, _| ()).unwrap();
    assert_eq!(rotated.photos, 2);
    assert_eq!(elsewhere.read(|db| photo_keys::uses(db, 1)).unwrap(), 0);
    let console = Console::sign_in(&world);
    assert_eq!(seen(&console, whole.name), [200, 200]);
    for part in 1..begun.bytes.len().div_ceil(PART) {
        assert_eq!(begun.put(part, begun.part(part)), 204);
    }
    assert_eq!(begun.complete(), 200);
    // The server makes the next key with the data key that is gone, is refused, and knows better then.
    let first = new.put(0, new.part(0));
    assert!(first == 204 || (first == 503 && new.put(0, new.part(0)) == 204), "{first}");
    assert_eq!(new.complete(), 200);
    let names = [whole.name, begun.name, new.name];
    assert!(names.into_iter().all(|name| seen(&console, name) == [200, 200]));
    assert_eq!(elsewhere.read(|db| photo_keys::uses(db, rotated.key)).unwrap(), 3);
    assert_eq!(elsewhere.read(photo_keys::count).unwrap(), 3);
}

#[test]
fn a_key_that_lies_under_a_data_key_keeps_it_from_being_destroyed() {
    let world = World::new();
    let phone = phone(&world);
    stored(&world, &Sender::new(&phone, pictures::jpeg(200)));
    world.store.transaction(|db| data_keys::add(db, Purpose::Data, NOW)).unwrap();
    assert_eq!(world.store.read(|db| data_keys::uses(db, 1)).unwrap(), 0, "no record has a key");
    assert!(world.store.transaction(|db| data_keys::destroy(db, 1)).is_err());
    rotation::rotate(&world.store, NOW, |_, _| ()).unwrap();
    assert!(world.store.read(data_keys::all).unwrap().iter().all(|key| key.number != 1));
}

#[test]
fn the_master_key_is_changed_and_photos_are_read_as_before() {
    let world = World::new();
    let phone = phone(&world);
    let sender = Sender::new(&phone, pictures::jpeg(200));
    stored(&world, &sender);
    let new = Master::new(&[9; 32]);
    world.store.transaction(|db| data_keys::change_master(db, &new)).unwrap();
    assert_eq!(seen(&Console::sign_in(&world), sender.name), [200, 200]);
    let scope = doorstep_tests::mirror::scope(AREA);
    let find = |store: &Store| store.read(|db| photo_keys::find(db, &scope, sender.name));
    let open = |master| Store::open(world.database_url(), 2).unwrap().with_master(master);
    assert!(find(&open(new)).unwrap().is_some());
    assert!(find(&open(Master::new(&[1; 32]))).is_err());
}
