//! Numbers in names of buildings, units and rooms: 2 comes before 10, 二单元 before 十单元, and 3号楼 is 3.
//!
//! Of our own because crates for natural order know no Chinese numerals, and half of the units in
//! addresses are written with them.

use super::fold::fold;

/// A name as people order names: numbers by what they are worth, the rest as it stands.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Natural(Vec<Part>);

/// Where a name comes in the order of names.
pub(crate) fn natural(name: &str) -> Natural {
    Natural(parts(name))
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u64),
    Text(String),
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut number: Option<Number> = None;
    for c in fold(text).chars() {
        if number.as_mut().is_some_and(|number| number.take(c)) {
            continue;
        }
        parts.extend(number.take().map(|number| Part::Number(number.value())));
        match (Number::begin(c), parts.last_mut()) {
            (Some(begun), _) => number = Some(begun),
            (None, Some(Part::Text(text))) => text.push(c),
            (None, _) => parts.push(Part::Text(c.to_string())),
        }
    }
    parts.extend(number.map(|number| Part::Number(number.value())));
    parts
}

/// What people call a building, a unit or a room by: its number where it has one, else its name
/// without the word for what it is.
pub(super) fn number_of(name: &str) -> String {
    let name = fold(name);
    let numbers: Vec<String> = parts(&name)
        .into_iter()
        .filter_map(|part| match part {
            Part::Number(number) => Some(number.to_string()),
            Part::Text(text) => {
                let plain: String = text.chars().filter(char::is_ascii_alphabetic).collect();
                Some(plain).filter(|plain| !plain.is_empty())
            }
        })
        .collect();
    if numbers.is_empty() {
        return name.replace('-', "");
    }
    numbers.concat()
}

/// A number that is being read.
enum Number {
    Digits(u64),
    /// `sum` of what is complete, and the digit before a 十 or 百.
    Chinese {
        sum: u64,
        digit: u64,
    },
}

impl Number {
    fn begin(c: char) -> Option<Self> {
        match (c.to_digit(10), numeral(c)) {
            (Some(digit), _) => Some(Self::Digits(u64::from(digit))),
            (None, Some(Numeral::Digit(digit))) => Some(Self::Chinese { sum: 0, digit }),
            (None, Some(Numeral::Times(ten))) => Some(Self::Chinese { sum: ten, digit: 0 }),
            (None, None) => None,
        }
    }

    /// Takes the next character; answers whether it belongs to the number.
    fn take(&mut self, c: char) -> bool {
        match (self, c.to_digit(10), numeral(c)) {
            (Self::Digits(number), Some(digit), _) => {
                *number = number.saturating_mul(10).saturating_add(u64::from(digit));
                true
            }
            (Self::Chinese { digit, .. }, None, Some(Numeral::Digit(next))) => {
                // 二〇一 is read digit by digit.
                *digit = digit.saturating_mul(10).saturating_add(next);
                true
            }
            (Self::Chinese { sum, digit }, None, Some(Numeral::Times(times))) => {
                *sum = sum.saturating_add((*digit).max(1).saturating_mul(times));
                *digit = 0;
                true
            }
            _ => false,
        }
    }

    fn value(&self) -> u64 {
        match self {
            Self::Digits(number) => *number,
            Self::Chinese { sum, digit } => sum.saturating_add(*digit),
        }
    }
}

enum Numeral {
    Digit(u64),
    Times(u64),
}

fn numeral(c: char) -> Option<Numeral> {
    const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    match c {
        '零' => Some(Numeral::Digit(0)),
        '两' => Some(Numeral::Digit(2)),
        '十' => Some(Numeral::Times(10)),
        '百' => Some(Numeral::Times(100)),
        _ => DIGITS.iter().position(|d| *d == c).map(|place| Numeral::Digit(place as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_comes_before_ten_in_digits_and_in_numerals() {
        for ordered in [
            vec!["2号楼", "10号楼", "10号楼附1", "A座2", "A座10", "B座1"],
            vec!["201", "0301", "1001", "地下室"],
            vec!["一单元", "二单元", "九单元", "十单元", "十一单元", "二十单元", "一百零二单元"],
            vec!["第2网格", "第２０网格"],
        ] {
            let mut sorted: Vec<&str> = ordered.iter().rev().copied().collect();
            sorted.sort_by_key(|name| natural(name));
            assert_eq!(sorted, ordered);
        }
        assert!(natural(&"9".repeat(40)) > natural("1"), "no number is too large");
    }

    #[test]
    fn a_door_is_known_by_its_numbers() {
        for (name, number) in [
            ("3号楼", "3"),
            ("二单元", "2"),
            ("0501室", "501"),
            ("A座", "a"),
            ("B-12栋", "b12"),
            ("地下室", "地下室"),
            ("十二栋", "12"),
        ] {
            assert_eq!(number_of(name), number, "{name}");
        }
    }
}
