//! The store's versions: a numbered list of SQL files, run by a loop. A landed one never changes.

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// Number n leads from version n - 1 to version n.
const MIGRATIONS: &[&str] = &[
    include_str!("../sql/0001_begin.sql"),
    include_str!("../sql/0002_held_late_and_left.sql"),
    include_str!("../sql/0003_documents_alone.sql"),
    include_str!("../sql/0004_set_aside.sql"),
    include_str!("../sql/0005_rescue_office_due_and_moved.sql"),
    include_str!("../sql/0006_erased.sql"),
    include_str!("../sql/0007_keys.sql"),
    include_str!("../sql/0008_put_away.sql"),
];

/// The newest version.
#[cfg(test)]
pub(super) const NEWEST: i64 = MIGRATIONS.len() as i64;

/// Leaves a store that a newer app has written alone.
pub(super) fn refuse_newer(connection: &Connection) -> Result<(), StoreError> {
    let found = version(connection)?;
    match usize::try_from(found) {
        Ok(known) if known <= MIGRATIONS.len() => Ok(()),
        _ => Err(StoreError::Newer(found)),
    }
}

/// Brings the store to the newest version; each step and its number in one transaction.
pub(super) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    for (version, step) in (1_i64..).zip(MIGRATIONS) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if self::version(&transaction)? < version {
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "user_version", version)?;
        }
        transaction.commit()?;
    }
    Ok(())
}

/// The version the store has.
pub(super) fn version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("PRAGMA user_version", (), |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_of_the_first_version_keeps_its_changes() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(MIGRATIONS[0]).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        let insert = "INSERT INTO changes (hash, area, record, kind, bytes, made_at, state)
                      VALUES (?1, 1, x'01', 0, x'02', 3, ?2)";
        for (hash, state) in [([1_u8], "held"), ([2], "rejected"), ([3], "merged")] {
            connection.execute(insert, (hash, state)).unwrap();
        }
        run(&mut connection).unwrap();
        let mut query =
            connection.prepare("SELECT state, kept, apart FROM changes ORDER BY id").unwrap();
        let rows = query.query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        let rows: Vec<(String, bool, bool)> = rows.map(Result::unwrap).collect();
        let state = |state: &str, apart| (state.to_owned(), false, apart);
        assert_eq!(rows, [state("held", false), state("rejected", true), state("merged", false)]);
    }

    #[test]
    fn a_store_of_the_second_version_keeps_its_documents_and_they_are_read() {
        use sync_protocol::document::Document;
        use sync_protocol::ids::RecordId;
        use sync_protocol::records::Kind;

        let mut connection = Connection::open_in_memory().unwrap();
        MIGRATIONS[..2].iter().for_each(|step| connection.execute_batch(step).unwrap());
        connection.pragma_update(None, "user_version", 2).unwrap();
        let (record, document) =
            (RecordId([1; 16]), Document::genesis(Kind::Visit).unwrap().save());
        let insert = "INSERT INTO records (id, record, area, kind, title, search)
                      VALUES (5, ?1, 1, ?2, '', '')";
        connection.execute(insert, (record.0, Kind::Visit.number())).unwrap();
        let insert = "INSERT INTO bodies (id, registers, document) VALUES (5, x'00', ?1)";
        connection.execute(insert, [&document]).unwrap();
        run(&mut connection).unwrap();
        let body = crate::store::records::body(&connection, record).unwrap().unwrap();
        assert_eq!(body.document, document);
        assert!(crate::record::registers(&connection, record).unwrap().is_some());
    }
}
