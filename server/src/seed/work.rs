//! What people do: school, an occupation with an invented employer, or retirement.

use super::dice::Dice;
use super::row::Row;

/// Occupations with the kind of employer.
const WORK: &[(&str, &str)] = &[
    ("餐饮服务员", "餐饮管理有限公司"),
    ("厨师", "酒店"),
    ("快递员", "物流有限公司"),
    ("外卖配送员", "配送服务有限公司"),
    ("建筑工人", "建筑工程有限公司"),
    ("装修工", "装饰工程有限公司"),
    ("软件工程师", "信息技术有限公司"),
    ("会计", "商贸有限公司"),
    ("销售员", "商贸有限公司"),
    ("护士", "医院"),
    ("教师", "培训学校"),
    ("保洁员", "物业服务有限公司"),
    ("保安员", "物业服务有限公司"),
    ("电工", "机电设备有限公司"),
    ("司机", "运输有限公司"),
    ("美容师", "美容有限公司"),
    ("机械工人", "机械制造有限公司"),
    ("个体经营", ""),
    ("家政服务员", ""),
];

/// Invented trade names.
const FIRMS: &[&str] =
    &["盛和", "瑞林", "北辰源", "沈禾", "惠民达", "远泽", "金穗园", "同安", "嘉岭", "明瑞"];

/// Whether somebody past compulsory school still learns.
pub(super) fn studies(dice: &mut Dice, age: i64) -> bool {
    match age {
        16..18 => dice.chance(940),
        18..24 => dice.chance(350),
        _ => false,
    }
}

/// Fills in occupation and employer.
pub(super) fn fill(dice: &mut Dice, row: &mut Row, age: i64, student: bool) {
    match age {
        ..16 => {}
        _ if student => row.set("occupation", "学生"),
        62.. => row.set("occupation", "退休"),
        _ if dice.chance(900) => {
            let (occupation, employer) = dice.pick(WORK);
            row.set("occupation", occupation);
            if !employer.is_empty() {
                row.set("employer", format!("沈阳{}{employer}", dice.pick(FIRMS)));
            }
        }
        _ => {}
    }
}
