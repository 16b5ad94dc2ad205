//! `doorstep retention` as an operator runs it.

use std::process::Stdio;

use doorstep::store::catalogue;
use doorstep_tests::gate::Gate;
use doorstep_tests::handset::text;
use doorstep_tests::programs::{Ran, doorstep, run};
use doorstep_tests::world::{AREA, OTHER_AREA, World};
use doorstep_tests::{Handset, pictures};
use mobile_bindings::client::{Entry, FieldValue};
use serde_json::{Value as Json, json};
use sync_protocol::records::Role;

use super::retention::written_long_ago;
use super::{Scene, registered};
use crate::sealed::dump;
use crate::trail::all;

/// Sets a district's retention by the command line.
fn says(world: &World, retention: &Json) -> Ran {
    let file = world.folder().join("district.json");
    std::fs::write(&file, json!({ "retention": retention }).to_string()).unwrap();
    run(world, &["configure", "set", &file.display().to_string()])
}

/// Somebody departed so long ago that no clock is needed, and that was written then.
fn departed(world: &World, phone: &Handset, stay: &str) {
    phone.client().edit(stay.to_owned(), vec![text("departed_on", "2020-01-10")]).unwrap();
    phone.client().sync().unwrap();
    written_long_ago(world);
}

/// A report that a reviewer accepted long ago, with a photo.
fn accepted(scene: &Scene) -> String {
    let handed_in = vec![text("outcome", "vacant")];
    let phone = scene.phone.client();
    let visit = phone.visit(scene.home.clone(), handed_in, true).unwrap().record;
    phone.photo(visit.clone(), pictures::jpeg(600), None, None).unwrap();
    phone.sync().unwrap();
    let reviewer = Handset::enrol(&scene.world, &scene.world.url, "赵审核", Role::Reviewer, AREA);
    let state = Entry { key: "state".into(), value: FieldValue::Text { text: "accepted".into() } };
    reviewer.client().edit(visit.clone(), vec![state]).unwrap();
    reviewer.client().sync().unwrap();
    let age = "UPDATE visits SET received_at = received_at - 400 * 86400000::bigint";
    scene.world.store.transaction(|db| catalogue::run(db, age)).unwrap();
    visit
}

fn photos(world: &World) -> usize {
    let mut folders = vec![world.folder().join("photos")];
    let mut found = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() { folders.push(entry.path()) } else { found += 1 }
        }
    }
    found
}

#[test]
fn a_dry_run_says_what_would_go_and_changes_nothing() {
    let mut scene = Scene::new();
    departed(&scene.world, &scene.phone, &scene.stay);
    accepted(&scene);
    scene.world.stop_server();
    let set = says(&scene.world, &json!({ "departed_days": 365, "accepted_days": 365 }));
    assert!(set.well, "{set:?}");
    let before = dump(&scene.world.store);
    for arguments in [&["retention"][..], &["retention", "--dry-run"]] {
        let told = run(&scene.world, arguments);
        assert!(told.well, "{told:?}");
        for line in [
            "departed: 1 kept for over 365 days, the oldest for ",
            "    210102001001 residency: 1, the oldest for ",
            "accepted: 1 kept for over 365 days, the oldest for 400 days (accepted reports)",
            "    210102001001 visit: 1, the oldest for 400 days",
            "drafts: kept, retention.draft_days names no days",
            "sessions: 0 kept for over 1 days (sessions that ended)",
            "nothing was changed: --apply erases it",
        ] {
            assert!(told.out.contains(line), "{line}\nis not in\n{}", told.out);
        }
        assert_eq!(dump(&scene.world.store), before);
    }
    assert!(photos(&scene.world) > 0);
}

#[test]
fn applied_it_erases_for_good_notes_it_by_rule_and_finds_nothing_the_second_time() {
    let scene = Scene::new();
    departed(&scene.world, &scene.phone, &scene.stay);
    let visit = accepted(&scene);
    let rules = json!({ "departed_days": 365, "accepted_days": 399, "draft_days": 30 });
    assert!(says(&scene.world, &rules).well);
    let only = run(&scene.world, &["retention", "--apply", "--only", "accepted"]);
    assert!(only.well, "{only:?}");
    assert!(only.out.contains("accepted: 1 erased\n1 erased by 1 rules, and 1 photos"), "{only:?}");
    assert_eq!(photos(&scene.world), 0);
    let rest = run(&scene.world, &["retention", "--apply"]);
    assert!(rest.well, "{rest:?}");
    assert!(rest.out.contains("departed: 1 erased"), "{rest:?}");
    let again = run(&scene.world, &["retention", "--apply"]);
    assert!(again.out.ends_with("0 erased by 0 rules, and 0 photos\n"), "{again:?}");

    scene.phone.client().sync().unwrap();
    assert!(scene.phone.client().read(scene.stay.clone()).is_err());
    assert!(scene.phone.client().read(visit).is_err());
    assert!(scene.phone.client().read(scene.home.clone()).is_ok());
    let noted: Vec<String> = all(&scene.world.store)
        .into_iter()
        .filter(|kept| kept.actor == "operator:zhaomin" && kept.act.starts_with("ret"))
        .map(|kept| kept.detail.unwrap())
        .collect();
    let expected = ["accepted begun 1", "accepted 1", "departed begun 1", "departed 1"];
    assert_eq!(noted[..4], expected, "{noted:?}");
    let verified = run(&scene.world, &["verify"]);
    assert!(verified.well, "{verified:?}");
}

#[test]
fn killed_in_between_it_goes_on_where_it_was_when_it_is_run_again() {
    let scene = Scene::new();
    departed(&scene.world, &scene.phone, &scene.stay);
    let other =
        Handset::enrol(&scene.world, &scene.world.url, "王建国", Role::Coordinator, OTHER_AREA);
    let (_, second) = registered(&other, OTHER_AREA, 2, "欧阳秋", "110101199003070310");
    departed(&scene.world, &other, &second);
    assert!(says(&scene.world, &json!({ "departed_days": 30 })).well);

    // The first is erased and noted; at the second's area the command waits, and is killed.
    let gate = Gate::close(&scene.world.store, OTHER_AREA);
    let mut killed = doorstep(&scene.world)
        .args(["retention", "--apply", "--only", "departed"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    gate.wait_for(1);
    killed.kill().unwrap();
    killed.wait().unwrap();
    gate.open();
    let erased = |world: &World| {
        let acts = all(&world.store).into_iter().filter(|kept| kept.act == "record_erased");
        acts.map(|kept| kept.record.unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(erased(&scene.world), std::slice::from_ref(&scene.stay));

    let again = run(&scene.world, &["retention", "--apply", "--only", "departed"]);
    assert!(again.well && again.out.contains("departed: 1 erased"), "{again:?}");
    assert_eq!(erased(&scene.world), [scene.stay.clone(), second.clone()]);
    other.client().sync().unwrap();
    assert!(other.client().read(second).is_err());
    assert!(run(&scene.world, &["verify"]).well);
}

#[test]
fn a_rule_that_there_is_not_and_days_that_cannot_be_are_refused_and_nothing_is_changed() {
    let mut scene = Scene::new();
    departed(&scene.world, &scene.phone, &scene.stay);
    scene.world.stop_server();
    assert!(says(&scene.world, &json!({ "departed_days": 365 })).well);
    let before = dump(&scene.world.store);
    for (arguments, words) in [
        (&["retention", "--apply", "--only", "palaces"][..], "possible values: departed, accepted"),
        (&["retention", "--apply", "--dry-run"], "cannot be used with"),
        (&["retention", "--apply=3"], "unexpected value"),
        (&["retention", "30"], "unexpected argument"),
    ] {
        let refused = run(&scene.world, arguments);
        assert!(!refused.well && refused.err.contains(words), "{arguments:?}: {refused:?}");
    }
    for (wrong, words) in [
        (json!({ "palace_days": 400 }), "retention.palace_days"),
        (json!({ "departed_days": -1 }), "-1"),
        (json!({ "departed_days": 29 }), "retention.departed_days"),
        (json!({ "departed_days": 70_000 }), "70000"),
        (json!({ "departed_days": "365" }), "string"),
        (json!({ "departed_days": 36.5 }), "36.5"),
        (json!({ "session_days": 0 }), "retention.session_days"),
    ] {
        let refused = says(&scene.world, &wrong);
        assert!(!refused.well, "{wrong}: {refused:?}");
        assert!(refused.out.contains(words), "{wrong}: {refused:?}");
    }
    assert_eq!(dump(&scene.world.store), before);
}

#[test]
fn a_record_that_cannot_be_erased_is_named_and_the_rest_goes() {
    let scene = Scene::new();
    departed(&scene.world, &scene.phone, &scene.stay);
    let (_, second) = registered(&scene.phone, AREA, 2, "欧阳秋", "110101199003070310");
    departed(&scene.world, &scene.phone, &second);
    assert!(says(&scene.world, &json!({ "departed_days": 30 })).well);
    let stay = &scene.stay;
    for sql in [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
         AS $$ BEGIN RAISE EXCEPTION 'not this one'; END $$",
        &format!(
            "CREATE TRIGGER refuse BEFORE DELETE ON records FOR EACH ROW
             WHEN (OLD.record_id = '{stay}'::uuid) EXECUTE FUNCTION refuse()"
        ),
    ] {
        scene.world.store.transaction(|db| catalogue::run(db, sql)).unwrap();
    }
    let ran = run(&scene.world, &["retention", "--apply", "--only", "departed"]);
    assert!(!ran.well && ran.out.contains("departed: 1 erased"), "{ran:?}");
    assert!(ran.err.contains(&format!("record {stay} was not erased")), "{ran:?}");
    let noted: Vec<String> = all(&scene.world.store)
        .into_iter()
        .filter(|kept| kept.act == "record_erased")
        .map(|kept| kept.record.unwrap().to_string())
        .collect();
    assert_eq!(noted, [second]);
    let drop = "DROP TRIGGER refuse ON records";
    scene.world.store.transaction(|db| catalogue::run(db, drop)).unwrap();
    let ran = run(&scene.world, &["retention", "--apply", "--only", "departed"]);
    assert!(ran.well && ran.out.contains("departed: 1 erased"), "{ran:?}");
}
