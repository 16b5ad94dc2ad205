//! What a swarm did and how it went, in numbers.

use std::collections::BTreeMap;
use std::iter::Sum;
use std::time::Duration;

use mobile_bindings::client::SyncSummary;
use serde::Serialize;

use super::SwarmArgs;
use super::agreement::Area;
use super::plan::Work;
use crate::print::{Printer, Row};

/// The numbers of a phone, or of all.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    done: BTreeMap<&'static str, u64>,
    photos: u64,
    /// By code: what the phone would not save, and why syncs failed.
    refused: BTreeMap<String, u64>,
    failed: BTreeMap<String, u64>,
    /// Milliseconds of each sync that came through.
    sync_ms: Vec<u64>,
    accepted: u64,
    rejected: u64,
    received: u64,
    photos_stored: u64,
    bytes_sent: u64,
    bytes_received: u64,
}

impl Tally {
    /// It did a piece of work.
    pub(super) fn did(&mut self, work: &Work) {
        let (what, photo) = match work {
            Work::Home { .. } => ("homes", false),
            Work::Arrival { .. } => ("arrivals", false),
            Work::Departure { .. } => ("departures", false),
            Work::Visit { photo, .. } => ("visits", photo.is_some()),
            Work::Inspection { photo, .. } => ("inspections", photo.is_some()),
        };
        *self.done.entry(what).or_default() += 1;
        self.photos += u64::from(photo);
    }

    /// The phone would not save it.
    pub(super) fn refused(&mut self, code: &str) {
        *self.refused.entry(code.to_owned()).or_default() += 1;
    }

    /// A sync did not come through.
    pub(super) fn failed(&mut self, code: &str) {
        *self.failed.entry(code.to_owned()).or_default() += 1;
    }

    /// A sync came through.
    pub(super) fn synced(&mut self, took: Duration, synced: &SyncSummary) {
        self.sync_ms.push(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        self.accepted += synced.accepted;
        self.rejected += synced.rejected;
        self.received += synced.received;
        self.photos_stored += synced.photos_stored;
        self.bytes_sent += synced.bytes_sent;
        self.bytes_received += synced.bytes_received;
    }
}

impl<'t> Sum<&'t Tally> for Tally {
    fn sum<I: Iterator<Item = &'t Self>>(all: I) -> Self {
        let mut sum = Self::default();
        for one in all {
            one.done.iter().for_each(|(what, n)| *sum.done.entry(what).or_default() += n);
            for (to, from) in [(&mut sum.refused, &one.refused), (&mut sum.failed, &one.failed)] {
                from.iter().for_each(|(code, n)| *to.entry(code.clone()).or_default() += n);
            }
            sum.photos += one.photos;
            sum.sync_ms.extend(&one.sync_ms);
            sum.accepted += one.accepted;
            sum.rejected += one.rejected;
            sum.received += one.received;
            sum.photos_stored += one.photos_stored;
            sum.bytes_sent += one.bytes_sent;
            sum.bytes_received += one.bytes_received;
        }
        sum.sync_ms.sort_unstable();
        sum
    }
}

/// What the command tells.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    phones: usize,
    seed: u64,
    rounds: u32,
    seconds: f64,
    /// Pieces of work by kind.
    work: BTreeMap<&'static str, u64>,
    photos: u64,
    /// Pieces of work that a phone would not save, by code.
    refused: BTreeMap<String, u64>,
    syncs: usize,
    /// Syncs that did not come through, by code.
    syncs_failed: BTreeMap<String, u64>,
    sync_ms: Percentiles,
    /// Changes that the server stored, and those that it refused.
    accepted: u64,
    rejected: u64,
    received: u64,
    photos_stored: u64,
    bytes_sent: u64,
    bytes_received: u64,
    /// Of this process, in MiB: now and at most. Not known on every system.
    memory_mib: Option<u64>,
    memory_peak_mib: Option<u64>,
    areas: Vec<Area>,
    /// Whether all phones of every area hold the same.
    agree: bool,
}

#[derive(Debug, Serialize)]
struct Percentiles {
    p50: u64,
    p95: u64,
    p99: u64,
    max: u64,
}

impl Report {
    /// Puts it together.
    pub(super) fn new(
        phones: usize,
        args: &SwarmArgs,
        took: Duration,
        tally: Tally,
        areas: Vec<Area>,
    ) -> Self {
        Self {
            phones,
            seed: args.seed,
            rounds: args.rounds,
            seconds: (took.as_secs_f64() * 1000.0).round() / 1000.0,
            work: tally.done,
            photos: tally.photos,
            refused: tally.refused,
            syncs: tally.sync_ms.len(),
            syncs_failed: tally.failed,
            sync_ms: percentiles(&tally.sync_ms),
            accepted: tally.accepted,
            rejected: tally.rejected,
            received: tally.received,
            photos_stored: tally.photos_stored,
            bytes_sent: tally.bytes_sent,
            bytes_received: tally.bytes_received,
            memory_mib: memory("VmRSS:"),
            memory_peak_mib: memory("VmHWM:"),
            agree: areas.iter().all(|area| area.digests.len() == 1),
            areas,
        }
    }

    /// The areas whose phones hold different things; none if there is none.
    pub(super) fn disagreeing(&self) -> Option<String> {
        let differ = self.areas.iter().filter(|area| area.digests.len() != 1);
        let named: Vec<&str> = differ.map(|area| area.area.as_str()).collect();
        if named.is_empty() { None } else { Some(named.join(", ")) }
    }

    /// It as rows.
    pub(super) fn rows(&self, p: &Printer) -> Vec<Row> {
        let Percentiles { p50, p95, p99, max } = self.sync_ms;
        let memory = |mib: Option<u64>| mib.map_or_else(|| "?".to_owned(), |mib| mib.to_string());
        let line = |zh: &str, en: &str, value: String| vec![p.pick(zh, en).to_owned(), value];
        let mut rows = vec![
            line("手机", "Phones", self.phones.to_string()),
            line("秒", "Seconds", self.seconds.to_string()),
            line("工作", "Work", counted(&self.work)),
            line("未保存", "Not saved", counted(&self.refused)),
            line("同步次数", "Syncs", self.syncs.to_string()),
            line("同步失败", "Syncs that failed", counted(&self.syncs_failed)),
            line("同步毫秒", "Sync, ms", format!("p50 {p50}, p95 {p95}, p99 {p99}, max {max}")),
            line("已存服务器", "Stored on the server", self.accepted.to_string()),
            line("被拒", "Refused", self.rejected.to_string()),
            line("已接收", "Received", self.received.to_string()),
            line("照片", "Photos", format!("{}/{}", self.photos_stored, self.photos)),
            line("发送字节", "Bytes sent", self.bytes_sent.to_string()),
            line("接收字节", "Bytes received", self.bytes_received.to_string()),
            line(
                "内存 MiB",
                "Memory, MiB",
                format!("{} (max {})", memory(self.memory_mib), memory(self.memory_peak_mib)),
            ),
        ];
        for area in &self.areas {
            let same = match area.digests.len() {
                1 => p.pick("一致", "all the same"),
                _ => p.pick("不一致", "NOT THE SAME"),
            };
            let held = format!("{} × {}: {same}", area.phones, area.records);
            rows.push(vec![area.area.clone(), held]);
        }
        rows
    }
}

fn counted<K: std::fmt::Display>(counts: &BTreeMap<K, u64>) -> String {
    let each: Vec<String> = counts.iter().map(|(what, n)| format!("{what} {n}")).collect();
    if each.is_empty() { "0".to_owned() } else { each.join(", ") }
}

/// Of values in order: the least that so many of a hundred do not exceed.
fn percentiles(sorted: &[u64]) -> Percentiles {
    let at = |percent: usize| {
        let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(place).copied().unwrap_or_default()
    };
    Percentiles { p50: at(50), p95: at(95), p99: at(99), max: at(100) }
}

/// A line of what Linux tells of this process.
fn memory(line: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib = status.lines().find_map(|found| found.strip_prefix(line))?;
    Some(kib.trim().trim_end_matches(" kB").parse::<u64>().ok()?.div_ceil(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let hundred: Vec<u64> = (1..=100).collect();
        let Percentiles { p50, p95, p99, max } = percentiles(&hundred);
        assert_eq!((p50, p95, p99, max), (50, 95, 99, 100));
        let Percentiles { p50, max, .. } = percentiles(&[7]);
        assert_eq!((p50, max), (7, 7));
        assert_eq!(percentiles(&[]).max, 0);
    }
}
