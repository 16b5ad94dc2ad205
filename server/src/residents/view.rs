//! Requests as staff see them: of the fields what their role sees of a record.

use sync_protocol::codes;
use sync_protocol::ids::{AreaId, PersonId, RecordId};
use sync_protocol::records::{Kind, Roles};

use super::request::{Request, RequestId, RequestKind, State, Wish};
use super::search::area_name;
use super::{Occasion, RequestError};
use crate::auth::StaffMay;
use crate::auth::actions::ReadRequests;
use crate::auth::agreement::PEOPLE;
use crate::configuration::DistrictFields;
use crate::review::words::{Shown, Words, mask, show};
use crate::store::{Db, Store, StoreError, people, records, requests};
use crate::trail::{Act, note};

/// A request in the list.
#[derive(Debug, serde::Serialize)]
pub struct Listed {
    /// Which.
    pub id: RequestId,
    /// What is asked for.
    pub kind: RequestKind,
    /// The same in words.
    pub kind_label: Words,
    /// Where it stands.
    pub state: State,
    /// The same in words.
    pub state_label: Words,
    /// The area.
    pub area: AreaId,
    /// Its name.
    pub area_name: Words,
    /// Who took it in.
    pub taken_by: Option<String>,
    /// When, in milliseconds since 1970 UTC.
    pub taken_at: i64,
    /// How many agreed.
    pub approvals: usize,
    /// How many have to; none for a correction.
    pub wanted: usize,
}

/// A request.
#[derive(Debug, serde::Serialize)]
pub struct View {
    /// As it is listed.
    #[serde(flatten)]
    pub listed: Listed,
    /// How often it was written: an approval names it.
    pub version: i64,
    /// Who wrote it last, if it was changed.
    pub changed_by: Option<String>,
    /// The record by which the person was found.
    pub record: RecordId,
    /// The document number of whom it is for, masked: whoever agrees compares it with the papers.
    pub number: Option<String>,
    /// Their name, if the record has no number.
    pub name: Option<String>,
    /// How they proved who they are.
    pub proof: Option<String>,
    /// What they said.
    pub reason: Option<String>,
    /// Why it was declined.
    pub decision: Option<String>,
    /// What is to be corrected, as far as the role sees the fields.
    pub wishes: Vec<WishView>,
    /// The records that it is about.
    pub records: Vec<Place>,
    /// Who agreed.
    pub agreed: Vec<AgreedBy>,
    /// Whether whoever reads this may agree.
    pub may_agree: bool,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// When, in milliseconds since 1970 UTC.
    pub closed_at: Option<i64>,
}

/// A value that is to be another.
#[derive(Debug, serde::Serialize)]
pub struct WishView {
    /// The field's key.
    pub key: String,
    /// What people read.
    pub label: Words,
    /// What stands there.
    pub is: Shown,
    /// What is to stand there.
    pub wanted: Shown,
}

/// A record.
#[derive(Debug, serde::Serialize)]
pub struct Place {
    /// Its area.
    pub area: AreaId,
    /// The area's name.
    pub area_name: Words,
    /// The record.
    pub record: RecordId,
}

/// Somebody's agreement.
#[derive(Debug, serde::Serialize)]
pub struct AgreedBy {
    /// Who.
    pub name: Option<String>,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
}

/// The requests all of whose areas are the person's, newest first.
///
/// # Errors
/// Those of the database.
pub fn list(store: &Store, staff: &StaffMay<ReadRequests>) -> Result<Vec<Listed>, StoreError> {
    store.read(|db| requests::list(db, &staff.areas())?.iter().map(|of| listed(db, of)).collect())
}

/// One request, noted as read.
///
/// # Errors
/// [`codes::NOT_FOUND`], or those of the database.
pub fn read(
    store: &Store,
    staff: &StaffMay<ReadRequests>,
    id: RequestId,
    occasion: Occasion,
) -> Result<View, RequestError> {
    super::within(store, |db| {
        let request = super::of_staff(db, staff, id)?;
        let scope = staff.area(request.area);
        let scope = scope.ok_or(RequestError::Refused(&codes::NOT_FOUND))?;
        let kind = records::load(db, &scope, &[request.record])?.remove(&request.record);
        let kind = kind.map(|found| found.registers.kind);
        let view = view(db, staff.person(), scope.roles(), kind, &request)?;
        note(db, &super::entry(Act::RequestRead, staff, &request, occasion))?;
        Ok(view)
    })
}

fn listed(db: &mut Db, of: &Request) -> Result<Listed, StoreError> {
    let digest = of.digest();
    let approvals = requests::approvals(db, of.id)?;
    let wanted = if of.kind == RequestKind::Correction { 0 } else { PEOPLE };
    // Once an erasure is done its words are gone, and so is what was agreed to.
    let counts = |approved: Option<[u8; 32]>| of.words.is_none() || approved == Some(digest);
    Ok(Listed {
        id: of.id,
        kind: of.kind,
        kind_label: of.kind.label().into(),
        state: of.state,
        state_label: of.state.label().into(),
        area: of.area,
        area_name: area_name(db, of.area)?,
        taken_by: name(db, of.taken_by)?,
        taken_at: of.taken_at,
        approvals: approvals.iter().filter(|approval| counts(approval.digest)).count(),
        wanted,
    })
}

fn view(
    db: &mut Db,
    reader: PersonId,
    roles: Roles,
    kind: Option<Kind>,
    of: &Request,
) -> Result<View, StoreError> {
    let listed = listed(db, of)?;
    let approvals = requests::approvals(db, of.id)?;
    let has_agreed = approvals.iter().any(|approval| approval.person == reader);
    let open = of.state == State::Open && listed.wanted > 0;
    let agreed = approvals
        .iter()
        .map(|approval| Ok(AgreedBy { name: name(db, approval.person)?, at: approval.at }))
        .collect::<Result<_, StoreError>>()?;
    let records = of
        .records
        .iter()
        .map(|(area, record)| {
            Ok(Place { area: *area, area_name: area_name(db, *area)?, record: *record })
        })
        .collect::<Result<_, StoreError>>()?;
    let words = of.words.as_ref();
    let wishes = words.into_iter().flat_map(|words| &words.wishes);
    let district = DistrictFields::of(db)?;
    let wishes = wishes.filter_map(|wish| shown(roles, kind?, wish, &district)).collect();
    Ok(View {
        listed,
        version: of.version,
        changed_by: of.changed_by.map(|who| name(db, who)).transpose()?.flatten(),
        record: of.record,
        number: of.number().map(mask),
        name: of.name().map(str::to_owned),
        proof: words.map(|words| words.proof.clone()),
        reason: words.map(|words| words.reason.clone()),
        decision: words.and_then(|words| words.decision.clone()),
        wishes,
        records,
        agreed,
        may_agree: open && !of.is_asked_by(reader) && !has_agreed,
        closed_by: of.closed_by.map(|who| name(db, who)).transpose()?.flatten(),
        closed_at: of.closed_at,
    })
}

fn shown(roles: Roles, kind: Kind, wish: &Wish, district: &DistrictFields) -> Option<WishView> {
    let (field, _) = kind.field(&wish.key)?;
    let own = district.field(kind, &wish.key);
    let is = show(roles, field, own, &wish.is)?;
    let wanted = show(roles, field, own, &wish.wanted)?;
    let label = own.map_or(field.label.into(), |own| (&own.label).into());
    Some(WishView { key: wish.key.clone(), label, is, wanted })
}

fn name(db: &mut Db, who: PersonId) -> Result<Option<String>, StoreError> {
    Ok(people::find(db, who)?.map(|person| person.name))
}
