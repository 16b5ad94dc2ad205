//! `doorstep serve` as a process of its own, watched: should it die, it is started again. Somebody
//! who started it by hand meanwhile is left alone.

use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::Failure;

/// How often the server is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a dead server stays dead, so that phones are seen to wait.
const PAUSE: Duration = Duration::from_secs(2);

/// The process, and whoever watches it.
pub(super) struct ServerProcess {
    child: Arc<Mutex<Child>>,
    stopping: Arc<AtomicBool>,
}

/// How to start it.
#[derive(Clone)]
struct Start {
    program: std::path::PathBuf,
    url: String,
    folder: std::path::PathBuf,
    address: SocketAddr,
}

impl ServerProcess {
    /// Starts it and waits until it listens.
    pub(super) fn start(url: &str, folder: &Path, address: SocketAddr) -> Result<Self, Failure> {
        let start = Start {
            program: std::env::current_exe()?,
            url: url.to_owned(),
            folder: folder.to_owned(),
            address,
        };
        let child = Arc::new(Mutex::new(start.spawn()?));
        let stopping = Arc::new(AtomicBool::new(false));
        wait_until_listening(address)?;
        let watched = Arc::clone(&child);
        let told = Arc::clone(&stopping);
        thread::Builder::new()
            .name("server watch".into())
            .spawn(move || watch(&start, &watched, &told))?;
        Ok(Self { child, stopping })
    }

    /// Kills it as a crash would (SIGKILL); whoever watches it starts it again.
    pub(super) fn kill(&self) -> Result<u32, Failure> {
        let mut child = self.child.lock().map_err(|_| "the server's watch has stopped")?;
        child.kill()?;
        Ok(child.id())
    }

    /// Stops it for good.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        if let Ok(mut child) = self.child.lock() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Start {
    fn spawn(&self) -> Result<Child, std::io::Error> {
        Command::new(&self.program)
            .arg("--database-url")
            .arg(&self.url)
            .arg("--data-folder")
            .arg(&self.folder)
            .arg("serve")
            .arg("--listen")
            .arg(self.address.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
    }
}

fn watch(start: &Start, child: &Mutex<Child>, stopping: &AtomicBool) {
    while !stopping.load(Ordering::Acquire) {
        thread::sleep(LOOK);
        let Ok(mut child) = child.lock() else { return };
        if !matches!(child.try_wait(), Ok(Some(_))) {
            continue;
        }
        // It is dead. The lock is held meanwhile, so that nobody stops what is being started.
        thread::sleep(PAUSE);
        let by_hand = TcpStream::connect(start.address).is_ok();
        if stopping.load(Ordering::Acquire) || by_hand {
            continue;
        }
        println!("   the server is gone and is started again");
        match start.spawn() {
            Ok(again) => *child = again,
            Err(error) => eprintln!("doorstep: the server does not start again: {error}"),
        }
    }
}

fn wait_until_listening(address: SocketAddr) -> Result<(), Failure> {
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        if begun.elapsed() > PATIENCE {
            return Err(format!("the server did not begin to listen on {address}").into());
        }
        thread::sleep(LOOK);
    }
    Ok(())
}
