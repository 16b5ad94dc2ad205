//! Photos: in parts, resumed, checked, shown.

mod before;
mod deleted;
mod folder;
mod sealed;

use doorstep_tests::bare_phone::agent;
use doorstep_tests::outcomes::all_accepted;
use doorstep_tests::world::{AREA, OTHER_AREA, World};
use doorstep_tests::{BarePhone, pictures};
use mobile_bindings::client::{Entry, FieldValue};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use sync_protocol::document::Document;
use sync_protocol::ids::{AreaId, BlobId, RecordId};
use sync_protocol::records::{Kind, Role};

use crate::console::Console;

const PART: usize = 512 * 1024;

struct Sender<'p> {
    phone: &'p BarePhone,
    area: AreaId,
    bytes: Vec<u8>,
    name: BlobId,
}

impl<'p> Sender<'p> {
    fn new(phone: &'p BarePhone, bytes: Vec<u8>) -> Self {
        let name = BlobId(Sha256::digest(&bytes).into());
        Self { phone, area: AREA, bytes, name }
    }

    fn url(&self, rest: &str) -> String {
        let size = self.bytes.len();
        format!("{}/v1/photos/{}/{}/{rest}?size={size}", self.phone.url, self.area, self.name)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.phone.token)
    }

    fn missing(&self) -> (u16, Json) {
        let mut answer =
            agent().get(self.url("parts")).header("authorization", self.bearer()).call().unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap())
    }

    fn put(&self, number: usize, part: &[u8]) -> u16 {
        let sha = BlobId(Sha256::digest(part).into());
        let sent = agent()
            .put(self.url(&format!("parts/{number}")))
            .header("authorization", self.bearer())
            .header("x-part-sha256", sha.to_string())
            .send(part);
        sent.unwrap().status().as_u16()
    }

    fn part(&self, number: usize) -> &[u8] {
        self.bytes.chunks(PART).nth(number).unwrap()
    }

    fn complete(&self) -> u16 {
        let sent =
            agent().post(self.url("complete")).header("authorization", self.bearer()).send_empty();
        sent.unwrap().status().as_u16()
    }
}

#[test]
fn a_photo_goes_in_parts_that_may_come_again_and_is_whole_only_when_checked() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let sender = Sender::new(&phone, pictures::jpeg(1_500));
    let parts = sender.bytes.len().div_ceil(PART);
    assert!(parts >= 2, "{} bytes", sender.bytes.len());
    assert_eq!(sender.put(1, sender.part(1)), 204);
    assert_eq!(sender.complete(), 409);
    assert_eq!(sender.missing().1["missing"][0], 0);
    // The connection breaks off and the same part comes again.
    for number in 0..parts {
        assert_eq!(sender.put(number, sender.part(number)), 204);
    }
    assert_eq!(sender.complete(), 200);
    assert_eq!(sender.complete(), 200);
    let (_, progress) = sender.missing();
    assert_eq!(progress["stored"], true);
    assert_eq!(progress["missing"].as_array().unwrap().len(), 0);
}

#[test]
fn completed_twice_at_once_it_is_stored_and_both_are_told_so() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    for side in [64, 80, 96, 112] {
        let sender = Sender::new(&phone, pictures::jpeg(side));
        assert_eq!(sender.put(0, sender.part(0)), 204);
        let both = std::thread::scope(|scope| {
            let ask = || scope.spawn(|| sender.complete());
            [ask(), ask()].map(|asked| asked.join().unwrap())
        });
        assert_eq!(both, [200, 200]);
        assert_eq!(sender.missing().1["stored"], true);
    }
}

#[test]
fn a_photo_that_is_not_what_its_name_says_is_refused_and_can_be_sent_again() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let good = Sender::new(&phone, pictures::jpeg(200));
    let mut wrong = good.bytes.clone();
    *wrong.last_mut().unwrap() ^= 1;
    assert_eq!(good.put(0, &wrong), 204);
    assert_eq!(good.complete(), 422);
    assert_eq!(good.missing().1["missing"][0], 0);
    assert_eq!(good.put(0, good.part(0)), 204);
    assert_eq!(good.complete(), 200);
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let sender = Sender::new(&phone, pictures::jpeg(200));
    assert_eq!(sender.put(0, b"too short"), 422);
    assert_eq!(sender.put(7, sender.part(0)), 422);
    assert_eq!(sender.put(0, &vec![0; PART + 1]), 413);
    let (empty, huge) = (Sender::new(&phone, Vec::new()), "parts?size=99999999999");
    assert_eq!(empty.missing().0, 400);
    let url = format!("{}/v1/photos/{AREA}/{}/{huge}", phone.url, sender.name);
    let answer = agent().get(url).header("authorization", sender.bearer()).call().unwrap();
    assert_eq!(answer.status().as_u16(), 400);
}

#[test]
fn another_areas_photos_do_not_exist_for_a_stranger() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let stranger = world.bare_phone("陈外人", Role::Coordinator, OTHER_AREA);
    let sender = Sender::new(&phone, pictures::jpeg(200));
    sender.put(0, sender.part(0));
    let strangers = Sender { phone: &stranger, ..Sender::new(&phone, sender.bytes.clone()) };
    assert_eq!(strangers.missing().0, 404);
    assert_eq!(strangers.put(0, strangers.part(0)), 404);
    assert_eq!(strangers.complete(), 404);
}

#[test]
fn a_report_shows_a_photo_on_its_way_and_then_its_thumbnail() {
    let world = World::new();
    let phone = world.phone("李春梅", Role::Coordinator, AREA);
    phone.sync().unwrap();
    let text = |key: &str, value: &str| Entry {
        key: key.into(),
        value: FieldValue::Text { text: value.into() },
    };
    let area = Some(AREA.to_string());
    let values = vec![text("address", "北三路1号"), text("use", "rented")];
    let home = phone.open_premises(area, "210102001001000001".into(), values).unwrap().record;
    let outcome = vec![text("outcome", "vacant")];
    let visit = phone.visit(home, outcome, true).unwrap().record;
    phone.photo(visit.clone(), pictures::jpeg(900), Some("门口".into()), None).unwrap();
    let summary = phone.sync().unwrap();
    assert_eq!(summary.rejected, 0);

    let console = Console::sign_in(&world);
    let report = console.get(&format!("/v1/reports/{AREA}/{visit}"));
    let photo = &report["photos"][0];
    assert_eq!(photo["caption"], "门口");
    assert_eq!(photo["stored"], true);
    let thumbnail = console.bytes(photo["thumbnail"].as_str().unwrap());
    let picture = image::load_from_memory(&thumbnail).unwrap();
    assert_eq!(picture.width().max(picture.height()), 320);
}

#[test]
fn photo_before_its_change_and_photo_after_it_are_both_shown_with_the_report() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let console = Console::sign_in(&world);
    let home = RecordId([5; 16]).to_string();
    for (report, before) in [(RecordId([6; 16]), true), (RecordId([7; 16]), false)] {
        let sender = Sender::new(&phone, pictures::jpeg(if before { 200 } else { 300 }));
        let upload = || {
            assert_eq!(sender.put(0, sender.part(0)), 204);
            assert_eq!(sender.complete(), 200);
        };
        let shown = || console.get(&format!("/v1/reports/{AREA}/{report}"))["photos"].clone();
        if before {
            upload();
        }
        let mut document = Document::genesis(Kind::Visit).unwrap();
        let taken_at = format!("photo.{}.taken_at", sender.name);
        let values = [
            ("premises", home.as_str().into()),
            ("state", "submitted".into()),
            (taken_at.as_str(), 1_795_000_000_000.into()),
        ];
        let change = phone.edit(&mut document, &values).bytes;
        let push = phone.push_request(AREA, report, Kind::Visit, &[&change]);
        assert!(all_accepted(&phone.sync(&push)));
        assert_eq!(shown()[0]["stored"], before, "{}", shown());
        if !before {
            upload();
        }
        assert_eq!(shown()[0]["stored"], true);
        assert_eq!(shown().as_array().unwrap().len(), 1);
    }
}
