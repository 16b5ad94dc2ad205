//! The runbook of a restore, with phones: what was acknowledged after the backup comes back.

use doorstep::auth::AreaScope;
use doorstep::integrity::{compare, heads, verify};
use doorstep::store::{area_log, records};
use doorstep_tests::world::{AREA, NOW, World, operator};
use mobile_bindings::client::{Entry, FieldClient, FieldValue};
use sync_protocol::records::Role;

fn scope() -> AreaScope {
    operator().area(AREA)
}

fn open_home(phone: &FieldClient, number: u32) {
    let text = |key: &str, value: &str| Entry {
        key: key.into(),
        value: FieldValue::Text { text: value.into() },
    };
    let values = vec![text("address", &format!("北三路{number}号")), text("use", "rented")];
    let code = format!("210102001001{number:09}");
    phone.open_premises(Some(AREA.to_string()), code, values).unwrap();
}

fn digests(phone: &FieldClient) -> Vec<(String, String)> {
    phone.digest().unwrap().into_iter().map(|line| (line.record, line.digest)).collect()
}

fn on_server(world: &World) -> Vec<(String, String)> {
    let all = world.store.read(|db| records::all(db, &scope())).unwrap();
    let line = |(record, stored): &(sync_protocol::ids::RecordId, records::StoredRegisters)| {
        (record.to_string(), stored.registers.digest().to_string())
    };
    all.iter().map(line).collect()
}

#[test]
fn server_restored_what_phones_were_acknowledged_for_after_the_backup_comes_back() {
    let mut world = World::new();
    let li = world.phone("李春梅", Role::Coordinator, AREA);
    let wang = world.phone("王建国", Role::Coordinator, AREA);
    li.sync().unwrap();
    wang.sync().unwrap();
    open_home(&li, 1);
    open_home(&wang, 2);
    for phone in [&li, &wang, &li] {
        phone.sync().unwrap();
    }
    let backup = world.copy_database();
    open_home(&li, 3);
    open_home(&wang, 4);
    for phone in [&li, &wang, &li] {
        phone.sync().unwrap();
    }
    let before = on_server(&world);
    assert_eq!((before.len(), digests(&li)), (4, before.clone()));
    let exported = heads::export(&world.store, operator(), NOW).unwrap();

    world.restore(backup);
    let compared = world.store.read(|db| Ok(compare::compare(db, operator(), &exported)));
    let compared = compared.unwrap().unwrap();
    let lost = compared.iter().filter(|compared| !compared.standing.is_whole());
    assert_eq!(lost.count(), 1);
    world.store.transaction(|db| compare::begin_anew(db, operator(), &compared, false)).unwrap();
    world.start_server();
    assert_eq!(on_server(&world).len(), 2);
    for _ in 0..3 {
        for phone in [&wang, &li] {
            phone.sync_until_done(60_000).unwrap();
        }
    }
    assert_eq!(on_server(&world), before);
    assert_eq!((digests(&li), digests(&wang)), (before.clone(), before));
    let checked = verify::area(&world.store, operator(), AREA, |_, _| ()).unwrap();
    assert_eq!(checked.finding, None);
    let heads = world.store.read(|db| area_log::heads(db, &[scope()])).unwrap();
    assert_eq!(heads[&AREA].epoch, 2);
}

/// Heads know nothing of what came after them: the log looks whole, grows past the places that phones
/// remember, and only a new life of the area makes them look again.
#[test]
fn what_came_after_the_export_and_the_backup_is_mended_when_every_area_is_fetched_anew() {
    let mut world = World::new();
    let li = world.phone("李春梅", Role::Coordinator, AREA);
    let wang = world.phone("王建国", Role::Coordinator, AREA);
    let zhao = world.phone("赵敏", Role::Coordinator, AREA);
    for phone in [&li, &wang, &zhao] {
        phone.sync().unwrap();
    }
    let exported = heads::export(&world.store, operator(), NOW).unwrap();
    let backup = world.copy_database();
    open_home(&li, 1);
    for phone in [&li, &wang] {
        phone.sync().unwrap();
    }
    world.restore(backup);
    let compared = world.store.read(|db| Ok(compare::compare(db, operator(), &exported)));
    let compared = compared.unwrap().unwrap();
    assert!(compared.iter().all(|compared| compared.standing.is_whole()));
    world.store.transaction(|db| compare::begin_anew(db, operator(), &compared, true)).unwrap();
    world.start_server();
    open_home(&zhao, 2);
    open_home(&zhao, 3);
    for phone in [&zhao, &wang, &li, &wang, &zhao, &li] {
        phone.sync_until_done(60_000).unwrap();
    }
    let all = on_server(&world);
    assert_eq!(all.len(), 3);
    for phone in [&li, &wang, &zhao] {
        assert_eq!(digests(phone), all);
    }
}
