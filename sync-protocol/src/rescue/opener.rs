//! Reading a bundle as its bytes come, and past what is damaged.

use hpke::{Deserializable, OpModeR};

use super::{
    Aead, ENCAPSULATED, HEAD, HEADER, Kdf, Kem, MAGIC, MARK, RescueKey, SEALED_BYTES, VERSION,
    key_name, statement,
};
use crate::codes::{self, Code};
use crate::ids::DeviceId;
use crate::keys;
use crate::wire::decode;
use crate::wire::rescue::Part;

/// Frames that do not open before the rest is given up: each costs as much as a good one.
const ATTEMPTS: u32 = 4_000;

/// Why nothing can be read of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RescueError {
    /// It does not begin like a bundle.
    #[error("the file is no rescue bundle")]
    NotABundle,
    /// A newer app made it.
    #[error("the bundle's version is newer than this server")]
    Newer,
    /// It was sealed to another district's key.
    #[error("the bundle was made for another district")]
    Foreign,
}

impl RescueError {
    /// The entry of the catalogue.
    pub fn code(self) -> &'static Code {
        match self {
            Self::NotABundle => &codes::RESCUE_UNREADABLE,
            Self::Newer => &codes::RESCUE_NEWER,
            Self::Foreign => &codes::RESCUE_FOREIGN,
        }
    }
}

/// A frame that opened. Nothing of it is to be believed before its signature was checked.
#[derive(Debug)]
pub struct Frame {
    /// Its place in the bundle, from 0.
    pub number: u32,
    /// Whose bundle it says that it is.
    pub device: DeviceId,
    bundle: Vec<u8>,
    signature: Vec<u8>,
    message: Vec<u8>,
}

impl Frame {
    /// What it holds, if the device that has this public key signed it.
    pub fn part(&self, public_key: &[u8]) -> Option<Part> {
        let statement = statement(self.device, &self.bundle, self.number, &self.message);
        let signed = keys::verify(public_key, &statement, &self.signature);
        signed.then(|| decode(&self.message).ok()).flatten()
    }
}

/// Opens a bundle's frames. Bytes are fed in as they come; it holds one frame at most.
#[derive(Debug)]
pub struct Opener {
    key: RescueKey,
    header: Option<Vec<u8>>,
    waiting: Vec<u8>,
    /// Whether no more bytes come.
    ended: bool,
    /// The number of the next frame.
    next: u32,
    lost: u32,
    /// Whether there was anything that is no frame.
    damaged: bool,
    failed: u32,
}

impl Opener {
    /// For a district's bundles.
    pub fn new(key: RescueKey) -> Self {
        let (header, waiting) = (None, Vec::new());
        Self { key, header, waiting, ended: false, next: 0, lost: 0, damaged: false, failed: 0 }
    }

    /// More of the file.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.failed < ATTEMPTS {
            self.waiting.extend_from_slice(bytes);
        }
    }

    /// There is no more of the file.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Frames that are known to be missing between those that were read.
    pub fn lost(&self) -> u32 {
        self.lost
    }

    /// Whether there were bytes that are none of a frame.
    pub fn is_damaged(&self) -> bool {
        self.damaged || self.lost > 0
    }

    /// The next frame; nothing when more bytes are wanted, or there are none.
    ///
    /// # Errors
    /// [`RescueError`] when nothing at all can be read of the file.
    #[expect(clippy::should_implement_trait, reason = "it answers an error, and goes on when fed")]
    pub fn next(&mut self) -> Result<Option<Frame>, RescueError> {
        if !self.read_header()? {
            return Ok(None);
        }
        while self.failed < ATTEMPTS {
            match self.find() {
                Found::Nothing => return Ok(None),
                Found::Whole { number, length } => match self.open(number, length) {
                    Some(frame) => return Ok(Some(frame)),
                    None => {
                        self.failed += 1;
                        self.pass_over();
                    }
                },
                Found::Broken => self.pass_over(),
            }
        }
        self.waiting = Vec::new();
        Ok(None)
    }

    /// Whether the header is there; reads it once.
    fn read_header(&mut self) -> Result<bool, RescueError> {
        if self.header.is_some() {
            return Ok(true);
        }
        let like = self.waiting.iter().zip(MAGIC).all(|(byte, expected)| byte == expected);
        if !like || (self.ended && self.waiting.len() < HEADER) {
            return Err(RescueError::NotABundle);
        }
        match self.waiting.get(MAGIC.len()) {
            Some(version) if *version != VERSION => return Err(RescueError::Newer),
            _ if self.waiting.len() < HEADER => return Ok(false),
            _ => {}
        }
        let header: Vec<u8> = self.waiting.drain(..HEADER).collect();
        let name = header.get(MAGIC.len() + 1..).and_then(|rest| rest.get(..8));
        if name != Some(&key_name(&self.key.public())) {
            return Err(RescueError::Foreign);
        }
        self.header = Some(header);
        Ok(true)
    }

    /// What stands at the beginning of what waits.
    fn find(&self) -> Found {
        let enough = |bytes: usize| self.waiting.len() >= bytes;
        let marked = self.waiting.iter().zip(MARK).all(|(byte, expected)| byte == expected);
        if self.waiting.is_empty() {
            return Found::Nothing;
        }
        if !marked {
            return Found::Broken;
        }
        let short = if self.ended { Found::Broken } else { Found::Nothing };
        let (Some(number), Some(length)) = (self.word(4), self.word(8)) else { return short };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        match number {
            _ if length > SEALED_BYTES || number < self.next => Found::Broken,
            _ if !enough(HEAD + ENCAPSULATED + length) => short,
            number => Found::Whole { number, length },
        }
    }

    fn word(&self, at: usize) -> Option<u32> {
        let bytes = self.waiting.get(at..at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    }

    /// The frame, if it is what its device sealed.
    fn open(&mut self, number: u32, length: usize) -> Option<Frame> {
        let header = self.header.as_ref()?;
        let (head, rest) = self.waiting.split_at_checked(HEAD)?;
        let (encapsulated, rest) = rest.split_at_checked(ENCAPSULATED)?;
        let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
        let (private, mode) = (self.key.private()?, OpModeR::Base);
        let plain = hpke::single_shot_open::<Aead, Kdf, Kem>(
            &mode,
            &private,
            &encapsulated,
            header,
            rest.get(..length)?,
            head,
        )
        .ok()?;
        let (device, rest) = plain.split_first_chunk::<8>()?;
        let (signature, message) = rest.split_at_checked(64)?;
        let frame = Frame {
            number,
            device: DeviceId(u64::from_be_bytes(*device)),
            bundle: header.get(HEADER - 16..)?.to_vec(),
            signature: signature.to_vec(),
            message: message.to_vec(),
        };
        self.waiting.drain(..HEAD + ENCAPSULATED + length);
        self.lost += number - self.next;
        self.next = number.saturating_add(1);
        Some(frame)
    }

    /// Goes on at the next mark behind what is no frame.
    fn pass_over(&mut self) {
        self.damaged = true;
        let marks = self.waiting.windows(MARK.len()).skip(1).position(|window| window == MARK);
        // A mark may lie across the end of what is here.
        let kept = if self.ended { 0 } else { MARK.len() - 1 };
        let to = match marks {
            Some(place) => place + 1,
            None => self.waiting.len().saturating_sub(kept).max(1),
        };
        self.waiting.drain(..to.min(self.waiting.len()));
    }
}

/// What stands at the beginning of what waits.
enum Found {
    /// Nothing yet, or nothing any more.
    Nothing,
    /// Something that is no frame, or no longer one.
    Broken,
    /// A frame, as far as its head says.
    Whole {
        /// Its place.
        number: u32,
        /// Bytes that are sealed.
        length: usize,
    },
}
