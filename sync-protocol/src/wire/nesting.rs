//! How deep a message is nested, found out before it is decoded. A decoder passes over what it does
//! not know, whatever it is, and remembers each level that it is in: eight megabytes of opened
//! arrays would cost it a hundred. No message of ours is deeper than a handful.

/// Levels of arrays and maps in one another that are read.
pub const LEVELS: usize = 32;

/// Whether a message stays within [`LEVELS`]. Bytes that are no CBOR do, as far as they can be read;
/// the decoder says of them what is wrong.
pub(super) fn is_shallow(bytes: &[u8]) -> bool {
    let mut walk = Walk { rest: bytes, open: Vec::with_capacity(LEVELS) };
    // The decoder stops where this does, or before.
    while walk.step().is_some() {
        if walk.open.len() > LEVELS {
            return false;
        }
    }
    true
}

/// Going through a message, item by item.
struct Walk<'b> {
    rest: &'b [u8],
    /// What is still to come of each array and map that is open; none where a break ends it.
    open: Vec<Option<u64>>,
}

impl Walk<'_> {
    /// Reads a head and what belongs to it; nothing at the end of what can be read.
    fn step(&mut self) -> Option<()> {
        let (head, rest) = self.rest.split_first()?;
        self.rest = rest;
        let (major, argument) = (head >> 5, head & 0x1f);
        if *head == 0xff {
            self.open.pop()?;
            self.done();
            return Some(());
        }
        let value = match argument {
            0..=23 => Some(u64::from(argument)),
            24..=27 => Some(self.number(1 << (argument - 24))?),
            31 => None,
            _ => return None,
        };
        match (major, value) {
            // A tag belongs to the item that follows it.
            (6, Some(_)) => {}
            (2 | 3, Some(length)) => {
                self.rest = self.rest.get(usize::try_from(length).ok()?..)?;
                self.done();
            }
            (4, Some(items)) => self.begin(items),
            (5, Some(pairs)) => self.begin(pairs.saturating_mul(2)),
            // Strings of indefinite length are pieces up to a break.
            (2..=5, None) => self.open.push(None),
            (_, Some(_)) => self.done(),
            (_, None) => return None,
        }
        Some(())
    }

    fn number(&mut self, bytes: usize) -> Option<u64> {
        let (number, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(number.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn begin(&mut self, items: u64) {
        if items == 0 {
            self.done();
        } else {
            self.open.push(Some(items));
        }
    }

    /// An item is at its end, and with it whatever it was the last one of.
    fn done(&mut self) {
        while let Some(Some(left)) = self.open.last_mut() {
            *left -= 1;
            if *left > 0 {
                return;
            }
            self.open.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Request, decode, encode};

    /// A request with a key that nobody knows, and this behind it.
    fn with_unknown(value: &[u8]) -> Vec<u8> {
        let mut bytes = encode(&Request::idle("tests"));
        // One entry more in a map of less than 23.
        bytes[0] += 1;
        bytes.extend([0x18, 99]);
        bytes.extend(value);
        bytes
    }

    #[test]
    fn what_is_not_known_is_passed_over_down_to_a_depth() {
        let deep = |levels: usize, open: u8, close: &[u8]| {
            let mut value = vec![open; levels];
            value.extend(close.repeat(levels));
            with_unknown(&value)
        };
        let within = LEVELS - 1;
        // Arrays of one, of indefinite length, tags, maps.
        let mut ones = deep(within, 0x81, &[]);
        ones.push(0);
        assert!(decode::<Request>(&ones).is_ok());
        assert!(decode::<Request>(&deep(within, 0x9f, &[0xff])).is_ok());
        let mut tagged = vec![0xc1; 1_000];
        tagged.push(0);
        assert!(decode::<Request>(&with_unknown(&tagged)).is_ok());
        assert!(decode::<Request>(&deep(within + 1, 0x9f, &[0xff])).is_err());
        assert!(!is_shallow(&deep(1 << 20, 0x9f, &[])));
        assert!(!is_shallow(&deep(1 << 20, 0x82, &[])));
    }

    #[test]
    fn levels_are_left_again() {
        // A thousand arrays side by side, and one behind the other in pairs.
        let mut wide = vec![0x19, 0x03, 0xe8];
        wide[0] = 0x99;
        wide.extend([0x82, 0x80, 0xa1, 0x01, 0x5f, 0x41, 0x00, 0xff].repeat(1_000));
        assert!(is_shallow(&with_unknown(&wide)));
        assert!(decode::<Request>(&with_unknown(&wide)).is_ok());
    }
}
