//! The roles of DOMAIN.md and sets of them.

use minicbor::{Decode, Encode};

use super::Label;

/// What a person is in an area.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Role {
    /// 社区综合协管员: household visits, residence registration, service needs.
    #[n(0)]
    Coordinator,
    /// Police or housing officer: rental inspections, rectification.
    #[n(1)]
    Inspector,
    /// District staff: reviews merged reports, settles clashes.
    #[n(2)]
    Reviewer,
    /// Street or town: workload and coverage.
    #[n(3)]
    Supervisor,
    /// Areas, people, devices, configuration.
    #[n(4)]
    Administrator,
    /// Reads the audit trail, nothing else.
    #[n(5)]
    Auditor,
}

impl Role {
    /// Every role, in the order of DOMAIN.md.
    pub const ALL: [Self; 6] = [
        Self::Coordinator,
        Self::Inspector,
        Self::Reviewer,
        Self::Supervisor,
        Self::Administrator,
        Self::Auditor,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Coordinator => "coordinator",
            Self::Inspector => "inspector",
            Self::Reviewer => "reviewer",
            Self::Supervisor => "supervisor",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
        }
    }

    /// What people call it.
    pub const fn label(self) -> Label {
        match self {
            Self::Coordinator => Label::new("综合协管员", "Coordinator"),
            Self::Inspector => Label::new("检查员", "Inspector"),
            Self::Reviewer => Label::new("审核员", "Reviewer"),
            Self::Supervisor => Label::new("街镇主管", "Supervisor"),
            Self::Administrator => Label::new("管理员", "Administrator"),
            Self::Auditor => Label::new("审计员", "Auditor"),
        }
    }

    /// The role of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// A set of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Roles(u8);

impl Roles {
    /// Those who go to the door.
    pub const FIELD: Self = Self::of(&[Role::Coordinator, Role::Inspector]);
    /// Those who go to the door and those who review what they brought.
    pub const FIELD_AND_REVIEW: Self =
        Self::of(&[Role::Coordinator, Role::Inspector, Role::Reviewer]);
    /// Inspectors alone.
    pub const INSPECTION: Self = Self::of(&[Role::Inspector]);
    /// Reviewers alone.
    pub const REVIEW: Self = Self::of(&[Role::Reviewer]);

    /// The set of the roles given.
    pub const fn of(roles: &[Role]) -> Self {
        let mut bits = 0;
        let mut rest = roles;
        while let [role, tail @ ..] = rest {
            bits |= 1 << *role as u8;
            rest = tail;
        }
        Self(bits)
    }

    /// Whether a role is in the set.
    pub const fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// Whether the two sets share a role.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The set with one role more.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role as u8)
    }

    /// The set as bits, the first role of [`Role::ALL`] lowest: how a phone says what it believes.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Its roles, in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles.into_iter().fold(Self::default(), Self::with)
    }
}
