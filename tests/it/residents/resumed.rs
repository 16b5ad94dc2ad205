//! An erasure that is cut short, wherever: what is gone is noted, what is not is not, and it comes to
//! its end though somebody who agreed has left meanwhile.

use doorstep::store::{catalogue, people};
use doorstep_tests::Handset;
use doorstep_tests::world::{OTHER_AREA, STREET};
use serde_json::json;
use sync_protocol::ids::PersonId;
use sync_protocol::records::Role;

use super::{NAME, NUMBER, Scene, registered, yes};
use crate::console::Console;
use crate::permissions::somebody;
use crate::trail::all;

/// An erasure of two stays in two areas, agreed to.
struct Begun {
    scene: Scene,
    request: String,
    /// The stay that goes last.
    last: String,
    /// One of both who agreed.
    leaves: PersonId,
}

fn run(scene: &Scene, sql: &str) {
    scene.world.store.transaction(|db| catalogue::run(db, sql)).unwrap();
}

impl Begun {
    fn new() -> Self {
        let scene = Scene::new();
        let world = &scene.world;
        let other = Handset::enrol(world, &world.url, "王建国", Role::Coordinator, OTHER_AREA);
        let (_, last) = registered(&other, OTHER_AREA, 2, NAME, NUMBER);
        let request = scene.taken("erasure");
        let (leaver, leaves): (Console, PersonId) = somebody(world, Role::Supervisor, STREET);
        for by in [&scene.reviewers[0], &leaver] {
            assert_eq!(by.post_json(&format!("{request}/approve"), &yes(1)), 204);
        }
        Self { scene, request, last, leaves }
    }

    /// From now on the database refuses rows of a table of which this holds.
    fn fails(&self, table: &str, condition: &str) {
        run(
            &self.scene,
            &format!(
                "CREATE FUNCTION cut_short() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF {condition} THEN RAISE EXCEPTION 'cut short'; END IF; RETURN NEW; END $$"
            ),
        );
        run(
            &self.scene,
            &format!(
                "CREATE TRIGGER cut_short BEFORE INSERT ON {table}
                 FOR EACH ROW EXECUTE FUNCTION cut_short()"
            ),
        );
    }

    fn erase(&self) -> u16 {
        self.scene.reviewers[0].post_json(&format!("{}/erase", self.request), &json!({}))
    }

    /// It works again, and ten minutes are over.
    fn later(&self) {
        run(&self.scene, "DROP FUNCTION cut_short CASCADE");
        run(&self.scene, "UPDATE requests SET begun_at = begun_at - 11 * 60 * 1000");
    }

    /// The records of which the trail says that they were erased.
    fn noted(&self) -> Vec<String> {
        let erased = all(&self.scene.world.store).into_iter();
        let erased = erased.filter(|kept| kept.act == "record_erased" && kept.outcome == "done");
        erased.filter_map(|kept| kept.record).map(|record| record.to_string()).collect()
    }

    fn is_there(&self, record: &str) -> bool {
        let sql = format!("SELECT 1 FROM records WHERE record_id = '{record}'::uuid");
        self.scene.world.store.read(|db| catalogue::run(db, &sql)).unwrap() > 0
    }
}

#[test]
fn one_that_was_cut_short_goes_on_though_somebody_who_agreed_has_left() {
    let begun = Begun::new();
    begun.fails("erased", &format!("NEW.record_id = '{}'::uuid", begun.last));
    assert_eq!(begun.erase(), 500);
    begun.later();
    let left = |db: &mut _| people::revoke(db, begun.leaves, STREET, Role::Supervisor);
    begun.scene.world.store.transaction(left).unwrap();
    assert_eq!(begun.erase(), 200);
    assert!(!begun.is_there(&begun.last));
    assert_eq!(begun.scene.reviewers[1].get(&begun.request)["state"], "done");
}

#[test]
fn one_that_only_the_database_says_was_begun_is_agreed_to_by_nobody() {
    let scene = Scene::new();
    let request = scene.taken("erasure");
    run(&scene, "UPDATE requests SET state = 'begun', begun_at = 1");
    let refused = scene.reviewers[0].refused(&format!("{request}/erase"), &json!({}));
    assert_eq!(refused, (409, "request_not_agreed".to_owned()));
}

#[test]
fn what_was_erased_before_it_was_cut_short_is_in_the_trail_once_and_the_rest_is_not() {
    let begun = Begun::new();
    begun.fails("erased", &format!("NEW.record_id = '{}'::uuid", begun.last));
    assert_eq!(begun.erase(), 500);
    assert!(!begun.is_there(&begun.scene.stay) && begun.is_there(&begun.last));
    assert_eq!(begun.noted(), std::slice::from_ref(&begun.scene.stay));
    begun.later();
    assert_eq!(begun.erase(), 200);
    assert_eq!(begun.noted(), [begun.scene.stay.clone(), begun.last.clone()]);
}

#[test]
fn what_cannot_be_noted_is_not_erased() {
    let begun = Begun::new();
    begun.fails("trail", "NEW.act = 'record_erased'");
    assert_eq!(begun.erase(), 500);
    assert!(begun.is_there(&begun.scene.stay) && begun.is_there(&begun.last));
    begun.later();
    assert_eq!(begun.erase(), 200);
    assert_eq!(begun.noted().len(), 2);
}
