//! Any interleaving of edits, syncs, lost, delayed, overtaken and repeated requests, lost and broken
//! answers, and restarts of phones and server, on two to eight phones with two areas: all end with
//! the same records and the same effective values, and every change that was saved is in the log
//! once. A failing case prints its steps and its seed.

use std::collections::BTreeMap;

use doorstep_tests::handset::{number, text};
use doorstep_tests::proxy::{Proxy, Weather};
use doorstep_tests::world::{AREA, OTHER_AREA, STREET, World};
use doorstep_tests::{Handset, mirror};
use proptest::prelude::*;
use sync_protocol::ids::AreaId;
use sync_protocol::records::Role;

#[derive(Debug, Clone)]
enum Step {
    /// A phone writes into one of a few homes, opening it if need be.
    Edit { phone: usize, home: u32, what: What },
    /// A phone syncs in some weather.
    Sync { phone: usize, weather: Weather },
    /// What was delayed arrives.
    Deliver,
    /// A phone is killed and opened again.
    RestartPhone(usize),
    /// The server is killed and started again.
    RestartServer,
}

#[derive(Debug, Clone)]
enum What {
    Use(&'static str),
    Rooms(i64),
    Notes(String),
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        prop::sample::select(&["rented", "shop", "vacant"][..]).prop_map(What::Use),
        (1_i64..9).prop_map(What::Rooms),
        "[门铃坏了已修好]{1,6}".prop_map(What::Notes),
    ]
}

fn weather() -> impl Strategy<Value = Weather> {
    prop_oneof![
        4 => Just(Weather::Fair),
        1 => Just(Weather::RequestLost),
        2 => Just(Weather::AnswerLost),
        1 => Just(Weather::AnswerCutShort),
        2 => Just(Weather::RequestDelayed),
        1 => Just(Weather::RequestTwice),
    ]
}

fn step(phones: usize) -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..phones, 0_u32..4, what())
            .prop_map(|(phone, home, what)| Step::Edit { phone, home, what }),
        6 => (0..phones, weather()).prop_map(|(phone, weather)| Step::Sync { phone, weather }),
        1 => Just(Step::Deliver),
        2 => (0..phones).prop_map(Step::RestartPhone),
        1 => Just(Step::RestartServer),
    ]
}

/// How many phones there are, and what happens to them.
fn story() -> impl Strategy<Value = (usize, Vec<Step>)> {
    (2_usize..=8).prop_flat_map(|phones| {
        prop::collection::vec(step(phones), 10..60).prop_map(move |steps| (phones, steps))
    })
}

/// Homes of even numbers are in one area, the others in the other.
fn area_of(home: u32) -> AreaId {
    if home.is_multiple_of(2) { AREA } else { OTHER_AREA }
}

/// The changes that were saved, by area.
type Saved = BTreeMap<AreaId, Vec<String>>;

fn edit(phone: &Handset, home: u32, what: &What, saved: &mut Saved) {
    let value = match what {
        What::Use(code) => text("use", code),
        What::Rooms(rooms) => number("rooms", *rooms),
        What::Notes(notes) => text("notes", notes),
    };
    let area = area_of(home);
    saved.entry(area).or_default().extend(phone.write(area, home, vec![value]));
}

fn play(phones: usize, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut world = World::new();
    let proxy = Proxy::before_url(&world.url);
    let enrol =
        |n| Handset::enrol(&world, &proxy.url, &format!("人{n}"), Role::Coordinator, STREET);
    let mut phones: Vec<Handset> = (0..phones).map(enrol).collect();
    let mut saved = Saved::new();
    for step in steps {
        match step {
            Step::Edit { phone, home, what } => edit(&phones[*phone], *home, what, &mut saved),
            Step::Sync { phone, weather } => {
                proxy.set(*weather);
                // It may fail; nothing may be lost by it.
                let _ = phones[*phone].client().sync();
                proxy.set(Weather::Fair);
            }
            Step::Deliver => {
                proxy.deliver();
            }
            Step::RestartPhone(phone) => phones[*phone].restart(),
            Step::RestartServer => {
                world.stop_server();
                world.start_server();
            }
        }
    }
    // Once to bring, what is on the way last of all, once to fetch what the others brought.
    for phone in &phones {
        phone.client().sync_until_done(60_000).unwrap();
    }
    proxy.deliver();
    for phone in &phones {
        phone.client().sync_until_done(60_000).unwrap();
    }
    check(&world, &phones, saved)
}

fn check(world: &World, phones: &[Handset], saved: Saved) -> Result<(), TestCaseError> {
    let areas = [AREA, OTHER_AREA];
    let digests: BTreeMap<_, _> =
        areas.iter().flat_map(|area| mirror::digests(world, *area)).collect();
    let shown: BTreeMap<_, _> = areas.iter().flat_map(|area| mirror::shown(world, *area)).collect();
    for phone in phones {
        let held: BTreeMap<_, _> = phone.digests().into_iter().collect();
        prop_assert_eq!(&held, &digests);
        prop_assert_eq!(&phone.shown(), &shown);
        let status = phone.client().status().unwrap();
        prop_assert_eq!((status.on_this_phone, status.refused, status.held), (0, 0, 0));
    }
    for area in areas {
        let mut logged = mirror::names(world, area);
        let mut saved = saved.get(&area).cloned().unwrap_or_default();
        logged.sort();
        saved.sort();
        prop_assert_eq!(logged, saved);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 14, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_on_the_way_everybody_ends_with_the_same((phones, steps) in story()) {
        play(phones, &steps)?;
    }
}
