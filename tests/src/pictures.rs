//! Pictures to take photos of.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

/// A JPEG of these many pixels a side that does not compress to nothing.
pub fn jpeg(side: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(side, side, |x, y| {
        let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 7;
        let shade = |by: u32| u8::try_from((grain.wrapping_mul(by) >> 3) & 0xff).unwrap_or(0);
        Rgb([shade(3), shade(5), shade(7)])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).expect("a picture is written");
    bytes.into_inner()
}
