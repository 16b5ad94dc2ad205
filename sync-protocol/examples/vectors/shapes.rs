//! Messages that other implementations may send: every one is read as the plain message that it
//! stands for, or cannot be read. What is not known is passed over.

use minicbor::Encoder;
use minicbor::encode::Error;
use serde_json::{Value as Json, json};
use sync_protocol::wire::{Request, encode};

use super::cast::hex;
use super::{Failure, describe};

type Written = Result<Vec<u8>, Error<std::convert::Infallible>>;

/// `shapes.json`.
pub(crate) fn vectors() -> Result<Json, Failure> {
    let plain = Request::idle("vectors 1.0");
    let read = |name: &str, bytes: Vec<u8>| json!({ "name": name, "rule": "request", "cbor": hex(&bytes), "message": describe::request(&plain) });
    let cannot = |name: &str, rule: &str, bytes: Vec<u8>| json!({ "name": name, "rule": rule, "cbor": hex(&bytes) });
    let whole = encode(&plain);
    let cut = whole.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default();
    Ok(json!({
        "read": [
            read("as our own encoder writes it", whole.clone()),
            read("unknown keys, with values of any type", unknown_keys()?),
            read("keys in another order", other_order()?),
            read("optional keys that are null", nulls()?),
            read("keys with a default left out", defaults()?),
            read("a map and arrays of indefinite length", indefinite()?),
        ],
        "read_inside": [inside("one element more in an outcome", outcome()?)],
        "unreadable": [
            cannot("a required key is missing", "request", missing()?),
            cannot("a key that is text", "request", text_key()?),
            cannot("a required key that is null", "request", null_required()?),
            cannot("a server's life of 15 bytes", "request", short_epoch()?),
            cannot("a message cut short", "request", cut),
            cannot("an outcome that version 1 does not know", "response", unknown_outcome()?),
        ],
    }))
}

fn inside(name: &str, bytes: Vec<u8>) -> Json {
    json!({ "name": name, "rule": "response", "cbor": hex(&bytes) })
}

/// Keys 0, 1 and 2 as they stand in [`Request::idle`].
fn beginning(e: &mut Encoder<Vec<u8>>) -> Result<(), Error<std::convert::Infallible>> {
    e.u8(0)?.u8(1)?.u8(1)?.u8(1)?.u8(2)?.str("vectors 1.0")?;
    Ok(())
}

fn unknown_keys() -> Written {
    let mut e = Encoder::new(Vec::new());
    e.map(10)?;
    beginning(&mut e)?;
    e.u8(5)?.array(0)?.u8(7)?.array(0)?.u8(9)?.u8(0)?;
    e.u8(10)?.str("later")?.u8(200)?.map(1)?.str("any")?.array(2)?.bytes(&[1, 2])?.null()?;
    e.u32(70_000)?.f64(1.5)?.u64(1 << 40)?.bool(true)?;
    Ok(e.into_writer())
}

fn other_order() -> Written {
    let mut e = Encoder::new(Vec::new());
    e.map(6)?.u8(9)?.u8(0)?.u8(7)?.array(0)?.u8(5)?.array(0)?;
    beginning(&mut e)?;
    Ok(e.into_writer())
}

fn nulls() -> Written {
    let mut e = Encoder::new(Vec::new());
    e.map(10)?;
    beginning(&mut e)?;
    e.u8(3)?.null()?.u8(4)?.null()?.u8(5)?.array(0)?.u8(6)?.null()?;
    e.u8(7)?.array(0)?.u8(8)?.null()?.u8(9)?.u8(0)?;
    Ok(e.into_writer())
}

fn defaults() -> Written {
    let mut e = Encoder::new(Vec::new());
    e.map(5)?;
    beginning(&mut e)?;
    e.u8(5)?.array(0)?.u8(7)?.array(0)?;
    Ok(e.into_writer())
}

fn indefinite() -> Written {
    let mut e = Encoder::new(Vec::new());
    e.begin_map()?;
    beginning(&mut e)?;
    e.u8(5)?.begin_array()?.end()?.u8(7)?.begin_array()?.end()?.end()?;
    Ok(e.into_writer())
}

fn missing() -> Written {
    let mut e = Encoder::new(Vec::new());
    e.map(4)?;
    beginning(&mut e)?;
    e.u8(5)?.array(0)?;
    Ok(e.into_writer())
}

fn text_key() -> Written {
    let mut e = Encoder::new(Vec::new());
    e.map(6)?;
    beginning(&mut e)?;
    e.u8(5)?.array(0)?.u8(7)?.array(0)?.str("later")?.u8(0)?;
    Ok(e.into_writer())
}

fn null_required() -> Written {
    let mut e = Encoder::new(Vec::new());
    e.map(5)?;
    beginning(&mut e)?;
    e.u8(5)?.null()?.u8(7)?.array(0)?;
    Ok(e.into_writer())
}

fn short_epoch() -> Written {
    let mut e = Encoder::new(Vec::new());
    e.map(6)?;
    beginning(&mut e)?;
    e.u8(3)?.bytes(&[0xe0; 15])?.u8(5)?.array(0)?.u8(7)?.array(0)?;
    Ok(e.into_writer())
}

/// A response up to the value of its verdicts.
fn answer(e: &mut Encoder<Vec<u8>>) -> Result<(), Error<std::convert::Infallible>> {
    e.map(8)?.u8(0)?.u8(1)?.u8(1)?.bytes(&[0xe0; 16])?.u8(2)?.u8(0)?.u8(3)?.u8(0)?;
    e.u8(4)?.map(2)?.u8(0)?.u8(1)?.u8(1)?.u8(1)?;
    e.u8(6)?.array(0)?.u8(7)?.array(0)?.u8(5)?.array(1)?;
    Ok(())
}

fn outcome() -> Written {
    let mut e = Encoder::new(Vec::new());
    answer(&mut e)?;
    e.array(2)?.u8(0)?.array(2)?.u8(77)?.str("later")?;
    Ok(e.into_writer())
}

fn unknown_outcome() -> Written {
    let mut e = Encoder::new(Vec::new());
    answer(&mut e)?;
    e.map(3)?.u8(0)?.bytes(&[1; 16])?.u8(1)?.bytes(&[2; 32])?;
    e.u8(2)?.array(2)?.u8(99)?.array(1)?.u8(77)?;
    Ok(e.into_writer())
}
