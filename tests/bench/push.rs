//! Phones push 25 edits each, their requests prepared beforehand, eight at a time.

use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use doorstep_tests::BarePhone;
use sync_protocol::document::Document;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::Kind;
use sync_protocol::wire::{AreaCursor, Bytes, Outcome, RecordPush, Response, decode, encode};

use crate::district::District;
use crate::{RUNS, figure, raw, workload};

/// Edits of one phone.
const EDITS: usize = 25;

/// Phones to an area: 200 records.
const PHONES_TO_AN_AREA: usize = 8;

/// Connections at once.
pub(crate) const CONNECTIONS: usize = 8;

/// A phone and the records it works on.
struct Worker {
    phone: BarePhone,
    area: AreaId,
    records: Vec<(RecordId, Document)>,
    /// Where its phone stands: at the head of the area's log before the round.
    cursor: AreaCursor,
}

/// Phones that have opened their records, for another benchmark.
pub(crate) struct Crowd(Vec<Worker>);

impl Crowd {
    /// So many phones of a district.
    pub(crate) fn of(district: &District, phones: usize) -> Self {
        let all = 0..phones;
        let mut workers: Vec<Worker> =
            all.map(|number| worker(district, number / PHONES_TO_AN_AREA)).collect();
        let opened: Vec<_> = workers.iter_mut().map(open_all).collect();
        send(&workers, &opened);
        Self(workers)
    }

    /// Edits every record once; answers how many edits a second were taken.
    pub(crate) fn round(&mut self, district: &District, round: usize) -> f64 {
        district.settle();
        self.0.iter_mut().for_each(|worker| worker.cursor = district.head(worker.area));
        let bodies: Vec<Vec<u8>> =
            self.0.iter_mut().map(|worker| edit_all(worker, round).0).collect();
        let begun = Instant::now();
        send(&self.0, &bodies);
        (self.0.len() * EDITS) as f64 / begun.elapsed().as_secs_f64()
    }
}

/// Measures so many phones.
pub(crate) fn push(name: &str, phones: usize) {
    let district = District::new(areas_of(phones));
    let mut workers: Vec<Worker> =
        (0..phones).map(|number| worker(&district, number / PHONES_TO_AN_AREA)).collect();
    let opened: Vec<_> = workers.iter_mut().map(open_all).collect();
    send(&workers, &opened);
    let edits = (phones * EDITS) as f64;
    let (mut rates, mut cpus, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut of_postgres, mut behind, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let raw = district.another_store(CONNECTIONS as u32);
    for round in 0..RUNS {
        district.settle();
        workers.iter_mut().for_each(|worker| worker.cursor = district.head(worker.area));
        let edited: Vec<_> = workers.iter_mut().map(|worker| edit_all(worker, round)).collect();
        let (bodies, changes): (Vec<_>, Vec<_>) = edited.into_iter().unzip();
        let (cpu, postgres) = (district.cpu(), district.postgres_cpu());
        let begun = Instant::now();
        let answered = send(&workers, &bodies);
        let took = begun.elapsed().as_secs_f64();
        let pushed = district.cpu();
        cpus.push((pushed - cpu) / edits * 1000.0);
        of_postgres.push((district.postgres_cpu() - postgres) / edits * 1000.0);
        rates.push(edits / took);
        let sent: usize = bodies.iter().map(Vec::len).sum();
        bytes.push((sent + answered) as f64 / edits);
        district.settle();
        behind.push((district.cpu() - pushed) / edits * 1000.0);
        ratios.push(edits / took / raw::rows_per_s(&raw, &changes, round));
    }
    figure::tell(&format!("{name}_edits_per_s"), "edits/s", rates);
    figure::tell(&format!("{name}_cpu_s_per_1000"), "s", cpus);
    figure::tell(&format!("{name}_postgres_cpu_s_per_1000"), "s", of_postgres);
    // Documents are brought up to date behind the pushes; it is work all the same.
    figure::tell(&format!("{name}_documents_cpu_s_per_1000"), "s", behind);
    figure::tell(&format!("{name}_wire_bytes_per_edit"), "bytes", bytes);
    figure::tell(&format!("{name}_limit_ratio"), "ratio", ratios);
}

/// How many areas so many phones work in.
pub(crate) fn areas_of(phones: usize) -> u64 {
    phones.div_ceil(PHONES_TO_AN_AREA) as u64
}

fn worker(district: &District, area: usize) -> Worker {
    let area = district.areas[area];
    let cursor = district.head(area);
    Worker { phone: district.bare_phone(&[area]), area, records: Vec::new(), cursor }
}

fn open_all(worker: &mut Worker) -> Vec<u8> {
    let actor = worker.phone.actor();
    let mut pushes = Vec::new();
    for number in 0..EDITS {
        let (record, document, edited) = workload::open(actor, number);
        worker.records.push((record, document));
        pushes.push((record, edited.bytes));
    }
    body(worker, pushes)
}

/// The request, and the changes in it.
fn edit_all(worker: &mut Worker, round: usize) -> (Vec<u8>, Vec<Vec<u8>>) {
    let actor = worker.phone.actor();
    let edits = worker.records.iter_mut().enumerate();
    let pushes: Vec<(RecordId, Vec<u8>)> = edits
        .map(|(number, (record, document))| {
            (*record, workload::edit(actor, document, number, round).bytes)
        })
        .collect();
    let changes = pushes.iter().map(|(_, change)| change.clone()).collect();
    (body(worker, pushes), changes)
}

fn body(worker: &Worker, pushes: Vec<(RecordId, Vec<u8>)>) -> Vec<u8> {
    let push = pushes.into_iter().map(|(record, change)| RecordPush {
        area: worker.area,
        record,
        kind: Kind::Inspection,
        changes: vec![Bytes::from(change)],
    });
    let mut request = worker.phone.signed(push.collect());
    // What others wrote meanwhile is the pull's figure: this one asks for a single item of it.
    request.limits = Some(sync_protocol::wire::Limits { bytes: 1, items: 1 });
    request.areas = vec![worker.cursor.clone()];
    zstd::bulk::compress(&encode(&request), 3).expect("zstd")
}

/// Sends every body from a handful of connections; answers the bytes that came back.
fn send(workers: &[Worker], bodies: &[Vec<u8>]) -> usize {
    let queue = Mutex::new(workers.iter().zip(bodies));
    let answered = Mutex::new(0);
    thread::scope(|threads| {
        for _ in 0..CONNECTIONS {
            threads.spawn(|| {
                loop {
                    let Some((worker, body)) = queue.lock().unwrap().next() else { break };
                    let answer = worker.phone.post_sync(body);
                    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
                    *answered.lock().unwrap() += answer.body.len();
                    check(&answer.body);
                }
            });
        }
    });
    answered.into_inner().unwrap()
}

fn check(body: &[u8]) {
    let bytes = zstd::stream::decode_all(body).expect("zstd");
    let response: Response = decode(&bytes).expect("a response");
    let accepted = |outcome: &Outcome| matches!(outcome, Outcome::Accepted { .. });
    assert!(response.verdicts.iter().all(accepted), "{:?}", response.verdicts);
    assert_eq!(response.verdicts.len(), EDITS);
}
