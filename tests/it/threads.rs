//! An app calls from several threads: what people do never waits for the network, one sync runs at a
//! time, and a cancelled one ends at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use doorstep_tests::Handset;
use doorstep_tests::handset::text;
use doorstep_tests::proxy::{Proxy, Weather};
use doorstep_tests::world::{AREA, World};
use mobile_bindings::client::{
    ListFilter, ListenerError, SyncCancel, SyncListener, SyncProgress, SyncStage, SyncSummary,
};
use sync_protocol::records::Role;

#[test]
fn while_a_sync_waits_for_a_silent_server_people_read_and_write_and_cancelling_ends_it() {
    let world = World::new();
    let proxy = Proxy::before_url(&world.url);
    let phone = Handset::enrol(&world, &proxy.url, "李春梅", Role::Coordinator, AREA);
    phone.write(AREA, 1, vec![text("address", "北三路1号")]).unwrap();
    proxy.set(Weather::Silent);
    let sync = |cancel: &Arc<SyncCancel>, most: Option<u64>| {
        let (client, cancel) = (phone.shared(), Arc::clone(cancel));
        thread::spawn(move || client.sync_with(most, None, Some(cancel)).unwrap())
    };
    let (first, second) = (SyncCancel::new(), SyncCancel::new());
    let hanging = sync(&first, None);
    proxy.wait_for_silence(1);

    // It waits, and would for a minute; all of this does not.
    let client = phone.client();
    let home = client.list(ListFilter::default()).unwrap().remove(0).record;
    client.edit(home.clone(), vec![text("room", "501")]).unwrap();
    client.read(home.clone()).unwrap();
    let visit = client.start_visit(home, vec![]).unwrap().record;
    client.edit(visit, vec![text("remarks", "门铃坏了")]).unwrap();
    assert_eq!(client.drafts().unwrap().len(), 1);
    assert!(client.status_sentence(480).unwrap().en.contains("1 report and 1 other record still"));
    assert!(client.attention().unwrap().is_empty());

    // Another one waits for its turn, and can be cancelled there.
    let queued = sync(&second, Some(60_000));
    second.cancel();
    let cancelled = |summary: SyncSummary| (summary.cancelled, summary.done, summary.requests);
    assert_eq!(cancelled(queued.join().unwrap()), (true, false, 0));
    first.cancel();
    assert_eq!(cancelled(hanging.join().unwrap()), (true, false, 0));

    // A used one stays used; a new sync goes through.
    assert!(client.sync_with(None, None, Some(first)).unwrap().cancelled);
    proxy.set(Weather::Fair);
    assert!(client.sync().unwrap().done);
    assert_eq!(client.status().unwrap().on_this_phone, 0);
}

#[test]
fn a_sync_that_pauses_between_attempts_is_cancelled_at_once() {
    let mut world = World::new();
    let proxy = Proxy::before_url(&world.url);
    let phone = Handset::enrol(&world, &proxy.url, "李春梅", Role::Coordinator, AREA);
    world.stop_server();
    let cancel = SyncCancel::new();
    let (client, given) = (phone.shared(), Arc::clone(&cancel));
    let hour = 3_600_000;
    let trying = thread::spawn(move || client.sync_with(Some(hour), None, Some(given)).unwrap());
    cancel.cancel();
    assert!(trying.join().unwrap().cancelled);
}

/// How many syncs are under way, and the most that ever were.
#[derive(Default)]
struct Census {
    now: AtomicUsize,
    most: AtomicUsize,
}

struct Counter {
    census: Arc<Census>,
    begun: AtomicUsize,
}

impl SyncListener for Counter {
    fn on_progress(&self, progress: SyncProgress) -> Result<(), ListenerError> {
        if self.begun.swap(1, Ordering::SeqCst) == 0 {
            let now = self.census.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.census.most.fetch_max(now, Ordering::SeqCst);
        }
        if progress.stage == SyncStage::Ended {
            self.census.now.fetch_sub(1, Ordering::SeqCst);
        }
        Ok(())
    }
}

#[test]
fn many_threads_that_sync_at_once_sync_one_after_another() {
    let world = World::new();
    let phone = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, AREA);
    let (census, start) = (Arc::new(Census::default()), Arc::new(Barrier::new(6)));
    let threads = (0..6_u32).map(|n| {
        let (client, census) = (phone.shared(), Arc::clone(&census));
        let start = Arc::clone(&start);
        thread::spawn(move || {
            start.wait();
            for room in 0..4 {
                let code = doorstep_tests::handset::address_code(AREA, n);
                let values = vec![text("room", &room.to_string())];
                client.open_premises(Some(AREA.to_string()), code, values).unwrap();
                let counter = Counter { census: Arc::clone(&census), begun: AtomicUsize::new(0) };
                client.sync_with(None, Some(Arc::new(counter)), None).unwrap();
            }
        })
    });
    threads.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(census.most.load(Ordering::SeqCst), 1);
    phone.client().sync().unwrap();
    assert_eq!(phone.client().status().unwrap().on_this_phone, 0);
    assert_eq!(doorstep_tests::mirror::names(&world, AREA).len(), 24);
}
