//! What a pull begins with, in one statement: how the logs of a phone's areas stand to what it has of
//! them, and whether there are verdicts for it.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable};
use sync_protocol::ids::{AreaId, ChangeHash, DeviceId};

use super::area_log::{Head, from_row};
use super::rows::{area_key, device_key, hash, seq_key};
use super::statement::{bind, statement};
use super::{Db, StoreError};
use crate::auth::AreaScope;

/// How an area's log stands to what a phone has of it.
#[derive(Debug, Clone, Copy)]
pub struct Log {
    /// Where it stands.
    pub head: Head,
    /// Whether a move stands in it.
    pub moves: bool,
    /// The chain value at the phone's place; nothing where the log has no such place.
    pub chain: Option<ChangeHash>,
}

/// What there may be for a phone.
#[derive(Debug, Default)]
pub struct News {
    /// Its areas' logs.
    pub logs: HashMap<AreaId, Log>,
    /// Whether verdicts of it are kept beside the last that it has noted.
    pub verdicts: bool,
}

#[derive(QueryableByName)]
struct NewsRow {
    #[diesel(sql_type = Bool)]
    verdicts: bool,
    #[diesel(sql_type = Nullable<BigInt>)]
    area_id: Option<i64>,
    #[diesel(sql_type = Nullable<Integer>)]
    area_epoch: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    head: Option<i64>,
    #[diesel(sql_type = Nullable<Binary>)]
    chain: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Bool>)]
    moves: Option<bool>,
    #[diesel(sql_type = Nullable<Binary>)]
    chain_there: Option<Vec<u8>>,
}

/// Looks what there is for a phone that has noted verdicts up to a number, and has each area's log up to
/// a place.
///
/// # Errors
/// Those of the database.
pub fn find(
    db: &mut Db,
    (device, noted): (DeviceId, u64),
    places: &[(AreaScope, u64)],
) -> Result<News, StoreError> {
    let keys: Vec<i64> = places.iter().map(|(scope, _)| area_key(scope.area())).collect();
    let places: Vec<i64> = places.iter().map(|(_, place)| seq_key(*place)).collect();
    // The device of a move's entry is written out: a partial index has them. The areas stand in a SELECT:
    // how many they are would make PostgreSQL plan anew each time (0.1 ms, 2026-11).
    let rows: Vec<NewsRow> = statement(
        "SELECT v.verdicts, l.area_id, l.area_epoch, l.head, l.chain, l.moves, l.chain_there
         FROM (SELECT EXISTS (SELECT FROM late_verdicts WHERE device_id = ? AND number <> ?))
              AS v (verdicts)
         LEFT JOIN (
             SELECT l.*, EXISTS (SELECT FROM changes c
                                 WHERE c.area_id = l.area_id AND c.device_id = 0) AS moves,
                    CASE WHEN n.place = l.head THEN l.chain
                         ELSE (SELECT c.chain FROM changes c
                               WHERE c.area_id = l.area_id AND c.seq = n.place)
                    END AS chain_there
             FROM unnest((SELECT ?)::bigint[], (SELECT ?)::bigint[]) AS n (area_id, place)
             JOIN area_log l USING (area_id)
         ) AS l ON true",
        (
            bind::<BigInt, _>(device_key(device)),
            bind::<BigInt, _>(noted.cast_signed()),
            bind::<Array<BigInt>, _>(keys),
            bind::<Array<BigInt>, _>(places),
        ),
    )
    .load(db.sql())?;
    let mut news = News::default();
    for row in rows {
        news.verdicts = row.verdicts;
        let log = (row.area_id, row.area_epoch, row.head, row.chain);
        if let (Some(id), Some(epoch), Some(head), Some(chain)) = log {
            let (area, head) = from_row((id, epoch, head, chain))?;
            let chain = row.chain_there.as_deref().map(hash).transpose()?;
            news.logs.insert(area, Log { head, moves: row.moves == Some(true), chain });
        }
    }
    Ok(news)
}
