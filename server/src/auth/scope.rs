//! Proofs of what somebody may do. Their fields are private and only this folder makes them, so a
//! function that takes one cannot be reached without permission.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use sync_protocol::codes::{self, Code};
use sync_protocol::ids::{AreaId, DeviceId, PersonId};
use sync_protocol::records::{Role, Roles};

use super::action::{Act, Action};
use super::permissions::{Who, roles, who};
use crate::store::held::Overdue;
use crate::store::move_entries::Origin;
use crate::store::moves::Noted;
use crate::store::people::{Holdings, Term};
use crate::store::photo_keys::Unsealed;

/// Proof that somebody may work in one area, and as what.
#[derive(Debug, Clone, Copy)]
pub struct AreaScope {
    area: AreaId,
    roles: Roles,
    /// Where the roles are held: another area only for a record that moved from there.
    held_in: AreaId,
}

impl AreaScope {
    /// The area.
    pub fn area(&self) -> AreaId {
        self.area
    }

    /// What they are there.
    pub fn roles(&self) -> Roles {
        self.roles
    }

    /// The area in which they are that: this one, or the one that a record moved from.
    pub fn held_in(&self) -> AreaId {
        self.held_in
    }

    /// The proof to look at an area and to maintain it, for whom a proof of this folder lets; it writes
    /// no field.
    pub(super) fn without_roles(area: AreaId) -> Self {
        Self::new(area, Roles::default())
    }

    /// The proof for the area that a record left, as the row that notes it says: to finish the move.
    pub(crate) fn left_by(left: &Noted) -> Self {
        Self::without_roles(left.from())
    }

    /// The proof for the area that a record left for: to finish the move.
    pub(crate) fn left_for(left: &Noted) -> Self {
        Self::without_roles(left.to)
    }

    /// The proof for the area that a record came from, as the log says of the area that has it: to read
    /// what stayed behind of it.
    pub(crate) fn origin(of: &Origin) -> Self {
        Self::without_roles(of.from())
    }

    /// The proof for the area of a photo that lies in the open, as its row says: to seal it.
    pub(crate) fn unsealed(photo: &Unsealed) -> Self {
        Self::without_roles(photo.area())
    }

    fn new(area: AreaId, roles: Roles) -> Self {
        Self { area, roles, held_in: area }
    }
}

impl Overdue {
    /// The proof for the area in which changes have waited too long, as their rows say: to give them up.
    pub(crate) fn scope(&self) -> AreaScope {
        AreaScope::without_roles(self.area())
    }
}

/// Proof that a request comes from a device, and where its person works.
#[derive(Debug, Clone)]
pub struct PhoneScope {
    device: DeviceId,
    person: PersonId,
    public_key: Vec<u8>,
    areas: BTreeMap<AreaId, Roles>,
    term: Term,
    /// Why what is written elsewhere is refused.
    outside: &'static Code,
}

impl PhoneScope {
    pub(super) fn new(
        device: DeviceId,
        person: PersonId,
        public_key: Vec<u8>,
        Holdings { mut areas, term }: Holdings,
    ) -> Self {
        areas.retain(|_, held| held.meets(roles(Action::Sync)));
        Self { device, person, public_key, areas, term, outside: &codes::AREA_FORBIDDEN }
    }

    /// A device that is revoked or suspended: it may read and write nowhere.
    pub(super) fn suspended(device: DeviceId, person: PersonId, public_key: Vec<u8>) -> Self {
        let outside = &codes::DEVICE_SUSPENDED;
        let Holdings { areas, term } = Holdings::default();
        Self { device, person, public_key, areas, term, outside }
    }

    /// Why a change of an area that is not in this scope is refused.
    pub fn outside(&self) -> &'static Code {
        self.outside
    }

    /// The device.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// Its person.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// Its Ed25519 public key.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// The proof for one area, if the person works there.
    pub fn area(&self, area: AreaId) -> Option<AreaScope> {
        self.areas.get(&area).map(|roles| AreaScope::new(area, *roles))
    }

    /// The proof for records that moved from an area where the person works to one where they do
    /// not: what they are in the old one counts for what they wrote of such a record.
    pub fn through_move(&self, from: AreaId, to: AreaId) -> Option<AreaScope> {
        self.area(from).map(|there| AreaScope { area: to, ..there })
    }

    /// The proofs for every area where the person works.
    pub fn areas(&self) -> Vec<AreaScope> {
        self.areas.iter().map(|(area, roles)| AreaScope::new(*area, *roles)).collect()
    }

    /// How long the person is there what they are.
    pub fn term(&self) -> Term {
        self.term
    }

    /// Whether the person's areas are still these: the check under the area's lock.
    pub fn still_holds(&self, area: AreaId, now: &BTreeMap<AreaId, Roles>) -> bool {
        self.areas.get(&area) == now.get(&area)
    }
}

/// Proof that a request comes from somebody who signed in to the console. It says who they are, and by
/// itself opens nothing: what they may do is asked for action by action ([`StaffScope::may`]).
#[derive(Debug, Clone)]
pub struct StaffScope {
    person: PersonId,
    name: String,
    areas: BTreeMap<AreaId, Roles>,
}

impl StaffScope {
    pub(super) fn new(person: PersonId, name: String, areas: BTreeMap<AreaId, Roles>) -> Self {
        Self { person, name, areas }
    }

    /// Who signed in.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// Their name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What they are, by area.
    pub fn roles(&self) -> impl Iterator<Item = (AreaId, Role)> {
        self.areas.iter().flat_map(|(area, roles)| roles.iter().map(move |role| (*area, role)))
    }

    /// Whether they are anything anywhere at present.
    pub fn is_somebody(&self) -> bool {
        !self.areas.is_empty()
    }

    /// The proof for an action, if the table of permissions gives it to them in any area. Asking for an
    /// action that is not staff's does not compile.
    pub fn may<A: Act>(&self) -> Option<StaffMay<A>> {
        const {
            assert!(matches!(who(A::ACTION), Who::Staff(_) | Who::SignedIn), "no action of staff");
        }
        let allowed = roles(A::ACTION);
        let own = matches!(who(A::ACTION), Who::SignedIn);
        let mut areas = self.areas.clone();
        areas.retain(|_, roles| own || roles.meets(allowed));
        (own || !areas.is_empty())
            .then(|| StaffMay { staff: Self { areas, ..self.clone() }, action: PhantomData })
    }
}

/// Proof that somebody who signed in may do one thing, and in which areas.
#[derive(Debug, Clone)]
pub struct StaffMay<A> {
    /// Narrowed to the areas where they may.
    staff: StaffScope,
    action: PhantomData<A>,
}

impl<A: Act> StaffMay<A> {
    /// Who signed in.
    pub fn person(&self) -> PersonId {
        self.staff.person
    }

    /// Their name.
    pub fn name(&self) -> &str {
        &self.staff.name
    }

    /// Who they are, and what, where this proof holds.
    pub fn who(&self) -> &StaffScope {
        &self.staff
    }

    /// The proof for one area, if they may do it there.
    pub fn area(&self, area: AreaId) -> Option<AreaScope> {
        self.staff.areas.get(&area).map(|roles| AreaScope::new(area, *roles))
    }

    /// The proofs for every area where they may.
    pub fn areas(&self) -> Vec<AreaScope> {
        let areas = self.staff.areas.iter();
        areas.map(|(area, roles)| AreaScope::new(*area, *roles)).collect()
    }
}

/// Proof that whoever asks sits at the server's own command line, with its database's password.
#[derive(Debug, Clone, Copy)]
pub struct Operator(());

impl Operator {
    /// The operator. Only the command line and tests call this: they have no request to prove
    /// anything by, and the database's password instead.
    pub fn at_the_command_line() -> Self {
        Self(())
    }

    /// The proof to look at one area as somebody with a role sees it.
    pub fn area_as(self, area: AreaId, role: Role) -> AreaScope {
        AreaScope::new(area, Roles::of(&[role]))
    }

    /// The proof for one area, to look and to maintain; it writes no field.
    pub fn area(self, area: AreaId) -> AreaScope {
        AreaScope::without_roles(area)
    }
}
