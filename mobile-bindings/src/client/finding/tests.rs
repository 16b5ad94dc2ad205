//! A phone with homes and people of a street, and what one types.

use sync_protocol::records::Role;

use super::*;
use crate::testing::{Phone, entries};

/// Name, document number, telephone.
const PEOPLE: [(&str, &str, &str); 8] = [
    ("张晓明", "E12345678", "13812341234"),
    ("张建国", "E12345679", "13900001235"),
    ("曾国强", "E22345670", "13700005678"),
    ("单雄信", "E32345671", "13600003456"),
    ("重阳", "E42345672", "13500007890"),
    ("王小张", "E52345673", "13312345555"),
    ("欧阳春梅", "E62345674", "13212349999"),
    ("买买提·阿不都拉", "E72341234", "13100004321"),
];

fn street() -> Phone {
    let phone = Phone::new(1, &[Role::Coordinator]);
    for (place, (name, number, telephone)) in PEOPLE.iter().enumerate() {
        let room = format!("{}", 201 + place);
        let address = format!("沈阳市和平区杏园路4号{}号楼2单元{room}室", place + 3);
        let building = format!("{}号楼", place + 3);
        let home = entries(&[
            ("address", &address),
            ("building", &building),
            ("unit", "二单元"),
            ("room", &room),
            ("owner_name", "李伟"),
        ]);
        let code = format!("2101020010030001-{place}");
        let home = phone.client.open_premises(None, code, home).unwrap().record;
        let person = [
            ("name", *name),
            ("document_type", "passport"),
            ("document_number", *number),
            ("phone", *telephone),
            ("category", "migrant"),
        ];
        phone.client.register_residency(home, entries(&person)).unwrap();
    }
    phone
}

fn found(phone: &Phone, text: &str) -> Vec<RecordLine> {
    phone.client.find(text.to_owned(), ListFilter::default()).unwrap()
}

fn titles(phone: &Phone, text: &str) -> Vec<String> {
    found(phone, text).into_iter().map(|line| line.title).collect()
}

#[test]
fn people_are_found_by_characters_pinyin_and_initials_in_every_reading() {
    let phone = street();
    for (typed, names) in [
        ("张", &["张建国", "张晓明", "王小张"][..]),
        ("张晓", &["张晓明"]),
        ("zhang", &["张建国", "张晓明", "王小张"]),
        ("zxm", &["张晓明"]),
        ("ZhangJian", &["张建国"]),
        ("wxz", &["王小张"]),
        ("zengguo", &["曾国强"]),
        ("cengguo", &["曾国强"]),
        ("shanxx", &["单雄信"]),
        ("danxiong", &["单雄信"]),
        ("chongyang", &["重阳"]),
        ("zhongyang", &["重阳"]),
        ("ouyang", &["欧阳春梅"]),
        ("oycm", &["欧阳春梅"]),
        ("买买提阿不都", &["买买提·阿不都拉"]),
    ] {
        assert_eq!(titles(&phone, typed), names, "{typed}");
    }
}

#[test]
fn the_end_of_a_number_comes_before_a_number_that_it_is_within() {
    let phone = street();
    let lines = found(&phone, "1234");
    let first = lines.iter().map(|line| line.title.as_str()).collect::<Vec<_>>();
    assert_eq!(first, ["买买提·阿不都拉", "张晓明", "张建国", "欧阳春梅", "王小张"].as_slice());
    let shown = |title: &str| {
        let line = lines.iter().find(|line| line.title == title).unwrap();
        let found = line.found.clone().unwrap();
        (found.key, found.label.en, found.shown)
    };
    assert_eq!(shown("张晓明"), ("phone".into(), "Phone".into(), "*******1234".into()));
    assert_eq!(
        shown("买买提·阿不都拉"),
        ("document_number".into(), "Document number".into(), "*****1234".into())
    );
    assert_eq!(titles(&phone, "e32345671"), ["单雄信"]);
    assert_eq!(titles(&phone, "138 1234 1234"), ["张晓明"], "as one reads it out");
}

#[test]
fn homes_are_found_by_address_landlord_and_door() {
    let phone = street();
    let of =
        |text: &str| found(&phone, text).into_iter().map(|line| line.title).collect::<Vec<_>>();
    let home =
        |building: u8, room: u16| format!("沈阳市和平区杏园路4号{building}号楼2单元{room}室");
    assert_eq!(of("杏园路").len(), PEOPLE.len());
    assert_eq!(of("xyl")[0], home(3, 201));
    assert_eq!(of("杏园路 7号楼"), [home(7, 205)]);
    assert_eq!(of("７号楼"), [home(7, 205)]);
    assert_eq!(of("7-2-205"), [home(7, 205)]);
    assert_eq!(of("2-205"), [home(7, 205)]);
    assert_eq!(of("205"), [home(7, 205)]);
    // Of the same rank, 3号楼 comes before 10号楼.
    assert_eq!(of("李伟")[0], home(3, 201));
    assert_eq!(of("liwei").last(), Some(&home(10, 208)));
    let by_door = found(&phone, "7-2-205").remove(0).found.unwrap();
    assert_eq!((by_door.label.en.as_str(), by_door.shown.as_str()), ("Room", "7-2-205"));
    let by_name = found(&phone, "lw").remove(0).found.unwrap();
    assert_eq!((by_name.key.as_str(), by_name.shown.as_str()), ("owner_name", "李伟"));
}

#[test]
fn a_filter_and_a_limit_narrow_what_is_found() {
    let phone = street();
    let filter = |kind: Option<&str>, limit| ListFilter {
        kind: kind.map(str::to_owned),
        limit,
        ..ListFilter::default()
    };
    let find = |text: &str, filter| phone.client.find(text.to_owned(), filter).unwrap();
    assert_eq!(find("张", filter(Some("premises"), None)).len(), 0);
    let two = find("zh", filter(None, Some(2)));
    let names: Vec<&str> = two.iter().map(|line| line.title.as_str()).collect();
    assert_eq!(names, ["张建国", "张晓明"], "the best are kept");
    let home = two[0].premises.clone();
    let there = ListFilter { premises: home, ..ListFilter::default() };
    assert_eq!(find("z", there).len(), 1);
    assert_eq!(find(" · ", filter(None, None)).len(), 2 * PEOPLE.len(), "nothing was typed");
    let wrong = phone.client.find("z".into(), filter(Some("palace"), None)).unwrap_err();
    assert_eq!(wrong.problem().code, "wrong_input");
}

#[test]
fn what_lost_is_found_too_and_of_a_long_text_the_line_is_shown() {
    let phone = street();
    let home = found(&phone, "7-2-205").remove(0).record;
    let notes = "门铃损坏\n楼道灯不亮，已报物业";
    phone.client.edit(home.clone(), entries(&[("notes", notes)])).unwrap();
    let line = found(&phone, "楼道灯").remove(0);
    assert_eq!(line.record, home);
    let place = line.found.unwrap();
    assert_eq!((place.key.as_str(), place.shown.as_str()), ("notes", "楼道灯不亮，已报物业"));
    assert!(!format!("{place:?}").contains("楼道"));
}
