//! A pull: what is new in each of the person's areas, as changes after the cursor, or as whole
//! documents for a phone that is new or far behind. A page that is full says so; the phone comes
//! again.

use std::collections::{BTreeSet, HashMap};

use sync_protocol::ids::{AreaId, ChangeHash, DeviceId, RecordId};
use sync_protocol::wire::{Access, AreaCursor, AreaPage, Bytes, Request, Words};

use super::budget::Budget;
use super::moving::Sieve;
use super::snapshots::{Reader, weight};
use super::writers::Writers;
use super::{Engine, SyncError, snapshots, withheld};
use crate::auth::{AreaScope, PhoneScope};
use crate::store::area_log::Head;
use crate::store::changes::Entry;
use crate::store::news::Log;
use crate::store::{Db, StoreError, areas, changes, news};

/// A phone this many changes behind gets whole documents: fewer bytes, and less to apply.
const LAG: u64 = 2_000;

/// Entries of the log read at once: a page has room for thousands, but not if they are large.
const BATCH: usize = 64;

/// What a phone is answered besides its verdicts.
pub(super) struct Pulled {
    pub(super) access: Vec<Access>,
    pub(super) pages: Vec<AreaPage>,
    /// Whether verdicts are kept for it beside the last that it has noted.
    pub(super) verdicts: bool,
}

/// Reads what is new, for a phone that has noted late verdicts up to a number. `told`: what this very
/// answer's verdicts say of the phone's own changes.
pub(super) fn pull(
    engine: &Engine,
    scope: &PhoneScope,
    request: &Request,
    noted: u64,
    told: &BTreeSet<ChangeHash>,
) -> Result<Pulled, SyncError> {
    let scopes = scope.areas();
    let cursors: HashMap<AreaId, &AreaCursor> =
        request.areas.iter().map(|cursor| (cursor.area, cursor)).collect();
    let cursor = |area: &AreaScope| cursors.get(&area.area()).copied();
    let place = |area: &AreaScope| (*area, cursor(area).map_or(0, |cursor| cursor.cursor));
    let places: Vec<_> = scopes.iter().map(place).collect();
    let pulled = engine.store.read(|db| {
        let access = access(db, scope, &scopes, request)?;
        let news = news::find(db, (scope.device(), noted), &places)?;
        let mut budget = Budget::of(request);
        let mut pages = Vec::new();
        for area in &scopes {
            let Some(log) = news.logs.get(&area.area()) else {
                continue;
            };
            let from = From::of(db, area, cursor(area), log)?;
            if !from.is_up_to_date(&log.head) {
                let (device, lacks) = (scope.device(), from.lacks);
                let writers = &engine.writers;
                let phone = Phone { device, told, writers, moves: log.moves, lacks };
                pages.push(page(db, *area, phone, from, &log.head, &mut budget)?);
            }
        }
        Ok(Pulled { access, pages, verdicts: news.verdicts })
    })?;
    Ok(pulled)
}

/// The phone that a page is for.
#[derive(Clone, Copy)]
pub(super) struct Phone<'r> {
    pub(super) device: DeviceId,
    /// Changes that this answer's verdicts tell: those of its own need no item.
    pub(super) told: &'r BTreeSet<ChangeHash>,
    /// Who writes with which device.
    pub(super) writers: &'r Writers,
    /// Whether a move stands in the area's log.
    pub(super) moves: bool,
    /// A record that was withheld from it and still cannot be read.
    pub(super) lacks: Option<RecordId>,
}

/// Where a phone stands in an area's log, as far as it can be believed.
#[derive(Clone, Copy)]
struct From {
    cursor: u64,
    complete: bool,
    reader: Reader,
    /// The log's chain value there.
    chain: Option<ChangeHash>,
    /// A record that was withheld, and still has to be.
    lacks: Option<RecordId>,
}

impl From {
    fn of(
        db: &mut Db,
        scope: &AreaScope,
        cursor: Option<&AreaCursor>,
        Log { head, chain, .. }: &Log,
    ) -> Result<Self, StoreError> {
        let reader = if cursor.is_some() { Reader::Anew } else { Reader::Blank };
        let anew = Self { cursor: 0, complete: false, reader, chain: None, lacks: None };
        // Another life of the log, or one that is shorter than the phone has seen.
        let Some(at) = cursor.filter(|c| c.area_epoch == head.epoch && c.cursor <= head.seq) else {
            return Ok(anew);
        };
        let lacks = match seen(db, scope, at, *chain)? {
            // A log of the same length that says something else was restored and written on.
            Seen::Another => return Ok(anew),
            Seen::Whole => None,
            Seen::Without(record) => Some(record),
        };
        let (cursor, complete) = (at.cursor, at.complete);
        Ok(Self { cursor, complete, reader: Reader::Known, chain: *chain, lacks })
    }

    fn is_up_to_date(&self, head: &Head) -> bool {
        self.complete && self.cursor == head.seq
    }

    fn by_documents(&self, head: &Head) -> bool {
        !self.complete || head.seq - self.cursor > LAG
    }
}

/// What a phone has seen of the log up to its cursor.
enum Seen {
    /// This log, whole; as far as it says.
    Whole,
    /// This log without a record that still cannot be read.
    Without(RecordId),
    /// Another one; or this one without a record that can be read now.
    Another,
}

/// By the value that the phone was given at its cursor, and the log's there.
fn seen(
    db: &mut Db,
    scope: &AreaScope,
    at: &AreaCursor,
    chain: Option<ChangeHash>,
) -> Result<Seen, StoreError> {
    let Some(seen) = at.chain else { return Ok(Seen::Whole) };
    let Some(chain) = chain.filter(|chain| *chain != seen) else { return Ok(Seen::Whole) };
    match withheld::named(&seen, &chain) {
        Some(record) if withheld::is_unreadable(db, *scope, record)? => Ok(Seen::Without(record)),
        _ => Ok(Seen::Another),
    }
}

fn page(
    db: &mut Db,
    scope: AreaScope,
    phone: Phone<'_>,
    from: From,
    head: &Head,
    budget: &mut Budget,
) -> Result<AreaPage, StoreError> {
    let mut page = AreaPage {
        area: scope.area(),
        area_epoch: head.epoch,
        head: head.seq,
        cursor: from.cursor,
        chain: from.chain,
        more: true,
        complete: false,
        items: Vec::new(),
        writers: Vec::new(),
    };
    let mut lacks = phone.lacks;
    if from.by_documents(head) {
        if !budget.is_spent() {
            let withheld =
                snapshots::fill(db, scope, &mut page, budget, (from.reader, phone.writers))?;
            lacks = lacks.or(withheld);
        }
        page.complete = !page.more;
        let is_kept = page.complete || lacks.is_some();
        page.chain = if is_kept { chain_at(db, &scope, head, page.cursor)? } else { None };
    } else {
        page.complete = true;
        if !budget.is_spent() {
            lacks = fill_changes(db, scope, phone, &mut page, budget)?;
        }
    }
    if let Some(record) = lacks {
        page.chain = page.chain.map(|chain| withheld::mark(&chain, record));
    }
    Ok(page)
}

/// The chain value at a place of a log that has its head there or further on.
fn chain_at(
    db: &mut Db,
    scope: &AreaScope,
    head: &Head,
    place: u64,
) -> Result<Option<ChangeHash>, StoreError> {
    let is_head = place == head.seq && head.seq > 0;
    if is_head { Ok(Some(head.chain)) } else { changes::chain_at(db, scope, place) }
}

/// Fills a page with changes; answers a record that the phone lacks.
fn fill_changes(
    db: &mut Db,
    scope: AreaScope,
    mut phone: Phone<'_>,
    page: &mut AreaPage,
    budget: &mut Budget,
) -> Result<Option<RecordId>, StoreError> {
    let mut writers = BTreeSet::new();
    page.more = false;
    // One more than there is room for tells whether there is more.
    loop {
        let most = budget.items.saturating_add(1).min(BATCH);
        let entries = changes::after(db, &scope, page.cursor, most, Some(phone.device))?;
        let last = entries.len() < most;
        let sieve = Sieve::of(db, scope, phone, page.cursor, &entries)?;
        phone.lacks = take_entries(entries, sieve, page, budget, &mut writers)?;
        if last || page.more {
            break;
        }
    }
    page.head = page.head.max(page.cursor);
    page.writers = phone.writers.of(db, writers)?;
    Ok(phone.lacks)
}

/// Takes entries of the log as long as there is room; answers a record that the phone lacks.
fn take_entries(
    entries: Vec<Entry>,
    mut sieve: Sieve<'_>,
    page: &mut AreaPage,
    budget: &mut Budget,
    writers: &mut BTreeSet<DeviceId>,
) -> Result<Option<RecordId>, StoreError> {
    for entry in entries {
        let Entry { seq, chain, .. } = entry;
        if let Some((item, authors)) = sieve.item(entry) {
            if !budget.take(&page.items, weight(&item)) {
                page.more = true;
                break;
            }
            page.items.push(item);
            writers.extend(authors);
        }
        (page.cursor, page.chain) = (seq, Some(chain));
    }
    Ok(sieve.lacks())
}

/// Areas that the phone has not named are new to it; those it named and may not see are gone.
fn access(
    db: &mut Db,
    scope: &PhoneScope,
    scopes: &[AreaScope],
    request: &Request,
) -> Result<Vec<Access>, StoreError> {
    let named = |area: AreaId| request.areas.iter().any(|cursor| cursor.area == area);
    let new: Vec<AreaId> =
        scopes.iter().map(AreaScope::area).filter(|area| !named(*area)).collect();
    let granted = if new.is_empty() { Vec::new() } else { areas::find(db, &new)? };
    let granted = granted.into_iter().map(|area| Access::Granted {
        area: area.id,
        name: Words { zh: area.name_zh, en: area.name_en },
        roles: scope.area(area.id).map(|s| s.roles().iter().collect()).unwrap_or_default(),
        key: Bytes::from(area.key.0.to_vec()),
    });
    let known = request.areas.iter().filter_map(|cursor| match scope.area(cursor.area) {
        None => Some(Access::Revoked { area: cursor.area }),
        Some(proof) => role_changed(cursor, proof),
    });
    Ok(granted.chain(known).collect())
}

/// What the person is now, for a phone that believes something else; 0 is a phone that does not say.
fn role_changed(cursor: &AreaCursor, proof: AreaScope) -> Option<Access> {
    let changed = cursor.roles != 0 && cursor.roles != proof.roles().bits();
    changed
        .then(|| Access::RoleChanged { area: cursor.area, roles: proof.roles().iter().collect() })
}
