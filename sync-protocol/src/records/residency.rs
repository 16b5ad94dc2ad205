//! 居住登记: one person's stay at one premises. Its id is derived under the area's key from the
//! premises and the document number, so that two phones that register the same person converge and
//! the id alone betrays nothing.

use super::shared::{CUSTOM, DECIDED, VOIDED};
use super::{Choice, Condition, Field, FieldType, Merge, Section, Widget};

/// Kinds of identity document.
pub const DOCUMENT_TYPES: &[Choice] = &[
    Choice::new("resident_id", "居民身份证", "Resident identity card"),
    Choice::new("household_book", "户口簿", "Household register"),
    Choice::new("passport", "护照", "Passport"),
    Choice::new("hk_macao_permit", "港澳居民来往内地通行证", "Hong Kong or Macao permit"),
    Choice::new("taiwan_permit", "台湾居民来往大陆通行证", "Taiwan permit"),
    Choice::new("residence_card", "港澳台居民居住证", "Hong Kong, Macao or Taiwan residence card"),
    Choice::new("other", "其他", "Other"),
];

/// 男 / 女, as the document has it.
pub const SEXES: &[Choice] =
    &[Choice::new("male", "男", "Male"), Choice::new("female", "女", "Female")];

/// Categories of stay.
pub const CATEGORIES: &[Choice] = &[
    Choice::new("permanent", "常住", "Permanent"),
    Choice::new("lodging", "寄住", "Lodging within the city"),
    Choice::new("migrant", "流动", "From another city"),
    Choice::new("unregistered", "未落户", "Without registration"),
    Choice::new("overseas", "境外", "From overseas"),
];

/// Why somebody stays.
pub const REASONS: &[Choice] = &[
    Choice::new("work", "务工", "Work"),
    Choice::new("business", "经商", "Business"),
    Choice::new("study", "学习", "Study"),
    Choice::new("family", "投靠亲属", "Family"),
    Choice::new("medical", "就医", "Medical"),
    Choice::new("other", "其他", "Other"),
];

/// Where a residence permit stands, most advanced last.
pub const PERMITS: &[Choice] = &[
    Choice::new("none", "未办理", "None"),
    Choice::new("exempt", "免办", "Exempt"),
    Choice::new("applied", "已申请", "Applied"),
    Choice::new("issued", "已发证", "Issued"),
    Choice::new("lost", "遗失", "Lost"),
];

/// Where a school-age child learns.
pub const SCHOOLING: &[Choice] = &[
    Choice::new("enrolled", "在读", "Enrolled"),
    Choice::new("not_enrolled", "未入学", "Not enrolled"),
    Choice::new("elsewhere", "在外地就读", "At school elsewhere"),
    Choice::new("under_age", "未到学龄", "Under school age"),
];

/// The headings.
pub const SECTIONS: &[Section] = &[
    Section::new("person", "人员", "Person", "premises"),
    Section::new("stay", "居住", "Stay", "category"),
    Section::new("work", "职业", "Work", "occupation"),
    Section::new("permit", "居住证", "Residence permit", "permit"),
    Section::new("child", "儿童", "Child", "schooling"),
    Section::new("more", "其他", "More", "voided"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("premises", "房屋", "Premises", FieldType::Record)
        .required(Condition::Always)
        .widget(Widget::Given),
    Field::new("name", "姓名", "Name", FieldType::Name)
        .review()
        .personal()
        .required(Condition::Always),
    Field::new("document_type", "证件类型", "Document type", FieldType::Choice(DOCUMENT_TYPES))
        .review()
        .personal()
        .required(Condition::Always),
    Field::new("document_number", "证件号码", "Document number", FieldType::DocumentNumber)
        .review()
        .sensitive()
        .required(Condition::Always),
    Field::new("birth_date", "出生日期", "Birth date", FieldType::Date).review().personal(),
    Field::new("sex", "性别", "Sex", FieldType::Choice(SEXES)).review().personal(),
    Field::new("phone", "联系电话", "Phone", FieldType::Phone).review().sensitive(),
    Field::new("category", "人员类别", "Category", FieldType::Choice(CATEGORIES))
        .review()
        .personal()
        .required(Condition::Always),
    Field::new("registered_address", "户籍地址", "Registered address", FieldType::ShortText(200))
        .review()
        .personal(),
    Field::new(
        "registered_division",
        "户籍区划代码",
        "Registered division",
        FieldType::DivisionCode,
    )
    .review()
    .personal(),
    Field::new("arrived_on", "来居日期", "Arrived on", FieldType::Date)
        .merge(Merge::Earliest)
        .personal()
        .required(Condition::Always),
    Field::new("expected_until", "拟居至", "Expected until", FieldType::Date).review().personal(),
    Field::new("departed_on", "离开日期", "Departed on", FieldType::Date).review().personal(),
    Field::new("reason", "居住事由", "Reason of stay", FieldType::Choice(REASONS))
        .review()
        .personal(),
    Field::new(
        "householder_relation",
        "与户主关系",
        "Relation to householder",
        FieldType::ShortText(40),
    )
    .review()
    .personal(),
    Field::new("occupation", "职业", "Occupation", FieldType::ShortText(80)).review().personal(),
    Field::new("employer", "工作单位", "Employer", FieldType::ShortText(120)).review().personal(),
    Field::new("permit", "居住证", "Residence permit", FieldType::Choice(PERMITS))
        .review()
        .personal(),
    Field::new("permit_exempt_reason", "免办理由", "Exempt because", FieldType::ShortText(120))
        .personal()
        .required(Condition::When("permit", &["exempt"]))
        .shown(Condition::When("permit", &["exempt"])),
    Field::new("permit_number", "居住证号", "Permit number", FieldType::DocumentNumber)
        .review()
        .sensitive()
        .required(Condition::When("permit", &["issued"]))
        .shown(Condition::When("permit", &["issued", "lost"])),
    Field::new("permit_issued_on", "发证日期", "Permit issued on", FieldType::Date)
        .review()
        .personal()
        .required(Condition::When("permit", &["issued"]))
        .shown(Condition::When("permit", &["issued", "lost"])),
    Field::new("permit_years", "有效年限", "Permit years", FieldType::Integer(1, 3))
        .review()
        .personal()
        .required(Condition::When("permit", &["issued"]))
        .shown(Condition::When("permit", &["issued", "lost"])),
    Field::new("schooling", "就学情况", "Schooling", FieldType::Choice(SCHOOLING))
        .review()
        .personal(),
    Field::new(
        "vaccination_current",
        "预防接种已完成",
        "Vaccination up to date",
        FieldType::Boolean,
    )
    .review()
    .personal(),
    VOIDED,
    DECIDED,
    CUSTOM,
];
