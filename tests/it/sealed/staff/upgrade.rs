//! A database of the version before, in which who works here lay in the open: sealed once.

use doorstep::store::{Db, Store, StoreError, badges, catalogue, configurations, data_keys};
use doorstep::store::{device_care, first_sealing, logins, oidc_attempts, oidc_subjects, sessions};
use doorstep_tests::TestDatabase;
use doorstep_tests::world::{NOW, operator};
use sync_protocol::ids::PersonId;

use super::{ACCOUNT, ADDRESS, BROWSER, CARD, LOGIN, NAME, NONCE, PHONE, SET_BY, VERIFIER};
use super::{assert_nothing_shows, dump};

/// The last migration before.
const BEFORE: &str = "20261122000020";

const OUYANG: PersonId = PersonId([7; 16]);

/// What that version wrote.
fn plant(store: &Store) {
    let (issuer, subject) = ACCOUNT;
    let login = LOGIN.0;
    let (state, browser) = ("01".repeat(32), "02".repeat(32));
    let statements = [
        "INSERT INTO district VALUES (1, '测试区', 'Test District', gen_random_uuid(), '\\x01', now(),
         0, '\\x02', 1, false)"
            .to_owned(),
        format!(
            "INSERT INTO people (person_id, name, login, password_hash, created_at, card_number)
             VALUES ('{OUYANG}', '{NAME}', '{login}', 'a hash', now(), '{CARD}'),
                    (gen_random_uuid(), '李春梅', NULL, NULL, now(), NULL)"
        ),
        format!("INSERT INTO portraits VALUES ('{OUYANG}', '\\xffd8ff01')"),
        format!(
            "INSERT INTO devices (device_id, person_id, public_key, name, app, enrolled_at, key_since)
             VALUES (4711, '{OUYANG}', '\\x03', '{PHONE}', 'app', now(), now())"
        ),
        format!(
            "INSERT INTO staff_sessions (token_hash, person_id, expires_at, session_id, created_at,
                 seen_at, lacks, address, browser)
             VALUES ('\\x04', '{OUYANG}', '2200-01-01', gen_random_uuid(), now(), '2200-01-01',
                 'nothing', '{ADDRESS}', '{BROWSER}')"
        ),
        format!("INSERT INTO oidc_subjects VALUES ('{issuer}', '{subject}', '{OUYANG}', now())"),
        format!(
            "INSERT INTO oidc_attempts VALUES ('\\x{state}', '\\x{browser}', '{NONCE}', '{VERIFIER}',
                 NULL, '2200-01-01')"
        ),
        format!("INSERT INTO configurations VALUES (1, '{{}}', '{SET_BY}', now())"),
        "INSERT INTO sign_in_attempts VALUES ('\\x05', 1, now(), now(), NULL)".to_owned(),
    ];
    for statement in statements {
        store.transaction(|db| catalogue::run(db, &statement)).unwrap();
    }
}

#[test]
fn a_database_in_which_people_lay_in_the_open_is_sealed_once_at_the_upgrade() {
    let database = TestDatabase::migrated();
    let store = database.store();
    store.revert_to(BEFORE).unwrap();
    store.transaction(|db| data_keys::begin(db, NOW)).unwrap();
    plant(&store);
    assert!(dump(&store).contains(NAME), "it lies in the open");
    store.migrate().unwrap();
    assert!(store.read(first_sealing::is_due).unwrap());
    store.transaction(|db| first_sealing::seal(db, operator(), NOW)).unwrap();
    assert!(!store.read(first_sealing::is_due).unwrap());
    assert_nothing_shows(&store);
    // Whoever comes second finds nothing to do.
    let sealed = dump(&store);
    store.transaction(|db| first_sealing::seal(db, operator(), NOW)).unwrap();
    assert_eq!(dump(&store), sealed);
    let told = store.transaction(told).unwrap();
    assert_eq!(told, [NAME, LOGIN.0, CARD, PHONE, ADDRESS, BROWSER, SET_BY, NONCE, VERIFIER]);
}

/// What it said, as this version reads it.
fn told(db: &mut Db) -> Result<Vec<String>, StoreError> {
    assert_eq!(logins::find(db, LOGIN.0)?.map(|claimed| claimed.person), Some(OUYANG));
    assert_eq!(oidc_subjects::find(db, ACCOUNT)?, Some(OUYANG));
    let back = oidc_attempts::redeem(db, [1; 32], [2; 32], NOW)?.unwrap();
    let card = badges::find(db, OUYANG)?.unwrap();
    assert_eq!(card.portrait, Some(vec![0xff, 0xd8, 0xff, 0x01]));
    let session = sessions::of(db, OUYANG, NOW)?.remove(0);
    Ok(vec![
        card.name,
        logins::of(db, OUYANG)?.unwrap().login,
        card.card_number.unwrap(),
        device_care::of_person(db, OUYANG)?.remove(0).name,
        session.address,
        session.browser,
        configurations::newest(db)?.unwrap().set_by,
        back.nonce,
        back.verifier,
    ])
}
