//! The limit of a push: the same bytes, inserted by PostgreSQL alone, a transaction for each phone.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use doorstep::store::{Store, catalogue};

use crate::push::CONNECTIONS;

/// Changes that PostgreSQL inserts a second, each phone's in one statement of many rows, durably.
pub(crate) fn rows_per_s(store: &Store, phones: &[Vec<Vec<u8>>], round: usize) -> f64 {
    let table = format!("raw_{round}");
    let create = format!(
        "CREATE TABLE {table} (phone int, place int, bytes bytea, PRIMARY KEY (phone, place))"
    );
    store.transaction(|db| catalogue::run(db, &create)).expect("a table");
    let statements: Vec<String> =
        phones.iter().enumerate().map(|(phone, rows)| statement(&table, phone, rows)).collect();
    let queue = Mutex::new(statements.iter());
    let begun = Instant::now();
    thread::scope(|threads| {
        for _ in 0..CONNECTIONS {
            threads.spawn(|| {
                loop {
                    let Some(statement) = queue.lock().unwrap().next() else { break };
                    store.transaction(|db| catalogue::run(db, statement)).expect("rows");
                }
            });
        }
    });
    phones.iter().map(Vec::len).sum::<usize>() as f64 / begun.elapsed().as_secs_f64()
}

fn statement(table: &str, phone: usize, rows: &[Vec<u8>]) -> String {
    let mut statement = format!("INSERT INTO {table} VALUES ");
    for (place, bytes) in rows.iter().enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        write!(statement, "{comma}({phone}, {place}, '\\x").expect("a string");
        for byte in bytes {
            write!(statement, "{byte:02x}").expect("a string");
        }
        statement.push_str("')");
    }
    statement
}
