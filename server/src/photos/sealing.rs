//! A photo's bytes under its key: in pieces of 512 KiB, each sealed by itself together with its area,
//! photo, number, whether it is the last, and what it is a piece of. So no piece stands in another's
//! place, none is missing at the end, and none of another photo is taken for one of this.

use sync_protocol::ids::{AreaId, BlobId};

use super::PART_BYTES;
use crate::store::photo_keys::place;
use crate::vault::{Key, SEALED_BYTES, Sealed, What};

/// Bytes of a piece; the last one may be shorter.
const PIECE_BYTES: usize = PART_BYTES as usize;

/// What stands in a piece as the number of its key: the photo's own, which is no data key.
const OWN: u16 = 0;

/// Seals and opens the bytes of one photo.
#[derive(Debug, Clone)]
pub struct Seal {
    key: Key,
    place: [u8; 40],
}

impl Seal {
    /// With the key of a photo that was sent to an area.
    pub fn new(area: AreaId, photo: BlobId, key: Key) -> Self {
        Self { key, place: place(area, photo) }
    }

    /// One piece, sealed.
    pub fn seal_piece(&self, what: What, (number, is_last): (u32, bool), piece: &[u8]) -> Vec<u8> {
        self.key.seal(OWN, what, &self.place_of(number, is_last), piece)
    }

    /// One piece, opened.
    ///
    /// # Errors
    /// [`Sealed`] when it was altered or cut, or is not this piece.
    pub fn open_piece(
        &self,
        what: What,
        (number, is_last): (u32, bool),
        sealed: &[u8],
    ) -> Result<Vec<u8>, Sealed> {
        self.key.open(what, &self.place_of(number, is_last), sealed)
    }

    /// The pieces of a file one after another, each sealed.
    pub fn seal<'b>(
        &'b self,
        what: What,
        bytes: &'b [u8],
    ) -> impl Iterator<Item = Vec<u8>> + use<'b> {
        let last = bytes.len().div_ceil(PIECE_BYTES).saturating_sub(1);
        let numbered = (0u32..).zip(bytes.chunks(PIECE_BYTES));
        numbered.map(move |(number, piece)| {
            self.seal_piece(what, (number, number as usize == last), piece)
        })
    }

    /// A file, opened: all of its pieces in their order.
    ///
    /// # Errors
    /// [`Sealed`] when one was altered, is missing or stands where it does not belong.
    pub fn open(&self, what: What, sealed: &[u8]) -> Result<Vec<u8>, Sealed> {
        let mut bytes = Vec::with_capacity(sealed.len());
        let last =
            sealed.len().div_ceil(PIECE_BYTES + SEALED_BYTES).checked_sub(1).ok_or(Sealed)?;
        for (number, piece) in (0u32..).zip(sealed.chunks(PIECE_BYTES + SEALED_BYTES)) {
            let opened = self.open_piece(what, (number, number as usize == last), piece)?;
            bytes.extend_from_slice(&opened);
        }
        Ok(bytes)
    }

    fn place_of(&self, number: u32, is_last: bool) -> [u8; 45] {
        let mut place = [0; 45];
        let (of_photo, of_piece) = place.split_at_mut(40);
        of_photo.copy_from_slice(&self.place);
        let (of_number, of_last) = of_piece.split_at_mut(4);
        of_number.copy_from_slice(&number.to_be_bytes());
        of_last.fill(u8::from(is_last));
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: AreaId = AreaId(210_102_001_001);

    fn seal(photo: u8) -> Seal {
        Seal::new(AREA, BlobId([photo; 32]), Key::new(&[7; 32]))
    }

    fn file(seal: &Seal, bytes: &[u8]) -> Vec<u8> {
        seal.seal(What::PhotoOriginal, bytes).collect::<Vec<_>>().concat()
    }

    #[test]
    fn a_file_opens_whole_as_what_it_is_and_not_otherwise() {
        for length in [1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES] {
            let bytes: Vec<u8> = (0..length).map(|place| (place % 251) as u8).collect();
            let sealed = file(&seal(1), &bytes);
            assert_eq!(seal(1).open(What::PhotoOriginal, &sealed).unwrap(), bytes, "{length}");
            assert_eq!(seal(1).open(What::PhotoWeb, &sealed), Err(Sealed));
            assert_eq!(seal(2).open(What::PhotoOriginal, &sealed), Err(Sealed));
            let elsewhere = Seal::new(AreaId(7), BlobId([1; 32]), Key::new(&[7; 32]));
            assert_eq!(elsewhere.open(What::PhotoOriginal, &sealed), Err(Sealed));
        }
    }

    #[test]
    fn a_piece_that_is_missing_altered_or_elsewhere_is_noticed() {
        let sealed = file(&seal(1), &vec![0x5A; 3 * PIECE_BYTES]);
        let piece = PIECE_BYTES + SEALED_BYTES;
        let open = |sealed: &[u8]| seal(1).open(What::PhotoOriginal, sealed);
        for end in [0, 1, piece - 1, piece, 2 * piece, 3 * piece - 1] {
            assert_eq!(open(&sealed[..end]), Err(Sealed), "cut to {end}");
        }
        let (first, rest) = sealed.split_at(piece);
        let (second, third) = rest.split_at(piece);
        assert_eq!(open(&[second, first, third].concat()), Err(Sealed), "in another order");
        assert_eq!(open(&[first, first, third].concat()), Err(Sealed), "one twice");
        assert_eq!(open(&[first, second, third, third].concat()), Err(Sealed), "one too many");
        for place in [0, piece / 2, 2 * piece + 40, sealed.len() - 1] {
            let mut altered = sealed.clone();
            altered[place] ^= 1;
            // The form's byte and the key's number are not what it is opened by.
            assert_eq!(open(&altered).is_err(), place != 0, "{place}");
        }
    }
}
