//! The public roster: who works in an area now, and nothing else.

use doorstep::configuration;
use doorstep::registry;
use doorstep_tests::bare_phone::agent;
use doorstep_tests::pictures;
use doorstep_tests::world::{AREA, NOW, OTHER_AREA, STREET, World, operator};
use sync_protocol::configuration::Configuration;
use sync_protocol::records::Role;

fn page(world: &World, path: &str) -> (u16, String) {
    let mut answer = agent().get(format!("{}{path}", world.url)).call().unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

#[test]
fn a_resident_sees_who_works_in_the_area_and_nobody_elses_name() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let portrait = pictures::jpeg(600);
    registry::set_badge(&world.store, operator(), li, Some("SY-1"), Some(&portrait)).unwrap();
    world.person("张勇", Role::Inspector, STREET);
    world.person("王建国", Role::Coordinator, OTHER_AREA);
    let gone = world.person("赵敏", Role::Coordinator, AREA);
    world.store.transaction(|db| doorstep::store::people::leave(db, gone, NOW)).unwrap();
    let (status, list) = page(&world, "/roster");
    assert_eq!(status, 200);
    assert!(list.contains(&format!("/roster/{AREA}")) && !list.contains("李春梅"));
    assert!(!list.contains(&format!("/roster/{STREET}\"")), "only where nothing lies below");
    let (status, roster) = page(&world, &format!("/roster/{AREA}"));
    assert_eq!(status, 200);
    for there in ["第一社区", "李春梅", "SY-1", "张勇", "data:image/jpeg;base64,", "现在有效"]
    {
        assert!(roster.contains(there), "{there}");
    }
    // Staff at desks, people of other areas and those who left are not on it; nobody has an id.
    for hidden in ["审核员", "管理员", "王建国", "赵敏", "协管员", "<script", &li.to_string()]
    {
        assert!(!roster.contains(hidden), "{hidden}");
    }
}

#[test]
fn an_area_that_is_not_there_one_without_workers_and_a_hidden_roster_are_the_same() {
    let world = World::new();
    world.person("李春梅", Role::Coordinator, AREA);
    let none = page(&world, &format!("/roster/{OTHER_AREA}"));
    assert_eq!(none.0, 404);
    for path in ["/roster/210102009009", "/roster/nonsense", "/roster/0"] {
        assert_eq!(page(&world, path), none, "{path}");
    }
    let hidden = Configuration { hide_roster: true, ..Configuration::default() };
    let set = |db: &mut doorstep::store::Db| {
        configuration::set(db, operator(), hidden.clone(), "tests", NOW)
    };
    assert!(world.store.transaction(set).unwrap().version.is_some());
    for path in [format!("/roster/{AREA}"), "/roster".to_owned()] {
        assert_eq!(page(&world, &path), none, "{path}");
    }
}

#[test]
fn whoever_is_away_is_not_valid_and_who_stands_in_is() {
    let world = World::new();
    let li = world.person("李春梅", Role::Coordinator, AREA);
    let wang = world.person("王建国", Role::Coordinator, OTHER_AREA);
    let now = doorstep::clock::now_ms();
    let day = 24 * 3600 * 1000;
    let away = format!(
        "INSERT INTO absences (person_id, from_at, until_at, stand_in)
         VALUES ('{}', to_timestamp({}), to_timestamp({}), '{}')",
        uuid::Uuid::from_bytes(li.0),
        (now - day) / 1000,
        (now + day) / 1000,
        uuid::Uuid::from_bytes(wang.0)
    );
    world.store.transaction(|db| doorstep::store::catalogue::run(db, &away)).unwrap();
    let roster = page(&world, &format!("/roster/{AREA}")).1;
    let of = |name: &str| {
        let from = roster.find(name).unwrap();
        roster[from..].split("data-state=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    assert_eq!((of("李春梅"), of("王建国")), ("away".to_owned(), "valid".to_owned()));
}
