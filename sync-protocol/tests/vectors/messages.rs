//! Messages: the bytes in the files are read, told in words, and written again.

use serde_json::Value as Json;
use sync_protocol::wire::{Outcome, Request, Response, decode, encode};

use crate::files::{bytes, list, page, text};
use crate::items::with_unknown_key;
use crate::made::describe;

type Read = Result<(Json, Vec<u8>), minicbor::decode::Error>;

/// A message told in words, and its bytes as our encoder writes it.
fn read(vector: &Json) -> Read {
    read_as(text(vector, "rule"), &bytes(vector, "cbor"))
}

fn read_as(rule: &str, bytes: &[u8]) -> Read {
    match rule {
        "request" => decode(bytes).map(|m: Request| (describe::request(&m), encode(&m))),
        _ => decode(bytes).map(|m: Response| (describe::response(&m), encode(&m))),
    }
}

#[test]
fn a_message_is_read_and_written_again_to_the_same_bytes() {
    for vector in list("messages.json", "messages") {
        let (told, again) = read(&vector).unwrap();
        assert_eq!(told, vector["message"], "{}", vector["name"]);
        assert_eq!(again, bytes(&vector, "cbor"), "{}", vector["name"]);
    }
}

#[test]
fn what_is_not_known_is_passed_over_and_what_is_left_out_has_its_default() {
    for vector in list("shapes.json", "read") {
        let (told, _) = read(&vector).unwrap();
        assert_eq!(told, vector["message"], "{}", vector["name"]);
    }
    for vector in list("shapes.json", "read_inside") {
        let response: Response = decode(&bytes(&vector, "cbor")).unwrap();
        assert_eq!(response.verdicts[0], Outcome::Accepted { seq: 77 });
    }
}

#[test]
fn what_cannot_be_read_is_an_error() {
    for vector in list("shapes.json", "unreadable") {
        assert!(read(&vector).is_err(), "{}", vector["name"]);
    }
}

#[test]
fn a_key_that_is_not_known_changes_nothing_wherever_it_stands() {
    let mut tried = 0;
    for vector in list("messages.json", "messages") {
        for longer in with_unknown_key(&bytes(&vector, "cbor")) {
            let (told, again) = read_as(text(&vector, "rule"), &longer).unwrap();
            assert_eq!(told, vector["message"], "{}", vector["name"]);
            assert_eq!(again, bytes(&vector, "cbor"), "{}", vector["name"]);
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried} maps");
}

#[test]
fn every_variant_is_in_the_vectors() {
    let vectors = page("vectors/messages.json");
    let outcomes = ["accepted", "duplicate", "rejected", "retry", "held", "dismissed"];
    let others = ["granted", "revoked", "role_changed", "snapshot", "change", "own", "moved"];
    for variant in outcomes.into_iter().chain(others) {
        assert!(vectors.contains(&format!("\"{variant}\": {{")), "{variant}");
    }
}
