//! Refused requests are in the trail, whoever sent them, and a flood of them is counted.

use doorstep::store::catalogue;
use doorstep::store::trail::Kept;
use doorstep_tests::bare_phone::agent;
use doorstep_tests::world::{AREA, OTHER_AREA, World};
use sync_protocol::document::Document;
use sync_protocol::ids::{PushId, RecordId};
use sync_protocol::records::{Kind, Role};
use sync_protocol::wire::encode;

use super::all;
use crate::console::Console;

fn refused(world: &World) -> Vec<Kept> {
    all(&world.store).into_iter().filter(|kept| kept.outcome != "done").collect()
}

#[test]
fn who_is_refused_is_noted_with_what_they_tried_from_where_and_why() {
    let world = World::new();
    let sent = agent().get(format!("{}/v1/reports", world.url)).call().unwrap();
    assert_eq!(sent.status().as_u16(), 401);
    let request = sent.headers()["x-request-id"].to_str().unwrap().to_owned();
    let nobody = refused(&world).remove(0);
    assert_eq!((nobody.actor.as_str(), nobody.outcome.as_str()), ("nobody", "credentials_missing"));
    assert_eq!(nobody.detail.as_deref(), Some("GET /v1/reports"));
    assert_eq!(nobody.address.as_deref(), Some("127.0.0.1"));
    assert_eq!(nobody.request.unwrap().simple().to_string(), request);

    let console = Console::sign_in(&world);
    let record = "0".repeat(32);
    assert_eq!(console.status(&format!("/v1/reports/{AREA}/{record}")), 404);
    assert_eq!(console.status(&format!("/v1/reports/999999999999/{record}")), 404);
    let refused = refused(&world);
    let staff: Vec<&Kept> = refused.iter().filter(|k| k.actor.starts_with("staff:")).collect();
    let areas: Vec<_> = staff.iter().map(|kept| kept.area.unwrap().0).collect();
    assert_eq!(areas, [AREA.0, 999_999_999_999]);
    for kept in staff {
        assert_eq!((kept.act.as_str(), kept.outcome.as_str()), ("report_read", "not_found"));
        assert_eq!(kept.record.unwrap().to_string(), record);
    }
}

#[test]
fn a_wrong_password_and_a_phone_outside_its_area_are_noted() {
    let world = World::new();
    assert!(Console::try_sign_in(&world.url, "admin", "a wrong password").is_err());
    let kept = refused(&world).remove(0);
    assert_eq!((kept.act.as_str(), kept.outcome.as_str()), ("sign_in", "credentials_wrong"));
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let photo = "0".repeat(64);
    let path = format!("{}/v1/photos/{OTHER_AREA}/{photo}/parts?size=10", world.url);
    let token = format!("Bearer {}", phone.token);
    let sent = agent().get(path).header("authorization", token).call().unwrap();
    assert_eq!(sent.status().as_u16(), 404);
    let kept = refused(&world).pop().unwrap();
    assert!(kept.actor.starts_with("device:"), "{}", kept.actor);
    assert_eq!(kept.area, Some(OTHER_AREA));
}

#[test]
fn a_push_that_somebody_else_signed_is_noted() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let mut home = Document::genesis(Kind::Premises).unwrap();
    let change = phone.edit(&mut home, &[("use", "shop".into())]).bytes;
    let mut push = phone.push_request(AREA, RecordId([9; 16]), Kind::Premises, &[&change]);
    push.push_id = Some(PushId([9; 16]));
    let body = zstd::bulk::compress(&encode(&push), 3).unwrap();
    assert_eq!(phone.post_sync(&body).code(), "signature_wrong");
    let kept = refused(&world).pop().unwrap();
    assert_eq!((kept.act.as_str(), kept.outcome.as_str()), ("request", "signature_wrong"));
    assert_eq!(kept.actor, format!("device:{}", phone.device));
}

#[test]
fn a_flood_is_counted_and_what_was_counted_is_written_when_the_server_stops() {
    let mut world = World::new();
    for _ in 0..100 {
        let sent = agent().get(format!("{}/v1/areas", world.url)).call().unwrap();
        assert_eq!(sent.status().as_u16(), 401);
    }
    world.stop_server();
    let refused = refused(&world);
    // The minute may have ended in between, so there may be two of each.
    assert!((2..=4).contains(&refused.len()), "{} entries", refused.len());
    assert_eq!(refused.iter().map(|kept| kept.times).sum::<u64>(), 100);
}

#[test]
fn an_address_that_is_none_of_ours_is_not_noted() {
    let world = World::new();
    for path in ["/wp-login.php", "/v1/nothing", "/assets/none.js"] {
        let sent = agent().get(format!("{}{path}", world.url)).call().unwrap();
        assert_eq!(sent.status().as_u16(), 404);
    }
    assert!(refused(&world).is_empty());
}

#[test]
fn a_trail_that_cannot_be_written_changes_no_answer_and_is_caught_up_with() {
    let mut world = World::new();
    let run = |sql: &str| world.store.transaction(|db| catalogue::run(db, sql)).unwrap();
    run("ALTER TABLE trail RENAME TO trail_away");
    let sent = agent().get(format!("{}/v1/areas", world.url)).call().unwrap();
    assert_eq!(sent.status().as_u16(), 401);
    run("ALTER TABLE trail_away RENAME TO trail");
    world.stop_server();
    assert_eq!(refused(&world).len(), 1);
}
