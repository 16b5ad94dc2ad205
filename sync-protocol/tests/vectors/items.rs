//! The items of a CBOR message, to put something else in their place.

use minicbor::data::Type;

/// Where the items of a message begin, itself first.
pub(crate) fn heads(bytes: &[u8]) -> Vec<usize> {
    let mut heads = Vec::new();
    let mut decoder = minicbor::Decoder::new(bytes);
    while decoder.position() < bytes.len() {
        heads.push(decoder.position());
        match decoder.datatype().unwrap() {
            Type::Array => drop(decoder.array().unwrap()),
            Type::Map => drop(decoder.map().unwrap()),
            _ => decoder.skip().unwrap(),
        }
    }
    heads
}

/// Where an item ends.
pub(crate) fn end_of(bytes: &[u8], place: usize) -> usize {
    let mut decoder = minicbor::Decoder::new(bytes);
    decoder.set_position(place);
    decoder.skip().unwrap();
    decoder.position()
}

/// The message with a key that nobody knows in one of its maps, each in turn.
pub(crate) fn with_unknown_key(bytes: &[u8]) -> Vec<Vec<u8>> {
    let is_map = |place: &usize| bytes[*place] >> 5 == 5;
    let longer = |place: usize| {
        let end = end_of(bytes, place);
        let mut longer = bytes.to_vec();
        // Key 200, and a map of its own as the value.
        longer.splice(end..end, [0x18, 200, 0xa1, 0x61, b'k', 0x81, 0xf6]);
        // No map of ours has more than 22 keys: their number stands in the head itself.
        longer[place] += 1;
        longer
    };
    heads(bytes).into_iter().filter(is_map).map(longer).collect()
}
