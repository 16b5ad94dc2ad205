//! A value of a field: the few scalars that a record is made of.

use minicbor::data::Type;
use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};
use smol_str::SmolStr;

/// A scalar. `Null` is a value that somebody wrote: "this is cleared"; it can clash like any other.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Cleared on purpose.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number; for [`super::FieldType::Instant`] milliseconds since 1970 UTC.
    Int(i64),
    /// Text, a code, or a date as `2026-11-22`.
    Text(SmolStr),
}

impl Value {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }
}

/// CBOR's own null, bool, integer and text.
impl<C> Encode<C> for Value {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        match self {
            Self::Null => encoder.null()?,
            Self::Bool(yes) => encoder.bool(*yes)?,
            Self::Int(number) => encoder.i64(*number)?,
            Self::Text(text) => encoder.str(text)?,
        };
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Value {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
        match decoder.datatype()? {
            Type::Null => decoder.null().map(|()| Self::Null),
            Type::Bool => decoder.bool().map(Self::Bool),
            Type::String => decoder.str().map(Self::from),
            _ => decoder.i64().map(Self::Int),
        }
    }
}

/// Prints the kind of value only: what people wrote never reaches a log.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Bool(_) => "Bool",
            Self::Int(_) => "Int",
            Self::Text(_) => "Text",
        })
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(SmolStr::new(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(SmolStr::from(text))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}
