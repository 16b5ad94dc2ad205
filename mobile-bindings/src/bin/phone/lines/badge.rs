//! The badge in a terminal: the QR code in blocks, the address, and what stands on the badge.

use mobile_bindings::client::BadgeView;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

use crate::print::{Printer, Row};

/// The lines of a badge.
pub(crate) fn badge(p: &Printer, badge: &BadgeView) -> Vec<Row> {
    let mut rows: Vec<Row> = blocks(&badge.url).lines().map(|line| vec![line.to_owned()]).collect();
    rows.push(vec![badge.url.clone()]);
    let mut say = |zh, en, what: String| rows.push(vec![p.pick(zh, en).to_owned(), what]);
    say("姓名", "name", badge.name.clone());
    say("证号", "card number", badge.card_number.clone().unwrap_or_else(|| "-".to_owned()));
    for area in &badge.areas {
        say("片区", "area", p.words(area));
    }
    rows.push(vec![p.pick("二维码五分钟内有效", "The code is good for five minutes").to_owned()]);
    rows
}

fn blocks(url: &str) -> String {
    let code = QrCode::with_error_correction_level(url, EcLevel::M);
    code.map(|code| code.render::<Dense1x2>().quiet_zone(true).build()).unwrap_or_default()
}
