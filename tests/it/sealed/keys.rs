//! Keys are changed while everything runs.

use super::*;

#[test]
fn the_master_key_is_changed_under_a_running_server() {
    let world = World::new();
    let phone = planted(&world);
    let new = Master::new(&[9; 32]);
    world.store.transaction(|db| data_keys::change_master(db, &new)).unwrap();
    phone.write(AREA, 1, vec![text("room", "501")]).unwrap();
    assert_eq!(phone.client().sync().unwrap().rejected, 0);
    let with_new = Store::open(world.database_url(), 2).unwrap().with_master(new);
    let registers = mirror::fingerprints(&with_new, &[AREA]);
    assert_eq!(registers, mirror::fingerprints(&world.store, &[AREA]));
}

#[test]
fn data_keys_are_not_changed_while_a_server_runs_under_another_master_key() {
    let mut world = World::new();
    let phone = planted(&world);
    let with_new = put_under_another_master(&world);
    let before = keys_of(&with_new);
    let refused = [
        rotation::rotate(&with_new, NOW, |_, _| ()).map(|_| ()),
        rotation::rotate_index(&with_new, operator(), NOW, |_, _| ()).map(|_| ()),
    ];
    for refused in refused {
        let words = refused.unwrap_err().to_string();
        assert!(words.contains("another master key"), "{words}");
        assert!(words.contains(&format!("process {}", std::process::id())), "{words}");
        assert!(words.contains("nothing was changed"), "{words}");
    }
    assert_eq!(keys_of(&with_new), before);
    phone.write(AREA, 7, vec![text("room", "701")]).unwrap();
    assert_eq!(phone.client().sync().unwrap().rejected, 0);
    world.stop_server();
    world.store = with_new.clone();
    world.start_server();
    rotation::rotate(&with_new, NOW, |_, _| ()).unwrap();
    rotation::rotate_index(&with_new, operator(), NOW, |_, _| ()).unwrap();
    phone.write(AREA, 8, vec![text("room", "801")]).unwrap();
    let synced = phone.client().sync().or_else(|_| phone.client().sync()).unwrap();
    assert_eq!((synced.accepted, synced.rejected), (1, 0));
}

#[test]
fn the_master_key_is_not_changed_before_every_server_knows_the_newest_data_key() {
    let mut world = World::new();
    let phone = planted(&world);
    let elsewhere = doorstep_tests::database::open(world.database_url(), 2);
    rotation::rotate(&elsewhere, NOW, |_, _| ()).unwrap();
    let before = keys_of(&elsewhere);
    let new = Master::new(&[9; 32]);
    let change = || elsewhere.transaction(|db| data_keys::change_master(db, &new));
    let words = change().unwrap_err().to_string();
    assert!(words.contains("data key 4") && words.contains("nothing was changed"), "{words}");
    assert_eq!(keys_of(&elsewhere), before);
    world.stop_server();
    world.start_server();
    change().unwrap();
    phone.write(AREA, 7, vec![text("room", "701")]).unwrap();
    let synced = phone.client().sync().or_else(|_| phone.client().sync()).unwrap();
    assert_eq!(synced.rejected, 0);
}

#[test]
fn a_server_that_cannot_open_a_new_data_key_keeps_those_it_has_and_says_try_again() {
    let mut world = World::new();
    planted(&world);
    let phone = world.bare_phone("王建国", Role::Coordinator, AREA);
    let with_new = put_under_another_master(&world);
    // As if the server had not been seen.
    with_new.transaction(|db| data_keys::add(db, Purpose::Data, NOW)).unwrap();
    with_new.transaction(|db| record_keys::rewrap(db, 1_000)).unwrap();
    let destroyed = with_new.transaction(|db| {
        data_keys::destroy(db, 1)?;
        values::seal_anew(db)
    });
    destroyed.unwrap();
    let opened = |number: u8| {
        let record = RecordId([number; 16]);
        let change = phone.edit(
            &mut Document::genesis(Kind::Premises).unwrap(),
            &[("room", i64::from(number).to_string().as_str().into())],
        );
        phone.push_request(AREA, record, Kind::Premises, &[&change.bytes])
    };
    let packed = |request: &Request| zstd::bulk::compress(&encode(request), 3).unwrap();
    for number in [40, 41] {
        let answer = phone.post_sync(&packed(&opened(number)));
        assert_eq!((answer.status, answer.code().as_str()), (503, "busy"));
    }
    // What belongs to the district lies under the new key too.
    assert_eq!(phone.post_sync(&packed(&Request::idle("tests"))).status, 503);
    let words = world.store.transaction(|db| data_keys::add(db, Purpose::Data, NOW)).unwrap_err();
    assert!(words.is_passing() && words.to_string().contains("start it with"), "{words}");
    world.stop_server();
    world.store = with_new;
    world.start_server();
    assert_eq!(phone.post_sync(&packed(&opened(42))).status, 200);
}

#[test]
fn the_data_key_is_changed_under_a_running_server_and_the_old_one_is_gone() {
    let world = World::new();
    let phone = planted(&world);
    // Another process: the server does not hear of it.
    let elsewhere = doorstep_tests::database::open(world.database_url(), 2);
    let before = mirror::fingerprints(&elsewhere, &[AREA]);
    let rotated = rotation::rotate(&elsewhere, NOW, |_, _| ()).unwrap();
    assert!(rotated.records >= 2);
    assert_eq!(elsewhere.read(|db| data_keys::uses(db, 1)).unwrap(), 0);
    assert!(elsewhere.read(data_keys::all).unwrap().iter().all(|key| key.number != 1));
    assert_eq!(mirror::fingerprints(&elsewhere, &[AREA]), before);
    // The server knows only the old key: what it writes next makes new record keys.
    phone.write(AREA, 7, vec![text("room", "701")]).unwrap();
    let mut summary = phone.client().sync();
    if summary.is_err() {
        summary = phone.client().sync();
    }
    assert_eq!(summary.unwrap().rejected, 0);
    let all = elsewhere.read(record_keys::count).unwrap();
    assert_eq!(elsewhere.read(|db| data_keys::uses(db, rotated.key)).unwrap(), all);
    let new = Handset::enrol(&world, &world.url, "王建国", Role::Coordinator, AREA);
    assert_eq!(new.shown().len(), phone.shown().len());
}

#[test]
fn the_indexs_key_is_changed_under_a_running_server_and_everybody_is_found_all_the_while() {
    let world = World::new();
    let phone = planted(&world);
    let elsewhere = doorstep_tests::database::open(world.database_url(), 2);
    let begun = elsewhere.transaction(|db| data_keys::add(db, Purpose::Index, NOW)).unwrap();
    elsewhere.transaction(|db| blind_index::write_anew(db, &mirror::scope(AREA))).unwrap();
    // The server has heard of nothing: what it writes now is found by the first key, the rest by the
    // second.
    phone.write(AREA, 7, vec![text("owner_name", "司马相如")]).unwrap();
    phone.client().sync().unwrap();
    let uses = |key| elsewhere.read(|db| blind_index::uses(db, key)).unwrap().0;
    assert_eq!((uses(2), uses(begun)), (1, 2));
    let all_found = |world: &World| {
        assert_eq!(found(world, &[AREA], Words::Name, "欧阳"), 2);
        assert_eq!(found(world, &[AREA], Words::Name, "司马"), 1);
    };
    all_found(&world);
    let (key, left) = rotation::rotate_index(&elsewhere, operator(), NOW, |_, _| ()).unwrap();
    assert_eq!(left, []);
    assert_eq!(key, begun, "what was begun is gone on with");
    let index_keys = || {
        let keys = elsewhere.read(data_keys::all).unwrap().into_iter();
        keys.filter(|key| key.purpose == Purpose::Index).map(|key| key.number).collect::<Vec<_>>()
    };
    assert_eq!(index_keys(), [begun]);
    let (again, _) = rotation::rotate_index(&elsewhere, operator(), NOW, |_, _| ()).unwrap();
    assert_eq!((index_keys(), uses(again)), (vec![again], 3));
    // The server knows only keys that are destroyed.
    phone.write(AREA, 8, vec![text("owner_name", "公孙大娘")]).unwrap();
    if phone.client().sync().is_err() {
        phone.client().sync().unwrap();
    }
    assert_eq!(uses(again), 4);
    assert_eq!(found(&world, &[AREA], Words::Name, "公孙"), 1);
    all_found(&world);
}

#[test]
fn a_rotation_that_was_cut_short_is_finished_by_the_next() {
    let world = World::new();
    planted(&world);
    let begun = world.store.transaction(|db| data_keys::add(db, Purpose::Data, NOW)).unwrap();
    let rotated = rotation::rotate(&world.store, NOW, |_, _| ()).unwrap();
    assert_eq!(rotated.key, begun);
    // One for data, one for tokens, one for the audit trail.
    assert_eq!(world.store.read(data_keys::all).unwrap().len(), 3);
}

#[test]
fn a_data_key_and_another_master_key_at_once_leave_keys_that_one_master_key_opens() {
    let mut world = World::new();
    world.stop_server();
    let store = &world.store;
    let new = Master::new(&[9; 32]);
    let (made, is_made) = std::sync::mpsc::channel();
    let (go_on, goes_on) = std::sync::mpsc::channel();
    std::thread::scope(|threads| {
        let adding = threads.spawn(move || {
            store.transaction(|db| {
                let number = data_keys::add(db, Purpose::Data, NOW)?;
                made.send(()).unwrap();
                goes_on.recv().unwrap();
                Ok(number)
            })
        });
        is_made.recv().unwrap();
        let changing = threads.spawn(|| store.transaction(|db| data_keys::change_master(db, &new)));
        let waiting = "SELECT 1 FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while !changing.is_finished() && store.read(|db| catalogue::run(db, waiting)).unwrap() == 0
        {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        go_on.send(()).unwrap();
        adding.join().unwrap().unwrap();
        changing.join().unwrap().unwrap();
    });
    let with_new = Store::open(world.database_url(), 2).unwrap().with_master(new);
    with_new.read(data_keys::check).unwrap();
    assert_eq!(keys_of(&with_new).len(), 4);
}
