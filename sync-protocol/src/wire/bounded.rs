//! Lists of a request, read no further than a request may have them: an empty byte string is one
//! byte of a body and twenty-four of memory, so the body's cap alone does not bound what it becomes.

use minicbor::decode::{Decode, Decoder, Error};

use super::limits;
use super::{AreaCursor, Bytes, RecordPush};

/// Changes of one record.
pub(super) fn changes<C>(decoder: &mut Decoder<'_>, context: &mut C) -> Result<Vec<Bytes>, Error> {
    at_most(limits::CHANGES, decoder, context)
}

/// Records of a push: each has a change.
pub(super) fn records<C>(
    decoder: &mut Decoder<'_>,
    context: &mut C,
) -> Result<Vec<RecordPush>, Error> {
    at_most(limits::CHANGES, decoder, context)
}

/// Areas of a request.
pub(super) fn areas<C>(
    decoder: &mut Decoder<'_>,
    context: &mut C,
) -> Result<Vec<AreaCursor>, Error> {
    at_most(limits::AREAS, decoder, context)
}

/// A list, and one element more than it may have where it has more: enough to say so.
fn at_most<'b, C, T: Decode<'b, C>>(
    most: usize,
    decoder: &mut Decoder<'b>,
    context: &mut C,
) -> Result<Vec<T>, Error> {
    let mut list = Vec::new();
    let mut left = decoder.array()?;
    loop {
        match &mut left {
            Some(0) => return Ok(list),
            Some(left) => *left -= 1,
            None if decoder.datatype()? == minicbor::data::Type::Break => {
                decoder.skip()?;
                return Ok(list);
            }
            None => {}
        }
        if list.len() <= most {
            list.push(decoder.decode_with(context)?);
        } else {
            decoder.skip()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Request, decode, encode};

    #[test]
    fn a_list_that_is_too_long_is_known_to_be_and_no_longer_than_one_more() {
        let cursor = AreaCursor {
            area: crate::ids::AreaId(210_102_001_001),
            area_epoch: 1,
            cursor: 0,
            chain: None,
            complete: false,
            roles: 0,
        };
        for (given, read) in [(0, 0), (1, 1), (511, 511), (512, 512), (513, 513), (9_000, 513)] {
            let request = Request { areas: vec![cursor.clone(); given], ..Request::idle("tests") };
            let decoded: Request = decode(&encode(&request)).unwrap();
            assert_eq!(decoded.areas.len(), read, "{given} areas");
            assert_eq!(decoded.late_seen, request.late_seen);
        }
    }
}
