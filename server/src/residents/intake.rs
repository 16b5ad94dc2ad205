//! Taking a request in, and writing it anew: what is asked for, of whom, and how they proved who they
//! are.

use sync_protocol::codes;
use sync_protocol::document::Effective;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::{Kind, Value};
use uuid::Uuid;

use super::corrections::may_be;
use super::request::{Request, RequestId, RequestKind, State, Wish, Words};
use super::subject::{look, number_field};
use super::{Occasion, RequestError};
use crate::auth::StaffMay;
use crate::auth::actions::TakeRequest;
use crate::store::{Db, Store, StoreError, records, requests};
use crate::trail::{Act, note};
use crate::vault;

/// Fewest characters of words, blanks aside.
const FEWEST: usize = 4;

/// Longest words, in characters.
const LONGEST: usize = 1_000;

/// Most values that one request corrects.
const MOST_WISHES: usize = 20;

/// What is asked for, as staff write it down.
#[derive(Clone, serde::Deserialize)]
pub struct Asked {
    /// What the resident asks for.
    pub kind: RequestKind,
    /// The area of the record by which they were found.
    pub area: AreaId,
    /// That record: a stay, or the home that is theirs.
    pub record: RecordId,
    /// The field with their document number, where a record has several.
    pub field: Option<String>,
    /// How they proved who they are.
    pub proof: String,
    /// What they said.
    pub reason: String,
    /// What is to be corrected, by key.
    #[serde(default)]
    pub wishes: Vec<Asks>,
}

/// A value that is to be another.
#[derive(Clone, serde::Deserialize)]
pub struct Asks {
    /// The field's key.
    pub key: String,
    /// What is to stand there.
    pub wanted: Value,
}

/// Takes a request in; answers which it is.
///
/// # Errors
/// [`codes::NOT_FOUND`] if there is no such record in the person's areas, codes for what is wrong with
/// the request, or those of the database.
pub fn take(
    store: &Store,
    staff: &StaffMay<TakeRequest>,
    asked: &Asked,
    occasion: Occasion,
) -> Result<RequestId, RequestError> {
    super::within(store, |db| {
        let id = RequestId(Uuid::now_v7());
        let new = written(db, staff, id, asked, occasion.now_ms)?;
        requests::insert(db, &new)?;
        note(db, &super::entry(Act::RequestTaken, staff, &new, occasion))?;
        Ok(id)
    })
}

/// Writes a request anew that nobody has begun to carry out: whoever agreed has to agree again.
///
/// # Errors
/// The same as [`take`], or [`codes::REQUEST_CLOSED`].
pub fn change(
    store: &Store,
    staff: &StaffMay<TakeRequest>,
    id: RequestId,
    asked: &Asked,
    occasion: Occasion,
) -> Result<(), RequestError> {
    super::within(store, |db| {
        let old = super::of_staff(db, staff, id)?;
        // What it is about stays: for another person or matter another request is taken in.
        let same = (old.kind, old.area, old.record) == (asked.kind, asked.area, asked.record);
        if old.state != State::Open {
            return Err(RequestError::Refused(&codes::REQUEST_CLOSED));
        }
        if !same {
            return Err(RequestError::Refused(&codes::WRONG_INPUT));
        }
        let mut new = Request {
            version: old.version + 1,
            taken_by: old.taken_by,
            taken_at: old.taken_at,
            changed_by: Some(staff.person()),
            ..written(db, staff, id, asked, occasion.now_ms)?
        };
        let taker = old.words.and_then(|words| words.asked_by.first().copied());
        if let Some(words) = &mut new.words {
            words.asked_by.insert(0, taker.unwrap_or(old.taken_by));
        }
        requests::change(db, &new)?;
        note(db, &super::entry(Act::RequestChanged, staff, &new, occasion))?;
        Ok(())
    })
}

fn written(
    db: &mut Db,
    staff: &StaffMay<TakeRequest>,
    id: RequestId,
    asked: &Asked,
    now_ms: i64,
) -> Result<Request, RequestError> {
    let refused = |code| Err(RequestError::Refused(code));
    let Some(scope) = staff.area(asked.area) else { return refused(&codes::NOT_FOUND) };
    let found = records::load(db, &scope, &[asked.record])?.remove(&asked.record);
    let Some(found) = found else { return refused(&codes::NOT_FOUND) };
    let kind = found.registers.kind;
    let Some(field) = number_field(kind, asked.field.as_deref()) else {
        return refused(&codes::WRONG_INPUT);
    };
    if ![&asked.proof, &asked.reason].into_iter().all(|words| are_enough(words)) {
        return refused(&codes::REQUEST_WORDS);
    }
    if asked.kind == RequestKind::Erasure && kind != Kind::Residency {
        return refused(&codes::REQUEST_LANDLORD);
    }
    let effective = Effective::of(&found.registers);
    let number = effective.text(field).map(str::to_owned);
    let name = effective.text("name").filter(|_| number.is_none()).map(str::to_owned);
    // Of a home nothing but a number tells what is about the landlord, and what about the one before.
    if asked.kind != RequestKind::Correction && number.is_none() && name.is_none() {
        return refused(&codes::REQUEST_NUMBER_MISSING);
    }
    let records = match (asked.kind, &number) {
        (RequestKind::Access | RequestKind::Erasure, Some(number)) => {
            theirs(db, staff, number, asked)?
        }
        _ => vec![(asked.area, asked.record)],
    };
    let words = Words {
        number: number.clone(),
        name,
        proof: asked.proof.trim().to_owned(),
        reason: asked.reason.trim().to_owned(),
        wishes: wishes(asked, kind, &effective)?,
        decision: None,
        asked_by: vec![staff.person()],
        begun: None,
    };
    Ok(Request {
        id,
        kind: asked.kind,
        state: State::Open,
        area: asked.area,
        record: asked.record,
        field: number.map(|_| field.to_owned()),
        version: 1,
        words: Some(words),
        taken_by: staff.person(),
        taken_at: now_ms,
        changed_by: None,
        begun_at: None,
        closed_by: None,
        closed_at: None,
        records,
    })
}

fn are_enough(words: &str) -> bool {
    let count = words.chars().filter(|letter| !letter.is_whitespace()).count();
    count >= FEWEST && words.chars().count() <= LONGEST
}

/// The person's records in the areas of whoever takes the request in; of an erasure their stays alone.
fn theirs(
    db: &mut Db,
    staff: &StaffMay<TakeRequest>,
    number: &str,
    asked: &Asked,
) -> Result<Vec<(AreaId, RecordId)>, StoreError> {
    let hits = look(db, &staff.areas(), (vault::Words::Number, number))?;
    let all = asked.kind == RequestKind::Access;
    let hits = hits.iter().filter(|hit| all || hit.kind == Kind::Residency);
    let mut records: Vec<_> = hits.map(|hit| (hit.scope.area(), hit.record)).collect();
    records.push((asked.area, asked.record));
    records.sort_unstable();
    records.dedup();
    Ok(records)
}

/// What is to be corrected, beside what stands there now.
fn wishes(asked: &Asked, kind: Kind, now: &Effective) -> Result<Vec<Wish>, RequestError> {
    let wrong = || RequestError::Refused(&codes::WRONG_INPUT);
    let some = !asked.wishes.is_empty();
    let wanted = asked.kind == RequestKind::Correction;
    if some != wanted || asked.wishes.len() > MOST_WISHES {
        return Err(wrong());
    }
    let wish = |asks: &Asks| {
        if !may_be(kind, &asks.key, &asks.wanted) {
            return Err(wrong());
        }
        let is = now.value(&asks.key).cloned().unwrap_or(Value::Null);
        Ok(Wish { key: asks.key.clone(), is, wanted: asks.wanted.clone() })
    };
    asked.wishes.iter().map(wish).collect()
}
