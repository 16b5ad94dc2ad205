//! Typed ids. An id of one thing cannot be passed for an id of another.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};

/// An id's text was not of its form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} is written as {form}")]
pub struct IdError {
    what: &'static str,
    form: &'static str,
}

macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident, $len:literal, $form:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; $len]);

        impl $name {
            /// The bare bytes.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                from_hex(text).map(Self).ok_or(IdError { what: stringify!($name), form: $form })
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = IdError;

            fn try_from(bytes: &[u8]) -> Result<Self, IdError> {
                bytes
                    .try_into()
                    .map(Self)
                    .map_err(|_| IdError { what: stringify!($name), form: $form })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

bytes_id!(
    /// A record: one premises, residency, visit or inspection. Premises and residencies have
    /// derived ids (see [`crate::records::derived`]); reports have UUID version 7.
    RecordId, 16, "32 hexadecimal digits"
);
bytes_id!(
    /// An Automerge change: the SHA-256 hash of its bytes.
    ChangeHash, 32, "64 hexadecimal digits"
);
bytes_id!(
    /// A photo: the SHA-256 of its bytes.
    BlobId, 32, "64 hexadecimal digits"
);
bytes_id!(
    /// One push of one phone; a repeated push carries the same id.
    PushId, 16, "32 hexadecimal digits"
);
bytes_id!(
    /// One life of a server's database; another value after a restore from a backup.
    ServerEpoch, 16, "32 hexadecimal digits"
);
bytes_id!(
    /// A person: a worker or a member of the district's staff.
    PersonId, 16, "32 hexadecimal digits"
);
bytes_id!(
    /// Who a change comes from inside a document: the device's id (8 bytes, big-endian) and its
    /// incarnation (4 bytes). A device takes a new incarnation after install, restore and
    /// rejection, so that no two changes ever share (actor, seq).
    Actor, 12, "24 hexadecimal digits"
);

impl Actor {
    /// The actor of a device in one of its incarnations.
    pub fn new(device: DeviceId, incarnation: u32) -> Self {
        let mut bytes = [0; 12];
        let (head, tail) = bytes.split_at_mut(8);
        head.copy_from_slice(&device.0.to_be_bytes());
        tail.copy_from_slice(&incarnation.to_be_bytes());
        Self(bytes)
    }

    /// The device behind the actor.
    pub fn device(&self) -> DeviceId {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        DeviceId(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }
}

/// A phone that has enrolled: 64 random bits.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct DeviceId(#[n(0)] pub u64);

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// An area: a community by its 12-digit statistical division code, or a grid cell by that code
/// and three digits more. The code is the id, so keys mean something to whoever reads them.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[cbor(transparent)]
#[serde(try_from = "String", into = "String")]
pub struct AreaId(#[n(0)] pub u64);

impl AreaId {
    /// The area of a code, 12 to 15 digits.
    pub fn from_code(code: &str) -> Result<Self, IdError> {
        let digits = code.bytes().all(|b| b.is_ascii_digit()) && !code.starts_with('0');
        match code.parse() {
            Ok(number) if digits && (12..=15).contains(&code.len()) => Ok(Self(number)),
            _ => Err(IdError { what: "an area", form: "a division code of 12 to 15 digits" }),
        }
    }
}

impl fmt::Display for AreaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for AreaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for AreaId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::from_code(text)
    }
}

impl TryFrom<String> for AreaId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        Self::from_code(&text)
    }
}

impl From<AreaId> for String {
    fn from(area: AreaId) -> Self {
        area.to_string()
    }
}

/// Reads exactly `2 * N` lower- or upper-case hexadecimal digits.
fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    // from_str_radix alone would take a sign for a digit.
    if text.len() != 2 * N || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_names_its_device() {
        let device = DeviceId(0x0102_0304_0506_0708);
        let actor = Actor::new(device, 7);
        assert_eq!(actor.device(), device);
        assert_eq!(actor.to_string(), "010203040506070800000007");
        assert_eq!(actor.to_string().parse(), Ok(actor));
        assert!("+f".repeat(12).parse::<Actor>().is_err());
    }

    #[test]
    fn an_area_is_a_division_code() {
        assert_eq!(AreaId::from_code("210102001003"), Ok(AreaId(210_102_001_003)));
        for wrong in
            ["", "2101", "21010200100x", "012345678901", "+21010200100", "1234567890123456"]
        {
            assert!(AreaId::from_code(wrong).is_err(), "{wrong}");
        }
    }
}
