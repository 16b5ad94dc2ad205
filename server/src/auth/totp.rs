//! One-time codes by time (RFC 6238): six digits every 30 seconds, one step of clock drift either
//! way, none used twice. What authenticator apps do by default.

use qrcode::{Color, EcLevel, QrCode};
use totp_rs::{Builder, Totp, TotpError};

use super::secrets;

/// What a person needs to take a secret over into an app.
#[derive(Debug, serde::Serialize)]
pub struct Invitation {
    /// The secret as letters, to be typed.
    pub secret: String,
    /// The same as an `otpauth:` address.
    pub url: String,
    /// Modules of the QR code's side.
    pub qr_size: usize,
    /// Its dark modules, as the `d` of an SVG path.
    pub qr_path: String,
}

/// A new secret: 160 bits, as RFC 4226 recommends.
pub fn new_secret() -> Vec<u8> {
    secrets::random::<20>().to_vec()
}

/// What is shown of a secret to the person whose it is.
///
/// # Errors
/// That the names cannot stand in such an address; none is expected.
pub fn invitation(secret: &[u8], district: &str, login: &str) -> Result<Invitation, TotpError> {
    // A colon parts issuer and account in the address.
    let plain = |name: &str| name.replace(':', " ");
    let builder = Builder::new().with_secret(secret.to_vec());
    let totp =
        builder.with_issuer(Some(plain(district))).with_account_name(plain(login)).build()?;
    let url = totp.to_url()?;
    let (qr_size, qr_path) = drawn(&url);
    Ok(Invitation { secret: totp.secret().to_base32(), url, qr_size, qr_path })
}

/// The time step of a code, if it is one of now and later than the last that was used.
pub fn step(secret: &[u8], code: &str, now_ms: i64, last_step: u64) -> Option<u64> {
    let totp: Totp = Builder::new().with_secret(secret.to_vec()).build().ok()?;
    let now_s = u64::try_from(now_ms.div_euclid(1000)).ok()?;
    totp.check(code, now_s).filter(|step| *step > last_step)
}

fn drawn(text: &str) -> (usize, String) {
    let Ok(qr) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return (0, String::new());
    };
    let mut path = String::new();
    for (place, color) in qr.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (place % qr.width(), place / qr.width());
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    (qr.width(), path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Appendix B of RFC 6238, cut to six digits.
    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let times = [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")];
        for (seconds, code) in times {
            assert_eq!(step(SECRET, code, seconds * 1000, 0), Some(seconds as u64 / 30), "{code}");
        }
    }

    #[test]
    fn one_step_of_drift_is_forgiven_and_no_code_is_used_twice() {
        let at = |seconds: i64, last| step(SECRET, "081804", seconds * 1000, last);
        let used = 1_111_111_109 / 30;
        assert_eq!(at(1_111_111_109 + 30, 0), Some(used));
        assert_eq!(at(1_111_111_109 - 30, 0), Some(used));
        assert_eq!(at(1_111_111_109 + 60, 0), None);
        assert_eq!(at(1_111_111_109 - 60, 0), None);
        assert_eq!(at(1_111_111_109, used), None);
        assert_eq!(step(SECRET, "", 1_111_111_109_000, 0), None);
        assert_eq!(step(SECRET, "081 804 0", 1_111_111_109_000, 0), None);
    }

    #[test]
    fn the_secret_is_shown_as_letters_address_and_picture() {
        let shown = invitation(SECRET, "测试区: Test", "zhao").unwrap();
        assert_eq!(shown.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(shown.url.starts_with("otpauth://totp/"), "{}", shown.url);
        assert!(shown.url.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
        assert!(shown.qr_size >= 21 && shown.qr_path.starts_with("M0 0h1v1h-1z"));
    }
}
