//! A district for a benchmark: a durable cluster, the server as a process of its own, phones.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use doorstep::auth::devices;
use doorstep::http::{Limits, Server, Settings, server};
use doorstep::photos::Objects;
use doorstep::planting;
use doorstep::postgres::{Durability, PrivateCluster};
use doorstep::registry::{self, NewArea};
use doorstep::seed::Plan;
use doorstep::store::area_log::Head;
use doorstep::store::{Store, area_log, documents};
use doorstep::vault::{Master, Vault};
use doorstep_tests::world::{NOW, operator};
use doorstep_tests::{BarePhone, database};
use sync_protocol::ids::AreaId;
use sync_protocol::records::Role;
use sync_protocol::wire::AreaCursor;
use tempfile::TempDir;

/// The district.
pub(crate) struct District {
    /// Its database.
    pub(crate) store: Store,
    /// The server's address.
    pub(crate) url: String,
    /// Its areas.
    pub(crate) areas: Vec<AreaId>,
    /// A folder for phones.
    pub(crate) folder: TempDir,
    /// The server's process; none when it runs in this one.
    server: Option<Child>,
    listen: SocketAddr,
    cluster: PrivateCluster,
}

impl District {
    /// Sets it up with so many areas.
    pub(crate) fn new(areas: u64) -> Self {
        let areas: Vec<AreaId> = (1..=areas).map(|n| AreaId(210_102_001_000 + n)).collect();
        Self::with(|store, _| {
            enter(store, &areas);
            areas
        })
    }

    /// Sets it up with so many areas and a server in this process, which seals records or leaves them
    /// as they are.
    pub(crate) fn hosted(areas: u64, in_the_open: bool) -> Self {
        let areas: Vec<AreaId> = (1..=areas).map(|n| AreaId(210_102_001_000 + n)).collect();
        let (folder, cluster) = cluster();
        let vault = Vault::new(Master::new(&[5; 32]));
        let vault = if in_the_open { vault.in_the_open() } else { vault };
        let store = Store::open(&cluster.url("bench"), 16).expect("the database answers");
        let store = store.with_vault(vault);
        store.migrate().expect("the migrations run");
        enter(&store, &areas);
        let listen = host(&store, &folder);
        let url = format!("http://{listen}");
        Self { store, url, areas, folder, server: None, listen, cluster }
    }

    /// Sets it up with the homes, people and reports of a plan.
    pub(crate) fn planted(plan: &Plan) -> Self {
        let district = Self::with(|store, folder| {
            let now = doorstep::clock::now_ms();
            store.transaction(|db| planting::enter(db, operator(), plan, now)).expect("entered");
            let objects = Objects::in_folder(&folder.join("photos")).expect("a folder");
            let server = Server::new(store.clone(), objects).expect("a server");
            planting::plant(&server, operator(), plan, now, |_| ()).expect("planted").cells
        });
        district.settle();
        district
    }

    fn with(fill: impl FnOnce(&Store, &Path) -> Vec<AreaId>) -> Self {
        let (folder, cluster) = cluster();
        let url = cluster.url("bench");
        let store = database::open(&url, 4);
        store.migrate().expect("the migrations run");
        let areas = fill(&store, folder.path());
        let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let server = Some(serve(&url, &folder, listen));
        Self { store, url: format!("http://{listen}"), areas, folder, server, listen, cluster }
    }

    /// Stops the server and starts another one, that has nothing behind it.
    pub(crate) fn restart_server(&mut self) {
        self.stop();
        self.server = Some(serve(&self.cluster.url("bench"), &self.folder, self.listen));
    }

    /// The server's process.
    pub(crate) fn server_process(&self) -> u32 {
        self.server.as_ref().map_or_else(std::process::id, Child::id)
    }

    /// An enrolled inspector with a role in one area, or in all of them.
    pub(crate) fn enrolment_code(&self, areas: &[AreaId]) -> String {
        let by = operator();
        let now = doorstep::clock::now_ms();
        let made = self.store.transaction(|db| {
            let first = (Role::Inspector, areas[0]);
            let person = registry::create_person(db, by, "检查员", first, None, NOW).unwrap();
            for area in &areas[1..] {
                doorstep::store::people::grant(db, person, *area, Role::Inspector)?;
            }
            devices::make_code(db, by, person, now)
        });
        made.expect("an enrolment code")
    }

    /// A phone that sends prepared bytes.
    pub(crate) fn bare_phone(&self, areas: &[AreaId]) -> BarePhone {
        BarePhone::enrol(&self.url, &self.enrolment_code(areas))
    }

    /// Processor seconds of server and PostgreSQL so far.
    pub(crate) fn cpu(&self) -> f64 {
        super::cpu::seconds(self.server_process()) + self.postgres_cpu()
    }

    /// Those of PostgreSQL alone.
    pub(crate) fn postgres_cpu(&self) -> f64 {
        super::cpu::seconds(self.cluster.process_id())
    }

    /// Connections of its own to the same database.
    pub(crate) fn another_store(&self, connections: u32) -> Store {
        database::open(&self.cluster.url("bench"), connections)
    }

    /// Where a phone stands that has everything of an area.
    pub(crate) fn head(&self, area: AreaId) -> AreaCursor {
        let scope = operator().area(area);
        let heads = self.store.read(|db| area_log::heads(db, &[scope])).unwrap();
        let Head { epoch, seq, chain } = heads[&area];
        AreaCursor {
            area,
            area_epoch: epoch,
            cursor: seq,
            chain: Some(chain),
            complete: true,
            roles: 0,
        }
    }

    /// Waits until every document is brought up to date behind the pushes.
    pub(crate) fn settle(&self) {
        for area in &self.areas {
            let scope = operator().area(*area);
            while !self.store.read(|db| documents::stale(db, &scope, 0, 1)).unwrap().is_empty() {
                sleep(Duration::from_millis(20));
            }
        }
    }
}

impl Drop for District {
    fn drop(&mut self) {
        self.stop();
    }
}

impl District {
    fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// A durable cluster with an empty database, in a folder.
fn cluster() -> (TempDir, PrivateCluster) {
    let folder = TempDir::new().expect("a folder");
    let cluster = PrivateCluster::start(&folder.path().join("pg"), None, Durability::Durable)
        .expect("a cluster");
    Store::open(&cluster.url("postgres"), 1).unwrap().create_database("bench").unwrap();
    (folder, cluster)
}

/// Starts a server in this process, for as long as that lasts.
fn host(store: &Store, folder: &TempDir) -> SocketAddr {
    let objects = Objects::in_folder(&folder.path().join("photos")).expect("a folder");
    let mut limits = Limits::default();
    limits.rates.address = None;
    limits.counts.address_connections = 4_096;
    let listen = ([127, 0, 0, 1], 0).into();
    let settings =
        Settings { listen, store: store.clone(), objects, workers: 2, limits, behind_tls: false };
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let (address, running) = server::start(settings).expect("the server starts");
            tell.send(address).expect("the benchmark waits");
            running.ended().await.expect("the server ends well");
        });
    });
    told.recv().expect("the server starts")
}

/// Starts the server and waits until it listens.
fn serve(url: &str, folder: &TempDir, listen: SocketAddr) -> Child {
    let program = std::env::current_exe().unwrap().with_file_name("doorstep");
    let server = Command::new(program)
        .env("DOORSTEP_MASTER_KEY", database::MASTER_KEY)
        .args(["--database-url", url, "--data-folder"])
        .arg(folder.path())
        .args(["serve", "--listen", &listen.to_string()])
        // Every phone of the benchmarks is at one address.
        .args(["--address-rate", "0", "--address-connections", "4096"])
        .stdout(Stdio::null())
        .spawn()
        .expect("the server is built: make bench does it");
    while TcpStream::connect(listen).is_err() {
        sleep(Duration::from_millis(20));
    }
    server
}

fn enter(store: &Store, areas: &[AreaId]) {
    let entered = store.transaction(|db| {
        registry::create_district(db, operator(), "测试区", "Test District", NOW)?;
        for id in areas {
            let new = NewArea {
                id: *id,
                parent: None,
                level: "cell".to_owned(),
                name_zh: format!("网格{id}"),
                name_en: format!("Cell {id}"),
            };
            registry::create_area(db, operator(), new, NOW)?;
        }
        Ok(())
    });
    entered.expect("the district is entered");
}
