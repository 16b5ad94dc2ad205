//! Every command of `doorstep`, held against what it leaves in the audit trail: a new one that is
//! not run here fails the test.

use std::collections::BTreeSet;
use std::process::Command;

use doorstep::auth::devices;
use doorstep::store::oidc_provider::{self, Provider};
use doorstep_tests::Handset;
use doorstep_tests::database::TestDatabase;
use doorstep_tests::handset::text;
use doorstep_tests::programs::{doorstep, ended, program};
use doorstep_tests::world::{AREA, OTHER_AREA, STREET, World, operator};
use sync_protocol::records::Role;
use tempfile::TempDir;

use super::all;

/// What is run where it takes more: the command, its test, and where that stands.
const ELSEWHERE: [(&str, &str, &str); 2] = [
    (
        "erasures apply",
        "fn what_was_erased_after_the_backup_is_erased_again_in_the_restored_database",
        include_str!("../residents/erasures_command.rs"),
    ),
    (
        "oidc set",
        "fn the_command_sets_the_provider_and_it_is_noted",
        include_str!("../staff/oidc/settings.rs"),
    ),
];

/// The commands that `--help` names, down to the last.
fn leaves(path: &[&str]) -> Vec<String> {
    let told = ended(program("doorstep").args(path).arg("--help"));
    assert!(told.well, "{path:?}: {told:?}");
    let Some((_, list)) = told.out.split_once("\nCommands:\n") else {
        return vec![path.join(" ")];
    };
    let list = list.split("\n\n").next().unwrap();
    // A line that goes on is indented further.
    let names = list.lines().filter(|line| !line.starts_with("   "));
    let names = names.map(|line| line.split_whitespace().next().unwrap());
    names
        .filter(|name| *name != "help")
        .flat_map(|name| leaves(&[path, &[name]].concat()))
        .collect()
}

/// Runs commands one by one and sees what each adds to the trail.
struct Office {
    world: World,
    run: BTreeSet<String>,
}

impl Office {
    /// Runs a command, whose acts must be these.
    fn does(&mut self, leaf: &str, more: &[&str], acts: &[&str]) -> String {
        let mut command = doorstep(&self.world);
        command.args(leaf.split(' ')).args(more);
        self.run.insert(leaf.to_owned());
        self.adds(&mut command, acts)
    }

    fn adds(&self, command: &mut Command, acts: &[&str]) -> String {
        let before = all(&self.world.store).len();
        let ran = ended(command);
        assert!(ran.well, "{command:?}: {ran:?}");
        let after = all(&self.world.store).split_off(before);
        let added: Vec<&str> = after.iter().map(|kept| kept.act.as_str()).collect();
        assert_eq!(added, acts, "{command:?}");
        assert!(after.iter().all(|kept| kept.actor == "operator:zhaomin"), "{after:?}");
        ran.out
    }

    fn file(&self, name: &str) -> String {
        self.world.folder().join(name).display().to_string()
    }

    fn areas(&mut self, home: &str) {
        let (street, area, other) = (STREET.to_string(), AREA.to_string(), OTHER_AREA.to_string());
        let named = ["--name-zh", "新", "--name-en", "New"];
        let new = ["210102001009", "--parent", &street, "--level", "community"];
        self.does("area create", &[&new[..], &named].concat(), &["area_created"]);
        let way = ["--record", home, "--from", &area, "--to", &other];
        self.does("record move", &way, &["record_moved"]);
        let split = [&other, "210102001010", "--home", home];
        self.does("area split", &[&split[..], &named].concat(), &["area_split"]);
        self.does("rebuild", &["--area", &area], &["rebuilt"]);
    }

    fn people(&mut self) {
        let area = AREA.to_string();
        let new = |name| ["--name", name, "--area", &area];
        let login = ["--login", "zhou"];
        let acts = ["person_entered", "role_granted", "login_given"];
        self.does("admin create", &[&new("周静")[..], &login].concat(), &acts);
        let role = ["--role", "reviewer"];
        self.does("person create", &[&new("何平")[..], &role].concat(), &acts[..2]);
        self.does("person badge", &["何平", "--card-number", "LN-1"], &["badge_set"]);
        self.does("person invite", &["何平", "--login", "he"], &["login_given"]);
        let again = ["何平", "--without-second-factor"];
        self.does("person invite", &again, &["second_factor_removed", "login_given"]);
        let days = ["何平", "--from", "2099-01-01", "--until", "2099-01-09", "--stand-in", "周静"];
        self.does("person absent", &days, &["leave_set", "stand_in_set"]);
        let ended = ["leave_ended", "stand_in_ended"];
        self.does("person back", &["何平"], &ended);
        let role = ["何平", "--area", &area, "--role", "supervisor"];
        self.does("person role add", &role, &["role_granted"]);
        self.does("person role list", &["何平"], &[]);
        self.does("person role end", &role, &["role_taken"]);
        let days = ["--from", "2099-01-01", "--until", "2099-01-09", "--stand-in"];
        for (absent, stand_in) in [("何平", "周静"), ("周静", "何平")] {
            let words = [&[absent], &days[..], &[stand_in]].concat();
            self.does("person absent", &words, &["leave_set", "stand_in_set"]);
        }
        let left = ["leave_ended", "stand_in_ended", "stand_in_ended", "person_left"];
        self.does("person leave", &["何平"], &left);
    }

    fn phones(&mut self) {
        self.does("enrolment-code", &["李春梅", "--plain"], &["enrolment_code_made"]);
        let listed = self.does("device list", &["李春梅"], &[]);
        let device = listed.split(' ').next().unwrap();
        self.does("device suspend", &[device], &["device_suspended"]);
        self.does("device resume", &[device], &["device_resumed"]);
        self.does("device revoke", &[device], &["device_revoked"]);
    }

    fn settings(&mut self) {
        self.does("sign-in second-factor", &["required"], &["second_factor_ruled"]);
        let provider = Provider {
            issuer: "https://id.example".into(),
            client_id: "doorstep".into(),
            client_secret: "secret".into(),
            public_url: "https://doorstep.example".into(),
            claim: "sub".into(),
            factor_amr: Vec::new(),
            authority: None,
        };
        self.world.store.transaction(|db| oidc_provider::set(db, &provider)).unwrap();
        self.does("oidc show", &[], &[]);
        self.does("oidc clear", &[], &["provider_cleared"]);
        self.does("oidc clear", &[], &[]);
        let file = self.file("district.json");
        std::fs::write(&file, self.does("configure show", &[], &[])).unwrap();
        self.does("configure check", &[&file], &[]);
        self.does("configure set", &[&file], &["configuration_set"]);
    }

    fn keeping(&mut self) {
        let person = self.world.person("赵敏", Role::Coordinator, AREA);
        // Over since 1970.
        let code = |db: &mut _| devices::make_code(db, operator(), person, 0);
        self.world.store.transaction(code).unwrap();
        self.does("retention", &["--dry-run"], &[]);
        self.does("retention", &["--apply"], &["retention_applied"]);
        self.does("erasures export", &[], &[]);
        self.does("trail export", &[], &["trail_exported"]);
        let heads = self.file("heads.json");
        self.does("heads export", &["--out", &heads], &[]);
        self.does("heads check", &[&heads], &[]);
        self.does("heads check", &[&heads, "--new-epoch"], &["new_life"]);
        self.does("restore-check", &[&heads, "--new-epoch"], &["new_life"]);
    }

    fn keys(&mut self) {
        self.does("district rotate-signing-key", &[], &["signing_key_changed"]);
        self.does("keys show", &[], &[]);
        self.does("keys rotate", &[], &["data_key_changed", "data_key_changed"]);
        self.does("keys rotate-index", &[], &["index_key_changed", "index_key_changed"]);
        let key = self.file("new.key");
        self.does("keys make", &[&key], &[]);
        self.does("keys change-master", &[&key], &["master_key_changed"]);
    }
}

#[test]
fn every_command_that_changes_something_leaves_an_entry_and_what_only_reads_leaves_none() {
    let world = World::new();
    let phone = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, AREA);
    let values = vec![text("address", "北三路1号"), text("use", "vacant")];
    let area = Some(AREA.to_string());
    let home = phone.client().open_premises(area, "210102001001000001".into(), values.clone());
    phone.client().sync().unwrap();
    let mut office = Office { world, run: BTreeSet::new() };
    office.areas(&home.unwrap().record);
    office.people();
    office.settings();
    let area = Some(AREA.to_string());
    phone.client().open_premises(area, "210102001001000002".into(), values).unwrap();
    let bundle = office.file("out.rescue");
    phone.client().rescue(bundle.clone()).unwrap();
    office.does("rescue", &[&bundle], &["rescue_begun", "rescue_handed_in"]);
    office.phones();
    office.keeping();
    let area = AREA.to_string();
    office.does("digest", &[&area], &[]);
    office.does("verify", &[], &[]);
    office.does("photos seal", &[], &[]);
    office.does("photos check", &[], &[]);
    office.does("migrate", &[], &[]);
    office.does("docs", &["error-codes"], &[]);
    office.keys();

    // Two that begin with a database that holds nothing.
    for (leaf, more, act) in [
        ("district create", &["--name-zh", "区", "--name-en", "District"][..], "district_created"),
        ("seed", &["--areas", "1", "--homes", "1"], "seeded"),
    ] {
        let (empty, folder) = (TestDatabase::empty(), TempDir::new().unwrap());
        let mut command = doorstep(&office.world);
        command.env("DOORSTEP_DATABASE_URL", empty.url()).args(leaf.split(' ')).args(more);
        let ran = ended(command.env("DOORSTEP_DATA_FOLDER", folder.path()));
        assert!(ran.well, "{leaf}: {ran:?}");
        let acts: Vec<String> = all(&empty.store()).into_iter().map(|kept| kept.act).collect();
        assert_eq!(acts, [act]);
        office.run.insert(leaf.to_owned());
    }
    for (leaf, test, source) in ELSEWHERE {
        assert!(source.contains(test), "{leaf} is tested nowhere");
        office.run.insert(leaf.to_owned());
    }
    // Those that go on until they are stopped; what a server is asked is noted by itself.
    office.run.extend(["serve", "demo", "with-postgres"].map(str::to_owned));
    let there_are: BTreeSet<String> = leaves(&[]).into_iter().collect();
    assert_eq!(there_are, office.run, "each command is run here, or is named with its reason");
}
