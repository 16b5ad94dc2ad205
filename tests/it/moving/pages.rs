//! What phones are told of moves: by entries, by whole documents, from the beginning.

use doorstep_tests::BarePhone;
use sync_protocol::document::Document;
use sync_protocol::records::derived::premises_id;
use sync_protocol::records::{Kind, Value};
use sync_protocol::wire::{AreaCursor, AreaPage, Item, Limits, Request};

use super::*;

fn home(number: u8) -> RecordId {
    premises_id(&format!("P{number}"))
}

/// Opens homes in the first area, at places 1 to n.
fn fill(phone: &BarePhone, homes: u8) {
    for number in 1..=homes {
        let mut document = Document::genesis(Kind::Premises).unwrap();
        let values = [("address_code", Value::from(format!("P{number}")))];
        let change = phone.edit(&mut document, &values).bytes;
        let request = phone.push_request(AREA, home(number), Kind::Premises, &[&change]);
        assert!(accepted(&outcomes(&phone.sync(&request))[0]));
    }
}

fn cursor(area: AreaId, at: u64, complete: bool) -> AreaCursor {
    AreaCursor { area, area_epoch: 1, cursor: at, chain: None, complete, roles: 0 }
}

/// Reads an area to its end, a few items at a time.
fn pages(phone: &BarePhone, area: AreaId, items: u64, from: Option<AreaCursor>) -> Vec<AreaPage> {
    let mut pages: Vec<AreaPage> = Vec::new();
    let limits = Some(Limits { items, bytes: 1 << 20 });
    let mut request = Request { limits, ..Request::idle("tests") };
    request.areas.extend(from);
    loop {
        let response = phone.sync(&request);
        let Some(page) = response.areas.into_iter().find(|page| page.area == area) else { break };
        request.areas =
            vec![AreaCursor { chain: page.chain, ..cursor(area, page.cursor, page.complete) }];
        let more = page.more;
        pages.push(page);
        assert!(pages.len() < 100, "paging comes to an end");
        if !more {
            break;
        }
    }
    pages
}

/// An item in short.
fn told(pages: &[AreaPage]) -> Vec<(&'static str, u64, Option<RecordId>)> {
    let short = |item: &Item| match item {
        Item::Snapshot { seq, record, .. } => ("whole", *seq, Some(*record)),
        Item::Change { seq, record, .. } => ("change", *seq, Some(*record)),
        Item::Own { seq, .. } => ("own", *seq, None),
        Item::Moved { seq, record, to } => {
            assert!(BOTH.contains(to));
            ("moved", *seq, Some(*record))
        }
        Item::Tombstone { seq, record, .. } => ("erased", *seq, Some(*record)),
    };
    pages.iter().flat_map(|page| &page.items).map(short).collect()
}

fn move_home(world: &World, number: u8, from: AreaId, to: AreaId) {
    move_record(world, &home(number).to_string(), from, to);
}

#[test]
fn a_phone_that_reads_entries_is_told_that_a_record_left_and_nothing_else_of_it() {
    let world = World::new();
    let author = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let reader = world.bare_phone("王建国", Role::Coordinator, AREA);
    fill(&author, 4);
    move_home(&world, 2, AREA, OTHER_AREA);
    for items in [1, 2, 100] {
        let pages = pages(&reader, AREA, items, Some(cursor(AREA, 0, true)));
        let change = |number: u8| ("change", u64::from(number), Some(home(number)));
        let expected = [change(1), change(3), change(4), ("moved", 5, Some(home(2)))];
        assert_eq!(told(&pages), expected, "{items}");
        let last = pages.last().unwrap();
        assert!(last.complete && last.cursor == 5 && last.chain.is_some());
    }
    // What its author hears of their own work.
    let pages = pages(&author, AREA, 100, Some(cursor(AREA, 3, true)));
    assert_eq!(told(&pages), [("own", 4, None), ("moved", 5, Some(home(2)))]);
}

#[test]
fn a_record_that_arrives_comes_whole_once_with_the_names_of_its_authors() {
    let world = World::new();
    let author = world.bare_phone("李春梅", Role::Coordinator, AREA);
    grant(&world, "李春梅", OTHER_AREA, Role::Coordinator);
    let reader = world.bare_phone("赵敏", Role::Coordinator, OTHER_AREA);
    fill(&author, 2);
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let room = [("address_code", Value::from("P1"))];
    let first = author.edit(&mut document, &room);
    let rooms = author.edit(&mut document, &[("rooms", Value::from(3))]);
    let (bytes, hash) = (rooms.bytes, rooms.change.hash);
    assert_ne!(first.change.hash, hash);
    let request = author.push_request(AREA, home(1), Kind::Premises, &[&bytes]);
    assert!(accepted(&outcomes(&author.sync(&request))[0]));
    move_home(&world, 1, AREA, OTHER_AREA);
    move_home(&world, 2, AREA, OTHER_AREA);
    // Arrival, two copies; arrival, one copy; then a change of today.
    let use_it = author.edit(&mut document, &[("use", Value::from("shop"))]).bytes;
    let request = author.push_request(OTHER_AREA, home(1), Kind::Premises, &[&use_it]);
    assert_eq!(outcomes(&author.sync(&request)), [Outcome::Accepted { seq: 6 }]);
    let expected =
        [("whole", 1, Some(home(1))), ("whole", 4, Some(home(2))), ("change", 6, Some(home(1)))];
    for items in [1, 2, 100] {
        let pages = pages(&reader, OTHER_AREA, items, Some(cursor(OTHER_AREA, 0, true)));
        assert_eq!(told(&pages), expected, "{items}");
        let names: Vec<&str> =
            pages.iter().flat_map(|page| &page.writers).map(|w| w.name.as_str()).collect();
        assert!(names.contains(&"李春梅"), "{names:?}");
    }
    // In the middle of the copies; and the author, who may have let them go.
    let middle = pages(&reader, OTHER_AREA, 100, Some(cursor(OTHER_AREA, 2, true)));
    assert_eq!(told(&middle), expected[1..]);
    let own = pages(&author, OTHER_AREA, 100, Some(cursor(OTHER_AREA, 0, true)));
    assert_eq!(told(&own), [expected[0], expected[1], ("own", 6, None)]);
}

#[test]
fn a_phone_that_reads_whole_documents_hears_of_records_that_left_and_a_new_one_need_not() {
    let world = World::new();
    let author = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let reader = world.bare_phone("王建国", Role::Coordinator, AREA);
    fill(&author, 5);
    // It stopped behind the third home; then the second left, and the fourth.
    move_home(&world, 2, AREA, OTHER_AREA);
    move_home(&world, 4, AREA, OTHER_AREA);
    let expected =
        [("whole", 5, Some(home(5))), ("moved", 6, Some(home(2))), ("moved", 7, Some(home(4)))];
    for items in [1, 2, 3, 100] {
        let pages = pages(&reader, AREA, items, Some(cursor(AREA, 3, false)));
        assert_eq!(told(&pages), expected, "{items}");
        let last = pages.last().unwrap();
        assert!(last.complete && !last.more && last.cursor == 7);
    }
    // One that lacks something reads anew what it has already.
    let anew = pages(&reader, AREA, 100, Some(cursor(AREA, 0, false)));
    assert!(told(&anew).contains(&("moved", 6, Some(home(2)))));
    let lives = AreaCursor { area_epoch: 9, ..cursor(AREA, 4, true) };
    let anew = pages(&reader, AREA, 100, Some(lives));
    assert!(told(&anew).contains(&("moved", 7, Some(home(4)))));
    let fresh = pages(&reader, AREA, 100, None);
    assert!(told(&fresh).iter().all(|(what, ..)| *what == "whole"), "{fresh:?}");
    assert_eq!(fresh[0].cursor, 7);
}

#[test]
fn a_record_that_left_and_came_back_is_only_there() {
    let world = World::new();
    let author = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let reader = world.bare_phone("王建国", Role::Coordinator, AREA);
    fill(&author, 2);
    move_home(&world, 1, AREA, OTHER_AREA);
    move_home(&world, 1, OTHER_AREA, AREA);
    let from = |at, complete| told_from(&reader, at, complete);
    assert_eq!(from(2, true), [("whole", 4, Some(home(1)))]);
    assert_eq!(from(2, false), [("whole", 4, Some(home(1)))]);
    let second = ("change", 2, Some(home(2)));
    assert_eq!(from(1, true), [second, ("whole", 4, Some(home(1)))]);
    // And left again: nothing is said of the time between.
    move_home(&world, 1, AREA, OTHER_AREA);
    assert_eq!(from(2, true), [("moved", 5, Some(home(1)))]);
    assert_eq!(from(2, false), [("moved", 5, Some(home(1)))]);
}

fn told_from(
    reader: &BarePhone,
    at: u64,
    complete: bool,
) -> Vec<(&'static str, u64, Option<RecordId>)> {
    told(&pages(reader, AREA, 100, Some(cursor(AREA, at, complete))))
}
