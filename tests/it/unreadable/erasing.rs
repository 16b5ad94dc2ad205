//! Erasing goes on: the record itself, others, and what is due by the rules of retention.

use doorstep::http::Server;
use doorstep::photos::Objects;
use doorstep::sync::moving::depart;
use doorstep_tests::erasing::erase;
use doorstep_tests::world::{NOW, operator};

use super::pulls::{page, pull};
use super::*;

/// Erases a record; answers the areas that had something of it.
pub(super) fn erased(world: &World, record: RecordId) -> Vec<AreaId> {
    let objects = Objects::in_folder(&world.folder().join("photos")).unwrap();
    let server = Server::new(world.store.clone(), objects).unwrap();
    erase(server.engine(), &record.to_string(), doorstep::clock::now_ms() + 1_000)
}

#[test]
fn a_record_that_does_not_open_can_be_erased() {
    let values = [KEY, ("changes", "bytes"), ("held", "bytes"), ("quarantine", "bytes")];
    for value in values {
        let mut homes = Homes::new();
        let refused = homes.edited("tier", "key");
        assert_eq!(homes.pushed(refused), ["rejected", "rejected"]);
        let mut document = Document::genesis(Kind::Premises).unwrap();
        let wang = homes.world.bare_phone("王建国", Role::Coordinator, AREA);
        wang.edit(&mut document, &[("room", "1".into())]);
        let waits = wang.edit(&mut document, &[("room", "2".into())]).bytes;
        assert_eq!(outcomes(&wang, vec![of(AREA, home(1), waits)]), ["held"]);
        alter(&homes.world, value, home(1));
        assert_eq!(erased(&homes.world, home(1)), [AREA], "{value:?}");
        assert_eq!(run(&homes.world, &format!("SELECT FROM {}", value.0)), left(value.0));
    }
}

/// What the other record has in a table.
fn left(table: &str) -> usize {
    match table {
        // The names of the one change, and the erasure.
        "changes" => 3,
        "held" => 0,
        _ => 1,
    }
}

#[test]
fn one_that_is_under_way_and_cannot_arrive_keeps_no_other_from_being_erased_nor_itself() {
    let homes = Homes::new();
    alter(&homes.world, ("changes", "bytes"), home(1));
    let step = |db: &mut _| depart(db, &operator().area(AREA), home(1), OTHER_AREA, NOW);
    homes.world.store.transaction(step).unwrap();
    assert_eq!(erased(&homes.world, home(2)), [AREA]);
    assert_eq!(erased(&homes.world, home(1)), [AREA]);
    let keys = format!("SELECT FROM record_keys WHERE record_id = '{}'::uuid", home(1));
    assert_eq!(run(&homes.world, &keys), 0);
    for area in [AREA, OTHER_AREA] {
        doorstep::sync::moving::finish(&homes.world.store, NOW).unwrap();
        let checked =
            doorstep::integrity::verify::area(&homes.world.store, operator(), area, |_, _| ());
        assert_eq!(checked.unwrap().finding, None);
    }
}

#[test]
fn a_phone_waits_no_more_for_one_that_was_erased() {
    let homes = Homes::new();
    let wang = homes.world.bare_phone("王建国", Role::Coordinator, AREA);
    alter(&homes.world, KEY, home(1));
    let first = page(&wang, None);
    erased(&homes.world, home(1));
    let second = page(&wang, Some(&first));
    assert_eq!(pull(&wang, Some(&second)).areas, []);
    let log = mirror::log(&homes.world, AREA);
    assert_eq!(second.cursor, log.last().unwrap().seq);
}
