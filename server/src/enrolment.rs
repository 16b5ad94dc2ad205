//! What an enrolment code looks like to a phone: a text with the server's address, and its QR code.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use qrcode::QrCode;
use qrcode::render::svg;

/// Side of the drawing, in pixels at least.
const SIDE: u32 = 240;

/// What the QR says: where the server is, and the code.
pub fn text(server: &str, code: &str) -> String {
    let server = utf8_percent_encode(server, NON_ALPHANUMERIC);
    format!("doorstep:enrol?server={server}&code={code}")
}

/// The QR as a drawing; nothing if the address is longer than a QR holds.
pub fn svg(text: &str) -> Option<String> {
    let qr = QrCode::new(text.as_bytes()).ok()?;
    Some(qr.render::<svg::Color<'_>>().min_dimensions(SIDE, SIDE).quiet_zone(true).build())
}
