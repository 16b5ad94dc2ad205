//! Changes that no honest phone makes: written into the document past every check.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, ObjId, ROOT, ReadDoc};
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
    change(document, actor, |inner| {
        let object = text_object(inner, key);
        inner.update_text(&object, text).expect("a text is edited");
    })
}

fn text_object(inner: &AutoCommit, key: &str) -> ObjId {
    inner.get(ROOT, key).expect("a document").expect("the genesis change made the text").1
}
