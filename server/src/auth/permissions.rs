//! The table: who may do what, and which fields each role sees. What a role may do, it may do in the
//! areas where it is held and in all below them, and nowhere else. docs/permissions.md is made from it.

mod page;

use sync_protocol::records::{Field, Role, Roles, Sensitivity};

use super::action::Action;

pub use page::markdown;

/// Who may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Whoever asks; what they get says nothing about residents.
    Anybody,
    /// A phone that proved its key, in the areas where its person has one of these roles. A phone of
    /// somebody who has none is answered, and gets nothing.
    Phone(Roles),
    /// A phone that proved its key, for itself alone.
    OwnPhone,
    /// A phone that proved its key and is revoked.
    RevokedPhone,
    /// Whoever signed in, for themselves alone.
    SignedIn,
    /// Whoever signed in, in the areas where they have one of these roles.
    Staff(Roles),
    /// Whoever has the database's password.
    Operator,
}

const REVIEWER: Who = Who::Staff(Roles::REVIEW);
const ADMINISTRATOR: Who = Who::Staff(Roles::of(&[Role::Administrator]));

/// The table of actions.
pub const fn who(action: Action) -> Who {
    match action {
        Action::Enrol
        | Action::Challenge
        | Action::ProveKey
        | Action::ReadRescueKey
        | Action::CheckBadge
        | Action::ReadRoster
        | Action::SignIn
        | Action::TakeInvitation
        | Action::SignInElsewhere
        | Action::CheckHealth
        | Action::LoadConsole => Who::Anybody,

        Action::Sync | Action::Wait | Action::SendPhoto => Who::Phone(Roles::FIELD_AND_REVIEW),
        Action::RotateDeviceKey => Who::OwnPhone,
        Action::HandInRevoked => Who::RevokedPhone,

        Action::SeeSelf
        | Action::SignOut
        | Action::ShowSecondFactor
        | Action::CareForAccount
        | Action::ReadOwnDevices
        | Action::RevokeOwnDevice => Who::SignedIn,

        Action::ListAreas => {
            Who::Staff(Roles::of(&[Role::Reviewer, Role::Supervisor, Role::Administrator]))
        }
        // Reviewers compare document numbers and phones; nobody else needs them bare.
        Action::ReadReports
        | Action::ReadPhotos
        | Action::ReadRefused
        | Action::SettleRefused
        | Action::ShowValue
        // They read and hand over what the resident may see.
        | Action::SearchResidents
        | Action::CarryOutRequest => REVIEWER,
        // They see of it what their role sees of a record: supervisors the words, no field.
        Action::TakeRequest
        | Action::ReadRequests
        | Action::ApproveRequest
        | Action::DeclineRequest => Who::Staff(Roles::of(&[Role::Reviewer, Role::Supervisor])),
        // Not for administrators, whatever else they are: it is about them too (`auth::audit`).
        Action::ReadTrail | Action::ExportTrail => Who::Staff(Roles::of(&[Role::Auditor])),
        // It is handed in sealed, and whoever hands it in reads nothing of it.
        Action::HandInRescue => Who::Staff(Roles::of(&[Role::Supervisor, Role::Administrator])),
        // Supervisors plan by it; who gets more by it than they have is for administrators.
        Action::ReadDuty => Who::Staff(Roles::of(&[Role::Supervisor, Role::Administrator])),
        Action::GiveRole
        | Action::EndRole
        | Action::EnterAbsence
        | Action::NameStandIn
        | Action::EndAbsence
        | Action::ListPeople
        | Action::ListDevices
        | Action::InviteDevice
        | Action::RenameDevice
        | Action::SuspendDevice
        | Action::ResumeDevice
        | Action::RevokeDevice => ADMINISTRATOR,

        Action::Operate => Who::Operator,
    }
}

/// The roles that may do something in an area; none where no role is asked for.
pub const fn roles(action: Action) -> Roles {
    match who(action) {
        Who::Phone(roles) | Who::Staff(roles) => roles,
        Who::Anybody | Who::OwnPhone | Who::RevokedPhone | Who::SignedIn | Who::Operator => {
            Roles::of(&[])
        }
    }
}

/// What of a field's value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Not even that there is one.
    Nothing,
    /// All but a few of its letters are stars.
    Masked,
    /// As it was written.
    Open,
}

/// What a role sees of a field through the server. Those who go to the door carry the whole record:
/// a document cannot be taken apart by field (note 22).
pub const fn sight_of(role: Role, sensitivity: Sensitivity) -> Sight {
    match (role, sensitivity) {
        (Role::Coordinator | Role::Inspector, _) => Sight::Open,
        (Role::Reviewer, Sensitivity::Open | Sensitivity::Personal) => Sight::Open,
        (Role::Reviewer, Sensitivity::Sensitive) => Sight::Masked,
        (Role::Supervisor | Role::Administrator | Role::Auditor, _) => Sight::Nothing,
    }
}

/// What staff with these roles see of a field in the console: the most that one of their roles gives.
/// What somebody sees at the door as a coordinator is not theirs to see at a desk.
pub fn sight(roles: Roles, field: &Field) -> Sight {
    let at_a_desk = roles.iter().filter(|role| !Roles::FIELD.has(*role));
    let sights = at_a_desk.map(|role| sight_of(role, field.sensitivity));
    sights.max().unwrap_or(Sight::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_protocol::records::Kind;

    #[test]
    fn nobody_at_a_desk_sees_a_sensitive_field_and_only_reviewers_see_any() {
        for kind in Kind::ALL {
            for field in kind.fields() {
                let sensitive = field.sensitivity == Sensitivity::Sensitive;
                let seen = if sensitive { Sight::Masked } else { Sight::Open };
                assert_eq!(sight(Roles::REVIEW, field), seen, "{}", field.key);
                let all_but = Role::ALL.into_iter().filter(|role| *role != Role::Reviewer);
                let others: Roles = all_but.collect();
                assert_eq!(sight(others, field), Sight::Nothing, "{}", field.key);
            }
        }
    }

    #[test]
    fn auditors_read_the_trail_and_nothing_of_records_areas_people_or_devices() {
        for action in Action::ALL {
            let of_trail = matches!(action, Action::ReadTrail | Action::ExportTrail);
            assert_eq!(roles(*action).has(Role::Auditor), of_trail, "{}", action.code());
        }
    }
}
