//! Why a request did not come through, and whether trying again helps.

use std::time::Duration;

use sync_protocol::codes::{self, Code};
use sync_protocol::wire::Words;

use crate::codes as own;

/// A request did not come through.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransportError {
    /// No answer: no signal, no server, a connection cut off, a timeout.
    #[error("the server cannot be reached")]
    Unreachable(#[source] Box<ureq::Error>),
    /// The server answered that it would not.
    #[error("the server answered {status} {}", .refusal.code)]
    Answered {
        /// The HTTP status.
        status: u16,
        /// What it said.
        refusal: Box<ServerRefusal>,
        /// How long it asks to be left alone (`Retry-After`).
        rest: Option<Duration>,
    },
    /// An answer that is none of this server: a captive portal, a proxy, another version.
    #[error("the answer cannot be read: {0}")]
    Unreadable(&'static str),
}

/// A refusal in the server's words.
#[derive(Debug)]
pub(crate) struct ServerRefusal {
    pub(crate) code: String,
    pub(crate) retry: bool,
    pub(crate) message: Words,
    pub(crate) remedy: Words,
}

impl TransportError {
    /// Whether the same request may succeed later.
    pub(crate) fn retry_helps(&self) -> bool {
        match self {
            Self::Unreachable(error) => !matches!(**error, ureq::Error::BadUri(_)),
            Self::Answered { status, refusal, .. } => {
                refusal.retry || *status >= 500 || matches!(*status, 408 | 429)
            }
            Self::Unreadable(_) => true,
        }
    }

    /// How long the server asks to be left alone.
    pub(super) fn rest(&self) -> Option<Duration> {
        match self {
            Self::Answered { rest, .. } => *rest,
            Self::Unreachable(_) | Self::Unreadable(_) => None,
        }
    }

    /// Whether an answer was on its way and broke off, or took too long.
    pub(super) fn lost_the_answer(&self) -> bool {
        match self {
            Self::Unreachable(error) => matches!(**error, ureq::Error::Timeout(_)),
            Self::Unreadable(_) => true,
            Self::Answered { .. } => false,
        }
    }

    /// Whether the server answered with a code of the catalogue.
    pub(crate) fn is(&self, code: &Code) -> bool {
        matches!(self, Self::Answered { refusal, .. } if refusal.code == code.code)
    }

    /// The code, what happened and what to do.
    pub(crate) fn refusal(&self) -> ServerRefusal {
        let code = match self {
            Self::Answered { refusal, .. } => {
                return ServerRefusal {
                    code: refusal.code.clone(),
                    retry: refusal.retry,
                    message: refusal.message.clone(),
                    remedy: refusal.remedy.clone(),
                };
            }
            Self::Unreachable(_) => &own::UNREACHABLE,
            Self::Unreadable(_) => &own::ANSWER_UNREADABLE,
        };
        ServerRefusal::of(code)
    }
}

impl ServerRefusal {
    /// The refusal of a catalogue's entry.
    pub(crate) fn of(code: &Code) -> Self {
        let words = |label: sync_protocol::records::Label| Words {
            zh: label.zh.to_owned(),
            en: label.en.to_owned(),
        };
        Self {
            code: code.code.to_owned(),
            retry: code.retry,
            message: words(code.message),
            remedy: words(code.remedy),
        }
    }

    /// What an answer without our JSON means: something between us and the server spoke.
    pub(crate) fn of_status(status: u16) -> Self {
        match status {
            404 => Self::of(&codes::NOT_FOUND),
            413 => Self::of(&codes::BODY_TOO_LARGE),
            408 | 429 | 500.. => Self::of(&codes::BUSY),
            _ => Self::of(&own::ANSWER_UNREADABLE),
        }
    }

    /// What happened and what to do, in one breath.
    pub(crate) fn words(&self) -> Words {
        Words {
            zh: format!("{}。{}", self.message.zh, self.remedy.zh),
            en: format!("{}. {}", self.message.en, self.remedy.en),
        }
    }
}

impl From<ureq::Error> for TransportError {
    fn from(error: ureq::Error) -> Self {
        Self::Unreachable(Box::new(error))
    }
}
