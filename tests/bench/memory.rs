//! What one request can make the server take beyond what it has: the worst bodies that it reads, and
//! the worst that it refuses. Each is the first that a server hears after its start.

use std::fs;

use doorstep::store::catalogue;
use doorstep_tests::bare_phone::Answer;
use doorstep_tests::outcomes::{all_accepted, outcomes};
use doorstep_tests::{BarePhone, rogue};
use sync_protocol::document::Document;
use sync_protocol::ids::{AreaId, RecordId};
use sync_protocol::records::{Kind, Value};
use sync_protocol::wire::{
    AreaCursor, Bytes, Limits, Outcome, RecordPush, Request, Response, decode, encode,
};

use crate::district::District;
use crate::figure;

/// The most that a request may take, in MiB.
const LIMIT_MB: f64 = 64.0;

/// A request, by name.
type Case = (&'static str, Vec<u8>);

/// Measures it.
pub(crate) fn memory() {
    let mut district = District::new(1);
    let phone = district.bare_phone(&district.areas);
    let reader = district.bare_phone(&district.areas);
    let mut worst: f64 = 0.0;
    let mut fresh = 10_000..;
    for (name, body) in cases(&phone, district.areas[0]) {
        let body = zstd::bulk::compress(&body, 3).expect("zstd");
        let extra = extra_mb(&mut district, &phone, &body, fresh.next().unwrap());
        eprintln!("  {name}: {extra:.1} MiB for {} kB", body.len() / 1000);
        worst = worst.max(extra);
    }
    heap_up(&phone, district.areas[0]);
    let all = Request { areas: vec![cursor(district.areas[0])], ..Request::idle("bench") };
    // What those left behind, before the documents are put together and afterwards.
    for (name, request, settled) in [
        ("all changes", all, false),
        ("a new phone", Request::idle("bench"), false),
        ("a new phone, settled", Request::idle("bench"), true),
    ] {
        if settled {
            district.settle();
        } else {
            let forgotten =
                district.store.transaction(|db| catalogue::run(db, "DELETE FROM documents"));
            forgotten.expect("the database answers");
        }
        let body = zstd::bulk::compress(&encode(&request), 3).expect("zstd");
        let extra = extra_mb(&mut district, &reader, &body, fresh.next().unwrap());
        eprintln!("  {name}: {extra:.1} MiB");
        worst = worst.max(extra);
    }
    figure::tell("request_extra_memory_mb", "MiB", vec![worst]);
    assert!(worst <= LIMIT_MB, "a request takes {worst} MiB, more than {LIMIT_MB}");
}

/// Five large pushes to the same records, one upon the other, quicker than documents are put together.
fn heap_up(phone: &BarePhone, area: AreaId) {
    let mut document = genesis();
    for round in 0..5 {
        let change = filled(phone, &mut document, round);
        let push = (2_000..2_120).map(|record| push(area, record, vec![change.clone()]));
        let request = phone.signed(push.collect());
        let answer = phone.sync(&request);
        assert!(all_accepted(&answer), "{:?}", outcomes(&answer).first());
    }
}

/// The peak of a new server's memory while it answers a body, over what it had before. `fresh`
/// numbers a record that nobody has pushed yet.
fn extra_mb(district: &mut District, phone: &BarePhone, body: &[u8], fresh: u16) -> f64 {
    district.restart_server();
    let process = district.server_process();
    // Connections, threads and statements are there before it is measured.
    let mut pushed = phone.signed(vec![push(district.areas[0], fresh, vec![honest(phone)])]);
    pushed.limits = small(district.areas[0]).limits;
    for request in [pushed, small(district.areas[0])] {
        phone.post_sync(&zstd::bulk::compress(&encode(&request), 3).expect("zstd"));
    }
    fs::write(format!("/proc/{process}/clear_refs"), "5").expect("the peak is set back");
    let before = kilobytes(process, "VmRSS:");
    let answer = phone.post_sync(body);
    tell(&answer);
    (kilobytes(process, "VmHWM:") - before) / 1024.0
}

/// Says what a body was answered, so that nobody measures something else than they think.
fn tell(answer: &Answer) {
    assert_ne!(answer.status, 500, "{}", String::from_utf8_lossy(&answer.body));
    if answer.status != 200 {
        return eprint!("  [{}]", answer.code());
    }
    let body = zstd::stream::decode_all(answer.body.as_slice()).expect("zstd");
    let response: Response = decode(&body).expect("a response");
    let logged = |outcome: &&&Outcome| matches!(outcome, Outcome::Accepted { .. });
    let outcomes = outcomes(&response);
    eprint!("  [{} of {} accepted]", outcomes.iter().filter(logged).count(), outcomes.len());
}

/// A line of the process's status (proc(5)).
fn kilobytes(process: u32, what: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("the server runs");
    let line = status.lines().find_map(|line| line.strip_prefix(what)).expect("a line of it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// A request that asks for next to nothing.
fn small(area: AreaId) -> Request {
    let limits = Some(Limits { items: 1, bytes: 1 });
    Request { limits, areas: vec![cursor(area)], ..Request::idle("bench") }
}

fn cursor(area: AreaId) -> AreaCursor {
    AreaCursor { area, area_epoch: 1, cursor: 0, chain: None, complete: true, roles: 0 }
}

fn push(area: AreaId, number: u16, changes: Vec<Vec<u8>>) -> RecordPush {
    let mut record = [0; 16];
    record[..2].copy_from_slice(&number.to_be_bytes());
    let changes = changes.into_iter().map(Bytes::from).collect();
    RecordPush { area, record: RecordId(record), kind: Kind::Premises, changes }
}

fn genesis() -> Document {
    Document::genesis(Kind::Premises).expect("a genesis")
}

fn honest(phone: &BarePhone) -> Vec<u8> {
    phone.edit(&mut genesis(), &[("rooms", Value::from(1))]).bytes
}

/// The largest change that is accepted: 250 fields full of text, below 64 KiB.
fn filled(phone: &BarePhone, document: &mut Document, round: usize) -> Vec<u8> {
    let keys: Vec<String> = (0..250).map(|number| format!("x.field_{number}")).collect();
    let value = format!("{}{round}", "很".repeat(81));
    let values: Vec<(&str, Value)> =
        keys.iter().map(|key| (key.as_str(), Value::from(value.as_str()))).collect();
    let change = phone.edit(document, &values).bytes;
    assert!((60_000..=64 << 10).contains(&change.len()), "{} bytes", change.len());
    change
}

/// Two texts' worth of characters, written and taken back: as many operations as a change may have.
fn restless(phone: &BarePhone) -> Vec<u8> {
    rogue::change(&genesis(), phone.actor(), |inner| {
        for text in ["很".repeat(4_000), String::new()] {
            rogue::set_text(inner, "notes", &text);
        }
    })
}

fn cases(phone: &BarePhone, area: AreaId) -> Vec<Case> {
    let full = filled(phone, &mut genesis(), 0);
    let (restless, honest) = (restless(phone), honest(phone));
    let each = |number: u16, change: &[u8]| -> Vec<RecordPush> {
        (1..=number).map(|record| push(area, record, vec![change.to_vec()])).collect()
    };
    let signed = |push: Vec<RecordPush>| encode(&phone.signed(push));
    let fitting = |change: &[u8]| u16::try_from((8 << 20) / (change.len() + 64)).unwrap().min(512);
    let many_keys = rogue::change(&genesis(), phone.actor(), |inner| {
        (0..500).for_each(|n| rogue::set(inner, &format!("x.{n}_{}", "k".repeat(100)), "v"));
    });
    let behind = rogue::forge(&honest, |change| {
        change.deps = vec![automerge::ChangeHash([7; 32]); 2_000];
    });
    let mut cases = vec![
        ("8 MiB of full records", signed(each(fitting(&full), &full))),
        ("512 texts of 8,000 operations", signed(each(fitting(&restless), &restless))),
        ("512 changes of 500 keys", signed(each(fitting(&many_keys), &many_keys))),
        ("512 changes of 16 KiB of nothing", signed(each(510, &[0; 16_000]))),
        ("8 MiB of dependencies", signed(each(fitting(&behind), &behind))),
        ("one record of 512 changes", signed(vec![push(area, 600, chain(phone))])),
    ];
    cases.extend(unreadable(area, &honest));
    cases
}

/// A record's 512 changes, one upon the other.
fn chain(phone: &BarePhone) -> Vec<Vec<u8>> {
    let mut document = genesis();
    let edit = |number: usize| {
        let notes = format!("{}{number}", "很".repeat(3_000 - number));
        phone.edit(&mut document, &[("notes", Value::from(notes))]).bytes
    };
    (0..512).map(edit).collect()
}

/// Bodies that are refused as a whole.
fn unreadable(area: AreaId, honest: &[u8]) -> Vec<Case> {
    let unknown = |value: Vec<u8>| {
        let mut body = encode(&Request::idle("bench"));
        body[0] += 1;
        body.extend([0x18, 99]);
        body.extend(value);
        body.truncate(8 << 20);
        body
    };
    let of = |push: Vec<RecordPush>| encode(&Request { push, ..Request::idle("bench") });
    let areas = vec![cursor(area); 600_000];
    vec![
        ("256 MiB of zeros", vec![0; 256 << 20]),
        ("eight million levels", unknown(vec![0x9f; 8 << 20])),
        ("eight million pairs of levels", unknown(vec![0x82; 8 << 20])),
        ("an announced array", unknown(vec![0x9b, 0xff, 0, 0, 0, 0, 0, 0, 0])),
        ("eight million empty changes", of(vec![push(area, 1, vec![Vec::new(); 8_000_000])])),
        ("empty records", of(vec![push(area, 1, Vec::new()); 200_000])),
        ("areas", encode(&Request { areas, ..Request::idle("bench") })),
        ("too many changes", of(vec![push(area, 1, vec![honest.to_vec(); 40_000])])),
        ("a long name", encode(&Request::idle(&"a".repeat(8_000_000)))),
    ]
}
