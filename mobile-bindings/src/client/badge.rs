//! The worker's badge: what an app draws so that a resident can check who stands at the door. It
//! needs no signal: this phone signs, and the resident's phone asks the server.

use qrcode::render::svg;
use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;
use sha2::{Digest, Sha256};
use sync_protocol::badge::{Badge, LIFETIME_S};
use sync_protocol::records::Roles;

use super::{Bilingual, FieldClient, FieldError};
use crate::error::CoreError;
use crate::store::device::Device;
use crate::store::{Connection, areas, badge, configuration, device};
use crate::{clock, codes};

/// How old a code may get on the screen, in milliseconds: what is left of its life is for scanning it
/// and for a slow line.
const RENEW_MS: i64 = 60_000;

/// A badge to draw. It has no `Debug`: nobody's portrait belongs into a log.
#[derive(Clone, Serialize, uniffi::Record)]
pub struct BadgeView {
    /// The person's name.
    pub name: String,
    /// The number of the work card, if the office has said one.
    pub card_number: Option<String>,
    /// The areas in which the person goes to doors.
    pub areas: Vec<Bilingual>,
    /// The portrait's SHA-256, if the office has one: another id, another picture.
    pub photo: Option<String>,
    /// The portrait, a JPEG of at most 480 pixels a side.
    #[serde(skip)]
    pub portrait: Option<Vec<u8>>,
    /// What the QR code says: an address of the server's public page.
    pub url: String,
    /// The QR code.
    pub qr: QrMatrix,
    /// When to draw a new one, in milliseconds since 1970 UTC by this phone's clock.
    pub renew_at_ms: i64,
    /// When this one is worth nothing any more, by this phone's clock.
    pub expires_at_ms: i64,
}

/// A QR code. Around it belong four modules of white.
#[derive(Clone, Serialize, uniffi::Record)]
pub struct QrMatrix {
    /// Modules a side.
    pub size: u32,
    /// Row after row, a letter for each module: `#` is dark, `.` is light.
    pub rows: Vec<String>,
    /// The same as a picture, with its white around it.
    pub svg: String,
}

#[uniffi::export]
impl FieldClient {
    /// The badge, with a code that is good for five minutes. An app draws a new one every minute.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when the phone has not enrolled.
    pub fn badge(&self) -> Result<BadgeView, FieldError> {
        Ok(self.store.read(|connection| view(connection, clock::now_ms()))?)
    }
}

fn view(connection: &Connection, now: i64) -> Result<BadgeView, CoreError> {
    let device =
        device::find(connection)?.ok_or_else(|| CoreError::refused(&codes::NOT_ENROLLED))?;
    let address = configuration::current(connection)?.public_address;
    let (card_number, portrait) = badge::current(connection)?;
    let posts = areas::list(connection)?.into_iter().filter(|area| area.roles.meets(Roles::FIELD));
    let url = url(&device, address.as_deref(), now);
    let qr = qr(&url).ok_or_else(|| CoreError::refused(&codes::BADGE_TOO_LONG))?;
    Ok(BadgeView {
        name: device.person_name,
        card_number,
        areas: posts.map(|area| Bilingual { zh: area.name_zh, en: area.name_en }).collect(),
        photo: portrait.as_ref().map(|jpeg| digits(&Sha256::digest(jpeg))),
        portrait,
        url,
        qr,
        renew_at_ms: now.saturating_add(RENEW_MS),
        expires_at_ms: now.saturating_add(LIFETIME_S * 1000),
    })
}

/// The page's address with a code of now. The phone's clock may be off; what the last sync showed of
/// that is set right.
fn url(device: &Device, address: Option<&str>, now: i64) -> String {
    let server = address.unwrap_or(&device.server).trim_end_matches('/');
    let now = now.saturating_add(device.clock_ahead);
    let code = Badge::sign(device.device, now.div_euclid(1000), &device.key).code();
    format!("{server}/badge/{code}")
}

fn qr(url: &str) -> Option<QrMatrix> {
    let code = QrCode::with_error_correction_level(url, EcLevel::M).ok()?;
    let modules = code.to_colors();
    let letter = |module: &Color| if *module == Color::Dark { '#' } else { '.' };
    let rows = modules.chunks(code.width()).map(|row| row.iter().map(letter).collect());
    Some(QrMatrix {
        size: u32::try_from(code.width()).ok()?,
        rows: rows.collect(),
        svg: code.render::<svg::Color<'_>>().min_dimensions(240, 240).quiet_zone(true).build(),
    })
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
