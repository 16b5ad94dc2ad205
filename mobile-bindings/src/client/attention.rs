//! What needs a person: refused work, clashes, returned reports, photos and records with trouble, a
//! store that was damaged.

mod damage;
mod lost;
mod moves;

use serde::Serialize;
use sync_protocol::document::Effective;
use sync_protocol::ids::{DeviceId, RecordId};
use sync_protocol::records::Kind;

use super::shown::Wording;
use super::{Bilingual, FieldClient, FieldError};
use crate::codes;
use crate::error::CoreError;
use crate::record;
use crate::store::changes::Troubled;
use crate::store::departures::{Departure, Went};
use crate::store::{Connection, changes, departures, device, intents, photos, records, strays};

/// Why something needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum AttentionKind {
    /// The server refused it; it is kept here and there.
    Refused,
    /// It waits for a change that another phone has.
    Waiting,
    /// Two wrote different values without knowing of each other.
    Clash,
    /// A reviewer returned the report.
    Returned,
    /// The server would not take a photo; the original is here.
    Photo,
    /// A record came that this app cannot read; it is kept.
    Unreadable,
    /// Staff looked at what was refused and decided against it.
    Dismissed,
    /// An area is no longer the person's, and its records have gone from this phone.
    AreaGone,
    /// Records were moved to an area that is not the person's, and have gone from this phone.
    RecordsGone,
    /// Records were erased at somebody's request, and have gone from this phone.
    Erased,
    /// Records had been kept for as long as the district keeps them, and have gone from this phone.
    PutAway,
    /// What this phone wrote does not stand: another's value does, by the field's rule or a reviewer's
    /// decision.
    Lost,
    /// A record is in another of the person's areas now.
    Moved,
    /// The store was damaged: a new one was begun with what could be read of it.
    Damaged,
}

/// Something that needs a person.
#[derive(Debug, Clone, Serialize, uniffi::Record)]
pub struct Attention {
    /// Why.
    pub why: AttentionKind,
    /// The record; empty where it has gone.
    pub record: String,
    /// Its kind's code.
    pub kind: String,
    /// What a person knows it by; of what has gone, the area.
    pub title: String,
    /// The code, where there is one.
    pub code: Option<String>,
    /// The field at fault, in words.
    pub field: Option<Bilingual>,
    /// What happened and what to do.
    pub words: Bilingual,
    /// What was written and does not stand: each field and value in words.
    pub kept: Vec<Bilingual>,
    /// When it was written, or went, in milliseconds since 1970 UTC.
    pub at_ms: Option<i64>,
    /// Whether there is nothing left to do: it is shown so that it is known.
    pub settled: bool,
}

#[uniffi::export]
impl FieldClient {
    /// What needs a person.
    ///
    /// # Errors
    /// [`FieldError::Store`].
    pub fn attention(&self) -> Result<Vec<Attention>, FieldError> {
        Ok(self.store.read(|connection| {
            let me = device::find(connection)?;
            let wording = Wording::new(connection, me.as_ref())?;
            let me = me.map(|me| me.device);
            let desk = Desk { connection, wording, me };
            let mut all = desk.changes()?;
            all.extend(desk.records()?);
            all.extend(desk.photos()?);
            all.extend(desk.strays()?);
            all.extend(lost::list(&desk)?);
            all.extend(moves::list(&desk)?);
            all.extend(desk.departures()?);
            all.extend(damage::list(connection)?);
            Ok::<_, CoreError>(all)
        })?)
    }
}

struct Desk<'c> {
    connection: &'c Connection,
    wording: Wording<'c>,
    me: Option<DeviceId>,
}

impl Desk<'_> {
    fn changes(&self) -> Result<Vec<Attention>, CoreError> {
        let troubled = changes::troubled(self.connection)?;
        troubled.into_iter().map(|change| self.change(change)).collect()
    }

    fn change(&self, change: Troubled) -> Result<Attention, CoreError> {
        let kind = change.kind;
        let mut item = self.item(change.record, kind)?;
        item.why = if change.held { AttentionKind::Waiting } else { AttentionKind::Refused };
        item.field = change.field.map(|field| self.wording.label(kind, &field));
        item.code = Some(change.code);
        item.words = change.words.into();
        item.at_ms = Some(change.made_at);
        if let Some(reason) = change.reason {
            item.why = AttentionKind::Dismissed;
            item.settled = true;
            item.words = Bilingual {
                zh: format!("审核后决定不采纳:{reason}"),
                en: format!("Staff looked at it and decided against it: {reason}"),
            };
        }
        for meant in intents::of(self.connection, change.no)? {
            let label = self.wording.label(kind, &meant.key);
            let shown = self.wording.value_of(kind, &meant.key, &meant.new);
            item.kept.push(Bilingual {
                zh: format!("{}:{}", label.zh, shown.zh),
                en: format!("{}: {}", label.en, shown.en),
            });
        }
        Ok(item)
    }

    /// Clashes, a line for each field, and reports that came back.
    fn records(&self) -> Result<Vec<Attention>, CoreError> {
        let mut items = Vec::new();
        for listed in records::noteworthy(self.connection)? {
            let place = listed.place;
            let Some(registers) = record::registers(self.connection, place.record)? else {
                continue;
            };
            let effective = Effective::of(&registers);
            if listed.state.as_deref() == Some("returned") {
                let mut item = self.item(place.record, place.kind)?;
                item.why = AttentionKind::Returned;
                let comment = effective.text("review_comment").unwrap_or_default();
                item.words = Bilingual {
                    zh: format!("审核员退回了这份报告:{comment}"),
                    en: format!("A reviewer returned this report: {comment}"),
                };
                items.push(item);
            }
            for clash in &effective.clashes {
                let mut item = self.item(place.record, place.kind)?;
                item.field = Some(self.wording.label(place.kind, &clash.key));
                for live in &clash.values {
                    let shown = self.wording.value_of(place.kind, &clash.key, &live.value);
                    let by = self.wording.by(&live.stamp);
                    item.kept.push(Bilingual {
                        zh: format!("{}({by})", shown.zh),
                        en: format!("{} ({by})", shown.en),
                    });
                }
                items.push(item);
            }
        }
        Ok(items)
    }

    fn photos(&self) -> Result<Vec<Attention>, CoreError> {
        let troubled = photos::troubled(self.connection)?;
        let item = |troubled: photos::TroubledPhoto| {
            let report = records::find(self.connection, troubled.photo.record)?;
            let kind = report.map_or(Kind::Visit, |report| report.place.kind);
            let mut item = self.item(troubled.photo.record, kind)?;
            item.why = AttentionKind::Photo;
            item.code = Some(troubled.code);
            item.words = troubled.words.into();
            item.kept.push(Bilingual::same(troubled.photo.photo.to_string()));
            Ok(item)
        };
        troubled.into_iter().map(item).collect()
    }

    fn strays(&self) -> Result<Vec<Attention>, CoreError> {
        let strays = strays::list(self.connection)?;
        let item = |stray: strays::Stray| {
            let code = &codes::RECORD_UNREADABLE;
            let mut item = self.item(stray.record, stray.kind)?;
            item.why = AttentionKind::Unreadable;
            item.code = Some(code.code.to_owned());
            item.words = Bilingual {
                zh: format!("{}。{}", code.message.zh, code.remedy.zh),
                en: format!("{}. {}", code.message.en, code.remedy.en),
            };
            Ok(item)
        };
        strays.into_iter().map(item).collect()
    }

    /// A clash of a record: the most frequent; the others change what differs.
    fn item(&self, record: RecordId, kind: Kind) -> Result<Attention, CoreError> {
        let listed = records::find(self.connection, record)?;
        Ok(Attention {
            why: AttentionKind::Clash,
            record: record.to_string(),
            kind: kind.code().to_owned(),
            title: listed.map(|listed| listed.title).unwrap_or_default(),
            code: None,
            field: None,
            words: Bilingual {
                zh: "两人填写不同,等审核员裁定".to_owned(),
                en: "Two wrote different values; a reviewer decides".to_owned(),
            },
            kept: Vec::new(),
            at_ms: None,
            settled: false,
        })
    }

    /// What has gone from this phone, in numbers.
    fn departures(&self) -> Result<Vec<Attention>, CoreError> {
        let departures = departures::list(self.connection)?;
        Ok(departures.into_iter().map(departed).collect())
    }
}

fn departed(departure: Departure) -> Attention {
    let Departure { area, went, name: (zh, en), records, changes, photos, at } = departure;
    let (why, mut words) = match went {
        Went::Area => (
            AttentionKind::AreaGone,
            Bilingual {
                zh: format!("您不再负责{zh}({area}),{records}条记录已从本机清除"),
                en: format!(
                    "{en} ({area}) is no longer yours; {records} records were taken off this phone"
                ),
            },
        ),
        Went::Records => (
            AttentionKind::RecordsGone,
            Bilingual {
                zh: format!("{zh}({area})有{records}条记录划归其他片区,已从本机清除"),
                en: format!(
                    "{records} records of {en} ({area}) are in another area now and were taken off \
                     this phone"
                ),
            },
        ),
        Went::PutAway => (
            AttentionKind::PutAway,
            Bilingual {
                zh: format!("{zh}({area})有{records}条记录已超过保存期限,已从本机清除"),
                en: format!(
                    "{records} records of {en} ({area}) were kept for as long as they may be and \
                     were taken off this phone"
                ),
            },
        ),
        Went::Erased => (
            AttentionKind::Erased,
            Bilingual {
                zh: format!(
                    "{zh}({area})有{records}条记录已依申请删除,未提交的{changes}处修改一并删除"
                ),
                en: format!(
                    "{records} records of {en} ({area}) were erased at somebody's request, and with \
                     them {changes} changes that had not been taken"
                ),
            },
        ),
    };
    if went == Went::Erased {
        return told(why, zh, words, at);
    }
    if changes > 0 {
        words.zh += &format!(";{changes}处修改已交给服务器,保存在那里");
        words.en += &format!("; {changes} changes were handed to the server and are kept there");
    }
    if photos > 0 {
        words.zh += &format!(";服务器未接收的{photos}张照片已删除");
        words.en += &format!("; {photos} photos that the server would not take were deleted");
    }
    told(why, zh, words, at)
}

/// Something that is shown so that it is known.
fn told(why: AttentionKind, title: String, words: Bilingual, at: i64) -> Attention {
    Attention {
        why,
        record: String::new(),
        kind: String::new(),
        title,
        code: None,
        field: None,
        words,
        kept: Vec::new(),
        at_ms: Some(at),
        settled: true,
    }
}

#[cfg(test)]
mod tests;
