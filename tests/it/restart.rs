//! The server is killed and comes back: phones finish by themselves, nothing acknowledged is lost.

use doorstep_tests::world::{AREA, World};
use mobile_bindings::client::{Entry, FieldValue};
use sync_protocol::records::Role;

#[test]
fn a_phone_waits_for_a_server_that_is_down_and_finishes_when_it_is_back() {
    let mut world = World::new();
    let phone = world.phone("李春梅", Role::Coordinator, AREA);
    phone.sync().unwrap();
    world.stop_server();
    let text = |key: &str, value: &str| Entry {
        key: key.into(),
        value: FieldValue::Text { text: value.into() },
    };
    let values = vec![text("address", "北三路1号"), text("use", "rented")];
    let area = Some(AREA.to_string());
    phone.open_premises(area, "210102001001000001".into(), values).unwrap();
    let problem = phone.sync().unwrap_err();
    assert!(problem.problem().retry, "{problem:?}");
    assert_eq!(phone.status().unwrap().on_this_phone, 1);
    let waiting = std::thread::spawn({
        let phone = phone.clone();
        move || phone.sync_until_done(60_000)
    });
    world.start_server();
    waiting.join().unwrap().unwrap();
    assert_eq!(phone.status().unwrap().on_this_phone, 0);
    let other = world.phone("王建国", Role::Coordinator, AREA);
    other.sync().unwrap();
    assert_eq!(other.digest().unwrap().len(), 1);
}
