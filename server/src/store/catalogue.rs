//! What PostgreSQL says of its own tables: for the tests that hold migrations, schema and field
//! tables together, and for those that look at whole tables or tamper with them.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::{Db, StoreError};

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Column {
    /// The table.
    #[diesel(sql_type = Text)]
    pub table: String,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Its type, in PostgreSQL's words.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Whether it can be NULL.
    #[diesel(sql_type = Bool)]
    pub nullable: bool,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// The columns of every table, in order.
///
/// # Errors
/// Those of the database.
pub fn columns(db: &mut Db) -> Result<Vec<Column>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT c.table_name::text AS table, c.column_name::text AS name,
                c.data_type::text AS kind, c.is_nullable = 'YES' AS nullable
         FROM information_schema.columns c
         JOIN information_schema.tables t USING (table_schema, table_name)
         WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
         ORDER BY c.table_name, c.ordinal_position",
    )
    .load(db.sql())?)
}

/// The fields of a composite type, in order.
///
/// # Errors
/// Those of the database.
pub fn fields_of_type(db: &mut Db, name: &str) -> Result<Vec<String>, StoreError> {
    let rows: Vec<Line> = diesel::sql_query(
        "SELECT attribute_name::text AS line FROM information_schema.attributes
         WHERE udt_schema = 'public' AND udt_name = $1 ORDER BY ordinal_position",
    )
    .bind::<Text, _>(name)
    .load(db.sql())?;
    Ok(rows.into_iter().map(|row| row.line).collect())
}

/// The primary key of every table.
///
/// # Errors
/// Those of the database.
pub fn primary_keys(db: &mut Db) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
    let rows: Vec<Column> = diesel::sql_query(
        "SELECT k.table_name::text AS table, k.column_name::text AS name,
                ''::text AS kind, false AS nullable
         FROM information_schema.table_constraints c
         JOIN information_schema.key_column_usage k USING (constraint_name, table_name)
         WHERE c.constraint_type = 'PRIMARY KEY' AND c.table_schema = 'public'
         ORDER BY k.table_name, k.ordinal_position",
    )
    .load(db.sql())?;
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    rows.into_iter().for_each(|row| keys.entry(row.table).or_default().push(row.name));
    Ok(keys)
}

/// Tables, views and columns without a comment.
///
/// # Errors
/// Those of the database.
pub fn without_comment(db: &mut Db) -> Result<Vec<String>, StoreError> {
    lines(
        db,
        "SELECT c.relname || coalesce('.' || a.attname, '') AS line
         FROM pg_class c
         LEFT JOIN LATERAL (
             SELECT attname, attnum FROM pg_attribute
             WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND c.relkind = 'r'
             UNION ALL SELECT NULL, 0) a ON true
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
           AND c.relname NOT LIKE '\\_\\_%'
           AND NOT EXISTS (SELECT FROM pg_description d
                           WHERE d.objoid = c.oid AND d.objsubid = a.attnum)
         ORDER BY 1",
    )
}

/// Everything that migrations make: tables, columns with their types, indexes, constraints.
///
/// # Errors
/// Those of the database.
pub fn objects(db: &mut Db) -> Result<Vec<String>, StoreError> {
    lines(
        db,
        "SELECT c.relkind::text || ' ' || c.relname || coalesce('.' || a.attname || ' '
                || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull, '') AS line
         FROM pg_class c
         LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'public'::regnamespace
         UNION ALL
         SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid)
         FROM pg_constraint WHERE connamespace = 'public'::regnamespace
         UNION ALL
         SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
         ORDER BY 1",
    )
}

/// Every row of a table or view as JSON, sorted: to compare what two databases, or one database at
/// two times, hold.
///
/// # Errors
/// Those of the database.
pub fn dump(db: &mut Db, table: &str) -> Result<Vec<String>, StoreError> {
    lines(db, &format!("SELECT to_jsonb(t)::text AS line FROM {table} t ORDER BY 1"))
}

/// Runs a statement past every rule of this program; answers how many rows it met. For tests that
/// tamper with a database; nothing else calls it.
///
/// # Errors
/// Those of the database.
pub fn run(db: &mut Db, statement: &str) -> Result<usize, StoreError> {
    Ok(diesel::sql_query(statement).execute(db.sql())?)
}

fn lines(db: &mut Db, statement: &str) -> Result<Vec<String>, StoreError> {
    let rows: Vec<Line> = diesel::sql_query(statement).load(db.sql())?;
    Ok(rows.into_iter().map(|row| row.line).collect())
}
