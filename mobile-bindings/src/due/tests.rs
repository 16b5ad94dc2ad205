//! What is kept beside each record is what its document says, whatever has happened to it.

use proptest::prelude::*;
use sync_protocol::document::Registers;
use sync_protocol::records::Role;
use sync_protocol::wire::{Outcome, Words};

use super::*;
use crate::client::{Entry, FieldValue};
use crate::record::{self, Summary};
use crate::store::{derived, records};
use crate::testing::{Log, Phone, entries};

/// Something that happens to two phones in the field; numbers choose home, record or value.
#[derive(Debug, Clone)]
enum Step {
    Open(u8, u8),
    Stay(u8, u8),
    Visit(u8, u8),
    Inspect(u8, u8),
    Edit(u8, u8),
    Void(u8),
    /// The first phone's work is refused.
    Refused,
    /// Everything is exchanged.
    Sync,
    /// The first phone is closed and opened.
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let two = || (any::<u8>(), any::<u8>());
    prop_oneof![
        3 => two().prop_map(|(home, value)| Step::Open(home, value)),
        3 => two().prop_map(|(home, value)| Step::Stay(home, value)),
        3 => two().prop_map(|(home, value)| Step::Visit(home, value)),
        3 => two().prop_map(|(home, value)| Step::Inspect(home, value)),
        4 => two().prop_map(|(record, value)| Step::Edit(record, value)),
        1 => any::<u8>().prop_map(Step::Void),
        1 => Just(Step::Refused),
        3 => Just(Step::Sync),
        1 => Just(Step::Reopen),
    ]
}

fn day(value: u8) -> String {
    let begin: NaiveDate = "2026-05-01".parse().unwrap();
    (begin + chrono::Days::new(value.into())).to_string()
}

fn started(value: u8) -> Entry {
    let day: NaiveDate = day(value).parse().unwrap();
    let number = day.and_hms_opt(4, 0, 0).unwrap().and_utc().timestamp_millis();
    Entry { key: "started_at".into(), value: FieldValue::Number { number } }
}

struct Field {
    phones: [Phone; 2],
    read: [usize; 2],
    log: Log,
}

impl Field {
    fn new() -> Self {
        let roles = [Role::Coordinator, Role::Inspector];
        let phones = [Phone::new(1, &roles), Phone::new(2, &roles)];
        Self { phones, read: [0, 0], log: Log::default() }
    }

    /// Half of what happens, happens on the other phone.
    fn phone(&self, choice: u8) -> &Phone {
        &self.phones[usize::from(choice / 128)]
    }

    fn home(&self, choice: u8, values: &[Entry]) -> String {
        let code = format!("21010200100300{}", choice % 3);
        self.phone(choice).client.open_premises(None, code, values.to_vec()).unwrap().record
    }

    /// What the rules refuse is refused: nothing has happened then.
    fn take(self, step: &Step) -> Self {
        match step {
            Step::Open(home, value) => {
                let usage = ["rented", "owner_occupied", "vacant", "shop"][usize::from(value % 4)];
                self.home(*home, &entries(&[("use", usage), ("address", &format!("{value}号"))]));
            }
            Step::Stay(home, value) => {
                let number = format!("E1234567{}", value % 5);
                let values = entries(&[
                    ("name", "李春梅"),
                    ("document_type", "passport"),
                    ("document_number", &number),
                    ("arrived_on", &day(*value)),
                ]);
                let premises = self.home(*home, &[]);
                let _ = self.phone(*home).client.register_residency(premises, values);
            }
            Step::Visit(home, value) => {
                let outcome = ["met", "no_answer", "refused"][usize::from(value % 3)];
                let back = day(value.wrapping_add(9));
                let mut values = entries(&[("outcome", outcome), ("call_back_on", &back)]);
                values.push(started(*value));
                let premises = self.home(*home, &[]);
                let _ = self.phone(*home).client.visit(premises, values, false);
            }
            Step::Inspect(home, value) => {
                let verdict = ["pass", "rectify", "unsafe"][usize::from(value % 3)];
                let by = day(value.wrapping_add(9));
                let values = [("verdict", verdict), ("rectification", "换"), ("rectify_by", &by)];
                let mut values = entries(&values);
                values.push(started(*value));
                let premises = self.home(*home, &[]);
                let _ = self.phone(*home).client.inspect(premises, values, value % 2 == 0);
            }
            Step::Edit(record, value) => self.edit(*record, *value),
            Step::Void(record) => {
                let values = entries(&[("voided", "误填")]);
                self.each(*record, |phone, id| drop(phone.client.edit(id, values.clone())));
            }
            Step::Refused => self.refuse(),
            Step::Sync => return self.sync(),
            Step::Reopen => {
                let [first, second] = self.phones;
                return Self { phones: [first.reopened(), second], ..self };
            }
        }
        self
    }

    fn each(&self, choice: u8, does: impl FnOnce(&Phone, String)) {
        let phone = self.phone(choice);
        let records = phone.client.digest().unwrap();
        if let Some(at) = usize::from(choice).checked_rem(records.len()) {
            does(phone, records[at].record.clone());
        }
    }

    fn edit(&self, record: u8, value: u8) {
        let all = [
            ("departed_on", day(value)),
            ("tier", "key".into()),
            ("use", "rented".into()),
            ("room", value.to_string()),
            ("call_back_on", day(value)),
            ("rectified_on", day(value)),
            ("state", "submitted".into()),
            ("category", "migrant".into()),
        ];
        let (key, text) = &all[usize::from(value) % all.len()];
        let values = entries(&[(key, text)]);
        self.each(record, |phone, id| drop(phone.client.edit(id, values)));
    }

    fn refuse(&self) {
        let words = Words { zh: "字".into(), en: "words".into() };
        let code = "wrong_value".to_owned();
        let outcome = Outcome::Rejected { code, field: Some("use".into()), words };
        if let Some(push) = self.phones[0].push() {
            let mut answer = Log::default().page(Vec::new(), true);
            answer.areas.clear();
            let changes = push.records.iter().map(|record| record.changes.len()).sum();
            answer.verdicts = vec![outcome; changes];
            self.phones[0].apply(&answer, Some(&push)).unwrap();
        }
    }

    fn sync(mut self) -> Self {
        self.phones.iter().for_each(|phone| self.log.take(phone));
        for (phone, read) in self.phones.iter().zip(&mut self.read) {
            phone.apply(&self.log.answer(phone, *read), None).unwrap();
            *read = self.log.entries.len();
        }
        self
    }
}

/// What is kept, and what the documents say.
fn kept_and_said(phone: &Phone) -> (Vec<Kept>, Vec<Kept>) {
    let mut kept = Vec::new();
    let mut said = Vec::new();
    let read = phone.client.store.read(|connection| {
        scan::each_counting(connection, None, |row| {
            kept.push((row.record, row.title.to_owned(), row.facts.to_vec(), String::new()));
        })?;
        for (record, _, _, search) in &mut kept {
            *search = scan::search_of(connection, *record)?.unwrap();
        }
        record::each_registers(connection, |record, registers: &Registers| {
            let Summary { title, facts, search, .. } = Summary::of(registers);
            said.push((record, title, facts, search));
        })
    });
    read.unwrap();
    kept.sort();
    said.sort();
    (kept, said)
}

type Kept = (RecordId, String, Vec<u8>, String);

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_kept_beside_each_record_is_what_its_document_says(
        steps in proptest::collection::vec(step(), 1..24),
    ) {
        let mut field = Field::new();
        for step in &steps {
            field = field.take(step);
            for phone in &field.phones {
                let (kept, said) = kept_and_said(phone);
                prop_assert!(kept == said, "{:?}: {} kept, {} said", step, kept.len(), said.len());
            }
        }
        // Everybody who has everything has the same things due.
        let third = Phone::new(3, &[Role::Coordinator, Role::Inspector]);
        let field = field.sync();
        third.apply(&field.log.snapshots(), None).unwrap();
        let (kept, said) = kept_and_said(&third);
        prop_assert!(kept == said && said == kept_and_said(&field.phones[1]).0);
        let on: NaiveDate = "2026-09-01".parse().unwrap();
        let due = |phone: &Phone| {
            phone.client.store.read(|connection| round(connection, None, on, on)).unwrap().due
        };
        prop_assert_eq!(due(&third), due(&field.phones[1]));
    }
}

#[test]
fn a_store_that_an_older_app_wrote_is_brought_up_to_the_rules_of_this_one_at_opening() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "学府路5号"), ("use", "owner_occupied")]);
    let older = phone.client.store.write(|transaction| {
        let old = Summary { title: "old".into(), search: "old words".into(), ..empty() };
        records::summarise(transaction, home.parse().unwrap(), &old)?;
        derived::note(transaction, 0)
    });
    older.unwrap();
    assert_eq!(phone_due(&phone), 0);
    let phone = phone.reopened();
    assert_eq!(phone_due(&phone), 1);
    let (kept, said) = kept_and_said(&phone);
    assert!(kept == said && kept.len() == 1);
    let found = phone.client.find("xfl".into(), Default::default()).unwrap();
    assert_eq!((found[0].record.as_str(), found[0].title.as_str()), (home.as_str(), "学府路5号"));
}

/// What an app might have kept that knew nothing of what is due.
fn empty() -> Summary {
    let registers = Registers::genesis(sync_protocol::records::Kind::Premises);
    Summary { facts: Vec::new(), ..Summary::of(&registers) }
}

fn phone_due(phone: &Phone) -> usize {
    let on = "2100-01-01".to_owned();
    phone.client.today(Some(on), Default::default()).unwrap().len()
}
