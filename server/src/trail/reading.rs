//! The trail as an auditor reads it, newest first, filtered and paged. Reading it is itself noted.

use std::collections::HashMap;

use sync_protocol::codes;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Kind;

use super::entry::DONE;
use super::{Act, Actor, Entry, Origin, note, reason};
use crate::auth::audit::TrailScope;
use crate::review::words::Words;
pub use crate::store::trail::Filter as Wanted;
use crate::store::trail::Kept;
use crate::store::{Db, Store, StoreError, areas, devices, people, trail};

/// Most looks that are told of one record.
const MOST_LOOKS: i64 = 1_000;

/// A page of the trail.
#[derive(Debug, serde::Serialize)]
pub struct Page {
    /// The entries.
    pub items: Vec<EntryView>,
    /// Before which place the next page begins; nothing after the last.
    pub next: Option<u64>,
}

/// An entry.
#[derive(Debug, serde::Serialize)]
pub struct EntryView {
    /// Its place in the chain.
    pub place: u64,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Code of the act.
    pub act: String,
    /// The same in words.
    pub act_label: Words,
    /// `done`, or the code with which it was refused.
    pub outcome: String,
    /// Why it was refused, in words.
    pub refusal: Option<Words>,
    /// How many it stands for.
    pub times: u64,
    /// Who.
    pub actor: Party,
    /// Whom or what it was done to.
    pub about: Option<Party>,
    /// In which area.
    pub area: Option<AreaId>,
    /// The area's name.
    pub area_name: Option<Words>,
    /// To which record.
    pub record: Option<RecordId>,
    /// Key of the field.
    pub field: Option<String>,
    /// The field's label.
    pub field_label: Option<Words>,
    /// What more there is to say.
    pub detail: Option<String>,
    /// The network address.
    pub address: Option<String>,
    /// The request.
    pub request: Option<String>,
    /// Why, in the words that were given.
    pub reason: Option<String>,
}

/// A person, a phone, or whoever else the trail names.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Party {
    /// As it stands in the trail, e.g. `staff:0198…`: what the filter takes.
    pub id: String,
    /// staff, device, operator, person, server, resident or nobody.
    pub kind: String,
    /// The person's name, or whose phone it is.
    pub name: Option<String>,
}

/// A page of the entries that are wanted, noted as read.
///
/// # Errors
/// Those of the database.
pub fn read(
    store: &Store,
    scope: &TrailScope,
    wanted: &Wanted,
    by: (Actor, Origin),
    now_ms: i64,
) -> Result<Page, StoreError> {
    store.transaction(|db| {
        let kept = trail::page(db, scope, wanted)?;
        let full = i64::try_from(kept.len()).is_ok_and(|found| found >= wanted.most);
        let next = kept.last().map(|last| last.place).filter(|last| full && *last > 1);
        let mut parties = Parties::default();
        let items = kept.into_iter().map(|kept| view(db, kept, &mut parties));
        let page = Page { items: items.collect::<Result<_, _>>()?, next };
        let (actor, origin) = by;
        let mut read = Entry::new(Act::TrailRead, actor, now_ms).from(origin);
        read = read.detail(in_words(wanted));
        if let Some(area) = wanted.area {
            read = read.area(area);
        }
        note(db, &read)?;
        Ok(page)
    })
}

/// That somebody looked at a record, as the person whom it is about is told.
#[derive(Debug, serde::Serialize)]
pub struct Look {
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// What they did.
    pub what: Words,
    /// Who.
    pub who: Option<String>,
    /// Which field, if it was one.
    pub field: Option<Words>,
}

/// What was done with a record, newest first; what was refused is left out.
///
/// # Errors
/// Those of the database.
pub fn looks(db: &mut Db, scope: &TrailScope, record: RecordId) -> Result<Vec<Look>, StoreError> {
    let wanted = Wanted { record: Some(record), most: MOST_LOOKS, ..Wanted::default() };
    let mut parties = Parties::default();
    let kept = trail::page(db, scope, &wanted)?;
    let done = kept.into_iter().filter(|kept| kept.outcome == DONE);
    done.map(|kept| {
        let seen = view(db, kept, &mut parties)?;
        let (at, what, field) = (seen.at, seen.act_label, seen.field_label);
        Ok(Look { at, what, who: seen.actor.name, field })
    })
    .collect()
}

/// What was asked for, as an address would say it.
fn in_words(wanted: &Wanted) -> String {
    let of = |name: &str, value: Option<String>| value.map(|value| format!("{name}={value}"));
    let parts = [
        of("from", wanted.from.map(|at| at.to_string())),
        of("until", wanted.until.map(|at| at.to_string())),
        of("actor", wanted.actor.clone()),
        of("act", wanted.act.map(|act| act.code().to_owned())),
        of("area", wanted.area.map(|area| area.to_string())),
        of("record", wanted.record.map(|record| record.to_string())),
        wanted.refused.then(|| "refused".to_owned()),
        of("before", wanted.before.map(|place| place.to_string())),
    ];
    parts.into_iter().flatten().collect::<Vec<String>>().join(" ")
}

fn view(db: &mut Db, kept: Kept, parties: &mut Parties) -> Result<EntryView, StoreError> {
    let label = Act::from_code(&kept.act).map(|act| Words::from(act.label()));
    let refusal = codes::find(&kept.outcome).map(|code| code.message.into());
    let field_label = kept.field.as_deref().and_then(field_label);
    let reason = kept.reason.as_deref().and_then(reason::words).map(str::to_owned);
    Ok(EntryView {
        place: kept.place,
        at: kept.at,
        act_label: label.unwrap_or_else(|| Words::same(kept.act.clone())),
        act: kept.act,
        outcome: kept.outcome,
        refusal,
        times: kept.times,
        actor: parties.find(db, kept.actor)?,
        about: kept.about.map(|about| parties.find(db, about)).transpose()?,
        area_name: kept.area.map(|area| parties.area(db, area)).transpose()?.flatten(),
        area: kept.area,
        record: kept.record,
        field: kept.field,
        field_label,
        detail: kept.detail,
        address: kept.address,
        request: kept.request.map(|request| request.simple().to_string()),
        reason,
    })
}

fn field_label(key: &str) -> Option<Words> {
    Kind::ALL.iter().find_map(|kind| kind.field(key)).map(|(field, _)| field.label.into())
}

/// Names that were looked up for a page.
#[derive(Default)]
struct Parties {
    known: HashMap<String, Party>,
    areas: HashMap<AreaId, Option<Words>>,
}

impl Parties {
    fn find(&mut self, db: &mut Db, id: String) -> Result<Party, StoreError> {
        if let Some(party) = self.known.get(&id) {
            return Ok(party.clone());
        }
        let (kind, rest) = id.split_once(':').unwrap_or((&id, ""));
        let name = match kind {
            "staff" | "person" => person(db, rest)?,
            "device" => owner(db, rest)?,
            "operator" => Some(rest.to_owned()),
            _ => None,
        };
        let party = Party { kind: kind.to_owned(), name, id: id.clone() };
        self.known.insert(id, party.clone());
        Ok(party)
    }

    fn area(&mut self, db: &mut Db, id: AreaId) -> Result<Option<Words>, StoreError> {
        if let Some(name) = self.areas.get(&id) {
            return Ok(name.clone());
        }
        let area = areas::find(db, &[id])?.into_iter().next();
        let name = area.map(|area| Words { zh: area.name_zh, en: area.name_en });
        self.areas.insert(id, name.clone());
        Ok(name)
    }
}

fn person(db: &mut Db, id: &str) -> Result<Option<String>, StoreError> {
    let Ok(id) = id.parse() else { return Ok(None) };
    Ok(people::find(db, id)?.map(|person| person.name))
}

fn owner(db: &mut Db, id: &str) -> Result<Option<String>, StoreError> {
    let Ok(id) = u64::from_str_radix(id, 16).map(sync_protocol::ids::DeviceId) else {
        return Ok(None);
    };
    Ok(devices::writers(db, vec![id])?.remove(&id).map(|writer| writer.name))
}
