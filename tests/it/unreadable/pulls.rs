//! What phones are given meanwhile, and afterwards.

use doorstep_tests::handset::text;
use sync_protocol::wire::{AreaCursor, AreaPage, Item, Limits, Request, Response};

use super::*;

/// Pulls from where a page left the phone; from the beginning without one.
pub(super) fn pull(phone: &BarePhone, at: Option<&AreaPage>) -> Response {
    let cursor = |page: &AreaPage| AreaCursor {
        area: page.area,
        area_epoch: page.area_epoch,
        cursor: page.cursor,
        chain: page.chain,
        complete: page.complete,
        roles: 0,
    };
    let areas = at.map(cursor).into_iter().collect();
    phone.sync(&Request { areas, ..Request::idle("tests") })
}

pub(super) fn page(phone: &BarePhone, at: Option<&AreaPage>) -> AreaPage {
    let mut areas = pull(phone, at).areas;
    assert_eq!(areas.len(), 1, "a page");
    let page = areas.pop().unwrap();
    assert!(page.complete && !page.more && page.cursor == page.head, "{page:?}");
    page
}

/// The records of a page: whole ones, then those of which a change came.
fn records(page: &AreaPage) -> [Vec<RecordId>; 2] {
    let (mut whole, mut changed) = (Vec::new(), Vec::new());
    for item in &page.items {
        match item {
            Item::Snapshot { record, .. } => whole.push(*record),
            Item::Change { record, .. } => changed.push(*record),
            other => panic!("{other:?}"),
        }
    }
    [whole, changed]
}

/// The phone is where it was given everything but home 1, whose values are altered: it is told nothing
/// more, until they are put right.
fn ends_well(homes: &Homes, phone: &BarePhone, at: &AreaPage, altered: &[(&str, &str)]) {
    assert_eq!(pull(phone, Some(at)).areas, [], "nothing is new");
    altered.iter().for_each(|value| alter(&homes.world, *value, home(1)));
    let page = page(phone, Some(at));
    let whole = page.items.iter().find_map(|item| match item {
        Item::Snapshot { record, document, .. } if *record == home(1) => Some(document),
        _ => None,
    });
    let mut document = Document::load(Kind::Premises, whole.expect("the record")).unwrap();
    let written = homes.documents[0].clone().registers().unwrap();
    assert_eq!(document.registers().unwrap(), written);
    let log = mirror::log(&homes.world, AREA);
    assert_eq!(page.head, log.last().unwrap().seq);
    assert_eq!(pull(phone, Some(&page)).areas, [], "and it stays so");
}

#[test]
fn a_phone_that_reads_the_log_gets_the_rest_and_the_record_once_it_is_mended() {
    let mut homes = Homes::new();
    let wang = homes.world.bare_phone("王建国", Role::Coordinator, AREA);
    let first = page(&wang, None);
    assert_eq!(records(&first)[0].len(), 2);
    let push = homes.edited("room", "501");
    homes.pushed(push);
    let altered = [KEY];
    alter(&homes.world, KEY, home(1));
    let second = page(&wang, Some(&first));
    assert_eq!(records(&second), [vec![], vec![home(2)]]);
    ends_well(&homes, &wang, &second, &altered);
}

#[test]
fn so_does_one_that_fetches_whole_records_whatever_comes_meanwhile() {
    let mut homes = Homes::new();
    let wang = homes.world.bare_phone("王建国", Role::Coordinator, AREA);
    alter(&homes.world, KEY, home(1));
    let first = page(&wang, None);
    assert_eq!(records(&first), [vec![home(2)], vec![]]);
    assert_eq!(pull(&wang, Some(&first)).areas, []);
    let push = homes.edited("room", "501");
    assert_eq!(homes.pushed(push.clone()), ["retry", "accepted"]);
    let second = page(&wang, Some(&first));
    assert_eq!(records(&second), [vec![], vec![home(2)]]);
    // What was put off is pushed once it can be.
    alter(&homes.world, KEY, home(1));
    homes.pushed(push);
    alter(&homes.world, KEY, home(1));
    let third = page(&wang, Some(&second));
    assert_eq!(records(&third), [vec![], vec![]], "the phone has not asked in between");
    ends_well(&homes, &wang, &third, &[KEY]);
}

#[test]
fn of_a_log_that_does_not_open_the_document_comes_in_place_of_the_change() {
    let mut homes = Homes::new();
    let wang = homes.world.bare_phone("王建国", Role::Coordinator, AREA);
    let first = page(&wang, None);
    let push = homes.edited("room", "501");
    homes.pushed(push);
    documents::refresh_area(&homes.world.store, mirror::scope(AREA)).unwrap();
    alter(&homes.world, ("changes", "bytes"), home(1));
    let second = page(&wang, Some(&first));
    assert_eq!(records(&second), [vec![home(1)], vec![home(2)]]);
    assert_eq!(pull(&wang, Some(&second)).areas, []);
    // Where the document does not open either, no later change comes without those before.
    alter(&homes.world, ("documents", "document"), home(1));
    let again = page(&wang, Some(&first));
    assert_eq!(records(&again), [vec![], vec![home(2)]]);
    let altered = [("changes", "bytes"), ("documents", "document")];
    ends_well(&homes, &wang, &again, &altered);
}

#[test]
fn a_phone_that_fetches_page_by_page_does_not_forget_what_it_lacks() {
    let homes = Homes::new();
    let wang = homes.world.bare_phone("王建国", Role::Coordinator, AREA);
    for number in 3..6 {
        let mut document = Document::genesis(Kind::Premises).unwrap();
        let change = homes.li.edit(&mut document, &[("room", "1".into())]).bytes;
        assert_eq!(homes.pushed(vec![of(AREA, home(number), change)]), ["accepted"]);
    }
    alter(&homes.world, KEY, home(1));
    let mut request = Request::idle("tests");
    request.limits = Some(Limits { items: 1, ..Limits::PHONE });
    let mut fetched = 0;
    let last = loop {
        let page = wang.sync(&request).areas.pop().unwrap();
        fetched += page.items.len();
        request.areas = vec![AreaCursor {
            area: page.area,
            area_epoch: page.area_epoch,
            cursor: page.cursor,
            chain: page.chain,
            complete: page.complete,
            roles: 0,
        }];
        if !page.more {
            break page;
        }
    };
    assert_eq!(fetched, 4);
    ends_well(&homes, &wang, &last, &[KEY]);
}

#[test]
fn phones_go_on_with_everything_else_and_end_with_the_same() {
    let world = World::new();
    let li = world.phone("李春梅", Role::Coordinator, AREA);
    let wang = world.phone("王建国", Role::Coordinator, AREA);
    li.sync().unwrap();
    wang.sync().unwrap();
    let open = |number: u32, phone: &mobile_bindings::client::FieldClient| {
        let code = format!("210102001001{number:09}");
        phone.open_premises(None, code, vec![text("room", "1")]).unwrap().record
    };
    let (bad, good) = (open(1, &li), open(2, &li));
    li.sync().unwrap();
    wang.sync().unwrap();
    alter(&world, KEY, bad.parse().unwrap());
    li.edit(bad.clone(), vec![text("room", "2")]).unwrap();
    li.edit(good.clone(), vec![text("room", "3")]).unwrap();
    let new = open(3, &wang);
    wang.sync().unwrap();
    let synced = li.sync().unwrap();
    assert_eq!((synced.accepted, synced.rejected), (1, 0));
    wang.sync().unwrap();
    let room = |phone: &mobile_bindings::client::FieldClient, record: &str| {
        let seen = phone.read(record.to_owned()).unwrap();
        seen.fields.into_iter().find(|field| field.key == "room").unwrap().shown.en
    };
    assert!(li.read(new).is_ok());
    assert_eq!(room(&wang, &good), "3");
    alter(&world, KEY, bad.parse().unwrap());
    li.sync().unwrap();
    wang.sync().unwrap();
    assert_eq!(room(&wang, &bad), "2");
}
