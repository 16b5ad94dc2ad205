//! The merged report on the terminal, as the console shows it.

use chrono::DateTime;
use sync_protocol::records::{Role, Value};

use super::stage::Stage;
use crate::auth::Operator;
use crate::cli::Failure;
use crate::review::clashes::ClashView;
use crate::review::fields::{FieldView, Section};
use crate::review::report::{ReportView, report};
use crate::review::words::Words;
use crate::review::writers::Writer;

/// China's time zone, in milliseconds east of UTC.
const CHINA_MS: i64 = 8 * 60 * 60 * 1000;

/// Sections after which the rest is only counted.
const SECTIONS: usize = 3;

/// Prints a report.
pub(super) fn print(stage: &Stage, id: &str) -> Result<(), Failure> {
    let view = load(stage, id)?;
    let state = view.state_label.as_ref().map_or("", |label| label.zh.as_str());
    println!("   {}  {}  [{state}]", view.kind_label.zh, view.title);
    for clash in &view.clashes {
        print_clash(clash);
    }
    for photo in &view.photos {
        let stored = if photo.stored { "已收到" } else { "在途" };
        println!("   照片 {} ({stored})", photo.caption.as_deref().unwrap_or_default());
    }
    for section in view.sections.iter().take(SECTIONS) {
        print_section(section);
    }
    let more = view.sections.len().saturating_sub(SECTIONS);
    if more > 0 {
        println!("   … and {more} more residencies");
    }
    Ok(())
}

/// Reads a report as a reviewer would.
pub(super) fn load(stage: &Stage, id: &str) -> Result<ReportView, Failure> {
    let scope = Operator::at_the_command_line().area_as(stage.cell, Role::Reviewer);
    let id = id.parse()?;
    let found = stage.store.read(|db| report(db, scope, id))?;
    Ok(found.ok_or("the server does not have the report")?)
}

fn print_clash(clash: &ClashView) {
    println!("   ! 冲突 {} ({}):", clash.label.zh, clash.label.en);
    for value in &clash.values {
        let stands = if value.effective { ", stands for now" } else { "" };
        let shown = shown(&value.value, value.display.as_ref());
        println!(
            "       {shown:<12} {}{stands}",
            by(value.author.as_ref(), Some(value.written_at))
        );
    }
}

fn print_section(section: &Section) {
    println!("   -- {} {}", section.kind_label.zh, section.title);
    for field in &section.fields {
        print_field(field);
    }
}

fn print_field(field: &FieldView) {
    let mark = if field.clash { "!" } else { " " };
    let shown = match (field.kind, &field.value) {
        ("instant", Value::Int(ms)) => moment(*ms),
        (_, value) => shown(value, field.display.as_ref()),
    };
    let by = by(field.author.as_ref(), field.written_at);
    println!("     {mark} {}: {shown}  ({by})", field.label.zh);
}

fn shown(value: &Value, display: Option<&Words>) -> String {
    match (display, value) {
        (Some(words), _) => words.zh.clone(),
        (None, Value::Text(text)) => text.to_string(),
        (None, Value::Int(number)) => number.to_string(),
        (None, Value::Bool(yes)) => yes.to_string(),
        (None, Value::Null) => String::new(),
    }
}

fn by(writer: Option<&Writer>, at_ms: Option<i64>) -> String {
    let name = writer.map_or("", |writer| writer.name.as_str());
    format!("{name} {}", at_ms.map(moment).unwrap_or_default())
}

/// A moment as people in China read it.
fn moment(ms: i64) -> String {
    let at = DateTime::from_timestamp_millis(ms + CHINA_MS).unwrap_or_default();
    at.format("%Y-%m-%d %H:%M").to_string()
}
