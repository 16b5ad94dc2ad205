//! Telephone numbers as China has them: mobile, landline with its area code, 400 and 800. Another
//! country's is written with its `+`. Whatever is at the door is written down, so this only warns.

use super::{Flaw, Rule, Severity, Sheet};
use crate::codes::Code;
use crate::records::{FieldType, Label};

/// A number that nobody in China has.
pub(super) static RULE: Rule = Rule {
    code: Code {
        code: "phone_unusual",
        status: 0,
        retry: false,
        message: Label::new(
            "不像手机号码或带区号的固定电话",
            "It is neither a mobile number nor a landline with its area code",
        ),
        remedy: Label::new(
            "请核对号码;境外号码请以+开头",
            "Compare it; a foreign number begins with +",
        ),
    },
    severity: Severity::Warning,
    told_at: |_, field| field.kind == FieldType::Phone,
    look: flaws,
};

fn flaws(sheet: &Sheet<'_>) -> Vec<Flaw> {
    let fields = sheet.kind.fields().iter().filter(|field| field.kind == FieldType::Phone);
    let unusual =
        fields.filter(|field| sheet.text(field.key).is_some_and(|number| !is_usual(number)));
    unusual.map(|field| Flaw::of(field.key)).collect()
}

/// Whether a number is of a form that is in use.
fn is_usual(number: &str) -> bool {
    let plain: String = number.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let national = match plain.strip_prefix('+') {
        None => plain.as_str(),
        Some(foreign) => match foreign.strip_prefix("86") {
            Some(national) => national,
            None => return is_foreign(foreign),
        },
    };
    is_digits(national) && (is_mobile(national) || is_landline(national) || is_service(national))
}

/// E.164: at most 15 digits, the first of them not 0.
fn is_foreign(digits: &str) -> bool {
    is_digits(digits) && (7..=15).contains(&digits.len()) && !digits.starts_with('0')
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Eleven digits that begin with 13 to 19.
fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..])
}

/// An area code (010, 02x, or 0 and three digits) and seven or eight digits that begin with 2 to 8.
/// Behind +86 the area code has no 0.
fn is_landline(digits: &str) -> bool {
    let area_and_number = digits.strip_prefix('0').unwrap_or(digits);
    let area = match area_and_number.as_bytes() {
        [b'1', b'0', ..] | [b'2', ..] => 2,
        [b'3'..=b'9', ..] => 3,
        _ => return false,
    };
    let number = area_and_number.get(area..).unwrap_or_default();
    matches!(number.len(), 7 | 8) && matches!(number.as_bytes(), [b'2'..=b'8', ..])
}

/// 400 and 800 numbers.
fn is_service(digits: &str) -> bool {
    digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_use_are_known_however_they_are_written() {
        for usual in [
            "13800000000",
            "138 0000 0000",
            "+86 138-0000-0000",
            "024-2345 6789",
            "010-62345678",
            "0415-2345678",
            "+86 24 23456789",
            "400-123-4567",
            "+82 2 312 3456",
        ] {
            assert!(is_usual(usual), "{usual}");
        }
        for unusual in
            ["1380000000", "138000000000", "12800000000", "23456789", "024-1234567", "+0 1234567"]
        {
            assert!(!is_usual(unusual), "{unusual}");
        }
    }
}
