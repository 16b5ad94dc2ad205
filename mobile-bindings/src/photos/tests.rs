//! Photos and what goes before them, as a server sees it.

use std::sync::{Arc, Mutex};

use sync_protocol::records::Role;

use crate::client::{
    ListenerError, OutboxState, Status, SyncCancel, SyncListener, SyncProgress, SyncStage,
};
use crate::testing::server::FakeServer;
use crate::testing::{Phone, entries};

const PART: usize = 512 * 1024;

fn picture(bytes: usize) -> Vec<u8> {
    let mut picture = vec![0xff, 0xd8, 0xff];
    picture.resize(bytes, u8::try_from(bytes % 251).unwrap());
    picture
}

/// A phone with a report, and photos of these many bytes.
fn phone(photos: &[usize]) -> (Phone, FakeServer, String) {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let visit = phone.client.visit(home.clone(), entries(&[("outcome", "vacant")]), false).unwrap();
    for bytes in photos {
        phone.client.photo(visit.record.clone(), picture(*bytes), None, None).unwrap();
    }
    let server = FakeServer::start(&phone);
    (phone, server, home)
}

fn status(phone: &Phone) -> Status {
    phone.client.status().unwrap()
}

#[test]
fn changes_go_before_photos_and_small_photos_before_large_ones() {
    let large = 2 * PART + 7;
    let (phone, server, _) = phone(&[large, 3000, PART]);
    assert!(phone.client.sync().unwrap().done);
    let expected = [
        "sync 5",
        "part 0 of 3000",
        "complete 3000",
        &format!("part 0 of {PART}"),
        &format!("complete {PART}"),
        &format!("part 0 of {large}"),
        &format!("part 1 of {large}"),
        &format!("part 2 of {large}"),
        &format!("complete {large}"),
    ];
    assert_eq!(server.asked(), expected);
}

#[test]
fn what_is_written_while_a_photo_is_under_way_goes_between_two_parts_and_no_part_goes_twice() {
    let large = 3 * PART;
    let (phone, server, home) = phone(&[large]);
    let client = Arc::clone(&phone.client);
    server.when(&format!("part 0 of {large}"), move || {
        client.edit(home, entries(&[("room", "5")])).unwrap();
    });
    let synced = phone.client.sync().unwrap();
    assert!(synced.done);
    let expected = [
        "sync 3",
        &format!("part 0 of {large}"),
        "sync 1",
        &format!("part 1 of {large}"),
        &format!("part 2 of {large}"),
        &format!("complete {large}"),
    ];
    assert_eq!(server.asked(), expected);
    assert_eq!((synced.accepted, synced.photos_stored), (4, 1));
}

#[test]
fn killed_between_two_parts_the_phone_goes_on_where_it_was() {
    let large = 3 * PART;
    let (phone, server, _) = phone(&[large]);
    server.fail_at(&format!("part 1 of {large}"));
    assert!(!phone.client.sync().unwrap().done);
    let item = phone.client.outbox().unwrap().pop().unwrap();
    assert_eq!((item.attempts, item.code.as_deref()), (1, Some("busy")));
    server.fail_at("");
    server.asked();
    let phone = phone.reopened();
    assert_eq!(phone.client.outbox().unwrap().pop().unwrap().attempts, 1, "it outlives the app");
    phone.client.sync_until_done(60_000).unwrap();
    let asked = server.asked();
    assert!(!asked.contains(&format!("part 0 of {large}")), "{asked:?}");
    assert_eq!(asked.last().unwrap(), &format!("complete {large}"));
    assert!(phone.client.outbox().unwrap().iter().all(|item| item.photo.is_none()));
}

#[test]
fn a_photo_that_the_server_stumbles_over_holds_no_other_up_and_is_put_off() {
    let (phone, server, _) = phone(&[3000, 5000]);
    server.fail_at("part 0 of 3000");
    let synced = phone.client.sync().unwrap();
    assert_eq!((synced.done, synced.photos_stored), (false, 1));
    let item = phone.client.outbox().unwrap().pop().unwrap();
    assert_eq!((item.bytes, item.attempts, item.changes), (3000, 1, 0));
    assert!(item.next_try_ms.unwrap() > 0);
    assert!(item.why.unwrap().en.contains("busy"));
    assert_eq!(server.asked(), ["sync 4", "part 0 of 3000", "part 0 of 5000", "complete 5000"]);
    // A person may not want to wait.
    server.fail_at("");
    assert!(phone.client.sync_with_photos().unwrap().done);
    assert_eq!(status(&phone).photos_here, 0);
}

#[test]
fn on_a_metered_network_what_was_written_goes_and_photos_wait_until_a_person_sends_them() {
    let (phone, server, _) = phone(&[3000]);
    phone.client.hints(true, false);
    for synced in [phone.client.sync().unwrap(), phone.client.sync_until_done(600_000).unwrap()] {
        assert_eq!((synced.done, synced.photos_waiting), (false, 1));
    }
    assert_eq!(server.asked(), ["sync 3", "sync 0"]);
    let why = status(&phone).photos_wait.unwrap();
    assert!(why.en.contains("costs by what goes over it") && why.zh.contains("流量"));
    let item = phone.client.outbox().unwrap().pop().unwrap();
    assert_eq!(
        (item.state, item.code.as_deref()),
        (OutboxState::Pending, Some("waits_for_network"))
    );

    let synced = phone.client.sync_with_photos().unwrap();
    assert_eq!((synced.done, synced.photos_stored), (true, 1));
}

#[test]
fn with_a_low_battery_photos_wait_and_go_by_themselves_once_it_is_charged() {
    let (phone, server, _) = phone(&[3000]);
    phone.client.hints(false, true);
    assert_eq!(phone.client.sync().unwrap().photos_waiting, 1);
    assert!(status(&phone).photos_wait.unwrap().en.contains("battery"));
    assert_eq!(server.asked(), ["sync 3"]);
    phone.client.hints(false, false);
    assert_eq!(status(&phone).photos_wait, None);
    assert!(phone.client.sync().unwrap().done);
    assert_eq!(server.asked(), ["sync 0", "part 0 of 3000", "complete 3000"]);
}

/// Keeps the last that it heard.
#[derive(Default)]
struct Last(Mutex<Option<SyncProgress>>);

impl SyncListener for Last {
    fn on_progress(&self, progress: SyncProgress) -> Result<(), ListenerError> {
        *self.0.lock().unwrap() = Some(progress);
        Ok(())
    }
}

#[test]
fn a_listener_is_not_told_of_photos_that_wait_and_of_others_once_what_overtook_them_is_through() {
    let large = 2 * PART;
    let (phone, server, home) = phone(&[3000, large]);
    let follow = || {
        let last = Arc::new(Last::default());
        let synced = phone.client.sync_with(None, Some(Arc::clone(&last) as _), None).unwrap();
        let told = last.0.lock().unwrap().clone().unwrap();
        (synced, told)
    };
    phone.client.hints(true, false);
    let (synced, told) = follow();
    assert_eq!((told.photos, told.photo_bytes, synced.photos_waiting), (0, 0, 2));

    phone.client.hints(false, false);
    let client = Arc::clone(&phone.client);
    server.when(&format!("part 0 of {large}"), move || {
        client.edit(home, entries(&[("room", "5")])).unwrap();
    });
    let (synced, told) = follow();
    assert!(synced.done && told.stage == SyncStage::Ended);
    assert_eq!((told.changes, told.accepted), (1, 1), "what was written meanwhile");
    assert_eq!((told.photos, told.photos_stored), (2, 2));
    let bytes = 3000 + large as u64;
    assert_eq!((told.photo_bytes, told.photo_bytes_sent), (bytes, bytes));
}

#[test]
fn a_sync_that_is_cancelled_within_a_photo_is_no_attempt_in_vain_and_no_part_goes_twice() {
    let large = 3 * PART;
    let (phone, server, _) = phone(&[large]);
    let cancel = SyncCancel::new();
    let other = Arc::clone(&cancel);
    server.when(&format!("part 1 of {large}"), move || other.cancel());
    let synced = phone.client.sync_with(None, None, Some(cancel)).unwrap();
    assert!(synced.cancelled && !synced.done);
    assert_eq!((synced.accepted, synced.photos_stored), (3, 0), "what was done by then stands");
    let item = phone.client.outbox().unwrap().pop().unwrap();
    assert_eq!((item.attempts, item.next_try_ms, item.code), (0, None, None));
    assert!(phone.client.sync().unwrap().done);
    let asked = server.asked();
    for part in 0..3 {
        let part = format!("part {part} of {large}");
        assert_eq!(asked.iter().filter(|asked| **asked == part).count(), 1, "{asked:?}");
    }
}

#[test]
fn a_server_that_asks_for_time_is_left_alone() {
    let (phone, server, home) = phone(&[3000]);
    server.wants_rest(600_000);
    let synced = phone.client.sync().unwrap();
    assert!(!synced.done && synced.wait_ms == 600_000);
    phone.client.edit(home, entries(&[("room", "5")])).unwrap();
    for synced in [phone.client.sync().unwrap(), phone.client.sync_with_photos().unwrap()] {
        assert_eq!((synced.requests, synced.done), (0, false));
        assert!((1..=600_000).contains(&synced.wait_ms), "{}", synced.wait_ms);
    }
    assert_eq!(server.asked(), ["sync 3"], "neither the edit nor the photo");
    assert!(phone.client.outbox().unwrap().iter().all(|item| item.next_try_ms.is_some()));
    assert!(status(&phone).photos_wait.unwrap().en.contains("left alone"));
}

#[test]
fn a_push_that_does_not_come_through_says_how_often_and_why() {
    let (phone, server, _) = phone(&[]);
    server.fail_at("sync");
    for attempts in 1..=2 {
        assert_eq!(phone.client.sync().unwrap_err().problem().code, "busy");
        let items = phone.client.outbox().unwrap();
        let item = items.iter().find(|item| item.kind == "premises").unwrap();
        assert_eq!((item.state, item.attempts), (OutboxState::Sent, attempts));
        assert_eq!(item.code.as_deref(), Some("busy"));
        assert_eq!(item.next_try_ms, None, "with the next sync");
    }
    server.fail_at("");
    phone.client.sync().unwrap();
    assert!(phone.client.outbox().unwrap().iter().all(|item| item.attempts == 0));
}
