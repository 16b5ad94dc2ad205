//! Clients that want to be served alone, or want nobody to be served: slow ones, many at once, floods.

mod flood;
mod given_up;
mod headers;
mod logs;
mod slow;

use std::time::{Duration, Instant};

use doorstep_tests::bare_phone::agent;
use serde_json::Value as Json;

/// An answer: its status, how long to wait, its body.
struct Answer {
    status: u16,
    retry_after: Option<u64>,
    body: String,
}

impl Answer {
    fn code(&self) -> String {
        let body: Json = serde_json::from_str(&self.body).expect("an error is JSON");
        body["code"].as_str().expect("a code").to_owned()
    }
}

/// Gets a page; `from` is what a proxy says of where the request comes from.
fn get(url: &str, from: Option<&str>) -> Answer {
    let mut request = agent().get(url);
    if let Some(from) = from {
        request = request.header("x-forwarded-for", from);
    }
    read(request.call().expect("the server answers"))
}

fn read(mut answer: ureq::http::Response<ureq::Body>) -> Answer {
    let wait = answer.headers().get("retry-after");
    let retry_after = wait.map(|wait| wait.to_str().unwrap().parse().unwrap());
    let status = answer.status().as_u16();
    Answer { status, retry_after, body: answer.body_mut().read_to_string().unwrap() }
}

/// Asks until it is so: what others do on their own threads comes to pass when it does.
pub(crate) fn until(mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never came to that");
    }
}
