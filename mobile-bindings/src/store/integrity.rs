//! Whether a store is whole. A quick look at every opening, everything now and then; neither for
//! longer than a person waits.

use std::sync::mpsc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction};

use super::StoreError;

/// The longest that a look takes. 10,000 records, 15 MB, take 0.1 s (unoptimised, 2026-11-22).
const QUICK: Duration = Duration::from_secs(2);

/// The longest that everything takes; of 10,000 records another 0.1 s.
const FULL: Duration = Duration::from_secs(10);

/// How long after everything was checked it is checked again.
const EVERY_MS: i64 = 7 * 24 * 3600 * 1000;

/// Looks whether every page is there and of its form.
pub(super) fn quick(connection: &Connection) -> Result<(), StoreError> {
    within(connection, QUICK, "PRAGMA quick_check(1)").map(|_| ())
}

/// Checks everything if that is due: indexes against rows, and the seal of every page.
pub(super) fn full_if_due(connection: &Connection, now: i64) -> Result<bool, StoreError> {
    let sql = "SELECT at FROM checked WHERE at BETWEEN ?1 AND ?2";
    let recent: Option<i64> = connection
        .query_row(sql, (now.saturating_sub(EVERY_MS), now), |row| row.get(0))
        .optional()?;
    if recent.is_some() {
        return Ok(false);
    }
    Ok(within(connection, FULL, "PRAGMA integrity_check(1)")?
        && within(connection, FULL, "PRAGMA cipher_integrity_check")?)
}

/// Notes that everything was checked.
pub(super) fn note_full(transaction: &Transaction<'_>, now: i64) -> Result<(), StoreError> {
    transaction.execute("INSERT OR REPLACE INTO checked (one, at) VALUES (1, ?1)", [now])?;
    Ok(())
}

/// Runs a check; answers whether it came to its end in time. What it finds is [`StoreError::Damaged`].
fn within(connection: &Connection, most: Duration, check: &str) -> Result<bool, StoreError> {
    let handle = connection.get_interrupt_handle();
    let (done, wait) = mpsc::channel::<()>();
    let found = std::thread::scope(|scope| {
        scope.spawn(move || {
            if wait.recv_timeout(most) == Err(mpsc::RecvTimeoutError::Timeout) {
                handle.interrupt();
            }
        });
        let found = complaint(connection, check);
        drop(done);
        found
    });
    match found {
        Ok(None) => Ok(true),
        Ok(Some(_)) => Err(StoreError::Damaged),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// What a check complains of first.
fn complaint(connection: &Connection, check: &str) -> rusqlite::Result<Option<String>> {
    let said: Option<String> = connection.query_row(check, (), |row| row.get(0)).optional()?;
    Ok(said.filter(|said| said != "ok"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_takes_too_long_is_given_up_and_is_no_damage() {
        let connection = Connection::open_in_memory().unwrap();
        let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                       SELECT 'damage' FROM n WHERE i < 0";
        assert!(!within(&connection, Duration::from_millis(1), endless).unwrap());
        assert!(within(&connection, QUICK, "PRAGMA quick_check(1)").unwrap());
    }

    #[test]
    fn everything_is_checked_once_a_week_and_when_the_clock_was_set_back() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(include_str!("../sql/0004_set_aside.sql")).unwrap();
        let transaction = connection.transaction().unwrap();
        let now = 1_795_000_000_000;
        assert!(full_if_due(&transaction, now).unwrap());
        note_full(&transaction, now).unwrap();
        for (later, due) in [(0, false), (EVERY_MS, false), (EVERY_MS + 1, true), (-1, true)] {
            assert_eq!(full_if_due(&transaction, now + later).unwrap(), due, "{later}");
        }
    }
}
