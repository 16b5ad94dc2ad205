//! Others have made 100 edits in 25 areas: what it costs a phone to have them too.

use std::time::Instant;

use mobile_bindings::client::FieldClient;

use crate::cold::AREAS;
use crate::fetching::fetch_all;
use crate::filled::filled;
use crate::{RUNS, figure};

/// Edits in each area.
const EDITS: usize = 100 / AREAS as usize;

/// Measures it.
pub(crate) fn catchup() {
    let (district, mut authors) = filled(AREAS);
    let path = district.folder.path().join("catchup.db").display().to_string();
    let phone = FieldClient::open(path, vec![1; 32]).expect("a store");
    let code = district.enrolment_code(&district.areas);
    phone.enrol_at(district.url.clone(), code, "手机".into()).expect("an enrolment");
    phone.sync().expect("a sync");
    let bare = district.bare_phone(&district.areas);
    let mut cursors = fetch_all(&bare, Vec::new()).cursors;
    let (mut took, mut bytes) = (Vec::new(), Vec::new());
    for round in 0..RUNS {
        authors.iter_mut().for_each(|author| author.edit(EDITS, round));
        district.settle();
        let fetched = fetch_all(&bare, cursors);
        cursors = fetched.cursors;
        bytes.push((fetched.asked_bytes + fetched.wire_bytes) as f64);
        let begun = Instant::now();
        let synced = phone.sync().expect("a sync");
        took.push(begun.elapsed().as_secs_f64());
        assert_eq!(synced.received, AREAS * EDITS as u64);
    }
    figure::tell("catchup_100_wire_bytes", "bytes", bytes);
    figure::tell("catchup_100_s", "s", took);
}
