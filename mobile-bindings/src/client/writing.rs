//! Writing: homes, stays, visits, inspections, photos. Saved on this phone when it returns.

use sync_protocol::document::Effective;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::check::NUMBER_MISSING;
use sync_protocol::records::document_number::normalised;
use sync_protocol::records::{Kind, Value, derived};

use super::value::values;
use super::{Entry, FieldClient, FieldError, PhotoSaved, SavedEdit, parse, record_id};
use crate::editing::{self, Hand, Saved, Values, report, residency};
use crate::error::CoreError;
use crate::photos::{self, TakenPhoto};
use crate::store::records::Place;
use crate::store::{Connection, Transaction, areas, device, records};
use crate::{clock, codes, record};

#[uniffi::export]
impl FieldClient {
    /// Opens a home by its standard address code, and writes what is given. Its id follows from the
    /// code: two phones that open the same home offline open the same record. Without an area it is
    /// the one whose code the address code begins with, or the only one there is.
    ///
    /// # Errors
    /// [`FieldError::Refused`] with the field at fault; nothing is saved then.
    pub fn open_premises(
        &self,
        area: Option<String>,
        address_code: String,
        values: Vec<Entry>,
    ) -> Result<SavedEdit, FieldError> {
        let code = normalised(&address_code);
        let values = with(values, "address_code", code.clone().into());
        let saved = self.writing(|transaction, hand| {
            let area = area_for(transaction, area.as_deref(), &code)?;
            let record = derived::premises_id(&code);
            editing::begin(transaction, hand, record, (area, Kind::Premises), &values)
        })?;
        Ok(saved.into())
    }

    /// Registers a person's stay at a home. Its id follows, under the area's key, from home and
    /// document number: registering the same person twice opens the same record. So does registering
    /// a person whose stay came with its home from another area, under that area's key.
    ///
    /// # Errors
    /// [`FieldError::Refused`] with the field at fault; nothing is saved then.
    pub fn register_residency(
        &self,
        premises: String,
        values: Vec<Entry>,
    ) -> Result<SavedEdit, FieldError> {
        let premises = record_id(&premises)?;
        let mut values = with(values, "premises", premises.to_string().into());
        let number = normalise_number(&mut values)
            .ok_or_else(|| CoreError::on(&NUMBER_MISSING.code, "document_number"))?;
        let saved = self.writing(|transaction, hand| {
            let home = home(transaction, premises)?;
            let area = areas::find(transaction, home.area)?
                .ok_or_else(|| CoreError::refused(&sync_protocol::codes::AREA_FORBIDDEN))?;
            let derived = derived::residency_id(&area.key, premises, &number);
            let record = residency::known(transaction, premises, &number, derived)?;
            editing::begin(transaction, hand, record, (home.area, Kind::Residency), &values)
        })?;
        Ok(saved.into())
    }

    /// Edits a record. Only what is different is written.
    ///
    /// # Errors
    /// [`FieldError::Refused`] with the field at fault; nothing is saved then.
    pub fn edit(&self, record: String, values: Vec<Entry>) -> Result<SavedEdit, FieldError> {
        let mut values = self::values(values);
        normalise_number(&mut values);
        Ok(self.revise(&record, |_, _, _| Ok(values))?)
    }

    /// Writes a visit to a home: a draft, or handed in at once.
    ///
    /// # Errors
    /// [`FieldError::Refused`] with the fields that are wrong or, when handed in, missing.
    #[uniffi::method(default(submit = false))]
    pub fn visit(
        &self,
        premises: String,
        values: Vec<Entry>,
        submit: bool,
    ) -> Result<SavedEdit, FieldError> {
        Ok(self.report(Kind::Visit, &premises, values, submit)?)
    }

    /// Writes an inspection of a home: a draft, or handed in at once.
    ///
    /// # Errors
    /// [`FieldError::Refused`] with the fields that are wrong or, when handed in, missing.
    #[uniffi::method(default(submit = false))]
    pub fn inspect(
        &self,
        premises: String,
        values: Vec<Entry>,
        submit: bool,
    ) -> Result<SavedEdit, FieldError> {
        Ok(self.report(Kind::Inspection, &premises, values, submit)?)
    }

    /// Keeps a photo, a JPEG or PNG, with a report.
    ///
    /// # Errors
    /// [`FieldError::Refused`] when it is no picture or the report is not here.
    #[uniffi::method(default(caption = None, taken_at_ms = None))]
    pub fn photo(
        &self,
        report: String,
        bytes: Vec<u8>,
        caption: Option<String>,
        taken_at_ms: Option<i64>,
    ) -> Result<PhotoSaved, FieldError> {
        let report = record_id(&report)?;
        let taken =
            TakenPhoto { report, bytes: &bytes, caption, taken_at: taken_at_ms, named_in: None };
        let (photo, saved) =
            self.writing(|transaction, hand| photos::take(transaction, hand, taken))?;
        Ok(PhotoSaved { photo: photo.to_string(), edit: saved.into() })
    }
}

impl FieldClient {
    pub(super) fn report(
        &self,
        kind: Kind,
        premises: &str,
        values: Vec<Entry>,
        submit: bool,
    ) -> Result<SavedEdit, CoreError> {
        let premises = record_id(premises)?;
        let mut values = with(values, "premises", premises.to_string().into());
        let state = if submit { "submitted" } else { "draft" };
        values.retain(|(given, _)| given != "state");
        values.push(("state".to_owned(), state.into()));
        let saved = self.writing(|transaction, hand| {
            report::begin(&mut values, hand.now);
            let home = home(transaction, premises)?;
            let record = RecordId(*uuid::Uuid::now_v7().as_bytes());
            editing::begin(transaction, hand, record, (home.area, kind), &values)
        })?;
        Ok(saved.into())
    }

    /// Edits a record that is on the phone by what it says: `values` is given its kind, its effective
    /// values and who writes now, and answers what to write.
    pub(super) fn revise(
        &self,
        record: &str,
        values: impl FnOnce(Kind, &Effective, Hand) -> Result<Values, CoreError>,
    ) -> Result<SavedEdit, CoreError> {
        let record = record_id(record)?;
        let saved = self.writing(|transaction, hand| {
            let registers = record::registers(transaction, record)?
                .ok_or_else(|| CoreError::refused(&codes::NOT_ON_PHONE))?;
            let values = values(registers.kind, &Effective::of(&registers), hand)?;
            editing::edit(transaction, hand, record, &values)
        })?;
        Ok(saved.into())
    }

    /// Writes in one transaction, as this device, now.
    pub(super) fn writing<T>(
        &self,
        write: impl FnOnce(&Transaction<'_>, Hand) -> Result<T, CoreError>,
    ) -> Result<T, CoreError> {
        let now = clock::now_ms();
        self.store.write(|transaction| {
            let device = device::find(transaction)?
                .ok_or_else(|| CoreError::refused(&codes::NOT_ENROLLED))?;
            write(transaction, Hand { actor: device.actor(), now })
        })
    }
}

impl From<Saved> for SavedEdit {
    fn from(saved: Saved) -> Self {
        Self {
            record: saved.record.to_string(),
            change: saved.change.map(|change| change.to_string()),
            written: saved.written,
        }
    }
}

/// The entries with a value that follows from what they are about; it cannot be given otherwise.
fn with(entries: Vec<Entry>, key: &str, value: Value) -> Values {
    let mut values = values(entries);
    values.retain(|(given, _)| given != key);
    values.insert(0, (key.to_owned(), value));
    values
}

/// Document numbers are stored in one form, so that the same number typed twice is no clash.
/// Answers the residency's own number.
pub(super) fn normalise_number(values: &mut Values) -> Option<String> {
    const NUMBERS: [&str; 4] =
        ["document_number", "permit_number", "owner_document", "agent_document"];
    let mut own = None;
    for (key, value) in values {
        if let (true, Value::Text(number)) = (NUMBERS.contains(&key.as_str()), value) {
            *number = normalised(number).into();
            if key == "document_number" {
                own = Some(number.to_string());
            }
        }
    }
    own
}

/// The home that something is about.
pub(super) fn home(connection: &Connection, premises: RecordId) -> Result<Place, CoreError> {
    let listed = records::find(connection, premises)?
        .ok_or_else(|| CoreError::refused(&codes::NOT_ON_PHONE))?;
    if listed.place.kind == Kind::Premises {
        Ok(listed.place)
    } else {
        Err(CoreError::refused(&codes::WRONG_RECORD))
    }
}

/// The area of a new home.
fn area_for(
    connection: &Connection,
    given: Option<&str>,
    address_code: &str,
) -> Result<AreaId, CoreError> {
    if let Some(given) = given {
        return parse(given);
    }
    let areas: Vec<AreaId> = areas::list(connection)?.iter().map(|area| area.area).collect();
    let named = areas.iter().filter(|area| address_code.starts_with(&area.to_string()));
    // A grid cell's code begins with its community's: the longest is the nearest.
    let nearest = named.max_by_key(|area| area.0);
    match (nearest, areas.as_slice()) {
        (Some(area), _) => Ok(*area),
        (None, [only]) => Ok(*only),
        _ => Err(CoreError::refused(&codes::AREA_UNCLEAR)),
    }
}
