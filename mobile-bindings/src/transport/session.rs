//! Speaking as a device: the short-lived token and the requests that need it.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use sync_protocol::codes;
use sync_protocol::ids::{AreaId, BlobId, DeviceId};
use sync_protocol::keys::{self, DeviceKey};
use sync_protocol::wire::{self, Limits, Request, Response};

use super::appetite::Appetite;
use super::messages::{
    AreaHead, EnrolRequest, Enrolment, HandInAnswer, KeyRequest, Nonce, NonceRequest,
    PhotoComplete, PhotoParts, RescueKeyAnswer, TokenAnswer, TokenRequest, WaitAnswer, WaitRequest,
};
use super::{Conditions, Http, TransportError, http::APP};

/// Who speaks to which server.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(crate) server: String,
    pub(crate) device: DeviceId,
    pub(crate) key: DeviceKey,
}

/// The client and the token it has, in memory alone. Its copies share both.
#[derive(Clone)]
pub(crate) struct Session {
    http: Http,
    token: Arc<Mutex<Option<Token>>>,
    appetite: Arc<Appetite>,
    conditions: Arc<Conditions>,
}

#[derive(Clone)]
struct Token {
    text: String,
    until: Instant,
}

/// A photo on the server.
#[derive(Clone, Copy)]
pub(crate) struct PhotoName {
    pub(crate) area: AreaId,
    pub(crate) photo: BlobId,
    pub(crate) size: u64,
}

impl Session {
    /// A session without a token yet.
    pub(crate) fn new() -> Self {
        Self {
            http: Http::new(),
            token: Arc::default(),
            appetite: Arc::new(Appetite::new()),
            conditions: Arc::default(),
        }
    }

    /// What the way to the server is like.
    pub(crate) fn conditions(&self) -> &Conditions {
        &self.conditions
    }

    /// A copy whose bytes are counted by themselves.
    pub(crate) fn counted(&self) -> Self {
        Self { http: self.http.counted(), ..self.clone() }
    }

    /// The bytes of bodies that were sent and received, as they travel.
    pub(crate) fn traffic(&self) -> (u64, u64) {
        self.http.traffic()
    }

    /// Enrols a key with a one-time code.
    pub(crate) fn enrol(
        &self,
        server: &str,
        code: &str,
        key: &DeviceKey,
        name: &str,
    ) -> Result<Enrolment, TransportError> {
        let request = EnrolRequest { code, public_key: hex(&key.public()), name, app: APP };
        self.http.post_json(&url(server, "/v1/devices/enrol"), None, &request)
    }

    /// The district's public rescue key, which needs no token.
    pub(crate) fn rescue_key(&self, server: &str) -> Result<[u8; 32], TransportError> {
        let answer: RescueKeyAnswer = self.http.get_open_json(&url(server, "/v1/rescue/key"))?;
        Ok(answer.rescue_key.0)
    }

    /// What the next answer may hold, by how the last ones came through.
    pub(crate) fn limits(&self) -> Limits {
        self.appetite.limits()
    }

    /// One sync request.
    pub(crate) fn sync(&self, peer: &Peer, request: &Request) -> Result<Response, TransportError> {
        let message = wire::encode(request);
        let url = url(&peer.server, "/v1/sync");
        let answer = self.with_token(peer, |token| self.http.post_message(&url, token, &message));
        match &answer {
            Ok(_) => self.appetite.fed(),
            Err(error) if error.lost_the_answer() => self.appetite.lost(),
            Err(_) => {}
        }
        wire::decode(&answer?).map_err(|_| TransportError::Unreadable("it is no sync response"))
    }

    /// Asks whether any of these areas' logs has grown; the server answers when one does, or after
    /// the time given.
    pub(crate) fn wait(
        &self,
        peer: &Peer,
        heads: impl Iterator<Item = (AreaId, u64)>,
        most: Duration,
    ) -> Result<bool, TransportError> {
        let areas = heads.map(|(area, head)| AreaHead { area: area.to_string(), head }).collect();
        let timeout_ms = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
        let request = WaitRequest { areas, timeout_ms };
        let url = url(&peer.server, "/v1/wait");
        let answer: WaitAnswer =
            self.with_token(peer, |token| self.http.post_json(&url, Some(token), &request))?;
        Ok(answer.news)
    }

    /// Which parts of a photo the server lacks.
    pub(crate) fn photo_parts(
        &self,
        peer: &Peer,
        photo: PhotoName,
    ) -> Result<PhotoParts, TransportError> {
        let url = photo_url(peer, photo, "parts");
        self.with_token(peer, |token| self.http.get_json(&url, token))
    }

    /// Sends one part.
    pub(crate) fn put_part(
        &self,
        peer: &Peer,
        photo: PhotoName,
        part: u64,
        bytes: &[u8],
    ) -> Result<(), TransportError> {
        let url = photo_url(peer, photo, &format!("parts/{part}"));
        let sha256 = hex(&Sha256::digest(bytes));
        self.with_token(peer, |token| self.http.put_part(&url, token, &sha256, bytes))
    }

    /// Asks the server to check the whole photo; answers whether it has it.
    pub(crate) fn complete(&self, peer: &Peer, photo: PhotoName) -> Result<bool, TransportError> {
        let url = photo_url(peer, photo, "complete");
        let nothing = serde_json::Map::new();
        let answer: PhotoComplete =
            self.with_token(peer, |token| self.http.post_json(&url, Some(token), &nothing))?;
        Ok(answer.stored)
    }

    /// Changes the device's key, which both sign. Whatever token there was ends with the old one.
    pub(crate) fn change_key(&self, peer: &Peer, new: &DeviceKey) -> Result<(), TransportError> {
        let (old, fresh) = (peer.key.public(), new.public());
        let statement = keys::rotation_statement(peer.device, &old, &fresh);
        let request = KeyRequest {
            old_key: hex(&old),
            new_key: hex(&fresh),
            old_signature: hex(&peer.key.sign(&statement)),
            new_signature: hex(&new.sign(&statement)),
        };
        let url = url(&peer.server, "/v1/devices/key");
        self.with_token(peer, |token| self.http.post_json_for_nothing(&url, token, &request))?;
        self.held_token().take();
        Ok(())
    }

    /// Proves a key anew, whatever token there is.
    pub(crate) fn prove(&self, peer: &Peer) -> Result<(), TransportError> {
        self.token(peer, true).map(drop)
    }

    /// Hands in a bundle as a revoked phone; answers whether the server has all of it.
    pub(crate) fn hand_in(&self, peer: &Peer, bundle: &Path) -> Result<bool, TransportError> {
        let url = url(&peer.server, "/v1/devices/hand-in");
        let answer: HandInAnswer =
            self.with_token(peer, |token| self.http.post_file(&url, token, bundle))?;
        Ok(answer.complete)
    }

    /// Calls with a token; once more with a new one if the server no longer takes it.
    fn with_token<T>(
        &self,
        peer: &Peer,
        call: impl Fn(&str) -> Result<T, TransportError>,
    ) -> Result<T, TransportError> {
        let answer = self.token(peer, false).and_then(|token| call(&token));
        let answer = match answer {
            Err(error) if error.is(&codes::TOKEN_INVALID) => {
                self.token(peer, true).and_then(|token| call(&token))
            }
            other => other,
        };
        if let Some(rest) = answer.as_ref().err().and_then(TransportError::rest) {
            self.conditions.rest_for(rest);
        }
        answer
    }

    fn token(&self, peer: &Peer, anew: bool) -> Result<String, TransportError> {
        // The lock is not held while the server is asked: a server that says nothing would keep
        // every later request waiting, that of a sync begun anew among them.
        let held = self.held_token().clone();
        match held {
            Some(token) if !anew && Instant::now() < token.until => Ok(token.text),
            _ => {
                let token = self.new_token(peer)?;
                Ok(self.held_token().insert(token).text.clone())
            }
        }
    }

    fn held_token(&self) -> std::sync::MutexGuard<'_, Option<Token>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The device proves its key over the server's nonce.
    fn new_token(&self, peer: &Peer) -> Result<Token, TransportError> {
        let device = peer.device.to_string();
        let request = NonceRequest { device: device.clone() };
        let Nonce { nonce } =
            self.http.post_json(&url(&peer.server, "/v1/devices/nonce"), None, &request)?;
        let bytes = unhex(&nonce).ok_or(TransportError::Unreadable("the nonce is not hex"))?;
        let signature = peer.key.sign(&keys::token_statement(peer.device, &bytes));
        let request = TokenRequest { device, nonce, signature: hex(&signature) };
        let asked = Instant::now();
        let answer: TokenAnswer =
            self.http.post_json(&url(&peer.server, "/v1/devices/token"), None, &request)?;
        // Half a minute early: a request that is under way must not outlive its token.
        let lifetime = Duration::from_secs(answer.expires_in_s.saturating_sub(30));
        Ok(Token { text: answer.token, until: asked + lifetime })
    }
}

fn url(server: &str, path: &str) -> String {
    format!("{}{path}", server.trim_end_matches('/'))
}

fn photo_url(peer: &Peer, photo: PhotoName, what: &str) -> String {
    let PhotoName { area, photo, size } = photo;
    url(&peer.server, &format!("/v1/photos/{area}/{photo}/{what}?size={size}"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [_, _] => u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// A server that answers one request after another with these bytes, each on a connection of its
    /// own, and closes it.
    fn serve(answers: Vec<Vec<u8>>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut line, mut length) = (String::new(), 0);
                while line.trim_end() != "" || length == 0 {
                    line.clear();
                    reader.read_line(&mut line).unwrap();
                    let lower = line.to_ascii_lowercase();
                    if let Some(bytes) = lower.strip_prefix("content-length:") {
                        length = bytes.trim().parse().unwrap();
                    }
                }
                reader.read_exact(&mut vec![0; length]).unwrap();
                stream.write_all(&answer).unwrap();
            }
        });
        url
    }

    fn json(body: &str) -> Vec<u8> {
        let length = body.len();
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
            .into_bytes()
    }

    fn zstd(body: &[u8], of: usize) -> Vec<u8> {
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: zstd";
        let head = format!("{head}\r\ncontent-length: {of}\r\n\r\n");
        [head.as_bytes(), body].concat()
    }

    #[test]
    fn a_server_that_says_how_long_to_wait_is_left_alone_so_long_and_no_longer_than_it_may_say() {
        let refused = |wait: &str| {
            let head = "HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\ncontent-length: 0";
            format!("{head}\r\nretry-after: {wait}\r\n\r\n").into_bytes()
        };
        let server = serve(vec![refused("600"), refused("31536000"), refused("Fri, 31 Dec 1999")]);
        let session = Session::new();
        let key = DeviceKey::from_seed([7; 32]);
        let peer = Peer { server, device: DeviceId(1), key };
        let rests = [540..=600, 840..=900, 0..=0];
        for expected in rests {
            session.conditions().rest_for(Duration::ZERO);
            let error = session.sync(&peer, &Request::idle("tests")).map(|_| ()).unwrap_err();
            assert!(error.retry_helps());
            let rest = session.conditions().rest().as_secs_f64().ceil() as u64;
            assert!(expected.contains(&rest), "{rest}");
        }
    }

    #[test]
    fn after_answers_that_broke_off_the_phone_asks_for_less_and_then_for_more_again() {
        let whole = zstd::encode_all(&[0xa0_u8; 400][..], 3).unwrap();
        let server = serve(vec![
            json(r#"{"nonce":"00"}"#),
            json(r#"{"token":"t","expires_in_s":600}"#),
            zstd(&whole[..whole.len() / 2], whole.len()),
            zstd(&whole[..whole.len() / 2], whole.len()),
            zstd(&whole, whole.len()),
        ]);
        let session = Session::new();
        let key = DeviceKey::from_seed([7; 32]);
        let peer = Peer { server, device: DeviceId(1), key };
        let most = Limits::PHONE.bytes;
        for expected in [most / 2, most / 4, most / 2] {
            assert!(session.sync(&peer, &Request::idle("tests")).is_err(), "it is no answer");
            assert_eq!(session.limits().bytes, expected);
        }
    }
}
