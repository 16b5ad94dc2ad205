//! The main job: two phones without a signal edit the same home, come back, and staff read one
//! merged report with the clash between them.

use doorstep_tests::world::{AREA, World};
use mobile_bindings::client::{Entry, FieldClient, FieldValue, ListFilter};
use sync_protocol::records::Role;

use crate::console::Console;

/// A standard address code in the test area.
const HOME: &str = "210102001001003201501";

fn text(key: &str, value: &str) -> Entry {
    Entry { key: key.into(), value: FieldValue::Text { text: value.into() } }
}

fn open_home(phone: &FieldClient, uses: &str) -> String {
    let values = vec![text("address", "测试街道第一社区北三路32号2单元501"), text("use", uses)];
    phone.open_premises(Some(AREA.to_string()), HOME.into(), values).unwrap().record
}

#[test]
fn two_phones_that_edit_the_same_home_offline_converge_and_staff_see_the_clash() {
    let world = World::new();
    let li = world.phone("李春梅", Role::Coordinator, AREA);
    let wang = world.phone("王建国", Role::Inspector, AREA);
    li.sync().unwrap();
    wang.sync().unwrap();

    // Offline: neither knows of the other.
    let home = open_home(&li, "rented");
    assert_eq!(open_home(&wang, "owner_occupied"), home);
    let visit = li
        .visit(home.clone(), vec![text("outcome", "met"), flag("card_shown", true)], true)
        .unwrap()
        .record;
    let checks = vec![
        text("item.gas.result", "fail"),
        text("item.gas.note", "排烟管脱落"),
        text("verdict", "rectify"),
        text("rectification", "更换热水器排烟管"),
        text("rectify_by", "2026-12-01"),
    ];
    wang.inspect(home.clone(), checks, true).unwrap();

    // Back.
    for phone in [&li, &wang, &li] {
        let summary = phone.sync().unwrap();
        assert_eq!(summary.rejected, 0);
    }
    assert_eq!(digests(&li), digests(&wang));
    assert_eq!(li.list(ListFilter::default()).unwrap().len(), 3);

    let seen = li.read(home).unwrap();
    let uses = seen.fields.iter().find(|field| field.key == "use").unwrap();
    assert!(uses.clash);
    assert_eq!(uses.others.len(), 1);

    let console = Console::sign_in(&world);
    let listed = console.get("/v1/reports?clashes=true");
    assert_eq!(listed["total"], 2);
    let report = console.get(&format!("/v1/reports/{AREA}/{visit}"));
    let clashes = report["clashes"].as_array().unwrap();
    let clash = clashes.iter().find(|clash| clash["key"] == "use").unwrap();
    let mut values: Vec<_> = clash["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| (v["display"]["zh"].as_str().unwrap(), v["author"]["name"].as_str().unwrap()))
        .collect();
    values.sort_unstable();
    assert_eq!(values, [("出租", "李春梅"), ("自住", "王建国")]);
    let outcome = &report["sections"][0]["fields"];
    let outcome = outcome.as_array().unwrap().iter().find(|f| f["key"] == "outcome").unwrap();
    assert_eq!(outcome["author"]["name"], "李春梅");
    assert!(outcome["written_at"].as_i64().unwrap() > 0);
}

#[test]
fn two_phones_that_register_the_same_person_offline_write_one_residency() {
    let world = World::new();
    let phones = ["李春梅", "王建国"].map(|name| world.phone(name, Role::Coordinator, AREA));
    let register = |phone: &FieldClient, number: &str| {
        let home = open_home(phone, "rented");
        let values = vec![
            text("name", "赵云"),
            text("document_type", "resident_id"),
            text("document_number", number),
            text("category", "migrant"),
            text("arrived_on", "2026-11-01"),
        ];
        phone.register_residency(home, values).unwrap().record
    };
    for phone in &phones {
        phone.sync().unwrap();
    }
    // One of them types the last letter small.
    let first = register(&phones[0], "11010519491231002X");
    assert_eq!(register(&phones[1], "11010519491231002x"), first);
    for phone in phones.iter().chain(&phones) {
        assert_eq!(phone.sync().unwrap().rejected, 0);
    }
    assert_eq!(digests(&phones[0]), digests(&phones[1]));
    assert_eq!(phones[0].list(ListFilter::default()).unwrap().len(), 2);
}

#[test]
fn a_form_that_sends_every_prefilled_value_back_overwrites_nothing() {
    let world = World::new();
    let li = world.phone("李春梅", Role::Coordinator, AREA);
    let wang = world.phone("王建国", Role::Coordinator, AREA);
    li.sync().unwrap();
    let home = open_home(&li, "rented");
    li.sync().unwrap();
    wang.sync().unwrap();
    li.edit(home.clone(), vec![text("use", "shop")]).unwrap();
    // Wang's form still shows the old use and sends it back beside a room number.
    wang.edit(home.clone(), vec![text("use", "rented"), text("room", "501")]).unwrap();
    for phone in [&li, &wang, &li] {
        phone.sync().unwrap();
    }
    let seen = wang.read(home).unwrap();
    let uses = seen.fields.iter().find(|field| field.key == "use").unwrap();
    assert!(matches!(&uses.value, FieldValue::Text { text } if text == "shop"));
    assert!(!uses.clash);
}

#[test]
fn free_text_merges_by_character() {
    let world = World::new();
    let li = world.phone("李春梅", Role::Coordinator, AREA);
    let wang = world.phone("王建国", Role::Coordinator, AREA);
    li.sync().unwrap();
    let home = open_home(&li, "rented");
    li.edit(home.clone(), vec![text("notes", "门铃坏了。")]).unwrap();
    li.sync().unwrap();
    wang.sync().unwrap();
    li.edit(home.clone(), vec![text("notes", "楼道灯已修。门铃坏了。")]).unwrap();
    wang.edit(home.clone(), vec![text("notes", "门铃坏了。请先打电话。")]).unwrap();
    for phone in [&li, &wang, &li] {
        phone.sync().unwrap();
    }
    let seen = li.read(home).unwrap();
    let notes = seen.fields.iter().find(|field| field.key == "notes").unwrap();
    let merged = "楼道灯已修。门铃坏了。请先打电话。";
    assert!(matches!(&notes.value, FieldValue::Text { text } if text == merged));
    assert_eq!(digests(&li), digests(&wang));
}

fn flag(key: &str, yes: bool) -> Entry {
    Entry { key: key.into(), value: FieldValue::Flag { yes } }
}

fn digests(phone: &FieldClient) -> Vec<(String, String)> {
    phone.digest().unwrap().into_iter().map(|line| (line.record, line.digest)).collect()
}
