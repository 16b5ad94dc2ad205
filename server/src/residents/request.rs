//! A resident's request: what it asks for, and the digest of that, which approvals name.

use sha2::{Digest, Sha256};
use sync_protocol::ids::{AreaId, PersonId, RecordId};
use sync_protocol::records::{Label, Value};
use uuid::Uuid;

/// A request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub Uuid);

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal, $zh:literal, $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $(#[doc = $en] $variant,)*
        }

        impl $name {
            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What people read.
            pub const fn label(self) -> Label {
                match self { $(Self::$variant => Label::new($zh, $en),)* }
            }

            /// The one of a code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

coded! {
    /// What a resident asks for.
    RequestKind {
        Access = "access", "查阅", "To be told what is held";
        Correction = "correction", "更正", "To have it corrected";
        Erasure = "erasure", "删除", "To have it erased";
    }
}

coded! {
    /// Where a request stands.
    State {
        Open = "open", "办理中", "Open";
        Begun = "begun", "正在删除", "Being erased";
        Done = "done", "已办结", "Done";
        Declined = "declined", "不予办理", "Declined";
    }
}

/// A value that is to be another.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Wish {
    /// The field's key.
    pub key: String,
    /// What stood there when the request was taken in.
    pub is: Value,
    /// What is to stand there.
    pub wanted: Value,
}

/// What a request says in words. It is sealed, and never in a log.
#[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Words {
    /// The document number of whom it is for, as their record said it when the request was taken in.
    #[serde(default)]
    pub number: Option<String>,
    /// Their name as the record said it, if it had no number: nothing else tells whose it is then.
    #[serde(default)]
    pub name: Option<String>,
    /// How the person proved who they are.
    pub proof: String,
    /// What they said.
    pub reason: String,
    /// What is to be corrected, in the record by which they were found.
    pub wishes: Vec<Wish>,
    /// Why it was declined.
    pub decision: Option<String>,
    /// Who took it in, and who wrote it last: sealed, they are these whatever the table says.
    #[serde(default)]
    pub asked_by: Vec<PersonId>,
    /// The digest that two people had agreed to when an erasure was begun: what is begun is finished,
    /// though one of them has left meanwhile. Sealed with the words, nobody can put it there who only
    /// writes to the database.
    #[serde(default)]
    pub begun: Option<[u8; 32]>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Words")
    }
}

/// A request as it is kept.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which.
    pub id: RequestId,
    /// What it asks for.
    pub kind: RequestKind,
    /// Where it stands.
    pub state: State,
    /// The area of the record by which the person was found.
    pub area: AreaId,
    /// That record.
    pub record: RecordId,
    /// Key of its field with the person's document number, if it has one.
    pub field: Option<String>,
    /// How often it was written.
    pub version: i64,
    /// What it says; gone once an erasure is done.
    pub words: Option<Words>,
    /// Who took it in.
    pub taken_by: PersonId,
    /// When, in milliseconds since 1970 UTC.
    pub taken_at: i64,
    /// Who wrote it last, if that is somebody after it was taken in.
    pub changed_by: Option<PersonId>,
    /// When an erasure was begun, in milliseconds since 1970 UTC.
    pub begun_at: Option<i64>,
    /// Who carried it out or declined it.
    pub closed_by: Option<PersonId>,
    /// When, in milliseconds since 1970 UTC.
    pub closed_at: Option<i64>,
    /// The records that it is about, in order.
    pub records: Vec<(AreaId, RecordId)>,
}

impl Request {
    /// The areas that it touches.
    pub fn areas(&self) -> impl Iterator<Item = AreaId> {
        let about = self.records.iter().map(|(area, _)| *area);
        std::iter::once(self.area).chain(about)
    }

    /// Whether somebody asked for it themselves: who took it in or wrote it last cannot agree to it.
    pub fn is_asked_by(&self, person: PersonId) -> bool {
        let sealed = self.words.as_ref().is_some_and(|words| words.asked_by.contains(&person));
        sealed || self.taken_by == person || self.changed_by == Some(person)
    }

    /// Whether it may go on.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open | State::Begun)
    }

    /// The document number of whom it is for, if their record has one.
    pub fn number(&self) -> Option<&str> {
        self.words.as_ref()?.number.as_deref()
    }

    /// The name of whom it is for, if their record has no number.
    pub fn name(&self) -> Option<&str> {
        self.words.as_ref()?.name.as_deref()
    }

    /// SHA-256 of all that somebody agrees to. The form is frozen under its name: a person's name stands
    /// behind it where there is one, so that what was agreed to by number is what it was.
    pub fn digest(&self) -> [u8; 32] {
        let words = self.words.as_ref();
        let words = words.map(|said| (&said.number, &said.proof, &said.reason, &said.wishes));
        let records: Vec<String> =
            self.records.iter().map(|(area, record)| format!("{area}/{record}")).collect();
        let place = (self.area.to_string(), self.record.to_string(), &self.field);
        let all = (self.id, self.kind.code(), self.version, place, records, words);
        let json = serde_json::to_vec(&all).unwrap_or_default();
        let form = Sha256::new().chain_update(b"doorstep request 2\0").chain_update(json);
        let named = self.name().map(|name| format!("\0{name}")).unwrap_or_default();
        form.chain_update(named).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request {
            id: RequestId(Uuid::nil()),
            kind: RequestKind::Erasure,
            state: State::Open,
            area: AreaId(1),
            record: RecordId([1; 16]),
            field: None,
            version: 1,
            words: Some(Words { proof: "身份证".to_owned(), ..Words::default() }),
            taken_by: PersonId([1; 16]),
            taken_at: 0,
            changed_by: None,
            begun_at: None,
            closed_by: None,
            closed_at: None,
            records: vec![(AreaId(1), RecordId([1; 16]))],
        }
    }

    #[test]
    fn whatever_is_asked_for_is_in_the_digest_and_where_it_stands_is_not() {
        let first = request();
        let words = |words: Words| Request { words: Some(words), ..request() };
        let wish = Wish { key: "name".into(), is: "a".into(), wanted: "b".into() };
        let others = [
            Request { kind: RequestKind::Access, ..request() },
            Request { record: RecordId([2; 16]), ..request() },
            Request { area: AreaId(2), ..request() },
            Request { version: 2, ..request() },
            Request { records: Vec::new(), ..request() },
            Request { field: Some("owner_document".to_owned()), ..request() },
            words(Words { proof: "护照".to_owned(), ..Words::default() }),
            words(Words {
                proof: "身份证".to_owned(),
                number: Some("11010519491231002X".to_owned()),
                ..Words::default()
            }),
            words(Words { proof: "身份证".to_owned(), wishes: vec![wish], ..Words::default() }),
            words(Words {
                proof: "身份证".to_owned(),
                name: Some("欧阳春晓".to_owned()),
                ..Words::default()
            }),
        ];
        for other in others {
            assert_ne!(first.digest(), other.digest(), "{other:?}");
        }
        let begun = Words { begun: Some([1; 32]), ..request().words.unwrap_or_default() };
        let later = Request { state: State::Begun, begun_at: Some(5), ..words(begun) };
        assert_eq!(first.digest(), later.digest());
    }
}
