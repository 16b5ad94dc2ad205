//! `doorstep erasures export | apply` as an operator runs it after a restore.

use std::path::Path;

use doorstep_tests::database::TestDatabase;
use doorstep_tests::programs::{Ran, doorstep, ended, run};
use doorstep_tests::world::World;
use serde_json::Value as Json;

use super::Scene;
use crate::sealed::dump;
use crate::trail::all;

/// Runs a command on a restored database.
fn on(restored: &TestDatabase, world: &World, arguments: &[&str]) -> Ran {
    ended(doorstep(world).env("DOORSTEP_DATABASE_URL", restored.url()).args(arguments))
}

/// Has the scene's stay erased, by a request that two agreed to.
fn erased(scene: &Scene) {
    let request = scene.taken("erasure");
    scene.agreed(&request);
    assert_eq!(scene.reviewers[0].post(&format!("{request}/erase")), 200);
}

fn path(file: &Path) -> String {
    file.display().to_string()
}

#[test]
fn what_was_erased_after_the_backup_is_erased_again_in_the_restored_database() {
    let mut scene = Scene::new();
    let backup = scene.world.copy_database();
    erased(&scene);
    let file = path(&scene.world.folder().join("erased.json"));
    let exported = run(&scene.world, &["erasures", "export", "--out", &file]);
    assert!(exported.well, "{exported:?}");
    assert_eq!(exported.out, format!("1 erasures are in {file}\n"));
    assert!(!Path::new(&file).with_extension("unfinished").exists());
    let shown = run(&scene.world, &["erasures", "export"]);
    let list: Json = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(list["erased"][0]["record"], scene.stay.as_str());
    assert!(!shown.out.contains(super::NAME) && !shown.out.contains(super::NUMBER));

    let restored = backup.store();
    assert!(dump(&restored).contains(&scene.stay[..8]));
    let applied = on(&backup, &scene.world, &["erasures", "apply", &file]);
    assert!(applied.well, "{applied:?}");
    assert!(applied.out.contains("1 records were erased again, and 0 photos"), "{applied:?}");
    let last = all(&restored).pop().unwrap();
    assert_eq!((last.act.as_str(), last.actor.as_str()), ("record_erased", "operator:zhaomin"));
    assert_eq!(last.record.unwrap().to_string(), scene.stay);
    assert_eq!(last.detail.as_deref(), Some("again after a restore"));
    let after = dump(&restored);
    let twice = on(&backup, &scene.world, &["erasures", "apply", &file]);
    assert!(twice.well && twice.out.contains("0 records were erased again"), "{twice:?}");
    assert_eq!(dump(&restored), after, "a second time there is nothing to do");
    assert!(on(&backup, &scene.world, &["verify"]).well);
}

#[test]
fn a_file_that_is_none_or_altered_or_another_districts_changes_nothing() {
    let mut scene = Scene::new();
    let backup = scene.world.copy_database();
    erased(&scene);
    let folder = scene.world.folder().to_owned();
    let good = folder.join("erased.json");
    assert!(run(&scene.world, &["erasures", "export", "--out", &path(&good)]).well);
    let text = std::fs::read_to_string(&good).unwrap();
    let elsewhere = World::new();
    let foreign = folder.join("foreign.json");
    assert!(run(&elsewhere, &["erasures", "export", "--out", &path(&foreign)]).well);

    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        path(&file)
    };
    let mut newer: Json = serde_json::from_str(&text).unwrap();
    newer["format"] = 3.into();
    let cases = [
        (path(&folder.join("nowhere.json")), "cannot be read"),
        (write("half.json", &text[..text.len() / 2]), "holds no exported erasures"),
        (write("forged.json", &text.replace(&scene.stay, &scene.home)), "was altered after"),
        (write("newer.json", &newer.to_string()), "of layout 3"),
        (path(&foreign), "another district's key"),
    ];
    let before = dump(&backup.store());
    for (file, words) in &cases {
        let refused = on(&backup, &scene.world, &["erasures", "apply", file]);
        assert!(!refused.well && refused.err.contains(words), "{file}: {refused:?}");
        assert_eq!(dump(&backup.store()), before, "{file}");
    }
    let nowhere = path(&folder.join("no").join("such").join("folder.json"));
    let refused = run(&scene.world, &["erasures", "export", "--out", &nowhere]);
    assert!(!refused.well && refused.err.contains("cannot be written"), "{refused:?}");
}
