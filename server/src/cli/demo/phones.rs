//! A phone: the real binary with a store of its own.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value as Json;
use sync_protocol::ids::PersonId;

use super::stage::Stage;
use crate::auth::{Operator, devices};
use crate::cli::Failure;
use crate::clock::now_ms;
use crate::enrolment;

/// A phone of the demonstration.
pub(super) struct Phone {
    program: PathBuf,
    store: PathBuf,
    /// Its person's name.
    pub(super) name: String,
}

impl Phone {
    /// A worker's phone: a one-time code, then the enrolment with it.
    pub(super) fn enrol(stage: &Stage, id: PersonId, name: &str) -> Result<Self, Failure> {
        let by = Operator::at_the_command_line();
        let code = stage.store.transaction(|db| devices::make_code(db, by, id, now_ms()))?;
        let text = enrolment::text(&format!("http://{}", stage.address), &code);
        let store = stage.folder.join(format!("phone-{id}.db"));
        let phone = Self { program: stage.phone.clone(), store, name: name.to_owned() };
        phone.run(&["enrol", &text, "--name", &format!("{name}的手机")])?;
        Ok(phone)
    }

    /// Runs a command and reads its JSON.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<Json, Failure> {
        let out = self.text(arguments)?;
        if out.trim().is_empty() {
            return Ok(Json::Null);
        }
        Ok(serde_json::from_str(&out)?)
    }

    /// Runs a command; answers what it printed.
    pub(super) fn text(&self, arguments: &[&str]) -> Result<String, Failure> {
        let run = self.command(arguments).output()?;
        if !run.status.success() {
            let said = String::from_utf8_lossy(&run.stderr).into_owned();
            return Err(format!("phone {}: {}", arguments.join(" "), said.trim()).into());
        }
        Ok(String::from_utf8(run.stdout)?)
    }

    /// Starts a sync that tries again until it is done.
    pub(super) fn begin_sync(&self) -> Result<Child, Failure> {
        Ok(self.command(&["sync", "--until-done", "120"]).stdout(Stdio::null()).spawn()?)
    }

    /// Syncs until it is done.
    pub(super) fn sync(&self) -> Result<(), Failure> {
        finish(self.begin_sync()?, &self.name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--store").arg(&self.store).arg("--json").args(arguments);
        command
    }
}

/// Waits for a sync.
pub(super) fn finish(mut sync: Child, name: &str) -> Result<(), Failure> {
    let status = sync.wait()?;
    if status.success() { Ok(()) } else { Err(format!("{name}'s phone did not finish").into()) }
}
