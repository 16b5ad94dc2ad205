//! What the demonstration stands on: a folder of its own, the cluster, the district, the server.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use sync_protocol::ids::AreaId;
use sync_protocol::records::Role;

use super::DemoArgs;
use super::server_process::ServerProcess;
use crate::auth::{Operator, secrets};
use crate::cli::Failure;
use crate::cli::database::{Database, DatabaseArgs, open};
use crate::cli::seed::{plant, today};
use crate::clock::now_ms;
use crate::photos::Objects;
use crate::planting::Planted;
use crate::registry::{self, NewLogin};
use crate::seed::{Plan, Worker};
use crate::store::Store;

/// Who signs in to the console of the demonstration: the role, the name, and what they sign in as.
const STAFF: [(Role, &str, &str); 2] =
    [(Role::Reviewer, "审核员", "reviewer"), (Role::Administrator, "管理员", "admin")];

/// The stage.
pub(super) struct Stage {
    pub(super) folder: PathBuf,
    pub(super) store: Store,
    pub(super) cell: AreaId,
    pub(super) phone: PathBuf,
    pub(super) address: SocketAddr,
    planted: Planted,
    passwords: Vec<String>,
    server: ServerProcess,
    // The cluster runs as long as this is held.
    database: Mutex<Option<Database>>,
}

impl Stage {
    /// Sets everything up.
    pub(super) fn set_up(database: &DatabaseArgs, args: &DemoArgs) -> Result<Self, Failure> {
        let phone = phone_binary(args)?;
        let folder = make_folder()?;
        println!("Demonstration in {}", folder.display());
        println!("1  a private PostgreSQL");
        let own = DatabaseArgs {
            database_url: database.database_url.clone(),
            data_folder: folder.clone(),
            postgres_bin: database.postgres_bin.clone(),
            master: database.master.clone(),
        };
        let opened = open(&own)?;
        let store = opened.store.clone();
        println!(
            "2  a synthetic district: 2 cells of {} homes, number {}",
            args.homes, args.number
        );
        let plan =
            Plan { number: args.number, areas: 2, homes_per_area: args.homes, today: today() };
        let planted = plant(&store, Objects::in_folder(&folder.join("photos"))?, &plan)?;
        println!("   {} changes in the log", planted.changes);
        let passwords = enter_staff(&store, &planted)?;
        let address = free_address(args.port)?;
        println!("3  the server at http://{address}");
        let server = ServerProcess::start(&opened.url, &folder, address)?;
        let cell = planted.cells.first().copied().ok_or("the district has no cell")?;
        let database = Mutex::new(Some(opened));
        Ok(Self { folder, store, cell, phone, address, planted, passwords, server, database })
    }

    /// The cell's worker of a role.
    pub(super) fn worker(&self, role: Role) -> Result<&Worker, Failure> {
        let found = self.planted.workers.iter().find(|w| w.role == role && w.area == self.cell);
        Ok(found.ok_or("the district has no such worker")?)
    }

    /// The server.
    pub(super) fn server(&self) -> &ServerProcess {
        &self.server
    }

    /// Where to look, and how to sign in.
    pub(super) fn invitation(&self) -> String {
        let mut words = format!("The console: http://{}", self.address);
        for ((role, _, login), password) in STAFF.iter().zip(&self.passwords) {
            let does = match role {
                Role::Reviewer => "to read the reports",
                _ => "to look after people's phones",
            };
            words.push_str(&format!("\nSign in as {login} with the password {password} {does}"));
        }
        words.push_str(
            "\n(The demonstration's district demands no second factor; others do unless told otherwise.)",
        );
        words
    }

    /// Stops what was started and puts the folder away.
    pub(super) fn tear_down(&self) {
        self.server.stop();
        if let Ok(mut database) = self.database.lock() {
            database.take();
        }
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("doorstep: {} stays behind: {error}", self.folder.display());
        }
    }
}

/// A folder that PostgreSQL's own user can enter, should we be root.
fn make_folder() -> Result<PathBuf, Failure> {
    let name = format!("doorstep-demo-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    fs::create_dir_all(&folder)?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o711))?;
    Ok(folder)
}

fn phone_binary(args: &DemoArgs) -> Result<PathBuf, Failure> {
    let beside = || Some(std::env::current_exe().ok()?.parent()?.join("phone"));
    let phone = args.phone.clone().or_else(beside).unwrap_or_default();
    if !Path::new(&phone).is_file() {
        return Err(format!(
            "the phone is not at {}: build it with `cargo build --bins`, or name it with --phone",
            phone.display()
        )
        .into());
    }
    Ok(phone)
}

/// Enters those who sign in, over the whole district; answers their passwords in the same order.
fn enter_staff(store: &Store, planted: &Planted) -> Result<Vec<String>, Failure> {
    let by = Operator::at_the_command_line();
    let reviewer = planted.workers.iter().find(|worker| worker.role == Role::Reviewer);
    let top = reviewer.map(|worker| worker.area).ok_or("the district has no reviewer")?;
    let enter = |(role, name, login): &(Role, &str, &str)| {
        let password = secrets::long_code();
        let login = NewLogin { login, password: &password };
        store.transaction(|db| {
            Ok(registry::create_person(db, by, name, (*role, top), Some(login), now_ms()))
        })??;
        Ok(password)
    };
    store.transaction(|db| registry::set_second_factor(db, by, false))?;
    STAFF.iter().map(enter).collect()
}

/// The port that was asked for, or any that is free.
fn free_address(port: u16) -> Result<SocketAddr, Failure> {
    let asked = TcpListener::bind(("127.0.0.1", port));
    let listener = asked.or_else(|_| TcpListener::bind(("127.0.0.1", 0)))?;
    Ok(listener.local_addr()?)
}
