//! A worker's day with 10,000 records on the phone: opening the store, what is due, finding as one
//! types, saving. The records are those of a synthetic district: homes, stays, visits, inspections.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use doorstep::seed::Plan;
use mobile_bindings::client::{
    Entry, FieldClient, FieldValue, ListFilter, Position, RecordLine, TodayFilter,
};

use crate::district::District;
use crate::figure;

/// So many of a plan's homes make 10,000 records.
const AREAS: usize = 4;
const HOMES: usize = 560;
const RECORDS: usize = 10_000;

/// The day on which the district stands as it does.
const TODAY: &str = "2026-11-22";

/// Lines that a screen shows.
const SCREEN: u32 = 50;

/// How often each is done.
const OPENED: usize = 9;
const LOOKED: usize = 15;
const SAVED: usize = 60;

/// Measures it.
pub(crate) fn phone_day() {
    let today = TODAY.parse().expect("a day");
    let plan = Plan { number: 1, areas: AREAS, homes_per_area: HOMES, today };
    let district = District::planted(&plan);
    let store = district.folder.path().join("day.db");
    let phone = open(&store);
    let code = district.enrolment_code(&district.areas);
    phone.enrol_at(district.url.clone(), code, "手机".into()).expect("an enrolment");
    while !phone.sync_until_done(600_000).expect("a sync").done {}
    let records = phone.list(ListFilter::default()).expect("records");
    assert!(records.len() >= RECORDS, "{} records", records.len());
    drop(phone);

    let timed = |_| {
        let begun = Instant::now();
        let phone = open(&store);
        let took = ms(begun);
        drop(phone);
        took
    };
    figure::tell("phone_open_ms", "ms", (0..OPENED).map(timed).collect());
    let phone = open(&store);
    figure::tell("phone_today_ms", "ms", look(&phone));
    let mut searched = search(&phone, &records);
    searched.sort_by(f64::total_cmp);
    let slow = searched[searched.len() * 95 / 100];
    figure::tell("phone_search_ms", "ms", searched);
    figure::tell("phone_search_p95_ms", "ms", vec![slow]);
    figure::tell("phone_save_ms", "ms", save(&phone, &records));
}

fn open(store: &Path) -> Arc<FieldClient> {
    let path: PathBuf = store.to_owned();
    FieldClient::open(path.display().to_string(), vec![1; 32]).expect("a store")
}

fn ms(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}

/// The whole list, from where the person stands.
fn look(phone: &FieldClient) -> Vec<f64> {
    let near = Some(Position { latitude: 41.79, longitude: 123.40 });
    let timed = |_| {
        let begun = Instant::now();
        let filter = TodayFilter { near, ..TodayFilter::default() };
        let due = phone.today(Some(TODAY.to_owned()), filter).expect("what is due");
        let took = ms(begun);
        assert!(due.len() > HOMES, "{} are due", due.len());
        took
    };
    (0..LOOKED).map(timed).collect()
}

/// What people type, sign after sign.
fn typed(records: &[RecordLine]) -> Vec<String> {
    let of_kind = |kind: &'static str| records.iter().filter(move |line| line.kind == kind);
    let mut words = vec!["zxm".to_owned(), "wanggq".into(), "ouyang".into(), "13900001234".into()];
    words.extend(
        ["5-2-301", "501", "xingyuanlu", "xyl4h", "灭火器", "110105194912310021"].map(Into::into),
    );
    words.extend(of_kind("residency").step_by(700).map(|line| line.title.clone()));
    words.extend(of_kind("premises").step_by(700).map(|line| line.title.clone()));
    let begun = |word: String| {
        let ends: Vec<usize> = word.char_indices().skip(1).map(|(at, _)| at).collect();
        ends.into_iter().map(|end| word[..end].to_owned()).chain([word.clone()]).collect::<Vec<_>>()
    };
    words.into_iter().flat_map(begun).collect()
}

fn search(phone: &FieldClient, records: &[RecordLine]) -> Vec<f64> {
    let mut found = 0;
    let mut took = Vec::new();
    for typed in typed(records) {
        let filter = ListFilter { limit: Some(SCREEN), ..ListFilter::default() };
        let begun = Instant::now();
        found += phone.find(typed, filter).expect("what is found").len();
        took.push(ms(begun));
    }
    assert!(found > took.len(), "most of what is typed finds something");
    took
}

/// An edit of a home, with the data on disk.
fn save(phone: &FieldClient, records: &[RecordLine]) -> Vec<f64> {
    let homes = records.iter().filter(|line| line.kind == "premises").take(SAVED);
    let timed = |(number, home): (usize, &RecordLine)| {
        let area = FieldValue::Number { number: 1_000 + number as i64 };
        let phone_number = FieldValue::Text { text: format!("1390000{number:04}") };
        let values = [("area_m2", area), ("agent_phone", phone_number)];
        let values =
            values.map(|(key, value)| Entry { key: key.to_owned(), value }).into_iter().collect();
        let begun = Instant::now();
        let saved = phone.edit(home.record.clone(), values).expect("an edit");
        let took = ms(begun);
        assert_eq!(saved.written.len(), 2);
        took
    };
    homes.enumerate().map(timed).collect()
}
