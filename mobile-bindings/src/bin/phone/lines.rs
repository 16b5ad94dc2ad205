//! Answers as rows.

mod attention;
mod badge;
mod due;
mod outbox;
mod syncing;

use mobile_bindings::client::{
    AreaView, Draft, EnrolmentView, FieldView, PhotoSaved, RecordLine, RecordView, SavedEdit,
    Standing,
};
use sync_protocol::records::{Kind, report};

use crate::print::{Printer, Row};

pub(crate) use attention::attention;
pub(crate) use badge::badge;
pub(crate) use due::{due, found, tree};
pub(crate) use outbox::{outbox, rescued};
pub(crate) use syncing::{news, progress, status, synced};

/// Enough of an id to tell it from others, reports of the same minute included.
const ID: usize = 16;

/// An enrolment.
pub(crate) fn enrolment(p: &Printer, enrolled: &EnrolmentView) -> Vec<Row> {
    vec![
        row([p.pick("设备", "Device"), &enrolled.device]),
        row([p.pick("使用人", "Person"), &enrolled.person]),
        row([p.pick("地区", "District"), &p.words(&enrolled.district)]),
    ]
}

/// That the key is another one.
pub(crate) fn key_changed(p: &Printer) -> Vec<Row> {
    note(p.pick("密钥已更换", "The key was changed"))
}

/// Areas.
pub(crate) fn areas(p: &Printer, areas: &[AreaView]) -> Vec<Row> {
    if areas.is_empty() {
        return note(p.pick("没有片区;请先同步", "No areas yet; sync first"));
    }
    let line = |area: &AreaView| {
        let roles: Vec<String> = area.role_names.iter().map(|role| p.words(role)).collect();
        let complete = if area.complete {
            p.pick("已完整下载", "fetched whole")
        } else {
            p.pick("尚未下载完", "not fetched whole yet")
        };
        row([&area.area, &p.words(&area.name), &roles.join(", "), complete])
    };
    areas.iter().map(line).collect()
}

/// A list of records.
pub(crate) fn list(p: &Printer, records: &[RecordLine]) -> Vec<Row> {
    if records.is_empty() {
        return note(p.pick("没有记录", "No records"));
    }
    records.iter().map(|record| line(p, record)).collect()
}

fn line(p: &Printer, record: &RecordLine) -> Row {
    let kind = Kind::from_code(&record.kind)
        .map_or(record.kind.as_str(), |kind| p.pick(kind.label().zh, kind.label().en));
    let clashes = match record.clashes {
        0 => String::new(),
        n => format!("{n} {}", p.pick("处冲突", "to be decided")),
    };
    row([
        short(&record.record),
        kind,
        &state(p, record.state.as_deref()),
        standing(p, record.standing),
        &record.title,
        &clashes,
    ])
}

fn state(p: &Printer, code: Option<&str>) -> String {
    let choice = report::STATES.iter().find(|state| Some(state.code) == code);
    choice.map(|state| p.pick(state.label.zh, state.label.en).to_owned()).unwrap_or_default()
}

fn standing(p: &Printer, standing: Standing) -> &'static str {
    match standing {
        Standing::OnPhone => p.pick("仅在本机", "on this phone"),
        Standing::OnServer => p.pick("已存服务器", "stored on the server"),
        Standing::Merged => p.pick("已合并", "merged"),
    }
}

/// A record, opened.
pub(crate) fn record(p: &Printer, view: &RecordView) -> Vec<Row> {
    let mut rows = vec![line(p, &view.line), Row::new()];
    for field in &view.fields {
        rows.push(row([
            &p.words(&field.label),
            &p.words(&field.shown),
            field.by.as_deref().unwrap_or_default(),
            &field.at_ms.map(moment).unwrap_or_default(),
        ]));
        rows.extend(others(p, field));
    }
    if !view.missing.is_empty() {
        let missing: Vec<String> = view.missing.iter().map(|field| p.words(&field.label)).collect();
        rows.push(Row::new());
        rows.push(vec![format!("{}: {}", p.pick("尚缺", "Still missing"), missing.join(", "))]);
    }
    // The heading is no row of the table below it.
    if let Some(heading) = rows.first_mut() {
        *heading = vec![heading.join("  ")];
    }
    rows
}

/// The values that do not stand, under the one that does.
fn others(p: &Printer, field: &FieldView) -> Vec<Row> {
    let mark = if field.clash {
        p.pick("  冲突,待裁定", "  clash, to be decided")
    } else {
        p.pick("  同时填写的另一值", "  written meanwhile")
    };
    let line = |other: &mobile_bindings::client::LostValue| {
        row([mark, &p.words(&other.shown), &other.by, &moment(other.at_ms)])
    };
    field.others.iter().map(line).collect()
}

/// Reports in hand.
pub(crate) fn drafts(p: &Printer, drafts: &[Draft]) -> Vec<Row> {
    if drafts.is_empty() {
        return note(p.pick("没有草稿", "No drafts"));
    }
    let mut rows = Vec::new();
    for draft in drafts {
        let mut row = line(p, &draft.line);
        row.push(draft.by.clone());
        rows.push(row);
        let missing: Vec<String> =
            draft.missing.iter().map(|field| p.words(&field.label)).collect();
        if !missing.is_empty() {
            let lacks = format!("  {}: {}", p.pick("尚缺", "Still missing"), missing.join(", "));
            rows.push(vec![lacks]);
        }
    }
    rows
}

/// A saved edit.
pub(crate) fn saved(p: &Printer, saved: &SavedEdit) -> Vec<Row> {
    let what = if saved.change.is_some() {
        format!("{}: {}", p.pick("已存在本机", "saved on this phone"), saved.written.join(", "))
    } else {
        p.pick("没有不同,未写入", "nothing was different, nothing was written").to_owned()
    };
    vec![row([&saved.record, &what])]
}

/// A saved photo.
pub(crate) fn photo(p: &Printer, saved: &PhotoSaved) -> Vec<Row> {
    let kept =
        p.pick("原图保存在本机,直到服务器收妥", "the original stays until the server has it");
    vec![row([&saved.photo, kept])]
}

fn note(text: &str) -> Vec<Row> {
    vec![vec![text.to_owned()]]
}

fn row<const N: usize>(cells: [&str; N]) -> Row {
    cells.map(str::to_owned).to_vec()
}

fn short(id: &str) -> &str {
    id.get(..ID).unwrap_or(id)
}

/// A moment as a clock on a wall in China shows it.
fn moment(at_ms: i64) -> String {
    let china = chrono::FixedOffset::east_opt(8 * 3600);
    let utc = chrono::DateTime::from_timestamp_millis(at_ms);
    match (utc, china) {
        (Some(utc), Some(china)) => utc.with_timezone(&china).format("%Y-%m-%d %H:%M").to_string(),
        _ => at_ms.to_string(),
    }
}
