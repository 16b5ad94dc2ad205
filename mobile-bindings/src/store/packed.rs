//! A document as it lies in the store: compressed. An encrypted page does not shrink, so what shall
//! be small has to be so before it is written: half the flash, and half the pages to encipher.

use zstd::bulk::Compressor;

use super::StoreError;

/// zstd's level: 3 takes no longer than 1 for a document of a few kilobytes (8 µs, 2026-11-22).
const LEVEL: i32 = 3;

/// What every zstd frame begins with; an Automerge document begins otherwise.
const FRAME: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// A document as it is to be stored. Only a [`Packer`] makes one.
#[derive(Debug)]
pub(crate) struct Packed(Vec<u8>);

impl Packed {
    /// What goes into the column.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Packs one document after another, with one working memory; without memory it leaves them as
/// they are.
pub(crate) struct Packer(Option<Compressor<'static>>);

impl Packer {
    /// A packer.
    pub(crate) fn new() -> Self {
        Self(Compressor::new(LEVEL).ok())
    }

    /// Packs a document.
    pub(crate) fn pack(&mut self, document: &[u8]) -> Packed {
        let packed = self.0.as_mut().and_then(|zstd| zstd.compress(document).ok());
        Packed(packed.unwrap_or_else(|| document.to_vec()))
    }
}

/// The document that a column holds; stores of before version 3 hold them as they are.
pub(super) fn unpack(column: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    if !column.starts_with(&FRAME) {
        return Ok(column);
    }
    zstd::decode_all(column.as_slice()).map_err(|_| StoreError::Form("document"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_comes_out_as_it_went_in_and_an_old_one_as_it_lies() {
        let document = b"\x85\x6f\x4a\x83 a document, a document, a document, a document".to_vec();
        let packed = Packer::new().pack(&document);
        assert!(packed.bytes().len() < document.len());
        assert_eq!(unpack(packed.0).unwrap(), document);
        assert_eq!(unpack(document.clone()).unwrap(), document);
        assert!(unpack([&FRAME[..], b"?"].concat()).is_err());
    }
}
