//! Why something is due, in words.

use crate::records::{Label, Role, Roles};

/// Why something is due. The order is that of a list's items of the same day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// 整改复查: what was to be put right is looked at on its date (training notes).
    CheckRectification,
    /// 回访: nobody answered, and a day to call back was put down (training notes).
    CallBack,
    /// 重点出租房屋检查: every 7 days (training notes).
    InspectKey,
    /// 一般出租房屋检查: every 30 days (training notes).
    InspectOrdinary,
    /// 居住登记: a stay is registered within 7 days of arrival (Liaoning art. 9 and 10); this one
    /// lacks what a registration cannot be without.
    RegisterStay,
    /// 居住登记: an inspection found more people than are registered (Liaoning art. 9 and 10).
    RegisterOccupants,
    /// 居住证续签: reminded 30 days before it ends (Liaoning art. 13).
    RenewPermit,
    /// 入户走访: every household once a year (training notes).
    VisitHousehold,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::CheckRectification,
        Self::CallBack,
        Self::InspectKey,
        Self::InspectOrdinary,
        Self::RegisterStay,
        Self::RegisterOccupants,
        Self::RenewPermit,
        Self::VisitHousehold,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CheckRectification => "check_rectification",
            Self::CallBack => "call_back",
            Self::InspectKey => "inspect_key",
            Self::InspectOrdinary => "inspect_ordinary",
            Self::RegisterStay => "register_stay",
            Self::RegisterOccupants => "register_occupants",
            Self::RenewPermit => "renew_permit",
            Self::VisitHousehold => "visit_household",
        }
    }

    /// The reason of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// What people read.
    pub const fn label(self) -> Label {
        match self {
            Self::CheckRectification => Label::new("整改复查", "Check what was to be put right"),
            Self::CallBack => Label::new("回访", "Call back"),
            Self::InspectKey => Label::new("重点出租房屋检查", "Inspect key rental premises"),
            Self::InspectOrdinary => Label::new("出租房屋检查", "Inspect rental premises"),
            Self::RegisterStay => Label::new("补全居住登记", "Complete a stay's registration"),
            Self::RegisterOccupants => {
                Label::new("登记未登记的住户", "Register people found and not registered")
            }
            Self::RenewPermit => Label::new("提醒续签居住证", "Remind of renewing a permit"),
            Self::VisitHousehold => Label::new("入户走访", "Visit the household"),
        }
    }

    /// What [`super::Due::rests_on`] is.
    pub const fn rests_on(self) -> Label {
        match self {
            Self::CheckRectification => Label::new("检查于", "found on"),
            Self::CallBack => Label::new("走访于", "tried on"),
            Self::InspectKey | Self::InspectOrdinary => Label::new("上次检查", "last inspected"),
            Self::RegisterStay => Label::new("来居于", "arrived on"),
            Self::RegisterOccupants => Label::new("检查于", "inspected on"),
            Self::RenewPermit => Label::new("有效期至", "ends on"),
            Self::VisitHousehold => Label::new("上次走访", "last visited"),
        }
    }

    /// What stands in place of the day where there is none.
    pub const fn never(self) -> Label {
        match self {
            Self::InspectKey | Self::InspectOrdinary => Label::new("从未检查", "never inspected"),
            Self::VisitHousehold => Label::new("从未走访", "never visited"),
            _ => Label::new("日期不详", "day not known"),
        }
    }

    /// Who does it: inspections are the inspector's (DOMAIN: who uses it).
    pub const fn done_by(self) -> Roles {
        match self {
            Self::CheckRectification | Self::InspectKey | Self::InspectOrdinary => {
                Roles::of(&[Role::Inspector])
            }
            _ => Roles::FIELD,
        }
    }
}
