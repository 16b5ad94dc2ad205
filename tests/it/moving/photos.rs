//! Photos of a report that moves: shown in the new area, whether they came before or after, and to
//! nobody for knowing a hash.

use doorstep::http::Server;
use doorstep::photos::Objects;
use doorstep::store::photo_keys;
use doorstep_tests::erasing::erase;
use doorstep_tests::pictures;
use serde_json::Value as Json;

use super::*;
use crate::console::Console;

/// The report as staff of an area see it.
fn photo_of(console: &Console, area: AreaId, visit: &str) -> Json {
    console.get(&format!("/v1/reports/{area}/{visit}"))["photos"][0].clone()
}

#[test]
fn a_photo_that_came_before_or_after_the_move_is_shown_in_the_new_area() {
    let world = World::new();
    let old = world.phone("李春梅", Role::Coordinator, AREA);
    sync(&old);
    let home = open_home(&old, AREA);
    let visit = || {
        let outcome = vec![text("outcome", "vacant")];
        old.visit(home.clone(), outcome, true).unwrap().record
    };
    let (early, late) = (visit(), visit());
    old.photo(early.clone(), pictures::jpeg(900), Some("门口".into()), None).unwrap();
    sync(&old);
    // This one is taken without a signal, and sent when the report has moved.
    old.photo(late.clone(), pictures::jpeg(700), None, None).unwrap();
    move_record(&world, &home, AREA, OTHER_AREA);
    let console = Console::sign_in(&world);
    assert_eq!(photo_of(&console, OTHER_AREA, &early)["stored"], true);
    assert_eq!(photo_of(&console, OTHER_AREA, &late), Json::Null);
    sync(&old);
    assert!(held_by(&old).is_empty());
    for visit in [&early, &late] {
        let photo = photo_of(&console, OTHER_AREA, visit);
        assert_eq!(photo["stored"], true, "{photo}");
        let thumbnail = console.bytes(photo["thumbnail"].as_str().unwrap());
        let picture = image::load_from_memory(&thumbnail).unwrap();
        assert_eq!(picture.width().max(picture.height()), 320);
    }

    // Not without the record, nor through one that does not name it.
    let address = photo_of(&console, OTHER_AREA, &early)["thumbnail"].as_str().unwrap().to_owned();
    let (bare, _) = address.split_once('?').unwrap();
    assert_eq!(console.status(bare), 404);
    assert_eq!(console.status(&format!("{bare}?record={late}")), 404);
    assert_eq!(console.status(&format!("{bare}?record={home}")), 404);

    // On to where it came from: the photo lies there.
    move_record(&world, &home, OTHER_AREA, AREA);
    assert_eq!(photo_of(&console, AREA, &early)["stored"], true);
}

#[test]
fn a_photo_stays_for_a_report_that_moved_when_another_of_the_old_area_is_erased() {
    let world = World::new();
    let old = world.phone("李春梅", Role::Coordinator, AREA);
    sync(&old);
    let values = vec![text("address", "北三路32号2单元502"), text("use", "rented")];
    let area = Some(AREA.to_string());
    let other = old.open_premises(area, "210102001001003201502".into(), values).unwrap().record;
    let home = open_home(&old, AREA);
    let [moves, stays] = [&home, &other].map(|home| {
        let outcome = vec![text("outcome", "vacant")];
        let visit = old.visit(home.clone(), outcome, true).unwrap().record;
        old.photo(visit.clone(), pictures::jpeg(200), None, None).unwrap();
        visit
    });
    sync(&old);
    move_record(&world, &home, AREA, OTHER_AREA);
    let console = Console::sign_in(&world);
    let thumbnail = || {
        let shown = photo_of(&console, OTHER_AREA, &moves);
        console.status(shown["thumbnail"].as_str().unwrap())
    };
    assert_eq!(thumbnail(), 200);
    let objects = Objects::in_folder(&world.folder().join("photos")).unwrap();
    let server = Server::new(world.store.clone(), objects).unwrap();
    let erased = |report: &str| {
        let now = doorstep::clock::now_ms() + 1_000;
        erase(server.engine(), report, now);
    };
    erased(&stays);
    assert_eq!(thumbnail(), 200);
    // With the last report that names it, it goes, wherever that is.
    erased(&moves);
    assert_eq!(world.store.read(photo_keys::count).unwrap(), 0);
}
