//! A figure: one JSON line.

use std::fs::OpenOptions;
use std::io::Write as _;

use serde_json::json;

/// Tells the median of several runs.
pub(crate) fn tell(name: &str, unit: &str, mut values: Vec<f64>) {
    values.sort_by(f64::total_cmp);
    let median = values[values.len() / 2];
    let rounded = (median * 10_000.0).round() / 10_000.0;
    let line = json!({ "name": name, "value": rounded, "unit": unit, "n": values.len() });
    println!("{line}");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/bench.jsonl");
    let mut log = OpenOptions::new().create(true).append(true).open(file).expect("target/");
    writeln!(log, "{line}").expect("target/bench.jsonl can be written");
}
