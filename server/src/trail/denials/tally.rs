//! Which refusals are noted and which are counted. Pure: the time is handed in.
//!
//! In one minute of the clock
//! - the first refusal of an actor, an address, a code and what was asked for is noted, those after it
//!   are counted;
//! - of one actor, address and code at most [`EACH`] are noted so, the rest is counted together;
//! - at most [`ALL`] are noted of those who proved who they are, and as many of those who did not;
//!   the rest is counted by code.
//!
//! An IPv6 address counts as its /64, of which one machine has all.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

use sync_protocol::codes::Code;
use sync_protocol::ids::{AreaId, RecordId};

use crate::trail::{About, Act, Actor, Entry, Origin};

/// Most entries a minute of one actor, address and code.
pub const EACH: u32 = 20;

/// Most entries a minute of all who proved who they are, and of all who did not.
pub const ALL: u32 = 200;

/// The length of a minute, in milliseconds.
const MINUTE_MS: i64 = 60_000;

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// What was tried.
    pub act: Act,
    /// By whom.
    pub actor: Actor,
    /// With which code it was refused.
    pub code: &'static Code,
    /// Method and route.
    pub route: Option<String>,
    /// Whom it was about.
    pub about: Option<About>,
    /// In which area.
    pub area: Option<AreaId>,
    /// Which record.
    pub record: Option<RecordId>,
    /// From where.
    pub origin: Origin,
}

/// What makes refusals one of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    actor: Actor,
    address: Option<IpAddr>,
    code: &'static str,
    /// Nothing for the rest of an actor, address and code.
    asked: Option<Asked>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    act: Act,
    route: Option<String>,
    about: Option<About>,
    area: Option<AreaId>,
    record: Option<RecordId>,
}

/// How many came after the one that was noted.
#[derive(Debug)]
struct Count {
    last: i64,
    more: u64,
    denial: Denial,
}

/// The refusals of the minute.
#[derive(Debug, Default)]
pub struct Tally {
    minute: i64,
    counts: HashMap<Kind, Count>,
    noted: HashMap<Kind, u32>,
    of_known: u32,
    of_nobody: u32,
}

impl Tally {
    /// Takes a refusal; answers the entries to be written now: its own, unless it is counted, and
    /// those of a minute that is over.
    pub fn take(&mut self, denial: Denial, now_ms: i64) -> Vec<Entry> {
        let mut entries = self.close_before(now_ms);
        self.minute = now_ms.div_euclid(MINUTE_MS);
        let (kind, denial) = self.place(denial);
        if let Some(count) = self.counts.get_mut(&kind) {
            count.more += 1;
            count.last = now_ms;
            return entries;
        }
        entries.push(denial.entry(now_ms));
        self.counts.insert(kind, Count { last: now_ms, more: 0, denial });
        entries
    }

    /// The entries of what was counted, if its minute is over.
    pub fn close_before(&mut self, now_ms: i64) -> Vec<Entry> {
        if self.minute == now_ms.div_euclid(MINUTE_MS) { Vec::new() } else { self.close() }
    }

    /// The entries of what was counted.
    pub fn close(&mut self) -> Vec<Entry> {
        let counts = std::mem::take(self).counts.into_values().filter(|count| count.more > 0);
        let mut counts: Vec<Count> = counts.collect();
        counts.sort_by_key(|count| count.last);
        counts
            .into_iter()
            .map(|count| {
                let denial = Denial {
                    origin: Origin { request: None, ..count.denial.origin },
                    ..count.denial
                };
                denial.entry(count.last).times(count.more)
            })
            .collect()
    }

    /// Under which kind a refusal is taken, and what is left of it there.
    fn place(&mut self, denial: Denial) -> (Kind, Denial) {
        let own = denial.kind();
        if self.counts.contains_key(&own) {
            return (own, denial);
        }
        let together = Kind { asked: None, ..own.clone() };
        let all = match denial.actor {
            Actor::Nobody => &mut self.of_nobody,
            _ => &mut self.of_known,
        };
        let each = self.noted.get(&together).copied().unwrap_or_default();
        if *all < ALL && each < EACH {
            *all += 1;
            self.noted.insert(together, each + 1);
            return (own, denial);
        }
        let rest = denial.without_what_was_asked();
        if self.counts.contains_key(&together) || *all < ALL {
            if !self.counts.contains_key(&together) {
                *all += 1;
            }
            return (together, rest);
        }
        let bare = Denial { actor: Actor::Nobody, origin: Origin::default(), ..rest };
        (Kind { asked: None, ..bare.kind() }, bare)
    }
}

impl Denial {
    fn kind(&self) -> Kind {
        let Self { act, actor, code, route, about, area, record, origin } = self.clone();
        let asked = Some(Asked { act, route, about, area, record });
        Kind { actor, address: origin.address.map(network), code: code.code, asked }
    }

    fn without_what_was_asked(self) -> Self {
        Self { act: Act::Request, route: None, about: None, area: None, record: None, ..self }
    }

    fn entry(&self, at: i64) -> Entry {
        let Self { act, actor, code, route, about, area, record, origin } = self.clone();
        let mut entry = Entry::new(act, actor, at).refused(code).from(origin);
        if let Some(route) = route {
            entry = entry.detail(route);
        }
        if let Some(about) = about {
            entry = entry.about(about);
        }
        if let Some(area) = area {
            entry = entry.area(area);
        }
        match record {
            Some(record) => entry.record(record),
            None => entry,
        }
    }
}

/// The network that one machine has to itself.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or_else(
            || {
                let [a, b, c, d, ..] = six.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            },
            IpAddr::V4,
        ),
    }
}

#[cfg(test)]
mod tests;
