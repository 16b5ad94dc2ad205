//! Requests that take too long: they are given up in words, and what they set going counts until it is
//! done.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use doorstep::http::Limits;
use doorstep::store::trail;
use doorstep_tests::bare_phone::agent;
use doorstep_tests::gate::Gate;
use doorstep_tests::world::{AREA, World};
use sha2::{Digest as _, Sha256};
use sync_protocol::ids::BlobId;
use sync_protocol::records::Role;

use super::{get, read, until};
use crate::console::Console;

/// So few at once, for so short a time.
fn one_at_once() -> Limits {
    let mut limits = Limits::default();
    limits.times.request = Duration::from_secs(5);
    limits.counts.requests = 1;
    limits
}

#[test]
fn a_request_that_takes_too_long_is_given_up_and_its_work_counts_until_it_is_done() {
    let world = World::with_limits(one_at_once(), true);
    let console = Console::sign_in(&world);
    let health = format!("{}/health", world.url);
    let (held, is_held) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let store = &world.store;
        // Reading what was refused is noted; somebody else holds the trail's end.
        scope.spawn(move || {
            let holding = store.transaction(|db| {
                trail::lock(db)?;
                held.send(()).unwrap();
                let _ = released.recv();
                Ok(())
            });
            holding.unwrap();
        });
        is_held.recv().unwrap();
        let asked = agent().get(format!("{}/v1/quarantine", world.url));
        let answer = asked.header("cookie", console.cookie()).call().unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap());
        assert_eq!(
            header("strict-transport-security"),
            Some("max-age=31536000; includeSubDomains")
        );
        assert_eq!(header("x-content-type-options"), Some("nosniff"));
        assert!(header("content-security-policy").is_some());
        let answer = read(answer);
        assert_eq!((answer.status, answer.code().as_str()), (503, "busy"));
        // Its one place is taken as long as its work waits for the database.
        let next = get(&health, None);
        assert_eq!((next.status, next.code().as_str()), (503, "busy"));
        release.send(()).unwrap();
        until(|| get(&health, None).status == 200);
    });
}

#[test]
fn a_photos_part_that_is_given_up_while_it_waits_for_the_database_counts_until_it_is_done() {
    let world = World::with_limits(one_at_once(), true);
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let health = format!("{}/health", world.url);
    let part = [7; 100];
    let hash = BlobId(Sha256::digest(part).into());
    let put = || {
        let url = format!("{}/v1/photos/{AREA}/{hash}/parts/0?size=100", world.url);
        let sent = agent()
            .put(url)
            .header("authorization", format!("Bearer {}", phone.token))
            .header("x-part-sha256", hash.to_string())
            .send(&part[..]);
        sent.unwrap().status().as_u16()
    };
    // Somebody else is about to begin the same photo.
    let lock = "LOCK TABLE photos IN ACCESS EXCLUSIVE MODE".to_owned();
    let gate = Gate::hold(&world.store, vec![lock]);
    assert_eq!(put(), 503);
    let next = get(&health, None);
    assert_eq!((next.status, next.code().as_str()), (503, "busy"));
    gate.open();
    until(|| get(&health, None).status == 200);
    assert_eq!(put(), 204);
}
