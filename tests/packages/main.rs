//! The small apps of docs/mobile, each on its package, against a real server: the wheel in an
//! environment of its own, the Kotlin on a Java machine. `scripts/packages` builds them and runs this.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by stopping there"
)]

mod app;
mod day;

use app::App;
use doorstep_tests::World;

#[test]
fn the_python_app_does_a_days_work_on_the_wheel() {
    day::of(&App::python());
}

#[test]
fn the_kotlin_app_does_a_days_work_on_a_java_machine() {
    day::of(&App::kotlin());
}

#[test]
fn the_wheel_says_what_it_is_and_an_error_nobody_caught_says_what_to_do() {
    let version = format!("doorstep {} Apache-2.0", env!("CARGO_PKG_VERSION"));
    App::script("wheel.py").run("", &[]).fails_with(&[
        &version,
        "README",
        "annotated",
        "FieldError.Refused: store_key_wrong: ",
        "Use the key it was made with",
    ]);
}

#[test]
fn a_listener_may_end_a_sync_and_one_that_throws_does_not() {
    let world = World::new();
    let invitation = day::invitation(&world, "李春梅");
    App::script("listener.py")
        .run("", &[&invitation])
        .says(&["cancelled: True, complete: False", "done: True, complete: True"])
        .never_says("broken");
}
