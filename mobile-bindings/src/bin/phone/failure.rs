//! What did not succeed, in words of both languages.

use std::path::Path;

use mobile_bindings::client::{Bilingual, FieldError, Problem};

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Box<Problem>);

impl From<FieldError> for Failure {
    fn from(error: FieldError) -> Self {
        Self(Box::new(error.problem().clone()))
    }
}

impl Failure {
    /// The key is not 64 hexadecimal digits.
    pub(crate) fn key_form() -> Self {
        Self::new(
            "store_key_form",
            ("密钥应为64位十六进制数字", "The key is not 64 hexadecimal digits"),
            ("请检查密钥", "Check the key"),
        )
    }

    /// The store is there and its key is not.
    pub(crate) fn key_missing(file: &Path) -> Self {
        let file = file.display();
        Self::new(
            "store_key_missing",
            ("没有这个数据库的密钥", "There is no key for this store"),
            (
                &format!("请用 --key 给出,或找回 {file}"),
                &format!("Give it with --key, or bring {file} back"),
            ),
        )
    }

    /// A file could not be read or written.
    pub(crate) fn file(file: &Path, error: &std::io::Error) -> Self {
        let file = file.display();
        Self::new(
            "file_failed",
            (&format!("文件 {file} 无法读写"), &format!("{file} cannot be read or written")),
            (&error.to_string(), &error.to_string()),
        )
    }

    /// A value was not given as key=value, or not as its field wants it.
    pub(crate) fn value(given: &str, want: &str) -> Self {
        let mut failure = Self::new(
            "wrong_value",
            ("值的写法不对", "The value is not written as its field wants it"),
            (&format!("应为:{want}"), &format!("It is: {want}")),
        );
        failure.0.field = Some(given.to_owned());
        failure
    }

    fn new(code: &str, message: (&str, &str), remedy: (&str, &str)) -> Self {
        let both = |(zh, en): (&str, &str)| Bilingual { zh: zh.to_owned(), en: en.to_owned() };
        Self(Box::new(Problem {
            code: code.to_owned(),
            field: None,
            message: both(message),
            remedy: both(remedy),
            retry: false,
        }))
    }
}
