//! Auditors read the trail, filtered and paged, and nobody else does; an export can be verified by
//! whoever has docs/audit.md and a Python.

use std::io::Write as _;
use std::process::{Command, Stdio};

use doorstep::registry::{self, NewLogin};
use doorstep::trail::{Act, Actor, Entry, note_apart};
use doorstep_tests::world::{AREA, NOW, OTHER_AREA, STREET, World, operator};
use serde_json::Value as Json;
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;

use super::all;
use crate::console::Console;

pub(crate) const PASSWORD: &str = "a long enough password";

/// Enters somebody with a login, and signs them in.
pub(crate) fn staff(world: &World, login: &str, role: Role, area: AreaId) -> Console {
    let new = NewLogin { login, password: PASSWORD };
    let made = world.store.transaction(|db| {
        Ok(registry::create_person(db, operator(), login, (role, area), Some(new), NOW))
    });
    made.unwrap().unwrap();
    Console::try_sign_in(&world.url, login, PASSWORD).unwrap_or_else(|_| panic!("{login}"))
}

fn fill(world: &World) {
    for (number, area) in (0..).zip([Some(AREA), Some(OTHER_AREA), None, Some(AREA)]) {
        let who = Actor::Staff(PersonId([7; 16]));
        let mut entry = Entry::new(Act::ReportRead, who, NOW + number);
        if let Some(area) = area {
            entry = entry.area(area);
        }
        note_apart(&world.store, &entry.reason("核对“王建国”的登记\n第二行")).unwrap();
    }
}

fn places(page: &Json) -> Vec<u64> {
    page["items"].as_array().unwrap().iter().map(|item| item["place"].as_u64().unwrap()).collect()
}

#[test]
fn an_auditor_reads_it_filtered_and_paged_and_the_reading_is_noted() {
    let world = World::new();
    fill(&world);
    let auditor = staff(&world, "shenji", Role::Auditor, STREET);
    let before = all(&world.store).len();
    let of_area = auditor.get(&format!("/v1/trail?area={AREA}&act=report_read"));
    assert_eq!(places(&of_area), [4, 1]);
    let item = &of_area["items"][0];
    assert_eq!(item["act_label"]["zh"], "查看报告");
    assert_eq!(item["area_name"]["zh"], "第一社区");
    assert_eq!(item["reason"], "核对“王建国”的登记\n第二行");
    let noted = all(&world.store);
    assert_eq!(noted.len(), before + 1);
    let last = noted.last().unwrap();
    assert_eq!(last.act, "trail_read");
    assert_eq!(last.detail.as_deref(), Some("act=report_read area=210102001001"));
    let until = auditor.get(&format!("/v1/trail?from={}&until={}", NOW + 1, NOW + 3));
    assert_eq!(places(&until), [3, 2]);
    let actor = format!("staff:{}", PersonId([7; 16]));
    let first = auditor.get(&format!("/v1/trail?actor={actor}&limit=3"));
    assert_eq!((places(&first), first["next"].as_u64()), (vec![4, 3, 2], Some(2)));
    let second = auditor.get(&format!("/v1/trail?actor={actor}&limit=3&before=2"));
    assert_eq!((places(&second), second["next"].as_u64()), (vec![1], None));
    assert_eq!(auditor.get("/v1/trail?refused=true&actor=nobody")["items"], serde_json::json!([]));
    for wrong in ["act=palace", "area=x", "record=1", "from=yesterday"] {
        assert_eq!(auditor.status(&format!("/v1/trail?{wrong}")), 400, "{wrong}");
    }
}

#[test]
fn nobody_else_reads_it_and_the_attempt_is_in_it() {
    let world = World::new();
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Auditor) {
        let console = staff(&world, role.code(), role, STREET);
        for path in ["/v1/trail", "/v1/trail/export"] {
            assert_eq!(console.status(path), 403, "{role:?} {path}");
        }
    }
    let refused = all(&world.store).into_iter().filter(|kept| kept.outcome == "forbidden");
    let acts: Vec<String> = refused.map(|kept| kept.act).collect();
    assert_eq!(acts.iter().filter(|act| *act == "trail_read").count(), 5);
    assert_eq!(acts.iter().filter(|act| *act == "trail_exported").count(), 5);
}

#[test]
fn who_is_administrator_too_does_not_read_it() {
    let world = World::new();
    let console = staff(&world, "both", Role::Auditor, STREET);
    assert_eq!(console.status("/v1/trail"), 200);
    let reader = all(&world.store).into_iter().rfind(|kept| kept.act == "trail_read").unwrap();
    let person: PersonId = reader.actor.strip_prefix("staff:").unwrap().parse().unwrap();
    let also = |db: &mut doorstep::store::Db| {
        doorstep::store::people::grant(db, person, OTHER_AREA, Role::Administrator)
    };
    world.store.transaction(also).unwrap();
    assert_eq!(console.status("/v1/trail"), 403);
}

#[test]
fn an_auditor_of_one_area_reads_what_happened_there_and_exports_nothing() {
    let world = World::new();
    fill(&world);
    let auditor = staff(&world, "shenji", Role::Auditor, OTHER_AREA);
    assert_eq!(places(&auditor.get("/v1/trail?act=report_read")), [2]);
    assert_eq!(places(&auditor.get(&format!("/v1/trail?area={AREA}"))), Vec::<u64>::new());
    assert_eq!(auditor.status("/v1/trail/export"), 403);
}

#[test]
fn an_export_is_verified_by_the_program_of_the_documentation_and_a_forged_one_is_not() {
    let world = World::new();
    (0..200).for_each(|_| fill(&world));
    let auditor = staff(&world, "shenji", Role::Auditor, STREET);
    let export = String::from_utf8(auditor.bytes("/v1/trail/export")).unwrap();
    let entries = all(&world.store).len();
    assert_eq!(export.lines().count(), entries + 2);
    assert!(export.lines().rev().nth(1).unwrap().contains("trail_exported"));
    let good = verify(&export);
    assert_eq!(good, (true, format!("{entries} entries hold, up to place {entries}\n")));

    let forged = |line: usize, from: &str, to: &str| {
        let lines = export.lines().enumerate();
        let text: Vec<String> = lines
            .map(|(at, text)| if at == line { text.replacen(from, to, 1) } else { text.to_owned() })
            .collect();
        assert_ne!(text[line], export.lines().nth(line).unwrap(), "{from}");
        verify(&(text.join("\n") + "\n"))
    };
    assert_eq!(forged(3, "report_read", "photo_read"), (false, "place 3 is wrong\n".into()));
    assert_eq!(forged(3, "王建国", "李建国"), (false, "place 3 is wrong\n".into()));
    assert_eq!(forged(0, "\"before\":\"", "\"before\":\"00"), (false, "place 1 is wrong\n".into()));
    let without = |line: usize| {
        let lines: Vec<&str> = export.lines().collect();
        verify(&([&lines[..line], &lines[line + 1..]].concat().join("\n") + "\n"))
    };
    assert_eq!(without(5), (false, "place 5 is wrong\n".into()));
    assert_eq!(without(entries + 1), (false, "the end is missing\n".into()));

    let rest = String::from_utf8(auditor.bytes("/v1/trail/export?after=700")).unwrap();
    let end = entries + 1;
    assert_eq!(verify(&rest), (true, format!("{} entries hold, up to place {end}\n", end - 700)));
    assert_eq!(auditor.status("/v1/trail/export?after=9999"), 404);
}

/// What the program of docs/audit.md says of an export.
fn verify(export: &str) -> (bool, String) {
    let page = include_str!("../../../docs/audit.md");
    let program = page.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let mut python = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs: `make test` installs it");
    python.stdin.take().unwrap().write_all(export.as_bytes()).unwrap();
    let done = python.wait_with_output().unwrap();
    (done.status.success(), String::from_utf8(done.stdout).unwrap())
}
