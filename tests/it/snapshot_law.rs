//! The law of snapshots: for every place k of a log, what the server served as whole documents at k,
//! with the log's tail after k applied to it, is what the full log makes and what the server serves
//! at the end: the same heads, the same effective values. A failing case prints its steps and seed.

use std::collections::BTreeMap;

use doorstep_tests::outcomes::all_accepted;
use doorstep_tests::world::{AREA, World};
use doorstep_tests::{BarePhone, mirror};
use proptest::prelude::*;
use sync_protocol::document::Document;
use sync_protocol::ids::{ChangeHash, RecordId};
use sync_protocol::records::{Kind, Role, Value};
use sync_protocol::wire::{AreaCursor, Item, Limits, Request};

const PHONES: usize = 3;
const RECORDS: usize = 2;

/// What a phone does: fetches everything if it says so, then writes one change and pushes it.
#[derive(Debug, Clone)]
struct Step {
    phone: usize,
    record: usize,
    fetches: bool,
    value: (&'static str, Value),
}

fn step() -> impl Strategy<Value = Step> {
    let value = prop_oneof![
        prop::sample::select(&["rented", "shop", "vacant"][..]).prop_map(|v| ("use", v.into())),
        (1_i64..9).prop_map(|rooms| ("rooms", rooms.into())),
        Just(("rooms", Value::Null)),
        "[门铃坏了已修好]{1,5}".prop_map(|notes| ("notes", notes.into())),
    ];
    (0..PHONES, 0..RECORDS, any::<bool>(), value).prop_map(|(phone, record, fetches, value)| Step {
        phone,
        record,
        fetches,
        value,
    })
}

/// The whole documents of an area.
type Documents = BTreeMap<RecordId, Document>;

fn record(number: usize) -> RecordId {
    RecordId([u8::try_from(number).unwrap() + 1; 16])
}

fn genesis() -> Document {
    Document::genesis(Kind::Premises).unwrap()
}

/// What the server serves a phone that is new, in pages of so many.
fn served(reader: &BarePhone, items: u64) -> Documents {
    let mut documents = Documents::new();
    let mut areas: Vec<AreaCursor> = Vec::new();
    loop {
        let limits = Some(Limits { items, bytes: 1 << 20 });
        let answer = reader.sync(&Request { limits, areas, ..Request::idle("tests") });
        let page = &answer.areas[0];
        for item in &page.items {
            let Item::Snapshot { record, kind, document, .. } = item else { panic!("{item:?}") };
            documents.insert(*record, Document::load(*kind, document).unwrap());
        }
        if !page.more {
            return documents;
        }
        areas = vec![AreaCursor {
            area: page.area,
            area_epoch: page.area_epoch,
            cursor: page.cursor,
            chain: page.chain,
            complete: page.complete,
            roles: 0,
        }];
    }
}

/// Heads and effective values of every record.
fn said(documents: &Documents) -> BTreeMap<RecordId, (Vec<ChangeHash>, BTreeMap<String, Value>)> {
    let said = |document: &Document| {
        let registers = document.clone().registers().unwrap();
        (document.clone().heads(), mirror::values(&registers))
    };
    documents.iter().map(|(record, document)| (*record, said(document))).collect()
}

fn play(steps: &[Step]) -> Result<(), TestCaseError> {
    let world = World::new();
    let phones: Vec<BarePhone> =
        (0..PHONES).map(|n| world.bare_phone(&format!("人{n}"), Role::Coordinator, AREA)).collect();
    let reader = world.bare_phone("赵敏", Role::Coordinator, AREA);
    let mut held: Vec<Vec<Document>> = vec![vec![genesis(); RECORDS]; PHONES];
    let mut snapshots = vec![served(&reader, 1)];
    for step in steps {
        let document = &mut held[step.phone][step.record];
        if step.fetches
            && let Some(theirs) =
                snapshots.last_mut().and_then(|all| all.get_mut(&record(step.record)))
        {
            document.merge(theirs).unwrap();
        }
        let phone = &phones[step.phone];
        let values = [(step.value.0.to_owned(), step.value.1.clone())];
        let edited = document.edit(phone.actor(), 1_795_000_000, &values).unwrap();
        // Nothing was different: there is no place k.
        let Some(edited) = edited else { continue };
        let push = phone.push_request(AREA, record(step.record), Kind::Premises, &[&edited.bytes]);
        prop_assert!(all_accepted(&phone.sync(&push)));
        snapshots.push(served(&reader, 1 + snapshots.len() as u64 % 3));
    }
    check(&world, snapshots)
}

fn check(world: &World, snapshots: Vec<Documents>) -> Result<(), TestCaseError> {
    let log = mirror::log(world, AREA);
    prop_assert_eq!(log.len() + 1, snapshots.len());
    let last = said(snapshots.last().unwrap());
    let registers = mirror::registers(world, AREA);
    let of_server: BTreeMap<_, _> = registers
        .into_iter()
        .map(|(record, of)| (record, (of.heads.clone(), mirror::values(&of))))
        .collect();
    prop_assert_eq!(&last, &of_server);
    for (k, mut documents) in snapshots.into_iter().enumerate() {
        for entry in &log[k..] {
            let document = documents.entry(entry.record).or_insert_with(genesis);
            document.apply([entry.bytes.as_slice()]).unwrap();
        }
        prop_assert_eq!(&said(&documents), &last, "snapshot at {} and the tail after it", k);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 50, ..ProptestConfig::default() })]

    #[test]
    fn full_log_equals_the_snapshot_at_any_k_and_the_tail_after_k(
        steps in prop::collection::vec(step(), 1..25)
    ) {
        play(&steps)?;
    }
}
