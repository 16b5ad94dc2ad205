//! A day's work as an app does it: a few well-named calls.

use sync_protocol::records::Role;

use super::*;
use crate::testing::{AREA, Phone, entries};

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n a signature";

fn both() -> Phone {
    Phone::new(1, &[Role::Coordinator, Role::Inspector])
}

fn resident(phone: &Phone, home: &str) -> String {
    let values = [
        ("name", "赵云"),
        ("document_type", "passport"),
        ("document_number", "E00000001"),
        ("category", "migrant"),
        ("arrived_on", "2026-03-02"),
    ];
    phone.client.register_residency(home.to_owned(), entries(&values)).unwrap().record
}

fn code<T: std::fmt::Debug>(outcome: Result<T, FieldError>) -> String {
    outcome.unwrap_err().problem().code.clone()
}

fn field(phone: &Phone, record: &str, key: &str) -> Option<FieldValue> {
    let view = phone.client.read(record.to_owned()).unwrap();
    view.fields.into_iter().find(|field| field.key == key).map(|field| field.value)
}

fn text(text: &str) -> Option<FieldValue> {
    Some(FieldValue::Text { text: text.to_owned() })
}

#[test]
fn who_leaves_is_signed_off_and_not_before_they_came() {
    let phone = both();
    let home = phone.open_home(&[]);
    let stay = resident(&phone, &home);
    let depart = |record: &str, on: &str| phone.client.depart(record.to_owned(), on.to_owned());
    assert_eq!(code(depart(&stay, "2026-03-01")), "dates_out_of_order");
    assert_eq!(code(depart(&stay, "yesterday")), "wrong_value");
    assert_eq!(code(depart(&home, "2026-03-05")), "wrong_record");
    assert_eq!(depart(&stay, "2026-03-05").unwrap().written, ["departed_on"]);
    assert_eq!(depart(&stay, "2026-03-05").unwrap().change, None, "said twice it is said once");
}

#[test]
fn a_visit_is_begun_answered_ended_and_handed_in_when_it_is_whole() {
    let phone = both();
    let client = &phone.client;
    let home = phone.open_home(&[("address", "学府路5号")]);
    let stay = resident(&phone, &home);
    let visit = client.start_visit(home.clone(), vec![]).unwrap().record;
    client.confirm_resident(visit.clone(), stay.clone(), true).unwrap();
    client.note_need(visit.clone(), "permit".into(), "requested".into()).unwrap();
    assert_eq!(
        code(client.note_need(visit.clone(), "gold".into(), "done".into())),
        "unknown_field"
    );
    assert_eq!(code(client.confirm_resident(visit.clone(), home, true)), "wrong_record");
    let before = client.read(visit.clone()).unwrap();
    assert_eq!(before.line.state.as_deref(), Some("draft"));
    let hasty = client.end_visit(visit.clone(), "met".into(), vec![], true);
    let problem = hasty.unwrap_err().problem().clone();
    assert_eq!(
        (problem.code.as_str(), problem.field.as_deref()),
        ("report_incomplete", Some("card_shown"))
    );
    assert_eq!(field(&phone, &visit, "outcome"), None, "nothing was saved");
    let shown = Entry { key: "card_shown".into(), value: FieldValue::Flag { yes: true } };
    client.end_visit(visit.clone(), "met".into(), vec![shown], true).unwrap();
    let after = client.read(visit.clone()).unwrap();
    assert_eq!(after.line.state.as_deref(), Some("submitted"));
    assert!(after.fields.iter().any(|field| field.key == "ended_at"));
    assert!(client.drafts().unwrap().is_empty());
    assert_eq!(client.submit(visit).unwrap().change, None, "it is handed in already");
}

#[test]
fn a_clock_that_was_set_back_meanwhile_keeps_no_visit_from_ending() {
    let phone = both();
    let client = &phone.client;
    let home = phone.open_home(&[]);
    // A day ahead when it began.
    let ahead = crate::clock::now_ms() + 86_400_000;
    let began = Entry { key: "started_at".into(), value: FieldValue::Number { number: ahead } };
    let visit = client.start_visit(home, vec![began]).unwrap().record;
    client.end_visit(visit.clone(), "vacant".into(), vec![], true).unwrap();
    assert_eq!(field(&phone, &visit, "ended_at"), Some(FieldValue::Number { number: ahead }));
}

#[test]
fn drafts_say_what_they_lack_and_what_is_void_is_none() {
    let phone = both();
    let client = &phone.client;
    let home = phone.open_home(&[("address", "学府路5号")]);
    let visit = client.start_visit(home.clone(), vec![]).unwrap().record;
    client.edit(visit.clone(), entries(&[("outcome", "no_answer")])).unwrap();
    client.photo(visit.clone(), PICTURE.to_vec(), None, None).unwrap();
    let mistaken = client.start_inspection(home, vec![]).unwrap().record;
    assert_eq!(code(client.withdraw(mistaken.clone(), "  ".into())), "reason_missing");
    assert_eq!(client.drafts().unwrap().len(), 2);
    client.withdraw(mistaken.clone(), "点错了".into()).unwrap();
    assert_eq!(code(client.submit(mistaken.clone())), "record_void");
    let drafts = client.drafts().unwrap();
    assert_eq!(drafts.len(), 1);
    let draft = &drafts[0];
    let missing: Vec<&str> = draft.missing.iter().map(|field| field.key.as_str()).collect();
    assert_eq!(missing, ["note_left", "call_back_on"]);
    assert_eq!((draft.line.title.as_str(), draft.photos, draft.mine), ("学府路5号", 1, true));
    assert_eq!(draft.by, "Worker 1");
    assert!(client.read(mistaken).is_ok(), "nothing is deleted");
}

#[test]
fn an_inspection_orders_something_and_its_follow_up_verifies_it() {
    let phone = both();
    let client = &phone.client;
    let home = phone.open_home(&[]);
    let first = client.start_inspection(home, vec![]).unwrap().record;
    let answer = |report: &str, item: &str, result: &str, note: Option<&str>| {
        let note = note.map(str::to_owned);
        client.answer(report.to_owned(), item.to_owned(), result.to_owned(), note)
    };
    answer(&first, "wiring", "pass", None).unwrap();
    answer(&first, "gas", "fail", Some("排烟管脱落")).unwrap();
    answer(&first, "gas", "fail", None).unwrap();
    assert_eq!(field(&phone, &first, "item.gas.note"), text("排烟管脱落"), "the note stays");
    assert_eq!(code(answer(&first, "aura", "pass", None)), "unknown_field");
    assert_eq!(code(answer(&first, "gas", "maybe", None)), "wrong_value");
    let order =
        |by: &str| client.order_rectification(first.clone(), "接好排烟管".into(), by.to_owned());
    order("2099-12-01").unwrap();
    assert_eq!(field(&phone, &first, "verdict"), text("rectify"));
    client.submit(first.clone()).unwrap();
    client.edit(first.clone(), entries(&[("verdict", "unsafe")])).unwrap();
    order("2099-12-02").unwrap();
    assert_eq!(
        field(&phone, &first, "verdict"),
        text("unsafe"),
        "an order makes nothing less grave"
    );

    let second = client.start_follow_up(first.clone()).unwrap().record;
    assert_eq!(field(&phone, &second, "follows"), text(&first));
    let verify =
        |report: &str, on: &str| client.verify_rectification(report.to_owned(), on.to_owned());
    assert_eq!(code(verify(&first, "2099-11-30")), "wrong_record", "it follows nothing");
    assert_eq!(verify(&second, "2099-11-30").unwrap().record, first);
    assert_eq!(field(&phone, &first, "verified_by"), text(&second));
    answer(&second, "gas", "pass", None).unwrap();
    client.end_inspection(second.clone(), "pass".into(), vec![], true).unwrap();
    assert_eq!(field(&phone, &second, "state"), text("submitted"));
}

#[test]
fn a_signature_is_a_photo_that_the_report_names() {
    let phone = both();
    let client = &phone.client;
    let home = phone.open_home(&[]);
    let visit = client.start_visit(home.clone(), vec![]).unwrap().record;
    let signed = client.sign(visit.clone(), Signer::Resident, PICTURE.to_vec()).unwrap();
    assert_eq!(field(&phone, &visit, "signature"), text(&signed.photo));
    let caption = format!("photo.{}.caption", signed.photo);
    assert_eq!(field(&phone, &visit, &caption), text("住户签名 · Signature"));
    assert_eq!(client.status().unwrap().photos_here, 1);
    let inspector = client.sign(visit.clone(), Signer::Inspector, PICTURE.to_vec());
    assert_eq!(code(inspector), "wrong_record", "no inspector signs a visit");
    assert_eq!(code(client.sign(visit, Signer::Resident, b"strokes".to_vec())), "photo_unknown");
    let inspection = client.start_inspection(home, vec![]).unwrap().record;
    for (signer, key) in
        [(Signer::Inspector, "inspector_signature"), (Signer::Resident, "present_signature")]
    {
        let picture = [PICTURE, key.as_bytes()].concat();
        let signed = client.sign(inspection.clone(), signer, picture).unwrap();
        assert_eq!(field(&phone, &inspection, key), text(&signed.photo));
    }
}

#[test]
fn a_returned_report_is_handed_in_again_and_an_accepted_one_is_amended() {
    let phone = Phone::new(1, &[Role::Coordinator, Role::Reviewer]);
    let client = &phone.client;
    let home = phone.open_home(&[]);
    let visit = client.visit(home, entries(&[("outcome", "vacant")]), true).unwrap().record;
    let becomes = |state: &str| client.edit(visit.clone(), entries(&[("state", state)])).unwrap();
    let comment = [("state", "returned"), ("review_comment", "请补照片")];
    client.edit(visit.clone(), entries(&comment)).unwrap();
    let told = client.attention().unwrap().remove(0);
    assert_eq!((told.why, told.record.as_str()), (AttentionKind::Returned, visit.as_str()));
    assert!(told.words.zh.contains("请补照片"));
    assert_eq!(client.drafts().unwrap()[0].line.state.as_deref(), Some("returned"));
    client.submit(visit.clone()).unwrap();
    assert_eq!(field(&phone, &visit, "state"), text("resubmitted"));
    becomes("accepted");
    assert_eq!(code(client.submit(visit.clone())), "record_closed");
    assert_eq!(code(client.withdraw(visit.clone(), "写错".into())), "record_closed");
    let amendment = client.amend(visit.clone(), entries(&[("outcome", "refused")])).unwrap().record;
    assert_eq!(field(&phone, &amendment, "amends"), text(&visit));
    assert_eq!(field(&phone, &amendment, "state"), text("draft"));
    let line = client.read(amendment).unwrap().line;
    assert_eq!((line.kind.as_str(), line.area), ("visit", AREA.to_string()));
}

#[test]
fn a_report_with_an_unsent_photo_is_not_said_to_be_merged() {
    let phone = both();
    let client = &phone.client;
    let home = phone.open_home(&[]);
    let visit = client.visit(home, entries(&[("outcome", "vacant")]), true).unwrap().record;
    client.photo(visit.clone(), PICTURE.to_vec(), None, None).unwrap();
    let mut log = crate::testing::Log::default();
    log.take(&phone);
    let mut answer = log.answer(&phone, 0);
    answer.verdicts.clear();
    phone.apply(&answer, None).unwrap();
    assert_eq!(client.read(visit.clone()).unwrap().line.standing, Standing::OnPhone);
    let status = client.status().unwrap();
    assert_eq!((status.reports_here, status.others_here, status.on_this_phone), (1, 0, 0));
    let photo = client.store.read(crate::store::photos::pending).unwrap().remove(0);
    client.store.write(|t| crate::store::photos::mark_stored(t, &photo)).unwrap();
    assert_eq!(client.read(visit).unwrap().line.standing, Standing::Merged);
    let status = client.status().unwrap();
    assert_eq!((status.reports_here, status.reports_merged), (0, 1));
}
