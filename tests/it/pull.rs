//! Pulls: cold and incremental, page by page, nobody else's area.

use doorstep_tests::BarePhone;
use doorstep_tests::world::{AREA, OTHER_AREA, World};
use sync_protocol::document::Document;
use sync_protocol::ids::{ChangeHash, RecordId};
use sync_protocol::records::derived::premises_id;
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::{Access, AreaCursor, AreaPage, Item, Limits, Request};

fn home(number: u8) -> RecordId {
    premises_id(&format!("P{number}"))
}

fn fill(phone: &BarePhone, homes: u8) {
    for number in 0..homes {
        let mut document = Document::genesis(Kind::Premises).unwrap();
        let values = [("address_code", Value::from(format!("P{number}")))];
        let change = phone.edit(&mut document, &values).bytes;
        phone.sync(&phone.push_request(AREA, home(number), Kind::Premises, &[&change]));
    }
}

fn cursor(page: &AreaPage) -> AreaCursor {
    AreaCursor {
        area: page.area,
        area_epoch: page.area_epoch,
        cursor: page.cursor,
        chain: page.chain,
        complete: page.complete,
        roles: 0,
    }
}

fn limited(items: u64) -> Request {
    let limits = Some(Limits { items, bytes: 1 << 20 });
    Request { limits, ..Request::idle("tests") }
}

/// Pulls to the end; answers the pages.
fn pull_all(phone: &BarePhone, items: u64, from: Option<AreaCursor>) -> Vec<AreaPage> {
    let mut pages = Vec::new();
    let mut request = limited(items);
    request.areas.extend(from);
    loop {
        let response = phone.sync(&request);
        let Some(page) = response.areas.into_iter().find(|page| page.area == AREA) else { break };
        let more = page.more;
        request.areas = vec![cursor(&page)];
        pages.push(page);
        if !more {
            break;
        }
        assert!(pages.len() < 100, "paging comes to an end");
    }
    pages
}

#[test]
fn page_boundaries_a_new_phone_gets_every_record_once_whatever_the_pages_size() {
    let world = World::new();
    let author = world.bare_phone("李春梅", Role::Coordinator, AREA);
    fill(&author, 7);
    for items in [1, 6, 7, 8] {
        let reader = world.bare_phone("王建国", Role::Coordinator, AREA);
        let pages = pull_all(&reader, items, None);
        let items_seen = pages.iter().flat_map(|page| &page.items);
        let mut records: Vec<RecordId> = items_seen
            .map(|item| match item {
                Item::Snapshot { record, .. } => *record,
                other => panic!("not a document: {other:?}"),
            })
            .collect();
        assert_eq!(records.len(), 7, "pages of {items}");
        records.sort_unstable();
        records.dedup();
        assert_eq!(records.len(), 7);
        let last = pages.last().unwrap();
        assert!(last.complete && last.cursor == 7 && last.chain.is_some());
        assert_eq!(last.head, 7);
    }
}

#[test]
fn a_phone_that_is_complete_gets_changes_and_its_own_by_name() {
    let world = World::new();
    let author = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let reader = world.bare_phone("王建国", Role::Coordinator, AREA);
    fill(&author, 3);
    let done = pull_all(&reader, 100, None).pop().unwrap();
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let own = reader.edit(&mut document, &[("use", Value::from("shop"))]).bytes;
    reader.sync(&reader.push_request(AREA, home(50), Kind::Premises, &[&own]));
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let others = author.edit(&mut document, &[("use", Value::from("shop"))]).bytes;
    author.sync(&author.push_request(AREA, home(51), Kind::Premises, &[&others]));
    for items in [1, 2, 3] {
        let pages = pull_all(&reader, items, Some(cursor(&done)));
        let seen: Vec<&Item> = pages.iter().flat_map(|page| &page.items).collect();
        assert!(matches!(seen[0], Item::Own { seq: 4, .. }));
        let Item::Change { seq: 5, bytes, .. } = seen[1] else { panic!("a change") };
        assert_eq!(bytes.0, others);
        assert_eq!(seen.len(), 2);
        let writers: Vec<&str> =
            pages.iter().flat_map(|page| &page.writers).map(|w| w.name.as_str()).collect();
        assert_eq!(writers, ["李春梅"]);
    }
}

#[test]
fn nothing_new_is_no_page_at_all() {
    let world = World::new();
    let author = world.bare_phone("李春梅", Role::Coordinator, AREA);
    fill(&author, 2);
    let done = pull_all(&author, 100, None).pop().unwrap();
    let idle = Request { areas: vec![cursor(&done)], ..Request::idle("tests") };
    let response = author.sync(&idle);
    assert!(response.areas.is_empty() && response.access.is_empty());
}

#[test]
fn a_cursor_ahead_of_the_log_starts_anew_instead_of_standing_still() {
    let world = World::new();
    let author = world.bare_phone("李春梅", Role::Coordinator, AREA);
    fill(&author, 2);
    let mut ahead = cursor(&pull_all(&author, 100, None).pop().unwrap());
    ahead.cursor = 99;
    let pages = pull_all(&author, 100, Some(ahead));
    assert_eq!(pages[0].items.len(), 2);
}

#[test]
fn a_log_that_says_something_else_at_the_cursor_is_sent_anew() {
    let world = World::new();
    let author = world.bare_phone("李春梅", Role::Coordinator, AREA);
    fill(&author, 3);
    let done = cursor(&pull_all(&author, 100, None).pop().unwrap());
    for at in [2, 3] {
        // What a phone of a log that was restored and written on would say.
        let other = AreaCursor { cursor: at, chain: Some(ChangeHash([9; 32])), ..done.clone() };
        let pages = pull_all(&author, 100, Some(other));
        assert_eq!(pages[0].items.len(), 3, "cursor {at}");
    }
}

#[test]
fn nobody_reads_an_area_outside_their_scope() {
    let world = World::new();
    let author = world.bare_phone("李春梅", Role::Coordinator, AREA);
    fill(&author, 2);
    let stranger = world.bare_phone("陈外人", Role::Coordinator, OTHER_AREA);
    let begin =
        AreaCursor { area: AREA, area_epoch: 1, cursor: 0, chain: None, complete: true, roles: 0 };
    let asked = Request { areas: vec![begin], ..Request::idle("tests") };
    let response = stranger.sync(&asked);
    assert!(response.areas.iter().all(|page| page.area != AREA));
    assert!(response.access.contains(&Access::Revoked { area: AREA }));
    let granted = |access: &Access| matches!(access, Access::Granted { area, .. } if *area == AREA);
    assert!(!response.access.iter().any(granted));
}
