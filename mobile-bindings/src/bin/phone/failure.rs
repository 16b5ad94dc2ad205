//! What did not succeed, in words of both languages.

use std::path::Path;

use mobile_bindings::client::{Bilingual, FieldError, Problem};

/// Why a command did not succeed, and what the shell is told.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What and what to do.
    pub(crate) problem: Box<Problem>,
    /// The exit code: its kind (docs/phone.md).
    pub(crate) exit: u8,
    /// Whether it was printed already.
    pub(crate) is_told: bool,
}

/// Nothing was saved: a wrong value, a record that is not here.
const REFUSED: u8 = 1;
/// The command line is wrong; clap's own code for it.
const USAGE: u8 = 2;
/// The store could not be opened, read or written.
const STORE: u8 = 3;
/// The server could not be reached.
const UNREACHABLE: u8 = 4;
/// The server answered that it would not.
const SERVER: u8 = 5;
/// Not all is through, or phones do not agree.
const UNFINISHED: u8 = 6;

impl From<FieldError> for Failure {
    fn from(error: FieldError) -> Self {
        let exit = match &error {
            FieldError::Store(_) => STORE,
            FieldError::Refused(_) => REFUSED,
            FieldError::Unreachable(_) => UNREACHABLE,
            FieldError::Server(_) => SERVER,
        };
        Self { problem: Box::new(error.problem().clone()), exit, is_told: false }
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
        failure.problem.field = Some(given.to_owned());
        failure
    }

    /// No store was named.
    pub(crate) fn store_missing() -> Self {
        Self::of(
            USAGE,
            "store_missing",
            ("没有指明数据库", "No store was named"),
            ("请用 --store 指明文件", "Name its file with --store"),
        )
    }

    /// The command cannot stand where it was given.
    pub(crate) fn not_here() -> Self {
        Self::of(
            USAGE,
            "not_here",
            ("这个命令不能用在这里", "This command cannot stand here"),
            ("请单独运行它", "Run it by itself"),
        )
    }

    /// A line of a batch is no command.
    pub(crate) fn line(want: &str) -> Self {
        Self::of(USAGE, "line_wrong", ("这一行不是命令", "The line is no command"), (want, want))
    }

    /// Not all is through.
    pub(crate) fn unfinished() -> Self {
        let mut failure = Self::of(
            UNFINISHED,
            "unfinished",
            ("尚未全部完成", "Not all is through yet"),
            ("内容都保存在手机上;请再同步", "Everything is safe on the phone; sync again"),
        );
        failure.problem.retry = true;
        failure
    }

    /// Phones of an area do not hold the same.
    pub(crate) fn disagreeing(areas: &str) -> Self {
        Self::of(
            UNFINISHED,
            "disagreeing",
            ("同一片区的手机内容不一致", "Phones of an area do not hold the same"),
            (areas, areas),
        )
    }

    /// A list of codes has none, or one is no code.
    pub(crate) fn codes(what: &str) -> Self {
        Self::of(
            USAGE,
            "codes_wrong",
            ("登记码列表有误", "The list of enrolment codes is wrong"),
            (what, what),
        )
    }

    /// The same, printed already.
    pub(crate) fn told(self) -> Self {
        Self { is_told: true, ..self }
    }

    fn new(code: &str, message: (&str, &str), remedy: (&str, &str)) -> Self {
        Self::of(REFUSED, code, message, remedy)
    }

    fn of(exit: u8, code: &str, message: (&str, &str), remedy: (&str, &str)) -> Self {
        let both = |(zh, en): (&str, &str)| Bilingual { zh: zh.to_owned(), en: en.to_owned() };
        let problem = Box::new(Problem {
            code: code.to_owned(),
            field: None,
            message: both(message),
            remedy: both(remedy),
            retry: false,
        });
        Self { problem, exit, is_told: false }
    }
}
