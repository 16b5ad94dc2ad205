//! One of the small apps, to be run like a person would run it.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// An app with a folder of its own for its store.
pub(crate) struct App {
    program: PathBuf,
    arguments: Vec<String>,
    folder: TempDir,
}

/// What a run of it came to.
pub(crate) struct Run {
    ended_well: bool,
    printed: String,
}

impl App {
    /// `docs/mobile/app.py`, with the Python that has the wheel and nothing else.
    pub(crate) fn python() -> Self {
        let app = checkout().join("docs/mobile/app.py");
        Self::new(built("venv/bin/python"), vec![app.display().to_string()])
    }

    /// A Python file beside this one, with the same Python.
    pub(crate) fn script(name: &str) -> Self {
        let script = checkout().join("tests/packages").join(name);
        Self::new(built("venv/bin/python"), vec![script.display().to_string()])
    }

    /// `docs/mobile/App.kt`, compiled, on the Java machine of this computer.
    pub(crate) fn kotlin() -> Self {
        let compiler = checkout().join("bindings/kotlin/node_modules/kotlin-compiler/lib");
        let path = [
            built("app.jar"),
            built("doorstep.jar"),
            compiler.join("kotlinx-coroutines-core-jvm.jar"),
            PathBuf::from("/usr/share/java/jna.jar"),
        ];
        let path = std::env::join_paths(path).unwrap().into_string().unwrap();
        let library = format!("-Djna.library.path={}", checkout().join("target/debug").display());
        Self::new("java".into(), vec![library, "-cp".into(), path, "AppKt".into()])
    }

    fn new(program: PathBuf, arguments: Vec<String>) -> Self {
        Self { program, arguments, folder: TempDir::new().unwrap() }
    }

    /// Runs a command of the app to its end.
    pub(crate) fn run(&self, command: &str, given: &[&str]) -> Run {
        let mut run = Command::new(&self.program);
        run.args(&self.arguments).arg(self.folder.path()).arg(command).args(given);
        // A machine without a locale prints Chinese all the same.
        run.env("LC_ALL", "C.UTF-8").env("PYTHONDONTWRITEBYTECODE", "1");
        let output = run.output().unwrap_or_else(|_| {
            panic!("{} is not there: scripts/packages builds it", self.program.display())
        });
        let printed = [output.stdout, output.stderr].concat();
        Run { ended_well: output.status.success(), printed: String::from_utf8(printed).unwrap() }
    }
}

impl Run {
    /// Holds it to have ended well, with these lines among those printed.
    pub(crate) fn says(&self, expected: &[&str]) -> &Self {
        assert!(self.ended_well, "{}", self.printed);
        self.prints(expected)
    }

    /// Holds it to have ended with an error that it told.
    pub(crate) fn fails_with(&self, expected: &[&str]) -> &Self {
        assert!(!self.ended_well, "{}", self.printed);
        self.prints(expected)
    }

    /// Holds it to have nothing of this in what it printed.
    pub(crate) fn never_says(&self, unwanted: &str) -> &Self {
        assert!(!self.printed.contains(unwanted), "{unwanted} in {}", self.printed);
        self
    }

    fn prints(&self, expected: &[&str]) -> &Self {
        for line in expected {
            assert!(self.printed.contains(line), "no {line} in:\n{}", self.printed);
        }
        self
    }
}

fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// What `scripts/packages` made.
fn built(name: &str) -> PathBuf {
    checkout().join("target/packages").join(name)
}
