//! Migrations, the schema as diesel sees it, comments, and projections against the field tables.

use std::collections::BTreeMap;

use doorstep::store::catalogue::{self, Column};
use doorstep::store::projections::columns_of;
use doorstep_tests::TestDatabase;
use sync_protocol::records::Kind;

#[test]
fn down_undoes_up() {
    let database = TestDatabase::empty();
    let store = database.store();
    let before = store.read(catalogue::objects).unwrap();
    let up = store.migrate().unwrap();
    let first = store.read(catalogue::objects).unwrap();
    assert_eq!(store.revert_all().unwrap(), up);
    assert_eq!(without_diesel(store.read(catalogue::objects).unwrap()), before);
    store.migrate().unwrap();
    assert_eq!(store.read(catalogue::objects).unwrap(), first);
}

/// diesel keeps its own table of what was run.
fn without_diesel(objects: Vec<String>) -> Vec<String> {
    objects.into_iter().filter(|object| !object.contains("__diesel")).collect()
}

#[test]
fn every_table_and_column_has_a_comment() {
    let database = TestDatabase::migrated();
    let bare = database.store().read(catalogue::without_comment).unwrap();
    assert_eq!(bare, Vec::<String>::new());
}

#[test]
fn typed_tables_have_the_columns_of_the_field_tables() {
    let database = TestDatabase::migrated();
    let columns = database.store().read(catalogue::columns).unwrap();
    let tables = [
        (Kind::Premises, "premises"),
        (Kind::Residency, "residencies"),
        (Kind::Visit, "visits"),
        (Kind::Inspection, "inspections"),
    ];
    for (kind, table) in tables {
        let of_table = columns.iter().filter(|column| column.table == table);
        let mut found: Vec<&str> = of_table.map(|column| column.name.as_str()).collect();
        let mut expected: Vec<&str> = columns_of(kind).collect();
        expected.extend(["area_id", "record_id"]);
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{table}");
    }
}

#[test]
fn row_types_have_the_columns_of_the_field_tables_in_their_order() {
    let database = TestDatabase::migrated();
    let types = [
        (Kind::Premises, "premises_row"),
        (Kind::Residency, "residency_row"),
        (Kind::Visit, "visit_row"),
        (Kind::Inspection, "inspection_row"),
    ];
    for (kind, name) in types {
        let found = database.store().read(|db| catalogue::fields_of_type(db, name)).unwrap();
        let expected: Vec<&str> =
            ["area_id", "record_id"].into_iter().chain(columns_of(kind)).collect();
        assert_eq!(found, expected, "{name}");
    }
}

/// Writes `server/src/schema.rs` anew when it is not fresh, and fails: look at the difference.
#[test]
fn schema_is_fresh() {
    let database = TestDatabase::migrated();
    let columns = database.store().read(catalogue::columns).unwrap();
    let keys = database.store().read(catalogue::primary_keys).unwrap();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/src/schema.rs");
    let fresh = schema(&columns, &keys);
    let found = std::fs::read_to_string(file).unwrap();
    if found != fresh {
        std::fs::write(file, &fresh).unwrap();
        panic!("server/src/schema.rs was not fresh and is written anew: look at the difference");
    }
}

/// Tables that are read and written by name alone: their columns are the field tables', or lists.
const BY_NAME: [&str; 5] = ["premises", "residencies", "visits", "inspections", "blind_index"];

fn schema(columns: &[Column], keys: &BTreeMap<String, Vec<String>>) -> String {
    let mut tables: BTreeMap<&str, Vec<&Column>> = BTreeMap::new();
    let shown = |column: &&Column| {
        !BY_NAME.contains(&column.table.as_str()) && !column.table.starts_with("__")
    };
    columns.iter().filter(shown).for_each(|column| {
        tables.entry(&column.table).or_default().push(column);
    });
    let mut text = String::from(
        "//! The tables as diesel sees them. Written by the test `schema_is_fresh`; do not edit.\n",
    );
    for (table, columns) in tables {
        let key = keys[table].join(", ");
        text.push_str(&format!("\ndiesel::table! {{\n    {table} ({key}) {{\n"));
        for column in columns {
            text.push_str(&format!("        {} -> {},\n", column.name, diesel_type(column)));
        }
        text.push_str("    }\n}\n");
    }
    text.push_str(
        "\ndiesel::joinable!(devices -> people (person_id));\n\
         diesel::joinable!(staff_sessions -> people (person_id));\n\
         diesel::allow_tables_to_appear_in_same_query!(devices, district, people, staff_sessions);\n\
         diesel::allow_tables_to_appear_in_same_query!(quarantine, quarantine_decisions);\n\
         diesel::allow_tables_to_appear_in_same_query!(request_records, requests);\n",
    );
    text
}

fn diesel_type(column: &Column) -> String {
    let name = match column.kind.as_str() {
        "bigint" => "Int8",
        "integer" => "Int4",
        "smallint" => "Int2",
        "text" => "Text",
        "bytea" => "Bytea",
        "uuid" => "Uuid",
        "timestamp with time zone" => "Timestamptz",
        "boolean" => "Bool",
        "date" => "Date",
        other => panic!("a column of type {other}: teach this test its name in diesel"),
    };
    if column.nullable { format!("Nullable<{name}>") } else { name.to_owned() }
}
