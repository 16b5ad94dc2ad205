//! A damaged store that was set aside, in words: what came over, what may not have, and where the
//! file lies.

use super::{Attention, AttentionKind};
use crate::client::Bilingual;
use crate::codes;
use crate::error::CoreError;
use crate::store::Connection;
use crate::store::set_aside::{self, SetAside};

/// Every store that was set aside.
pub(super) fn list(connection: &Connection) -> Result<Vec<Attention>, CoreError> {
    Ok(set_aside::list(connection)?.into_iter().map(item).collect())
}

fn item(aside: SetAside) -> Attention {
    let words = words(&aside);
    Attention {
        why: AttentionKind::Damaged,
        record: String::new(),
        kind: String::new(),
        title: aside.file,
        code: Some(codes::STORE_DAMAGED.code.to_owned()),
        field: None,
        words,
        kept: Vec::new(),
        at_ms: Some(aside.at),
        settled: aside.salvaged.known && aside.salvaged.unread == 0,
    }
}

fn words(aside: &SetAside) -> Bilingual {
    let (file, came) = (&aside.file, &aside.salvaged);
    let mut words = Bilingual {
        zh: format!(
            "本机数据库曾损坏,已新建一个;转入未上传的修改{}处、照片{}张、记录{}条。原文件保留为{file}",
            came.changes, came.photos, came.records
        ),
        en: format!(
            "The store was damaged and a new one was begun: {} changes and {} photos that the server \
             does not have came over, and {} records. The damaged file is kept as {file}",
            came.changes, came.photos, came.records
        ),
    };
    if came.unread > 0 {
        words.zh += &format!(";最多有{}行未能读出,请勿删除该文件并联系管理员", came.unread);
        words.en += &format!(
            "; at most {} rows could not be read: do not delete it, and tell your administrator",
            came.unread
        );
    }
    if !came.known {
        words.zh += ";设备身份未能读出,请重新登记";
        words.en += "; this phone's identity could not be read: enrol again";
    }
    words
}
