//! The invitations.

use std::io::Read;
use std::path::Path;

use crate::failure::Failure;

/// One a line, from a file or standard input. Empty lines and those that begin with # are passed over.
pub(super) fn read(file: &Path) -> Result<Vec<String>, Failure> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    parse(&read.map_err(|error| Failure::file(file, &error))?)
}

fn parse(text: &str) -> Result<Vec<String>, Failure> {
    let lines = text.lines().map(str::trim);
    let codes: Vec<String> = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    let wrong = codes.iter().position(|code| !code.starts_with("doorstep:enrol?"));
    match wrong {
        Some(place) => {
            Err(Failure::codes(&format!("{} ≠ doorstep:enrol?server=…&code=…", place + 1)))
        }
        None if codes.is_empty() => Err(Failure::codes("0 × doorstep:enrol?server=…&code=…")),
        None => Ok(codes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_a_line_each_and_what_is_none_is_said() {
        let text =
            "# of today\n\ndoorstep:enrol?server=a&code=1\n  doorstep:enrol?server=a&code=2\n";
        assert_eq!(parse(text).unwrap().len(), 2);
        assert!(
            parse("doorstep:enrol?server=a&code=1\nABCD")
                .unwrap_err()
                .problem
                .remedy
                .en
                .starts_with("2 ")
        );
        assert_eq!(parse("\n").unwrap_err().exit, 2);
    }
}
