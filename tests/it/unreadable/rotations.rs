//! Keys are changed around what does not open, and it is said which that is.

use doorstep_tests::handset::text;
use doorstep_tests::programs::run as command;

use super::*;

/// How many rows lie under the first key.
fn under(world: &World, table: &str, column: &str, key: u16) -> usize {
    run(world, &format!("SELECT FROM {table} WHERE {column} = {key}"))
}

#[test]
fn a_records_key_that_does_not_open_keeps_no_other_from_the_new_data_key() {
    let homes = Homes::new();
    alter(&homes.world, KEY, home(1));
    let ran = command(&homes.world, &["keys", "rotate"]);
    assert!(!ran.well, "{ran:?}");
    let said = format!("area {AREA}, record {}", home(1));
    assert!(ran.err.contains(&said) && ran.err.contains("data key 1"), "{ran:?}");
    assert_eq!(under(&homes.world, "record_keys", "data_key", 1), 1);
    assert_eq!(under(&homes.world, "record_keys", "data_key", 4), 1);
    assert_eq!(under(&homes.world, "data_keys", "number", 1), 1, "it is kept for that one");
    // Mended, the next one ends it.
    alter(&homes.world, KEY, home(1));
    let ran = command(&homes.world, &["keys", "rotate"]);
    assert!(ran.well, "{ran:?}");
    assert_eq!(under(&homes.world, "record_keys", "data_key", 4), 2);
    assert_eq!(under(&homes.world, "data_keys", "number", 1), 0);
}

#[test]
fn so_does_a_value_of_the_district() {
    let homes = Homes::new();
    let altered = "UPDATE devices SET name = set_byte(name, 20, 255 - get_byte(name, 20))";
    assert_eq!(run(&homes.world, altered), 1);
    let ran = command(&homes.world, &["keys", "rotate"]);
    assert!(!ran.well && ran.err.contains("devices.name"), "{ran:?}");
    assert_eq!(under(&homes.world, "record_keys", "data_key", 4), 2);
    assert_eq!(under(&homes.world, "data_keys", "number", 1), 1);
    let person = homes.world.store.read(|db| doorstep::store::people::find_by_name(db, "李春梅"));
    assert_eq!(person.unwrap().len(), 1);
    run(&homes.world, altered);
    let ran = command(&homes.world, &["keys", "rotate"]);
    assert!(ran.well, "{ran:?}");
    assert_eq!(under(&homes.world, "data_keys", "number", 1), 0);
}

#[test]
fn a_record_that_does_not_open_keeps_no_other_from_the_new_key_of_the_index() {
    let world = World::new();
    let li = world.phone("李春梅", Role::Coordinator, AREA);
    li.sync().unwrap();
    let open = |number: u32| {
        let code = format!("210102001001{number:09}");
        li.open_premises(None, code, vec![text("owner_name", "欧阳春")]).unwrap();
    };
    [1, 2].into_iter().for_each(open);
    li.sync().unwrap();
    alter(&world, ("records", "registers"), home(1));
    let ran = command(&world, &["keys", "rotate-index"]);
    assert!(!ran.well, "{ran:?}");
    assert!(ran.err.contains(&format!("area {AREA}, record {}", home(1))), "{ran:?}");
    assert_eq!(under(&world, "blind_index", "index_key", 2), 1, "it is found as before");
    assert_eq!(under(&world, "blind_index", "index_key", 4), 1);
    alter(&world, ("records", "registers"), home(1));
    let ran = command(&world, &["keys", "rotate-index"]);
    assert!(ran.well, "{ran:?}");
    assert_eq!(under(&world, "blind_index", "index_key", 4), 2);
    assert_eq!(under(&world, "data_keys", "number", 2), 0);
}
