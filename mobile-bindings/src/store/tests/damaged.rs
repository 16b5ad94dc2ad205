//! Stores whose files were damaged, in every way that a file can be: none is wiped, and what can be
//! read of it comes over.

use std::fs;
use std::path::{Path, PathBuf};

use sync_protocol::ids::{ChangeHash, DeviceId};
use sync_protocol::keys::change_name;

use super::*;
use crate::client::{Attention, AttentionKind, FieldClient, ListFilter};
use crate::testing::{Log, entries};

/// Bytes of a page of SQLCipher.
const PAGE: usize = 4096;

/// A phone's day, closed: unsent homes with texts, a visit with a photo, a home that is another's.
struct Day {
    folder: tempfile::TempDir,
    changes: Vec<ChangeHash>,
}

impl Day {
    fn new() -> Self {
        let (ours, theirs) =
            (Phone::new(1, &[Role::Coordinator]), Phone::new(2, &[Role::Coordinator]));
        let mut log = Log::default();
        theirs.client.open_premises(None, code(999), entries(&[("address", "theirs")])).unwrap();
        log.take(&theirs);
        ours.apply(&log.snapshots(), None).unwrap();
        for home in 0..40 {
            let values =
                entries(&[("address", "Elm Street"), ("notes", "a rather long note of it")]);
            let home = ours.client.open_premises(None, code(home), values).unwrap().record;
            ours.client.edit(home, entries(&[("unit", "2"), ("room", "5")])).unwrap();
        }
        let home = ours.open_home(&[("address", "with a photo")]);
        let visit = ours.client.visit(home, entries(&[("outcome", "vacant")]), true).unwrap();
        let mut picture = vec![0xff, 0xd8, 0xff];
        picture.resize(50_000, 3);
        ours.client.photo(visit.record, picture, None, Some(5)).unwrap();
        ours.push().unwrap();
        let changes = pushed(&ours);
        let Phone { folder, client, .. } = ours;
        drop(client);
        Self { folder, changes }
    }

    /// The files as they were, in another folder.
    fn again(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["store", "store-proof"] {
            fs::copy(self.folder.path().join(name), folder.path().join(name)).unwrap();
        }
        folder
    }
}

fn code(number: u32) -> String {
    format!("210102001003{number:04}-0101")
}

/// The names of everything that would be pushed.
fn pushed(phone: &Phone) -> Vec<ChangeHash> {
    let next = |c: &Connection| changes::next_to_push(c, usize::MAX, usize::MAX);
    let next = phone.client.store.read(next).unwrap();
    next.iter().for_each(|change| assert_eq!(change_name(&change.bytes), change.hash));
    next.into_iter().map(|change| change.hash).collect()
}

fn open(folder: &Path) -> Result<std::sync::Arc<FieldClient>, crate::client::FieldError> {
    FieldClient::open(folder.join("store").display().to_string(), KEY.to_vec())
}

fn told(client: &FieldClient) -> Vec<Attention> {
    let mut all = client.attention().unwrap();
    all.retain(|item| item.why == AttentionKind::Damaged);
    all
}

fn lying_aside(folder: &Path) -> PathBuf {
    folder.join("store-damaged-1")
}

/// The store is opened, the damaged one lies aside as it was, and a person is told; answers the
/// phone and what it says of it.
fn set_aside(folder: tempfile::TempDir) -> (Phone, Attention) {
    let before = fs::read(folder.path().join("store")).unwrap();
    let phone = Phone::found(folder, 1);
    assert!(fs::read(lying_aside(phone.folder.path())).unwrap() == before, "it was changed");
    let mut told = told(&phone.client);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].title, "store-damaged-1");
    assert!(told[0].words.en.contains("store-damaged-1"));
    let left = fs::read_dir(phone.folder.path()).unwrap().map(|file| file.unwrap().file_name());
    let left: Vec<_> = left.map(|name| name.into_string().unwrap()).collect();
    assert!(!left.iter().any(|name| ["copy", "new", "ready"].iter().any(|of| name.ends_with(of))));
    (phone, told.remove(0))
}

#[test]
fn a_page_that_is_gone_loses_what_lay_on_it_and_nothing_else() {
    let day = Day::new();
    let whole = fs::read(day.folder.path().join("store")).unwrap();
    let pages = whole.len() / PAGE;
    let (mut noticed, mut lost_all) = (0, 0);
    for page in 1..pages {
        let folder = day.again();
        let mut bytes = whole.clone();
        bytes[page * PAGE..][..PAGE].fill(if page % 2 == 0 { 0 } else { 0x5a });
        fs::write(folder.path().join("store"), &bytes).unwrap();
        let client = open(folder.path()).unwrap();
        if told(&client).is_empty() {
            // Free, or the end of a long value: found when everything is checked.
            let later = client.store.check(i64::MAX);
            assert!(matches!(later, Err(StoreError::Damaged)), "page {page}");
            continue;
        }
        noticed += 1;
        drop(client);
        let phone = Phone::found(folder, 1);
        let told = told(&phone.client).remove(0);
        let here = pushed(&phone);
        let lost = day.changes.len() - here.len();
        assert!(here.iter().all(|change| day.changes.contains(change)));
        assert!(lost == 0 || !told.settled, "page {page}: {lost} lost and {}", told.words.en);
        lost_all += usize::from(here.is_empty());
        // A leaf holds a few changes, and each is said to be lost.
        assert!(lost < 24 || here.is_empty(), "page {page}: {lost} lost");
        let next = phone.client.store.read(|c| changes::next_to_push(c, 1, 1)).unwrap();
        let another = next.first().is_none_or(|first| first.push.is_none());
        assert!(lost == 0 || another, "page {page}: a push of the same name with less in it");
        sends_all(&phone, &here);
    }
    // The pages that say where the tables begin, and the tree's own roots.
    assert!(lost_all < 12, "{lost_all} of {pages} pages lost everything");
    assert!(noticed > pages / 2, "{noticed} of {pages}");
}

/// What came over is sent, each change once, and then the phone shows what the server has.
fn sends_all(phone: &Phone, here: &[ChangeHash]) {
    if phone.client.store.read(device::find).unwrap().is_none() {
        return;
    }
    let mut log = Log::default();
    log.take(phone);
    let mut sent: Vec<_> = log.entries.iter().map(|entry| change_name(&entry.2)).collect();
    let mut here = here.to_vec();
    sent.sort_unstable();
    here.sort_unstable();
    assert_eq!(sent, here);
}

#[test]
fn what_came_over_is_sent_and_shown_though_its_record_could_not_be_read() {
    let (ours, mut log) = (Phone::new(1, &[Role::Coordinator]), Log::default());
    let home = ours.open_home(&[("address", "A"), ("notes", "a text")]);
    let forget = |t: &Transaction<'_>| Ok::<_, StoreError>(t.execute("DELETE FROM bodies", ())?);
    ours.client.store.write(forget).unwrap();
    let folder = tempfile::tempdir().unwrap();
    drop(ours.client);
    for name in ["store", "store-proof"] {
        fs::copy(ours.folder.path().join(name), folder.path().join(name)).unwrap();
    }
    let file = fs::OpenOptions::new().write(true).open(folder.path().join("store")).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, &[1; 16], 0).unwrap();
    let (phone, _) = set_aside(folder);
    assert_eq!(phone.shown(&home, "address"), None);
    log.take(&phone);
    assert_eq!(log.entries.len(), 1);
    phone.apply(&log.answer(&phone, 0), None).unwrap();
    assert_eq!(phone.shown(&home, "address").as_deref(), Some("A"));
    assert_eq!(phone.shown(&home, "notes").as_deref(), Some("a text"));
}

#[test]
fn a_salt_overwritten_loses_nothing_and_the_phone_writes_under_a_new_number() {
    let day = Day::new();
    let folder = day.again();
    let path = folder.path().join("store");
    let mut bytes = fs::read(&path).unwrap();
    bytes[..16].fill(0xff);
    fs::write(&path, bytes).unwrap();
    let (phone, told) = set_aside(folder);
    assert!(told.settled, "{}", told.words.en);
    assert_eq!(pushed(&phone), day.changes);
    let device = phone.client.store.read(device::find).unwrap().unwrap();
    assert_eq!((device.device, device.incarnation), (DeviceId(1), 2));
    assert_eq!(phone.client.status().unwrap().photos_here, 1);
    assert_eq!(phone.client.list(ListFilter::default()).unwrap().len(), 43);
    assert!(phone.client.status().unwrap().on_this_phone == day.changes.len() as u64);
    // Everything is fetched anew, and what is written now is another life's.
    assert_eq!(phone.client.store.read(areas::cursors).unwrap()[0].cursor, 0);
    let home = phone.client.list(ListFilter::default()).unwrap().remove(0).record;
    let saved = phone.client.edit(home, entries(&[("unit", "77")])).unwrap();
    let mut all = day.changes.clone();
    all.push(saved.change.unwrap().parse().unwrap());
    sends_all(&phone, &all);
}

#[test]
fn a_first_page_that_is_gone_is_set_aside_and_another_key_never_sets_aside() {
    let day = Day::new();
    let folder = day.again();
    let path = folder.path().join("store");
    let other = FieldClient::open(path.display().to_string(), vec![1; 32]).unwrap_err();
    assert_eq!(other.problem().code, "store_key_wrong");
    assert!(!lying_aside(folder.path()).exists());
    let mut bytes = fs::read(&path).unwrap();
    bytes[..PAGE].fill(0);
    fs::write(&path, bytes).unwrap();
    let other = FieldClient::open(path.display().to_string(), vec![1; 32]).unwrap_err();
    assert_eq!(other.problem().code, "store_key_wrong");
    assert!(!lying_aside(folder.path()).exists());
    let (phone, told) = set_aside(folder);
    assert!(!told.settled && told.words.en.contains("enrol again"), "{}", told.words.en);
    assert!(phone.client.status().unwrap().device.is_none());
}

#[test]
fn a_file_cut_short_keeps_what_stands_before_the_cut() {
    let day = Day::new();
    let whole = fs::metadata(day.folder.path().join("store")).unwrap().len();
    for (kept, something) in
        [(whole - PAGE as u64, true), (whole / 2, false), (4096, false), (0, false)]
    {
        let folder = day.again();
        let file = fs::OpenOptions::new().write(true).open(folder.path().join("store")).unwrap();
        file.set_len(kept).unwrap();
        let (phone, _) = set_aside(folder);
        let here = pushed(&phone);
        assert!(here.iter().all(|change| day.changes.contains(change)));
        assert!(!something || here.len() > day.changes.len() / 2, "{kept}: {}", here.len());
        sends_all(&phone, &here);
    }
}

#[test]
fn setting_aside_that_was_cut_short_is_begun_again_or_brought_to_its_end() {
    let day = Day::new();
    let salt_gone = |folder: &Path| {
        let mut bytes = fs::read(folder.join("store")).unwrap();
        bytes[..16].fill(0xff);
        fs::write(folder.join("store"), bytes).unwrap();
    };
    // While it was read, and when the new store was whole but not called so yet.
    for half in ["store-copy", "store-new"] {
        let folder = day.again();
        salt_gone(folder.path());
        fs::write(folder.path().join(half), b"half of something").unwrap();
        let (phone, _) = set_aside(folder);
        assert_eq!(pushed(&phone), day.changes);
    }
    // Called ready; then after each of the moves.
    for moved in 0..3 {
        let folder = day.again();
        salt_gone(folder.path());
        let damaged = fs::read(folder.path().join("store")).unwrap();
        let (phone, _) = set_aside(folder);
        let Phone { folder, client, .. } = phone;
        drop(client);
        let at = |name: &str| folder.path().join(name);
        fs::rename(at("store"), at("store-ready")).unwrap();
        if moved < 2 {
            fs::rename(at("store-damaged-1"), at("store")).unwrap();
            let log = if moved == 0 { "store-wal" } else { "store-damaged-1-wal" };
            fs::write(at(log), b"the damaged one's log").unwrap();
        }
        let phone = Phone::found(folder, 1);
        assert_eq!(pushed(&phone), day.changes, "{moved} moves");
        assert!(fs::read(lying_aside(phone.folder.path())).unwrap() == damaged);
        let log = phone.folder.path().join("store-damaged-1-wal");
        assert_eq!(fs::read(log).is_ok_and(|log| log == b"the damaged one's log"), moved < 2);
    }
}
