//! What can be wrong with a configuration, in words for the staff who write it. These never travel:
//! the status is 0.

use std::fmt;

use crate::codes::Code;
use crate::records::Label;

/// Whether a fault keeps a configuration from being set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// It is not set.
    Error,
    /// It is told, and set.
    Warning,
}

/// Something wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What, in words.
    pub code: &'static Code,
    /// Whether it can be set all the same.
    pub gravity: Gravity,
    /// Where: a path like `extra[2].label`, or a line.
    pub place: String,
}

/// Where a fault stands.
pub(super) enum Place {
    /// A path.
    Path(String),
    /// A line of the file, with what the reader of JSON says.
    Line(usize, String),
}

impl Fault {
    pub(super) fn new(code: &'static Code, place: Place) -> Self {
        let place = match place {
            Place::Path(path) => path,
            Place::Line(0, words) => words,
            Place::Line(line, words) => format!("line {line}: {words}"),
        };
        Self { code, gravity: Gravity::Error, place }
    }

    pub(super) fn at(code: &'static Code, path: impl Into<String>) -> Self {
        Self::new(code, Place::Path(path.into()))
    }

    pub(super) fn warning(code: &'static Code, path: impl Into<String>) -> Self {
        Self { gravity: Gravity::Warning, ..Self::at(code, path) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Code { code, message, remedy, .. } = self.code;
        let grave = if self.gravity == Gravity::Error { "error" } else { "warning" };
        write!(
            f,
            "{}: {grave} {code}: {}. {} ({}。{})",
            self.place, message.en, remedy.en, message.zh, remedy.zh
        )
    }
}

impl std::error::Error for Fault {}

macro_rules! faults {
    ($($name:ident = $code:literal, $zh:literal, $en:literal, $remedy_zh:literal, $remedy_en:literal;)*) => {
        $(
            #[doc = $en]
            pub(super) static $name: Code = Code {
                code: $code,
                status: 0,
                retry: false,
                message: Label::new($zh, $en),
                remedy: Label::new($remedy_zh, $remedy_en),
            };
        )*

        /// Every fault, in the order of this page.
        #[cfg(test)]
        pub(super) static ALL: &[&Code] = &[$(&$name),*];
    };
}

faults! {
    UNREADABLE = "configuration_unreadable",
        "不是这种格式的 JSON", "It is no JSON of this shape",
        "请对照 docs/configuration.md 改正", "Correct it by docs/configuration.md";
    UNKNOWN_KEY = "configuration_unknown_key",
        "没有这个键", "There is no such key",
        "请检查拼写", "Check its spelling";
    STALE = "configuration_stale",
        "文件不是根据最新版本修改的", "The file was made from another version than the newest",
        "请先取出最新版本,再次修改", "Take the newest version out and make the change there";
    BAD_KEY = "configuration_key",
        "键应为 x. 加 1 至 48 个小写字母、数字或下划线", "A key is x. and 1 to 48 small letters, digits or underscores",
        "请改用这种形式的键", "Choose a key of this form";
    KEY_TWICE = "configuration_key_twice",
        "同一类记录中键重复", "The key stands twice for one kind of record",
        "请改用别的键", "Choose another key";
    SECTION = "configuration_section",
        "这类记录没有这个栏目", "This kind of record has no such section",
        "可用的栏目见 docs/forms.md", "docs/forms.md and `phone forms` name the sections";
    LABEL = "configuration_label",
        "中英文名称都要有,各不超过 60 个字符", "A label needs words in zh and en, at most 60 characters each",
        "请补上名称", "Write both";
    CHOICES = "configuration_choices",
        "选项:1 至 60 个,代码不重复且由小写字母、数字、下划线组成;只有 choice 类型才有选项",
        "Choices are 1 to 60 different codes of small letters, digits and underscores, for the type choice alone",
        "请改正选项", "Correct the choices";
    BOUNDS = "configuration_bounds",
        "界限不适用于此类型、颠倒或超出范围", "A bound does not belong to the type, is upside down or out of range",
        "max_chars 用于 text(1 至 500),min 和 max 用于 integer", "max_chars is for text (1 to 500), min and max for integer";
    FREE_TEXT = "configuration_free_text",
        "只有文字项才能标为自由文字", "Only a text can be free text",
        "请去掉 free_text", "Leave free_text out";
    CONDITION = "configuration_condition",
        "条件所指的项或取值不存在", "The condition names a field or a value that there is not",
        "请检查条件中的键和代码", "Check the condition's key and codes";
    TOO_MANY = "configuration_too_many",
        "同一类记录的自定义项超过 40 个", "There are more than 40 fields for one kind of record",
        "请减少项目", "Ask for less";
    CADENCE = "configuration_cadence",
        "周期应为 1 至 3660 天", "A cadence is 1 to 3,660 days",
        "请改正天数", "Correct the days";
    RETENTION = "configuration_retention",
        "保存期限至少 30 天,登录和一次性代码的记录至少 1 天", "What is kept is kept for 30 days at least, notes of signing in and of one-time codes for one",
        "请改正天数,或写 null 以长期保存", "Correct the days, or say null to keep it";
    TELEPHONE = "configuration_telephone",
        "不是电话号码", "It is no telephone number",
        "只用数字、空格、加号和连字符", "Use digits, blanks, + and - alone";
    ADDRESS = "configuration_address",
        "地址应以 https:// 或 http:// 开头,且不以斜杠结尾", "An address begins with https:// or http:// and ends without a slash",
        "请改正地址", "Correct the address";
    TYPE_CHANGED = "configuration_type_changed",
        "这个键已按另一种类型使用过", "The key has been in use with another type",
        "手机上可能有旧值;请改用新的键", "Phones may hold values of the old type: choose a new key";
    FIELD_GONE = "configuration_field_gone",
        "以前的自定义项不再询问", "A field of an earlier version is asked no more",
        "已填的值保留,在手机上以键名显示", "Its values stay; phones show them by their key";
    CHOICE_GONE = "configuration_choice_gone",
        "以前的选项被去掉", "A choice of an earlier version is gone",
        "已选的值保留,以代码显示", "Where it was chosen it stays, and is shown as its code";
}
