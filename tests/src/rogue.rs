//! Changes that no honest phone makes: written into the document past every check.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, Change, ExpandedChange, ObjId, ObjType, ROOT, ReadDoc};
use sync_protocol::document::Document;
use sync_protocol::ids::Actor;

/// A change that does to a document whatever it is told.
pub fn change(document: &Document, actor: Actor, act: impl FnOnce(&mut AutoCommit)) -> Vec<u8> {
    let mut inner = AutoCommit::load(&document.clone().save()).expect("a document");
    inner.set_actor(ActorId::from(actor.as_bytes()));
    act(&mut inner);
    inner.commit_with(CommitOptions::default().with_time(1_795_000_000));
    inner.get_last_local_change().expect("it did something").raw_bytes().to_vec()
}

/// A change that sets a free text to whatever it is given.
pub fn text(document: &Document, actor: Actor, key: &str, text: &str) -> Vec<u8> {
    change(document, actor, |inner| set_text(inner, key, text))
}

/// Sets a free text, within a change.
pub fn set_text(inner: &mut AutoCommit, key: &str, text: &str) {
    let object = text_object(inner, key);
    inner.update_text(&object, text).expect("a text is edited");
}

/// Sets a key, whatever it is, within a change.
pub fn set(inner: &mut AutoCommit, key: &str, value: &str) {
    inner.put(ROOT, key, value).expect("a value is put");
}

/// A change taken apart, altered and put together again, its checksum right.
pub fn forge(bytes: &[u8], alter: impl FnOnce(&mut ExpandedChange)) -> Vec<u8> {
    let mut change = Change::from_bytes(bytes.to_vec()).expect("a change").decode();
    alter(&mut change);
    Change::from(change).raw_bytes().to_vec()
}

/// A change in Automerge's compressed form: a key that is set to so many equal characters.
pub fn deflated(document: &Document, actor: Actor, key: &str, characters: usize) -> Vec<u8> {
    let plain = change(document, actor, |inner| {
        inner.put(ROOT, key, "a".repeat(characters)).expect("a value is put");
    });
    let mut whole = Change::from_bytes(plain).expect("a change");
    whole.bytes().into_owned()
}

/// The genesis change of a table that nobody has, and an edit upon it.
pub fn other_genesis(actor: Actor) -> (Vec<u8>, Vec<u8>) {
    let mut inner = AutoCommit::new().with_actor(ActorId::from([0_u8; 12]));
    inner.put(ROOT, "schema", 2).expect("a value is put");
    inner.put_object(ROOT, "notes", ObjType::Text).expect("a text is made");
    inner.put_object(ROOT, "diary", ObjType::Text).expect("a text is made");
    inner.commit_with(CommitOptions::default().with_time(0));
    let genesis = inner.get_last_local_change().expect("a change").raw_bytes().to_vec();
    inner.set_actor(ActorId::from(actor.as_bytes()));
    inner.put(ROOT, "use", "shop").expect("a value is put");
    inner.commit_with(CommitOptions::default().with_time(1_795_000_000));
    let edit = inner.get_last_local_change().expect("a change").raw_bytes().to_vec();
    (genesis, edit)
}

fn text_object(inner: &AutoCommit, key: &str) -> ObjId {
    inner.get(ROOT, key).expect("a document").expect("the genesis change made the text").1
}
