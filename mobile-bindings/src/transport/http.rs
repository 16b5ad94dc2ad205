//! One HTTP client: timeouts, compression, and answers turned into values or typed errors.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::de::DeserializeOwned;
use sync_protocol::wire::Words;
use ureq::http::{HeaderMap, Response};
use ureq::{Agent, Body};

use super::TransportError;
use super::error::ServerRefusal;
use super::messages::RefusalBody;

/// The app and its version, as the server's log shows it.
pub(crate) const APP: &str = concat!("doorstep-phone ", env!("CARGO_PKG_VERSION"));

/// An answer inflated. More than a server sends (12 MiB of items and one record more), and little
/// enough for a phone's memory.
const ANSWER_BYTES: u64 = 32 * 1024 * 1024;

/// A JSON answer.
const JSON_BYTES: u64 = 256 * 1024;

/// How long a file may be on its way: photos of a week over a weak signal.
const FILE_TIME: Duration = Duration::from_secs(3600);
/// The longest that a refusal makes a phone rest, whoever it came from.
const LONGEST_REST: Duration = Duration::from_secs(15 * 60);

/// zstd's level: 3 is its own default; a push is a few kilobytes.
const ZSTD_LEVEL: i32 = 3;

/// The HTTP client. Its copies share connections and counts.
#[derive(Clone)]
pub(crate) struct Http {
    agent: Agent,
    traffic: Arc<Traffic>,
}

/// Bytes of bodies, as they travel.
#[derive(Default)]
struct Traffic {
    sent: AtomicU64,
    received: AtomicU64,
}

impl Http {
    /// A client. A server is expected to answer within a minute, however weak the signal.
    pub(crate) fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_global(Some(Duration::from_secs(60)))
            // A server closes a connection that was quiet for a few seconds; reusing one that it is
            // just closing would fail a sync for nothing.
            .max_idle_age(Duration::from_secs(2))
            .user_agent(APP)
            .build();
        Self { agent: config.new_agent(), traffic: Arc::default() }
    }

    /// A copy that counts by itself.
    pub(super) fn counted(&self) -> Self {
        Self { traffic: Arc::default(), ..self.clone() }
    }

    /// Bytes sent and received.
    pub(super) fn traffic(&self) -> (u64, u64) {
        let Traffic { sent, received } = &*self.traffic;
        (sent.load(Ordering::Relaxed), received.load(Ordering::Relaxed))
    }

    fn sends(&self, bytes: usize) {
        self.traffic.sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Posts JSON, reads JSON.
    pub(super) fn post_json<A: DeserializeOwned>(
        &self,
        url: &str,
        token: Option<&str>,
        body: &impl serde::Serialize,
    ) -> Result<A, TransportError> {
        let body = serde_json::to_vec(body)
            .map_err(|_| TransportError::Unreadable("our own request is no JSON"))?;
        let mut request = self.agent.post(url).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", bearer(token));
        }
        self.sends(body.len());
        read_json(request.send(&body[..])?)
    }

    /// Posts JSON and wants to know no more than that it was taken.
    pub(super) fn post_json_for_nothing(
        &self,
        url: &str,
        token: &str,
        body: &impl serde::Serialize,
    ) -> Result<(), TransportError> {
        let body = serde_json::to_vec(body)
            .map_err(|_| TransportError::Unreadable("our own request is no JSON"))?;
        self.sends(body.len());
        let request = self.agent.post(url).header("content-type", "application/json");
        checked(request.header("authorization", bearer(token)).send(&body[..])?).map(drop)
    }

    /// Posts a file as it is, for as long as that takes; reads JSON.
    pub(super) fn post_file<A: DeserializeOwned>(
        &self,
        url: &str,
        token: &str,
        file: &Path,
    ) -> Result<A, TransportError> {
        let gone = |_| TransportError::Unreadable("our own file cannot be read");
        let file = File::open(file).map_err(gone)?;
        let request = self.agent.post(url).config().timeout_global(Some(FILE_TIME)).build();
        let request = request.header("content-type", "application/octet-stream");
        read_json(request.header("authorization", bearer(token)).send(&file)?)
    }

    /// Gets JSON that anybody may have.
    pub(super) fn get_open_json<A: DeserializeOwned>(
        &self,
        url: &str,
    ) -> Result<A, TransportError> {
        read_json(self.agent.get(url).call()?)
    }

    /// Gets JSON.
    pub(super) fn get_json<A: DeserializeOwned>(
        &self,
        url: &str,
        token: &str,
    ) -> Result<A, TransportError> {
        read_json(self.agent.get(url).header("authorization", bearer(token)).call()?)
    }

    /// Posts a CBOR message, zstd both ways; answers the message that came back.
    pub(super) fn post_message(
        &self,
        url: &str,
        token: &str,
        message: &[u8],
    ) -> Result<Vec<u8>, TransportError> {
        let body = zstd::encode_all(message, ZSTD_LEVEL)
            .map_err(|_| TransportError::Unreadable("our own request could not be compressed"))?;
        self.sends(body.len());
        let answer = self
            .agent
            .post(url)
            .header("authorization", bearer(token))
            .header("content-type", "application/cbor")
            .header("content-encoding", "zstd")
            .header("accept-encoding", "zstd")
            .send(&body[..])?;
        let mut answer = checked(answer)?;
        let encoding = answer.headers().get("content-encoding");
        let compressed = encoding.is_some_and(|encoding| encoding.as_bytes() == b"zstd");
        let reader = answer.body_mut().with_config().limit(ANSWER_BYTES).reader();
        let reader = Counted { reader, traffic: &self.traffic };
        if compressed { inflate(reader) } else { read_all(reader) }
    }

    /// Puts the bytes of a photo's part.
    pub(super) fn put_part(
        &self,
        url: &str,
        token: &str,
        sha256: &str,
        bytes: &[u8],
    ) -> Result<(), TransportError> {
        self.sends(bytes.len());
        let answer = self
            .agent
            .put(url)
            .header("authorization", bearer(token))
            .header("content-type", "application/octet-stream")
            .header("x-part-sha256", sha256)
            .send(bytes)?;
        checked(answer).map(drop)
    }
}

/// Counts what is read.
struct Counted<'t, R> {
    reader: R,
    traffic: &'t Traffic,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.traffic.received.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

fn read_json<A: DeserializeOwned>(answer: Response<Body>) -> Result<A, TransportError> {
    let mut answer = checked(answer)?;
    let reader = answer.body_mut().with_config().limit(JSON_BYTES).reader();
    serde_json::from_reader(reader).map_err(|_| TransportError::Unreadable("it is not the JSON"))
}

/// The answer, if it is a good one.
fn checked(mut answer: Response<Body>) -> Result<Response<Body>, TransportError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let rest = rest(answer.headers());
    let reader = answer.body_mut().with_config().limit(JSON_BYTES).reader();
    let body: Option<RefusalBody> = serde_json::from_reader(reader).ok();
    let refusal = match body {
        Some(body) => ServerRefusal {
            code: body.code,
            retry: body.retry,
            message: Words { zh: body.message.zh, en: body.message.en },
            remedy: Words { zh: body.remedy.zh, en: body.remedy.en },
        },
        None => ServerRefusal::of_status(status.as_u16()),
    };
    Err(TransportError::Answered { status: status.as_u16(), refusal: Box::new(refusal), rest })
}

/// How long an answer asks to be left alone, in whole seconds as this server says it.
fn rest(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_REST))
}

/// Inflates while counting, so that no answer can fill the memory.
fn inflate(reader: impl Read) -> Result<Vec<u8>, TransportError> {
    let broken = |_| TransportError::Unreadable("it ended early or is not zstd");
    let decoder = zstd::Decoder::new(reader).map_err(broken)?;
    read_all(decoder)
}

fn read_all(reader: impl Read) -> Result<Vec<u8>, TransportError> {
    let mut bytes = Vec::new();
    let read = reader.take(ANSWER_BYTES + 1).read_to_end(&mut bytes);
    match read {
        Ok(length) if length as u64 <= ANSWER_BYTES => Ok(bytes),
        Ok(_) => Err(TransportError::Unreadable("it is larger than any answer may be")),
        Err(_) => Err(TransportError::Unreadable("it ended early or is not zstd")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_inflates_without_end_is_cut_off() {
        let bomb = zstd::encode_all(std::io::repeat(0).take(ANSWER_BYTES + 10), 3).unwrap();
        assert!(bomb.len() < 10_000);
        assert!(matches!(inflate(&bomb[..]), Err(TransportError::Unreadable(_))));
        let good = zstd::encode_all(&b"an answer"[..], 3).unwrap();
        assert_eq!(inflate(&good[..]).unwrap(), b"an answer");
        assert!(inflate(&good[..good.len() - 3]).is_err());
    }
}
