//! A network that fails as it is told to: a proxy between phones and server. It is fair to a phone
//! that enrols or proves its key, so that the weather meets what the phone then says.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// How long a test waits for what must happen, before it says that it does not.
const PATIENCE: Duration = Duration::from_secs(60);

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
    /// Requests lie somewhere on the way until [`Proxy::deliver`]: later ones overtake them.
    RequestDelayed = 4,
    /// Requests arrive twice, at once; the answers never come back.
    RequestTwice = 5,
    /// Requests go nowhere and the connection stays open: there is a server, and it says nothing.
    Silent = 6,
}

/// The proxy. Its threads end with the test's process.
#[derive(Debug)]
pub struct Proxy {
    /// The address under which phones reach the server.
    pub url: String,
    way: Way,
}

/// Where the server is, what the network does and what lies on the way.
#[derive(Debug, Clone)]
struct Way {
    server: SocketAddr,
    weather: Arc<AtomicU8>,
    late: Arc<Mutex<Vec<Vec<u8>>>>,
    /// After how many more requests it does something else.
    later: Arc<Mutex<Option<(usize, Weather)>>>,
    /// Requests that nobody answers.
    silenced: Arc<(Mutex<usize>, Condvar)>,
    /// Of one connection: whether its phone is proving its key.
    proving: Arc<AtomicBool>,
}

impl Proxy {
    /// A proxy in front of a server.
    pub fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let weather = Arc::new(AtomicU8::new(Weather::Fair as u8));
        let (late, proving) = (Arc::default(), Arc::default());
        let (later, silenced) = (Arc::default(), Arc::default());
        let way = Way { server, weather, late, later, silenced, proving };
        let told = way.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let told = Way { proving: Arc::default(), ..told.clone() };
                thread::spawn(move || told.carry(client));
            }
        });
        Self { url, way }
    }

    /// A proxy in front of the server of an address like `http://127.0.0.1:12345`.
    pub fn before_url(url: &str) -> Self {
        Self::before(url.trim_start_matches("http://").parse().expect("an address"))
    }

    /// Carries so many more requests as it is, then changes the weather. Proving a key does not count.
    pub fn set_after(&self, requests: usize, weather: Weather) {
        *self.way.later.lock().expect("nobody panics with it") = Some((requests, weather));
    }

    /// Whether the weather that was to come has come; it will not any more.
    pub fn has_turned(&self) -> bool {
        self.way.later.lock().expect("nobody panics with it").take().is_none()
    }

    /// Waits until so many requests have met with silence.
    pub fn wait_for_silence(&self, requests: usize) {
        let (silenced, changed) = &*self.way.silenced;
        let silenced = silenced.lock().expect("nobody panics with it");
        let waited = changed.wait_timeout_while(silenced, PATIENCE, |met| *met < requests);
        assert!(!waited.expect("nobody panics with it").1.timed_out(), "nobody asks anything");
    }

    /// Changes the weather.
    pub fn set(&self, weather: Weather) {
        self.way.weather.store(weather as u8, Ordering::SeqCst);
    }

    /// Brings the server what was delayed, and waits until each was worked on; answers how many
    /// requests those were.
    pub fn deliver(&self) -> usize {
        let late = std::mem::take(&mut *self.way.late.lock().expect("nobody panics with it"));
        late.iter().for_each(|request| self.way.ask(request));
        late.len()
    }
}

impl Way {
    fn is(&self, weather: Weather) -> bool {
        !self.proving.load(Ordering::SeqCst) && self.weather.load(Ordering::SeqCst) == weather as u8
    }

    /// A request begins: the weather changes, if that is due.
    fn turn(&self) {
        if self.proving.load(Ordering::SeqCst) {
            return;
        }
        let mut later = self.later.lock().expect("nobody panics with it");
        match &mut *later {
            Some((0, weather)) => {
                self.weather.store(*weather as u8, Ordering::SeqCst);
                *later = None;
            }
            Some((left, _)) => *left -= 1,
            None => {}
        }
    }

    /// Carries one connection until either end closes it or the weather breaks it.
    fn carry(self, client: TcpStream) {
        let Ok(upstream) = TcpStream::connect(self.server) else { return };
        let (Ok(client_in), Ok(upstream_in)) = (client.try_clone(), upstream.try_clone()) else {
            return;
        };
        let asking = self.clone();
        thread::spawn(move || asking.pump(client_in, upstream_in, Self::pass_request));
        // The other direction ends with its sockets.
        self.pump(upstream, client, Self::pass_answer);
    }

    /// Carries bytes as long as all of them pass.
    fn pump(&self, mut from: TcpStream, mut to: TcpStream, pass: Pass) {
        let mut buffer = [0; 16 * 1024];
        while let Ok(read) = from.read(&mut buffer) {
            let passed = if read == 0 { 0 } else { pass(self, &buffer[..read], &mut from) };
            let carried = passed > 0 && to.write_all(&buffer[..passed]).is_ok();
            if !carried || passed < read {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }

    fn pass_request(&self, bytes: &[u8], from: &mut TcpStream) -> usize {
        if bytes.starts_with(b"POST ") || bytes.starts_with(b"GET ") || bytes.starts_with(b"PUT ") {
            let asks =
                |what: &str| bytes.starts_with(format!("POST /v1/devices/{what}").as_bytes());
            let proving = ["enrol", "nonce", "token"].into_iter().any(asks);
            self.proving.store(proving, Ordering::SeqCst);
            self.turn();
        }
        if self.is(Weather::Silent) {
            let (silenced, changed) = &*self.silenced;
            *silenced.lock().expect("nobody panics with it") += 1;
            changed.notify_all();
            // Until the phone hangs up.
            while from.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {}
            return 0;
        }
        if self.is(Weather::RequestLost) {
            return 0;
        }
        if self.is(Weather::RequestDelayed) {
            let whole = whole_request(bytes, from);
            self.late.lock().expect("nobody panics with it").extend(whole);
            return 0;
        }
        if self.is(Weather::RequestTwice) {
            if let Some(whole) = whole_request(bytes, from) {
                thread::scope(|threads| {
                    threads.spawn(|| self.ask(&whole));
                    self.ask(&whole);
                });
            }
            return 0;
        }
        bytes.len()
    }

    fn pass_answer(&self, bytes: &[u8], _: &mut TcpStream) -> usize {
        if self.is(Weather::AnswerLost) {
            0
        } else if self.is(Weather::AnswerCutShort) {
            bytes.len().min(300).saturating_sub(1)
        } else {
            bytes.len()
        }
    }

    /// Sends the server a request and waits for the beginning of its answer: it has committed then.
    fn ask(&self, request: &[u8]) {
        let Ok(mut server) = TcpStream::connect(self.server) else { return };
        if server.write_all(request).is_ok() {
            let _ = server.read(&mut [0; 1]);
        }
    }
}

/// How many of the bytes pass; fewer than all, and the connection breaks.
type Pass = fn(&Way, &[u8], &mut TcpStream) -> usize;

/// Reads the rest of a request of which the first bytes are there; nothing if it breaks off.
fn whole_request(begun: &[u8], from: &mut TcpStream) -> Option<Vec<u8>> {
    let mut whole = begun.to_vec();
    let mut buffer = [0; 16 * 1024];
    while !is_whole(&whole) {
        match from.read(&mut buffer) {
            Ok(read) if read > 0 => whole.extend_from_slice(&buffer[..read]),
            _ => return None,
        }
    }
    Some(whole)
}

/// Whether headers and body are there.
fn is_whole(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else {
        return false;
    };
    let headers = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or_default();
    request.len() >= end + 4 + length
}
