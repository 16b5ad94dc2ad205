//! A new phone fetches 5,000 records of 25 areas: with the real core's own work, and as bytes.

use std::time::Instant;

use mobile_bindings::client::FieldClient;
use sync_protocol::ids::AreaId;
use sync_protocol::records::Kind;
use sync_protocol::wire::{Bytes, RecordPush};

use crate::district::District;
use crate::fetching::fetch_all;
use crate::{RUNS, figure, workload};

/// Areas.
pub(crate) const AREAS: u64 = 25;

/// Records of each.
const RECORDS: usize = 200;

/// Measures it.
pub(crate) fn cold() {
    let district = filled();
    let (mut took, mut cpus) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        let path = district.folder.path().join(format!("cold-{run}.db"));
        let phone = FieldClient::open(path.display().to_string(), vec![1; 32]).expect("a store");
        let code = district.enrolment_code(&district.areas);
        phone.enrol_at(district.url.clone(), code, "新手机".into()).expect("an enrolment");
        let cpu = district.cpu();
        let begun = Instant::now();
        phone.sync().expect("a sync");
        took.push(begun.elapsed().as_secs_f64());
        cpus.push(district.cpu() - cpu);
        assert_eq!(phone.digest().expect("records").len(), RECORDS * AREAS as usize);
    }
    figure::tell("cold_5000_s", "s", took);
    figure::tell("cold_5000_cpu_s", "s", cpus);
    let fetched = fetch_all(&district.bare_phone(&district.areas), Vec::new());
    let wire = fetched.wire_bytes as f64;
    // The limit: the bare documents in one zstd stream.
    let limit = zstd::bulk::compress(&fetched.documents, 3).expect("zstd").len() as f64;
    figure::tell("cold_5000_wire_bytes", "bytes", vec![wire]);
    figure::tell("cold_5000_bytes_ratio", "ratio", vec![wire / limit]);
}

/// A district with 5,000 records in it, their documents up to date.
pub(crate) fn filled() -> District {
    let district = District::new(AREAS);
    for area in &district.areas {
        fill(&district, *area);
    }
    district.settle();
    district
}

fn fill(district: &District, area: AreaId) {
    let phone = district.bare_phone(&[area]);
    let (actor, kind) = (phone.actor(), Kind::Inspection);
    let mut pushes = Vec::new();
    for number in 0..RECORDS {
        let (record, mut document, opened) = workload::open(actor, number);
        let edited = workload::edit(actor, &mut document, number, 0);
        let changes = vec![Bytes::from(opened.bytes), Bytes::from(edited.bytes)];
        pushes.push(RecordPush { area, record, kind, changes });
    }
    for part in pushes.chunks(100) {
        phone.sync(&phone.signed(part.to_vec()));
    }
}
