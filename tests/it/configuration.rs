//! A district's configuration on its whole way: set on the server, fetched with a sync, at work
//! without a signal, and shown to others with its labels.

use doorstep::configuration;
use doorstep_tests::world::{AREA, NOW, World, operator};
use mobile_bindings::client::{Entry, FieldClient, FieldValue, Severity};
use serde_json::{Value as Json, json};
use sync_protocol::configuration::{Configuration, Gravity};
use sync_protocol::records::Role;
use sync_protocol::wire::{Request, encode};

use crate::console::Console;

const CODE: &str = "210102001001000001";

/// Puts a configuration in force; answers its version.
fn set(world: &World, configuration: Json) -> u64 {
    let next = Configuration::read(&configuration.to_string()).expect("a configuration");
    let set = world.store.transaction(|db| configuration::set(db, operator(), next, "赵敏", NOW));
    let set = set.expect("the database answers");
    set.version.unwrap_or_else(|| panic!("{:?}", set.faults))
}

fn heating(more: &Json) -> Json {
    let mut field = json!({
        "kind": "premises", "section": "use", "key": "x.heating", "type": "choice",
        "label": { "zh": "供暖方式", "en": "Heating" },
        "choices": [
            { "code": "gas", "label": { "zh": "燃气壁挂炉", "en": "Gas boiler" } },
            { "code": "stove", "label": { "zh": "煤炉", "en": "Coal stove" } },
        ],
    });
    field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    field
}

fn meters() -> Json {
    json!({
        "kind": "premises", "section": "letting", "key": "x.meters", "type": "integer",
        "min": 0, "max": 20, "label": { "zh": "电表数", "en": "Meters" },
    })
}

fn entry(key: &str, value: FieldValue) -> Entry {
    Entry { key: key.into(), value }
}

fn text(key: &str, value: &str) -> Entry {
    entry(key, FieldValue::Text { text: value.into() })
}

fn open(phone: &FieldClient, more: Vec<Entry>) -> String {
    let values = [vec![text("address", "北三路1号"), text("use", "rented")], more].concat();
    phone.open_premises(Some(AREA.to_string()), CODE.into(), values).expect("a home").record
}

/// The district's fields that a phone's forms ask for, as section and key.
fn asked(phone: &FieldClient) -> Vec<(String, String)> {
    let forms: Json = serde_json::from_str(&phone.forms().expect("forms")).expect("JSON");
    let mut asked = Vec::new();
    for section in forms["kinds"][0]["sections"].as_array().unwrap() {
        for field in section["fields"].as_array().unwrap() {
            if field["district"] == true {
                let named = |of: &Json, key: &str| of[key].as_str().unwrap().to_owned();
                asked.push((named(section, "section"), named(field, "key")));
            }
        }
    }
    asked
}

/// What a phone shows of a field: label and value in Chinese.
fn shown(phone: &FieldClient, record: &str, key: &str) -> (String, String) {
    let view = phone.read(record.to_owned()).expect("a record");
    let field = view.fields.into_iter().find(|field| field.key == key).expect("the field");
    (field.label.zh, field.shown.zh)
}

/// What the report page shows of a field: label and value in Chinese.
fn reported(report: &Json, key: &str) -> (String, Json) {
    let sections = report["sections"].as_array().unwrap();
    let mut fields = sections.iter().flat_map(|section| section["fields"].as_array().unwrap());
    let field = fields.find(|field| field["key"] == key).expect("the field");
    let value = if field["display"].is_null() { &field["value"] } else { &field["display"]["zh"] };
    (field["label"]["zh"].as_str().unwrap().to_owned(), value.clone())
}

#[test]
fn a_districts_field_is_asked_offline_refused_in_words_and_shown_with_its_label() {
    let mut world = World::new();
    let (li, wang) = (
        world.phone("李春梅", Role::Coordinator, AREA),
        world.phone("王建国", Role::Inspector, AREA),
    );
    li.sync().unwrap();
    assert_eq!(asked(&li), []);
    set(&world, json!({ "extra": [heating(&json!({})), meters()] }));
    li.sync().unwrap();
    world.stop_server();

    let places = [("use", "x.heating"), ("letting", "x.meters")];
    assert_eq!(asked(&li), places.map(|(section, key)| (section.to_owned(), key.to_owned())));
    let typed = vec![text("x.heating", "sun"), text("x.meters", "21")];
    let found = li.check("premises".into(), None, typed).unwrap();
    let told: Vec<(&str, &str, bool)> = found
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| (found.label.zh.as_str(), found.code.as_str(), found.blocks))
        .collect();
    let expected = [("电表数", "district_number", true), ("供暖方式", "district_choice", true)];
    assert_eq!(told, expected);
    let home = open(&li, vec![text("x.heating", "gas"), text("x.meters", "3")]);
    let refused = li.edit(home.clone(), vec![text("x.heating", "sun")]).unwrap_err();
    assert_eq!(refused.problem().field.as_deref(), Some("x.heating"));
    assert_eq!(refused.problem().message.zh, "不是列出的选项");
    assert_eq!(shown(&li, &home, "x.heating"), ("供暖方式".into(), "燃气壁挂炉".into()));
    let visit = li.visit(home.clone(), vec![text("outcome", "vacant")], true).unwrap().record;

    world.start_server();
    li.sync().unwrap();
    wang.sync().unwrap();
    assert_eq!(shown(&wang, &home, "x.heating"), ("供暖方式".into(), "燃气壁挂炉".into()));
    assert_eq!(shown(&wang, &home, "x.meters"), ("电表数".into(), "3".into()));
    let report = Console::sign_in(&world).get(&format!("/v1/reports/{AREA}/{visit}"));
    assert_eq!(reported(&report, "x.heating"), ("供暖方式".into(), json!("燃气壁挂炉")));
    assert_eq!(reported(&report, "x.meters"), ("电表数".into(), json!(3)));
    let held = doorstep_tests::mirror::shown(&world, AREA).remove(&home).unwrap();
    assert_eq!((&held["x.heating"], &held["x.meters"]), (&"gas".into(), &3.into()));
    let history = report["history"].to_string();
    assert!(history.contains("供暖方式"), "{history}");
}

#[test]
fn what_a_field_requires_is_missing_from_a_report_until_it_is_filled_in() {
    let world = World::new();
    let required = json!({ "if": "value", "key": "outcome", "one_of": ["met"] });
    let asked = json!({
        "kind": "visit", "section": "outcome", "key": "x.guide", "type": "boolean",
        "label": { "zh": "已发安全手册", "en": "Safety guide handed over" }, "required": required,
    });
    set(&world, json!({ "extra": [asked] }));
    let phone = world.phone("李春梅", Role::Coordinator, AREA);
    phone.sync().unwrap();
    let home = open(&phone, vec![]);
    let met = || vec![text("outcome", "met"), entry("card_shown", FieldValue::Flag { yes: true })];
    let lacking = phone.visit(home.clone(), met(), true).unwrap_err();
    assert_eq!(lacking.problem().code, "report_incomplete");
    assert_eq!(lacking.problem().field.as_deref(), Some("x.guide"));
    let draft = phone.visit(home.clone(), met(), false).unwrap().record;
    let missing = phone.read(draft.clone()).unwrap().missing;
    assert_eq!(missing.iter().map(|m| m.label.zh.as_str()).collect::<Vec<_>>(), ["已发安全手册"]);
    let filled = vec![text("x.guide", "否"), text("state", "submitted")];
    phone.edit(draft, filled).unwrap();
    phone.visit(home, vec![text("outcome", "vacant")], true).unwrap();
}

#[test]
fn values_of_a_field_that_is_gone_or_not_known_yet_are_kept_and_shown() {
    let world = World::new();
    set(&world, json!({ "extra": [heating(&json!({ "sensitivity": "sensitive" })), meters()] }));
    let (li, wang) = (
        world.phone("李春梅", Role::Coordinator, AREA),
        world.phone("王建国", Role::Inspector, AREA),
    );
    li.sync().unwrap();
    let home = open(&li, vec![text("x.heating", "gas"), text("x.meters", "3")]);
    let visit = li.visit(home.clone(), vec![text("outcome", "vacant")], true).unwrap().record;
    li.sync().unwrap();
    set(&world, json!({ "extra": [meters()] }));
    wang.sync().unwrap();
    // The phone has never known the field: its value is there, under its key.
    assert_eq!(shown(&wang, &home, "x.heating"), ("x.heating".into(), "gas".into()));
    assert_eq!(shown(&li, &home, "x.heating").0, "供暖方式", "an older configuration is at work");
    li.sync().unwrap();
    assert_eq!(shown(&li, &home, "x.heating"), ("x.heating".into(), "gas".into()));
    wang.edit(home.clone(), vec![text("x.meters", "4")]).unwrap();
    wang.sync().unwrap();
    li.sync().unwrap();
    assert_eq!(shown(&li, &home, "x.meters").1, "4");
    assert_eq!(shown(&li, &home, "x.heating").1, "gas", "an edit elsewhere leaves it alone");
    // Staff see it by the label that it had, and as carefully handled as it was.
    let report = Console::sign_in(&world).get(&format!("/v1/reports/{AREA}/{visit}"));
    assert_eq!(reported(&report, "x.heating"), ("供暖方式".into(), json!("g**")));
}

#[test]
fn a_value_that_a_newer_configuration_does_not_take_keeps_nobody_from_editing() {
    let world = World::new();
    set(&world, json!({ "extra": [heating(&json!({})), meters()] }));
    let phone = world.phone("李春梅", Role::Coordinator, AREA);
    phone.sync().unwrap();
    let home = open(&phone, vec![text("x.heating", "stove"), text("x.meters", "3")]);
    let one = json!([{ "code": "gas", "label": { "zh": "燃气", "en": "Gas" } }]);
    set(&world, json!({ "extra": [heating(&json!({ "choices": one })), meters()] }));
    phone.sync().unwrap();
    phone.edit(home.clone(), vec![text("x.meters", "4")]).unwrap();
    let found = phone.check("premises".into(), Some(home.clone()), vec![]).unwrap();
    let heating = found.iter().find(|found| found.field == "x.heating").expect("it is told");
    assert!(!heating.blocks);
    assert!(phone.edit(home.clone(), vec![text("x.heating", "sun")]).is_err());
    phone.edit(home, vec![text("x.heating", "gas")]).unwrap();
}

#[test]
fn a_wrong_configuration_is_not_set_and_every_version_stays() {
    let world = World::new();
    assert_eq!(set(&world, json!({ "extra": [meters()] })), 1);
    let mut number = meters();
    number["type"] = "text".into();
    number.as_object_mut().unwrap().retain(|key, _| key != "min" && key != "max");
    let attempt = |json: Json| {
        let next = Configuration::read(&json.to_string()).unwrap();
        world.store.transaction(|db| configuration::set(db, operator(), next, "赵敏", NOW)).unwrap()
    };
    let refused = attempt(json!({ "extra": [number] }));
    assert_eq!(refused.version, None);
    assert_eq!(refused.faults[0].code.code, "configuration_type_changed");
    let stale = attempt(json!({ "version": 7, "extra": [] }));
    assert_eq!((stale.version, stale.faults[0].code.code), (None, "configuration_stale"));
    let gone = attempt(json!({ "version": 1, "due": { "visit_days": 180 } }));
    assert_eq!((gone.version, gone.faults[0].gravity), (Some(2), Gravity::Warning));
    let kept = world.store.read(doorstep::store::configurations::all).unwrap();
    let by: Vec<(u64, &str, i64)> = kept
        .iter()
        .map(|stored| (stored.version, stored.set_by.as_str(), stored.set_at_ms))
        .collect();
    assert_eq!(by, [(1, "赵敏", NOW), (2, "赵敏", NOW)]);
    let current = world.store.read(configuration::current).unwrap();
    assert_eq!((current.version, current.due.visit_days), (2, 180));
}

#[test]
fn it_travels_only_to_a_phone_that_has_another_version() {
    let world = World::new();
    set(&world, json!({ "extra": [meters()] }));
    let phone = world.bare_phone("李春梅", Role::Coordinator, AREA);
    let epoch = phone.sync(&Request::idle("tests")).server_epoch;
    let ask = |has: Option<u64>| {
        let request = Request { configuration: has, badge: has, ..Request::idle("tests") };
        let answer = phone.sync(&Request { server_epoch: Some(epoch), ..request });
        (answer.configuration.map(|came| came.version), encode(&answer.badge).len())
    };
    assert_eq!(ask(None), (None, 1), "a phone that does not ask could not use it");
    assert_eq!(ask(Some(0)).0, Some(1));
    assert_eq!(ask(Some(1)).0, None);
    assert_eq!(ask(Some(9)).0, Some(1), "the server was restored from a backup");
    let other = Request { configuration: Some(1), ..Request::idle("tests") };
    let other = Request { server_epoch: Some(sync_protocol::ids::ServerEpoch([9; 16])), ..other };
    assert!(phone.sync(&other).configuration.is_some(), "version 1 of another life is another one");
    let idle = |request: &Request| encode(request).len();
    let silent = Request::idle("tests");
    let asking = Request { configuration: Some(3), badge: Some(1), ..silent.clone() };
    assert_eq!(idle(&asking) - idle(&silent), 4, "what an idle sync costs more");
}

/// The example of docs/configuration.md is one that can be set.
#[test]
fn the_example_of_the_page_can_be_set() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once("```json\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("its end");
    let example: Json = serde_json::from_str(example).expect("JSON");
    assert_eq!(set(&World::new(), example), 1);
}
