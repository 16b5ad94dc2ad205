//! Two drawings in place of photos: a door and a water heater.

use std::io::Cursor;

use image::{ImageError, ImageFormat, Rgb, RgbImage};

const WIDTH: u32 = 1_200;
const HEIGHT: u32 = 900;

/// A rectangle: left, top, right, bottom.
type Box4 = (u32, u32, u32, u32);

/// A door with its number plate.
pub(super) fn door() -> Result<Vec<u8>, ImageError> {
    draw(
        [226, 219, 204],
        &[
            ((430, 130, 770, 840), [92, 58, 40]),
            ((460, 160, 740, 810), [124, 80, 54]),
            ((490, 200, 710, 440), [104, 66, 45]),
            ((490, 500, 710, 770), [104, 66, 45]),
            ((700, 470, 726, 496), [222, 190, 96]),
            ((540, 60, 660, 110), [38, 84, 140]),
            ((0, 840, 1_200, 900), [150, 146, 138]),
        ],
    )
}

/// A water heater whose flue ends in the room.
pub(super) fn heater() -> Result<Vec<u8>, ImageError> {
    draw(
        [208, 218, 222],
        &[
            ((420, 240, 780, 720), [244, 244, 240]),
            ((440, 260, 760, 520), [232, 232, 228]),
            ((560, 600, 640, 660), [200, 64, 52]),
            ((570, 90, 630, 240), [168, 170, 172]),
            ((570, 90, 820, 140), [168, 170, 172]),
            ((480, 720, 500, 860), [196, 128, 70]),
            ((700, 720, 720, 860), [196, 128, 70]),
        ],
    )
}

fn draw(ground: [u8; 3], boxes: &[(Box4, [u8; 3])]) -> Result<Vec<u8>, ImageError> {
    let picture = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let inside = |(left, top, right, bottom): Box4| {
            (left..right).contains(&x) && (top..bottom).contains(&y)
        };
        let top = boxes.iter().rev().find(|(area, _)| inside(*area));
        let colour = top.map_or(ground, |(_, colour)| *colour);
        // Light falls from the upper left.
        let shade = (x + y) / 60;
        Rgb(colour.map(|part| part.saturating_sub(u8::try_from(shade).unwrap_or(40))))
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg)?;
    Ok(bytes.into_inner())
}
