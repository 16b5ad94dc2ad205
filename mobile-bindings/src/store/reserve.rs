//! Room that is kept for the worst day: a file of no meaning beside the store. On a phone whose
//! storage is full not even a push could be noted before it is sent, nor the store be opened; then
//! the reserve is given up for that. Edits never use it: they say that the storage is full.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::files;

/// Bytes of the reserve: what a push and the answer to it write, and the files that SQLite makes
/// beside the store.
const BYTES: usize = 2 * 1024 * 1024;

/// Bytes of what is kept where there is no room for that: enough to open the store.
const LEAST: usize = 256 * 1024;

/// The reserve of a store.
pub(super) struct Reserve(PathBuf);

impl Reserve {
    /// That of the store in a file.
    pub(super) fn of(store: &Path) -> Self {
        Self(files::beside(store, "-reserve"))
    }

    /// Makes it, unless it is there, as large as there is room for.
    pub(super) fn keep(&self) {
        let there = self.0.metadata().map(|file| file.len()).unwrap_or_default();
        let enough = |bytes: usize| there >= bytes as u64;
        if enough(BYTES) || self.make(BYTES).is_ok() || self.make(LEAST).is_ok() {
            return;
        }
        // What of it was written is given back: others need it now.
        let _ = fs::remove_file(&self.0);
    }

    fn make(&self, bytes: usize) -> io::Result<()> {
        let mut file = File::create(&self.0)?;
        // What a file system cannot make smaller.
        let mut random = vec![0; bytes];
        rand::Rng::fill_bytes(&mut rand::rng(), &mut random);
        file.write_all(&random)?;
        file.sync_all()
    }

    /// Gives it up; answers whether there is more room now.
    pub(super) fn give_up(&self) -> bool {
        fs::remove_file(&self.0).is_ok()
    }
}
