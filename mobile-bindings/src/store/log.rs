//! SQLite's write-ahead log, as far as its checksums go. SQLite reads it up to the first frame that
//! does not fit and takes the rest for a commit that a crash cut short. That is true of one commit:
//! the next is only begun once the file is synced. Where later ones follow, the log is damaged.
//!
//! Format: <https://www.sqlite.org/fileformat2.html#walformat>.

use std::fs;
use std::io;
use std::path::Path;

/// Bytes of the log's header, of a frame's, and of its page.
const HEADER: usize = 32;
const FRAME: usize = 24;
const PAGE: usize = 4096;

/// With this magic number checksums are of little-endian words; with the next one, big-endian.
const LITTLE: u32 = 0x377f_0682;

/// The format's version.
const FORMAT: u32 = 3_007_000;

/// Whether commits lie behind a frame that SQLite will not read past.
pub(super) fn is_damaged(log: &Path) -> bool {
    fs::read(log).is_ok_and(|mut bytes| mend(&mut bytes) > 1)
}

/// Makes the checksums of a damaged log fit, so that SQLite reads all of it: a page that is not what
/// it was does not pass SQLCipher's own seal. A log that is not damaged stays as it is.
pub(super) fn make_readable(log: &Path) -> io::Result<()> {
    let mut bytes = match fs::read(log) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        bytes => bytes?,
    };
    if mend(&mut bytes) > 1 { fs::write(log, bytes) } else { Ok(()) }
}

/// Makes all checksums fit; answers how many commits lie at or behind the first that did not.
fn mend(log: &mut [u8]) -> usize {
    let Some((header, frames)) = log.split_at_mut_checked(HEADER) else { return 0 };
    let Some(salts) = frames.get(8..16).map(<[u8]>::to_vec) else { return 0 };
    let magic = word(header, 0, false);
    let little = magic != LITTLE + 1;
    let mut sum = Sum { little, ..Sum::default() };
    sum.add(header.get(..24).unwrap_or_default());
    let mut broken = !sum.stands_in(header, 24) || header.get(16..24) != Some(salts.as_slice());
    if broken {
        let start = [LITTLE, FORMAT, PAGE as u32, 0].map(u32::to_be_bytes).concat();
        header.iter_mut().zip(start.iter().chain(&salts)).for_each(|(to, byte)| *to = *byte);
        sum = Sum { little: true, ..Sum::default() };
        sum.add(header.get(..24).unwrap_or_default());
        sum.put_into(header, 24);
    }
    let mut commits = 0;
    for frame in frames.chunks_exact_mut(FRAME + PAGE) {
        if frame.get(8..16) != Some(salts.as_slice()) {
            break;
        }
        sum.add(frame.get(..8).unwrap_or_default());
        sum.add(frame.get(FRAME..).unwrap_or_default());
        broken |= !sum.stands_in(frame, 16);
        sum.put_into(frame, 16);
        commits += usize::from(broken && word(frame, 4, false) != 0);
    }
    commits
}

/// SQLite's running checksum.
#[derive(Default)]
struct Sum {
    little: bool,
    sums: [u32; 2],
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        for pair in bytes.chunks_exact(8) {
            let [first, second] = self.sums;
            let first = first.wrapping_add(word(pair, 0, self.little)).wrapping_add(second);
            let second = second.wrapping_add(word(pair, 4, self.little)).wrapping_add(first);
            self.sums = [first, second];
        }
    }

    fn bytes(&self) -> Vec<u8> {
        self.sums.map(u32::to_be_bytes).concat()
    }

    fn stands_in(&self, bytes: &[u8], at: usize) -> bool {
        bytes.get(at..at + 8) == Some(self.bytes().as_slice())
    }

    fn put_into(&self, bytes: &mut [u8], at: usize) {
        bytes.iter_mut().skip(at).zip(self.bytes()).for_each(|(to, byte)| *to = byte);
    }
}

/// The word of four bytes at a place; 0 behind the end.
fn word(bytes: &[u8], at: usize, little: bool) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).unwrap_or_default();
    if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }
}
