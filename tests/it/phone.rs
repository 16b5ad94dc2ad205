//! The phone on a command line: killed in the middle of a visit, telling why by its exit code, and many
//! in one process.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use doorstep_tests::mirror;
use doorstep_tests::programs::program;
use doorstep_tests::world::{AREA, STREET, World};
use mobile_bindings::client::{FieldClient, FieldValue};
use serde_json::{Value as Json, json};
use sync_protocol::records::Role;

const KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";

fn phone(store: &Path) -> Command {
    let mut phone = program("phone");
    phone.arg("--store").arg(store).args(["--key", KEY, "--json", "--lang", "en"]);
    phone
}

/// A phone that takes one command after another.
struct Batch {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Batch {
    fn open(store: &Path) -> Self {
        let mut batch = phone(store);
        batch.arg("batch").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = batch.spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, to, from: BufReader::new(from) }
    }

    fn send(&mut self, words: &[&str]) {
        writeln!(self.to, "{}", json!(words)).unwrap();
    }

    /// Runs a command; answers what it said.
    fn run(&mut self, words: &[&str]) -> Json {
        self.send(words);
        let mut answer = String::new();
        self.from.read_line(&mut answer).unwrap();
        let answer: Json = serde_json::from_str(&answer).unwrap();
        assert!(answer.get("error").is_none(), "{words:?}: {answer}");
        answer
    }

    /// SIGKILL.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn remarks(store: &Path, visit: &str) -> String {
    let client = FieldClient::open(store.display().to_string(), vec![7; 32]).unwrap();
    let drafts = client.drafts().unwrap();
    assert_eq!(drafts.len(), 1, "the draft is there");
    assert_eq!(drafts[0].line.record, visit);
    let missing: Vec<&str> = drafts[0].missing.iter().map(|field| field.key.as_str()).collect();
    assert_eq!(missing, ["outcome"], "and says what it lacks");
    let fields = client.read(visit.to_owned()).unwrap().fields;
    let remarks = fields.into_iter().find(|field| field.key == "remarks");
    match remarks.map(|field| field.value) {
        Some(FieldValue::Text { text }) => text,
        _ => String::new(),
    }
}

#[test]
fn a_visit_in_progress_survives_kills_with_every_keystroke_that_was_saved() {
    let world = World::new();
    let store = world.folder().join("killed.db");
    let code = world.enrolment_code(world.person("李春梅", Role::Coordinator, AREA));
    let mut batch = Batch::open(&store);
    batch.run(&["enrol", &code, "--server", &world.url]);
    batch.run(&["sync"]);
    let address = format!("{AREA}000000001");
    batch.run(&["open", &address, "address=北三路1号", "use=rented"]);
    let visit = batch.run(&["start-visit", &address])["record"].as_str().unwrap().to_owned();

    // More than the strokes below, and the five that were under way, come to.
    let typed: Vec<char> = "楼道灯不亮,住户说已报修两次,至今没有人来。".chars().collect();
    let so_far = |keys: usize| typed[..keys].iter().collect::<String>();
    let mut keys = 0;
    for strokes in [0, 1, 4, 2, 6] {
        for _ in 0..strokes {
            keys += 1;
            batch.run(&["edit", &visit, &format!("remarks={}", so_far(keys))]);
        }
        // One more is under way when the phone is killed: it is there or it is not, nothing else.
        batch.send(&["edit", &visit, &format!("remarks={}", so_far(keys + 1))]);
        batch.kill();
        let found = remarks(&store, &visit);
        assert!([so_far(keys), so_far(keys + 1)].contains(&found), "{found:?} after {keys} keys");
        keys = found.chars().count();
        batch = Batch::open(&store);
    }
    batch.run(&["edit", &visit, &format!("remarks={}", so_far(typed.len()))]);
    batch.run(&["end-visit", &visit, "met", "card_shown=yes", "--submit"]);
    let synced = batch.run(&["sync"]);
    assert_eq!((&synced["done"], &synced["rejected"]), (&json!(true), &json!(0)));
    let shown = mirror::shown(&world, AREA);
    assert_eq!(json!(shown[&visit]["remarks"]), json!(so_far(typed.len())));
    assert_eq!(json!(shown[&visit]["state"]), json!("submitted"));
    batch.kill();
}

#[test]
fn the_exit_code_and_the_answer_say_what_kind_of_thing_went_wrong() {
    let world = World::new();
    let store = world.folder().join("codes.db");
    let code = world.enrolment_code(world.person("李春梅", Role::Coordinator, AREA));
    let run = |words: &[&str]| {
        let output = phone(&store).args(words).output().unwrap();
        let answer: Json = serde_json::from_slice(&output.stdout).unwrap_or(Json::Null);
        let code = answer["error"]["code"].as_str().unwrap_or_default().to_owned();
        (output.status.code().unwrap(), code, answer)
    };
    let of = |words: &[&str]| {
        let (exit, code, _) = run(words);
        (exit, code)
    };
    let wrong = |exit: i32, code: &str| (exit, code.to_owned());
    assert_eq!(of(&["sync"]), wrong(1, "not_enrolled"));
    assert_eq!(of(&["sink"]), wrong(2, ""));
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = format!("http://{closed}");
    assert_eq!(of(&["enrol", &code, "--server", &nowhere]), wrong(4, "server_unreachable"));
    assert_eq!(of(&["enrol", "WRNG-CODE", "--server", &world.url]).0, 5);
    assert_eq!(of(&["enrol", &code, "--server", &world.url]), wrong(0, ""));
    assert_eq!(of(&["show", "00"]), wrong(1, "not_on_phone"));
    assert_eq!(of(&["sync", "--at-most", "0"]), wrong(6, ""), "cancelled before it begins");
    assert_eq!(of(&["sync"]), wrong(0, ""));
    let (_, _, status) = run(&["status"]);
    assert_eq!(status["reports_here"], 0);
    assert!(status["sentence"]["zh"].as_str().unwrap().starts_with("本机内容均已合并"));
    let mut other = program("phone");
    other.arg("--store").arg(&store).args(["--key", &"11".repeat(32), "status"]);
    assert_eq!(other.output().unwrap().status.code(), Some(3), "another key");
    let none = program("phone").arg("status").env_remove("DOORSTEP_STORE").output().unwrap();
    assert_eq!(none.status.code(), Some(2), "no store is named");
}

#[test]
fn twenty_phones_in_one_process_work_and_end_with_what_the_server_holds() {
    let world = World::new();
    for n in 0..8 {
        world.person(&format!("协管{n}"), Role::Coordinator, AREA);
        world.person(&format!("检查{n}"), Role::Inspector, AREA);
    }
    for n in 0..4 {
        world.person(&format!("街道{n}"), Role::Coordinator, STREET);
    }
    let mut codes = String::new();
    for area in [AREA, STREET] {
        let mut issue = program("doorstep");
        issue.args(["--database-url", world.database_url(), "enrolment-code", "--plain"]);
        issue.args(["--server", &world.url, "--area", &area.to_string()]);
        let issued = issue.output().unwrap();
        assert!(issued.status.success(), "{}", String::from_utf8_lossy(&issued.stderr));
        codes += &String::from_utf8(issued.stdout).unwrap();
    }
    assert_eq!(codes.lines().count(), 20);
    let file = world.folder().join("codes");
    std::fs::write(&file, codes).unwrap();
    let mut swarm = program("phone");
    swarm.args(["--json", "swarm", "--seed", "7", "--rounds", "3", "--work", "4", "--homes", "6"]);
    swarm.args(["--photos", "25", "--photo-kib", "30", "--codes"]).arg(&file);
    swarm.arg("--folder").arg(world.folder().join("swarm"));
    let ended = swarm.output().unwrap();
    let told = String::from_utf8_lossy(&ended.stdout);
    let report: Json = serde_json::from_str(&told).unwrap_or_else(|_| panic!("{told}"));
    assert!(ended.status.success(), "{told}");
    assert_eq!(
        (&report["phones"], &report["agree"], &report["rejected"]),
        (&json!(20), &json!(true), &json!(0))
    );
    assert_eq!(report["photos"], report["photos_stored"]);
    let work = report["work"].as_object().unwrap().values().map(|n| n.as_u64().unwrap());
    assert_eq!(work.sum::<u64>(), 20 * 3 * 4);
    assert!(report["photos"].as_u64().unwrap() > 0 && report["sync_ms"]["p95"].is_u64());
    // The same records as the server's, and every change that it acknowledged.
    let logged: usize =
        doorstep_areas().into_iter().map(|area| mirror::names(&world, area).len()).sum();
    assert_eq!(report["accepted"], json!(logged));
    let area = report["areas"].as_array().unwrap().iter().find(|a| a["area"] == AREA.to_string());
    let area = area.unwrap();
    assert_eq!((&area["phones"], area["digests"].as_object().unwrap().len()), (&json!(20), 1));
    let digests = mirror::digests(&world, AREA);
    assert_eq!(area["records"], json!(digests.len()));
    let store = world.folder().join("swarm").join("phone-00000.db");
    assert!(store.exists(), "stores of a folder stay");
    let mut hash = sha2::Sha256::default();
    for (record, digest) in &digests {
        sha2::Digest::update(&mut hash, record);
        sha2::Digest::update(&mut hash, digest);
    }
    let hash: String = sha2::Digest::finalize(hash).iter().map(|b| format!("{b:02x}")).collect();
    assert!(area["digests"].get(&hash).is_some(), "the server holds the same");
}

fn doorstep_areas() -> [sync_protocol::ids::AreaId; 3] {
    [AREA, doorstep_tests::world::OTHER_AREA, STREET]
}
