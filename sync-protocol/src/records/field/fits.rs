//! Whether a value is of a type and within its size.

use super::{FieldType, Value, document_number};
use crate::ids::{BlobId, RecordId};

/// [`FieldType::ANY_MOST`] without a sign.
const ANY_MOST: u64 = FieldType::ANY_MOST.unsigned_abs();

/// The most characters of a name.
pub(super) const NAME_CHARS: usize = 80;

/// The most characters of a telephone number, blanks and signs included.
pub(super) const PHONE_CHARS: usize = 26;

/// Moments that a phone can honestly mean: 1900 to 2200.
const INSTANTS: std::ops::Range<i64> = -2_208_988_800_000..7_258_118_400_000;

/// Whether a value is of a type and within its size; cleared it may be, unless it is a free text.
pub(super) fn fits(kind: FieldType, value: &Value) -> bool {
    match (kind, value) {
        (FieldType::LongText(_), Value::Null) => false,
        (_, Value::Null) | (FieldType::Boolean | FieldType::Any(_), Value::Bool(_)) => true,
        (FieldType::Any(_), Value::Int(n)) => n.unsigned_abs() <= ANY_MOST,
        (FieldType::Integer(low, high), Value::Int(n)) => (low..=high).contains(n),
        (FieldType::Instant, Value::Int(n)) => INSTANTS.contains(n),
        (kind, Value::Text(text)) => text_fits(kind, text),
        _ => false,
    }
}

fn text_fits(kind: FieldType, text: &str) -> bool {
    let within = |most: usize| text.chars().count() <= most;
    let line = |most| !text.is_empty() && within(most) && !text.chars().any(char::is_control);
    match kind {
        FieldType::ShortText(most) | FieldType::Any(most) => line(most),
        FieldType::LongText(most) => within(most) && !text.contains(is_unprintable),
        FieldType::Choice(choices) => choices.iter().any(|choice| choice.code == text),
        FieldType::Date => is_date(text),
        FieldType::Name => line(NAME_CHARS),
        FieldType::Phone => is_phone(text),
        FieldType::DocumentNumber => document_number::is_well_formed(text),
        FieldType::DivisionCode => text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()),
        FieldType::Record => is_lower_case(text) && text.parse::<RecordId>().is_ok(),
        FieldType::Blob => is_lower_case(text) && text.parse::<BlobId>().is_ok(),
        FieldType::Integer(..) | FieldType::Boolean | FieldType::Instant => false,
    }
}

/// Whether a text is a real day written `YYYY-MM-DD`, from year 1 on. chrono alone would take signs
/// and spaces, and a year 0 that PostgreSQL does not know.
fn is_date(text: &str) -> bool {
    let form = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let formed = text.len() == 10 && text.bytes().enumerate().all(form);
    formed && !text.starts_with("0000") && text.parse::<chrono::NaiveDate>().is_ok()
}

/// Control characters that have no business in a free text; U+0000 cannot even be stored.
fn is_unprintable(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\n' | '\t')
}

/// An id has one spelling.
fn is_lower_case(text: &str) -> bool {
    !text.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'+' | b'-'));
    plain && (3..=20).contains(&digits) && text.len() <= PHONE_CHARS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Field;

    fn fits(kind: FieldType, value: impl Into<Value>) -> bool {
        Field::new("k", "键", "Key", kind).check(&value.into()).is_ok()
    }

    #[test]
    fn values_are_checked_against_type_and_size() {
        assert!(fits(FieldType::ShortText(3), "三个字"));
        assert!(!fits(FieldType::ShortText(3), "四个字了"));
        assert!(!fits(FieldType::ShortText(9), "two\nlines"));
        assert!(!fits(FieldType::ShortText(9), ""));
        assert!(fits(FieldType::Integer(0, 9), 9));
        assert!(!fits(FieldType::Integer(0, 9), 10));
        assert!(!fits(FieldType::Integer(0, 9), "9"));
        assert!(fits(FieldType::Date, "2024-02-29"));
        assert!(!fits(FieldType::Date, "2026-02-29"));
        for wrong in
            ["2026-2-3", "0000-01-01", "+202-01-01", "-026-01-01", " 026-01-01", "2026- 1- 1"]
        {
            assert!(!fits(FieldType::Date, wrong), "{wrong}");
        }
        assert!(fits(FieldType::LongText(9), "two\nlines"));
        assert!(!fits(FieldType::LongText(9), "nul \0"));
        assert!(fits(FieldType::Phone, "+86 139-0000-0000"));
        assert!(!fits(FieldType::Phone, "call me"));
        assert!(!fits(FieldType::Instant, i64::MAX));
        assert!(fits(FieldType::Boolean, false));
        let any = FieldType::Any(3);
        assert!(fits(any, false) && fits(any, -7) && fits(any, FieldType::ANY_MOST));
        assert!(!fits(any, FieldType::ANY_MOST + 1) && !fits(any, i64::MIN));
        assert!(fits(any, "字") && !fits(any, "四个字了") && !fits(any, "a\n"));
    }

    #[test]
    fn any_scalar_can_be_cleared_but_not_a_text() {
        let cleared = |kind| Field::new("k", "键", "Key", kind).check(&Value::Null).is_ok();
        assert!(cleared(FieldType::Date));
        assert!(!cleared(FieldType::LongText(9)));
    }
}
