//! Registers against Automerge, and the merge rules, on phones that edit, swap and repeat changes in
//! any order. A failing case prints its seed.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::ids::{Actor, ChangeHash, DeviceId};
use crate::judge;
use crate::records::{Kind, Value};

const PHONES: usize = 4;

/// What may happen.
#[derive(Debug, Clone)]
enum Step {
    /// A phone writes values.
    Edit(usize, Vec<(String, Value)>),
    /// One phone gets everything that another has.
    Fetch { to: usize, from: usize },
}

fn value() -> impl Strategy<Value = (String, Value)> {
    let choice = |key: &'static str, codes: &'static [&'static str]| {
        prop::sample::select(codes).prop_map(move |code| (key.to_owned(), Value::from(code)))
    };
    prop_oneof![
        choice("outcome", &["met", "no_answer", "refused"]),
        choice("need.permit", &["requested", "referred", "done"]),
        choice("state", &["draft", "submitted", "in_review"]),
        (0_i64..9).prop_map(|at| ("started_at".to_owned(), Value::from(at))),
        (0_i64..9).prop_map(|at| ("ended_at".to_owned(), Value::from(at))),
        any::<bool>().prop_map(|yes| ("card_shown".to_owned(), Value::from(yes))),
        "[住户访门铃声]{0,6}".prop_map(|text| ("remarks".to_owned(), Value::from(text))),
        Just(("outcome".to_owned(), Value::Null)),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let edit = (0..PHONES, prop::collection::vec(value(), 1..4));
    let fetch = (0..PHONES, 0..PHONES);
    prop::collection::vec(
        prop_oneof![
            2 => edit.prop_map(|(phone, values)| Step::Edit(phone, values)),
            1 => fetch.prop_map(|(to, from)| Step::Fetch { to, from }),
        ],
        1..40,
    )
}

/// A phone: its document, its registers kept beside it, and its changes in the order it got them.
struct Phone {
    actor: Actor,
    document: Document,
    registers: Registers,
    log: Vec<Vec<u8>>,
}

impl Phone {
    fn new(number: usize) -> Self {
        Self {
            actor: Actor::new(DeviceId(number as u64 + 1), 1),
            document: Document::genesis(Kind::Visit).unwrap(),
            registers: Registers::genesis(Kind::Visit),
            log: Vec::new(),
        }
    }

    fn edit(&mut self, time: i64, values: &[(String, Value)]) {
        let Some(edited) = self.document.edit(self.actor, time, values).unwrap() else { return };
        self.registers.apply(&edited.change);
        self.document.fill_texts(&mut self.registers);
        self.log.push(edited.bytes);
    }

    /// Takes what it does not have, as the server hands it on: judged, in causal order.
    fn fetch(&mut self, log: &[Vec<u8>]) {
        for bytes in log {
            let change = judge::read(bytes, Kind::Visit).unwrap().condensed();
            if self.document.has(&change.hash) {
                continue;
            }
            self.document.apply([bytes.as_slice()]).unwrap();
            self.registers.apply(&change);
            self.document.fill_texts(&mut self.registers);
            self.log.push(bytes.clone());
        }
    }
}

fn run(steps: &[Step]) -> Vec<Phone> {
    let mut phones: Vec<Phone> = (0..PHONES).map(Phone::new).collect();
    for (time, step) in (1_i64..).zip(steps) {
        match step {
            Step::Edit(phone, values) => phones[*phone].edit(time, values),
            Step::Fetch { to, from } => {
                let log = phones[*from].log.clone();
                phones[*to].fetch(&log);
            }
        }
    }
    phones
}

fn everybody_fetches(phones: &mut [Phone]) {
    for _ in 0..2 {
        for to in 0..phones.len() {
            for from in 0..phones.len() {
                let log = phones[from].log.clone();
                phones[to].fetch(&log);
            }
        }
    }
}

/// The live values of each key as Automerge has them, sorted.
fn automerge_live(document: &Document) -> BTreeMap<String, Vec<Value>> {
    document.live_values()
}

fn register_live(registers: &Registers) -> BTreeMap<String, Vec<Value>> {
    let sorted = |live: &LiveValues| {
        let mut values: Vec<Value> = live.iter().map(|live| live.value.clone()).collect();
        values.sort();
        values
    };
    registers.keys.iter().map(|(key, live)| (key.to_string(), sorted(live))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_loaded_document_says_the_registers_that_its_changes_make(steps in steps()) {
        // Who edited a text is read from the history; without texts the document is enough.
        let texts: fn(&mut Step) = |_| {};
        let scalars: fn(&mut Step) = |step| {
            if let Step::Edit(_, values) = step {
                values.retain(|(key, _)| key != "remarks");
            }
        };
        for only in [texts, scalars] {
            let mut steps = steps.clone();
            steps.iter_mut().for_each(only);
            for phone in &mut run(&steps) {
                let mut loaded = Document::load(Kind::Visit, &phone.document.save()).unwrap();
                prop_assert_eq!(&loaded.registers().unwrap(), &phone.registers);
            }
        }
    }

    #[test]
    fn registers_are_what_automerge_says(steps in steps()) {
        for phone in &mut run(&steps) {
            prop_assert_eq!(automerge_live(&phone.document), register_live(&phone.registers));
            prop_assert_eq!(&phone.document.heads(), &phone.registers.heads);
            for (key, live) in &phone.registers.keys {
                prop_assert_eq!(phone.document.winner(key), live.first().map(|l| l.value.clone()));
            }
            for (key, text) in &phone.registers.texts {
                prop_assert_eq!(phone.document.text(key).unwrap(), text.text.clone());
            }
        }
    }

    #[test]
    fn all_who_hold_the_same_changes_see_the_same_record(steps in steps()) {
        let mut phones = run(&steps);
        everybody_fetches(&mut phones);
        let digests: Vec<ChangeHash> = phones.iter().map(|phone| phone.registers.digest()).collect();
        prop_assert!(digests.windows(2).all(|pair| pair[0] == pair[1]));
        let effective = Effective::of(&phones[0].registers);
        for phone in &phones {
            prop_assert_eq!(&Effective::of(&phone.registers), &effective);
        }
    }

    #[test]
    fn registers_survive_their_bytes_and_a_saved_document(steps in steps()) {
        for phone in &mut run(&steps) {
            let bytes = phone.registers.to_bytes();
            prop_assert_eq!(&Registers::from_bytes(&bytes).unwrap(), &phone.registers);
            let saved = phone.document.save();
            let mut loaded = Document::load(Kind::Visit, &saved).unwrap();
            prop_assert_eq!(&loaded.registers().unwrap(), &phone.registers);
        }
    }
}

/// Two phones that write without knowing of each other; what the merged record says.
fn concurrently(kind: Kind, key: &str, first: Value, second: Value) -> Effective {
    let mut base = Document::genesis(kind).unwrap();
    let mut other = base.clone();
    let one = base.edit(Actor::new(DeviceId(1), 1), 10, &[(key.into(), first)]).unwrap().unwrap();
    let two = other.edit(Actor::new(DeviceId(2), 1), 20, &[(key.into(), second)]).unwrap().unwrap();
    let mut registers = Registers::genesis(kind);
    registers.apply(&one.change);
    registers.apply(&two.change);
    Effective::of(&registers)
}

#[test]
fn each_rule_resolves_as_it_says() {
    let says = |kind, key: &str, a: Value, b: Value| {
        let one = concurrently(kind, key, a.clone(), b.clone());
        let other = concurrently(kind, key, b, a);
        assert_eq!(one.value(key), other.value(key), "{key} depends on who was first");
        one.value(key).cloned().unwrap()
    };
    let item = "item.gas.result";
    assert_eq!(says(Kind::Inspection, item, "fail".into(), "pass".into()), "fail".into());
    assert_eq!(says(Kind::Inspection, item, "pass".into(), "not_applicable".into()), "pass".into());
    assert_eq!(says(Kind::Visit, "need.permit", "done".into(), "referred".into()), "done".into());
    assert_eq!(says(Kind::Inspection, "occupants_found", 7.into(), 4.into()), 7.into());
    assert_eq!(says(Kind::Visit, "started_at", 7.into(), 4.into()), 4.into());
    let filed = "lease_filed_on";
    assert_eq!(
        says(Kind::Premises, filed, "2026-02-01".into(), "2025-12-31".into()),
        "2025-12-31".into()
    );
}

#[test]
fn a_clash_of_a_review_field_is_listed_with_both_values() {
    let effective = concurrently(Kind::Premises, "use", "rented".into(), "shop".into());
    let [clash] = effective.clashes.as_slice() else { panic!("one clash") };
    assert_eq!(clash.key, "use");
    let values: Vec<&Value> = clash.values.iter().map(|live| &live.value).collect();
    assert_eq!(values, [&Value::from("shop"), &Value::from("rented")]);
    assert_eq!(effective.fields["use"].others.len(), 1);
    // The same value written twice is agreement.
    let agreed = concurrently(Kind::Premises, "use", "rented".into(), "rented".into());
    assert!(agreed.clashes.is_empty());
}

#[test]
fn a_decision_stands_against_a_value_that_did_not_know_it() {
    let worker = |n| Actor::new(DeviceId(n), 1);
    let reviewer = Actor::new(DeviceId(99), 1);
    let set = |value: &str| vec![("use".to_owned(), Value::from(value))];
    let mut merged = Document::genesis(Kind::Premises).unwrap();
    let mut late = merged.clone();
    let mut other = merged.clone();
    merged.edit(worker(1), 1, &set("rented")).unwrap().unwrap();
    let two = other.edit(worker(2), 2, &set("shop")).unwrap().unwrap();
    merged.apply([two.bytes.as_slice()]).unwrap();
    let decided = vec![
        ("use".to_owned(), Value::from("rented")),
        ("decided.use".to_owned(), Value::from("seen on site")),
    ];
    merged.edit(reviewer, 3, &decided).unwrap().unwrap();
    assert!(Effective::of(&merged.registers().unwrap()).clashes.is_empty());
    // A third phone wrote long before it could know, with the highest actor of all.
    let three = late.edit(worker(200), 4, &set("vacant")).unwrap().unwrap();
    merged.apply([three.bytes.as_slice()]).unwrap();
    let effective = Effective::of(&merged.registers().unwrap());
    assert_eq!(effective.text("use"), Some("rented"));
    let [clash] = effective.clashes.as_slice() else { panic!("one clash") };
    assert!(clash.reopened);
}

#[test]
fn an_unchanged_value_is_not_written() {
    let actor = Actor::new(DeviceId(1), 1);
    let mut document = Document::genesis(Kind::Visit).unwrap();
    let values = vec![
        ("outcome".to_owned(), Value::from("met")),
        ("remarks".to_owned(), Value::from("门已修好")),
    ];
    assert_eq!(document.edit(actor, 1, &values).unwrap().unwrap().written.len(), 2);
    assert!(document.edit(actor, 2, &values).unwrap().is_none());
    let one_more = [values, vec![("card_shown".to_owned(), Value::from(true))]].concat();
    let edited = document.edit(actor, 3, &one_more).unwrap().unwrap();
    let keys: Vec<&str> = edited.written.iter().map(|written| written.key.as_str()).collect();
    assert_eq!(keys, ["card_shown"]);
}
