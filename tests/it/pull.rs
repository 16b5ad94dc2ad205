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
    fill_from(phone, 0, homes);
}

fn fill_from(phone: &BarePhone, first: u8, homes: u8) {
    for number in first..first + homes {
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
fn a_change_whose_verdict_is_in_the_answer_has_no_item_in_it_and_the_cursor_passes_over_it() {
    let world = World::new();
    let author = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let pusher = world.bare_phone("王建国", Role::Coordinator, AREA);
    fill(&author, 3);
    let done = cursor(&pull_all(&pusher, 100, None).pop().unwrap());
    fill_from(&author, 20, 1);
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let values = ["shop", "hotel"].map(|value| [("use", Value::from(value))]);
    let own = values.map(|values| pusher.edit(&mut document, &values).bytes);
    let own: Vec<&[u8]> = own.iter().map(Vec::as_slice).collect();
    let mut push = pusher.push_request(AREA, home(50), Kind::Premises, &own);
    push.areas = vec![done.clone()];
    // The answer is lost and asked for again: the same verdicts, the same page.
    for _ in 0..2 {
        let answer = pusher.sync(&push);
        assert_eq!(answer.verdicts.len(), 2);
        let page = &answer.areas[0];
        assert!(matches!(page.items[..], [Item::Change { seq: 4, .. }]), "{:?}", page.items);
        assert_eq!((page.cursor, page.head, page.more), (6, 6, false));
        assert!(page.chain.is_some());
        let next = Request { areas: vec![cursor(page)], ..Request::idle("tests") };
        assert!(pusher.sync(&next).areas.is_empty());
    }
    // Where the verdicts are not, there is an item for each; and no page hides what is behind it.
    let told = pull_all(&pusher, 100, Some(done.clone())).pop().unwrap();
    assert!(matches!(told.items[1..], [Item::Own { seq: 5, .. }, Item::Own { seq: 6, .. }]));
    fill_from(&author, 21, 2);
    for items in 1..6 {
        push.limits = limited(items).limits;
        let first = pusher.sync(&push).areas.remove(0);
        let mut seqs: Vec<u64> = first.items.iter().map(seq).collect();
        if first.more {
            let rest = pull_all(&pusher, items, Some(cursor(&first)));
            seqs.extend(rest.iter().flat_map(|page| page.items.iter().map(seq)));
        }
        seqs.retain(|seq| ![5, 6].contains(seq));
        assert_eq!(seqs, [4, 7, 8], "{items} items at a time");
    }
}

fn seq(item: &Item) -> u64 {
    match item {
        Item::Snapshot { seq, .. }
        | Item::Change { seq, .. }
        | Item::Own { seq, .. }
        | Item::Moved { seq, .. }
        | Item::Tombstone { seq, .. } => *seq,
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
