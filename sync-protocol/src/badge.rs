//! The code on a worker's badge: the device says "it is I, now" and signs it, so that it also works
//! where the phone has no signal; the server, which the resident's phone asks, says whether that
//! still holds. A photographed code is stale after [`LIFETIME_S`], and only the server can tell who
//! stands behind one.
//!
//! ```
//! use sync_protocol::badge::{Badge, LIFETIME_S};
//! use sync_protocol::{ids::DeviceId, keys::DeviceKey};
//! let key = DeviceKey::from_seed([7; 32]);
//! let code = Badge::sign(DeviceId(1), 1_795_000_000, &key).code();
//! let read = Badge::read(&code).expect("it was just made");
//! assert!(read.is_signed_by(&key.public()));
//! assert!(read.is_fresh(1_795_000_000 + LIFETIME_S - 1));
//! assert!(!read.is_fresh(1_795_000_000 + LIFETIME_S));
//! ```

use crate::ids::DeviceId;
use crate::keys::{self, DeviceKey};

/// How long a code holds, in seconds. An app draws a new one every minute; the rest is for scanning,
/// for opening a page on a slow line, and for a clock that is a little off.
pub const LIFETIME_S: i64 = 5 * 60;

/// How far in the future a code may be dated, in seconds: the clocks of phones differ.
pub const AHEAD_S: i64 = 2 * 60;

/// The version of the code, its first byte.
const VERSION: u8 = 1;

/// Bytes of a code: version, device, second, signature.
const BYTES: usize = 1 + 8 + 8 + 64;

/// What a code says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// The device that shows it.
    pub device: DeviceId,
    /// When it was made, in seconds since 1970 UTC.
    pub made_at_s: i64,
    signature: [u8; 64],
}

impl Badge {
    /// Signs a badge as a device, now.
    pub fn sign(device: DeviceId, now_s: i64, key: &DeviceKey) -> Self {
        let signature = key.sign(&keys::badge_statement(device, now_s));
        Self { device, made_at_s: now_s, signature }
    }

    /// The code as it stands in the address. Upper-case hexadecimal digits: a QR code packs those as
    /// tightly as anything, and no scanner or message mangles them.
    pub fn code(&self) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&self.device.0.to_be_bytes());
        bytes.extend_from_slice(&self.made_at_s.to_be_bytes());
        bytes.extend_from_slice(&self.signature);
        bytes.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    /// Reads a code; nothing if it is none. What it says is not yet believed.
    pub fn read(code: &str) -> Option<Self> {
        let bytes: [u8; BYTES] = unhex(code)?.try_into().ok()?;
        let (version, rest) = bytes.split_first()?;
        let (device, rest) = rest.split_first_chunk()?;
        let (made_at, rest) = rest.split_first_chunk()?;
        let badge = Self {
            device: DeviceId(u64::from_be_bytes(*device)),
            made_at_s: i64::from_be_bytes(*made_at),
            signature: rest.try_into().ok()?,
        };
        (*version == VERSION).then_some(badge)
    }

    /// Whether the device with this public key made it.
    pub fn is_signed_by(&self, public: &[u8]) -> bool {
        keys::verify(public, &keys::badge_statement(self.device, self.made_at_s), &self.signature)
    }

    /// Whether it is of now, by the clock given in seconds.
    pub fn is_fresh(&self, now_s: i64) -> bool {
        let age = now_s.saturating_sub(self.made_at_s);
        (-AHEAD_S..LIFETIME_S).contains(&age)
    }
}

fn unhex(code: &str) -> Option<Vec<u8>> {
    let digits = code.as_bytes();
    if digits.len() != 2 * BYTES || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let pairs = digits.chunks_exact(2).map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000;

    #[test]
    fn a_code_says_what_was_signed_and_nothing_else_fits() {
        let key = DeviceKey::from_seed([7; 32]);
        let badge = Badge::sign(DeviceId(0xfeed), NOW, &key);
        let code = badge.code();
        assert_eq!(Badge::read(&code), Some(badge.clone()));
        assert_eq!(Badge::read(&code.to_lowercase()), Some(badge.clone()));
        assert!(!badge.is_signed_by(&DeviceKey::from_seed([8; 32]).public()));
        let later = Badge { made_at_s: NOW + 60, ..badge.clone() };
        assert!(!later.is_signed_by(&key.public()), "nobody makes an old code young");
        let other = Badge { device: DeviceId(0xbeef), ..badge };
        assert!(!other.is_signed_by(&key.public()));
    }

    #[test]
    fn what_is_no_code_is_read_as_none() {
        let code = Badge::sign(DeviceId(1), NOW, &DeviceKey::from_seed([7; 32])).code();
        let other_version = format!("02{}", &code[2..]);
        let mixed = format!("é{}", &code[2..]);
        for wrong in ["", "01", &code[1..], &format!("{code}00"), &other_version, &mixed] {
            assert_eq!(Badge::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_is_of_now_for_five_minutes_and_a_little_before() {
        let badge = Badge::sign(DeviceId(1), NOW, &DeviceKey::from_seed([7; 32]));
        assert!(badge.is_fresh(NOW - AHEAD_S) && !badge.is_fresh(NOW - AHEAD_S - 1));
        assert!(badge.is_fresh(NOW + LIFETIME_S - 1) && !badge.is_fresh(NOW + LIFETIME_S));
        let (long_ago, far_off) = (i64::MIN, i64::MAX);
        for made_at_s in [long_ago, far_off] {
            assert!(!Badge { made_at_s, ..badge.clone() }.is_fresh(NOW));
        }
    }
}
