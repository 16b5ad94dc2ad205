//! A phone that was stolen unlocked, and revoked: whoever has it holds its key, and hands in what they
//! like. It goes nowhere but into the areas that were its worker's, and has an end.

use doorstep::http::Limits;
use doorstep::store::people;
use doorstep_tests::pictures;
use doorstep_tests::programs::program;
use doorstep_tests::raw::Raw;
use sha2::{Digest as _, Sha256};
use sync_protocol::document::Document;
use sync_protocol::ids::{BlobId, RecordId};
use sync_protocol::records::{Kind, SCHEMA, Value};
use sync_protocol::rescue::Sealer;
use sync_protocol::wire::rescue::Part;

use super::*;
use crate::abuse::until;

/// A phone that does what its thief likes.
struct Stolen {
    phone: BarePhone,
    rescue_key: [u8; 32],
    records: u8,
}

impl Stolen {
    fn new(world: &World, phone: BarePhone) -> Self {
        let district = world.store.read(doorstep::store::district::find).unwrap().unwrap();
        let rescue_key = sync_protocol::rescue::RescueKey::from_seed(district.rescue_key).public();
        assert_eq!(act(&administrator(world), &phone.device.to_string(), "revoke"), 204);
        Self { phone, rescue_key, records: 0 }
    }

    /// A new home of an area, as a push.
    fn home(&mut self, area: AreaId) -> Part {
        self.records += 1;
        let mut document = Document::genesis(Kind::Premises).unwrap();
        let notes = Value::from("塞满");
        let change = self.phone.edit(&mut document, &[("notes", notes)]).bytes;
        let record = RecordId([self.records; 16]);
        signed(self.phone.push_request(area, record, Kind::Premises, &[&change]))
    }

    /// New homes of several areas, as one push.
    fn homes(&mut self, areas: &[AreaId]) -> Part {
        let homes = areas.iter().map(|area| match self.home(*area) {
            Part::Push { push, .. } => push,
            _ => unreachable!("a home is a push"),
        });
        let homes = homes.collect::<Vec<_>>().concat();
        signed(self.phone.signed(homes))
    }

    /// What a bundle of these is answered.
    fn hand_in(&self, parts: &[Part]) -> (u16, Json) {
        let sent = agent()
            .post(format!("{}/v1/devices/hand-in", self.phone.url))
            .header("authorization", format!("Bearer {}", self.phone.prove()))
            .header("content-type", "application/octet-stream")
            .send(&self.bundle(parts)[..]);
        let mut answer = sent.unwrap();
        let said = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str(&said).unwrap())
    }

    fn bundle(&self, parts: &[Part]) -> Vec<u8> {
        let mut sealer =
            Sealer::new(&self.rescue_key, self.phone.device, &self.phone.key, [5; 16]).unwrap();
        let opening = Part::Opening {
            schema: SCHEMA,
            app: "tests".to_owned(),
            made_at: 0,
            changes: 0,
            photos: 0,
        };
        let mut file = sealer.header().to_vec();
        let frames = [&opening].into_iter().chain(parts).chain([&Part::Closing]);
        for (number, part) in (0_u8..).zip(frames) {
            file.extend(sealer.seal(part, [number; 32]).unwrap());
        }
        file
    }
}

fn signed(request: Request) -> Part {
    Part::Push {
        push_id: request.push_id.unwrap(),
        push: request.push,
        signature: request.signature.unwrap(),
    }
}

/// What the trail says of bundles: what was done, how it ended, what was in it.
fn noted(world: &World) -> Vec<(String, String, Option<String>)> {
    let entries = crate::trail::all(&world.store).into_iter();
    let of_bundles = entries.filter(|entry| entry.act.starts_with("rescue_"));
    of_bundles.map(|entry| (entry.act, entry.outcome, entry.detail)).collect()
}

fn photo(area: AreaId, bytes: &[u8]) -> Part {
    let photo = BlobId(Sha256::digest(bytes).into());
    let size = bytes.len() as u64;
    Part::Photo { area, photo, size, number: 0, bytes: bytes.to_vec().into() }
}

/// How many rows a table has of an area.
fn of_area(world: &World, table: &str, area: AreaId) -> usize {
    let sql = format!("SELECT 1 FROM {table} WHERE area_id = {area}");
    world.store.read(|db| catalogue::run(db, &sql)).unwrap()
}

#[test]
fn it_hands_nothing_into_areas_that_were_never_its_workers() {
    let world = World::new();
    let mut stolen = Stolen::new(&world, world.bare_phone("李春梅", Role::Coordinator, AREA));
    let picture = pictures::jpeg(64);
    let parts = [stolen.home(OTHER_AREA), photo(OTHER_AREA, &picture)];
    assert_eq!(
        stolen.hand_in(&parts),
        (200, json!({ "complete": true })),
        "there is no more to do"
    );
    let (.., detail) = noted(&world).pop().unwrap();
    assert_eq!(detail.as_deref(), Some("1 changes, 1 photos; not taken: 1 changes, 1 photos"));
    assert_eq!(of_area(&world, "quarantine", OTHER_AREA), 0);
    assert_eq!(of_area(&world, "photos", OTHER_AREA), 0);
    let parts = [stolen.home(AREA), photo(AREA, &picture)];
    assert_eq!(stolen.hand_in(&parts), (200, json!({ "complete": true })));
    assert_eq!(of_area(&world, "quarantine", AREA), 1);
    assert_eq!(of_area(&world, "photos", AREA), 1);
}

#[test]
fn what_was_written_in_an_area_that_was_taken_away_is_still_handed_in() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let person = whose(&world, &phone);
    grant(&world, person, OTHER_AREA, Role::Coordinator);
    // A role that never went to doors gives nothing.
    grant(&world, person, doorstep_tests::world::STREET, Role::Auditor);
    let mut stolen = Stolen::new(&world, phone);
    let left = |db: &mut _| people::leave(db, person, doorstep::clock::now_ms());
    world.store.transaction(left).unwrap();
    let parts = [stolen.home(AREA), stolen.home(OTHER_AREA)];
    assert_eq!(stolen.hand_in(&parts), (200, json!({ "complete": true })));
    assert_eq!(of_area(&world, "quarantine", AREA), 1);
    assert_eq!(of_area(&world, "quarantine", OTHER_AREA), 1);
    let parts = [stolen.home(doorstep_tests::world::STREET)];
    assert_eq!(stolen.hand_in(&parts).0, 200);
    assert_eq!(of_area(&world, "quarantine", doorstep_tests::world::STREET), 0);
    assert!(noted(&world).pop().unwrap().2.unwrap().contains("not taken: 1 changes"));
}

/// Somebody absent from long ago until long from now, and whose phone it is that stood in so far.
fn stood_in(world: &World, days: (&str, &str)) -> (Stolen, PersonId) {
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let phone = world.bare_phone("王建国", Role::Coordinator, OTHER_AREA);
    let whose = whose(world, &phone);
    let days = json!({ "from": days.0, "until": days.1, "stand_in": whose });
    let path = format!("/v1/people/{li}/absences");
    assert_eq!(administrator(world).post_json(&path, &days), 204);
    (Stolen::new(world, phone), li)
}

fn whose(world: &World, phone: &BarePhone) -> PersonId {
    let now = doorstep::clock::now_ms();
    let found = world.store.read(|db| doorstep::auth::devices::scope(db, phone.device, now));
    found.unwrap().unwrap().person()
}

/// Has somebody else stand in for them.
fn exchange(world: &World, absent: PersonId) {
    let zhang = world.person("张伟", Role::Coordinator, OTHER_AREA);
    let administrator = administrator(world);
    let plan = administrator.get("/v1/duty");
    let all = plan["people"].as_array().unwrap();
    let one = all.iter().find(|one| one["id"] == json!(absent)).unwrap();
    let id = &one["absences"][0]["id"];
    let path = format!("/v1/people/{absent}/absences/{id}/stand-in");
    assert_eq!(administrator.post_json(&path, &json!({ "stand_in": zhang })), 204);
}

#[test]
fn what_a_stand_in_wrote_is_handed_in_though_somebody_else_stands_in_by_now_or_they_left() {
    let always = ("2020-01-01", "2998-12-31");
    let whole = json!({ "complete": true });
    let world = World::new();
    let (mut stolen, li) = stood_in(&world, always);
    exchange(&world, li);
    let parts = [stolen.home(OTHER_AREA), stolen.home(AREA)];
    assert_eq!(stolen.hand_in(&parts), (200, whole.clone()));
    assert_eq!(of_area(&world, "quarantine", AREA), 1);

    let world = World::new();
    let (mut stolen, _) = stood_in(&world, always);
    let person = world.store.read(|db| people::find_by_name(db, "王建国")).unwrap()[0].id;
    let left = |db: &mut _| people::leave(db, person, doorstep::clock::now_ms());
    world.store.transaction(left).unwrap();
    let parts = [stolen.home(OTHER_AREA), stolen.home(AREA)];
    assert_eq!(stolen.hand_in(&parts), (200, whole));
    assert_eq!(of_area(&world, "quarantine", AREA), 1);

    // Whoever would have stood in, and never did, wrote nothing there.
    let world = World::new();
    let (mut stolen, li) = stood_in(&world, ("2997-01-01", "2998-12-31"));
    exchange(&world, li);
    let parts = [stolen.home(AREA)];
    assert_eq!(stolen.hand_in(&parts).0, 200);
    assert_eq!(of_area(&world, "quarantine", AREA), 0);
}

#[test]
fn what_was_written_in_a_role_that_is_given_again_from_a_later_day_is_still_handed_in() {
    let world = World::new();
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let person = whose(&world, &phone);
    let administrator = administrator(&world);
    let change = |what: &str, area: AreaId, from: Option<&str>| {
        let area = area.to_string();
        let role = json!({ "area": area, "role": "coordinator", "from": from, "reason": "轮岗" });
        assert_eq!(administrator.post_json(&format!("/v1/people/{person}/{what}"), &role), 204);
    };
    change("roles/end", AREA, None);
    change("roles", AREA, Some("2998-01-01"));
    // One that is over before it began was never held.
    change("roles", OTHER_AREA, Some("2998-01-01"));
    change("roles/end", OTHER_AREA, None);
    let mut stolen = Stolen::new(&world, phone);
    let parts = [stolen.home(AREA)];
    assert_eq!(stolen.hand_in(&parts), (200, json!({ "complete": true })));
    assert_eq!(of_area(&world, "quarantine", AREA), 1);
    let parts = [stolen.home(OTHER_AREA)];
    assert_eq!(stolen.hand_in(&parts).0, 200);
    assert_eq!(of_area(&world, "quarantine", OTHER_AREA), 0);
}

#[test]
fn so_much_is_kept_of_it_in_a_day_and_an_operator_takes_in_the_rest() {
    let limits = Limits { hand_in_a_day: 200_000, ..Limits::default() };
    let world = World::with_limits(limits, false);
    let mut stolen = Stolen::new(&world, world.bare_phone("李春梅", Role::Coordinator, AREA));
    let home = stolen.home(AREA);
    let [first, second] = [1, 2].map(|byte| photo(AREA, &[byte; 150_000]));
    let some = [home.clone(), first.clone()];
    // What is there already does not count again.
    for _ in 0..3 {
        assert_eq!(stolen.hand_in(&some), (200, json!({ "complete": true })));
    }
    let all = [home, first, second];
    let (status, said) = stolen.hand_in(&all);
    assert_eq!((status, said["code"].as_str()), (429, Some("hand_in_full")));
    assert_eq!(of_area(&world, "photos", AREA), 1);
    assert_eq!(of_area(&world, "quarantine", AREA), 1, "what was taken is kept");
    let last = noted(&world).split_off(6);
    let entry = |act: &str, outcome: &str, detail: Option<&str>| {
        (act.to_owned(), outcome.to_owned(), detail.map(str::to_owned))
    };
    let ended = entry("rescue_handed_in", "hand_in_full", Some("1 changes, 1 photos"));
    assert_eq!(last, [entry("rescue_begun", "done", None), ended]);
    // A photo whose bytes are not what its name says is put away, and counts each time.
    let mut other = Stolen::new(&world, world.bare_phone("王建国", Role::Coordinator, AREA));
    let wrong = Part::Photo {
        area: AREA,
        photo: BlobId([7; 32]),
        size: 90_000,
        number: 0,
        bytes: vec![7; 90_000].into(),
    };
    let answers = [(); 3].map(|()| other.hand_in(std::slice::from_ref(&wrong)).0);
    assert_eq!(answers, [200, 200, 429]);
    let changes = [(); 60].map(|()| other.home(AREA));
    assert_eq!(other.hand_in(&changes).0, 429, "a change counts as 4 KiB at least");

    let file = world.folder().join("bundle.rescue");
    std::fs::write(&file, stolen.bundle(&all)).unwrap();
    let mut command = program("doorstep");
    command.args(["--database-url", world.database_url(), "--data-folder"]);
    command.arg(world.folder()).arg("rescue").arg(&file);
    let output = command.output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("2 of 2 photos stored"), "{told}");

    // The next day there is room again.
    let sql = "UPDATE hand_ins SET day = day - 1";
    world.store.transaction(|db| catalogue::run(db, sql)).unwrap();
    assert_eq!(other.hand_in(std::slice::from_ref(&wrong)).0, 200);
}

#[test]
fn what_it_hands_in_is_in_the_trail_before_it_is_kept_and_when_the_connection_is_cut() {
    let world = World::new();
    let mut stolen = Stolen::new(&world, world.bare_phone("李春梅", Role::Coordinator, AREA));
    let home = stolen.home(AREA);
    let bundle = stolen.bundle(&[home]);
    let token = stolen.phone.prove();
    let head = format!(
        "POST /v1/devices/hand-in HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {token}\r\n\
         content-type: application/octet-stream\r\ncontent-length: {}\r\n\r\n",
        bundle.len() + 1
    );
    let mut thief = Raw::connect(&world.url);
    assert!(thief.send(head) && thief.send(&bundle));
    until(|| of_area(&world, "quarantine", AREA) == 1);
    let told = |noted: &[(String, String, Option<String>)]| -> Vec<String> {
        noted.iter().map(|(act, ..)| act.clone()).collect()
    };
    assert_eq!(told(&noted(&world)), ["rescue_begun"]);
    drop(thief);
    until(|| told(&noted(&world)) == ["rescue_begun", "rescue_handed_in"]);
    let (_, outcome, detail) = noted(&world).pop().unwrap();
    assert_eq!(
        (outcome.as_str(), detail.as_deref()),
        ("body_not_readable", Some("1 changes, 0 photos"))
    );
}

#[test]
fn of_a_push_into_several_areas_what_is_its_workers_is_taken_and_the_rest_keeps_no_phone_full() {
    let world = World::new();
    let mut stolen = Stolen::new(&world, world.bare_phone("李春梅", Role::Coordinator, AREA));
    let homes = stolen.homes(&[AREA, OTHER_AREA]);
    assert_eq!(stolen.hand_in(&[homes]), (200, json!({ "complete": true })));
    assert_eq!(of_area(&world, "quarantine", AREA), 1);
    assert_eq!(of_area(&world, "quarantine", OTHER_AREA), 0);
    let (.., detail) = noted(&world).pop().unwrap();
    assert_eq!(detail.as_deref(), Some("2 changes, 0 photos; not taken: 1 changes, 0 photos"));
}
