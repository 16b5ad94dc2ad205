//! A database for one test: a copy of a migrated template in the cluster that `doorstep
//! with-postgres` runs beside the tests.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use doorstep::store::Store;
use doorstep::vault::Master;

/// Where the cluster is, as `doorstep with-postgres` says.
const CLUSTER: &str = "DOORSTEP_TEST_CLUSTER";

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// The master key of every test, as 64 hexadecimal digits.
pub const MASTER_KEY: &str = "5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed";

/// A pool of connections to a database, with the tests' master key.
pub fn open(url: &str, connections: u32) -> Store {
    let master = Master::from_hex(MASTER_KEY, "MASTER_KEY").expect("a master key");
    Store::open(url, connections).expect("the test database answers").with_master(master)
}

/// A database that goes away with the test.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    url: String,
    maintenance: Store,
}

impl TestDatabase {
    /// A migrated database.
    pub fn migrated() -> Self {
        let database = Self::named();
        database.maintenance.copy_database(&database.name, template()).expect("a test database");
        database
    }

    /// A database with nothing in it.
    pub fn empty() -> Self {
        let database = Self::named();
        database.maintenance.create_database(&database.name).expect("a test database");
        database
    }

    fn named() -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        let url = url_of(&name);
        let maintenance = Store::open(&url_of("postgres"), 1).expect("the test cluster answers");
        Self { name, url, maintenance }
    }

    /// A copy of it as it stands; nobody may be connected to it.
    pub fn copy(&self) -> Self {
        let copy = Self::named();
        copy.maintenance.copy_database(&copy.name, &self.name).expect("a copy of the database");
        copy
    }

    /// Its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A pool of connections to it.
    pub fn store(&self) -> Store {
        open(&self.url, 8)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Err(error) = self.maintenance.drop_database(&self.name) {
            eprintln!("the test database {} stays behind: {error}", self.name);
        }
    }
}

/// The template's name; the first test of the process makes it.
fn template() -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let name = format!("template_{}", std::process::id());
        let maintenance = Store::open(&url_of("postgres"), 1).expect("the test cluster answers");
        maintenance.create_database(&name).expect("the template");
        let store = Store::open(&url_of(&name), 1).expect("the template answers");
        store.migrate().expect("the migrations run");
        name
    })
}

/// The cluster's URL with another database's name.
fn url_of(database: &str) -> String {
    let cluster = std::env::var(CLUSTER).expect(
        "these tests need PostgreSQL: run them with `make test`, or as \
         `target/debug/doorstep with-postgres -- cargo test`",
    );
    let (server, _) = cluster.rsplit_once('/').expect("the cluster's URL ends with a database");
    format!("{server}/{database}")
}
