//! Benchmarks: `make bench`, or a part with
//! `ONLY=push,cold,idle,catchup,phone,phone_day,judge,scope,guard,sealing,photo,trail,memory`. Each figure is a
//! JSON line on standard output and in `target/bench.jsonl`. PostgreSQL runs with fsync and synchronous_commit
//! on; the server is a process of its own, but where its two ways are compared; the phones are in this
//! one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot be set up shall stop where it stands"
)]

mod catchup;
mod cold;
mod cpu;
mod district;
mod fetching;
mod figure;
mod filled;
mod guard;
mod idle;
mod judge;
mod memory;
mod phone;
mod phone_day;
mod photo;
mod push;
mod raw;
mod scope;
mod sealing;
mod trail;
mod workload;

/// Runs of each benchmark; the median is told.
const RUNS: usize = 3;

fn main() {
    let only = std::env::var("ONLY").unwrap_or_default();
    let wanted = |name: &str| only.is_empty() || only.split(',').any(|part| part.trim() == name);
    if wanted("push") {
        push::push("push_40x25", 40);
        push::push("push", 200);
    }
    if wanted("cold") {
        cold::cold();
    }
    if wanted("idle") {
        idle::idle();
    }
    if wanted("catchup") {
        catchup::catchup();
    }
    if wanted("phone") {
        phone::phone();
    }
    if wanted("phone") || only.split(',').any(|part| part.trim() == "phone_day") {
        phone_day::phone_day();
    }
    if wanted("judge") {
        judge::judge();
    }
    if wanted("scope") {
        scope::scope();
    }
    if wanted("guard") {
        guard::guard();
    }
    if wanted("sealing") {
        sealing::sealing();
    }
    if wanted("photo") {
        photo::photo();
    }
    if wanted("trail") {
        trail::trail();
    }
    if wanted("memory") {
        memory::memory();
    }
}
