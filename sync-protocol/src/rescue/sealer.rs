//! Making a bundle: its header, then one sealed frame after another. The caller writes them.

use hpke::{Deserializable, OpModeS, Serializable};
use sha2::{Digest, Sha256};

use super::{Aead, HEADER, Kdf, Kem, MAGIC, MARK, VERSION, key_name, statement};
use crate::ids::DeviceId;
use crate::keys::DeviceKey;
use crate::wire::encode;
use crate::wire::rescue::Part;

/// Seals a bundle's frames, in their order.
pub struct Sealer<'k> {
    to: <Kem as hpke::Kem>::PublicKey,
    device: DeviceId,
    key: &'k DeviceKey,
    bundle: [u8; 16],
    header: Vec<u8>,
    number: u32,
}

impl std::fmt::Debug for Sealer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("number", &self.number).finish_non_exhaustive()
    }
}

impl<'k> Sealer<'k> {
    /// For a district's public key, by a device. `bundle` is the bundle's id, of 16 random bytes.
    /// Nothing if the key is none.
    pub fn new(
        to: &[u8; 32],
        device: DeviceId,
        key: &'k DeviceKey,
        bundle: [u8; 16],
    ) -> Option<Self> {
        let public = <Kem as hpke::Kem>::PublicKey::from_bytes(to).ok()?;
        let mut header = Vec::with_capacity(HEADER);
        header.extend_from_slice(MAGIC);
        header.push(VERSION);
        header.extend_from_slice(&key_name(to));
        header.extend_from_slice(&bundle);
        Some(Self { to: public, device, key, bundle, header, number: 0 })
    }

    /// What the file begins with.
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    /// The next frame. `random` are 32 random bytes, others for each frame. Nothing if the cipher
    /// fails, which only a key that is none makes it do.
    pub fn seal(&mut self, part: &Part, random: [u8; 32]) -> Option<Vec<u8>> {
        let message = encode(part);
        let statement = statement(self.device, &self.bundle, self.number, &message);
        let mut plain = Vec::with_capacity(72 + message.len());
        plain.extend_from_slice(&self.device.0.to_be_bytes());
        plain.extend_from_slice(&self.key.sign(&statement));
        plain.extend_from_slice(&message);
        let length = u32::try_from(plain.len() + 16).ok()?;
        let mut frame = MARK.to_vec();
        frame.extend_from_slice(&self.number.to_be_bytes());
        frame.extend_from_slice(&length.to_be_bytes());
        let mode = OpModeS::Base;
        let (encapsulated, sealed) = hpke::single_shot_seal_with_rng::<Aead, Kdf, Kem>(
            &mode,
            &self.to,
            &self.header,
            &plain,
            &frame,
            &mut Given { seed: random, count: 0 },
        )
        .ok()?;
        frame.extend_from_slice(&encapsulated.to_bytes());
        frame.extend_from_slice(&sealed);
        self.number = self.number.checked_add(1)?;
        Some(frame)
    }
}

/// The random bytes of one frame, for a cipher suite that asks for them itself: what was given, and
/// whatever more it wants, drawn from that.
struct Given {
    seed: [u8; 32],
    count: u64,
}

impl hpke::rand_core::TryRng for Given {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in to.chunks_mut(32) {
            let mut digest = Sha256::new();
            digest.update(self.seed);
            digest.update(self.count.to_be_bytes());
            let block: [u8; 32] = digest.finalize().into();
            chunk.iter_mut().zip(block).for_each(|(to, byte)| *to = byte);
            self.count += 1;
        }
        Ok(())
    }
}

impl hpke::rand_core::TryCryptoRng for Given {}
