//! Report = a visit or an inspection with its review: draft > submitted > in review >
//! accepted | returned with comment > resubmitted (DOMAIN.md).

use super::{Choice, Condition, Field, FieldType, Merge, Role, Roles, Widget};

/// The states, in the order in which one overrides another that was written without knowing it.
pub const STATES: &[Choice] = &[
    Choice::new("draft", "草稿", "Draft"),
    Choice::new("submitted", "已提交", "Submitted"),
    Choice::new("returned", "退回", "Returned"),
    Choice::new("resubmitted", "重新提交", "Resubmitted"),
    Choice::new("in_review", "审核中", "In review"),
    Choice::new("accepted", "已通过", "Accepted"),
];

/// The state in which a report's evidence is closed.
pub const ACCEPTED: &str = "accepted";

/// Where the report stands.
pub const STATE: Field = Field::new("state", "状态", "State", FieldType::Choice(STATES))
    .merge(Merge::Furthest)
    .required(Condition::Always)
    .widget(Widget::Given);

/// What the reviewer says to the worker.
pub const REVIEW_COMMENT: Field =
    Field::new("review_comment", "审核意见", "Review comment", FieldType::ShortText(500))
        .writers(Roles::REVIEW);

/// The premises that the report is about.
pub const PREMISES: Field = Field::new("premises", "房屋", "Premises", FieldType::Record)
    .required(Condition::Always)
    .widget(Widget::Given);

/// When the worker arrived.
pub const STARTED: Field = Field::new("started_at", "开始时间", "Started", FieldType::Instant)
    .merge(Merge::Earliest)
    .required(Condition::Always);

/// When the worker left.
pub const ENDED: Field =
    Field::new("ended_at", "结束时间", "Ended", FieldType::Instant).merge(Merge::Highest);

/// The accepted report that this one amends.
pub const AMENDS: Field = Field::new("amends", "更正的报告", "Amends", FieldType::Record);

/// Who may put a report into a state.
pub fn state_writers(state: &str) -> Roles {
    match state {
        "draft" | "submitted" | "resubmitted" => Roles::of(&[Role::Coordinator, Role::Inspector]),
        "in_review" | "accepted" | "returned" => Roles::REVIEW,
        _ => Roles::default(),
    }
}

/// Whether a key belongs to the review and not to the evidence: it may be written after acceptance.
pub fn belongs_to_review(key: &str) -> bool {
    key == STATE.key || key == REVIEW_COMMENT.key || key.starts_with("decided.")
}
