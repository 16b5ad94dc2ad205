//! What a photo costs the server: taking it in, beside writing and hashing the same bytes to the same
//! disk; sealing and opening alone; and how much of taking in is sealing.

use std::fs::File;
use std::io::Write as _;
use std::time::Instant;

use actix_web::rt::System;
use doorstep::auth::AreaScope;
use doorstep::photos::{Objects, PART_BYTES, Part, Photos, Seal};
use doorstep::store::photo_keys;
use doorstep::vault::What;
use doorstep_tests::world::{NOW, operator};
use sha2::{Digest, Sha256};
use sync_protocol::ids::{BlobId, DeviceId};
use tempfile::TempDir;

use crate::district::District;
use crate::{RUNS, figure};

/// Photos in a run.
const PHOTOS: u64 = 8;

/// Bytes of each: what a phone's camera makes.
const BYTES: u64 = 4 * 1024 * 1024;

/// Measures it.
pub(crate) fn photo() {
    let planted = District::new(1);
    let scope = operator().area(planted.areas[0]);
    let folder = TempDir::new().expect("a folder");
    let objects = Objects::in_folder(folder.path()).expect("a folder");
    let photos = Photos::new(planted.store.clone(), objects);
    let system = System::new();
    let names = ["photo_mb_per_s", "photo_limit_ratio", "photo_seal_share"];
    let names = names.into_iter().chain(["photo_seal_mb_per_s", "photo_open_mb_per_s"]);
    let mut figures: Vec<(&str, Vec<f64>)> = names.map(|name| (name, Vec::new())).collect();
    for run in 0..RUNS {
        let pictures: Vec<Vec<u8>> =
            (0..PHOTOS).map(|number| noise(run as u64 * PHOTOS + number)).collect();
        let took_in = seconds(|| {
            pictures.iter().for_each(|bytes| system.block_on(take_in(&photos, scope, bytes)));
        });
        let limit = seconds(|| {
            let numbered = pictures.iter().enumerate();
            numbered.for_each(|(number, bytes)| write(&folder, number, bytes));
        });
        let key = planted
            .store
            .read(|db| photo_keys::find(db, &scope, name(&pictures[0])))
            .expect("a database")
            .expect("the photo's key");
        let seal = Seal::new(planted.areas[0], name(&pictures[0]), key.key);
        let sealed =
            |bytes: &Vec<u8>| -> Vec<Vec<u8>> { seal.seal(What::PhotoOriginal, bytes).collect() };
        let sealing = seconds(|| pictures.iter().for_each(|bytes| drop(sealed(bytes))));
        let files: Vec<Vec<u8>> = pictures.iter().map(|bytes| sealed(bytes).concat()).collect();
        let opening = seconds(|| {
            for file in &files {
                assert!(seal.open(What::PhotoOriginal, file).is_ok());
            }
        });
        let mb = (PHOTOS * BYTES) as f64 / 1e6;
        // Each byte is sealed as one of a part, opened, and sealed as one of the whole.
        let share = (2.0 * sealing + opening) / took_in;
        let told = [mb / took_in, limit / took_in, share, mb / sealing, mb / opening];
        figures.iter_mut().zip(told).for_each(|((_, values), value)| values.push(value));
    }
    for (name, values) in figures {
        figure::tell(name, if name.ends_with("per_s") { "MB/s" } else { "ratio" }, values);
    }
}

/// Takes a photo in as the server does: no picture, so that no copies are made.
async fn take_in(photos: &Photos, scope: AreaScope, bytes: &[u8]) {
    let (photo, size) = (name(bytes), bytes.len() as u64);
    let parts = bytes.chunks(usize::try_from(PART_BYTES).expect("a part's bytes"));
    for (number, part) in (0u32..).zip(parts) {
        let part = Part { photo, size, number, sha256: name(part), bytes: part.to_vec() };
        photos.put_part(scope, DeviceId(1), part, NOW).await.expect("the part is taken");
    }
    photos.complete(scope, photo, size, NOW).await.expect("the photo is whole");
}

/// Writes and hashes the same bytes.
fn write(folder: &TempDir, number: usize, bytes: &[u8]) {
    let mut file = File::create(folder.path().join(format!("bare-{number}"))).expect("a file");
    file.write_all(bytes).expect("it is written");
    file.sync_all().expect("it is on the disk");
    std::hint::black_box(name(bytes));
}

fn name(bytes: &[u8]) -> BlobId {
    BlobId(Sha256::digest(bytes).into())
}

/// Bytes that nothing compresses, the same for the same number.
fn noise(number: u64) -> Vec<u8> {
    let blocks =
        (0..BYTES / 32).map(|block| Sha256::digest([number, block].map(u64::to_be_bytes).concat()));
    blocks.flatten().collect()
}

fn seconds(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64()
}
