//! Smaller copies of a photo: turned upright, without EXIF, decoded within bounds.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};

/// Pixels a side that are decoded at most.
const SIDE: u32 = 16_000;

/// Memory for decoding at most, in bytes.
const MEMORY: u64 = 256 * 1024 * 1024;

/// JPEG quality of the copies.
const QUALITY: u8 = 82;

/// The copies, as JPEG.
pub(super) struct Derived {
    /// At most 320 pixels a side.
    pub(super) thumbnail: Vec<u8>,
    /// At most 1,600 pixels a side.
    pub(super) web: Vec<u8>,
}

/// Makes the copies of a JPEG or PNG.
pub(super) fn derive(bytes: &[u8]) -> Result<Derived, ImageError> {
    let picture = upright(bytes)?;
    let web = within(&picture, 1_600);
    Ok(Derived { thumbnail: jpeg(&within(&web, 320))?, web: jpeg(&web)? })
}

/// A portrait of at most 480 pixels a side, as JPEG.
pub(super) fn portrait(bytes: &[u8]) -> Result<Vec<u8>, ImageError> {
    jpeg(&within(&upright(bytes)?, 480))
}

fn upright(bytes: &[u8]) -> Result<DynamicImage, ImageError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn within(picture: &DynamicImage, side: u32) -> DynamicImage {
    if picture.width() <= side && picture.height() <= side {
        return picture.clone();
    }
    picture.thumbnail(side, side)
}

fn jpeg(picture: &DynamicImage) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    picture.to_rgb8().write_with_encoder(encoder)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_photo_becomes_small_copies() {
        let picture = DynamicImage::new_rgb8(2_000, 1_000);
        let mut png = Cursor::new(Vec::new());
        picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
        let made = derive(png.get_ref()).unwrap();
        let thumbnail = image::load_from_memory(&made.thumbnail).unwrap();
        assert_eq!((thumbnail.width(), thumbnail.height()), (320, 160));
        assert_eq!(image::load_from_memory(&made.web).unwrap().width(), 1_600);
    }

    #[test]
    fn what_is_no_picture_has_no_copies() {
        assert!(derive(b"GIF89a is not taken").is_err());
        assert!(derive(&[]).is_err());
    }
}
