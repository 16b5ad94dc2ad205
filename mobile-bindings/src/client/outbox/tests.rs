//! Every state that something in the outbox can be in.

use sync_protocol::records::Role;
use sync_protocol::wire::{Outcome, Words};

use super::*;
use crate::testing::{Log, Phone, entries};

#[test]
fn each_change_is_in_the_state_that_it_is_in_and_in_no_other() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let [accepted, held, refused] = ["X-1", "X-2", "X-3"].map(|code| {
        let opened =
            phone.client.open_premises(None, code.to_owned(), entries(&[("address", code)]));
        opened.unwrap().record
    });
    let push = phone.push().unwrap();
    let words = Words { zh: "字".to_owned(), en: "words".to_owned() };
    let mut answer = Log::default().answer(&phone, 0);
    answer.areas.clear();
    answer.verdicts = vec![
        Outcome::Accepted { seq: 1 },
        Outcome::Held { missing: vec![sync_protocol::ids::ChangeHash([1; 32])] },
        Outcome::Rejected { code: "record_closed".to_owned(), field: None, words },
    ];
    phone.apply(&answer, Some(&push)).unwrap();
    let sent = phone.open_home(&[("address", "A")]);
    phone.push().unwrap();
    phone.client.edit(sent.clone(), entries(&[("room", "1")])).unwrap();
    let draft = phone.client.visit(sent.clone(), entries(&[("outcome", "vacant")]), false).unwrap();
    let done = phone.client.visit(sent.clone(), entries(&[("outcome", "vacant")]), true).unwrap();

    let items = phone.client.outbox().unwrap();
    let told: Vec<_> =
        items.iter().map(|item| (item.record.clone(), item.state, item.changes)).collect();
    let expected = [
        (accepted, OutboxState::Accepted, 1),
        (held, OutboxState::Held, 1),
        (refused, OutboxState::NeedsAttention, 1),
        (sent.clone(), OutboxState::Sent, 1),
        (sent, OutboxState::Pending, 1),
        (draft.record, OutboxState::Draft, 1),
        (done.record, OutboxState::Pending, 1),
    ];
    assert_eq!(told, expected);
    assert!(items.iter().all(|item| item.bytes > 0));
    let why = |state| {
        let item = items.iter().find(|item| item.state == state).unwrap();
        item.why.clone().map(|why| why.en).unwrap_or_default()
    };
    assert!(why(OutboxState::Held).contains("builds on one"));
    assert!(why(OutboxState::NeedsAttention).contains("evidence is closed"));
    assert_eq!(why(OutboxState::Pending), "");
}
