//! Configurations, good and bad.

use serde_json::{Value as Json, json};

use super::*;
use crate::records::Value;
use crate::records::check::{Sheet, findings, missing};

fn field(key: &str, more: Json) -> Json {
    let mut field = json!({
        "kind": "premises", "section": "use", "key": key, "type": "text",
        "label": { "zh": "电表号", "en": "Meter number" },
    });
    field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    field
}

fn of(extra: Vec<Json>) -> Configuration {
    Configuration::read(&json!({ "extra": extra }).to_string()).unwrap()
}

fn codes(configuration: &Configuration) -> Vec<String> {
    faults(configuration)
        .iter()
        .map(|fault| format!("{} {}", fault.place, fault.code.code))
        .collect()
}

const CHOICES: &str = r#"[{"code": "gas", "label": {"zh": "燃气", "en": "Gas"}},
    {"code": "power", "label": {"zh": "电", "en": "Electricity"}}]"#;

fn choices() -> Json {
    serde_json::from_str(CHOICES).unwrap()
}

#[test]
fn what_was_written_is_read_back_the_same() {
    let heating = field("x.heating", json!({ "type": "choice", "choices": choices() }));
    let configuration = Configuration { version: 3, ..of(vec![heating]) };
    assert_eq!(codes(&configuration), Vec::<String>::new());
    assert_eq!(Configuration::read(&configuration.json()), Ok(configuration.clone()));
    assert_eq!(Configuration::received(3, &configuration.json()), configuration);
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let wrong = [
        (field("meter", json!({})), "extra[0].key configuration_key"),
        (field("x.Meter", json!({})), "extra[0].key configuration_key"),
        (field("x.m", json!({ "section": "cellar" })), "extra[0].section configuration_section"),
        (
            field("x.m", json!({ "label": { "zh": "电表号", "en": " " } })),
            "extra[0].label configuration_label",
        ),
        (field("x.m", json!({ "type": "choice" })), "extra[0].choices configuration_choices"),
        (field("x.m", json!({ "choices": choices() })), "extra[0].choices configuration_choices"),
        (
            field(
                "x.m",
                json!({ "type": "choice", "choices": [
                { "code": "a", "label": { "zh": "", "en": "A" } }] }),
            ),
            "extra[0].choices[0].label configuration_label",
        ),
        (field("x.m", json!({ "min": 1 })), "extra[0].type configuration_bounds"),
        (field("x.m", json!({ "max_chars": 501 })), "extra[0].type configuration_bounds"),
        (
            field("x.m", json!({ "type": "integer", "min": 5, "max": 4 })),
            "extra[0].type configuration_bounds",
        ),
        (
            field("x.m", json!({ "type": "date", "free_text": true })),
            "extra[0].free_text configuration_free_text",
        ),
    ];
    for (field, told) in wrong {
        assert_eq!(codes(&of(vec![field])), [told]);
    }
    let twice = of(vec![field("x.m", json!({})), field("x.m", json!({}))]);
    assert_eq!(codes(&twice), ["extra[1].key configuration_key_twice"]);
    let many = (0..41).map(|n| field(&format!("x.m{n}"), json!({}))).collect();
    assert_eq!(codes(&of(many)), ["extra of premises configuration_too_many"]);
    let head =
        r#"{"telephone": "call me", "public_address": "doorstep", "due": {"visit_days": 0}}"#;
    assert_eq!(
        codes(&Configuration::read(head).unwrap()),
        [
            "telephone configuration_telephone",
            "public_address configuration_address",
            "due.visit_days configuration_cadence"
        ]
    );
}

#[test]
fn a_condition_names_a_field_and_values_that_there_are() {
    let when = |key: &str, code: &str| {
        let required = json!({ "if": "value", "key": key, "one_of": [code] });
        let asked = field("x.m", json!({ "required": required }));
        let heating = field("x.heating", json!({ "type": "choice", "choices": choices() }));
        codes(&of(vec![asked, heating]))
    };
    assert_eq!(when("use", "rented"), Vec::<String>::new());
    assert_eq!(when("lease_filed", "true"), Vec::<String>::new());
    assert_eq!(when("x.heating", "gas"), Vec::<String>::new());
    for (key, code) in [
        ("use", "palace"),
        ("nowhere", "true"),
        ("x.m", "true"),
        ("x.heating", "coal"),
        ("address", "a"),
    ] {
        assert_eq!(when(key, code), ["extra[0].required configuration_condition"], "{key}");
    }
}

#[test]
fn a_word_that_nothing_knows_is_told_and_not_passed_over() {
    let slip = Configuration::read(
        &json!({ "extra": [field("x.m", json!({ "requird": 1 }))] }).to_string(),
    );
    assert_eq!(slip.unwrap_err().place, "extra[0].requird");
    let kind = Configuration::read(r#"{"extra": [{"kind": "palace"}]}"#).unwrap_err();
    assert_eq!(kind.code.code, "configuration_unreadable");
    assert!(kind.place.contains("palace"), "{}", kind.place);
    assert!(Configuration::read("{").unwrap_err().to_string().contains("line 1"));
    let due = Configuration::read(r#"{"due": {"vist_days": 3}}"#).unwrap_err();
    assert!(due.place.contains("vist_days"), "{}", due.place);
}

#[test]
fn what_a_newer_server_says_stops_no_older_phone() {
    let colour = field("x.colour", json!({ "type": "colour" }));
    let newer = json!({
        "due": { "visit_days": 100, "smile_days": 3, "renewal_days": "often" },
        "telephone": 110,
        "extra": [colour, field("x.m", json!({ "hint": "newer" }))],
        "more": {},
    });
    let read = Configuration::received(9, &newer.to_string());
    assert_eq!((read.version, read.due.visit_days, read.due.renewal_days), (9, 100, 30));
    assert_eq!(read.telephone, None);
    assert_eq!(read.extra.iter().map(|f| f.key.as_str()).collect::<Vec<_>>(), ["x.m"]);
    assert_eq!(Configuration::received(2, "no JSON"), Configuration { version: 2, ..of(vec![]) });
}

#[test]
fn a_key_keeps_its_type_for_ever_and_what_goes_is_told() {
    let at = |version, extra| Configuration { version, ..of(extra) };
    let number = || field("x.m", json!({ "type": "integer" }));
    let heating = field("x.heating", json!({ "type": "choice", "choices": choices() }));
    let earlier = [at(1, vec![number()]), at(2, vec![heating.clone()])];
    let told = |next: &Configuration| -> Vec<(String, Gravity)> {
        let faults = changes(next, &earlier);
        faults.iter().map(|fault| (fault.code.code.to_owned(), fault.gravity)).collect()
    };
    let again = at(2, vec![heating, number()]);
    assert_eq!(told(&again), []);
    let changed = at(2, vec![field("x.m", json!({}))]);
    let expected = [
        ("configuration_type_changed".to_owned(), Gravity::Error),
        ("configuration_field_gone".to_owned(), Gravity::Warning),
    ];
    assert_eq!(told(&changed), expected);
    let one = &choices().as_array().unwrap()[..1].to_vec();
    let fewer = at(0, vec![field("x.heating", json!({ "type": "choice", "choices": one }))]);
    assert_eq!(told(&fewer), [("configuration_choice_gone".to_owned(), Gravity::Warning)]);
    let stale = Configuration { version: 1, ..again };
    assert_eq!(told(&stale)[0].0, "configuration_stale");
}

#[test]
fn a_record_is_held_to_the_districts_fields() {
    let required = json!({ "if": "value", "key": "use", "one_of": ["rented"] });
    let configuration = of(vec![
        field("x.meter", json!({ "type": "integer", "min": 0, "max": 99, "required": required })),
        field("x.heating", json!({ "type": "choice", "choices": choices() })),
        field("x.checked", json!({ "type": "boolean" })),
        field("x.until", json!({ "type": "date" })),
        field("x.note", json!({ "max_chars": 3 })),
    ]);
    let wrong = |values: &[(&str, Value)]| {
        let values = values.iter().map(|(key, value)| (*key, value));
        let sheet = Sheet::new(Kind::Premises, 1_795_000_000_000, values).under(&configuration);
        let found = findings(&sheet).into_iter().filter(|found| found.field.starts_with("x."));
        found.map(|found| format!("{} {}", found.field, found.rule.code.code)).collect::<Vec<_>>()
    };
    let good = [
        ("x.meter", Value::Int(99)),
        ("x.heating", "gas".into()),
        ("x.checked", false.into()),
        ("x.until", "2026-02-28".into()),
        ("x.note", "三个字".into()),
        ("x.unknown", "kept".into()),
    ];
    assert_eq!(wrong(&good), Vec::<String>::new());
    let bad = [
        ("x.meter", Value::Int(100)),
        ("x.heating", "coal".into()),
        ("x.checked", "yes".into()),
        ("x.until", "2026-02-30".into()),
        ("x.note", "四个字了".into()),
    ];
    let told = [
        "x.note district_text",
        "x.meter district_number",
        "x.checked district_yes_no",
        "x.heating district_choice",
        "x.until district_day",
    ];
    assert_eq!(wrong(&bad), told);
    let rented = Value::from("rented");
    let lacks = Sheet::new(Kind::Premises, 0, [("use", &rented)]);
    assert!(!missing(&lacks).contains(&"x.meter".to_owned()));
    assert!(missing(&lacks.under(&configuration)).contains(&"x.meter".to_owned()));
}

#[test]
fn what_was_typed_becomes_what_is_stored() {
    let configuration = of(vec![
        field("x.meter", json!({ "type": "integer" })),
        field("x.checked", json!({ "type": "boolean" })),
        field("x.note", json!({})),
    ]);
    let typed = |key: &str, text: &str| {
        configuration.field(Kind::Premises, key).unwrap().typed(Value::from(text))
    };
    assert!(typed("x.meter", " 12 ") == Value::Int(12));
    assert!(typed("x.checked", "是") == Value::Bool(true));
    assert!(typed("x.checked", "no") == Value::Bool(false));
    assert!(typed("x.note", "12") == Value::from("12"));
    assert!(typed("x.meter", "twelve") == Value::from("twelve"));
}

#[test]
fn the_forms_hold_the_districts_fields_in_their_sections() {
    let heating = field("x.heating", json!({ "type": "choice", "choices": choices() }));
    let note = field("x.note", json!({ "free_text": true, "required": { "if": "always" } }));
    let forms: Json =
        serde_json::from_str(&forms(&Configuration { version: 4, ..of(vec![heating, note]) }))
            .unwrap();
    assert_eq!(forms["configuration"], 4);
    let section = &forms["kinds"][0]["sections"][1];
    assert_eq!(section["section"], "use");
    let fields = section["fields"].as_array().unwrap();
    let [.., heating, note] = fields.as_slice() else { panic!("both stand there") };
    assert_eq!(heating["choices"][1]["label"]["zh"], "电");
    assert_eq!(heating["widget"], "radio");
    assert_eq!(heating["checks"][0]["code"], "district_choice");
    assert_eq!((&note["free_text"], &note["max_chars"]), (&json!(true), &json!(500)));
    assert_eq!(note["checks"][1]["code"], "field_missing");
    let plain: Json = serde_json::from_str(&super::forms(&Configuration::default())).unwrap();
    let base: Json = serde_json::from_str(&crate::records::form::json()).unwrap();
    assert_eq!(plain["kinds"], base["kinds"], "without a configuration it is the tables' own");
}

#[test]
fn every_fault_has_a_code_of_its_own_and_words_in_both_languages() {
    let mut seen = std::collections::BTreeSet::new();
    for code in fault::ALL {
        assert!(seen.insert(code.code) && crate::codes::find(code.code).is_none(), "{}", code.code);
        for words in [code.message, code.remedy] {
            assert!(!words.zh.is_empty() && !words.en.is_empty());
        }
    }
}
