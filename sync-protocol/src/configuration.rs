//! A district's configuration: its own fields (`x.…`), the cadences of what is due, and what its
//! workers' badges say. Staff write it as JSON, the server keeps every version of it, phones get the
//! newest with a sync. It never keeps a change out of a log: the server judges `x.` fields as before.
//!
//! ```
//! use sync_protocol::configuration::Configuration;
//! let json = r#"{"due": {"visit_days": 180}, "extra": [{
//!     "kind": "premises", "section": "use", "key": "x.meter_no", "type": "text",
//!     "label": {"zh": "电表号", "en": "Meter number"}}]}"#;
//! let configuration = Configuration::read(json).expect("nothing is wrong with it");
//! assert_eq!(configuration.due.visit_days, 180);
//! assert_eq!(configuration.extra[0].label.en, "Meter number");
//! ```

mod condition;
mod extra;
mod fault;
mod form;
mod inspect;
mod lenient;
mod retention;
mod strict;
mod succession;

use serde::{Deserialize, Serialize};

use crate::due::Cadences;
use crate::records::{Kind, Label};

pub use condition::When;
pub use extra::{ExtraChoice, ExtraField, ExtraType};
pub use fault::{Fault, Gravity};
pub use form::forms;
pub use inspect::faults;
pub use retention::Retention;
pub use succession::changes;

/// What whoever adds fields is told every time: a refusal of the product, not a gap.
pub const NOTICE: Label = Label::new(
    "自定义项只能记录居住、服务和房屋安全的事实。不得用来记录民族、宗教、政治观点、生物特征,\
     不得对人分级、打分或列名单,不得写暗语评价。住户可以查阅所记内容",
    "A district's fields are for stays, services and the safety of homes. None may hold ethnicity, \
     religion, political views or biometrics, grade, score or list persons, or carry a covert \
     remark. Residents can ask to see what is held",
);

/// What a district has decided for itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Configuration {
    /// Which version it is, counting from 1; 0 before the first, and in a file that does not say
    /// upon which version it was made.
    pub version: u64,
    /// The number that residents call to ask about a worker.
    pub telephone: Option<String>,
    /// The address under which residents reach the server; none where it is the phones' own.
    pub public_address: Option<String>,
    /// Whether residents see no public roster of who works in their area. By Liaoning art. 15 it is
    /// public.
    pub hide_roster: bool,
    /// The cadences of what is due.
    pub due: Cadences,
    /// How long it keeps what.
    pub retention: Retention,
    /// The district's own fields, in the order in which they are asked.
    pub extra: Vec<ExtraField>,
}

/// Words in both languages, as staff write them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
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

impl Configuration {
    /// Reads what staff wrote. Whoever takes it still asks [`faults`] and [`changes`].
    ///
    /// # Errors
    /// Where it is no JSON of this shape, or has a key that nothing knows.
    pub fn read(json: &str) -> Result<Self, Fault> {
        strict::read(json)
    }

    /// Reads what was stored or came from a server, which may be newer than this reader: what it
    /// does not know is passed over, what it cannot read is as if it were not said.
    pub fn received(version: u64, json: &str) -> Self {
        Self { version, ..lenient::read(json) }
    }

    /// The same as JSON, every key said.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The district's fields of a kind of record.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &ExtraField> {
        self.extra.iter().filter(move |field| field.kind == kind)
    }

    /// The district's field of a key.
    pub fn field(&self, kind: Kind, key: &str) -> Option<&ExtraField> {
        self.of_kind(kind).find(|field| field.key == key)
    }
}

#[cfg(test)]
mod tests;
