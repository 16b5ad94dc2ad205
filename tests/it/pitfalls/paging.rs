//! Pages: their boundaries, and those that have nothing in them and more behind them.

use doorstep_tests::BarePhone;
use doorstep_tests::world::{AREA, OTHER_AREA, STREET, World};
use sync_protocol::document::Document;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::{AreaCursor, Item, Limits, Request, Response};

/// Opens so many homes of an area, each in a push of its own.
fn fill(phone: &BarePhone, area: AreaId, homes: std::ops::Range<u8>) {
    for number in homes {
        let mut document = Document::genesis(Kind::Premises).unwrap();
        let change = phone.edit(&mut document, &[("rooms", Value::from(1))]).bytes;
        phone.sync(&phone.push_request(area, RecordId([number; 16]), Kind::Premises, &[&change]));
    }
}

/// A phone that keeps what it is given.
struct Reader<'p> {
    phone: &'p BarePhone,
    cursors: Vec<AreaCursor>,
    places: Vec<(AreaId, u64)>,
}

impl<'p> Reader<'p> {
    fn new(phone: &'p BarePhone) -> Self {
        Self { phone, cursors: Vec::new(), places: Vec::new() }
    }

    /// Asks once, for so many items.
    fn ask(&mut self, items: u64) -> Response {
        let limits = Some(Limits { items, bytes: 1 << 20 });
        let areas = self.cursors.clone();
        let answer = self.phone.sync(&Request { limits, areas, ..Request::idle("tests") });
        for page in &answer.areas {
            self.places.extend(page.items.iter().map(|item| match item {
                Item::Snapshot { seq, .. } | Item::Change { seq, .. } | Item::Own { seq, .. } => {
                    (page.area, *seq)
                }
                Item::Moved { .. } | Item::Tombstone { .. } => panic!("nothing goes here"),
            }));
            self.cursors.retain(|cursor| cursor.area != page.area);
            self.cursors.push(AreaCursor {
                area: page.area,
                area_epoch: page.area_epoch,
                cursor: page.cursor,
                chain: page.chain,
                complete: page.complete,
                roles: 0,
            });
        }
        answer
    }

    /// Asks until nothing more comes; answers how many pages with items that took.
    fn ask_all(&mut self, items: u64) -> usize {
        let mut pages = 0;
        loop {
            let answer = self.ask(items);
            pages += answer.areas.iter().filter(|page| !page.items.is_empty()).count();
            if !answer.areas.iter().any(|page| page.more) {
                return pages;
            }
            assert!(pages < 100, "paging comes to an end");
        }
    }
}

#[test]
fn page_boundaries_n_one_less_one_more_and_none() {
    // As many items to a page as there are, one fewer, one more; and no item at all to read.
    const N: u64 = 4;
    for there in [0, N - 1, N, N + 1, 2 * N] {
        let world = World::new();
        let author = world.bare_phone("李春梅", Role::Coordinator, AREA);
        let reader = world.bare_phone("王建国", Role::Coordinator, AREA);
        let count = u8::try_from(there).unwrap();
        let pages = usize::try_from(there.div_ceil(N)).unwrap();
        let mut reader = Reader::new(&reader);
        fill(&author, AREA, 0..count);
        assert_eq!(reader.ask_all(N), pages, "{there} documents");
        fill(&author, AREA, count..2 * count);
        assert_eq!(reader.ask_all(N), pages, "{there} changes");
        let places: Vec<u64> = reader.places.iter().map(|(_, place)| *place).collect();
        assert_eq!(places, (1..=2 * there).collect::<Vec<_>>());
        assert!(reader.ask(N).areas.is_empty(), "nothing is left");
    }
}

#[test]
fn page_of_no_items_asked_for_is_a_page_of_one() {
    let world = World::new();
    let author = world.bare_phone("李春梅", Role::Coordinator, AREA);
    fill(&author, AREA, 0..3);
    let phone = world.bare_phone("王建国", Role::Coordinator, AREA);
    let mut reader = Reader::new(&phone);
    assert_eq!(reader.ask_all(0), 3);
}

#[test]
fn empty_page_with_more_is_no_end() {
    let world = World::new();
    let author = world.bare_phone("李春梅", Role::Coordinator, STREET);
    fill(&author, AREA, 0..2);
    fill(&author, OTHER_AREA, 0..2);
    let phone = world.bare_phone("王建国", Role::Coordinator, STREET);
    let mut reader = Reader::new(&phone);
    // The first area takes the only item; the others have a page with nothing in it, and more.
    let answer = reader.ask(1);
    let empty = answer.areas.iter().filter(|page| page.items.is_empty() && page.more);
    assert_eq!(empty.map(|page| page.area).collect::<Vec<_>>(), [OTHER_AREA]);
    reader.ask_all(1);
    reader.places.sort_unstable();
    assert_eq!(reader.places, [(AREA, 1), (AREA, 2), (OTHER_AREA, 1), (OTHER_AREA, 2)]);
    // The same of changes.
    fill(&author, AREA, 2..4);
    fill(&author, OTHER_AREA, 2..4);
    let answer = reader.ask(1);
    assert!(answer.areas.iter().any(|page| page.items.is_empty() && page.more));
    reader.ask_all(1);
    reader.places.sort_unstable();
    let places = |area| (1..=4).map(move |place| (area, place));
    assert_eq!(reader.places, places(AREA).chain(places(OTHER_AREA)).collect::<Vec<_>>());
}
