//! Which servers run on the database, under which master key, and how far each knows the data keys. A
//! server says so in the name of a connection that it holds open for nothing else (PostgreSQL's
//! `application_name`, which `pg_stat_activity` shows): it ends with the server, however that ends. The
//! keys are changed only as every server that runs can follow.

use std::fmt;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use sha2::{Digest, Sha256};

use super::{Db, KeyProblem, Store, StoreError, data_keys};
use crate::vault::{KeyNumber, Master};

/// How long a server takes to hear of a new data key and to tell that it has.
pub const PAUSE: Duration = Duration::from_secs(10);

/// How long those wait for servers who change keys at the command line.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often they look.
const LOOK: Duration = Duration::from_millis(250);

/// What the names of such connections begin with. PostgreSQL keeps 63 bytes of a name.
const SERVES: &str = "doorstep serves";

/// A server that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSeen {
    /// Its process, on its machine.
    process: u32,
    /// The address that it comes from; nothing where it is this machine's, or is not shown.
    address: Option<String>,
    /// The mark of its master key.
    mark: String,
    /// The newest data key that it has opened.
    newest: KeyNumber,
}

/// Servers that stand in the way of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Servers(Vec<ServerSeen>);

impl fmt::Display for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, server) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(f, "{comma}process {}", server.process)?;
            if let Some(address) = &server.address {
                write!(f, " at {address}")?;
            }
        }
        Ok(())
    }
}

/// A server's word that it runs; it is withdrawn when this is dropped.
#[derive(Debug)]
pub struct Presence {
    ends: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.ends = None;
        // It only waits; what it was just saying is said in a moment.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// A connection that says that a server runs.
pub struct Announced {
    store: Store,
    connection: Option<PgConnection>,
}

impl Announced {
    /// Says that a server runs on this store, and which data keys it has opened.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`], [`StoreError::Keys`], or those of the database.
    pub fn of(store: &Store) -> Result<Self, StoreError> {
        let mut announced = Self { store: store.clone(), connection: None };
        announced.tell()?;
        Ok(announced)
    }

    /// Goes on saying so, and hearing of new data keys, on a thread of its own.
    ///
    /// # Errors
    /// Those of the operating system, when it gives no thread.
    pub fn keep_up(self) -> std::io::Result<Presence> {
        let (ends, ended) = channel();
        let thread =
            thread::Builder::new().name("presence".into()).spawn(move || self.go_on(&ended))?;
        Ok(Presence { ends: Some(ends), thread: Some(thread) })
    }

    fn go_on(mut self, ended: &Receiver<()>) {
        while ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
            if let Err(error) = self.tell() {
                tracing::warn!(%error, "the server cannot say which keys it has");
            }
        }
    }

    fn tell(&mut self) -> Result<(), StoreError> {
        if self.connection.is_none() {
            let connection = PgConnection::establish(&self.store.url);
            self.connection = Some(connection.map_err(|_| StoreError::Unreachable)?);
            // Before it reads them: whoever changes keys just now sees one who does not know them.
            self.say(0)?;
        }
        let newest = self.store.read(data_keys::refresh)?;
        self.say(newest)
    }

    fn say(&mut self, newest: KeyNumber) -> Result<(), StoreError> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        let mark = self.store.vault.master().map(mark).unwrap_or_default();
        let name = format!("{SERVES} {} {mark} {newest}", std::process::id());
        let said = diesel::sql_query("SELECT set_config('application_name', $1, false)")
            .bind::<Text, _>(name)
            .execute(connection);
        if said.is_err() {
            // A new one is made the next time.
            self.connection = None;
        }
        said?;
        Ok(())
    }
}

/// A mark of a master key that fits into a name: it tells nothing of the key.
fn mark(master: &Master) -> String {
    let digest = Sha256::digest(master.id().as_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    address: Option<String>,
}

fn seen(db: &mut Db) -> Result<Vec<ServerSeen>, StoreError> {
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT application_name AS name, host(client_addr) AS address FROM pg_stat_activity
         WHERE datname = current_database() AND starts_with(application_name, $1)
         ORDER BY client_addr, pid",
    )
    .bind::<Text, _>(SERVES)
    .load(db.sql())?;
    Ok(rows.into_iter().filter_map(server).collect())
}

fn server(Row { name, address }: Row) -> Option<ServerSeen> {
    let mut parts = name.strip_prefix(SERVES)?.split(' ').skip(1);
    let process = parts.next()?.parse().ok()?;
    let mark = parts.next()?.to_owned();
    let newest = parts.next()?.parse().ok()?;
    Some(ServerSeen { process, address, mark, newest })
}

/// Whether every server that runs was started with the master key of this connection, and can open
/// data keys that are made now.
///
/// # Errors
/// [`KeyProblem::OtherMaster`], or those of the database.
pub fn all_run_under_the_master(db: &mut Db) -> Result<(), StoreError> {
    let master = data_keys::master(db)?;
    let (expected, ours) = (master.id().to_owned(), mark(&master));
    let others: Vec<ServerSeen> = seen(db)?.into_iter().filter(|s| s.mark != ours).collect();
    if others.is_empty() {
        return Ok(());
    }
    Err(StoreError::Keys(KeyProblem::OtherMaster { expected, servers: Servers(others) }))
}

/// Whether every server that runs has opened the newest data key, and can go on when the master key is
/// another one.
///
/// # Errors
/// [`KeyProblem::Unaware`], or those of the database.
pub fn all_know_the_newest(db: &mut Db) -> Result<(), StoreError> {
    let newest = data_keys::all(db)?.last().map(|key| key.number).unwrap_or_default();
    let servers: Vec<ServerSeen> = seen(db)?.into_iter().filter(|s| s.newest < newest).collect();
    if servers.is_empty() {
        return Ok(());
    }
    Err(StoreError::Keys(KeyProblem::Unaware { newest, servers: Servers(servers) }))
}

/// Waits a while for the servers that run: one that was just stopped is seen for a moment still, and
/// each hears of a new data key by itself.
///
/// # Errors
/// What still stands in the way then, or those of the database.
pub fn wait(
    store: &Store,
    what: impl Fn(&mut Db) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let begun = Instant::now();
    loop {
        match store.read(&what) {
            Err(StoreError::Keys(KeyProblem::OtherMaster { .. } | KeyProblem::Unaware { .. }))
                if begun.elapsed() < PATIENCE =>
            {
                thread::sleep(LOOK)
            }
            done => return done,
        }
    }
}
