//! What a client sees when something goes wrong: an entry of the catalogue as JSON, with an honest
//! status. The chain of causes is logged here, once, and never sent.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use actix_web::error::JsonPayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::{JsonConfig, PathConfig, QueryConfig};
use actix_web::{HttpResponse, ResponseError};
use sync_protocol::codes::{self, Code};
use tokio::task::JoinError;

use super::limits::was_too_slow;
use crate::auth::device_care::CareError;
use crate::auth::staff::StaffError;
use crate::photos::PhotoError;
use crate::rescue::TakeInError;
use crate::residents::RequestError;
use crate::residents::paper::PaperError;
use crate::store::StoreError;
use crate::sync::SyncError;

/// An answer that is not what was asked for.
#[derive(Debug)]
pub struct ApiError {
    code: &'static Code,
    /// How long to wait before the next try.
    wait: Option<Duration>,
}

impl ApiError {
    /// The answer of a catalogue entry.
    pub fn refused(code: &'static Code) -> Self {
        Self { code, wait: None }
    }

    /// The answer of a catalogue entry to somebody who is to wait so long before the next try.
    pub fn later(code: &'static Code, wait: Duration) -> Self {
        Self { code, wait: Some(wait) }
    }

    /// The catalogue's entry.
    pub(super) fn code(&self) -> &'static Code {
        self.code
    }

    /// Our own fault: its causes go to the log.
    fn fault(code: &'static Code, error: &dyn Error) -> Self {
        let mut causes = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push_str(": ");
            causes.push_str(&cause.to_string());
            source = cause.source();
        }
        tracing::error!(code = code.code, causes, "a request could not be answered");
        Self::refused(code)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.message.en)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self.code.status {
            // The code of a verdict, answered to somebody who wanted the change in after all.
            200 => StatusCode::CONFLICT,
            status => StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        if let Some(wait) = self.wait {
            // Whole seconds, and never too few.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            answer.insert_header((RETRY_AFTER, seconds.max(1).to_string()));
        }
        answer.json(self.code)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let code = if error.is_passing() { &codes::BUSY } else { &codes::INTERNAL };
        Self::fault(code, &error)
    }
}

impl From<SyncError> for ApiError {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::Refused(code) => Self::refused(code),
            SyncError::Unreadable(_) => Self::fault(&codes::RECORD_DAMAGED, &error),
            SyncError::Store(error) => error.into(),
        }
    }
}

impl From<CareError> for ApiError {
    fn from(error: CareError) -> Self {
        match error {
            CareError::Refused(code) => Self::refused(code),
            CareError::Store(error) => error.into(),
        }
    }
}

impl From<PhotoError> for ApiError {
    fn from(error: PhotoError) -> Self {
        match error {
            PhotoError::Refused(code) => Self::refused(code),
            PhotoError::Store(error) => error.into(),
            PhotoError::Damaged(_) => Self::fault(&codes::PHOTO_DAMAGED, &error),
            PhotoError::Objects(_) | PhotoError::Cancelled(_) => Self::fault(&codes::BUSY, &error),
        }
    }
}

impl From<StaffError> for ApiError {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Refused(code) => Self::refused(code),
            StaffError::Store(error) => error.into(),
        }
    }
}

impl From<RequestError> for ApiError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Refused(code) => Self::refused(code),
            RequestError::Store(error) => error.into(),
            RequestError::Paper(error @ PaperError::NoFont) => {
                Self::fault(&codes::FONT_MISSING, &error)
            }
            RequestError::Paper(error @ PaperError::Pdf) => Self::fault(&codes::INTERNAL, &error),
        }
    }
}

impl From<TakeInError> for ApiError {
    fn from(error: TakeInError) -> Self {
        match error {
            TakeInError::Refused(code) => Self::refused(code),
            TakeInError::Sync(error) => error.into(),
            TakeInError::Photos(error) => error.into(),
            TakeInError::Cancelled(_) => Self::fault(&codes::BUSY, &error),
        }
    }
}

impl From<JoinError> for ApiError {
    fn from(error: JoinError) -> Self {
        Self::fault(&codes::BUSY, &error)
    }
}

/// JSON bodies: small, and refused by the catalogue when they are not of their form.
pub(super) fn json_config() -> JsonConfig {
    JsonConfig::default().limit(16 * 1024).error_handler(|error, _| {
        let too_slow = matches!(&error, JsonPayloadError::Payload(error) if was_too_slow(error));
        let code = if too_slow { &codes::BODY_TOO_SLOW } else { &codes::WRONG_INPUT };
        ApiError::refused(code).into()
    })
}

/// An address with an id that is none names nothing.
pub(super) fn path_config() -> PathConfig {
    PathConfig::default().error_handler(|_, _| ApiError::refused(&codes::NOT_FOUND).into())
}

/// A query that is not of its form.
pub(super) fn query_config() -> QueryConfig {
    QueryConfig::default().error_handler(|_, _| ApiError::refused(&codes::WRONG_INPUT).into())
}
