//! Challenges: messages of the server to itself, so that asking for one reads and writes nothing and
//! tells nobody which devices there are. Time (8 bytes, milliseconds), random (8), and 16 bytes of
//! HMAC-SHA-256 (RFC 2104) over the device and both, under a key that only the district's servers have.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use sync_protocol::ids::DeviceId;

use super::secrets;

/// How long a challenge can be answered, in milliseconds.
pub const LIFETIME_MS: i64 = 60 * 1000;

/// What marks the district's own challenges.
#[derive(Clone)]
pub struct Challenges {
    /// A key of HMAC is filled up with zeros to the hash's block.
    key: [u8; 64],
}

impl std::fmt::Debug for Challenges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Challenges")
    }
}

impl Challenges {
    /// Under a secret that every server of the district has and that is not changed with its signing
    /// key.
    pub fn new(secret: &[u8; 32]) -> Self {
        let mut key = [0; 64];
        key.iter_mut().zip(secret).for_each(|(to, from)| *to = *from);
        Self { key }
    }

    /// A challenge for a device, whether there is one of that name or not.
    pub fn make(&self, device: DeviceId, now_ms: i64) -> [u8; 32] {
        let mut nonce = [0; 32];
        let (said, mark) = nonce.split_at_mut(16);
        let (time, random) = said.split_at_mut(8);
        time.copy_from_slice(&now_ms.to_be_bytes());
        random.copy_from_slice(&secrets::random::<8>());
        mark.copy_from_slice(&self.mark(device, said));
        nonce
    }

    /// Until when a challenge can be answered, if it is ours, for this device, and still can.
    pub fn expires_at(&self, device: DeviceId, nonce: &[u8; 32], now_ms: i64) -> Option<i64> {
        let (said, mark) = nonce.split_at(16);
        let ours = self.hmac(device, said).verify_truncated_left(mark).is_ok();
        let made_at = i64::from_be_bytes(said.first_chunk().copied()?);
        let expires_at = made_at.checked_add(LIFETIME_MS)?;
        (ours && now_ms < expires_at).then_some(expires_at)
    }

    fn mark(&self, device: DeviceId, said: &[u8]) -> [u8; 16] {
        let whole = self.hmac(device, said).finalize().into_bytes();
        let mut mark = [0; 16];
        mark.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
        mark
    }

    fn hmac(&self, device: DeviceId, said: &[u8]) -> Hmac<Sha256> {
        let mut hmac = Hmac::<Sha256>::new(&self.key.into());
        hmac.update(b"doorstep challenge 1\0");
        hmac.update(&device.0.to_be_bytes());
        hmac.update(said);
        hmac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    #[test]
    fn a_challenge_is_good_for_its_device_its_minute_and_its_district_alone() {
        let ours = Challenges::new(&[1; 32]);
        let nonce = ours.make(DeviceId(7), NOW);
        let until = Some(NOW + LIFETIME_MS);
        assert_eq!(ours.expires_at(DeviceId(7), &nonce, NOW), until);
        assert_eq!(ours.expires_at(DeviceId(7), &nonce, NOW + LIFETIME_MS - 1), until);
        assert_eq!(ours.expires_at(DeviceId(7), &nonce, NOW + LIFETIME_MS), None);
        assert_eq!(ours.expires_at(DeviceId(8), &nonce, NOW), None);
        assert_eq!(Challenges::new(&[2; 32]).expires_at(DeviceId(7), &nonce, NOW), None);
        for place in 0..32 {
            let mut changed = nonce;
            changed[place] ^= 1;
            assert_eq!(ours.expires_at(DeviceId(7), &changed, NOW), None, "byte {place}");
        }
    }
}
