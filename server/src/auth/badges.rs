//! A worker's badge as a resident checks it: the code proves which device shows it and when, the
//! database says whether that still means anything. Whatever is wrong is answered alike, so that
//! nobody learns from it who works here.

use sync_protocol::badge::Badge;

use crate::configuration;
use crate::store::{Db, Store, StoreError, areas, badges, devices};

pub use crate::store::badges::Card;

/// The areas of a badge, each by its name in zh-CN and in English.
pub type AreaNames = Vec<(String, String)>;

/// What a badge's code is worth.
pub enum Verdict {
    /// A worker shows it, now, and works in these areas.
    Valid(Box<Card>, AreaNames),
    /// It is not of now; who made it was not asked.
    Stale,
    /// It is none, or no longer.
    Void,
}

/// A verdict, and whom a resident can ask.
pub struct Checked {
    /// What the code is worth.
    pub verdict: Verdict,
    /// The number that residents call, if the district has said one.
    pub telephone: Option<String>,
}

/// Checks a code.
///
/// # Errors
/// Those of the database.
pub fn check(store: &Store, code: &str, now_ms: i64) -> Result<Checked, StoreError> {
    store.read(|db| {
        let telephone = configuration::current(db)?.telephone;
        let verdict = match Badge::read(code) {
            None => Verdict::Void,
            // Before anything else is asked: an old code tells nothing about anybody.
            Some(badge) if !badge.is_fresh(now_ms.div_euclid(1000)) => Verdict::Stale,
            Some(badge) => of_fresh(db, &badge, now_ms)?,
        };
        Ok(Checked { verdict, telephone })
    })
}

fn of_fresh(db: &mut Db, badge: &Badge, now_ms: i64) -> Result<Verdict, StoreError> {
    let Some(device) = devices::find_active(db, badge.device)? else {
        return Ok(Verdict::Void);
    };
    if !badge.is_signed_by(&device.public_key) {
        return Ok(Verdict::Void);
    }
    let posts = badges::posts(db, device.person, now_ms)?;
    let Some(card) = badges::find(db, device.person)?.filter(|_| !posts.is_empty()) else {
        return Ok(Verdict::Void);
    };
    let names = areas::find(db, &posts)?;
    let names = names.into_iter().map(|area| (area.name_zh, area.name_en)).collect();
    Ok(Verdict::Valid(Box::new(card), names))
}
