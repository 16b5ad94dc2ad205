//! What has not arrived, as rows.

use mobile_bindings::client::{OutboxItem, OutboxState, RescueSummary};

use super::{note, row, short};
use crate::print::{Printer, Row};

/// What has not arrived.
pub(crate) fn outbox(p: &Printer, items: &[OutboxItem]) -> Vec<Row> {
    if items.is_empty() {
        return note(p.pick("没有未送达的内容", "Everything has arrived"));
    }
    let state = |state: OutboxState| match state {
        OutboxState::Draft => p.pick("草稿", "draft"),
        OutboxState::Pending => p.pick("待发送", "pending"),
        OutboxState::Sent => p.pick("已发出", "sent"),
        OutboxState::Held => p.pick("等待中", "held"),
        OutboxState::NeedsAttention => p.pick("需处理", "needs you"),
        OutboxState::Accepted => p.pick("已存服务器", "accepted"),
    };
    let line = |item: &OutboxItem| {
        let what = match &item.photo {
            Some(photo) => format!("{} {}", p.pick("照片", "photo"), short(photo)),
            None => format!("{} {}", item.changes, p.pick("处修改", "changes")),
        };
        let size = format!("{} KiB", item.bytes.div_ceil(1024));
        let tried = match item.attempts {
            0 => String::new(),
            n => format!("{n} {}", p.pick("次未成功", "attempts in vain")),
        };
        let why = item.why.as_ref().map(|why| p.words(why)).unwrap_or_default();
        row([state(item.state), short(&item.record), &what, &size, &tried, &why])
    };
    items.iter().map(line).collect()
}

/// A rescue bundle.
pub(crate) fn rescued(p: &Printer, rescued: &RescueSummary) -> Vec<Row> {
    if rescued.changes + rescued.photos == 0 {
        return note(p.pick("没有未送达的内容", "Everything has arrived; the file holds nothing"));
    }
    vec![
        row([p.pick("修改", "Changes"), &rescued.changes.to_string()]),
        row([p.pick("照片", "Photos"), &rescued.photos.to_string()]),
        vec![
            p.pick(
                "请把文件交给主管;内容仍保存在手机上",
                "Hand the file to your supervisor; everything stays on this phone too",
            )
            .to_owned(),
        ],
    ]
}
