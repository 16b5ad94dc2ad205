//! What needs a person, as rows.

use mobile_bindings::client::{Attention, AttentionKind};

use super::{note, short};
use crate::print::{Printer, Row};

/// What needs a person.
pub(crate) fn attention(p: &Printer, all: &[Attention]) -> Vec<Row> {
    if all.is_empty() {
        return note(p.pick("没有需要处理的", "Nothing needs you"));
    }
    let mut rows = Vec::new();
    for item in all {
        let why = match item.why {
            AttentionKind::Refused => p.pick("被拒", "refused"),
            AttentionKind::Waiting => p.pick("等待中", "waiting"),
            AttentionKind::Clash => p.pick("冲突", "clash"),
            AttentionKind::Returned => p.pick("退回", "returned"),
            AttentionKind::Photo => p.pick("照片", "photo"),
            AttentionKind::Unreadable => p.pick("无法读取", "unreadable"),
            AttentionKind::Dismissed => p.pick("不采纳", "decided against"),
            AttentionKind::AreaGone => p.pick("片区已移出", "area gone"),
            AttentionKind::RecordsGone => p.pick("记录已移出", "records gone"),
            AttentionKind::Erased => p.pick("记录已删除", "erased"),
            AttentionKind::PutAway => p.pick("记录已到期", "kept long enough"),
            AttentionKind::Lost => p.pick("未被采用", "does not stand"),
            AttentionKind::Moved => p.pick("已划转", "moved"),
            AttentionKind::Damaged => p.pick("数据库损坏", "damaged"),
        };
        let field = item.field.as_ref().map(|field| p.words(field)).unwrap_or_default();
        rows.push(vec![
            why.to_owned(),
            short(&item.record).to_owned(),
            item.title.clone(),
            field,
            item.code.clone().unwrap_or_default(),
        ]);
        rows.push(vec![format!("  {}", p.words(&item.words))]);
        rows.extend(item.kept.iter().map(|kept| vec![format!("  - {}", p.words(kept))]));
    }
    rows
}
