//! Registers as bytes: CBOR in which each actor and each change's stamp stands once and is named by
//! its place. The server writes a record's registers with every push, so they are kept small. Equal
//! registers have equal bytes.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

use super::registers::{ActorState, Live, Registers, Stamp, TextRegister};
use crate::ids::{Actor, ChangeHash};
use crate::records::{Kind, Value};

/// The version of this form; it stands first.
const VERSION: u8 = 1;

#[derive(Encode, Decode)]
#[cbor(array)]
struct Packed {
    #[n(0)]
    version: u8,
    #[n(1)]
    kind: Kind,
    #[n(2)]
    heads: Vec<ChangeHash>,
    #[n(3)]
    max_op: u64,
    #[n(4)]
    actors: Vec<PackedActor>,
    #[n(5)]
    stamps: Vec<PackedStamp>,
    #[n(6)]
    keys: Vec<PackedKey>,
    #[n(7)]
    texts: Vec<PackedText>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct PackedActor {
    #[n(0)]
    actor: Actor,
    #[n(1)]
    seq: u64,
    #[n(2)]
    hash: ChangeHash,
    #[n(3)]
    max_op: u64,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct PackedStamp {
    #[n(0)]
    actor: u32,
    #[n(1)]
    seq: u64,
    #[n(2)]
    time: i64,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct PackedKey {
    #[n(0)]
    key: String,
    #[n(1)]
    live: Vec<PackedLive>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct PackedLive {
    #[n(0)]
    counter: u64,
    #[n(1)]
    stamp: u32,
    #[n(2)]
    value: Value,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct PackedText {
    #[n(0)]
    key: String,
    #[n(1)]
    text: String,
    #[n(2)]
    counter: u64,
    #[n(3)]
    last: Option<u32>,
}

/// The bytes do not hold registers.
#[derive(Debug, thiserror::Error)]
#[error("these bytes are no registers of a form that this version knows")]
pub struct UnpackError;

/// Registers as bytes.
pub(super) fn pack(registers: &Registers) -> Vec<u8> {
    let stamps = stamps_of(registers);
    // Every stamp is in the list, and every actor that stamped is among the actors.
    let stamp = |of: &Stamp| place(stamps.binary_search(of));
    let actors: Vec<&Actor> = registers.actors.keys().collect();
    let packed = Packed {
        version: VERSION,
        kind: registers.kind,
        heads: registers.heads.clone(),
        max_op: registers.max_op,
        actors: registers.actors.iter().map(pack_actor).collect(),
        stamps: stamps
            .iter()
            .map(|of| PackedStamp {
                actor: place(actors.binary_search(&&of.actor)),
                seq: of.seq,
                time: of.time,
            })
            .collect(),
        keys: registers
            .keys
            .iter()
            .map(|(key, live)| PackedKey {
                key: key.clone(),
                live: live.iter().map(|l| pack_live(l, stamp(&l.stamp))).collect(),
            })
            .collect(),
        texts: registers
            .texts
            .iter()
            .map(|(key, text)| PackedText {
                key: key.clone(),
                text: text.text.clone(),
                counter: text.counter,
                last: text.last.as_ref().map(stamp),
            })
            .collect(),
    };
    minicbor::to_vec(&packed).unwrap_or_default()
}

/// Registers from bytes that [`pack`] wrote.
pub(super) fn unpack(bytes: &[u8]) -> Result<Registers, UnpackError> {
    let packed: Packed = minicbor::decode(bytes).map_err(|_| UnpackError)?;
    if packed.version != VERSION {
        return Err(UnpackError);
    }
    let stamps: Vec<Stamp> = packed
        .stamps
        .iter()
        .map(|of| {
            let actor = packed.actors.get(of.actor as usize).ok_or(UnpackError)?.actor;
            Ok(Stamp { actor, seq: of.seq, time: of.time })
        })
        .collect::<Result<_, UnpackError>>()?;
    let stamp = |place: u32| stamps.get(place as usize).copied().ok_or(UnpackError);
    let live =
        |l: PackedLive| Ok(Live { counter: l.counter, stamp: stamp(l.stamp)?, value: l.value });
    let text = |text: PackedText| {
        let last = text.last.map(stamp).transpose()?;
        Ok((text.key, TextRegister { text: text.text, counter: text.counter, last }))
    };
    Ok(Registers {
        kind: packed.kind,
        heads: packed.heads,
        max_op: packed.max_op,
        actors: packed.actors.into_iter().map(unpack_actor).collect(),
        keys: packed
            .keys
            .into_iter()
            .map(|key| Ok((key.key, key.live.into_iter().map(live).collect::<Result<_, _>>()?)))
            .collect::<Result<_, UnpackError>>()?,
        texts: packed.texts.into_iter().map(text).collect::<Result<_, UnpackError>>()?,
    })
}

/// Every stamp that a value or a text has, sorted.
fn stamps_of(registers: &Registers) -> Vec<Stamp> {
    let of_keys = registers.keys.values().flatten().map(|live| live.stamp);
    let of_texts = registers.texts.values().filter_map(|text| text.last);
    of_keys.chain(of_texts).collect::<BTreeSet<Stamp>>().into_iter().collect()
}

fn pack_actor((actor, state): (&Actor, &ActorState)) -> PackedActor {
    PackedActor { actor: *actor, seq: state.seq, hash: state.hash, max_op: state.max_op }
}

fn unpack_actor(packed: PackedActor) -> (Actor, ActorState) {
    let state = ActorState { seq: packed.seq, hash: packed.hash, max_op: packed.max_op };
    (packed.actor, state)
}

fn pack_live(live: &Live, stamp: u32) -> PackedLive {
    PackedLive { counter: live.counter, stamp, value: live.value.clone() }
}

fn place(found: Result<usize, usize>) -> u32 {
    u32::try_from(found.unwrap_or_else(|place| place)).unwrap_or(u32::MAX)
}
