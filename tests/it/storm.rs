//! Any interleaving of edits, syncs, lost requests, lost and broken answers, and restarts of phones
//! and server, on two to five phones: all end with the same records, and every change that was saved
//! is in the log once. A failing case prints its steps.

use std::sync::Arc;

use doorstep::store::{changes, records};
use doorstep_tests::proxy::{Proxy, Weather};
use doorstep_tests::world::{AREA, World, operator};
use mobile_bindings::client::{Entry, FieldClient, FieldValue};
use proptest::prelude::*;
use sync_protocol::records::Role;

const PHONES: usize = 5;

#[derive(Debug, Clone)]
enum Step {
    /// A phone writes into one of a few homes, opening it if need be.
    Edit { phone: usize, home: u8, what: What },
    /// A phone syncs in some weather.
    Sync { phone: usize, weather: Weather },
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
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..PHONES, 0_u8..3, what())
            .prop_map(|(phone, home, what)| Step::Edit { phone, home, what }),
        6 => (0..PHONES, weather()).prop_map(|(phone, weather)| Step::Sync { phone, weather }),
        2 => (0..PHONES).prop_map(Step::RestartPhone),
        1 => Just(Step::RestartServer),
    ]
}

struct Phone {
    path: String,
    client: Option<Arc<FieldClient>>,
    saved: usize,
}

impl Phone {
    fn client(&self) -> &FieldClient {
        self.client.as_ref().expect("the phone is on")
    }

    fn restart(&mut self) {
        self.client = None;
        self.client = Some(FieldClient::open(self.path.clone(), vec![7; 32]).unwrap());
    }

    fn edit(&mut self, home: u8, what: &What) {
        let text = |key: &str, value: &str| Entry {
            key: key.into(),
            value: FieldValue::Text { text: value.into() },
        };
        let value = match what {
            What::Use(code) => text("use", code),
            What::Rooms(number) => {
                Entry { key: "rooms".into(), value: FieldValue::Number { number: *number } }
            }
            What::Notes(notes) => text("notes", notes),
        };
        let code = format!("{AREA}{home:09}");
        let area = Some(AREA.to_string());
        let saved = self.client().open_premises(area, code, vec![value]).unwrap();
        self.saved += usize::from(saved.change.is_some());
    }
}

fn play(steps: &[Step]) -> Result<(), TestCaseError> {
    let mut world = World::new();
    let server = world.url.trim_start_matches("http://").parse().unwrap();
    let proxy = Proxy::before(server);
    let mut phones: Vec<Phone> = (0..PHONES).map(|number| enrol(&world, &proxy, number)).collect();
    for step in steps {
        match step {
            Step::Edit { phone, home, what } => phones[*phone].edit(*home, what),
            Step::Sync { phone, weather } => {
                proxy.set(*weather);
                // It may fail; nothing may be lost by it.
                let _ = phones[*phone].client().sync();
                proxy.set(Weather::Fair);
            }
            Step::RestartPhone(phone) => phones[*phone].restart(),
            Step::RestartServer => {
                world.stop_server();
                world.start_server();
            }
        }
    }
    // Once to bring, once to fetch what the others brought.
    for phone in phones.iter().chain(&phones) {
        phone.client().sync_until_done(60_000).unwrap();
    }
    check(&world, &phones)
}

fn enrol(world: &World, proxy: &Proxy, number: usize) -> Phone {
    let name = format!("人{number}");
    let code = world.enrolment_code(world.person(&name, Role::Coordinator, AREA));
    let path = world.folder().join(format!("storm-{number}.db")).display().to_string();
    let client = FieldClient::open(path.clone(), vec![7; 32]).unwrap();
    client.enrol_at(proxy.url.clone(), code, name).unwrap();
    client.sync().unwrap();
    Phone { path, client: Some(client), saved: 0 }
}

fn check(world: &World, phones: &[Phone]) -> Result<(), TestCaseError> {
    let scope = operator().area(AREA);
    let stored = world.store.read(|db| records::all(db, &scope)).unwrap();
    let server: Vec<(String, String)> = stored
        .iter()
        .map(|(id, stored)| (id.to_string(), stored.registers.digest().to_string()))
        .collect();
    for phone in phones {
        let mut held: Vec<(String, String)> = phone
            .client()
            .digest()
            .unwrap()
            .into_iter()
            .map(|line| (line.record, line.digest))
            .collect();
        held.sort();
        prop_assert_eq!(&held, &server);
        prop_assert_eq!(phone.client().status().unwrap().on_this_phone, 0);
    }
    let log = world.store.read(|db| changes::after(db, &scope, 0, 10_000)).unwrap();
    let saved: usize = phones.iter().map(|phone| phone.saved).sum();
    prop_assert_eq!(log.len(), saved);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_on_the_way_everybody_ends_with_the_same(
        steps in prop::collection::vec(step(), 10..60)
    ) {
        play(&steps)?;
    }
}
