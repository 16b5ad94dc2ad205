//! A district with records in it, and those who write them.

use doorstep_tests::BarePhone;
use sync_protocol::document::Document;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Kind;
use sync_protocol::wire::{Bytes, RecordPush};

use crate::district::District;
use crate::workload;

/// Records of an area.
pub(crate) const RECORDS: usize = 200;

/// Somebody who writes the records of an area.
pub(crate) struct Author {
    phone: BarePhone,
    area: AreaId,
    records: Vec<(RecordId, Document)>,
}

/// A district of so many areas of 200 records each, their documents up to date.
pub(crate) fn filled(areas: u64) -> (District, Vec<Author>) {
    let district = District::new(areas);
    let authors = district.areas.iter().map(|area| Author::new(&district, *area)).collect();
    district.settle();
    (district, authors)
}

impl Author {
    fn new(district: &District, area: AreaId) -> Self {
        let mut author = Self { phone: district.bare_phone(&[area]), area, records: Vec::new() };
        let mut pushes = Vec::new();
        for number in 0..RECORDS {
            let actor = author.phone.actor();
            let (record, mut document, opened) = workload::open(actor, number);
            let edited = workload::edit(actor, &mut document, number, 0);
            pushes.push(author.push_of(record, vec![opened.bytes, edited.bytes]));
            author.records.push((record, document));
        }
        for part in pushes.chunks(100) {
            author.phone.sync(&author.phone.signed(part.to_vec()));
        }
        author
    }

    /// Edits so many records, others in each round.
    pub(crate) fn edit(&mut self, records: usize, round: usize) {
        let actor = self.phone.actor();
        let mut pushes = Vec::new();
        for number in round * records..(round + 1) * records {
            let number = number % RECORDS;
            let (record, document) = &mut self.records[number];
            let (record, edited) =
                (*record, workload::edit(actor, document, number, round + 1).bytes);
            pushes.push(self.push_of(record, vec![edited]));
        }
        self.phone.sync(&self.phone.signed(pushes));
    }

    fn push_of(&self, record: RecordId, changes: Vec<Vec<u8>>) -> RecordPush {
        let changes = changes.into_iter().map(Bytes::from).collect();
        RecordPush { area: self.area, record, kind: Kind::Inspection, changes }
    }
}
