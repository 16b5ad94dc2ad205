//! 实有房屋 / 场所: a home or another place. Its id is derived from the standard address code, so two
//! phones that open the same home offline open the same record.

use super::shared::{CUSTOM, DECIDED, VOIDED};
use super::{Choice, Condition, Field, FieldType, Label, Merge, Roles, Section, Widget};

/// What a premises is used for.
pub const USES: &[Choice] = &[
    Choice::new("owner_occupied", "自住", "Owner-occupied"),
    Choice::new("rented", "出租", "Rented"),
    Choice::new("dormitory", "集体宿舍", "Dormitory"),
    Choice::new("worksite", "工地", "Worksite"),
    Choice::new("shop", "店铺", "Shop"),
    Choice::new("hotel", "旅馆", "Hotel"),
    Choice::new("institution", "机构", "Institution"),
    Choice::new("vacant", "空置", "Vacant"),
];

/// How it is let.
pub const LETTING_MODES: &[Choice] = &[
    Choice::new("whole", "整租", "Whole"),
    Choice::new("by_room", "分间出租", "By room"),
    Choice::new("by_bed", "按床位出租", "By bed"),
    Choice::new("shared", "合租", "Shared"),
];

/// How often it is inspected. A property of the home, never of who lives there.
pub const TIERS: &[Choice] =
    &[Choice::new("ordinary", "一般", "Ordinary"), Choice::new("key", "重点", "Key")];

const LET: Condition = Condition::When("use", &["rented"]);

/// The headings.
pub const SECTIONS: &[Section] = &[
    Section::new("place", "地址与位置", "Address and position", "address_code"),
    Section::new("use", "用途", "Use", "use"),
    Section::new("owner", "房东与中介", "Landlord and agent", "owner_name"),
    Section::new("letting", "出租情况", "Letting", "letting_mode"),
    Section::new("tier", "检查类别", "Tier", "tier"),
    Section::new("more", "备注及其他", "Notes and more", "notes"),
];

/// The field table.
pub const FIELDS: &[Field] = &[
    Field::new("address_code", "标准地址编码", "Standard address code", FieldType::ShortText(40))
        .plain()
        .required(Condition::Always)
        .widget(Widget::Given),
    Field::new("address", "地址", "Address", FieldType::ShortText(200))
        .review()
        .plain()
        .required(Condition::Always),
    Field::new("building", "楼栋", "Building", FieldType::ShortText(40)).review().plain(),
    Field::new("unit", "单元", "Unit", FieldType::ShortText(20)).review().plain(),
    Field::new("floor", "楼层", "Floor", FieldType::Integer(-9, 200)).review(),
    Field::new("room", "房号", "Room", FieldType::ShortText(20)).review().plain(),
    Field::new("latitude", "纬度(百万分之一度)", "Latitude, millionths of a degree", MICRO_DEGREES),
    Field::new(
        "longitude",
        "经度(百万分之一度)",
        "Longitude, millionths of a degree",
        MICRO_DEGREES,
    ),
    Field::new("use", "用途", "Use", FieldType::Choice(USES)).review().required(Condition::Always),
    Field::new("rooms", "房间数", "Rooms", FieldType::Integer(0, 999)).review(),
    Field::new("area_m2", "面积(平方米)", "Floor area, m²", FieldType::Integer(0, 100_000))
        .review(),
    Field::new("owner_name", "产权人或房东姓名", "Owner or landlord", FieldType::Name)
        .review()
        .sensitive()
        .required(LET),
    Field::new("owner_phone", "房东电话", "Landlord's phone", FieldType::Phone)
        .review()
        .sensitive()
        .required(LET),
    Field::new("owner_document", "房东证件号码", "Landlord's document", FieldType::DocumentNumber)
        .review()
        .sensitive(),
    Field::new("agent_name", "中介或代管人", "Agent", FieldType::Name).review().sensitive(),
    Field::new("agent_phone", "中介电话", "Agent's phone", FieldType::Phone).review().sensitive(),
    Field::new("agent_document", "中介证件号码", "Agent's document", FieldType::DocumentNumber)
        .review()
        .sensitive(),
    Field::new("letting_mode", "出租方式", "Letting mode", FieldType::Choice(LETTING_MODES))
        .review()
        .required(LET)
        .shown(LET),
    Field::new("lease_filed", "租赁登记备案", "Lease filed", FieldType::Boolean)
        .review()
        .shown(LET),
    Field::new("lease_filed_on", "备案日期", "Lease filed on", FieldType::Date)
        .merge(Merge::Earliest)
        .required(Condition::When("lease_filed", &["true"]))
        .shown(Condition::When("lease_filed", &["true"])),
    Field::new("letter_signed", "已签责任书", "Safety letter signed", FieldType::Boolean).review(),
    Field::new("letter_signed_on", "责任书签订日期", "Letter signed on", FieldType::Date)
        .merge(Merge::Earliest)
        .required(Condition::When("letter_signed", &["true"]))
        .shown(Condition::When("letter_signed", &["true"])),
    Field::new("tier", "检查类别", "Tier", FieldType::Choice(TIERS))
        .merge(Merge::Severest)
        .writers(Roles::REVIEW),
    Field::new("tier_reason", "类别理由", "Reason of the tier", FieldType::ShortText(200))
        .writers(Roles::REVIEW)
        .required(Condition::When("tier", &["key"])),
    Field::new("notes", "备注", "Notes", FieldType::LongText(4_000)).personal(),
    VOIDED,
    DECIDED,
    CUSTOM,
];

/// A coordinate in WGS 84.
const MICRO_DEGREES: FieldType = FieldType::Integer(-180_000_000, 180_000_000);

/// The notice that stands beside every free text (DOMAIN.md, what this product never does).
pub const FREE_TEXT_NOTICE: Label = Label::new(
    "只写与房屋、安全和服务有关的事实;住户可查阅所记内容",
    "Facts about the home, its safety and services only; residents can ask to see what is written",
);
