//! What a restored database has lost: each area's log held against heads that were exported before;
//! and the new life that makes phones notice and offer again what they were acknowledged for.

use std::collections::BTreeMap;
use std::fmt;

use sync_protocol::chain;
use sync_protocol::ids::{AreaId, ChangeHash, ServerEpoch};

use super::heads::{AreaHead, Heads, HeadsError, TrailHead};
use crate::auth::{Operator, secrets};
use crate::store::area_log::Head;
use crate::store::{Db, StoreError, area_log, areas, changes, district, trail};
use crate::trail::chain as trail_chain;

/// An area's log beside its exported head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// What was exported.
    pub exported: AreaHead,
    /// How the log stands to it.
    pub standing: Standing,
}

/// How a log stands to an exported head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It ends there.
    Same,
    /// It goes on from there.
    Ahead {
        /// By so many changes.
        by: u64,
    },
    /// It ends before.
    Behind {
        /// So many changes are gone.
        lost: u64,
    },
    /// It has another chain value there: another history.
    OtherChain,
    /// The database does not know the area.
    Gone,
}

impl Standing {
    /// Whether everything that was exported is still there.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Same | Self::Ahead { .. })
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AreaHead { area, seq, .. } = self.exported;
        match self.standing {
            Standing::Same => write!(f, "area {area}: as exported, at place {seq}"),
            Standing::Ahead { by } => write!(f, "area {area}: {by} changes further than exported"),
            Standing::Behind { lost } => write!(
                f,
                "area {area}: {lost} changes are lost; its log ends at place {}, exported was {seq}",
                seq - lost
            ),
            Standing::OtherChain => write!(
                f,
                "area {area}: another history; at place {seq} its log does not have the exported \
                 chain value. It was restored and written to since, or altered: \
                 `doorstep verify --area {area}` tells"
            ),
            Standing::Gone => write!(
                f,
                "area {area}: not in this database, {seq} changes are lost; enter it again with \
                 `doorstep area create`"
            ),
        }
    }
}

/// Checks the heads' signature and holds every area against them.
///
/// # Errors
/// [`HeadsError`] when the heads cannot be believed, or those of the database.
pub fn compare(db: &mut Db, by: Operator, heads: &Heads) -> Result<Vec<Compared>, HeadsError> {
    heads.check(&crate::store::signing_keys::find(db)?.ok_or(HeadsError::NoDistrict)?)?;
    let scopes: Vec<_> = heads.areas.iter().map(|head| by.area(head.area)).collect();
    let now = area_log::heads(db, &scopes)?;
    let compared = heads.areas.iter().map(|exported| {
        let standing = standing(db, by, exported, now.get(&exported.area))?;
        Ok(Compared { exported: *exported, standing })
    });
    compared.collect()
}

fn standing(
    db: &mut Db,
    by: Operator,
    exported: &AreaHead,
    now: Option<&Head>,
) -> Result<Standing, StoreError> {
    let Some(now) = now else { return Ok(Standing::Gone) };
    if now.seq < exported.seq {
        return Ok(Standing::Behind { lost: exported.seq - now.seq });
    }
    let there: Option<ChangeHash> = match exported.seq {
        0 => Some(chain::start(exported.area)),
        seq if seq == now.seq => Some(now.chain),
        seq => changes::chain_at(db, &by.area(exported.area), seq)?,
    };
    Ok(match now.seq - exported.seq {
        _ if there != Some(exported.chain) => Standing::OtherChain,
        0 => Standing::Same,
        by => Standing::Ahead { by },
    })
}

/// How the audit trail stands to its exported head; nothing for heads of before there was one. Their
/// signature is [`compare`]'s to check.
///
/// # Errors
/// Those of the database.
pub fn trail(db: &mut Db, _by: Operator, heads: &Heads) -> Result<Option<Standing>, StoreError> {
    let Some(exported) = &heads.trail else { return Ok(None) };
    let now = TrailHead::of(trail::head(db)?)?;
    if now.place < exported.place {
        return Ok(Some(Standing::Behind { lost: exported.place - now.place }));
    }
    let there = match exported.place {
        0 => Some(trail_chain::start().to_vec()),
        place if place == now.place => Some(now.chain.as_bytes().to_vec()),
        place => trail::chain_at(db, place)?,
    };
    Ok(Some(match now.place - exported.place {
        _ if there.as_deref() != Some(exported.chain.as_bytes()) => Standing::OtherChain,
        0 => Standing::Same,
        by => Standing::Ahead { by },
    }))
}

/// How the audit trail stands, in words for the operator.
pub fn trail_words(standing: Standing) -> String {
    match standing {
        Standing::Same => "audit trail: as exported".to_owned(),
        Standing::Ahead { by } => format!("audit trail: {by} entries further than exported"),
        Standing::Behind { lost } => format!(
            "audit trail: {lost} entries are lost; an export of the trail, or a backup, may have them"
        ),
        Standing::OtherChain | Standing::Gone => {
            "audit trail: another history; it was restored and \
             written to since, or altered: `doorstep verify` tells"
                .to_owned()
        }
    }
}

/// Gives the database a new server epoch, and a new area epoch to every area, or only to those that
/// are not whole. A whole one may still have lost what came after the heads: a phone that has seen
/// that would not notice that its places are taken by other changes.
///
/// # Errors
/// Those of the database.
pub fn begin_anew(
    db: &mut Db,
    by: Operator,
    compared: &[Compared],
    every_area: bool,
) -> Result<(ServerEpoch, Vec<AreaId>), StoreError> {
    let epoch = ServerEpoch(secrets::random());
    district::set_server_epoch(db, epoch)?;
    let mut past: BTreeMap<AreaId, u32> = BTreeMap::new();
    for area in areas::all(db)? {
        let of_area = compared.iter().filter(|compared| compared.exported.area == area.id);
        let whole = of_area.clone().all(|compared| compared.standing.is_whole());
        if every_area || !whole {
            let epochs = of_area.map(|compared| compared.exported.area_epoch);
            past.insert(area.id, epochs.max().unwrap_or_default());
        }
    }
    for (area, past) in &past {
        area_log::begin_anew(db, &by.area(*area), *past)?;
    }
    Ok((epoch, past.into_keys().collect()))
}
