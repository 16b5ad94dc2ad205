//! Identity document numbers: their form, and the citizen identity number of GB 11643-1999, whose
//! digits tell the division of first registration, the birth date and the sex, and whose last
//! character checks the rest (ISO 7064 MOD 11-2).

use chrono::NaiveDate;

/// The number of a citizen identity card, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CitizenNumber {
    /// GB/T 2260 code of the division of first registration.
    pub division: u32,
    /// Birth date.
    pub born: NaiveDate,
    /// Whether the sequence number's last digit is odd: a man's.
    pub male: bool,
}

/// What is wrong with a citizen identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CitizenNumberError {
    /// It is not 17 digits and a digit or X.
    #[error("the number has 18 characters: 17 digits and a digit or X")]
    Form,
    /// Its birth date is no day of the calendar.
    #[error("the number's birth date is no day of the calendar")]
    Birth,
    /// Its last character does not check the rest.
    #[error("the number's last character does not fit the others: one was mistyped")]
    Check,
}

/// The most characters of a document's number.
pub const MOST_CHARS: usize = 32;

/// Whether a document number has the form of one: up to 32 upper-case letters, digits and hyphens.
pub fn is_well_formed(number: &str) -> bool {
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
    (4..=MOST_CHARS).contains(&number.len()) && number.bytes().all(plain)
}

/// A number as it is stored and hashed: upper case, without spaces.
pub fn normalised(number: &str) -> String {
    number.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase()
}

/// Takes a citizen identity number apart and checks it.
///
/// # Errors
/// [`CitizenNumberError`]: the first thing that is wrong; the number is never in the words.
pub fn parse_citizen(number: &str) -> Result<CitizenNumber, CitizenNumberError> {
    let (digits, check) = number.split_at_checked(17).ok_or(CitizenNumberError::Form)?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    if !plain || check.len() != 1 {
        return Err(CitizenNumberError::Form);
    }
    let part = |range: std::ops::Range<usize>| digits.get(range).unwrap_or_default();
    let born =
        NaiveDate::parse_from_str(part(6..14), "%Y%m%d").map_err(|_| CitizenNumberError::Birth)?;
    if check_character(digits) != check.chars().next() {
        return Err(CitizenNumberError::Check);
    }
    let division = part(0..6).parse().map_err(|_| CitizenNumberError::Form)?;
    let male = part(16..17).parse::<u8>().is_ok_and(|digit| digit % 2 == 1);
    Ok(CitizenNumber { division, born, male })
}

/// The check character of 17 digits (ISO 7064 MOD 11-2, as GB 11643-1999 gives it).
pub fn check_character(digits: &str) -> Option<char> {
    if digits.len() != 17 {
        return None;
    }
    let sum = digits.chars().try_fold(0, |sum, c| Some((sum + c.to_digit(10)?) * 2 % 11))?;
    Some(match (12 - sum) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of GB 11643-1999, annex A, and its sibling.
    #[test]
    fn the_standards_own_examples_hold() {
        let parsed = parse_citizen("11010519491231002X").unwrap();
        assert_eq!(parsed.division, 110_105);
        assert_eq!(parsed.born, NaiveDate::from_ymd_opt(1949, 12, 31).unwrap());
        assert!(!parsed.male);
        assert!(parse_citizen("440524188001010014").unwrap().male);
    }

    #[test]
    fn one_mistyped_digit_or_two_swapped_are_noticed() {
        let good = "11010519491231002X";
        for place in 0..17 {
            let mut typed: Vec<char> = good.chars().collect();
            typed[place] = if typed[place] == '9' { '8' } else { '9' };
            let typed: String = typed.into_iter().collect();
            assert!(parse_citizen(&typed).is_err(), "{typed}");
        }
        assert_eq!(parse_citizen("110105194912310o2X"), Err(CitizenNumberError::Form));
        assert_eq!(parse_citizen("11010519491331002X"), Err(CitizenNumberError::Birth));
        assert_eq!(parse_citizen("110105194912130020"), Err(CitizenNumberError::Check));
    }

    #[test]
    fn a_number_is_normalised_before_it_is_stored() {
        assert_eq!(normalised(" 11010519491231002x"), "11010519491231002X");
        assert!(is_well_formed("E12345678"));
        assert!(!is_well_formed("e12345678"));
    }
}
