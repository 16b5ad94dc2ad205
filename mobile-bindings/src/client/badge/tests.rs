//! The badge on the phone: what it says, and that its code is of the server's time.

use sync_protocol::keys::DeviceKey;
use sync_protocol::records::Role;
use sync_protocol::wire::{BadgeCard, Configured};

use super::*;
use crate::sync::{Trip, note_clock};
use crate::testing::{Log, Phone};

fn code(view: &BadgeView) -> Badge {
    Badge::read(view.url.rsplit_once("/badge/").unwrap().1).unwrap()
}

/// What a scanner reads off the code, drawn with white around it.
fn scanned(qr: &QrMatrix) -> String {
    const PIXELS: usize = 4;
    let side = qr.size as usize + 8;
    let dark = |x: usize, y: usize| {
        let (x, y) = ((x / PIXELS).checked_sub(4)?, (y / PIXELS).checked_sub(4)?);
        qr.rows.get(y)?.as_bytes().get(x).map(|module| *module == b'#')
    };
    let (w, h) = (side * PIXELS, side * PIXELS);
    let mut image =
        rqrr::PreparedImage::prepare_from_bitmap(w, h, |x, y| dark(x, y).unwrap_or_default());
    image.detect_grids()[0].decode().unwrap().1
}

#[test]
fn a_badge_is_signed_by_the_device_and_says_who_and_where() {
    let phone = Phone::new(7, &[Role::Coordinator]);
    let view = phone.client.badge().unwrap();
    assert!(view.url.starts_with("http://localhost/badge/"), "{}", view.url);
    assert!(code(&view).is_signed_by(&DeviceKey::from_seed([7; 32]).public()));
    assert_eq!((view.name.as_str(), view.areas.len()), ("Worker 7", 1));
    assert_eq!((view.card_number, view.photo), (None, None));
    assert_eq!(view.qr.rows.len(), view.qr.size as usize);
    assert!(view.qr.rows.iter().all(|row| row.len() == view.qr.size as usize));
    assert_eq!(scanned(&view.qr), view.url);
    assert!(view.qr.svg.contains("<svg"));
    assert_eq!(view.expires_at_ms - view.renew_at_ms, 240_000);
}

#[test]
fn card_number_portrait_and_address_come_with_a_sync() {
    let phone = Phone::new(7, &[Role::Coordinator]);
    let portrait = Some(vec![0xff, 0xd8, 1].into());
    let mut answer = Log::default().answer(&phone, 0);
    answer.badge = Some(BadgeCard { version: 3, card_number: Some("SY-1".into()), portrait });
    let json = r#"{"public_address": "https://door.example.cn"}"#.to_owned();
    answer.configuration = Some(Configured { version: 2, json });
    phone.apply(&answer, None).unwrap();
    let view = phone.client.badge().unwrap();
    assert_eq!(view.card_number.as_deref(), Some("SY-1"));
    assert_eq!(view.photo.map(|id| id.len()), Some(64));
    assert_eq!(view.portrait, Some(vec![0xff, 0xd8, 1]));
    assert!(view.url.starts_with("https://door.example.cn/badge/"));
    let phone = phone.reopened();
    assert_eq!(phone.client.badge().unwrap().card_number.as_deref(), Some("SY-1"));
}

#[test]
fn a_clock_that_is_off_is_set_right_by_the_last_sync() {
    let phone = Phone::new(7, &[Role::Coordinator]);
    let off = 40 * 24 * 3600 * 1000;
    let trip = Trip { asked: 5_000, answered: 5_200 };
    phone.client.store.write(|t| note_clock(t, 5_100 + off, trip)).unwrap();
    let ahead = phone.client.store.read(device::find).unwrap().unwrap().clock_ahead;
    let view = phone.client.store.read(|connection| view(connection, 1_000_000)).unwrap();
    assert_eq!(code(&view).made_at_s, (1_000_000 + ahead).div_euclid(1000));
    assert!((ahead - off).abs() <= 100);
    assert_eq!(view.renew_at_ms, 1_060_000, "an app waits by its own clock");
}

#[test]
fn a_phone_that_has_not_enrolled_has_no_badge() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store").display().to_string();
    let client = FieldClient::open(path, vec![9; 32]).unwrap();
    assert_eq!(client.badge().err().unwrap().problem().code, "not_enrolled");
}
