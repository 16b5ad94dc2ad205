//! A page's items as they travel: column by column, so that what is alike stands side by side. Whole
//! documents one after another compress to two thirds of what they do with a head before each.
//!
//! It knows the layout, not what the items mean.

use minicbor::decode::Error as Unreadable;
use minicbor::encode::{Error as Unwritable, Write};
use minicbor::{Decode, Decoder, Encoder};

use super::{Bytes, Item};
use crate::entries::Cause;
use crate::ids::{AreaId, ChangeHash, RecordId};
use crate::records::Kind;

const SNAPSHOT: u8 = 0;
const CHANGE: u8 = 1;
const OWN: u8 = 2;
const MOVED: u8 = 3;
const TOMBSTONE: u8 = 4;

/// Items, taken apart. A column has a value for each item that has such a field, in their order.
#[derive(Default)]
struct Columns<'i> {
    variants: Vec<u8>,
    /// Each the difference from the one before, the first from 0.
    seqs: Vec<u64>,
    records: Vec<u8>,
    kinds: Vec<u8>,
    contents: Vec<&'i [u8]>,
    hashes: Vec<u8>,
    areas: Vec<AreaId>,
    /// When what is erased ends, and why it is.
    moments: Vec<i64>,
    causes: Vec<u8>,
}

/// Writes items.
pub(super) fn encode<C, W: Write>(
    items: &[Item],
    encoder: &mut Encoder<W>,
    context: &mut C,
) -> Result<(), Unwritable<W::Error>> {
    let columns = Columns::of(items);
    encoder.map(9)?;
    encoder.u8(0)?.bytes(&columns.variants)?;
    encoder.u8(1)?.encode_with(&columns.seqs, context)?;
    encoder.u8(2)?.bytes(&columns.records)?;
    encoder.u8(3)?.bytes(&columns.kinds)?;
    encoder.u8(4)?.array(columns.contents.len() as u64)?;
    for content in columns.contents {
        encoder.bytes(content)?;
    }
    encoder.u8(5)?.bytes(&columns.hashes)?;
    encoder.u8(6)?.encode_with(&columns.areas, context)?;
    encoder.u8(7)?.encode_with(&columns.moments, context)?;
    encoder.u8(8)?.bytes(&columns.causes)?.ok()
}

impl<'i> Columns<'i> {
    fn of(items: &'i [Item]) -> Self {
        let mut columns = Self::default();
        let mut before = 0;
        for item in items {
            let (variant, seq) = match item {
                Item::Snapshot { seq, record, kind, document } => {
                    columns.record(*record, Some(*kind), Some(document));
                    (SNAPSHOT, *seq)
                }
                Item::Change { seq, record, kind, bytes } => {
                    columns.record(*record, Some(*kind), Some(bytes));
                    (CHANGE, *seq)
                }
                Item::Own { seq, hash } => {
                    columns.hashes.extend_from_slice(hash.as_bytes());
                    (OWN, *seq)
                }
                Item::Moved { seq, record, to } => {
                    columns.record(*record, None, None);
                    columns.areas.push(*to);
                    (MOVED, *seq)
                }
                Item::Tombstone { seq, record, at, cause } => {
                    columns.record(*record, None, None);
                    columns.moments.push(*at);
                    columns.causes.push(cause.number());
                    (TOMBSTONE, *seq)
                }
            };
            columns.variants.push(variant);
            // Items stand in the order of their seq; one that does not is not written right.
            columns.seqs.push(seq.wrapping_sub(before));
            before = seq;
        }
        columns
    }

    fn record(&mut self, record: RecordId, kind: Option<Kind>, content: Option<&'i Bytes>) {
        self.records.extend_from_slice(&record.0);
        self.kinds.extend(kind.map(Kind::number).and_then(|number| u8::try_from(number).ok()));
        self.contents.extend(content.map(|content| content.0.as_slice()));
    }
}

/// The columns as they are read.
#[derive(Decode)]
#[cbor(map)]
struct Received {
    #[n(0)]
    variants: Bytes,
    #[n(1)]
    seqs: Vec<u64>,
    #[n(2)]
    records: Bytes,
    #[n(3)]
    kinds: Bytes,
    #[n(4)]
    contents: Vec<Bytes>,
    #[n(5)]
    hashes: Bytes,
    #[n(6)]
    areas: Vec<AreaId>,
    #[n(7)]
    moments: Vec<i64>,
    #[n(8)]
    causes: Bytes,
}

/// Reads items. Every column has to come out even.
pub(super) fn decode<C>(
    decoder: &mut Decoder<'_>,
    context: &mut C,
) -> Result<Vec<Item>, Unreadable> {
    let received: Received = decoder.decode_with(context)?;
    let Received { variants, seqs, records, kinds, contents, hashes, areas, moments, causes } =
        received;
    let uneven = || Unreadable::message("the columns of a page's items do not fit together");
    let mut rows = Rows {
        seqs: seqs.into_iter(),
        at: 0,
        records: records.chunks(16),
        kinds: kinds.iter(),
        contents: contents.into_iter(),
        hashes: hashes.chunks(32),
        areas: areas.into_iter(),
        moments: moments.into_iter(),
        causes: causes.iter(),
    };
    let items: Option<Vec<Item>> = variants.iter().map(|variant| rows.next(*variant)).collect();
    items.filter(|_| rows.is_at_its_end()).ok_or_else(uneven)
}

/// What is left of each column.
struct Rows<'c> {
    seqs: std::vec::IntoIter<u64>,
    at: u64,
    records: std::slice::Chunks<'c, u8>,
    kinds: std::slice::Iter<'c, u8>,
    contents: std::vec::IntoIter<Bytes>,
    hashes: std::slice::Chunks<'c, u8>,
    areas: std::vec::IntoIter<AreaId>,
    moments: std::vec::IntoIter<i64>,
    causes: std::slice::Iter<'c, u8>,
}

impl Rows<'_> {
    fn next(&mut self, variant: u8) -> Option<Item> {
        self.at = self.at.checked_add(self.seqs.next()?)?;
        let seq = self.at;
        Some(match variant {
            SNAPSHOT => {
                let (record, kind, document) = self.content()?;
                Item::Snapshot { seq, record, kind, document }
            }
            CHANGE => {
                let (record, kind, bytes) = self.content()?;
                Item::Change { seq, record, kind, bytes }
            }
            OWN => Item::Own { seq, hash: ChangeHash(self.hashes.next()?.try_into().ok()?) },
            TOMBSTONE => {
                let (record, at) = (self.record()?, self.moments.next()?);
                let cause = Cause::from_number(*self.causes.next()?)?;
                Item::Tombstone { seq, record, at, cause }
            }
            MOVED => Item::Moved { seq, record: self.record()?, to: self.areas.next()? },
            _ => return None,
        })
    }

    fn record(&mut self) -> Option<RecordId> {
        Some(RecordId(self.records.next()?.try_into().ok()?))
    }

    fn content(&mut self) -> Option<(RecordId, Kind, Bytes)> {
        let kind = Kind::from_number(i16::from(*self.kinds.next()?))?;
        Some((self.record()?, kind, self.contents.next()?))
    }

    fn is_at_its_end(&self) -> bool {
        let bytes = self.records.len() + self.kinds.len() + self.hashes.len() + self.causes.len();
        let values = self.seqs.len() + self.areas.len() + self.moments.len();
        bytes + values + self.contents.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> Vec<Item> {
        let (record, kind) = (RecordId([3; 16]), Kind::Visit);
        let bytes = |byte| Bytes::from(vec![byte; 5]);
        vec![
            Item::Snapshot { seq: 7, record, kind, document: bytes(1) },
            Item::Change { seq: 9, record: RecordId([4; 16]), kind, bytes: bytes(2) },
            Item::Own { seq: 10, hash: ChangeHash([5; 32]) },
            Item::Moved { seq: 300, record, to: AreaId(210_102_001_003) },
            Item::Tombstone { seq: 301, record, at: 1_795_000_000_000, cause: Cause::Retention },
        ]
    }

    fn written(items: &[Item]) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new());
        encode(items, &mut encoder, &mut ()).unwrap();
        encoder.into_writer()
    }

    fn read(bytes: &[u8]) -> Result<Vec<Item>, Unreadable> {
        decode(&mut Decoder::new(bytes), &mut ())
    }

    #[test]
    fn items_come_out_as_they_went_in() {
        for many in [items(), Vec::new()] {
            assert_eq!(read(&written(&many)).unwrap(), many);
        }
    }

    /// Byte strings and arrays of our columns are short: their length is in their first byte.
    #[test]
    fn columns_that_do_not_fit_together_are_unreadable() {
        let good = written(&items());
        let mut decoder = Decoder::new(&good);
        decoder.map().unwrap();
        let mut tried = 0;
        for _ in 0..9 {
            decoder.skip().unwrap();
            let (start, mut shorter) = (decoder.position(), good.clone());
            decoder.skip().unwrap();
            // One byte or one element less: the last of the column goes.
            let last = if good[start] >> 5 == 4 {
                let mut inside = Decoder::new(&good);
                inside.set_position(start);
                let count = inside.array().unwrap().unwrap();
                (1..count).for_each(|_| inside.skip().unwrap());
                shorter[start] -= 1;
                inside.position()
            } else {
                let at = if good[start] & 31 == 24 { start + 1 } else { start };
                shorter[at] -= 1;
                decoder.position() - 1
            };
            shorter.drain(last..decoder.position());
            assert!(read(&shorter).is_err(), "column at {start}");
            tried += 1;
        }
        assert_eq!(tried, 9);
    }

    #[test]
    fn a_seq_that_overflows_and_a_variant_that_is_not_known_are_unreadable() {
        let mut unknown = written(&items());
        // The map's head, the key, the string's head, the first variant.
        unknown[3] = 9;
        assert!(read(&unknown).is_err());
        let own = |seq| Item::Own { seq, hash: ChangeHash([1; 32]) };
        assert_eq!(read(&written(&[own(u64::MAX)])).unwrap(), [own(u64::MAX)]);
        assert!(read(&written(&[own(u64::MAX), own(1)])).is_err());
    }
}
