//! Bodies that are not JSON: read up to a cap while they stream in, inflated up to another.

use std::cell::RefCell;
use std::io::Read;

use actix_web::HttpResponse;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_ENCODING, HeaderMap};
use actix_web::web::Payload;
use futures_util::StreamExt as _;
use sync_protocol::codes;
use sync_protocol::wire::{Request, Response, decode, encode, limits};
use zstd::bulk::Decompressor;
use zstd::stream::read::Decoder;
use zstd::zstd_safe;

use super::error::ApiError;
use super::limits::was_too_slow;

/// Largest window that a zstd body may ask for, as a power of two: the inflated cap.
const WINDOW_LOG: u32 = 23;

/// How hard answers are compressed. 5,000 documents with words of their own, 9 MB, measured on
/// 2026-11-22: level 3 makes 1,017 kB of them in 40 ms, 6 makes 872 kB in 120 ms, 9 makes 826 kB in
/// 150 to 270 ms.
const LEVEL: i32 = 6;

/// Reads a body of at most `most` bytes.
///
/// # Errors
/// [`codes::BODY_TOO_LARGE`] as soon as it is longer; [`codes::BODY_NOT_READABLE`] when it breaks off;
/// [`codes::BODY_TOO_SLOW`].
pub(super) async fn read(mut payload: Payload, most: usize) -> Result<Vec<u8>, ApiError> {
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| broken(&error))?;
        if body.len() + chunk.len() > most {
            return Err(ApiError::refused(&codes::BODY_TOO_LARGE));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Why a body did not come whole.
pub(super) fn broken(error: &PayloadError) -> ApiError {
    let too_slow = was_too_slow(error);
    ApiError::refused(if too_slow { &codes::BODY_TOO_SLOW } else { &codes::BODY_NOT_READABLE })
}

/// Reads a sync request out of a body.
///
/// # Errors
/// [`codes::BODY_TOO_LARGE`] when it inflates past its cap; [`codes::BODY_NOT_READABLE`] when it is
/// no zstd or no CBOR.
pub(super) fn request(headers: &HeaderMap, body: Vec<u8>) -> Result<Request, ApiError> {
    let zstd = headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "zstd");
    let bytes = if zstd { inflate(&body)? } else { body };
    decode(&bytes).map_err(|_| ApiError::refused(&codes::BODY_NOT_READABLE))
}

fn inflate(body: &[u8]) -> Result<Vec<u8>, ApiError> {
    // Most bodies say how large they are: they are inflated into just that room, without a window.
    if let Ok(Some(said)) = zstd_safe::get_frame_content_size(body) {
        if said > limits::INFLATED_BYTES as u64 {
            return Err(ApiError::refused(&codes::BODY_TOO_LARGE));
        }
        if let Some(bytes) = inflate_one(body, usize::try_from(said).unwrap_or_default()) {
            return Ok(bytes);
        }
    }
    inflate_stream(body)
}

thread_local! {
    /// To make one for every request costs more than to inflate most of them.
    static INFLATER: RefCell<Option<Decompressor<'static>>> =
        RefCell::new(Decompressor::new().ok());
}

/// A body of one frame that says how large it is; nothing if it is not that.
fn inflate_one(body: &[u8], said: usize) -> Option<Vec<u8>> {
    INFLATER.with_borrow_mut(|inflater| inflater.as_mut()?.decompress(body, said).ok())
}

/// A body of several frames, or of one that does not say how large it is.
fn inflate_stream(body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    let unreadable = |_| ApiError::refused(&codes::BODY_NOT_READABLE);
    let mut decoder = Decoder::with_buffer(body).map_err(unreadable)?;
    decoder.window_log_max(WINDOW_LOG).map_err(unreadable)?;
    let most = limits::INFLATED_BYTES as u64 + 1;
    decoder.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > limits::INFLATED_BYTES {
        return Err(ApiError::refused(&codes::BODY_TOO_LARGE));
    }
    Ok(bytes)
}

/// A sync answer as bytes.
///
/// # Errors
/// [`codes::INTERNAL`] when zstd cannot compress; none is expected.
pub(super) fn response(response: Response) -> Result<Vec<u8>, ApiError> {
    let bytes = encode(&response);
    // Some of them are large: what is encoded is not kept while it is compressed.
    drop(response);
    zstd::bulk::compress(&bytes, LEVEL).map_err(|_| ApiError::refused(&codes::INTERNAL))
}

/// The HTTP answer of such bytes.
pub(super) fn answer(bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/cbor")
        .insert_header((CONTENT_ENCODING, "zstd"))
        .body(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inflate_bomb_is_cut_off_at_the_cap() {
        let bomb = zstd::bulk::compress(&vec![0; 64 * 1024 * 1024], 3).unwrap();
        assert!(bomb.len() < limits::BODY_BYTES);
        assert_eq!(inflate(&bomb).unwrap_err().to_string(), codes::BODY_TOO_LARGE.message.en);
        assert_eq!(
            inflate(b"no zstd").unwrap_err().to_string(),
            codes::BODY_NOT_READABLE.message.en
        );
    }

    #[test]
    fn one_frame_or_several_that_say_their_size_or_not_are_inflated_alike() {
        let frame = |bytes: &[u8]| zstd::bulk::compress(bytes, 3).unwrap();
        assert_eq!(inflate(&frame(b"one")).unwrap(), b"one");
        assert_eq!(inflate(&[frame(b"one"), frame(b"two")].concat()).unwrap(), b"onetwo");
        let unsized_frame = zstd::stream::encode_all(&b"streamed"[..], 3).unwrap();
        assert_eq!(zstd_safe::get_frame_content_size(&unsized_frame).unwrap(), None);
        assert_eq!(inflate(&unsized_frame).unwrap(), b"streamed");
    }
}
