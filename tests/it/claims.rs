//! What a phone claims is compared with what the server has, at every step of a sync and wherever it is
//! cut off: its status never claims more than is true, and in the end no less.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use doorstep::store::photos;
use doorstep_tests::handset::{address_code, text};
use doorstep_tests::mirror::{names, scope};
use doorstep_tests::proxy::{Proxy, Weather};
use doorstep_tests::world::{AREA, World};
use doorstep_tests::{Handset, pictures};
use mobile_bindings::client::{
    FieldClient, ListenerError, Signer, Standing, SyncCancel, SyncListener, SyncProgress, SyncStage,
};
use sync_protocol::ids::BlobId;
use sync_protocol::records::Role;

/// A record that the phone wrote: its changes and photos.
#[derive(Default, Clone)]
struct Written {
    record: String,
    report: bool,
    changes: Vec<String>,
    photos: Vec<BlobId>,
}

/// All that a phone wrote, and the server that knows how far it has come.
struct Judge {
    world: World,
    written: Mutex<Vec<Written>>,
    picture: Vec<u8>,
}

impl Judge {
    fn new() -> Self {
        // More than one part, so that a photo can be half sent.
        let picture = pictures::jpeg(1_100);
        assert!(picture.len() > 512 * 1024, "{}", picture.len());
        Self { world: World::new(), written: Mutex::default(), picture }
    }

    /// A morning's work: a home, and a visit with a photo and a signature, handed in.
    fn work(&self, phone: &FieldClient) {
        let mut written = self.written.lock().unwrap();
        let n = u32::try_from(written.len()).unwrap();
        let values = vec![text("address", "北三路"), text("use", "vacant")];
        let home = phone.open_premises(Some(AREA.to_string()), address_code(AREA, n), values);
        let home = home.unwrap();
        let mut visit = Written { report: true, ..Written::default() };
        let begun = phone.start_visit(home.record.clone(), vec![]).unwrap();
        let report = begun.record.clone();
        visit.changes.extend(begun.change);
        let ended = phone.end_visit(report.clone(), "vacant".into(), vec![], true).unwrap();
        visit.changes.extend(ended.change);
        let photo = [&self.picture[..], report.as_bytes()].concat();
        let photo = phone.photo(report.clone(), photo, None, None).unwrap();
        let signature = [&pictures::jpeg(20)[..], report.as_bytes()].concat();
        let signature = phone.sign(report.clone(), Signer::Resident, signature).unwrap();
        for kept in [photo, signature] {
            visit.changes.extend(kept.edit.change);
            visit.photos.push(kept.photo.parse().unwrap());
        }
        visit.record = report;
        let changes = home.change.into_iter().collect();
        written.push(Written { record: home.record, changes, ..Written::default() });
        written.push(visit);
    }

    /// Holds everything that the phone says against what the server has.
    fn judge(&self, phone: &FieldClient, when: &str) {
        // The claim first: what arrives in between makes it no less true.
        let status = phone.status().unwrap();
        let sentence = phone.status_sentence(480).unwrap();
        let lines = phone.list(Default::default()).unwrap();
        let written = self.written.lock().unwrap().clone();
        let logged: BTreeSet<String> = names(&self.world, AREA).into_iter().collect();
        let ids: Vec<BlobId> = written.iter().flat_map(|w| w.photos.clone()).collect();
        let there = self.world.store.read(|db| photos::find_many(db, &scope(AREA), &ids)).unwrap();
        let has_photo = |id: &BlobId| there.get(id).is_some_and(|photo| photo.stored);
        let is_there = |w: &Written| {
            w.changes.iter().all(|change| logged.contains(change)) && w.photos.iter().all(has_photo)
        };
        let missing = |report: bool| {
            written.iter().filter(|w| w.report == report && !is_there(w)).count() as u64
        };
        let changes = written.iter().flat_map(|w| &w.changes);
        let unlogged = changes.filter(|change| !logged.contains(*change)).count() as u64;
        let unstored = ids.iter().filter(|id| !has_photo(id)).count() as u64;
        assert!(status.on_this_phone >= unlogged, "{when}: {status:?}");
        assert!(status.photos_here >= unstored, "{when}: {status:?}");
        assert!(status.reports_here >= missing(true), "{when}: {status:?}");
        assert!(status.others_here >= missing(false), "{when}: {status:?}");
        for line in &lines {
            let whole = written.iter().find(|w| w.record == line.record).is_none_or(is_there);
            assert!(whole || line.standing == Standing::OnPhone, "{when}: {line:?}");
        }
        let all = missing(true) + missing(false) == 0;
        assert!(all || sentence.en.contains("still here"), "{when}: {}", sentence.en);
    }

    /// In the end it claims no less than is true either.
    fn all_is_through(&self, phone: &FieldClient, when: &str) {
        self.judge(phone, when);
        let status = phone.status().unwrap();
        let here = (status.reports_here, status.others_here, status.photos_here);
        assert_eq!((here, status.on_this_phone), ((0, 0, 0), 0), "{when}");
        let reports = self.written.lock().unwrap().iter().filter(|w| w.report).count();
        assert_eq!(status.reports_merged, reports as u64, "{when}");
        assert!(status.completed_at_ms.is_some() && status.complete, "{when}");
        let sentence = phone.status_sentence(480).unwrap().en;
        assert!(sentence.starts_with("Everything from this phone is merged; last complete "));
    }
}

/// Judges at every step, and kills the sync at one of them.
struct Witness {
    judge: Arc<Judge>,
    phone: Arc<FieldClient>,
    steps: Mutex<usize>,
    kill_at: Option<(usize, Arc<SyncCancel>)>,
    seen: Mutex<Vec<SyncProgress>>,
}

impl Witness {
    fn new(judge: &Arc<Judge>, phone: Arc<FieldClient>) -> Self {
        let (steps, seen) = (Mutex::default(), Mutex::default());
        Self { judge: Arc::clone(judge), phone, steps, kill_at: None, seen }
    }
}

impl SyncListener for Witness {
    fn on_progress(&self, progress: SyncProgress) -> Result<(), ListenerError> {
        let mut steps = self.steps.lock().unwrap();
        self.judge.judge(&self.phone, &format!("at step {steps} ({:?})", progress.stage));
        if let Some((_, cancel)) = self.kill_at.as_ref().filter(|(at, _)| at == &*steps) {
            cancel.cancel();
        }
        *steps += 1;
        self.seen.lock().unwrap().push(progress);
        Ok(())
    }
}

#[test]
fn a_status_claims_no_more_than_the_server_has_wherever_the_network_fails() {
    let judge = Arc::new(Judge::new());
    let proxy = Proxy::before_url(&judge.world.url);
    let mut phone = Handset::enrol(&judge.world, &proxy.url, "李春梅", Role::Coordinator, AREA);
    for weather in [Weather::RequestLost, Weather::AnswerLost, Weather::AnswerCutShort] {
        for request in 0.. {
            let when = format!("{weather:?} from request {request}");
            judge.work(phone.client());
            judge.judge(phone.client(), &when);
            proxy.set_after(request, weather);
            let witness = Arc::new(Witness::new(&judge, phone.shared()));
            let synced = phone.client().sync_with(None, Some(witness), None);
            judge.judge(phone.client(), &when);
            phone.restart();
            judge.judge(phone.client(), &when);
            let turned = proxy.has_turned();
            proxy.set(Weather::Fair);
            phone.client().sync().unwrap();
            judge.all_is_through(phone.client(), &when);
            if !turned {
                assert!(synced.unwrap().done, "nothing failed");
                // Records, then two photos: what there is, their parts, the end of each.
                assert!(request >= 7, "{request} requests");
                break;
            }
            assert!(synced.is_err(), "{when}");
        }
    }
}

#[test]
fn a_status_claims_no_more_than_the_server_has_wherever_the_phone_is_killed() {
    let judge = Arc::new(Judge::new());
    let world = &judge.world;
    let mut phone = Handset::enrol(world, &world.url, "李春梅", Role::Coordinator, AREA);
    for step in 0.. {
        let when = format!("killed at step {step}");
        judge.work(phone.client());
        let cancel = SyncCancel::new();
        let mut witness = Witness::new(&judge, phone.shared());
        witness.kill_at = Some((step, Arc::clone(&cancel)));
        let witness = Arc::new(witness);
        let synced = phone.client().sync_with(None, Some(witness.clone()), Some(cancel)).unwrap();
        judge.judge(phone.client(), &when);
        drop(witness);
        phone.restart();
        judge.judge(phone.client(), &when);
        phone.client().sync().unwrap();
        judge.all_is_through(phone.client(), &when);
        if !synced.cancelled {
            assert!(synced.done && step >= 6, "{when}");
            break;
        }
    }
}

#[test]
fn a_listener_hears_every_step_in_counts_and_bytes() {
    let judge = Arc::new(Judge::new());
    let world = &judge.world;
    let phone = Handset::enrol(world, &world.url, "李春梅", Role::Coordinator, AREA);
    judge.work(phone.client());
    let witness = Arc::new(Witness::new(&judge, phone.shared()));
    let synced = phone.client().sync_with(None, Some(witness.clone()), None).unwrap();
    let seen = witness.seen.lock().unwrap();
    let (first, last) = (&seen[0], seen.last().unwrap());
    assert_eq!((first.changes, first.accepted, first.photos), (5, 0, 0));
    assert_eq!((last.stage, last.accepted, last.photos_stored), (SyncStage::Ended, 5, 2));
    assert_eq!(last.photo_bytes_sent, last.photo_bytes);
    assert!(last.photo_bytes > 512 * 1024 && last.bytes_sent > last.photo_bytes);
    let parts = seen.windows(2).filter(|w| w[0].photo_bytes_sent < w[1].photo_bytes_sent).count();
    assert!(parts >= 3, "a photo of two parts, and a signature: {parts}");
    assert!(seen.windows(2).all(|w| w[0].bytes_sent <= w[1].bytes_sent), "it only grows");
    assert_eq!((synced.bytes_sent, synced.done), (last.bytes_sent, true));
    assert!(synced.bytes_received > 0);
}
