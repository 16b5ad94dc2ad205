//! Lines in aligned columns, or JSON.

use std::io::Write;

use mobile_bindings::client::Bilingual;
use serde::Serialize;

use crate::args::Language;
use crate::failure::Failure;

/// How to print.
#[derive(Clone)]
pub(crate) struct Printer {
    json: bool,
    language: Language,
    /// Whether a JSON document is one line.
    in_lines: bool,
}

/// A line's columns.
pub(crate) type Row = Vec<String>;

impl Printer {
    /// A printer.
    pub(crate) fn new(json: bool, language: Language) -> Self {
        Self { json, language, in_lines: false }
    }

    /// One that prints many answers, JSON documents a line each.
    pub(crate) fn in_lines(&self) -> Self {
        Self { in_lines: true, ..self.clone() }
    }

    /// The words in the language asked for.
    pub(crate) fn words(&self, words: &Bilingual) -> String {
        self.pick(&words.zh, &words.en).to_owned()
    }

    /// One of two.
    pub(crate) fn pick<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.language == Language::Zh { zh } else { en }
    }

    /// Prints an answer: the JSON document, or its rows.
    pub(crate) fn show(&self, answer: &impl Serialize, rows: Vec<Row>) {
        if self.json {
            out(&self.document(answer));
        } else {
            out(aligned(&rows).trim_end());
        }
    }

    /// Prints something beside the answers: a step on the way.
    pub(crate) fn aside(&self, step: &impl Serialize, rows: Vec<Row>) {
        let text = if self.json {
            serde_json::to_string(step).unwrap_or_default()
        } else {
            aligned(&rows).trim_end().to_owned()
        };
        let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
    }

    fn document(&self, answer: &impl Serialize) -> String {
        let text = if self.in_lines {
            serde_json::to_string(answer)
        } else {
            serde_json::to_string_pretty(answer)
        };
        text.unwrap_or_default()
    }

    /// Prints one of a series of answers: a JSON line, or its rows.
    pub(crate) fn step(&self, answer: &impl Serialize, rows: Vec<Row>) {
        if self.json {
            out(&serde_json::to_string(answer).unwrap_or_default());
        } else {
            out(aligned(&rows).trim_end());
        }
    }

    /// Prints a JSON line for each.
    pub(crate) fn json_lines(&self, answers: &[impl Serialize]) {
        if self.json {
            return self.show(&answers, Vec::new());
        }
        for answer in answers {
            out(&serde_json::to_string(answer).unwrap_or_default());
        }
    }

    /// Prints what did not succeed: as JSON where answers are JSON, else beside them.
    pub(crate) fn failure(&self, failure: &Failure) {
        if failure.is_told {
            return;
        }
        let problem = &failure.problem;
        if self.json {
            return out(&self.document(&serde_json::json!({ "error": problem })));
        }
        let field = problem.field.as_ref().map(|field| format!(" [{field}]")).unwrap_or_default();
        let message = self.words(&problem.message);
        let remedy = self.words(&problem.remedy);
        let text = format!("{}{field}: {message}\n  {remedy}\n", problem.code);
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}

/// A reader that has heard enough (`| head`) is no failure.
fn out(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.write_all(b"\n"));
}

/// The rows with their columns one under another.
fn aligned(rows: &[Row]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows.iter().filter(|row| row.len() > 1) {
        for (column, cell) in row.iter().enumerate() {
            match widths.get_mut(column) {
                Some(widest) => *widest = width(cell).max(*widest),
                None => widths.push(width(cell)),
            }
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let wide = widths.get(column).copied().unwrap_or_default();
            line.push_str(cell);
            if column + 1 < row.len() {
                line.extend(std::iter::repeat_n(' ', wide.saturating_sub(width(cell)) + 2));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Columns of a terminal: Chinese characters and full-width signs take two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if ('\u{1100}'..).contains(&c) && !is_narrow(c) { 2 } else { 1 }).sum()
}

fn is_narrow(c: char) -> bool {
    ('\u{1160}'..'\u{2e80}').contains(&c) || ('\u{ff61}'..'\u{ffe0}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_one_under_another_in_both_scripts() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let text =
            aligned(&[row(["地址", "x"]), row(["room", "y"]), vec!["a long line".to_owned()]]);
        assert_eq!(text, "地址  x\nroom  y\na long line\n");
    }
}
