//! Waiting for news: a cheap question that the server answers when an area's log grows. Any answer
//! can be lost; all that it costs is time.

use std::time::{Duration, Instant};

use super::pacing::Pacing;
use super::{enrolled, peer};
use crate::error::CoreError;
use crate::store::{Store, areas};
use crate::transport::Session;

/// The longest that one question stays open: proxies cut off what is quiet for a minute.
const POLL: Duration = Duration::from_secs(25);

/// The same with a low battery: as long as a server waits at all.
const SPARING_POLL: Duration = Duration::from_secs(50);

/// The longest that anybody waits.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Waits until there is something to fetch, at most so long. An error means that it is not known.
pub(crate) fn for_news(store: &Store, session: &Session, most: Duration) -> bool {
    let deadline = Instant::now() + most.min(LONGEST);
    let mut pacing = Pacing::default();
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        let asked = Instant::now();
        let low = session.conditions().battery_is_low();
        let poll = left.min(if low { SPARING_POLL } else { POLL });
        match ask(store, session, poll) {
            Ok(true) => return true,
            Ok(false) if asked.elapsed() >= poll / 2 => pacing = Pacing::default(),
            // An error, or a server that does not wait: it is not asked without a pause.
            _ => {
                let left = deadline.saturating_duration_since(Instant::now());
                let pause = pacing.next(rand::random()).max(session.conditions().rest());
                std::thread::sleep(pause.min(left));
            }
        }
    }
}

fn ask(store: &Store, session: &Session, most: Duration) -> Result<bool, CoreError> {
    let device = enrolled(store)?;
    let cursors = store.read(areas::cursors)?;
    let heads = cursors.iter().map(|at| (at.area, at.cursor));
    Ok(session.wait(&peer(&device), heads, most)?)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpListener;

    use sync_protocol::records::Role;

    use crate::testing::{AREA, Phone};

    /// A server that answers one request after another, each on a connection of its own; it hands
    /// back what was asked of it.
    fn serve(
        answers: &'static [&'static str],
    ) -> (String, std::thread::JoinHandle<Vec<(String, String)>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = format!("http://{}", listener.local_addr().unwrap());
        let answer = move || {
            let one = |answer: &&str| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut first, mut length) = (String::new(), 0);
                reader.read_line(&mut first).unwrap();
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    let line = line.trim().to_ascii_lowercase();
                    if line.is_empty() {
                        break;
                    }
                    if let Some(bytes) = line.strip_prefix("content-length:") {
                        length = bytes.trim().parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
                write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{answer}", answer.len())
                    .unwrap();
                (first, String::from_utf8(body).unwrap())
            };
            answers.iter().map(one).collect()
        };
        (server, std::thread::spawn(answer))
    }

    #[test]
    fn news_end_the_wait_at_once() {
        let (server, asked) = serve(&[
            r#"{"nonce":"00"}"#,
            r#"{"token":"t","expires_in_s":600}"#,
            r#"{"news":false}"#,
            r#"{"news":true}"#,
        ]);
        let phone = Phone::new(1, &[Role::Coordinator]);
        phone.speak_to(&server);
        assert!(phone.client.wait_for_news(600_000));
        let asked = asked.join().unwrap();
        assert!(asked[3].0.starts_with("POST /v1/wait "));
        let body: serde_json::Value = serde_json::from_str(&asked[2].1).unwrap();
        let areas = serde_json::json!([{ "area": AREA.to_string(), "head": 0 }]);
        assert_eq!((&body["areas"], &body["timeout_ms"]), (&areas, &25_000.into()));
    }

    #[test]
    fn with_a_low_battery_the_server_is_asked_half_as_often() {
        let (server, asked) = serve(&[
            r#"{"nonce":"00"}"#,
            r#"{"token":"t","expires_in_s":600}"#,
            r#"{"news":true}"#,
        ]);
        let phone = Phone::new(1, &[Role::Coordinator]);
        phone.speak_to(&server);
        phone.client.hints(false, true);
        assert!(phone.client.wait_for_news(600_000));
        let body: serde_json::Value = serde_json::from_str(&asked.join().unwrap()[2].1).unwrap();
        assert_eq!(body["timeout_ms"], 50_000);
    }

    #[test]
    fn a_server_that_is_not_there_has_no_news_and_nothing_is_lost() {
        let phone = Phone::new(1, &[Role::Coordinator]);
        phone.open_home(&[("address", "A")]);
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        phone.speak_to(&format!("http://{closed}"));
        assert!(!phone.client.wait_for_news(50));
        assert_eq!(phone.client.status().unwrap().on_this_phone, 1);
    }
}
