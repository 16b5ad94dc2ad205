//! Bundles as they are made, as they are carried, and as somebody might forge them.

use super::*;
use crate::ids::{AreaId, BlobId, PushId, RecordId};
use crate::keys::DeviceKey;
use crate::records::Kind;
use crate::wire::RecordPush;
use crate::wire::rescue::Part;

fn district() -> RescueKey {
    RescueKey::from_seed([1; 32])
}

fn device() -> DeviceKey {
    DeviceKey::from_seed([2; 32])
}

fn parts() -> Vec<Part> {
    let push = RecordPush {
        area: AreaId(210_102_001_003),
        record: RecordId([3; 16]),
        kind: Kind::Visit,
        changes: vec![vec![4; 100].into()],
    };
    let photo = |number| Part::Photo {
        area: AreaId(210_102_001_003),
        photo: BlobId([5; 32]),
        size: 300,
        number,
        bytes: vec![6; 150].into(),
    };
    let opening =
        Part::Opening { schema: 1, app: "tests".to_owned(), made_at: 9, changes: 1, photos: 1 };
    let push =
        Part::Push { push_id: PushId([7; 16]), push: vec![push], signature: vec![8; 64].into() };
    vec![opening, push, photo(0), photo(1), Part::Closing]
}

/// The bundle, and where each frame of it begins.
fn bundle_for(public: &[u8; 32]) -> (Vec<u8>, Vec<usize>) {
    let device = device();
    let mut sealer = Sealer::new(public, DeviceId(7), &device, [9; 16]).unwrap();
    let (mut bundle, mut places) = (sealer.header().to_vec(), Vec::new());
    for (number, part) in (1_u8..).zip(&parts()) {
        places.push(bundle.len());
        bundle.extend(sealer.seal(part, [number; 32]).unwrap());
    }
    (bundle, places)
}

fn bundle() -> (Vec<u8>, Vec<usize>) {
    bundle_for(&district().public())
}

/// What opens of a file that comes in pieces, and whether anything was seen to be wrong.
fn opened(file: &[u8], piece: usize) -> Result<(Vec<Part>, bool), RescueError> {
    let mut opener = Opener::new(district());
    let mut parts = Vec::new();
    let mut take = |opener: &mut Opener| {
        while let Some(frame) = opener.next()? {
            assert_eq!(frame.device, DeviceId(7));
            parts.push(frame.part(&device().public()).unwrap());
        }
        Ok(())
    };
    for piece in file.chunks(piece) {
        opener.feed(piece);
        take(&mut opener)?;
    }
    opener.end();
    take(&mut opener)?;
    Ok((parts, opener.is_damaged()))
}

#[test]
fn a_bundle_is_read_whole_in_whatever_pieces_it_comes() {
    let (file, _) = bundle();
    for piece in [1, 7, 64, 1000, file.len()] {
        assert_eq!(opened(&file, piece).unwrap(), (parts(), false), "pieces of {piece}");
    }
}

#[test]
fn a_byte_that_is_not_what_it_was_costs_its_frame_alone() {
    let (file, places) = bundle();
    for at in HEADER..file.len() {
        let mut broken = file.clone();
        broken[at] ^= 0x5a;
        let hit = places.iter().rposition(|place| *place <= at).unwrap();
        let mut expected = parts();
        expected.remove(hit);
        assert_eq!(opened(&broken, 4096).unwrap(), (expected, true), "byte {at}");
    }
}

#[test]
fn a_header_that_is_not_what_it_was_opens_nothing_and_says_why() {
    let (file, _) = bundle();
    for at in 0..HEADER {
        let mut broken = file.clone();
        broken[at] ^= 0x5a;
        let found = opened(&broken, 4096);
        match at {
            0..16 => assert_eq!(found, Err(RescueError::NotABundle), "byte {at}"),
            16 => assert_eq!(found, Err(RescueError::Newer)),
            17..25 => assert_eq!(found, Err(RescueError::Foreign), "byte {at}"),
            _ => assert_eq!(found, Ok((Vec::new(), true)), "byte {at}"),
        }
    }
}

#[test]
fn cut_off_anywhere_what_stood_before_is_read_and_nothing_else() {
    let (file, places) = bundle();
    for end in 0..file.len() {
        let found = opened(&file[..end], 100);
        if end < HEADER {
            assert_eq!(found, Err(RescueError::NotABundle), "{end} bytes");
            continue;
        }
        let whole = places.iter().skip(1).filter(|place| **place <= end).count();
        let (read, damaged) = found.unwrap();
        assert_eq!(read, parts()[..whole], "{end} bytes");
        assert!(!read.contains(&Part::Closing));
        assert_eq!(damaged, !(places.contains(&end) || end == HEADER), "{end} bytes");
    }
}

#[test]
fn another_districts_bundle_and_other_files_are_told_apart() {
    let (foreign, _) = bundle_for(&RescueKey::from_seed([77; 32]).public());
    assert_eq!(opened(&foreign, 4096), Err(RescueError::Foreign));
    for other in [&b""[..], b"PK\x03\x04", b"doorstep rescue", &[0; 5000]] {
        assert_eq!(opened(other, 4096), Err(RescueError::NotABundle));
    }
}

#[test]
fn frames_that_were_swapped_repeated_or_taken_from_another_bundle_are_not_read() {
    let (file, places) = bundle();
    let frame = |number: usize| {
        let end = places.get(number + 1).copied().unwrap_or(file.len());
        file[places[number]..end].to_vec()
    };
    let arranged = |frames: &[usize]| {
        let frames: Vec<u8> = frames.iter().flat_map(|number| frame(*number)).collect();
        opened(&[&file[..HEADER], &frames].concat(), 4096).unwrap()
    };
    let only = |numbers: &[usize]| numbers.iter().map(|n| parts()[*n].clone()).collect::<Vec<_>>();
    assert_eq!(arranged(&[0, 1, 2, 3, 4]), (parts(), false));
    assert_eq!(arranged(&[0, 2, 1, 3, 4]), (only(&[0, 2, 3, 4]), true));
    assert_eq!(arranged(&[0, 1, 1, 2, 3, 4]), (parts(), true));
    assert_eq!(arranged(&[0, 4]), (only(&[0, 4]), true));
    // The same frames under another bundle's id.
    let device = device();
    let other = Sealer::new(&district().public(), DeviceId(7), &device, [10; 16]).unwrap();
    let moved = [other.header(), &file[HEADER..]].concat();
    assert_eq!(opened(&moved, 4096).unwrap(), (Vec::new(), true));
}

#[test]
fn what_another_key_signed_opens_and_is_not_believed() {
    let forger = DeviceKey::from_seed([66; 32]);
    let mut sealer = Sealer::new(&district().public(), DeviceId(7), &forger, [9; 16]).unwrap();
    let file = [sealer.header().to_vec(), sealer.seal(&Part::Closing, [1; 32]).unwrap()].concat();
    let mut opener = Opener::new(district());
    opener.feed(&file);
    let frame = opener.next().unwrap().unwrap();
    assert_eq!(frame.part(&device().public()), None);
    assert_eq!(frame.part(&forger.public()), Some(Part::Closing));
}

#[test]
fn a_file_of_false_marks_is_given_up_in_good_time() {
    let (file, places) = bundle();
    let mut head = file[places[0]..places[0] + HEAD].to_vec();
    head[8..12].copy_from_slice(&64_u32.to_be_bytes());
    let noise: Vec<u8> = head.iter().copied().cycle().take(1_000_000).collect();
    let (read, damaged) = opened(&[&file[..HEADER], &noise].concat(), 65_536).unwrap();
    assert_eq!((read.len(), damaged), (0, true));
}
