//! Registers as bytes: CBOR in which each actor and each change's stamp stands once and is named by
//! its place. The server writes a record's registers with every push, so they are kept small. Equal
//! registers have equal bytes. It is written and read without a copy in between.

use std::convert::Infallible;

use minicbor::decode::Error as DecodeError;
use minicbor::encode::Error as EncodeError;
use minicbor::{Decoder, Encoder};
use smol_str::SmolStr;

use super::registers::{ActorState, Live, LiveValues, Registers, Stamp, TextRegister};
use crate::ids::Actor;

/// The version of this form; it stands first.
const VERSION: u8 = 1;

/// The bytes do not hold registers.
#[derive(Debug, thiserror::Error)]
#[error("these bytes are no registers of a form that this version knows")]
pub struct UnpackError;

impl From<DecodeError> for UnpackError {
    fn from(_: DecodeError) -> Self {
        Self
    }
}

/// Registers as bytes: `[version, kind, heads, max_op, actors, stamps, keys, texts]`.
pub(super) fn pack(registers: &Registers) -> Vec<u8> {
    let mut out = Encoder::new(Vec::with_capacity(1024));
    // Nothing fails that is written into memory.
    let _ = write(&mut out, registers);
    out.into_writer()
}

type Out = Encoder<Vec<u8>>;
type Written = Result<(), EncodeError<Infallible>>;

fn write(out: &mut Out, registers: &Registers) -> Written {
    out.array(8)?.u8(VERSION)?.encode(registers.kind)?;
    out.encode(&registers.heads)?.u64(registers.max_op)?;
    write_actors(out, registers)?;
    let stamps = Stamps::of(registers);
    stamps.write(out, registers)?;
    out.array(count(registers.keys.len()))?;
    for (key, live) in &registers.keys {
        out.array(2)?.str(key)?.array(count(live.len()))?;
        for live in live {
            out.array(3)?.u64(live.counter)?.u64(stamps.place(&live.stamp))?.encode(&live.value)?;
        }
    }
    out.array(count(registers.texts.len()))?;
    for (key, text) in &registers.texts {
        let last = text.last.as_ref().map(|last| stamps.place(last));
        out.array(4)?.str(key)?.str(&text.text)?.u64(text.counter)?.encode(last)?;
    }
    Ok(())
}

fn write_actors(out: &mut Out, registers: &Registers) -> Written {
    out.array(count(registers.actors.len()))?;
    for (actor, state) in &registers.actors {
        out.array(4)?.encode(actor)?.u64(state.seq)?.encode(state.hash)?.u64(state.max_op)?;
    }
    Ok(())
}

/// Every stamp that a value or a text has, sorted, each once.
struct Stamps(Vec<Stamp>);

impl Stamps {
    fn of(registers: &Registers) -> Self {
        let of_keys = registers.keys.values().flatten().map(|live| live.stamp);
        let of_texts = registers.texts.values().filter_map(|text| text.last);
        let mut stamps: Vec<Stamp> = of_keys.chain(of_texts).collect();
        stamps.sort_unstable();
        stamps.dedup();
        Self(stamps)
    }

    fn place(&self, of: &Stamp) -> u64 {
        count(self.0.binary_search(of).unwrap_or_else(|place| place))
    }

    /// An actor that stamped is named by its place among the record's actors.
    fn write(&self, out: &mut Out, registers: &Registers) -> Written {
        let actors: Vec<&Actor> = registers.actors.keys().collect();
        out.array(count(self.0.len()))?;
        for stamp in &self.0 {
            let actor = actors.binary_search(&&stamp.actor).unwrap_or_else(|place| place);
            out.array(3)?.u64(count(actor))?.u64(stamp.seq)?.i64(stamp.time)?;
        }
        Ok(())
    }
}

fn count(number: usize) -> u64 {
    number as u64
}

/// Registers from bytes that [`pack`] wrote.
pub(super) fn unpack(bytes: &[u8]) -> Result<Registers, UnpackError> {
    let mut input = Decoder::new(bytes);
    entries(&mut input, 8)?;
    if input.u8()? != VERSION {
        return Err(UnpackError);
    }
    let kind = input.decode()?;
    let heads = input.decode()?;
    let max_op = input.u64()?;
    let actors = read_list(&mut input, read_actor)?;
    let stamps = read_list(&mut input, |input| read_stamp(input, &actors))?;
    let keys = read_list(&mut input, |input| read_key(input, &stamps))?;
    let texts = read_list(&mut input, |input| read_text(input, &stamps))?;
    Ok(Registers {
        kind,
        heads,
        max_op,
        actors: actors.into_iter().collect(),
        keys: keys.into_iter().collect(),
        texts: texts.into_iter().collect(),
    })
}

/// Expects an array of so many entries.
fn entries(input: &mut Decoder<'_>, number: u64) -> Result<(), UnpackError> {
    if input.array()? == Some(number) { Ok(()) } else { Err(UnpackError) }
}

/// How many entries a list has: no more than the bytes can hold, whatever they say.
fn length(input: &mut Decoder<'_>) -> Result<usize, UnpackError> {
    let number = input.array()?.ok_or(UnpackError)?;
    let rest = input.input().len().saturating_sub(input.position());
    usize::try_from(number).ok().filter(|number| *number <= rest).ok_or(UnpackError)
}

/// Entries for which there is room from the start: more than most records have of anything.
const ROOM: usize = 64;

fn read_list<'b, T>(
    input: &mut Decoder<'b>,
    mut read: impl FnMut(&mut Decoder<'b>) -> Result<T, UnpackError>,
) -> Result<Vec<T>, UnpackError> {
    let number = length(input)?;
    let mut list = Vec::with_capacity(number.min(ROOM));
    for _ in 0..number {
        list.push(read(input)?);
    }
    Ok(list)
}

fn read_actor(input: &mut Decoder<'_>) -> Result<(Actor, ActorState), UnpackError> {
    entries(input, 4)?;
    let actor = input.decode()?;
    Ok((actor, ActorState { seq: input.u64()?, hash: input.decode()?, max_op: input.u64()? }))
}

fn read_stamp(
    input: &mut Decoder<'_>,
    actors: &[(Actor, ActorState)],
) -> Result<Stamp, UnpackError> {
    entries(input, 3)?;
    let (actor, _) = actors.get(place(input)?).ok_or(UnpackError)?;
    Ok(Stamp { actor: *actor, seq: input.u64()?, time: input.i64()? })
}

fn read_key(
    input: &mut Decoder<'_>,
    stamps: &[Stamp],
) -> Result<(SmolStr, LiveValues), UnpackError> {
    entries(input, 2)?;
    let key = SmolStr::new(input.str()?);
    let mut values = LiveValues::new();
    for _ in 0..length(input)? {
        entries(input, 3)?;
        let counter = input.u64()?;
        let stamp = *stamps.get(place(input)?).ok_or(UnpackError)?;
        values.push(Live { counter, stamp, value: input.decode()? });
    }
    Ok((key, values))
}

fn read_text(
    input: &mut Decoder<'_>,
    stamps: &[Stamp],
) -> Result<(SmolStr, TextRegister), UnpackError> {
    entries(input, 4)?;
    let (key, text, counter) = (SmolStr::new(input.str()?), input.str()?.to_owned(), input.u64()?);
    let last: Option<u32> = input.decode()?;
    let last = last.map(|place| stamps.get(place as usize).copied().ok_or(UnpackError));
    Ok((key, TextRegister { text, counter, last: last.transpose()? }))
}

fn place(input: &mut Decoder<'_>) -> Result<usize, UnpackError> {
    Ok(input.u32()? as usize)
}
