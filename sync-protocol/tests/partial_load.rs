//! A document of which a part is missing or broken is an error, never a shorter record: Automerge's
//! own incremental loading drops a bad tail without a word.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it is wrong")]

use sync_protocol::document::Document;
use sync_protocol::ids::{Actor, DeviceId};
use sync_protocol::records::{Kind, Value};

/// A document of several changes, and its next change beside it.
fn scene() -> (Document, Vec<u8>) {
    let mut document = Document::genesis(Kind::Premises).unwrap();
    let actor = Actor::new(DeviceId(1), 1);
    for rooms in 1..=5 {
        let values = [("rooms".to_owned(), rooms.into()), ("notes".to_owned(), "门铃".into())];
        document.edit(actor, 1, &values).unwrap().unwrap();
    }
    let next = [("use".to_owned(), Value::from("shop"))];
    let next = document.clone().edit(actor, 2, &next).unwrap().unwrap().bytes;
    (document, next)
}

#[test]
fn partial_load_is_an_error_wherever_the_document_is_cut_or_flipped() {
    let whole = scene().0.save();
    assert!(Document::load(Kind::Premises, &whole).is_ok());
    for end in 1..whole.len() {
        assert!(Document::load(Kind::Premises, &whole[..end]).is_err(), "cut at {end}");
    }
    for place in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[place] ^= 0x10;
        assert!(Document::load(Kind::Premises, &flipped).is_err(), "flipped at {place}");
    }
}

#[test]
fn partial_load_is_an_error_where_a_change_behind_the_document_is_bad() {
    let (mut document, next) = scene();
    let saved = document.save();
    let with = |tail: &[u8]| Document::load(Kind::Premises, &[saved.as_slice(), tail].concat());
    let heads = with(&next).unwrap().heads();
    assert_ne!(heads, document.heads());
    for end in 1..next.len() {
        assert!(with(&next[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn partial_load_of_nothing_is_no_record() {
    // No bytes are Automerge's empty document: without its genesis it is no record of ours. Neither
    // is a record of another kind.
    assert!(Document::load(Kind::Premises, &[]).is_err());
    let mut visit = Document::genesis(Kind::Visit).unwrap();
    assert!(Document::load(Kind::Premises, &visit.save()).is_err());
}
