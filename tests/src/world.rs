//! A small district with its server running: what most tests begin with.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use doorstep::auth::{Operator, devices};
use doorstep::http::{Limits, Settings, server};
use doorstep::photos::Objects;
use doorstep::registry::{self, NewArea, NewLogin};
use doorstep::store::Store;
use mobile_bindings::client::FieldClient;
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Role;
use tempfile::TempDir;

use crate::{BarePhone, TestDatabase};

/// The community in which tests happen.
pub const AREA: AreaId = AreaId(210_102_001_001);

/// Another one, beside it.
pub const OTHER_AREA: AreaId = AreaId(210_102_001_002);

/// The street above both.
pub const STREET: AreaId = AreaId(210_102_001_000);

/// What the administrator signs in with.
pub const LOGIN: (&str, &str) = ("admin", "a long enough password");

/// What the reviewer signs in with.
pub const REVIEWER: (&str, &str) = ("reviewer", "another long password");

/// A time for which nothing depends on the clock of the wall.
pub const NOW: i64 = 1_795_000_000_000;

/// A district: a street, two communities, an administrator and a reviewer over both; and its server.
#[derive(Debug)]
pub struct World {
    /// The pool of its database.
    pub store: Store,
    /// The server's address, e.g. `http://127.0.0.1:12345`.
    pub url: String,
    folder: TempDir,
    limits: Limits,
    behind_tls: bool,
    running: Option<Running>,
    // Dropped last: the others are connected to it.
    database: TestDatabase,
}

#[derive(Debug)]
struct Running {
    handle: ServerHandle,
    thread: JoinHandle<()>,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// Sets it up.
    pub fn new() -> Self {
        Self::with_limits(Limits::default(), false)
    }

    /// Sets it up with a server that believes in a proxy before it, which speaks TLS.
    pub fn behind_proxy() -> Self {
        let mut limits = Limits::default();
        limits.proxies.networks = vec!["127.0.0.1/32".parse().expect("a network")];
        Self::with_limits(limits, true)
    }

    /// Sets it up with other limits, and behind TLS or not.
    pub fn with_limits(limits: Limits, behind_tls: bool) -> Self {
        let database = TestDatabase::migrated();
        let store = database.store();
        enter_district(&store);
        let folder = TempDir::new().expect("a folder");
        let told = (limits.clone(), behind_tls);
        let (address, running) = start(&store, &folder, ([127, 0, 0, 1], 0).into(), told);
        let url = format!("http://{address}");
        Self { store, url, folder, limits, behind_tls, running: Some(running), database }
    }

    /// Enters a person.
    pub fn person(&self, name: &str, role: Role, area: AreaId) -> PersonId {
        let operator = operator();
        let made = self.store.transaction(|db| {
            Ok(registry::create_person(db, operator, name, (role, area), None, NOW))
        });
        made.expect("the database answers").expect("a person")
    }

    /// A code with which a person's phone can enrol now.
    pub fn enrolment_code(&self, person: PersonId) -> String {
        let now = doorstep::clock::now_ms();
        self.store
            .transaction(|db| devices::make_code(db, operator(), person, now))
            .expect("an enrolment code")
    }

    /// A coordinator's phone with the real core, enrolled.
    pub fn phone(&self, name: &str, role: Role, area: AreaId) -> std::sync::Arc<FieldClient> {
        let code = self.enrolment_code(self.person(name, role, area));
        let path = self.folder.path().join(format!("{}.db", uuid::Uuid::now_v7()));
        let key = vec![7; 32];
        let phone = FieldClient::open(path.display().to_string(), key).expect("a store");
        phone.enrol_at(self.url.clone(), code, format!("{name}的手机")).expect("an enrolment");
        phone
    }

    /// A person's phone that can send anything, enrolled.
    pub fn bare_phone(&self, name: &str, role: Role, area: AreaId) -> BarePhone {
        let person = self.person(name, role, area);
        BarePhone::enrol(&self.url, &self.enrolment_code(person))
    }

    /// How its database is reached.
    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    /// A folder that goes away with the test.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A copy of the database as it stands, like a backup that was restored elsewhere. The server is
    /// stopped for it and comes back at the same address.
    pub fn copy_database(&mut self) -> TestDatabase {
        self.stop_server();
        // PostgreSQL copies a database only when nobody is connected to it.
        let other = TestDatabase::empty();
        self.store = other.store();
        let copy = self.database.copy();
        self.store = self.database.store();
        self.start_server();
        copy
    }

    /// Puts a backup in the place of the database. The server is stopped; start it again.
    pub fn restore(&mut self, backup: TestDatabase) {
        self.stop_server();
        self.store = backup.store();
        self.database = backup;
    }

    /// Stops the server at once, as a crash would: connections break off.
    pub fn stop_server(&mut self) {
        if let Some(Running { handle, thread }) = self.running.take() {
            drop(handle.stop(false));
            thread.join().expect("the server's thread ends");
        }
    }

    /// Starts it again at the same address.
    pub fn start_server(&mut self) {
        let address: SocketAddr =
            self.url.trim_start_matches("http://").parse().expect("an address");
        let told = (self.limits.clone(), self.behind_tls);
        self.running = Some(start(&self.store, &self.folder, address, told).1);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop_server();
    }
}

/// The proof that tests work with: they sit at the server's own command line.
pub fn operator() -> Operator {
    Operator::at_the_command_line()
}

fn enter_district(store: &Store) {
    let by = operator();
    let area = |id, parent, level: &str, zh: &str, en: &str| NewArea {
        id,
        parent,
        level: level.to_owned(),
        name_zh: zh.to_owned(),
        name_en: en.to_owned(),
    };
    let areas = [
        area(STREET, None, "street", "测试街道", "Test Street"),
        area(AREA, Some(STREET), "community", "第一社区", "First Community"),
        area(OTHER_AREA, Some(STREET), "community", "第二社区", "Second Community"),
    ];
    let staff = [(Role::Administrator, "管理员", LOGIN), (Role::Reviewer, "审核员", REVIEWER)];
    let made = store.transaction(|db| {
        registry::create_district(db, by, "测试区", "Test District", NOW)?;
        // Those that are about second factors set it back.
        registry::set_second_factor(db, by, false)?;
        for area in areas {
            registry::create_area(db, by, area, NOW)?;
        }
        let enter = |(role, name, (login, password))| {
            let login = NewLogin { login, password };
            registry::create_person(db, by, name, (role, STREET), Some(login), NOW).map(|_| ())
        };
        Ok(staff.into_iter().try_for_each(enter))
    });
    made.expect("the database answers").expect("staff");
}

/// Starts the production server on a thread of its own.
fn start(
    store: &Store,
    folder: &TempDir,
    listen: SocketAddr,
    (limits, behind_tls): (Limits, bool),
) -> (SocketAddr, Running) {
    let objects = Objects::in_folder(&folder.path().join("photos")).expect("a photo folder");
    let settings =
        Settings { listen, store: store.clone(), objects, workers: 2, limits, behind_tls };
    let (tell, told) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let (address, running) = server::start(settings).expect("the server starts");
            tell.send((address, running.handle())).expect("the test waits");
            running.ended().await.expect("the server ends well");
        });
    });
    let (address, handle) = told.recv().expect("the server starts");
    (address, Running { handle, thread })
}
