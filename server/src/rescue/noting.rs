//! What the audit trail says of a bundle: that it begins to be taken in, before anything of it is kept, and
//! what had been taken in at its end, however it ended.

use sync_protocol::codes::Code;
use sync_protocol::ids::DeviceId;

use super::TakeInError;
use super::report::HandedIn;
use crate::store::Store;
use crate::trail::{About, Act, Actor, Entry, Origin, note_apart};
use crate::work;

/// Who hands a bundle in, from where and when, and what was noted of it.
#[derive(Debug)]
pub(super) struct Noting {
    store: Store,
    actor: Actor,
    origin: Origin,
    at: i64,
    is_begun: bool,
}

impl Noting {
    /// Before anything is known of the bundle.
    pub(super) fn new(store: Store, (actor, origin): (Actor, Origin), at: i64) -> Self {
        Self { store, actor, origin, at, is_begun: false }
    }

    /// Something of a device's is about to be kept: noted once.
    pub(super) async fn begin(&mut self, device: DeviceId) -> Result<(), TakeInError> {
        if !self.is_begun {
            self.note(self.entry(Act::RescueBegun, device)).await?;
            self.is_begun = true;
        }
        Ok(())
    }

    /// It has ended, well or not.
    pub(super) async fn end(
        &self,
        device: DeviceId,
        handed_in: &HandedIn,
        why: Option<&'static Code>,
    ) -> Result<(), TakeInError> {
        let entry = handed_in.said_in(self.entry(Act::RescueHandedIn, device));
        self.note(why.into_iter().fold(entry, Entry::refused)).await
    }

    fn entry(&self, act: Act, device: DeviceId) -> Entry {
        let entry = Entry::new(act, self.actor.clone(), self.at);
        entry.about(About::Device(device)).from(self.origin)
    }

    async fn note(&self, entry: Entry) -> Result<(), TakeInError> {
        let store = self.store.clone();
        work::block(move || note_apart(&store, &entry)).await??;
        Ok(())
    }
}
