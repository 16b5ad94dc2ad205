//! The master key in a hardware security module: SoftHSM, which is one by PKCS#11. The same is asked of
//! a key in a file and of one in a module.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output};

use doorstep_tests::Handset;
use doorstep_tests::database::MASTER_KEY;
use doorstep_tests::handset::text;
use doorstep_tests::programs::program;
use doorstep_tests::served::Served;
use doorstep_tests::world::{AREA, World};
use sync_protocol::ids::PersonId;
use sync_protocol::records::{Role, Value};
use tempfile::TempDir;

/// Where Debian's package has the module.
const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";

const PIN: &str = "482913";

/// What somebody wrote before any key was changed.
const NOTE: &str = "门口有狗";

/// A module with one token, "district".
struct SoftHsm {
    folder: TempDir,
}

impl SoftHsm {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let tokens = folder.path().join("tokens");
        std::fs::create_dir(&tokens).unwrap();
        let settings = format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display());
        let hsm = Self { folder };
        std::fs::write(hsm.settings(), settings).unwrap();
        std::fs::write(hsm.pin(PIN), format!("{PIN}\n")).unwrap();
        let made = Command::new("softhsm2-util")
            .env("SOFTHSM2_CONF", hsm.settings())
            .args([
                "--init-token",
                "--free",
                "--label",
                "district",
                "--so-pin",
                "5678",
                "--pin",
                PIN,
            ])
            .output()
            .expect("softhsm2 is installed: scripts/prepare --with-browser does it");
        assert!(made.status.success(), "{}", said(&made));
        hsm
    }

    fn settings(&self) -> PathBuf {
        self.folder.path().join("softhsm2.conf")
    }

    /// A file with a PIN.
    fn pin(&self, pin: &str) -> PathBuf {
        let file = self.folder.path().join(format!("{pin}.pin"));
        std::fs::write(&file, format!("{pin}\n")).unwrap();
        file
    }

    /// Unplugs its token, or plugs it in.
    fn plug(&self, is_in: bool) {
        let (tokens, away) = (self.folder.path().join("tokens"), self.folder.path().join("away"));
        let (from, to) = if is_in { (away, tokens) } else { (tokens, away) };
        std::fs::create_dir_all(&to).unwrap();
        for token in std::fs::read_dir(from).unwrap() {
            let token = token.unwrap();
            std::fs::rename(token.path(), to.join(token.file_name())).unwrap();
        }
    }

    /// A key of it as `keys make` and `keys change-master` name it.
    fn new_key(&self) -> Vec<String> {
        vec![
            "--in-pkcs11".into(),
            format!("{MODULE},district,doorstep,{}", self.pin(PIN).display()),
        ]
    }

    /// The same as every command names it.
    fn key(&self) -> Vec<String> {
        opened_by(&format!("{MODULE},district,doorstep"), &self.pin(PIN))
    }
}

fn opened_by(key: &str, pin_file: &std::path::Path) -> Vec<String> {
    let pin_file = pin_file.display().to_string();
    vec!["--master-key-pkcs11".into(), key.into(), "--master-key-pin-file".into(), pin_file]
}

/// A district with something in it, its module, and its master key in a file.
struct Office {
    world: World,
    hsm: SoftHsm,
    file: Vec<String>,
}

impl Office {
    fn new() -> Self {
        let mut world = World::new();
        let phone = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, AREA);
        phone.write(AREA, 1, vec![text("notes", NOTE)]).unwrap();
        phone.client().sync().unwrap();
        // It would go on under the file's key, and data keys could not be changed.
        world.stop_server();
        let file = world.folder().join("key");
        std::fs::write(&file, MASTER_KEY).unwrap();
        let file = vec!["--master-key-file".to_owned(), file.display().to_string()];
        Self { world, hsm: SoftHsm::new(), file }
    }

    fn prepare(&self, command: &mut Command, key: &[String]) {
        command.env_remove("DOORSTEP_MASTER_KEY");
        command.env("SOFTHSM2_CONF", self.hsm.settings()).args(key);
    }

    /// Runs a command of `doorstep` with a master key.
    fn run(&self, key: &[String], arguments: &[&str], more: &[String]) -> Output {
        let mut command = program("doorstep");
        command.args(["--database-url", self.world.database_url(), "--data-folder"]);
        command.arg(self.world.folder().join("another")).args(arguments).args(more);
        self.prepare(&mut command, key);
        command.output().unwrap()
    }

    fn serve(&self, key: &[String]) -> Result<Served, String> {
        Served::start(&self.world, |command| self.prepare(command, key))
    }

    /// What a key must do: open, serve, and go on serving; others must not.
    fn opens(&self, key: &[String], wrong: &[String]) {
        let shown = self.run(key, &["keys", "show"], &[]);
        assert!(shown.status.success(), "{}", said(&shown));
        let refused = self.run(wrong, &["keys", "show"], &[]);
        assert!(!refused.status.success());
        assert!(said(&refused).contains("does not open this database"), "{}", said(&refused));
        assert!(said(&refused).contains("nothing was changed"));
        let error = self.serve(wrong).unwrap_err();
        assert!(error.contains("does not open this database"), "{error}");
        let server = self.serve(key).unwrap();
        let phone = Handset::enrol_as(&self.world, &server.url, self.person(key));
        phone.client().sync().unwrap();
        let noted =
            |fields: &BTreeMap<String, Value>| fields.get("notes") == Some(&Value::from(NOTE));
        assert!(phone.shown().values().any(noted), "what was sealed before is read");
        let rotated = self.run(key, &["keys", "rotate"], &[]);
        assert!(rotated.status.success(), "{}", said(&rotated));
        // The running server opens the new data key by itself.
        let another_home = 10 + u32::try_from(phone.shown().len()).unwrap();
        phone.write(AREA, another_home, vec![text("room", "701")]).unwrap();
        let synced = phone.client().sync().or_else(|_| phone.client().sync()).unwrap();
        assert_eq!(synced.rejected, 0);
        assert_eq!(phone.client().status().unwrap().on_this_phone, 0);
    }

    /// Enters somebody; their name is sealed by what the master key opens.
    fn person(&self, key: &[String]) -> PersonId {
        let area = AREA.to_string();
        let new = ["--name", "王建国", "--role", "coordinator", "--area", &area];
        let entered = self.run(key, &[&["person", "create"][..], &new].concat(), &[]);
        assert!(entered.status.success(), "{}", said(&entered));
        let said = String::from_utf8_lossy(&entered.stdout);
        said.split_whitespace().next().unwrap().parse().unwrap()
    }

    fn change(&self, from: &[String], to: &[String]) {
        let changed = self.run(from, &["keys", "change-master"], to);
        assert!(changed.status.success(), "{}", said(&changed));
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[test]
fn the_master_key_goes_from_a_file_into_an_hsm_and_back_and_each_does_the_same() {
    let office = Office::new();
    let made = office.run(&office.file, &["keys", "make"], &office.hsm.new_key());
    assert!(said(&made).contains("master key hsm-"), "{}", said(&made));
    let again = office.run(&office.file, &["keys", "make"], &office.hsm.new_key());
    assert!(!again.status.success() && said(&again).contains("more than one"), "{}", said(&again));
    office.opens(&office.file, &office.hsm.key());
    office.change(&office.file, &office.hsm.new_key());
    office.opens(&office.hsm.key(), &office.file);
    let new = office.world.folder().join("new.key").display().to_string();
    let made = office.run(&office.hsm.key(), &["keys", "make"], std::slice::from_ref(&new));
    assert!(made.status.success(), "{}", said(&made));
    office.change(&office.hsm.key(), std::slice::from_ref(&new));
    office.opens(&["--master-key-file".to_owned(), new], &office.hsm.key());
}

#[test]
fn an_hsm_that_is_not_as_it_was_named_is_told_of_in_words_when_a_server_starts() {
    let office = Office::new();
    let (right, pin) = (format!("{MODULE},district,doorstep"), office.hsm.pin(PIN));
    let wrong_pin = office.hsm.pin("000000");
    let nowhere = office.hsm.folder.path().join("nowhere.pin");
    let cases = [
        ("/nowhere/module.so,district,doorstep", &pin, "the PKCS#11 module /nowhere/module.so"),
        (
            &format!("{MODULE},elsewhere,doorstep"),
            &pin,
            "no token \"elsewhere\", only \"district\"",
        ),
        (&right, &wrong_pin, "refuses the PIN"),
        (&right, &pin, "no AES key \"doorstep\""),
        (&right, &nowhere, "PIN cannot be read"),
        ("one,two", &pin, "with commas between"),
    ];
    for (key, pin_file, words) in cases {
        let error = office.serve(&opened_by(key, pin_file)).unwrap_err();
        assert!(error.contains(words), "{words}: {error}");
        assert!(!error.contains(PIN) && !error.contains("000000\n"), "no PIN: {error}");
    }
    let half = office.serve(&["--master-key-pkcs11".to_owned(), right]).unwrap_err();
    assert!(half.contains("--master-key-pin-file"), "{half}");
}

#[test]
fn while_an_hsm_is_gone_a_running_server_goes_on_and_a_new_one_says_what_is_wrong() {
    let office = Office::new();
    let made = office.run(&office.file, &["keys", "make"], &office.hsm.new_key());
    assert!(made.status.success(), "{}", said(&made));
    office.change(&office.file, &office.hsm.new_key());
    let server = office.serve(&office.hsm.key()).unwrap();
    let phone = Handset::enrol(&office.world, &server.url, "王建国", Role::Coordinator, AREA);
    office.hsm.plug(false);
    phone.write(AREA, 2, vec![text("notes", "窗户坏了")]).unwrap();
    assert_eq!(phone.client().sync().unwrap().rejected, 0);
    let error = office.serve(&office.hsm.key()).unwrap_err();
    assert!(error.contains("no token \"district\" nor any other"), "{error}");
    office.hsm.plug(true);
    drop(server);
    let server = office.serve(&office.hsm.key()).unwrap();
    let other = Handset::enrol(&office.world, &server.url, "陈志强", Role::Coordinator, AREA);
    other.client().sync().unwrap();
    assert_eq!(other.shown().len(), 2);
}
