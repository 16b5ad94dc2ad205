//! The proof that a resident's request may be carried out: two people agreed to just what it asks for,
//! neither of them asked for it, and both may still do so now.

use sync_protocol::ids::AreaId;

use super::action::Action;
use super::audit::TrailScope;
use super::permissions::roles;
use super::scope::AreaScope;
use crate::residents::request::Request;
use crate::store::{Db, StoreError, people, requests};

/// How many people have to agree, beside whoever asked.
pub const PEOPLE: usize = 2;

/// Proof that two people agreed to a request.
#[derive(Debug, Clone)]
pub struct Agreed(Request);

/// The proof for a request, if it has the approvals that count, or had them when it was begun.
///
/// # Errors
/// Those of the database.
pub fn agreed(db: &mut Db, request: &Request, now_ms: i64) -> Result<Option<Agreed>, StoreError> {
    let digest = request.digest();
    if request.words.as_ref().is_some_and(|words| words.begun == Some(digest)) {
        return Ok(Some(Agreed(request.clone())));
    }
    let mut count = 0;
    for approval in requests::approvals(db, request.id)? {
        if approval.digest != Some(digest) || request.is_asked_by(approval.person) {
            continue;
        }
        let held = people::areas_of(db, approval.person, now_ms)?;
        let may =
            |area| held.get(&area).is_some_and(|held| held.meets(roles(Action::ApproveRequest)));
        count += usize::from(request.areas().all(may));
    }
    Ok((count >= PEOPLE).then(|| Agreed(request.clone())))
}

impl Agreed {
    /// The request.
    pub fn request(&self) -> &Request {
        &self.0
    }

    /// The proofs for the areas that were agreed to, to read there what is held about the person; they
    /// write no field.
    pub fn areas(&self) -> Vec<AreaScope> {
        let mut areas: Vec<AreaId> = self.0.areas().collect();
        areas.sort_unstable();
        areas.dedup();
        areas.into_iter().map(AreaScope::without_roles).collect()
    }

    /// The proof for one of them.
    pub fn area(&self, area: AreaId) -> Option<AreaScope> {
        self.0.areas().any(|agreed| agreed == area).then(|| AreaScope::without_roles(area))
    }

    /// The proof to read who saw what of the person's records.
    pub fn trail(&self) -> TrailScope {
        TrailScope::everything()
    }
}
