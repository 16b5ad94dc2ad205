//! A worker's day, the same for every app: enrolled in the office, at a door without a signal, back in
//! range, where a colleague has written something else about the same home.

use doorstep_tests::handset::text;
use doorstep_tests::pictures::jpeg;
use doorstep_tests::world::{AREA, World};
use mobile_bindings::client::{FieldClient, ListFilter};
use sync_protocol::records::Role;

use crate::app::App;

/// The home that every app visits.
const HOME: &str = "210102001001003201501";

/// What the apps write as its address.
const ADDRESS: &str = "测试街道第一社区北三路32号2单元501";

pub(crate) fn of(app: &App) {
    let mut world = World::new();
    let wang = world.phone("王建国", Role::Inspector, AREA);
    wang.sync().unwrap();
    in_the_office(app, &world);
    world.stop_server();
    at_the_door(app, &world);
    world.start_server();
    back_in_range(app, &wang);
    what_the_colleague_sees(&wang);
}

fn in_the_office(app: &App, world: &World) {
    let wrong = invitation_with(world, "AAAA-AAAA");
    app.run("enrol", &[&wrong]).fails_with(&["enrolment_code_invalid : 登记码无效"]);
    let invitation = invitation(world, "李春梅");
    app.run("enrol", &[&invitation])
        .says(&["enrolled: 李春梅, 测试区", "area: 210102001001 第一社区"]);
    app.run("enrol", &[&invitation]).fails_with(&["already_enrolled"]);
}

/// What the QR code for a new coordinator says.
pub(crate) fn invitation(world: &World, name: &str) -> String {
    let person = world.person(name, Role::Coordinator, AREA);
    invitation_with(world, &world.enrolment_code(person))
}

fn invitation_with(world: &World, code: &str) -> String {
    let server = world.url.replace(':', "%3A").replace('/', "%2F");
    format!("doorstep:enrol?server={server}&code={code}")
}

fn at_the_door(app: &App, world: &World) {
    let picture = world.folder().join("stairs.jpg");
    std::fs::write(&picture, jpeg(300)).unwrap();
    app.run("visit", &[&picture.display().to_string()])
        .says(&[
            "wrong_value use: 字段的值类型或长度不符",
            "check: card_shown ",
            &format!("premises: {ADDRESS} (ON_PHONE)"),
            "用途: 出租",
            "0 merged, 1 photos",
        ])
        .never_says("castle");
    app.run("sync", &["0"]).fails_with(&["unreachable"]);
    app.run("find", &["北三路32号"]).says(&["间数: 2", "(ON_PHONE)"]).never_says("(!)");
}

fn back_in_range(app: &App, wang: &FieldClient) {
    let values = vec![text("address", ADDRESS), text("use", "owner_occupied")];
    wang.open_premises(Some(AREA.to_string()), HOME.into(), values).unwrap();
    wang.sync().unwrap();
    app.run("sync", &[]).says(&[
        "RECORDS: 0 of ",
        "ENDED: ",
        ", 1 of 1 photos",
        " accepted, 0 refused, 1 photos",
        &format!("attention: CLASH {ADDRESS} 用途: 两人填写不同"),
        "自住(王建国",
        "status: 0 on this phone",
        " merged, 0 photos",
    ]);
    app.run("find", &["北三路32号"]).says(&["间数: 2", "(MERGED)", " (!)"]);
}

fn what_the_colleague_sees(wang: &FieldClient) {
    wang.sync().unwrap();
    let visits = ListFilter { kind: Some("visit".into()), ..ListFilter::default() };
    let visits = wang.list(visits).unwrap();
    assert_eq!(visits.len(), 1);
    assert_eq!(visits[0].state.as_deref(), Some("submitted"));
    let visit = wang.read(visits[0].record.clone()).unwrap();
    let written = |key: &str| visit.fields.iter().find(|field| field.key.starts_with(key)).unwrap();
    assert_eq!(written("remarks").shown.zh, "楼道灯不亮");
    assert_eq!(written("remarks").by.as_deref(), Some("李春梅"));
    assert_eq!(written("card_shown").shown.zh, "是");
    assert!(visit.fields.iter().any(|field| field.shown.zh == "楼道"), "the photo's caption");
}
