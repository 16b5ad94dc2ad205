//! docs/protocol.cddl: it admits every message that the code writes or reads, and no other.
//!
//! By `cddl-cat`: it knows all of RFC 8610 that the page uses and brings few crates along. The
//! `cddl` crate, tried in November 2026 as its Python binding (pycddl 0.6.4) has it, refuses a choice
//! between arrays that hold arrays, which is what every variant is; alone it brings far more along.

use cddl_cat::{ValidateResult, validate_cbor_bytes};
use serde_json::Value as Json;

use crate::files::{bytes, list, page, text};
use crate::items::{end_of, heads, with_unknown_key};

fn validate(vector: &Json) -> ValidateResult {
    validate_cbor_bytes(text(vector, "rule"), &page("protocol.cddl"), &bytes(vector, "cbor"))
}

#[test]
fn every_message_is_of_the_schema() {
    let lists =
        [("messages.json", "messages"), ("shapes.json", "read"), ("shapes.json", "read_inside")];
    for (file, key) in lists {
        for vector in list(file, key) {
            validate(&vector).unwrap_or_else(|error| panic!("{}: {error}", vector["name"]));
        }
    }
}

#[test]
fn a_key_that_is_not_known_may_stand_in_every_map() {
    let schema = page("protocol.cddl");
    for vector in list("messages.json", "messages") {
        for longer in with_unknown_key(&bytes(&vector, "cbor")) {
            validate_cbor_bytes(text(&vector, "rule"), &schema, &longer).unwrap();
        }
    }
}

#[test]
fn what_the_code_cannot_read_is_not_of_the_schema() {
    for vector in list("shapes.json", "unreadable") {
        assert!(validate(&vector).is_err(), "{}", vector["name"]);
    }
}

/// The schema is no sieve: a message of which any one item, key or value, became a floating-point
/// number is refused. Every item is tried in turn.
#[test]
fn an_item_of_another_type_is_refused() {
    let schema = page("protocol.cddl");
    for vector in list("messages.json", "messages") {
        let good = bytes(&vector, "cbor");
        for place in heads(&good) {
            let mut wrong = good[..place].to_vec();
            wrong.extend([0xf9, 0x3e, 0x00]);
            wrong.extend(&good[end_of(&good, place)..]);
            let judged = validate_cbor_bytes(text(&vector, "rule"), &schema, &wrong);
            assert!(judged.is_err(), "{} with a float at byte {place}", vector["name"]);
        }
    }
}
