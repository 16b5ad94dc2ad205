//! Real phones over a bad network: killed, unheard, put back, sent away.

use doorstep::store::{catalogue, people, quarantine};
use doorstep_tests::handset::{number, text};
use doorstep_tests::proxy::{Proxy, Weather};
use doorstep_tests::world::{AREA, World};
use doorstep_tests::{Handset, mirror, pictures};
use mobile_bindings::client::AttentionKind;
use sync_protocol::document::change::Action;
use sync_protocol::judge;
use sync_protocol::records::{Role, Value};

/// A phone behind a network, and another one that has a good one.
struct Scene {
    world: World,
    proxy: Proxy,
    phone: Handset,
    reader: Handset,
}

impl Scene {
    fn new() -> Self {
        let world = World::new();
        let proxy = Proxy::before_url(&world.url);
        let phone = Handset::enrol(&world, &proxy.url, "李春梅", Role::Coordinator, AREA);
        let reader = Handset::enrol(&world, &world.url, "王建国", Role::Coordinator, AREA);
        Self { world, proxy, phone, reader }
    }

    /// The phone syncs in this weather, and it does not come through.
    fn sync_in_vain(&self, weather: Weather) {
        self.proxy.set(weather);
        assert!(self.phone.client().sync().is_err());
        self.proxy.set(Weather::Fair);
    }

    /// Both sync; then all hold the same, and exactly these changes are in the log.
    fn all_agree(&self, changes: &[String]) {
        for phone in [&self.phone, &self.reader, &self.phone] {
            phone.client().sync_until_done(60_000).unwrap();
        }
        let mut logged = mirror::names(&self.world, AREA);
        let mut written = changes.to_vec();
        logged.sort();
        written.sort();
        assert_eq!(logged, written);
        for phone in [&self.phone, &self.reader] {
            assert_eq!(phone.digests(), mirror::digests(&self.world, AREA));
            assert_eq!(phone.shown(), mirror::shown(&self.world, AREA));
            assert_eq!(phone.client().status().unwrap().on_this_phone, 0);
        }
    }
}

#[test]
fn killed_between_outbox_insert_and_status_update_the_push_is_repeated_and_logged_once() {
    let mut scene = Scene::new();
    let first = scene.phone.write(AREA, 1, vec![text("use", "rented")]).unwrap();
    // Killed before it was ever sent; then after the server has it and before the phone knows.
    scene.phone.restart();
    scene.sync_in_vain(Weather::AnswerLost);
    assert_eq!(mirror::names(&scene.world, AREA), std::slice::from_ref(&first));
    scene.phone.restart();
    assert_eq!(scene.phone.client().status().unwrap().on_this_phone, 1);
    let second = scene.phone.write(AREA, 1, vec![number("rooms", 2)]).unwrap();
    scene.all_agree(&[first, second]);
}

#[test]
fn answer_lost_after_commit_the_push_is_repeated_and_logged_once() {
    let scene = Scene::new();
    let mut changes = Vec::new();
    for (rooms, weather) in
        (1..).zip([Weather::AnswerLost, Weather::AnswerCutShort, Weather::RequestTwice])
    {
        changes.extend(scene.phone.write(AREA, 1, vec![number("rooms", rooms)]));
        scene.sync_in_vain(weather);
        assert_eq!(mirror::names(&scene.world, AREA).len(), changes.len(), "{weather:?}");
        // It does not know, goes on writing, and repeats just the push that was not answered.
        changes.extend(scene.phone.write(AREA, 1, vec![number("rooms", rooms + 10)]));
        scene.phone.client().sync().unwrap();
        assert_eq!(mirror::names(&scene.world, AREA), changes, "{weather:?}");
    }
    scene.all_agree(&changes);
}

#[test]
fn reordered_messages_a_push_that_comes_after_its_repetition_and_a_later_one_changes_nothing() {
    let scene = Scene::new();
    let first = scene.phone.write(AREA, 1, vec![number("rooms", 1)]).unwrap();
    scene.sync_in_vain(Weather::RequestDelayed);
    assert!(mirror::names(&scene.world, AREA).is_empty());
    // The repetition overtakes it, and so does what was written since.
    scene.phone.client().sync().unwrap();
    let second = scene.phone.write(AREA, 1, vec![number("rooms", 2)]).unwrap();
    scene.phone.client().sync().unwrap();
    let before = mirror::digests(&scene.world, AREA);
    assert_eq!(scene.proxy.deliver(), 1);
    assert_eq!(mirror::digests(&scene.world, AREA), before);
    scene.all_agree(&[first, second]);
}

#[test]
fn duplicate_actor_and_seq_of_a_phone_put_back_from_a_backup_loses_neither_change() {
    let mut scene = Scene::new();
    scene.phone.write(AREA, 1, vec![text("use", "rented")]).unwrap();
    scene.phone.client().sync().unwrap();
    let backup = scene.phone.backup();
    scene.phone.write(AREA, 1, vec![number("rooms", 3)]).unwrap();
    scene.phone.client().sync().unwrap();
    scene.phone.restore(&backup);
    scene.phone.write(AREA, 1, vec![number("rooms", 4)]).unwrap();
    for phone in [&scene.phone, &scene.reader, &scene.phone] {
        phone.client().sync_until_done(60_000).unwrap();
    }
    let written = mirror::log(&scene.world, AREA).into_iter().flat_map(|entry| {
        let change = judge::read(&entry.bytes, entry.kind).unwrap();
        change.operations.into_iter().filter_map(|operation| match operation.action {
            Action::Put(key, Value::Int(rooms)) if key == "rooms" => Some(rooms),
            _ => None,
        })
    });
    assert_eq!(written.collect::<Vec<_>>(), [3, 4]);
    for phone in [&scene.phone, &scene.reader] {
        assert_eq!(phone.digests(), mirror::digests(&scene.world, AREA));
    }
    // Two numbers of rooms are for a person to decide; nothing was refused.
    let attention = scene.phone.client().attention().unwrap();
    assert!(attention.iter().all(|item| item.why == AttentionKind::Clash), "{attention:?}");
}

#[test]
fn chain_mismatch_does_not_wipe_unsent_work() {
    let mut scene = Scene::new();
    let first = scene.phone.write(AREA, 1, vec![text("use", "rented")]).unwrap();
    scene.phone.client().sync().unwrap();
    scene.phone.client().sync().unwrap();
    // The log is of the same length and says something else now: one that was restored and written
    // on, as far as the phone can tell.
    for sql in [
        format!("UPDATE area_log SET chain = sha256(chain) WHERE area_id = {AREA}"),
        format!("UPDATE changes SET chain = sha256(chain) WHERE area_id = {AREA}"),
    ] {
        assert_eq!(scene.world.store.transaction(|db| catalogue::run(db, &sql)).unwrap(), 1);
    }
    let second = scene.phone.write(AREA, 1, vec![number("rooms", 2)]).unwrap();
    let third = scene.phone.write(AREA, 2, vec![number("rooms", 5)]).unwrap();
    let shown = scene.phone.shown();
    // It is kept while nothing comes through, and when it does.
    scene.sync_in_vain(Weather::AnswerLost);
    assert_eq!(scene.phone.shown(), shown);
    scene.phone.restart();
    assert_eq!(scene.phone.client().status().unwrap().on_this_phone, 2);
    scene.all_agree(&[first, second, third]);
    assert_eq!(scene.phone.shown(), shown);
}

#[test]
fn revoked_with_work_pending_the_work_lies_in_quarantine_before_the_phone_lets_go() {
    let world = World::new();
    let proxy = Proxy::before_url(&world.url);
    let person = world.person("李春梅", Role::Coordinator, AREA);
    let phone = Handset::enrol_as(&world, &proxy.url, person);
    phone.write(AREA, 1, vec![text("use", "rented")]).unwrap();
    phone.client().sync().unwrap();
    let unsent = phone.write(AREA, 1, vec![number("rooms", 2)]).unwrap();
    let revoked = world.store.transaction(|db| people::revoke(db, person, AREA, Role::Coordinator));
    revoked.unwrap();
    // Told and not told: nothing goes while the work is unsent.
    proxy.set(Weather::RequestLost);
    assert!(phone.client().sync().is_err());
    assert_eq!(phone.client().status().unwrap().on_this_phone, 1);
    proxy.set(Weather::Fair);
    phone.client().sync_until_done(60_000).unwrap();
    let kept = world.store.read(|db| quarantine::undecided(db, &[mirror::scope(AREA)], 10));
    let kept = kept.unwrap();
    assert_eq!(kept.iter().map(|kept| kept.hash.to_string()).collect::<Vec<_>>(), [unsent]);
    assert!(phone.digests().is_empty());
    let attention = phone.client().attention().unwrap();
    assert_eq!(
        attention.iter().map(|item| item.why).collect::<Vec<_>>(),
        [AttentionKind::AreaGone]
    );
    assert_eq!(mirror::names(&world, AREA).len(), 1);
}

#[test]
fn failed_upload_retried_goes_on_where_it_broke_off() {
    let mut scene = Scene::new();
    scene.phone.write(AREA, 1, vec![text("address", "北三路1号"), text("use", "rented")]).unwrap();
    let home = scene.phone.digests().remove(0).0;
    let phone = scene.phone.client();
    let visit = phone.visit(home, vec![text("outcome", "vacant")], true).unwrap().record;
    phone.photo(visit, pictures::jpeg(1_500), None, None).unwrap();
    for weather in [Weather::RequestLost, Weather::AnswerLost, Weather::AnswerCutShort] {
        scene.sync_in_vain(weather);
        scene.phone.restart();
        assert_eq!(scene.phone.client().status().unwrap().photos_here, 1, "{weather:?}");
    }
    let summary = scene.phone.client().sync_until_done(60_000).unwrap();
    assert_eq!((summary.done, summary.photos_stored), (true, 1));
    assert_eq!(scene.phone.client().status().unwrap().photos_here, 0);
}
