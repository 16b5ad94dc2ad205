//! Records that are in another of the person's areas now.

use sync_protocol::ids::AreaId;

use super::{Attention, AttentionKind, Desk};
use crate::client::Bilingual;
use crate::error::CoreError;
use crate::store::{areas, moved, records};

/// Every move of the last 60 days of a record that is here.
pub(super) fn list(desk: &Desk<'_>) -> Result<Vec<Attention>, CoreError> {
    let mut items = Vec::new();
    for moved in moved::list(desk.connection)? {
        let Some(listed) = records::find(desk.connection, moved.record)? else { continue };
        let (from, to) = (name(desk, moved.from)?, name(desk, moved.to)?);
        let mut item = desk.item(moved.record, listed.place.kind)?;
        item.why = AttentionKind::Moved;
        item.words = Bilingual {
            zh: format!("已由{}划归{}", from.zh, to.zh),
            en: format!("It was in {} and is in {} now", from.en, to.en),
        };
        item.at_ms = Some(moved.at);
        item.settled = true;
        items.push(item);
    }
    Ok(items)
}

/// An area's name; of one that is no longer the person's, its code.
fn name(desk: &Desk<'_>, area: AreaId) -> Result<Bilingual, CoreError> {
    let found = areas::find(desk.connection, area)?;
    Ok(found.map_or_else(
        || Bilingual::same(area.to_string()),
        |area| Bilingual { zh: area.name_zh, en: area.name_en },
    ))
}
