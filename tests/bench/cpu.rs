//! Processor time of a process and of all its children, from /proc.

use std::fs;

/// Clock ticks a second, on every Linux that Rust knows.
const TICKS: f64 = 100.0;

/// Processor seconds that a process and its descendants have used so far.
pub(crate) fn seconds(root: u32) -> f64 {
    let stats: Vec<(u32, u32, u64)> = processes();
    let mut of_tree = vec![root];
    let mut next = 0;
    while let Some(parent) = of_tree.get(next).copied() {
        of_tree.extend(stats.iter().filter(|(_, ppid, _)| *ppid == parent).map(|(pid, ..)| *pid));
        next += 1;
    }
    let ticks: u64 =
        stats.iter().filter(|(pid, ..)| of_tree.contains(pid)).map(|(.., ticks)| ticks).sum();
    ticks as f64 / TICKS
}

fn processes() -> Vec<(u32, u32, u64)> {
    let folders = fs::read_dir("/proc").expect("/proc").flatten();
    folders
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            parse(pid, &fs::read_to_string(entry.path().join("stat")).ok()?)
        })
        .collect()
}

/// The parent and the ticks of user, system and waited-for children (proc(5)).
fn parse(pid: u32, stat: &str) -> Option<(u32, u32, u64)> {
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |place: usize| fields.get(place)?.parse::<u64>().ok();
    let ticks = number(11)? + number(12)? + number(13)? + number(14)?;
    Some((pid, u32::try_from(number(1)?).ok()?, ticks))
}
