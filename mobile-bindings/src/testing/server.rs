//! A server for phones in tests: it takes everything, remembers in which order it came, and stumbles
//! where a test says so. One request at a time, each on a connection of its own.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use sync_protocol::wire::{Outcome, Request, Response, decode, encode};

use super::{Log, Phone};

/// The server; its thread ends with the test's process.
pub(crate) struct FakeServer {
    state: Arc<Mutex<State>>,
}

/// What it knows and does.
#[derive(Default)]
struct State {
    /// What was asked of it, in short.
    asked: Vec<String>,
    parts: HashMap<String, HashSet<u64>>,
    stored: HashSet<String>,
    /// How long it asks to be left alone.
    backoff_ms: u64,
    /// Requests whose short form begins like this are answered with a fault of the server's.
    fails: Option<String>,
    /// What it answers to a sync instead of an answer.
    says: Option<String>,
    /// Called once, when this is asked.
    when: Option<(String, Box<dyn FnOnce() + Send>)>,
}

impl FakeServer {
    /// One that answers phones of [`super::AREA`] with nothing new.
    pub(crate) fn start(phone: &Phone) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state: Arc<Mutex<State>> = Arc::default();
        let (told, mut nothing_new) = (Arc::clone(&state), Log::default().answer(phone, 0));
        nothing_new.areas.clear();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &told, &nothing_new);
            }
        });
        phone.speak_to(&url);
        Self { state }
    }

    /// What was asked since the last time, in short: `sync 2` (changes pushed), `part 1` (of what
    /// photo a test finds out by its size), `complete`.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().asked)
    }

    /// Asks to be left alone from the next answer on.
    pub(crate) fn wants_rest(&self, backoff_ms: u64) {
        self.state.lock().unwrap().backoff_ms = backoff_ms;
    }

    /// Fails at requests whose short form begins like this; at none with an empty one.
    pub(crate) fn fail_at(&self, short: &str) {
        self.state.lock().unwrap().fails = (!short.is_empty()).then(|| short.to_owned());
    }

    /// Answers syncs with this, as something in between would.
    pub(crate) fn says(&self, text: &str) {
        let mut state = self.state.lock().unwrap();
        (state.says, state.fails) = (Some(text.to_owned()), None);
    }

    /// Calls something once, when this is asked for, before it is answered.
    pub(crate) fn when(&self, short: &str, call: impl FnOnce() + Send + 'static) {
        self.state.lock().unwrap().when = Some((short.to_owned(), Box::new(call)));
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>, nothing_new: &Response) {
    let Some((line, body)) = read(&stream) else { return };
    let mut words = line.split(' ');
    let (method, address) = (words.next().unwrap(), words.next().unwrap());
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let path: Vec<&str> = path.split('/').skip(1).collect();
    let size = query.strip_prefix("size=").unwrap_or_default();
    let short = match path.as_slice() {
        ["v1", "sync"] => format!("sync {}", changes(&body).len()),
        ["v1", "photos", .., "parts"] => format!("missing of {size}"),
        ["v1", "photos", .., "parts", number] => format!("part {number} of {size}"),
        ["v1", "photos", .., "complete"] => format!("complete {size}"),
        _ => String::new(),
    };
    let mut call = None;
    let mut held = state.lock().unwrap();
    if held.when.as_ref().is_some_and(|(when, _)| *when == short) {
        call = held.when.take();
    }
    drop(held);
    if let Some((_, call)) = call {
        call();
    }
    let mut state = state.lock().unwrap();
    let fails = state.fails.as_ref().is_some_and(|begin| short.starts_with(begin.as_str()));
    if !short.is_empty() && !short.starts_with("missing") {
        state.asked.push(short);
    }
    let photo = path.get(3).map(|photo| (*photo).to_owned()).unwrap_or_default();
    let (status, body, zstd) = match (method, path.as_slice()) {
        _ if fails => (503, refusal(), false),
        (_, ["v1", "devices", "nonce"]) => (200, br#"{"nonce":"00"}"#.to_vec(), false),
        (_, ["v1", "rescue", "key"]) => {
            let key = sync_protocol::ids::ChangeHash(super::district_key().public());
            let told = serde_json::json!({ "rescue_key": key });
            (200, told.to_string().into_bytes(), false)
        }
        (_, ["v1", "devices", "token"]) => {
            (200, br#"{"token":"t","expires_in_s":600}"#.to_vec(), false)
        }
        (_, ["v1", "sync"]) if state.says.is_some() => {
            (200, state.says.clone().unwrap().into_bytes(), false)
        }
        (_, ["v1", "sync"]) => {
            let verdicts = (1..).zip(changes(&body)).map(|(seq, ())| Outcome::Accepted { seq });
            let backoff_ms = state.backoff_ms;
            let answer =
                Response { verdicts: verdicts.collect(), backoff_ms, ..nothing_new.clone() };
            (200, zstd::encode_all(&encode(&answer)[..], 3).unwrap(), true)
        }
        ("GET", ["v1", "photos", ..]) => {
            let parts = size.parse::<u64>().unwrap().div_ceil(512 * 1024);
            let there = state.parts.get(&photo).cloned().unwrap_or_default();
            let missing: Vec<u64> = (0..parts).filter(|part| !there.contains(part)).collect();
            let stored = state.stored.contains(&photo);
            let told = serde_json::json!({ "stored": stored, "parts": parts, "missing": missing });
            (200, told.to_string().into_bytes(), false)
        }
        ("PUT", ["v1", "photos", _, _, "parts", number]) => {
            state.parts.entry(photo).or_default().insert(number.parse().unwrap());
            (204, Vec::new(), false)
        }
        _ => {
            state.stored.insert(photo);
            (200, br#"{"stored":true}"#.to_vec(), false)
        }
    };
    let encoding = if zstd { "content-encoding: zstd\r\n" } else { "" };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\n{encoding}content-length: {length}\r\n\r\n"
    );
    let _ = stream.write_all(&[head.as_bytes(), &body].concat());
}

fn refusal() -> Vec<u8> {
    serde_json::to_vec(&sync_protocol::codes::BUSY).unwrap()
}

/// One for each change of a request.
fn changes(body: &[u8]) -> Vec<()> {
    let request: Request = decode(&zstd::decode_all(body).unwrap()).unwrap();
    request.push.iter().flat_map(|push| push.changes.iter().map(|_| ())).collect()
}

/// The first line and the body of a request.
fn read(stream: &TcpStream) -> Option<(String, Vec<u8>)> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).ok()?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(bytes) = line.strip_prefix("content-length:") {
            length = bytes.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((first, body)).filter(|(first, _)| !first.is_empty())
}
