//! Nothing new in 25 areas: what it costs to learn that.

use sync_protocol::wire::{Request, encode};

use crate::cold::AREAS;
use crate::fetching::fetch_all;
use crate::figure;
use crate::filled::filled;

/// Requests to average the processor time over.
const REQUESTS: usize = 200;

/// Measures it.
pub(crate) fn idle() {
    let (district, _) = filled(AREAS);
    let phone = district.bare_phone(&district.areas);
    let mut request = Request::idle("bench");
    request.configuration = Some(0);
    request.badge = Some(0);
    request.areas = fetch_all(&phone, Vec::new()).cursors;
    let body = zstd::bulk::compress(&encode(&request), 3).unwrap();
    let answer = phone.post_sync(&body);
    figure::tell("idle_wire_bytes", "bytes", vec![(body.len() + answer.body.len()) as f64]);
    let cpu = district.cpu();
    for _ in 0..REQUESTS {
        phone.post_sync(&body);
    }
    let ms = (district.cpu() - cpu) * 1000.0 / REQUESTS as f64;
    figure::tell("idle_cpu_ms", "ms", vec![ms]);
}
