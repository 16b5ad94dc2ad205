//! Enrolling: the text of the QR code, and the phone's own key.

use sync_protocol::keys::DeviceKey;

use super::{Bilingual, EnrolmentView, FieldClient, FieldError};
use crate::error::CoreError;
use crate::keys;
use crate::store::device::{self, Enrolled};
use crate::sync::Watch;
use crate::{clock, codes};

#[uniffi::export]
impl FieldClient {
    /// Enrols with the text of a QR code: `doorstep:enrol?server=…&code=…`. `name` is what the
    /// administrator's list of devices shows.
    ///
    /// # Errors
    /// The server's words when the code is wrong, used or expired.
    pub fn enrol(&self, invitation: String, name: String) -> Result<EnrolmentView, FieldError> {
        let (server, code) = read_invitation(&invitation)
            .ok_or_else(|| CoreError::refused(&codes::INVITATION_WRONG))?;
        self.enrol_at(server, code, name)
    }

    /// Enrols at a server with a code.
    ///
    /// # Errors
    /// The server's words when the code is wrong, used or expired.
    pub fn enrol_at(
        &self,
        server: String,
        code: String,
        name: String,
    ) -> Result<EnrolmentView, FieldError> {
        Ok(self.enrol_device(&server, &code, &name)?)
    }

    /// Changes the phone's key now; by itself it does so every 90 days. Work that waits is sent under
    /// the new one.
    ///
    /// # Errors
    /// [`FieldError::Unreachable`] without a server: it is tried again with the next sync.
    pub fn change_key(&self) -> Result<(), FieldError> {
        let _turn = self.turn(None)?;
        let watch = Watch::new(&self.session, None, None);
        Ok(keys::change(&self.store, &watch)?)
    }
}

impl FieldClient {
    fn enrol_device(
        &self,
        server: &str,
        code: &str,
        name: &str,
    ) -> Result<EnrolmentView, CoreError> {
        if self.store.read(device::find)?.is_some() {
            return Err(CoreError::refused(&codes::ALREADY_ENROLLED));
        }
        let server = server.trim().trim_end_matches('/');
        if !(server.starts_with("https://") || server.starts_with("http://")) {
            return Err(CoreError::refused(&codes::INVITATION_WRONG));
        }
        // Kept before the server is asked: should the answer be lost, the same key asks again.
        let fresh = DeviceKey::from_seed(rand::random());
        let key = self.store.write(|transaction| device::prepare(transaction, server, &fresh))?;
        let answer = self.session.enrol(server, code.trim(), &key, name)?;
        let enrolled = Enrolled {
            device: answer.device,
            person: answer.person.id,
            person_name: answer.person.name,
            district: (answer.district.zh, answer.district.en),
            server_epoch: answer.server_epoch,
            rescue_key: answer.rescue_key.map(|key| key.0),
            at: clock::now_ms(),
        };
        self.store.write(|transaction| device::enrol(transaction, &enrolled))?;
        let (zh, en) = enrolled.district;
        Ok(EnrolmentView {
            device: enrolled.device.to_string(),
            person: enrolled.person_name,
            district: Bilingual { zh, en },
        })
    }
}

/// Server and code of an invitation.
fn read_invitation(text: &str) -> Option<(String, String)> {
    let query = text.trim().strip_prefix("doorstep:enrol?")?;
    let value = |name: &str| {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        percent_decoded(pair).filter(|value| !value.is_empty())
    };
    Some((value("server")?, value("code")?))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_names_server_and_code() {
        let read = read_invitation(
            "doorstep:enrol?server=https%3A%2F%2Fexample.org%3A8443&code=ABCD-1234\n",
        );
        assert_eq!(read, Some(("https://example.org:8443".into(), "ABCD-1234".into())));
        for wrong in [
            "",
            "https://example.org",
            "doorstep:enrol?server=a",
            "doorstep:enrol?code=%G1&server=x",
        ] {
            assert_eq!(read_invitation(wrong), None, "{wrong}");
        }
    }
}
