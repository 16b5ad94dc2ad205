//! What a bundle holds, opened with the district's key.

use sync_protocol::keys::{DeviceKey, change_name, push_statement, verify};
use sync_protocol::records::Role;
use sync_protocol::rescue::Opener;
use sync_protocol::wire::{Outcome, Words};

use super::*;
use crate::testing::server::FakeServer;
use crate::testing::{Log, Phone, district_key, entries};

fn parts_of(file: &[u8]) -> Vec<Part> {
    let key = DeviceKey::from_seed([7; 32]).public();
    let mut opener = Opener::new(district_key());
    opener.feed(file);
    opener.end();
    let mut parts = Vec::new();
    while let Some(frame) = opener.next().unwrap() {
        parts.push(frame.part(&key).expect("the device signed it"));
    }
    assert!(!opener.is_damaged());
    parts
}

fn exported(phone: &Phone) -> (Rescued, Vec<Part>) {
    let path = phone.folder.path().join("bundle.rescue");
    let rescued = write(&phone.client.store, &path, None, 5).unwrap();
    let file = std::fs::read(&path).unwrap();
    assert_eq!(rescued.bytes, file.len() as u64);
    assert!(!unfinished(&path).exists());
    (rescued, parts_of(&file))
}

fn picture(bytes: usize) -> Vec<u8> {
    let mut picture = vec![0xff, 0xd8, 0xff];
    picture.resize(bytes, 3);
    picture
}

#[test]
fn everything_without_an_answer_is_in_it_signed_as_a_push_and_nothing_changes_here() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    Log::default().take(&phone);
    phone.client.edit(home.clone(), entries(&[("room", "1")])).unwrap();
    phone.push().unwrap();
    let visit = phone.client.visit(home, entries(&[("outcome", "vacant")]), true).unwrap();
    let bytes = picture(PART_BYTES + 100);
    phone.client.photo(visit.record, bytes.clone(), None, None).unwrap();
    let before = serde_json::to_value(phone.client.status().unwrap()).unwrap();

    let (rescued, parts) = exported(&phone);
    assert_eq!((rescued.changes, rescued.photos), (3, 1));
    assert!(matches!(&parts[0], Part::Opening { changes: 3, photos: 1, made_at: 5, .. }));
    let Part::Push { push_id, push, signature } = &parts[1] else { panic!("no push") };
    let names: Vec<_> =
        push.iter().flat_map(|of| of.changes.iter().map(|c| change_name(c))).collect();
    assert_eq!(names.len(), 3);
    let statement = push_statement(phone.device, *push_id, &names);
    assert!(verify(&DeviceKey::from_seed([7; 32]).public(), &statement, signature));
    let photo: Vec<u8> = parts[2..4]
        .iter()
        .flat_map(|part| match part {
            Part::Photo { bytes, .. } => bytes.0.clone(),
            other => panic!("no photo: {other:?}"),
        })
        .collect();
    assert!(photo == bytes);
    assert_eq!(parts[4..], [Part::Closing]);
    assert_eq!(serde_json::to_value(phone.client.status().unwrap()).unwrap(), before);
    assert_ne!(phone.push().unwrap().id, *push_id, "what was being sent keeps its own name");
}

#[test]
fn refused_and_held_work_is_in_it_and_a_phone_with_nothing_left_says_so() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    phone.open_home(&[("address", "A")]);
    let other = phone.client.open_premises(None, "X-2".to_owned(), entries(&[("address", "B")]));
    other.unwrap();
    let push = phone.push().unwrap();
    let words = Words { zh: "字".to_owned(), en: "words".to_owned() };
    let refused = Outcome::Rejected { code: "area_forbidden".to_owned(), field: None, words };
    let held = Outcome::Held { missing: vec![sync_protocol::ids::ChangeHash([1; 32])] };
    let mut answer = Log::default().answer(&phone, 0);
    answer.areas.clear();
    answer.verdicts = vec![refused, held];
    phone.apply(&answer, Some(&push)).unwrap();
    assert_eq!(exported(&phone).0.changes, 2);

    let fresh = Phone::new(2, &[Role::Coordinator]);
    let (rescued, parts) = exported(&fresh);
    assert_eq!((rescued.changes, rescued.photos, parts.len()), (0, 0, 2));
}

#[test]
fn thousands_of_changes_are_several_pushes_in_the_order_they_were_made() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let total = limits::CHANGES + 20;
    for n in 1..total {
        phone.client.edit(home.clone(), entries(&[("room", &n.to_string())])).unwrap();
    }
    let (rescued, parts) = exported(&phone);
    assert_eq!(rescued.changes, total as u64);
    let pushes: Vec<Vec<_>> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Push { push, .. } => Some(
                push.iter().flat_map(|of| of.changes.clone()).map(|c| change_name(&c)).collect(),
            ),
            _ => None,
        })
        .collect();
    assert_eq!(pushes.iter().map(Vec::len).collect::<Vec<_>>(), [limits::CHANGES, 20]);
    let made =
        phone.client.store.read(|c| changes::unaccepted_after(c, None, usize::MAX, usize::MAX));
    let made: Vec<_> = made.unwrap().iter().map(|change| change.hash).collect();
    assert_eq!(pushes.concat(), made);
}

#[test]
fn a_phone_without_the_districts_key_or_without_a_district_says_what_to_do() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    phone.open_home(&[("address", "A")]);
    let path = phone.folder.path().join("bundle.rescue").display().to_string();
    let forget = |c: &crate::store::Transaction<'_>| -> Result<(), StoreError> {
        c.execute("UPDATE device SET rescue_key = NULL", ())?;
        Ok(())
    };
    phone.client.store.write(forget).unwrap();
    phone.speak_to("http://127.0.0.1:1");
    let problem = phone.client.rescue(path.clone()).unwrap_err().problem().clone();
    assert_eq!(problem.code, "rescue_key_missing");
    // Signed out: the key is to be had all the same.
    FakeServer::start(&phone);
    assert_eq!(phone.client.rescue(path.clone()).unwrap().changes, 1);
    phone.speak_to("http://127.0.0.1:1");
    // The next answer brings it for good.
    let mut answer = Log::default().answer(&phone, 0);
    answer.rescue_key = Some(district_key().public().to_vec().into());
    phone.apply(&answer, None).unwrap();
    assert_eq!(phone.client.rescue(path.clone()).unwrap().changes, 1);

    let bare = crate::client::FieldClient::open(format!("{path}.store"), vec![9; 32]).unwrap();
    assert_eq!(bare.rescue(path).unwrap_err().problem().code, "not_enrolled");
}

#[test]
fn where_no_file_can_be_written_there_is_none_and_the_old_one_stays() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    phone.open_home(&[("address", "A")]);
    let nowhere = phone.folder.path().join("no such folder").join("bundle");
    let problem = phone.client.rescue(nowhere.display().to_string()).unwrap_err().problem().clone();
    assert_eq!((problem.code.as_str(), problem.retry), ("file_failed", true));

    let path = phone.folder.path().join("bundle");
    std::fs::write(&path, b"an older bundle").unwrap();
    // Something stands where the file is written until it is whole.
    std::fs::create_dir(unfinished(&path)).unwrap();
    let problem = phone.client.rescue(path.display().to_string()).unwrap_err().problem().clone();
    assert_eq!(problem.code, "file_failed");
    assert_eq!(std::fs::read(&path).unwrap(), b"an older bundle");
}

#[test]
fn nothing_that_was_written_can_be_read_in_the_file() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    phone.open_home(&[("address", "北三路2号"), ("notes", "a secret note")]);
    let path = phone.folder.path().join("bundle");
    phone.client.rescue(path.display().to_string()).unwrap();
    let file = std::fs::read(&path).unwrap();
    for text in ["北三路2号", "a secret note", "Worker 1"] {
        assert!(!file.windows(text.len()).any(|window| window == text.as_bytes()), "{text}");
    }
}
