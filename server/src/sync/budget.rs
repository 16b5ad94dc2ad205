//! What is left of what a phone can take in one answer.

use sync_protocol::wire::{Item, Limits, Request};

/// What is left of what the phone can take in this answer.
pub(super) struct Budget {
    pub(super) items: usize,
    pub(super) bytes: usize,
}

impl Budget {
    /// What a phone says that it can take, within what a server gives.
    pub(super) fn of(request: &Request) -> Self {
        let asked = request.limits.unwrap_or(Limits::PHONE);
        let within = |asked: u64, most: u64| usize::try_from(asked.min(most)).unwrap_or_default();
        Self {
            items: within(asked.items, Limits::PHONE.items).max(1),
            bytes: within(asked.bytes, Limits::PHONE.bytes).max(1),
        }
    }

    /// Takes room for one more item, if there is any. An empty page always has room for one, or a
    /// large record would never get through.
    pub(super) fn take(&mut self, page: &[Item], bytes: usize) -> bool {
        let fits = self.items > 0 && (self.bytes >= bytes || page.is_empty());
        if fits {
            self.items -= 1;
            self.bytes = self.bytes.saturating_sub(bytes);
        }
        fits
    }

    /// Whether nothing more can be taken.
    pub(super) fn is_spent(&self) -> bool {
        self.items == 0 || self.bytes == 0
    }
}
