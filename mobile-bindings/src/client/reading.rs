//! Reading: areas, lists, a record opened, fingerprints.

use sync_protocol::document::{Effective, EffectiveField, Registers};
use sync_protocol::ids::RecordId;
use sync_protocol::records::{Kind, Role, Sensitivity, Value, check};

use super::shown::Wording;
use super::{
    AreaView, Bilingual, FieldClient, FieldError, FieldView, ListFilter, LostValue, MissingField,
    RecordDigest, RecordLine, RecordView, Standing, parse, record_id,
};
use crate::editing::rules;
use crate::error::CoreError;
use crate::record;
use crate::store::changes::{self, Open};
use crate::store::records::{self, Filter, Listed};
use crate::store::{Connection, areas, configuration, device};
use crate::{clock, codes};

#[uniffi::export]
impl FieldClient {
    /// The person's areas.
    ///
    /// # Errors
    /// [`FieldError::Store`].
    pub fn areas(&self) -> Result<Vec<AreaView>, FieldError> {
        let areas =
            self.store.read(|connection| areas::list(connection).map_err(CoreError::from))?;
        Ok(areas.into_iter().map(area_view).collect())
    }

    /// The records of the person's areas.
    ///
    /// # Errors
    /// A code when the filter names something that is no id.
    #[uniffi::method(default(filter))]
    pub fn list(&self, filter: ListFilter) -> Result<Vec<RecordLine>, FieldError> {
        Ok(self.lines(&filter)?)
    }

    /// Opens a record.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when it is not on the phone.
    pub fn read(&self, record: String) -> Result<RecordView, FieldError> {
        let record = record_id(&record)?;
        Ok(self.store.read(|connection| view(connection, record))?)
    }

    /// The full id of the one record whose id begins like this.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when there is none or more than one.
    pub fn resolve(&self, prefix: String) -> Result<String, FieldError> {
        let prefix = prefix.trim().to_ascii_lowercase();
        let found: Vec<RecordId> = self
            .store
            .read(|connection| records::by_prefix(connection, &prefix).map_err(CoreError::from))?;
        match found.as_slice() {
            [one] if !prefix.is_empty() => Ok(one.to_string()),
            [_, _, ..] => Err(CoreError::refused(&codes::AMBIGUOUS).into()),
            _ => Err(CoreError::refused(&codes::NOT_ON_PHONE).into()),
        }
    }

    /// The fingerprint of every record, ordered by id.
    ///
    /// # Errors
    /// [`FieldError::Store`].
    pub fn digest(&self) -> Result<Vec<RecordDigest>, FieldError> {
        let mut digests = Vec::new();
        let collect = |record: RecordId, registers: &Registers| {
            digests.push(RecordDigest {
                record: record.to_string(),
                kind: registers.kind.code().to_owned(),
                heads: registers.heads.iter().map(ToString::to_string).collect(),
                digest: registers.digest().to_string(),
            });
        };
        self.store.read(|connection| {
            record::each_registers(connection, collect).map_err(CoreError::from)
        })?;
        Ok(digests)
    }
}

impl FieldClient {
    fn lines(&self, filter: &ListFilter) -> Result<Vec<RecordLine>, CoreError> {
        let filter = filter.parsed()?;
        self.store.read(|connection| {
            let open = changes::open_by_record(connection)?;
            let listed = records::list(connection, &filter)?;
            Ok(listed
                .into_iter()
                .map(|listed| {
                    let standing = standing(open.get(&listed.place.record));
                    line(listed, standing)
                })
                .collect())
        })
    }
}

impl ListFilter {
    /// The filter as the store takes it.
    pub(super) fn parsed(&self) -> Result<Filter, CoreError> {
        let kind = |code: &String| {
            let kind = Kind::from_code(code);
            kind.ok_or_else(|| CoreError::refused(&sync_protocol::codes::WRONG_INPUT))
        };
        Ok(Filter {
            area: self.area.as_deref().map(parse).transpose()?,
            kind: self.kind.as_ref().map(kind).transpose()?,
            premises: self.premises.as_deref().map(record_id).transpose()?,
            limit: self.limit,
        })
    }
}

fn area_view(area: areas::Area) -> AreaView {
    let roles: Vec<Role> = area.roles.iter().collect();
    AreaView {
        area: area.area.to_string(),
        name: Bilingual { zh: area.name_zh, en: area.name_en },
        roles: roles.iter().map(|role| role.code().to_owned()).collect(),
        role_names: roles.iter().map(|role| role.label().into()).collect(),
        complete: area.complete,
    }
}

/// How far what was written in a record has come.
pub(super) fn standing(open: Option<&Open>) -> Standing {
    match open {
        Some(Open::OnPhone) => Standing::OnPhone,
        Some(Open::OnServer) => Standing::OnServer,
        None => Standing::Merged,
    }
}

/// A record in a list.
pub(super) fn line(listed: Listed, standing: Standing) -> RecordLine {
    RecordLine {
        record: listed.place.record.to_string(),
        area: listed.place.area.to_string(),
        kind: listed.place.kind.code().to_owned(),
        title: listed.title,
        premises: listed.premises.map(|premises| premises.to_string()),
        state: listed.state,
        at_ms: listed.at,
        clashes: listed.clashes,
        standing,
        found: None,
    }
}

fn view(connection: &Connection, record: RecordId) -> Result<RecordView, CoreError> {
    let not_here = || CoreError::refused(&codes::NOT_ON_PHONE);
    let listed = records::find(connection, record)?.ok_or_else(not_here)?;
    let registers = record::registers(connection, record)?.ok_or_else(not_here)?;
    let open = changes::open_by_record(connection)?;
    let kind = registers.kind;
    let effective = Effective::of(&registers);
    let me = device::find(connection)?;
    let wording = Wording::new(connection, me.as_ref())?;
    let mut fields: Vec<(usize, FieldView)> = effective
        .fields
        .iter()
        .filter(|(_, field)| field.value != Value::from(""))
        .map(|(key, field)| {
            let clash = effective.clashes.iter().any(|clash| clash.key == *key);
            (place(kind, key), field_view(&wording, kind, key, field, clash))
        })
        .collect();
    fields.sort_by_key(|(place, _)| *place);
    let configuration = configuration::current(connection)?;
    let sheet = rules::sheet(kind, &effective, clock::now_ms()).under(&configuration);
    let missing = check::missing(&sheet);
    Ok(RecordView {
        line: line(listed, standing(open.get(&record))),
        fields: fields.into_iter().map(|(_, field)| field).collect(),
        missing: missing
            .into_iter()
            .map(|key| MissingField { label: wording.label(kind, &key), key })
            .collect(),
    })
}

/// A key's place in the field table; what a newer table added comes last.
fn place(kind: Kind, key: &str) -> usize {
    let field = kind.field(key).map(|(field, _)| field.key);
    let place = kind.fields().iter().position(|other| Some(other.key) == field);
    place.unwrap_or(usize::MAX)
}

fn field_view(
    wording: &Wording<'_>,
    kind: Kind,
    key: &str,
    effective: &EffectiveField,
    clash: bool,
) -> FieldView {
    let own = wording.own(kind, key).map(|own| own.sensitivity);
    let sensitivity = own.or_else(|| kind.field(key).map(|(field, _)| field.sensitivity));
    // The same value written twice is nothing lost.
    let lost = effective.others.iter().filter(|other| other.value != effective.value);
    let others = lost.map(|lost| LostValue {
        value: lost.value.clone().into(),
        shown: wording.value_of(kind, key, &lost.value),
        by: wording.by(&lost.stamp),
        at_ms: lost.stamp.time.saturating_mul(1000),
    });
    FieldView {
        key: key.to_owned(),
        label: wording.label(kind, key),
        value: effective.value.clone().into(),
        shown: wording.value_of(kind, key, &effective.value),
        by: effective.stamp.as_ref().map(|stamp| wording.by(stamp)),
        at_ms: effective.stamp.map(|stamp| stamp.time.saturating_mul(1000)),
        clash,
        others: others.collect(),
        sensitive: sensitivity == Some(Sensitivity::Sensitive),
    }
}
