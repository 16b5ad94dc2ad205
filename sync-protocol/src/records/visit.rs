//! 入户走访: a household visit.

use super::photo::{CAPTION, PLACE, TAKEN_AT};
use super::report::{AMENDS, ENDED, PREMISES, REVIEW_COMMENT, STARTED, STATE};
use super::shared::{CUSTOM, DECIDED, VOIDED};
use super::{Choice, Condition, Field, FieldType, Merge, Section};

/// How a visit went.
pub const OUTCOMES: &[Choice] = &[
    Choice::new("met", "见到住户", "Met"),
    Choice::new("no_answer", "无人应答", "No answer"),
    Choice::new("refused", "拒绝", "Refused"),
    Choice::new("vacant", "空置", "Vacant"),
    Choice::new("moved_out", "已搬离", "Moved out"),
];

/// Services that a household can ask for.
pub const NEEDS: &[Choice] = &[
    Choice::new("school_place", "入学", "School place"),
    Choice::new("vaccination", "预防接种", "Vaccination"),
    Choice::new("employment", "就业", "Employment"),
    Choice::new("training", "技能培训", "Training"),
    Choice::new("social_insurance", "社会保险", "Social insurance"),
    Choice::new("legal_aid", "法律援助", "Legal aid"),
    Choice::new("permit", "居住证", "Residence permit"),
    Choice::new("health", "卫生服务", "Health"),
    Choice::new("housing", "住房", "Housing"),
];

/// How far a need has been met, furthest last.
pub const NEED_STEPS: &[Choice] = &[
    Choice::new("requested", "已提出", "Requested"),
    Choice::new("referred", "已转介", "Referred"),
    Choice::new("done", "已办结", "Done"),
];

/// The headings.
pub const SECTIONS: &[Section] = &[
    Section::new("visit", "走访", "Visit", "premises"),
    Section::new("outcome", "走访结果", "Outcome", "outcome"),
    Section::new("residents", "在住人员", "Residents", "confirmed.{residency}"),
    Section::new("needs", "服务需求", "Service needs", "need.{need}"),
    Section::new("remarks", "记录与签名", "Remarks and signature", "remarks"),
    Section::new("photos", "照片", "Photos", "photo.{photo}.caption"),
    Section::new("more", "审核及其他", "Review and more", "amends"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    PREMISES,
    STATE,
    STARTED,
    ENDED,
    Field::new("outcome", "走访结果", "Outcome", FieldType::Choice(OUTCOMES))
        .review()
        .required(Condition::Always),
    Field::new("card_shown", "已出示工作证", "Work card shown", FieldType::Boolean)
        .required(Condition::When("outcome", &["met", "refused"]))
        .shown(Condition::When("outcome", &["met", "refused"])),
    Field::new("note_left", "已留联系单", "Note left", FieldType::Boolean)
        .required(Condition::When("outcome", &["no_answer"]))
        .shown(Condition::When("outcome", &["no_answer"])),
    Field::new("call_back_on", "回访日期", "Call back on", FieldType::Date)
        .merge(Merge::Earliest)
        .required(Condition::When("outcome", &["no_answer"]))
        .shown(Condition::When("outcome", &["no_answer", "refused"])),
    Field::new("confirmed.{residency}", "确认在住", "Confirmed resident", FieldType::Boolean)
        .review()
        .personal()
        .shown(Condition::When("outcome", &["met"])),
    Field::new("need.{need}", "服务需求", "Service need", FieldType::Choice(NEED_STEPS))
        .merge(Merge::Furthest)
        .personal()
        .shown(Condition::When("outcome", &["met"])),
    Field::new("remarks", "走访记录", "Remarks", FieldType::LongText(4_000)).personal(),
    Field::new("signature", "住户签名", "Signature", FieldType::Blob).personal(),
    CAPTION,
    TAKEN_AT,
    PLACE,
    AMENDS,
    REVIEW_COMMENT,
    VOIDED,
    DECIDED,
    CUSTOM,
];
