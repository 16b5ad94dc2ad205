//! A folder of before photos were sealed: sealed once, photo by photo, while phones send and staff look.

use std::fs;

use doorstep_tests::programs::program;
use doorstep_tests::world::operator;

use super::folder::{alter, files, folders, photos, put_back, root, run, seen, sql, stored};
use super::*;

/// The folder and the tables as the version before wrote them: two photos whole, one on its way.
struct Before {
    whole: [BlobId; 2],
    bytes: Vec<Vec<u8>>,
}

impl Before {
    /// The world's server is stopped for it, and stays so.
    fn new(world: &mut World, phone: &BarePhone) -> Self {
        let senders = [900, 1_500].map(|side| Sender::new(phone, pictures::jpeg(side)));
        let whole = [senders[0].name, senders[1].name];
        senders.iter().for_each(|sender| drop(stored(world, sender)));
        let console = Console::sign_in(world);
        let begun = begun(phone);
        assert_eq!(begun.put(0, begun.part(0)), 204);
        let mut open = Vec::new();
        for sender in &senders {
            open.push((sender.name, "original", sender.bytes.clone()));
            for copy in ["thumbnail", "web"] {
                let bytes = console.bytes(&format!("/v1/photos/{AREA}/{}/{copy}", sender.name));
                let name = if copy == "web" { "web.jpg" } else { "thumbnail.jpg" };
                open.push((sender.name, name, bytes));
            }
        }
        open.push((begun.name, "part-0", begun.part(0).to_vec()));
        // What a server that was killed left of its writing.
        open.push((senders[1].name, "original#1", senders[1].bytes[..90_000].to_vec()));
        world.stop_server();
        folders(world).into_iter().for_each(|folder| fs::remove_dir_all(folder).unwrap());
        for (photo, name, bytes) in &open {
            let folder = root(world).join(AREA.to_string()).join(photo.to_string());
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(name), bytes).unwrap();
        }
        sql(world, "DELETE FROM photo_keys");
        assert_eq!(sql(world, "UPDATE photos SET sealed = false"), 3);
        Self { whole, bytes: open.into_iter().map(|(_, _, bytes)| bytes).collect() }
    }

    /// Nothing lies in the open, and everything is as it was.
    fn is_sealed(&self, world: &World) {
        for (path, file) in files(world) {
            assert!(!self.bytes.contains(&file), "{}", path.display());
        }
        for folder in folders(world) {
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            assert!(name.parse::<BlobId>().is_err(), "{name} is a SHA-256");
        }
        let checked = run(photos(world).check(operator(), |_| ())).unwrap();
        assert_eq!((checked.photos, checked.damaged), (2, Vec::new()));
        assert_eq!(run(photos(world).seal_all(|_| ())).unwrap().photos, 0, "once");
    }
}

fn begun(phone: &BarePhone) -> Sender<'_> {
    Sender::new(phone, pictures::jpeg(1_600))
}

#[test]
fn it_is_sealed_while_staff_look_and_phones_go_on_where_they_were() {
    let mut world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let before = Before::new(&mut world, &phone);
    // The server begins with it by itself; here others are at it at the same time.
    world.start_server();
    let sealed = std::thread::scope(|scope| {
        let other = scope.spawn(|| run(photos(&world).seal_all(|_| ())).map(|_| ()));
        let console = Console::sign_in(&world);
        for photo in before.whole {
            assert_eq!(seen(&console, photo), [200, 200]);
            let web = console.bytes(&format!("/v1/photos/{AREA}/{photo}/web"));
            assert!(before.bytes.contains(&web), "the same copy as before");
        }
        other.join().unwrap()
    });
    sealed.unwrap();
    let begun = begun(&phone);
    let parts = begun.bytes.len().div_ceil(PART);
    let missing: Vec<usize> = (1..parts).collect();
    assert_eq!(begun.missing().1["missing"], serde_json::json!(missing));
    missing.iter().for_each(|part| assert_eq!(begun.put(*part, begun.part(*part)), 204));
    world.stop_server();
    run(photos(&world).seal_all(|_| ())).unwrap();
    run(photos(&world).delete_erased()).unwrap();
    before.is_sealed(&world);
    world.start_server();
    assert_eq!(begun.complete(), 200);
    assert_eq!(seen(&Console::sign_in(&world), begun.name), [200, 200]);
}

#[test]
fn cut_short_at_any_point_it_is_finished_by_the_next() {
    let mut world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let before = Before::new(&mut world, &phone);
    let open = files(&world);
    run(photos(&world).seal_all(|_| ())).unwrap();
    let sealed = files(&world);
    // Keys were made, and the copies of one photo alone are there.
    put_back(&open);
    sql(&world, "UPDATE photos SET sealed = false");
    for (path, _) in sealed.iter().filter(|(path, _)| path.ends_with("web")).skip(1) {
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }
    assert_eq!(run(photos(&world).seal_all(|_| ())).unwrap().photos, 3);
    before.is_sealed(&world);
    assert!(files(&world).keys().eq(sealed.keys()), "under the keys that were made first");
    // All is sealed and noted; the open files are there still.
    put_back(&open);
    let names = "SELECT area_id, encode(photo, 'hex') FROM photos";
    sql(&world, &format!("INSERT INTO discarded_photos {names}"));
    assert_eq!(run(photos(&world).delete_erased()).unwrap(), 3);
    before.is_sealed(&world);
}

#[test]
fn one_that_is_damaged_stays_where_it_lies_and_keeps_no_other() {
    let mut world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let before = Before::new(&mut world, &phone);
    let folder = root(&world).join(AREA.to_string()).join(before.whole[0].to_string());
    alter(&folder.join("original"), |file| file[500] ^= 1);
    let done = run(photos(&world).seal_all(|_| ())).unwrap();
    assert_eq!((done.photos, done.damaged), (2, 1));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 3, "nothing of it is thrown away");
    world.start_server();
    let console = Console::sign_in(&world);
    assert_eq!(seen(&console, before.whole[0]), [500, 500]);
    assert_eq!(seen(&console, before.whole[1]), [200, 200]);
    // Its file comes back from a backup.
    alter(&folder.join("original"), |file| file[500] ^= 1);
    assert_eq!(seen(&console, before.whole[0]), [200, 200]);
    before.is_sealed(&world);
}

#[test]
fn one_that_cannot_be_read_at_all_keeps_no_other() {
    let mut world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let before = Before::new(&mut world, &phone);
    let folder = root(&world).join(AREA.to_string()).join(before.whole[0].to_string());
    // The file system has no folder there, but a file.
    let aside = world.folder().join("aside");
    fs::rename(&folder, &aside).unwrap();
    fs::write(&folder, b"lost").unwrap();
    let mut heard = 0;
    run(photos(&world).seal_all(|_| heard += 1)).unwrap_err();
    assert_eq!((heard, sql(&world, "SELECT FROM photos WHERE sealed")), (3, 2));
    fs::remove_file(&folder).unwrap();
    fs::rename(&aside, &folder).unwrap();
    assert_eq!(run(photos(&world).seal_all(|_| ())).unwrap().photos, 1);
    before.is_sealed(&world);
}

#[test]
fn one_whose_key_does_not_open_keeps_no_other_from_the_new_data_key() {
    let mut world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let before = Before::new(&mut world, &phone);
    run(photos(&world).seal_all(|_| ())).unwrap();
    let alter =
        "UPDATE photo_keys SET wrapped = set_byte(wrapped, 20, 255 - get_byte(wrapped, 20))";
    let first = "WHERE encode(photo, 'hex') = (SELECT min(encode(photo, 'hex')) FROM photos)";
    assert_eq!(sql(&world, &format!("{alter} {first}")), 1);
    let rotated = doorstep_tests::programs::run(&world, &["keys", "rotate"]);
    assert!(!rotated.well && rotated.err.contains("photo"), "{rotated:?}");
    assert_eq!(sql(&world, "SELECT FROM photo_keys WHERE data_key <> 1"), 2);
    sql(&world, &format!("{alter} {first}"));
    let rotated = doorstep_tests::programs::run(&world, &["keys", "rotate"]);
    assert!(rotated.well, "{rotated:?}");
    assert_eq!(sql(&world, "SELECT FROM photo_keys WHERE data_key = 1"), 0);
    before.is_sealed(&world);
}

#[test]
fn by_the_command_line_it_is_sealed_and_checked() {
    let mut world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let before = Before::new(&mut world, &phone);
    let doorstep = |arguments: &[&str]| {
        let mut command = program("doorstep");
        command.args(["--database-url", world.database_url(), "--data-folder"]);
        let ran = command.arg(world.folder()).args(arguments).output().unwrap();
        (ran.status.success(), String::from_utf8_lossy(&ran.stdout).into_owned())
    };
    let (well, said) = doorstep(&["photos", "seal"]);
    assert!(well && said.contains("3 photos were encrypted"), "{said}");
    let noted = crate::trail::all(&world.store).pop().unwrap();
    assert_eq!(
        (noted.act.as_str(), noted.detail.as_deref()),
        ("photos_sealed", Some("3 photos, 0 are damaged"))
    );
    before.is_sealed(&world);
    let (well, said) = doorstep(&["photos", "check"]);
    assert!(well && said.contains("2 photos were read, 0 are damaged"), "{said}");
    let original = files(&world).into_keys().find(|path| path.ends_with("original")).unwrap();
    alter(&original, |file| file[99] ^= 1);
    let (well, said) = doorstep(&["photos", "check"]);
    assert!(!well && said.contains("altered or not there"), "{said}");
    let (well, said) = doorstep(&["keys", "rotate"]);
    assert!(well && said.contains("3 photo keys lie under it"), "{said}");
}
