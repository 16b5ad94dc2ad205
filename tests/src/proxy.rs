//! A network that fails as it is told to: a proxy between phones and server.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Weather {
    /// It carries everything.
    Fair = 0,
    /// Requests never arrive.
    RequestLost = 1,
    /// Requests arrive and are worked on; the answers never come back.
    AnswerLost = 2,
    /// Answers break off after their first bytes.
    AnswerCutShort = 3,
}

/// The proxy. Its threads end with the test's process.
#[derive(Debug)]
pub struct Proxy {
    /// The address under which phones reach the server.
    pub url: String,
    weather: Arc<AtomicU8>,
}

impl Proxy {
    /// A proxy in front of a server.
    pub fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let weather = Arc::new(AtomicU8::new(Weather::Fair as u8));
        let told = Arc::clone(&weather);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let told = Arc::clone(&told);
                thread::spawn(move || carry(client, server, &told));
            }
        });
        Self { url, weather }
    }

    /// Changes the weather.
    pub fn set(&self, weather: Weather) {
        self.weather.store(weather as u8, Ordering::SeqCst);
    }
}

/// Carries one connection until either end closes it or the weather breaks it.
fn carry(client: TcpStream, server: SocketAddr, told: &Arc<AtomicU8>) {
    let Ok(upstream) = TcpStream::connect(server) else { return };
    let (Ok(client_in), Ok(upstream_in)) = (client.try_clone(), upstream.try_clone()) else {
        return;
    };
    let asking = {
        let told = Arc::clone(told);
        thread::spawn(move || pump(client_in, upstream_in, &told, pass_request))
    };
    pump(upstream, client, told, pass_answer);
    // The other direction ends with its sockets.
    drop(asking);
}

/// How many of the bytes pass; fewer than all, and the connection breaks.
type Pass = fn(u8, usize) -> usize;

fn pass_request(weather: u8, bytes: usize) -> usize {
    if weather == Weather::RequestLost as u8 { 0 } else { bytes }
}

fn pass_answer(weather: u8, bytes: usize) -> usize {
    match weather {
        w if w == Weather::AnswerLost as u8 => 0,
        w if w == Weather::AnswerCutShort as u8 => bytes.min(300).saturating_sub(1),
        _ => bytes,
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, told: &AtomicU8, pass: Pass) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read) = from.read(&mut buffer) {
        let passed = if read == 0 { 0 } else { pass(told.load(Ordering::SeqCst), read) };
        let carried = passed > 0 && to.write_all(&buffer[..passed]).is_ok();
        if !carried || passed < read {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
