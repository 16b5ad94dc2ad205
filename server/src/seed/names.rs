//! Names of people who do not exist: common surnames by their frequency, and given names of the
//! fashion of the year of birth, put together by chance.

use super::dice::Dice;

/// A given name's two characters, each from its list.
type Fashion = (&'static [&'static str], &'static [&'static str]);

/// Surnames, the most common ones oftener.
const SURNAMES: &[(u64, &[&str])] = &[
    (42, &["王", "李", "张", "刘", "陈"]),
    (30, &["杨", "赵", "黄", "周", "吴", "徐", "孙", "马"]),
    (20, &["胡", "朱", "郭", "何", "罗", "高", "林", "郑", "梁", "宋", "唐", "许", "韩", "冯"]),
    (8, &["邓", "曹", "彭", "曾", "肖", "田", "董", "潘", "袁", "蔡", "蒋", "余", "于", "杜"]),
];

const MEN_BEFORE_1970: Fashion = (
    &["建", "国", "志", "德", "永", "文", "玉", "春", "明", "世", "庆", "福"],
    &["国", "军", "强", "华", "平", "林", "生", "民", "山", "发", "祥", "喜"],
);
const WOMEN_BEFORE_1970: Fashion = (
    &["秀", "桂", "玉", "淑", "春", "凤", "丽", "素", "金", "月", "雅", "慧"],
    &["英", "兰", "珍", "芳", "华", "琴", "梅", "云", "霞", "香", "清", "贤"],
);
const MEN_BEFORE_1995: Fashion = (
    &["海", "志", "伟", "晓", "建", "立", "永", "俊", "宏", "振", "少", "家"],
    &["涛", "鹏", "波", "峰", "斌", "勇", "辉", "超", "东", "亮", "军", "龙"],
);
const WOMEN_BEFORE_1995: Fashion = (
    &["丽", "晓", "艳", "海", "雪", "春", "红", "秀", "美", "玉", "婷", "慧"],
    &["娜", "燕", "敏", "红", "丹", "静", "梅", "玲", "洁", "萍", "娟", "霞"],
);
const MEN_SINCE: Fashion = (
    &["浩", "子", "宇", "俊", "梓", "一", "天", "泽", "嘉", "博", "思", "文"],
    &["然", "轩", "涵", "杰", "豪", "宁", "航", "睿", "辰", "阳", "远", "晨"],
);
const WOMEN_SINCE: Fashion = (
    &["欣", "雨", "梓", "诗", "思", "佳", "静", "雅", "若", "晓", "梦", "语"],
    &["怡", "涵", "萱", "琪", "婷", "瑶", "妍", "彤", "雯", "颖", "悦", "宁"],
);

/// Given names and family names of passports, in Latin letters.
const LATIN: (&[&str], &[&str]) = (
    &["ALEX", "DANIEL", "ELENA", "HANA", "JOHN", "LUCAS", "MARIA", "NOAH", "SOFIA", "YUKI"],
    &["BROWN", "GARCIA", "IVANOV", "JANSEN", "KELLER", "MARTIN", "NOVAK", "ROSSI", "SATO", "SMITH"],
);

/// A surname.
pub(super) fn surname(dice: &mut Dice) -> &'static str {
    let tier = dice.weigh(SURNAMES);
    dice.pick(tier)
}

/// A full name of somebody of that surname, sex and year of birth.
pub(super) fn full(dice: &mut Dice, surname: &str, male: bool, born_in: i32) -> String {
    let (first, second) = match (born_in, male) {
        (..1970, true) => MEN_BEFORE_1970,
        (..1970, false) => WOMEN_BEFORE_1970,
        (1970..1995, true) => MEN_BEFORE_1995,
        (1970..1995, false) => WOMEN_BEFORE_1995,
        (_, true) => MEN_SINCE,
        (_, false) => WOMEN_SINCE,
    };
    let last = dice.pick(second);
    if dice.chance(150) {
        return format!("{surname}{last}");
    }
    format!("{surname}{}{last}", dice.pick(first))
}

/// A name as a passport has it.
pub(super) fn latin(dice: &mut Dice) -> String {
    let (given, family) = LATIN;
    format!("{} {}", dice.pick(given), dice.pick(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_two_or_three_characters_with_the_surname_first() {
        let mut dice = Dice::new(1, "names", 0, 0);
        for year in [1950, 1980, 2015] {
            for _ in 0..100 {
                let surname = surname(&mut dice);
                let name = full(&mut dice, surname, year % 20 == 0, year);
                assert!(name.starts_with(surname) && (2..=3).contains(&name.chars().count()));
            }
        }
    }
}
