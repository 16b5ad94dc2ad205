//! 出租房屋检查: an inspection of a rented home. It looks at the home's hazards.

use super::photo::{CAPTION, PLACE, TAKEN_AT};
use super::report::{AMENDS, ENDED, PREMISES, REVIEW_COMMENT, STARTED, STATE};
use super::shared::{CUSTOM, DECIDED, VOIDED};
use super::{Choice, Condition, Field, FieldType, Merge, Roles, Section};

/// The checklist.
pub const ITEMS: &[Choice] = &[
    Choice::new("wiring", "电气线路", "Electrical wiring"),
    Choice::new("gas", "燃气与热水器", "Gas and water heater"),
    Choice::new("escape", "疏散通道与防盗窗", "Escape routes and barred windows"),
    Choice::new("extinguishers", "灭火器材", "Extinguishers"),
    Choice::new("partitions", "隔断与承重", "Partitions and load"),
    Choice::new("ebike", "电动自行车充电", "E-bike charging"),
    Choice::new("occupancy", "居住人数与限额", "Occupants against limit"),
    Choice::new("register", "承租人登记簿", "Register of tenants kept"),
    Choice::new("letter", "责任书", "Safety letter signed"),
];

/// What an item was found to be, most severe last.
pub const RESULTS: &[Choice] = &[
    Choice::new("not_applicable", "不适用", "Not applicable"),
    Choice::new("pass", "合格", "Pass"),
    Choice::new("fail", "不合格", "Fail"),
];

/// What the inspector concludes, most severe last.
pub const VERDICTS: &[Choice] = &[
    Choice::new("pass", "合格", "Pass"),
    Choice::new("rectify", "限期整改", "To be rectified"),
    Choice::new("unsafe", "存在严重隐患", "Serious hazard"),
];

/// When something has to be put right.
const TO_RECTIFY: Condition = Condition::When("verdict", &["rectify", "unsafe"]);

/// The headings.
pub const SECTIONS: &[Section] = &[
    Section::new("inspection", "检查", "Inspection", "premises"),
    Section::new("items", "检查项目", "Checklist", "item.{item}.result"),
    Section::new("conclusion", "检查结论", "Conclusion", "occupants_found"),
    Section::new("rectification", "整改", "Rectification", "rectification"),
    Section::new("remarks", "记录与签名", "Remarks and signatures", "remarks"),
    Section::new("photos", "照片", "Photos", "photo.{photo}.caption"),
    Section::new("more", "审核及其他", "Review and more", "amends"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    PREMISES.writers(Roles::INSPECTION),
    STATE,
    STARTED.writers(Roles::INSPECTION),
    ENDED.writers(Roles::INSPECTION),
    Field::new("present", "在场人", "Present", FieldType::Name)
        .writers(Roles::INSPECTION)
        .personal(),
    Field::new("item.{item}.result", "检查结果", "Result", FieldType::Choice(RESULTS))
        .merge(Merge::Severest)
        .writers(Roles::INSPECTION),
    Field::new("item.{item}.note", "检查说明", "Note", FieldType::ShortText(500))
        .review()
        .writers(Roles::INSPECTION)
        .required(Condition::When("item.{item}.result", &["fail"])),
    Field::new("occupants_found", "在住人数", "Occupants found", FieldType::Integer(0, 999))
        .merge(Merge::Highest)
        .writers(Roles::INSPECTION),
    Field::new("verdict", "检查结论", "Verdict", FieldType::Choice(VERDICTS))
        .merge(Merge::Severest)
        .writers(Roles::INSPECTION)
        .required(Condition::Always),
    Field::new("rectification", "整改要求", "Rectification ordered", FieldType::ShortText(500))
        .review()
        .writers(Roles::INSPECTION)
        .required(TO_RECTIFY)
        .shown(TO_RECTIFY),
    Field::new("rectify_by", "整改期限", "To be done by", FieldType::Date)
        .merge(Merge::Earliest)
        .writers(Roles::INSPECTION)
        .required(TO_RECTIFY)
        .shown(TO_RECTIFY),
    Field::new("rectified_on", "整改完成日期", "Done on", FieldType::Date)
        .review()
        .writers(Roles::INSPECTION)
        .shown(TO_RECTIFY),
    Field::new("verified_by", "复查记录", "Verified by inspection", FieldType::Record)
        .writers(Roles::INSPECTION)
        .shown(TO_RECTIFY),
    Field::new("follows", "前次检查", "Follows", FieldType::Record).writers(Roles::INSPECTION),
    Field::new("remarks", "检查记录", "Remarks", FieldType::LongText(4_000))
        .writers(Roles::INSPECTION)
        .personal(),
    Field::new("inspector_signature", "检查员签名", "Inspector's signature", FieldType::Blob)
        .writers(Roles::INSPECTION)
        .personal(),
    Field::new("present_signature", "在场人签名", "Signature of who was present", FieldType::Blob)
        .writers(Roles::INSPECTION)
        .personal(),
    CAPTION.writers(Roles::INSPECTION),
    TAKEN_AT.writers(Roles::INSPECTION),
    PLACE.writers(Roles::INSPECTION),
    AMENDS.writers(Roles::INSPECTION),
    REVIEW_COMMENT,
    VOIDED,
    DECIDED,
    CUSTOM,
];
