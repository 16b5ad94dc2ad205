//! `doorstep heads export` and `restore-check`: what a restored database has lost, in numbers; and
//! the new life that makes phones notice.

use doorstep::integrity::compare::{self, Compared, Standing};
use doorstep::integrity::heads::{self, Heads, HeadsError};
use doorstep::store::{Store, area_log, catalogue, district};
use doorstep_tests::history::{self, History};
use doorstep_tests::world::{AREA, NOW, OTHER_AREA, World, operator};
use sync_protocol::document::Document;
use sync_protocol::ids::RecordId;
use sync_protocol::records::Kind;

fn export(store: &Store) -> Heads {
    let heads = heads::export(store, operator(), NOW).unwrap();
    // As through a file.
    serde_json::from_str(&serde_json::to_string(&heads).unwrap()).unwrap()
}

fn compared(store: &Store, heads: &Heads) -> Result<Vec<Compared>, HeadsError> {
    store.read(|db| Ok(compare::compare(db, operator(), heads))).unwrap()
}

fn standing(store: &Store, heads: &Heads) -> Standing {
    let compared = compared(store, heads).unwrap();
    let of = |area| compared.iter().find(|c| c.exported.area == area).unwrap().standing;
    assert_eq!(of(OTHER_AREA), Standing::Same);
    of(AREA)
}

fn one_more(history: &History, number: u8) {
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let change = history.li.edit(&mut document, &[("room", "1".into())]).bytes;
    history::push(&history.li, RecordId([number; 16]), Kind::Premises, &[&change]);
}

fn epochs(store: &Store) -> (sync_protocol::ids::ServerEpoch, u32, u32) {
    let scopes = [operator().area(AREA), operator().area(OTHER_AREA)];
    store
        .read(|db| {
            let heads = area_log::heads(db, &scopes)?;
            let server = district::find(db)?.unwrap().server_epoch;
            Ok((server, heads[&AREA].epoch, heads[&OTHER_AREA].epoch))
        })
        .unwrap()
}

#[test]
fn exported_heads_hold_while_the_logs_go_on() {
    let world = World::new();
    let history = History::write(&world);
    let heads = export(&world.store);
    assert_eq!(standing(&world.store, &heads), Standing::Same);
    one_more(&history, 20);
    one_more(&history, 21);
    assert_eq!(standing(&world.store, &heads), Standing::Ahead { by: 2 });
}

#[test]
fn a_restored_copy_says_what_it_lost_and_begins_a_new_life() {
    let mut world = World::new();
    let history = History::write(&world);
    let backup = world.copy_database();
    one_more(&history, 20);
    one_more(&history, 21);
    one_more(&history, 22);
    let heads = export(&world.store);
    assert_eq!(standing(&world.store, &heads), Standing::Same);

    let restored = backup.store();
    assert_eq!(standing(&restored, &heads), Standing::Behind { lost: 3 });
    let all = compared(&restored, &heads).unwrap();
    let words = all.iter().find(|c| c.exported.area == AREA).unwrap().to_string();
    assert!(words.contains("3 changes are lost") && words.contains("ends at place 17"), "{words}");
    let before = epochs(&restored);
    let (epoch, anew) =
        restored.transaction(|db| compare::begin_anew(db, operator(), &all, false)).unwrap();
    assert_eq!(anew, [AREA]);
    let after = epochs(&restored);
    assert_eq!(after, (epoch, before.1 + 1, before.2));
    assert_ne!(before.0, after.0);
    let every = restored.transaction(|db| compare::begin_anew(db, operator(), &all, true));
    assert_eq!(every.unwrap().1.len(), 3);
    assert_eq!((epochs(&restored).1, epochs(&restored).2), (before.1 + 2, before.2 + 1));
}

#[test]
fn another_history_at_the_same_place_is_told_from_a_longer_one() {
    let mut world = World::new();
    let history = History::write(&world);
    one_more(&history, 20);
    let heads = export(&world.store);
    // Cut, with the head set back in order: whole in itself, but shorter than exported.
    let cut = "UPDATE area_log l SET head = c.seq, chain = c.chain FROM changes c
               WHERE c.area_id = l.area_id AND c.seq = 17";
    let deleted = "DELETE FROM changes WHERE seq = 18";
    let undone = "DELETE FROM records WHERE last_seq = 18";
    for sql in [cut, deleted, undone] {
        world.store.transaction(|db| catalogue::run(db, sql)).unwrap();
    }
    assert_eq!(standing(&world.store, &heads), Standing::Behind { lost: 1 });
    one_more(&history, 21);
    assert_eq!(standing(&world.store, &heads), Standing::OtherChain);
    one_more(&history, 22);
    assert_eq!(standing(&world.store, &heads), Standing::OtherChain);
    world.stop_server();
}

#[test]
fn heads_that_were_altered_or_are_of_another_district_are_refused() {
    let world = World::new();
    History::write(&world);
    let heads = export(&world.store);
    let mut altered = heads.clone();
    altered.areas.iter_mut().for_each(|head| head.seq = head.seq.min(5));
    assert!(matches!(compared(&world.store, &altered), Err(HeadsError::Forged)));
    let later = Heads { at: heads.at + 1, ..heads.clone() };
    assert!(matches!(compared(&world.store, &later), Err(HeadsError::Forged)));
    let elsewhere = World::new();
    let refused = compared(&elsewhere.store, &heads);
    assert!(matches!(refused, Err(HeadsError::OtherDistrict(_))));
    let layout = Heads { format: 3, ..heads };
    assert!(matches!(compared(&world.store, &layout), Err(HeadsError::Format(3))));
}
