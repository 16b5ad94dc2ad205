//! Who works here: nothing of them shows in a dump, all of it reads back, also under another data key.

mod upgrade;

use doorstep::auth::staff::{Caller, Reception};
use doorstep::registry::{self, NewLogin};
use doorstep::residents::request::{Request, RequestId, RequestKind, State, Words};
use doorstep::store::devices::NewDevice;
use doorstep::store::oidc_attempts::{self, Attempt};
use doorstep::store::{
    Db, Store, StoreError, badges, catalogue, configurations, data_keys, device_care, devices,
    district, logins, lookups, oidc_subjects, people, requests, sessions,
};
use doorstep::trail::{Actor, Origin};
use doorstep::vault::Purpose;
use doorstep::{absences, configuration, rotation};
use doorstep_tests::world::{AREA, NOW, operator};
use doorstep_tests::{World, pictures};
use sha2::{Digest as _, Sha256};
use sync_protocol::configuration::Configuration;
use sync_protocol::ids::{DeviceId, PersonId, RecordId};
use sync_protocol::keys::DeviceKey;
use sync_protocol::records::Role;

use super::{dump, in_hex};

const NAME: &str = "欧阳建国";
const LOGIN: (&str, &str) = ("ouyang.jg", "three wet umbrellas");
const CARD: &str = "SY-700-8821";
const PHONE: &str = "老欧的红手机";
const BROWSER: &str = "Mozilla of Ouyang";
const ADDRESS: &str = "203.0.113.77";
const ACCOUNT: (&str, &str) = ("https://id.example", "employee-4711");
const NONCE: &str = "what-the-token-repeats";
const VERIFIER: &str = "what-proves-who-went-away";
const SET_BY: &str = "科长何秀英";
const SAID: &str = "他出示了护照";

/// How every portrait begins (JFIF 1.02).
const JPEG: [u8; 10] = [0xff, 0xd8, 0xff, 0xe0, 0, 0x10, b'J', b'F', b'I', b'F'];

/// What nobody reads in a dump.
const PLANTED: [&str; 11] =
    [NAME, LOGIN.0, CARD, PHONE, BROWSER, ADDRESS, ACCOUNT.1, NONCE, VERIFIER, SET_BY, SAID];

/// Somebody of whom everything is known that can be known of who works here.
struct Planted {
    world: World,
    person: PersonId,
    request: Request,
}

impl Planted {
    fn new() -> Self {
        let world = World::new();
        let new = NewLogin { login: LOGIN.0, password: LOGIN.1 };
        let role = (Role::Reviewer, AREA);
        let made =
            |db: &mut _| Ok(registry::create_person(db, operator(), NAME, role, Some(new), NOW));
        let person = world.store.transaction(made).unwrap().unwrap();
        let portrait = pictures::jpeg(60);
        registry::set_badge(&world.store, operator(), person, Some(CARD), Some(&portrait)).unwrap();
        enrol(&world, person);
        sign_in(&world);
        let request = request(person);
        world.store.transaction(|db| provider_and_papers(db, person, &request)).unwrap();
        Self { world, person, request }
    }

    /// Everything that was planted, as the store says it.
    fn said(&self, store: &Store) -> Vec<String> {
        store.read(|db| says(db, self.person, self.request.id)).unwrap()
    }
}

fn enrol(world: &World, person: PersonId) {
    let new = NewDevice {
        id: DeviceId(4711),
        person,
        public_key: DeviceKey::from_seed([8; 32]).public(),
        name: "手机".to_owned(),
        app: "tests".to_owned(),
    };
    let enrolled = world.store.transaction(|db| {
        devices::insert(db, &new, NOW)?;
        devices::rename(db, new.id, PHONE)
    });
    enrolled.unwrap();
}

/// Once with a wrong password, which is counted, and once with the right one.
fn sign_in(world: &World) {
    let district = world.store.read(district::find).unwrap().unwrap();
    let reception = Reception::new(world.store.clone(), &district);
    let turn = reception.hasher().try_turn().unwrap();
    let origin = Origin { address: Some(ADDRESS.parse().unwrap()), request: None };
    let caller = Caller { origin, browser_cookie: None, browser: BROWSER.to_owned() };
    assert!(reception.sign_in(&turn, (LOGIN.0, "wrong"), &caller, NOW).is_err());
    assert!(reception.sign_in(&turn, LOGIN, &caller, NOW).is_ok());
}

fn request(taken_by: PersonId) -> Request {
    Request {
        id: RequestId(uuid::Uuid::now_v7()),
        kind: RequestKind::Access,
        state: State::Open,
        area: AREA,
        record: RecordId([5; 16]),
        field: None,
        version: 1,
        words: Some(Words { proof: SAID.to_owned(), ..Words::default() }),
        taken_by,
        taken_at: NOW,
        changed_by: None,
        begun_at: None,
        closed_by: None,
        closed_at: None,
        records: vec![(AREA, RecordId([5; 16]))],
    }
}

fn provider_and_papers(db: &mut Db, person: PersonId, asked: &Request) -> Result<(), StoreError> {
    assert!(oidc_subjects::bind(db, ACCOUNT, person, NOW)?);
    let away = Attempt {
        state_hash: [1; 32],
        browser_hash: [2; 32],
        nonce: NONCE.to_owned(),
        verifier: VERIFIER.to_owned(),
        invitation_hash: None,
    };
    oidc_attempts::insert(db, &away, NOW, NOW + 60_000)?;
    configuration::set(db, operator(), Configuration::default(), SET_BY, NOW)?;
    requests::insert(db, asked)?;
    requests::approve(db, asked, person, NOW)?;
    let until_ms = NOW + 60_000;
    let absent = absences::Absence { person, from_ms: NOW, until_ms, stand_in: None };
    let by = (Actor::Operator("tests".to_owned()), NOW);
    absences::set(db, operator(), &absent, by).map(|_| ()).map_err(|error| panic!("{error}"))
}

/// What is told of somebody, by every way to it.
fn says(db: &mut Db, who: PersonId, asked: RequestId) -> Result<Vec<String>, StoreError> {
    let claimed = logins::find(db, LOGIN.0)?.map(|claimed| claimed.person);
    assert_eq!(claimed, Some(who));
    assert_eq!(oidc_subjects::find(db, ACCOUNT)?, Some(who));
    assert_eq!(people::find_by_name(db, NAME)?.len(), 1);
    assert_eq!(people::whose_name_has(db, "建国")?, [who]);
    let card = badges::find(db, who)?.unwrap();
    let portrait = card.portrait.unwrap();
    assert!(portrait.starts_with(&JPEG));
    let device = device_care::of_person(db, who)?.remove(0);
    let writer = devices::writers(db, [device.id])?.remove(&device.id).unwrap();
    let session = sessions::of(db, who, NOW)?.remove(0);
    let agreed = requests::approvals(db, asked)?.remove(0).digest;
    let asked = requests::lock(db, asked, &[operator().area(AREA)])?.unwrap();
    assert_eq!(agreed, Some(asked.digest()));
    Ok(vec![
        people::find(db, who)?.unwrap().name,
        logins::of(db, who)?.unwrap().login,
        format!("{} {} {:x?}", card.name, card.card_number.unwrap(), Sha256::digest(portrait)),
        format!("{} {} {}", device.person_name, device.name, writer.device_name),
        format!("{} {}", session.address, session.browser),
        configurations::newest(db)?.unwrap().set_by,
        asked.words.unwrap().proof,
    ])
}

/// A dump shows nothing that was planted; the trail alone says from which address something was done.
fn assert_nothing_shows(store: &Store) {
    let dump = dump(store);
    let is_of_the_trail = |line: &&str| line.contains("\"reason_sha256\"");
    let (trail, rest): (Vec<&str>, Vec<&str>) = dump.lines().partition(is_of_the_trail);
    let (trail, rest) = (trail.join("\n"), rest.join("\n"));
    for words in PLANTED {
        for shown in [words, &in_hex(words)] {
            assert!(!rest.contains(shown), "{words}");
            assert!(words == ADDRESS || !trail.contains(shown), "{words} in the trail");
        }
    }
}

#[test]
fn a_dump_shows_no_name_login_number_face_or_words_of_who_works_here() {
    let planted = Planted::new();
    let store = &planted.world.store;
    assert_nothing_shows(store);
    let begins: String = JPEG.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(!dump(store).contains(&begins), "a portrait is no picture in the database");
    let said = planted.said(store);
    assert!(said.len() == 7 && said.iter().any(|line| line.contains(NAME)));
}

#[test]
fn what_is_looked_up_cannot_be_guessed_from_a_dump() {
    let planted = Planted::new();
    let store = &planted.world.store;
    let dump = dump(store);
    // What anybody can compute who has an idea of what is hashed.
    let login = LOGIN.0.as_bytes();
    let length = (login.len() as u64).to_be_bytes();
    let counted = Sha256::new_with_prefix("login").chain_update(length).chain_update(login);
    let guesses = [
        Sha256::digest(login).to_vec(),
        Sha256::digest(CARD).to_vec(),
        Sha256::digest(ACCOUNT.1).to_vec(),
        counted.finalize().to_vec(),
        planted.request.digest().to_vec(),
    ];
    for guess in guesses {
        let hex: String = guess.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!dump.contains(&hex));
    }
    // It is counted all the same: by the address, by the login, and by both.
    let attempts = store.read(|db| catalogue::dump(db, "sign_in_attempts")).unwrap();
    assert_eq!(attempts.len(), 3);
}

#[test]
fn nobody_gets_anothers_login_or_card_number_although_both_are_sealed() {
    let planted = Planted::new();
    let store = &planted.world.store;
    let other = planted.world.person("王建民", Role::Reviewer, AREA);
    assert!(store.transaction(|db| logins::set_login(db, other, LOGIN.0)).is_err());
    assert!(store.transaction(|db| logins::set_login(db, other, "wang")).is_ok());
    let set = || registry::set_badge(store, operator(), other, Some(CARD), None);
    assert!(set().is_err());
    // A number is free again once its person has left.
    let left = |db: &mut _| registry::leave(db, operator(), planted.person, NOW);
    store.transaction(left).unwrap();
    set().unwrap();
}

#[test]
fn one_persons_name_cannot_be_put_in_the_place_of_anothers() {
    let planted = Planted::new();
    let store = &planted.world.store;
    let swapped =
        "UPDATE people p SET name = o.name FROM people o WHERE o.person_id <> p.person_id";
    assert!(store.transaction(|db| catalogue::run(db, swapped)).unwrap() > 0);
    let read = store.read(|db| people::find(db, planted.person));
    assert!(matches!(read, Err(StoreError::Sealed(_))));
}

#[test]
fn with_another_data_key_everybody_is_who_they_were() {
    let planted = Planted::new();
    let before = planted.said(&planted.world.store);
    // Another process: the server does not hear of it.
    let elsewhere = doorstep_tests::database::open(planted.world.database_url(), 2);
    rotation::rotate(&elsewhere, NOW, |_, _| ()).unwrap();
    assert!(elsewhere.read(data_keys::all).unwrap().iter().all(|key| key.number != 1));
    for store in [&elsewhere, &planted.world.store] {
        assert_eq!(planted.said(store), before);
    }
    // What only the way back from the provider reads.
    let back = |db: &mut _| oidc_attempts::redeem(db, [1; 32], [2; 32], NOW);
    let back = elsewhere.transaction(back).unwrap().unwrap();
    assert_eq!((back.nonce.as_str(), back.verifier.as_str()), (NONCE, VERIFIER));
    assert_nothing_shows(&elsewhere);
}

#[test]
fn hashes_follow_from_what_they_stand_beside() {
    let planted = Planted::new();
    let store = &planted.world.store;
    let before = planted.said(store);
    let lost = "UPDATE people SET login_hash = NULL, card_hash = NULL";
    store.transaction(|db| catalogue::run(db, lost)).unwrap();
    assert!(store.read(|db| logins::find(db, LOGIN.0)).unwrap().is_none());
    store.transaction(lookups::write_anew).unwrap();
    assert_eq!(planted.said(store), before);
    let other = planted.world.person("王建民", Role::Reviewer, AREA);
    assert!(store.transaction(|db| logins::set_login(db, other, LOGIN.0)).is_err());
}

#[test]
fn with_another_index_key_everybody_signs_in_all_the_while() {
    let planted = Planted::new();
    let (server, who) = (&planted.world.store, planted.person);
    let before = planted.said(server);
    let elsewhere = doorstep_tests::database::open(planted.world.database_url(), 2);
    let signs_in = |store: &Store, login: &str| {
        store.read(|db| logins::find(db, login)).unwrap().map(|claimed| claimed.person)
    };
    elsewhere.transaction(|db| data_keys::add(db, Purpose::Index, NOW)).unwrap();
    // One server knows the new key and one does not: a login is still one person's alone.
    let other = planted.world.person("王建民", Role::Reviewer, AREA);
    for store in [server, &elsewhere] {
        assert_eq!(signs_in(store, LOGIN.0), Some(who));
        assert!(store.transaction(|db| logins::set_login(db, other, LOGIN.0)).is_err());
    }
    elsewhere.transaction(|db| logins::set_login(db, other, "wang")).unwrap();
    assert_eq!(signs_in(server, "wang"), Some(other));
    rotation::rotate_index(&elsewhere, operator(), NOW, |_, _| ()).unwrap();
    for store in [server, &elsewhere] {
        assert_eq!(planted.said(store), before);
        assert_eq!(signs_in(store, "wang"), Some(other));
    }
    // The server knew only the key that is destroyed.
    server.transaction(|db| logins::set_login(db, other, "wang.jm")).unwrap();
    assert_eq!(signs_in(&elsewhere, "wang.jm"), Some(other));
    assert!(server.transaction(|db| logins::set_login(db, other, LOGIN.0)).is_err());
}
