//! A sync, its steps and what stands where, as rows.

use mobile_bindings::client::{Bilingual, Status, SyncProgress, SyncStage, SyncSummary};

use super::{moment, note, row};
use crate::print::{Printer, Row};

/// A sync.
pub(crate) fn synced(p: &Printer, synced: &SyncSummary) -> Vec<Row> {
    let done = if synced.cancelled {
        p.pick("已取消,已完成的部分有效", "cancelled; what was done by then stands")
    } else if synced.done {
        p.pick("已同步", "in step with the server")
    } else {
        p.pick("还有未完成的,稍后再试", "not all is through yet; try again later")
    };
    let mut rows = vec![
        vec![done.to_owned()],
        row([p.pick("已存服务器", "Stored on the server"), &synced.accepted.to_string()]),
        row([p.pick("已接收", "Received"), &synced.received.to_string()]),
    ];
    if synced.photos_stored > 0 {
        rows.push(row([p.pick("照片", "Photos"), &synced.photos_stored.to_string()]));
    }
    if synced.photos_waiting > 0 {
        rows.push(row([
            p.pick("暂不发送的照片", "Photos that wait"),
            &synced.photos_waiting.to_string(),
        ]));
    }
    if synced.rejected > 0 {
        rows.push(row([
            p.pick("被拒,见 attention", "Refused, see attention"),
            &synced.rejected.to_string(),
        ]));
    }
    let bytes = format!("{} / {}", kib(synced.bytes_sent), kib(synced.bytes_received));
    rows.push(row([p.pick("已发送 / 已接收", "Sent / received"), &bytes]));
    rows
}

/// One step of a sync.
pub(crate) fn progress(p: &Printer, progress: &SyncProgress) -> Vec<Row> {
    let stage = match progress.stage {
        SyncStage::Records => p.pick("记录", "records"),
        SyncStage::Photos => p.pick("照片", "photos"),
        SyncStage::Ended => p.pick("结束", "ended"),
    };
    let judged = progress.accepted + progress.rejected;
    vec![row([
        stage,
        &format!("{judged}/{}", progress.changes),
        &format!("+{}", progress.received),
        &format!("{}/{}", progress.photos_stored, progress.photos),
        &format!("{} / {}", kib(progress.photo_bytes_sent), kib(progress.photo_bytes)),
        &format!("{} / {}", kib(progress.bytes_sent), kib(progress.bytes_received)),
    ])]
}

/// Whether there is news.
pub(crate) fn news(p: &Printer, news: bool) -> Vec<Row> {
    note(if news {
        p.pick("有新内容,请同步", "There is news: sync")
    } else {
        p.pick("没有新内容,或无法得知", "No news, or it is not known")
    })
}

fn kib(bytes: u64) -> String {
    format!("{} KiB", bytes.div_ceil(1024))
}

/// What stands where.
pub(crate) fn status(p: &Printer, status: &Status, sentence: &Bilingual) -> Vec<Row> {
    let Some(server) = &status.server else {
        return note(&p.words(sentence));
    };
    let photos = format!("{} ({} KiB)", status.photos_here, status.photo_bytes_here.div_ceil(1024));
    let synced = status.synced_at_ms.map_or_else(|| p.pick("从未", "never").to_owned(), moment);
    let mut rows = vec![
        vec![p.words(sentence)],
        Row::new(),
        row([p.pick("服务器", "Server"), server]),
        row([p.pick("使用人", "Person"), status.person.as_deref().unwrap_or_default()]),
        row([p.pick("上次同步", "Last sync"), &synced]),
        row([p.pick("本机记录", "Records here"), &status.records.to_string()]),
        row([p.pick("报告仍在本机", "Reports still here"), &status.reports_here.to_string()]),
        row([
            p.pick("报告已存服务器", "Reports stored on the server"),
            &status.reports_on_the_server.to_string(),
        ]),
        row([p.pick("报告已合并", "Reports merged"), &status.reports_merged.to_string()]),
        Row::new(),
        note(p.pick("修改", "Changes")).concat(),
        row([p.pick("仅在本机", "On this phone"), &status.on_this_phone.to_string()]),
        row([
            p.pick("等待他人的修改", "Waiting for another phone's change"),
            &status.held.to_string(),
        ]),
        row([p.pick("已存服务器", "Stored on the server"), &status.on_the_server.to_string()]),
        row([p.pick("已合并可见", "Merged and visible"), &status.merged.to_string()]),
        row([p.pick("被拒", "Refused"), &status.refused.to_string()]),
        row([p.pick("照片仍在本机", "Photos still here"), &photos]),
    ];
    if let Some(why) = &status.photos_wait {
        rows.push(row([p.pick("照片等待原因", "Photos wait"), &p.words(why)]));
    }
    if status.unreadable > 0 {
        rows.push(row([p.pick("无法读取", "Unreadable"), &status.unreadable.to_string()]));
    }
    rows
}
