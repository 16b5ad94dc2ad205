//! The outside error: what the app shows, in words of both languages. The inside one
//! ([`CoreError`]) is mapped here, and nowhere is a value that somebody wrote in it.

use serde::Serialize;
use sync_protocol::codes::Code;
use sync_protocol::records::Label;
use sync_protocol::wire::Words;

use crate::codes;
use crate::error::{CoreError, code_of_store};

/// Words in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, uniffi::Record)]
pub struct Bilingual {
    /// zh-CN.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<Label> for Bilingual {
    fn from(label: Label) -> Self {
        Self { zh: label.zh.to_owned(), en: label.en.to_owned() }
    }
}

impl From<&sync_protocol::configuration::Bilingual> for Bilingual {
    fn from(words: &sync_protocol::configuration::Bilingual) -> Self {
        Self { zh: words.zh.clone(), en: words.en.clone() }
    }
}

impl From<Words> for Bilingual {
    fn from(words: Words) -> Self {
        Self { zh: words.zh, en: words.en }
    }
}

impl Bilingual {
    /// The same in both languages: a name, a number.
    pub(super) fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { zh: text.clone(), en: text }
    }
}

/// What is wrong and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, uniffi::Record)]
pub struct Problem {
    /// The stable code.
    pub code: String,
    /// The field at fault, or several, separated by commas.
    pub field: Option<String>,
    /// What happened.
    pub message: Bilingual,
    /// What to do.
    pub remedy: Bilingual,
    /// Whether the same may succeed later.
    pub retry: bool,
}

/// Why a call did not succeed. Nothing that was saved before is lost by any of these. In every
/// language `problem()` tells which it is and what to do.
#[derive(Debug, Clone, thiserror::Error, uniffi::Error)]
pub enum FieldError {
    /// The store could not be opened, read or written.
    #[error("{}", .0.message.en)]
    Store(Box<Problem>),
    /// What was asked for is not to be had: a wrong value, a field of another role, a record that
    /// is not here.
    #[error("{}", .0.message.en)]
    Refused(Box<Problem>),
    /// The server could not be reached.
    #[error("{}", .0.message.en)]
    Unreachable(Box<Problem>),
    /// The server answered that it would not.
    #[error("{}", .0.message.en)]
    Server(Box<Problem>),
}

impl FieldError {
    /// What is wrong and what to do about it.
    pub fn problem(&self) -> &Problem {
        match self {
            Self::Store(problem)
            | Self::Refused(problem)
            | Self::Unreachable(problem)
            | Self::Server(problem) => problem,
        }
    }
}

#[uniffi::export]
impl FieldError {
    /// What is wrong and what to do about it, whichever error it is.
    #[uniffi::method(name = "problem")]
    pub fn to_problem(&self) -> Problem {
        self.problem().clone()
    }
}

impl From<CoreError> for FieldError {
    fn from(error: CoreError) -> Self {
        match error {
            CoreError::Store(error) => Self::Store(of(code_of_store(&error), None)),
            CoreError::Document(_) => Self::Store(of(&codes::RECORD_UNREADABLE, None)),
            CoreError::Refused { code, field } => {
                Self::Refused(of(codes::before_saving(code), field))
            }
            CoreError::Transport(error) => {
                let refusal = error.refusal();
                let problem = Box::new(Problem {
                    code: refusal.code,
                    field: None,
                    message: refusal.message.into(),
                    remedy: refusal.remedy.into(),
                    retry: error.retry_helps(),
                });
                match error {
                    crate::transport::TransportError::Answered { .. } => Self::Server(problem),
                    _ => Self::Unreachable(problem),
                }
            }
        }
    }
}

fn of(code: &Code, field: Option<String>) -> Box<Problem> {
    Box::new(Problem {
        code: code.code.to_owned(),
        field,
        message: code.message.into(),
        remedy: code.remedy.into(),
        retry: code.retry,
    })
}

#[cfg(test)]
mod tests;
