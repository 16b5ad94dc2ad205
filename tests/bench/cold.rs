//! A new phone fetches 5,000 records of 25 areas: with the real core's own work, and as bytes.

use std::time::Instant;

use mobile_bindings::client::FieldClient;

use crate::fetching::fetch_all;
use crate::filled::{RECORDS, filled};
use crate::{RUNS, figure};

/// Areas.
pub(crate) const AREAS: u64 = 25;

/// Measures it.
pub(crate) fn cold() {
    let (district, _) = filled(AREAS);
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
