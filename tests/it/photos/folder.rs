//! The photos' folder as whoever gets hold of the disk sees it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use doorstep::photos::{Objects, Photos};
use doorstep::store::catalogue;
use doorstep_tests::World;
use doorstep_tests::world::AREA;
use sync_protocol::ids::BlobId;

use super::Sender;
use crate::console::Console;

/// Where the photos lie.
pub(super) fn root(world: &World) -> PathBuf {
    world.folder().join("photos")
}

/// Every file of it, by its path.
pub(super) fn files(world: &World) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root(world)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.clone(), fs::read(path).unwrap());
            }
        }
    }
    found
}

/// Puts files back as a copy of the folder has them.
pub(super) fn put_back(files: &BTreeMap<PathBuf, Vec<u8>>) {
    for (path, bytes) in files {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// The folders of the area's photos.
pub(super) fn folders(world: &World) -> BTreeSet<PathBuf> {
    let Ok(area) = fs::read_dir(root(world).join(AREA.to_string())) else { return BTreeSet::new() };
    area.map(|entry| entry.unwrap().path()).collect()
}

/// Sends a photo, whole; answers where it lies.
pub(super) fn stored(world: &World, sender: &Sender) -> PathBuf {
    let before = folders(world);
    for number in 0..sender.bytes.len().div_ceil(super::PART) {
        assert_eq!(sender.put(number, sender.part(number)), 204);
    }
    assert_eq!(sender.complete(), 200);
    let after = folders(world);
    let mut new = after.difference(&before);
    let folder = new.next().expect("a folder of its own").clone();
    assert!(new.next().is_none());
    folder
}

/// The photos as the server has them, on the same folder.
pub(super) fn photos(world: &World) -> Photos {
    Photos::new(world.store.clone(), Objects::in_folder(&root(world)).unwrap())
}

/// Runs to its end what the server would.
pub(super) fn run<F: Future>(work: F) -> F::Output {
    actix_web::rt::System::new().block_on(work)
}

/// Changes a file.
pub(super) fn alter(file: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(file).unwrap();
    change(&mut bytes);
    fs::write(file, bytes).unwrap();
}

/// Runs a statement.
pub(super) fn sql(world: &World, statement: &str) -> usize {
    world.store.transaction(|db| catalogue::run(db, statement)).unwrap()
}

/// Whether staff see a photo's copies.
pub(super) fn seen(console: &Console, photo: BlobId) -> [u16; 2] {
    ["thumbnail", "web"].map(|copy| console.status(&format!("/v1/photos/{AREA}/{photo}/{copy}")))
}
