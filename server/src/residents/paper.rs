//! What is held about a person as a PDF: plain lines on A4, in a Chinese font of which the part that is
//! used is embedded, so that it can be read, searched and copied anywhere.

use std::path::Path;

use krilla::Document;
use krilla::geom::Point;
use krilla::page::PageSettings;
use krilla::text::{Font, TextDirection};

use super::access::{Held, HeldRecord};
use crate::review::words::on_the_wall;
use crate::trail::reading::Look;

/// Where Debian's fonts lie, and the face in the file: fonts-wqy-microhei, then fonts-noto-cjk.
const FONTS: [(&str, u32); 3] = [
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSansCJKsc-Regular.otf", 0),
];

/// A4 (ISO 216) in points, and what stays free at each side.
const PAGE: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 56.0;

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// No font of the list is there.
    #[error("no Chinese font is installed: install fonts-wqy-microhei")]
    NoFont,
    /// The PDF could not be written.
    #[error("the PDF could not be written")]
    Pdf,
}

/// How far what stands under a heading is set in, in points.
const INSET: f32 = 12.0;

/// A line.
struct Line {
    text: String,
    /// How high its letters are, in points.
    size: f32,
    /// How far it is set in, in points.
    inset: f32,
    /// Whether it is a heading, which is never the last of a page.
    heads: bool,
}

impl Line {
    fn height(&self) -> f32 {
        self.size * 1.5
    }
}

/// Draws it.
///
/// # Errors
/// [`PaperError`].
pub fn draw(held: &Held) -> Result<Vec<u8>, PaperError> {
    let font = font().ok_or(PaperError::NoFont)?;
    let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(PaperError::Pdf)?;
    let pages = pages(lines(held).into_iter().flat_map(wrapped));
    let mut document = Document::new();
    for (number, lines) in pages.iter().enumerate() {
        let mut page = document.start_page_with(settings.clone());
        let mut surface = page.surface();
        let mut draw = |line: &Line, y: f32| {
            let (at, font) = (Point::from_xy(MARGIN + line.inset, y), font.clone());
            surface.draw_text(at, font, line.size, &line.text, false, TextDirection::LeftToRight);
        };
        let mut y = MARGIN;
        for line in lines {
            y += line.height();
            draw(line, y);
        }
        let (number, of) = (number + 1, pages.len());
        let foot = format!("第 {number} 页,共 {of} 页  Page {number} of {of}");
        draw(&line(8.0, foot), PAGE.1 - MARGIN / 2.0);
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|_| PaperError::Pdf)
}

/// The lines by pages. Headings go to the next page with what they head.
fn pages(lines: impl Iterator<Item = Line>) -> Vec<Vec<Line>> {
    let room = PAGE.1 - 2.0 * MARGIN;
    let mut pages: Vec<Vec<Line>> = Vec::new();
    let (mut page, mut used) = (Vec::new(), 0.0);
    for line in lines {
        if used + line.height() > room && !page.is_empty() {
            let headings = page.iter().rev().take_while(|line: &&Line| line.heads).count();
            let headed = page.split_off(page.len() - headings);
            pages.push(std::mem::replace(&mut page, headed));
            used = page.iter().map(Line::height).sum();
        }
        used += line.height();
        page.push(line);
    }
    pages.push(page);
    pages
}

fn font() -> Option<Font> {
    FONTS.iter().find_map(|(path, face)| {
        let bytes = std::fs::read(Path::new(path)).ok()?;
        Font::new(bytes.into(), *face)
    })
}

fn lines(held: &Held) -> Vec<Line> {
    let mut lines = vec![
        line(18.0, "个人信息查阅结果 Personal data held"),
        line(10.0, format!("{} {}", held.district.zh, held.district.en)),
        line(10.0, format!("制作时间 Made: {}", on_the_wall(held.made_at))),
    ];
    if held.records.is_empty() {
        lines.push(line(10.0, "没有保存您的信息。 Nothing is held about you."));
    }
    held.records.iter().for_each(|record| of_record(&mut lines, record));
    lines
}

fn of_record(lines: &mut Vec<Line>, record: &HeldRecord) {
    lines.push(head(10.0, ""));
    lines.push(head(13.0, format!("{} {} · {}", record.kind.zh, record.kind.en, record.area.zh)));
    for field in &record.fields {
        lines.push(under(10.0, format!("{}：{}", field.label.zh, field.value.zh)));
    }
    heading(lines, "填写与修改 Written by", !record.changes.is_empty());
    for change in &record.changes {
        let by = change.by.as_deref().unwrap_or("-");
        let fields: Vec<String> = change
            .fields
            .iter()
            .map(|field| format!("{}：{}", field.label.zh, field.value.zh))
            .collect();
        lines.push(under(9.0, format!("{}  {by}  {}", on_the_wall(change.at), fields.join("；"))));
    }
    heading(lines, "提到您的报告 Reports that name you", !record.reports.is_empty());
    for report in &record.reports {
        let named: Vec<&str> = report.named.iter().map(|field| field.label.zh.as_str()).collect();
        let (at, photos) = (on_the_wall(report.at), report.photos.len());
        let kind = &report.kind.zh;
        lines.push(under(9.0, format!("{at}  {kind}  {} · 照片 {photos}", named.join("、"))));
        report.looks.iter().for_each(|look| lines.push(of_look(look)));
    }
    heading(lines, "查看记录 Who looked", !record.looks.is_empty());
    record.looks.iter().for_each(|look| lines.push(of_look(look)));
}

fn heading(lines: &mut Vec<Line>, text: &str, is_wanted: bool) {
    if is_wanted {
        lines.push(head(4.0, ""));
        lines.push(head(11.0, text));
    }
}

fn of_look(look: &Look) -> Line {
    let who = look.who.as_deref().unwrap_or("-");
    let field = look.field.as_ref().map_or("", |field| field.zh.as_str());
    under(9.0, format!("{}  {who}  {} {field}", on_the_wall(look.at), look.what.zh))
}

fn line(size: f32, text: impl Into<String>) -> Line {
    Line { text: text.into(), size, inset: 0.0, heads: false }
}

fn head(size: f32, text: impl Into<String>) -> Line {
    Line { heads: true, ..line(size, text) }
}

fn under(size: f32, text: impl Into<String>) -> Line {
    Line { inset: INSET, ..line(size, text) }
}

/// A line as several that fit the page: a Chinese letter is as wide as it is high, others are taken
/// for two thirds of that.
fn wrapped(line: Line) -> Vec<Line> {
    let room = (PAGE.0 - 2.0 * MARGIN - line.inset) / line.size;
    let (mut parts, mut width) = (vec![String::new()], 0.0);
    for letter in line.text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }) {
        let wide = if letter.is_ascii() { 0.67 } else { 1.0 };
        if width + wide > room {
            parts.push(String::new());
            width = 0.0;
        }
        width += wide;
        if let Some(last) = parts.last_mut() {
            last.push(letter);
        }
    }
    parts.into_iter().map(|text| Line { text, ..line }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_into_lines_that_fit_and_no_letter_is_lost() {
        let text = "居住登记 residency ".repeat(40);
        let parts = wrapped(line(10.0, text.clone()));
        assert!(parts.len() > 5);
        assert_eq!(parts.iter().map(|part| part.text.as_str()).collect::<String>(), text);
        assert!(parts.iter().all(|part| part.text.chars().count() <= 72));
    }

    #[test]
    fn no_page_is_fuller_than_it_can_be_and_none_ends_with_a_heading() {
        for before in 0..60 {
            let mut lines: Vec<Line> = (0..before).map(|_| under(10.0, "a")).collect();
            (0..40).for_each(|_| lines.extend([head(4.0, ""), head(11.0, "b"), under(9.0, "c")]));
            let count = lines.len();
            let pages = pages(lines.into_iter());
            assert_eq!(pages.iter().map(Vec::len).sum::<usize>(), count);
            for page in &pages {
                assert!(page.iter().map(Line::height).sum::<f32>() <= PAGE.1 - 2.0 * MARGIN);
                assert!(page.last().is_some_and(|last| !last.heads));
            }
        }
    }
}
