//! What is due of the homes on this phone, from what is kept beside each record. It must not know FFI
//! or words.

use std::collections::HashMap;

use chrono::NaiveDate;
use sync_protocol::due::day::Day;
use sync_protocol::due::{Due, Fact, due};
use sync_protocol::ids::{AreaId, RecordId};

use crate::record::{Facts, Spot};
use crate::store::records::scan;
use crate::store::{Connection, StoreError, configuration};

/// The homes, and what is due there.
pub(crate) struct Round {
    pub(crate) homes: HashMap<RecordId, Home>,
    /// Most overdue first.
    pub(crate) due: Vec<Due>,
}

/// A home, or what is known of it from the records that are about it.
pub(crate) struct Home {
    pub(crate) area: AreaId,
    /// Its address; empty where the home itself is not on this phone.
    pub(crate) title: String,
    /// Where it stands; none where the home itself is not on this phone, or void.
    pub(crate) spot: Option<Spot>,
    /// How many stay there.
    pub(crate) residents: u32,
}

/// What is due until a day, as it stands on another; of one area or of all.
pub(crate) fn round(
    connection: &Connection,
    area: Option<AreaId>,
    on: NaiveDate,
    until: NaiveDate,
) -> Result<Round, StoreError> {
    let mut homes: HashMap<RecordId, Home> = HashMap::new();
    let mut facts: Vec<(RecordId, Fact)> = Vec::new();
    scan::each_counting(connection, area, |row| {
        let Some(Facts { due, spot }) = Facts::from_bytes(row.facts) else { return };
        if let Some(premises) = premises_of(row.record, &due) {
            let begun = || Home { area: row.area, title: String::new(), spot: None, residents: 0 };
            let home = homes.entry(premises).or_insert_with(begun);
            match &due {
                Fact::Home(fact) => {
                    home.title = row.title.to_owned();
                    home.spot = spot.filter(|_| !fact.void);
                }
                Fact::Stay(stay) if stay.is_there(Day::of(on)) => home.residents += 1,
                _ => {}
            }
            facts.push((row.record, due));
        }
    })?;
    let facts = facts.iter().map(|(record, fact)| (*record, fact));
    let cadences = configuration::current(connection)?.due;
    Ok(Round { due: due(facts, &cadences, on, until), homes })
}

/// The home that a record is about.
fn premises_of(record: RecordId, fact: &Fact) -> Option<RecordId> {
    match fact {
        Fact::Home(_) => Some(record),
        Fact::Stay(stay) => stay.premises,
        Fact::Visit(visit) => visit.premises,
        Fact::Inspection(inspection) => inspection.premises,
    }
}

#[cfg(test)]
mod tests;
