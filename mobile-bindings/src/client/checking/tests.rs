//! What a check tells is what saving does.

use sync_protocol::records::Role;

use super::*;
use crate::client::FieldValue;
use crate::testing::{Log, Phone, entries};

const NUMBER: &str = "11010519491231002X";

fn flag(key: &str, yes: bool) -> Entry {
    Entry { key: key.to_owned(), value: FieldValue::Flag { yes } }
}

fn cleared(key: &str) -> Entry {
    Entry { key: key.to_owned(), value: FieldValue::Cleared }
}

fn stay(phone: &Phone, home: &str, extra: &[(&str, &str)]) -> String {
    let mut values = vec![("document_type", "resident_id"), ("document_number", NUMBER)];
    values.extend(extra);
    phone.client.register_residency(home.to_owned(), entries(&values)).unwrap().record
}

/// Code and field of what blocks.
fn blocking(found: &[Finding]) -> Vec<(&str, &str)> {
    let blocks = found.iter().filter(|finding| finding.blocks);
    blocks.map(|finding| (finding.code.as_str(), finding.field.as_str())).collect()
}

/// Checks every pair of entries and then saves it, in a record that becomes what they make of it:
/// answers how many were saved and how many refused.
fn every_pair(phone: &Phone, kind: &str, record: &str, entries: &[Entry]) -> (usize, usize) {
    let (mut saved, mut refused) = (0, 0);
    for (one, other) in entries.iter().flat_map(|one| entries.iter().map(move |o| (one, o))) {
        let both = vec![one.clone(), other.clone()];
        if one.key == other.key {
            continue;
        }
        let found = phone.client.check(kind.into(), Some(record.to_owned()), both.clone()).unwrap();
        let blocking = blocking(&found);
        match phone.client.edit(record.to_owned(), both) {
            Ok(_) => {
                assert!(blocking.is_empty(), "{} {}: {blocking:?}", one.key, other.key);
                saved += 1;
            }
            Err(error) => {
                let problem = error.problem();
                let (code, field) = blocking.first().expect("it was refused and nothing blocks");
                if problem.code == "report_incomplete" {
                    let lacking: Vec<&str> = blocking.iter().map(|(_, field)| *field).collect();
                    assert_eq!(problem.field.as_deref(), Some(lacking.join(", ").as_str()));
                    assert_eq!(*code, "field_missing");
                } else {
                    assert_eq!(problem.code, *code, "{} {}", one.key, other.key);
                    assert_eq!(problem.field.as_deref(), Some(*field));
                }
                refused += 1;
            }
        }
    }
    (saved, refused)
}

#[test]
fn saving_a_stay_is_refused_for_exactly_what_blocks() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let stay = stay(&phone, &home, &[]);
    let mut values = entries(&[
        ("document_type", "passport"),
        ("document_type", "resident_id"),
        ("document_number", NUMBER),
        ("document_number", "110105194912310021"),
        ("birth_date", "1949-12-31"),
        ("birth_date", "1950-12-31"),
        ("sex", "male"),
        ("arrived_on", "2026-03-02"),
        ("arrived_on", "1949-01-01"),
        ("departed_on", "2026-03-01"),
        ("phone", "1380000000"),
        ("permit", "palace"),
        ("aura", "red"),
    ]);
    values.extend([cleared("document_number"), cleared("birth_date")]);
    let (saved, refused) = every_pair(&phone, "residency", &stay, &values);
    assert!(saved > 30 && refused > 30, "{saved} saved, {refused} refused");
}

#[test]
fn handing_a_report_in_is_refused_for_exactly_what_blocks() {
    let phone = Phone::new(1, &[Role::Coordinator, Role::Inspector]);
    let home = phone.open_home(&[("address", "A")]);
    let visit = phone.client.visit(home.clone(), vec![], false).unwrap().record;
    let mut values = entries(&[
        ("outcome", "met"),
        ("outcome", "no_answer"),
        ("outcome", "vacant"),
        ("call_back_on", "2020-01-01"),
        ("state", "submitted"),
        ("state", "draft"),
        ("remarks", "In at six"),
    ]);
    values.extend([flag("card_shown", true), flag("note_left", true), cleared("outcome")]);
    values.extend([cleared("card_shown"), cleared("call_back_on")]);
    let (saved, refused) = every_pair(&phone, "visit", &visit, &values);
    assert!(saved > 30 && refused > 2, "{saved} saved, {refused} refused");

    let check = phone.client.inspect(home, vec![], false).unwrap().record;
    let values = entries(&[
        ("item.gas.result", "fail"),
        ("item.gas.result", "pass"),
        ("item.gas.note", "Old hose"),
        ("verdict", "pass"),
        ("verdict", "rectify"),
        ("rectification", "New hose"),
        ("rectify_by", "2026-12-01"),
        ("state", "submitted"),
        ("state", "draft"),
    ]);
    let values: Vec<Entry> = values.into_iter().chain([cleared("item.gas.note")]).collect();
    let (saved, refused) = every_pair(&phone, "inspection", &check, &values);
    assert!(saved > 20 && refused > 0, "{saved} saved, {refused} refused");
}

#[test]
fn what_would_be_begun_is_checked_without_what_the_call_itself_fills_in() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let check = |kind: &str, values: &[(&str, &str)]| {
        phone.client.check(kind.to_owned(), None, entries(values)).unwrap()
    };
    let fields = |found: Vec<Finding>| found.into_iter().map(|f| f.field).collect::<Vec<_>>();
    assert_eq!(fields(check("visit", &[])), ["outcome"]);
    assert_eq!(blocking(&check("visit", &[])), []);
    let handed_in = check("visit", &[("outcome", "met"), ("state", "submitted")]);
    assert_eq!(blocking(&handed_in), [("field_missing", "card_shown")]);
    assert_eq!(handed_in[0].label.zh, "已出示工作证");
    let nobody = check("residency", &[("name", "张三")]);
    assert_eq!(blocking(&nobody), [("document_number_missing", "document_number")]);
    let typed = format!(" {} ", NUMBER.to_lowercase());
    let stay = [("document_type", "resident_id"), ("document_number", typed.as_str())];
    assert_eq!(blocking(&check("residency", &stay)), []);
    assert!(!fields(check("premises", &[])).contains(&"address_code".to_owned()));
    let wrong = phone.client.check("palace".to_owned(), None, vec![]).unwrap_err();
    assert_eq!(wrong.problem().code, "wrong_input");
}

#[test]
fn a_warning_is_told_and_goes_through() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let values = entries(&[("owner_phone", "1380000000")]);
    let found = phone.client.check("premises".to_owned(), None, values).unwrap();
    let warned = found.iter().find(|finding| finding.code == "phone_unusual").unwrap();
    assert_eq!((warned.severity, warned.blocks), (Severity::Warning, false));
    let home = phone.open_home(&[("owner_phone", "1380000000")]);
    assert_eq!(phone.shown(&home, "owner_phone").as_deref(), Some("1380000000"));
}

/// Each phone's edit was right for itself; together they are not.
#[test]
fn what_two_phones_made_wrong_together_keeps_nobody_from_writing_other_fields() {
    let phones = [1, 2].map(|device| Phone::new(device, &[Role::Coordinator]));
    let mut log = Log::default();
    let home = phones[0].open_home(&[("address", "A")]);
    let stay = stay(&phones[0], &home, &[("arrived_on", "2026-05-01")]);
    log.take(&phones[0]);
    phones[1].apply(&log.answer(&phones[1], 0), None).unwrap();
    let behind = log.entries.len();
    let edit = |phone: &Phone, key, value| {
        phone.client.edit(stay.clone(), entries(&[(key, value)])).map(|saved| saved.written)
    };
    edit(&phones[0], "arrived_on", "2026-05-10").unwrap();
    edit(&phones[1], "departed_on", "2026-05-05").unwrap();
    log.take(&phones[1]);
    phones[0].apply(&log.answer(&phones[0], behind), None).unwrap();

    let check = |values| {
        let found = phones[0].client.check("residency".into(), Some(stay.clone()), values).unwrap();
        found.into_iter().find(|finding| finding.code == "dates_out_of_order").unwrap()
    };
    let told = check(entries(&[("occupation", "Cook")]));
    assert_eq!((told.severity, told.blocks), (Severity::Error, false));
    assert_eq!(edit(&phones[0], "occupation", "Cook").unwrap(), ["occupation"]);
    assert!(check(entries(&[("departed_on", "2026-05-06")])).blocks);
    let refused = edit(&phones[0], "departed_on", "2026-05-06").unwrap_err();
    assert_eq!(refused.problem().code, "dates_out_of_order");
    edit(&phones[0], "departed_on", "2026-05-12").unwrap();
}

/// One hands a report in while the other, who does not know it yet, finds a fault.
#[test]
fn a_report_that_became_incomplete_after_it_was_handed_in_takes_what_has_nothing_to_do_with_it() {
    let phones = [1, 2].map(|device| Phone::new(device, &[Role::Coordinator, Role::Inspector]));
    let mut log = Log::default();
    let home = phones[0].open_home(&[("address", "A")]);
    let verdict = entries(&[("verdict", "pass")]);
    let report = phones[0].client.inspect(home, verdict, false).unwrap().record;
    log.take(&phones[0]);
    phones[1].apply(&log.answer(&phones[1], 0), None).unwrap();
    let behind = log.entries.len();
    let edit =
        |phone: &Phone, key, value| phone.client.edit(report.clone(), entries(&[(key, value)]));
    edit(&phones[0], "state", "submitted").unwrap();
    edit(&phones[1], "item.gas.result", "fail").unwrap();
    log.take(&phones[1]);
    phones[0].apply(&log.answer(&phones[0], behind), None).unwrap();

    edit(&phones[0], "remarks", "In at six").unwrap();
    let again = edit(&phones[0], "state", "resubmitted").unwrap_err();
    assert_eq!(again.problem().code, "report_incomplete");
    assert_eq!(again.problem().field.as_deref(), Some("item.gas.note"));
    edit(&phones[0], "item.gas.note", "Old hose").unwrap();
    edit(&phones[0], "state", "resubmitted").unwrap();
}

#[test]
fn a_clock_that_was_set_back_keeps_no_report_from_being_handed_in() {
    let phone = Phone::new(1, &[Role::Coordinator]);
    let home = phone.open_home(&[("address", "A")]);
    let number = FieldValue::Number { number: 7_000_000_000_000 };
    let mut values = entries(&[("outcome", "vacant")]);
    values.push(Entry { key: "started_at".to_owned(), value: number });
    phone.client.visit(home, values, true).unwrap();
}

#[test]
fn the_forms_are_there_before_anybody_has_enrolled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store").display().to_string();
    let client = FieldClient::open(path, vec![9; 32]).unwrap();
    let forms: serde_json::Value = serde_json::from_str(&client.forms().unwrap()).unwrap();
    assert_eq!(forms["kinds"].as_array().unwrap().len(), 4);
    assert_eq!(
        forms["free_text_notice"]["zh"],
        "只写与房屋、安全和服务有关的事实;住户可查阅所记内容"
    );
    assert_eq!(client.check("visit".into(), None, vec![]).unwrap()[0].field, "outcome");
}
