//! Hashes, derived ids, statements and signatures, worked out from the vectors' own inputs by the
//! words of docs/protocol.md, with the hash functions alone.

use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::files::{bytes, list, text, vectors};
use crate::made::cast::hex;

fn number(vector: &Json, key: &str) -> [u8; 8] {
    match &vector[key] {
        Json::Number(number) => number.as_u64().unwrap().to_be_bytes(),
        told => u64::from_str_radix(told.as_str().unwrap(), 16).unwrap().to_be_bytes(),
    }
}

fn sha256(parts: &[&[u8]]) -> Vec<u8> {
    Sha256::digest(parts.concat()).to_vec()
}

#[test]
fn a_genesis_changes_name_is_the_hash_of_its_chunk() {
    for kind in list("genesis.json", "kinds") {
        let bytes = bytes(&kind, "bytes");
        let hash = sha256(&[&bytes[8..]]);
        assert_eq!(hex(&hash), text(&kind, "hash"));
        assert_eq!(bytes[..4], [0x85, 0x6f, 0x4a, 0x83]);
        assert_eq!(bytes[4..8], hash[..4]);
        assert_eq!(bytes[8], 1);
    }
}

#[test]
fn record_ids_follow_from_what_a_record_is_about() {
    for home in list("ids.json", "premises") {
        let id = sha256(&[b"doorstep premises\0", text(&home, "normalised").as_bytes()]);
        assert_eq!(hex(&id[..16]), text(&home, "record"));
    }
    for stay in list("ids.json", "residency") {
        let mut mac = Hmac::<Sha256>::new_from_slice(&bytes(&stay, "area_key")).unwrap();
        mac.update(b"doorstep residency\0");
        mac.update(&bytes(&stay, "premises"));
        mac.update(text(&stay, "normalised").as_bytes());
        assert_eq!(hex(&mac.finalize().into_bytes()[..16]), text(&stay, "record"));
    }
    for actor in list("ids.json", "actors") {
        let incarnation = u32::try_from(actor["incarnation"].as_u64().unwrap()).unwrap();
        let expected = [&number(&actor, "device")[..], &incarnation.to_be_bytes()].concat();
        assert_eq!(hex(&expected), text(&actor, "actor"));
    }
}

#[test]
fn each_chain_value_covers_the_one_before() {
    let chain = vectors("chain.json");
    let area: u64 = text(&chain, "area").parse().unwrap();
    let mut value = sha256(&[b"doorstep chain 1\0", &area.to_be_bytes()]);
    assert_eq!(hex(&value), text(&chain, "start"));
    for link in list("chain.json", "links") {
        value = sha256(&[
            &value,
            &number(&link, "seq"),
            &bytes(&link, "record"),
            &bytes(&link, "change"),
            &number(&link, "device"),
            &number(&link, "received_at"),
        ]);
        assert_eq!(hex(&value), text(&link, "chain"));
    }
}

#[test]
fn a_move_and_an_erasure_leave_these_entries() {
    let area = |vector: &Json, key: &str| text(vector, key).parse::<u64>().unwrap().to_be_bytes();
    let entries = list("chain.json", "entries");
    let [left, came, erased] = entries.as_slice() else { panic!("three entries") };
    let entry = &left["departed"];
    let parts: [&[u8]; 5] = [
        b"doorstep departed 1\0",
        &area(entry, "area"),
        &number(entry, "seq"),
        &bytes(entry, "record"),
        &area(entry, "to"),
    ];
    assert_eq!(hex(&parts.concat()), text(left, "bytes"));
    let entry = &came["arrived"];
    let copied: Vec<u8> = entry["changes"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|hash| crate::files::unhex(hash.as_str().unwrap()))
        .collect();
    let parts: [&[u8]; 8] = [
        b"doorstep arrived 1\0",
        &area(entry, "area"),
        &number(entry, "seq"),
        &bytes(entry, "record"),
        &area(entry, "from"),
        &number(entry, "from_seq"),
        &bytes(entry, "from_chain"),
        &copied,
    ];
    assert_eq!(hex(&parts.concat()), text(came, "bytes"));
    let entry = &erased["erased"];
    let parts: [&[u8]; 6] = [
        b"doorstep erased 2\0",
        &area(entry, "area"),
        &number(entry, "seq"),
        &bytes(entry, "record"),
        &number(entry, "at"),
        &[u8::try_from(entry["cause"].as_u64().unwrap()).unwrap()],
    ];
    assert_eq!(hex(&parts.concat()), text(erased, "bytes"));
    for entry in [left, came, erased] {
        assert_eq!(hex(&sha256(&[&bytes(entry, "bytes")])), text(entry, "name"));
    }
}

#[test]
fn a_device_signs_these_bytes() {
    let signed = vectors("signatures.json");
    let key = SigningKey::from_bytes(&bytes(&signed, "seed").try_into().unwrap());
    assert_eq!(hex(key.verifying_key().as_bytes()), text(&signed, "public_key"));
    let device = number(&signed, "device");
    let holds = |vector: &Json, statement: Vec<u8>| {
        assert_eq!(hex(&statement), text(vector, "statement"));
        assert_eq!(hex(&key.sign(&statement).to_bytes()), text(vector, "signature"));
        let signature = bytes(vector, "signature");
        assert!(sync_protocol::keys::verify(
            key.verifying_key().as_bytes(),
            &statement,
            &signature
        ));
    };
    let token = &signed["token"];
    holds(token, [b"doorstep token 1\0".as_slice(), &device, &bytes(token, "nonce")].concat());
    let badge = &signed["badge"];
    let (second, code) = (number(badge, "second"), bytes(badge, "code"));
    let statement = [b"doorstep badge 1\0".as_slice(), &device, &second].concat();
    assert_eq!(hex(&statement), text(badge, "statement"));
    let signature = key.sign(&statement).to_bytes();
    assert_eq!(code, [&[1], &device[..], &second, &signature].concat());
    for push in list("signatures.json", "pushes") {
        let hashes = push["hashes"].as_array().unwrap().iter();
        let hashes: Vec<u8> =
            hashes.flat_map(|hash| crate::files::unhex(hash.as_str().unwrap())).collect();
        let parts: [&[u8]; 4] =
            [b"doorstep push 1\0", &device, &bytes(&push, "push_id"), &sha256(&[&hashes])];
        holds(&push, parts.concat());
    }
}
