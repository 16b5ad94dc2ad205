//! How far long work has come, as one line of the terminal.

use std::io::{IsTerminal as _, Write as _, stderr};

/// A line that is written over and over; in a file or a pipe, one line a tenth.
pub(super) struct Line {
    what: &'static str,
    told: usize,
    is_terminal: bool,
}

impl Line {
    /// A line about something.
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, told: 0, is_terminal: stderr().is_terminal() }
    }

    /// Shows how far it has come.
    pub(super) fn show(&mut self, done: usize, of: usize) {
        let tenth = (done * 10).checked_div(of).unwrap_or(10);
        if self.is_terminal {
            eprint!("\r  {} {done} of {of}\x1b[K", self.what);
            let _ = stderr().flush();
        } else if tenth > self.told {
            eprintln!("  {} {done} of {of}", self.what);
        }
        self.told = self.told.max(tenth);
    }

    /// Ends the line.
    pub(super) fn end(&self) {
        if self.is_terminal {
            eprintln!();
        }
    }
}
