//! Writes a store of each version that phones have had: `cargo run -p mobile-bindings --example
//! write_store_fixtures`. The tests of the store open them. A file that is there already stays: a
//! landed version never changes.

use std::path::Path;

use rusqlite::Connection;
use sha2::{Digest, Sha256};
use sync_protocol::document::{Document, Edited};
use sync_protocol::ids::{Actor, DeviceId, RecordId};
use sync_protocol::records::{Kind, Value, derived};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The migrations that led to each version.
const STEPS: [&str; 8] = [
    include_str!("../src/sql/0001_begin.sql"),
    include_str!("../src/sql/0002_held_late_and_left.sql"),
    include_str!("../src/sql/0003_documents_alone.sql"),
    include_str!("../src/sql/0004_set_aside.sql"),
    include_str!("../src/sql/0005_rescue_office_due_and_moved.sql"),
    include_str!("../src/sql/0006_erased.sql"),
    include_str!("../src/sql/0007_keys.sql"),
    include_str!("../src/sql/0008_put_away.sql"),
];

const AREA: i64 = 210_102_001_003;
const CODE: &str = "2101020010030001-0501";

fn main() -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/fixtures");
    for version in 1..=STEPS.len() {
        let file = folder.join(format!("version_{version}.store"));
        if !file.exists() {
            write(&file, version)?;
        }
    }
    Ok(())
}

fn write(file: &Path, version: usize) -> Outcome {
    let store = Connection::open(file)?;
    let key: String = [9_u8; 32].iter().map(|byte| format!("{byte:02x}")).collect();
    store.execute_batch(&format!("PRAGMA key = \"x'{key}'\"; PRAGMA journal_mode = WAL;"))?;
    STEPS.iter().take(version).try_for_each(|step| store.execute_batch(step))?;
    store.pragma_update(None, "user_version", i64::try_from(version)?)?;
    phone(&store)?;
    if version >= 5 {
        office(&store)?;
    }
    let (home, visit) = (derived::premises_id(CODE), RecordId([2; 16]));
    let values = [("address_code", CODE), ("address", "Elm Street 5"), ("notes", "an old note")];
    record(&store, version, home, Kind::Premises, &values)?;
    let home = home.to_string();
    let picture = [&[0xff, 0xd8, 0xff][..], &[7; 600]].concat();
    let photo: [u8; 32] = Sha256::digest(&picture).into();
    record(&store, version, visit, Kind::Visit, &[("premises", &home), ("outcome", "vacant")])?;
    store.execute(
        "INSERT INTO photos (area, photo, record, size) VALUES (?1, ?2, ?3, ?4)",
        (AREA, photo, visit.0, i64::try_from(picture.len())?),
    )?;
    store.execute(
        "INSERT INTO photo_parts (area, photo, part, bytes) VALUES (?1, ?2, 0, ?3)",
        (AREA, photo, picture),
    )?;
    Ok(store.close().map_err(|(_, error)| error)?)
}

fn phone(store: &Connection) -> Outcome {
    store.execute(
        "INSERT INTO device (one, server, seed, device, person, person_name, district_zh,
                district_en, incarnation, server_epoch, synced_at)
         VALUES (1, 'http://localhost', ?1, 1, ?2, 'Worker 1', '区', 'District', 3, ?2, 5)",
        ([7_u8; 32], [1_u8; 16]),
    )?;
    store.execute(
        "INSERT INTO areas (area, name_zh, name_en, roles, key, epoch, cursor, complete)
         VALUES (?1, '社区', 'Community', 'coordinator', ?2, 1, 4, 1)",
        (AREA, [5_u8; 32]),
    )?;
    store.execute("INSERT INTO writers (device, name) VALUES (77, 'Someone')", ())?;
    Ok(())
}

/// What the office said.
fn office(store: &Connection) -> Outcome {
    let json = r#"{"telephone": "024-1", "extra": []}"#;
    store.execute("INSERT INTO configuration (one, version, json) VALUES (1, 4, ?1)", [json])?;
    store.execute(
        "INSERT INTO badge (one, version, card_number, portrait) VALUES (1, 2, 'SY-1', x'ffd8')",
        (),
    )?;
    Ok(())
}

/// A record of two unsent changes: one that is pending, under a push, and one that waits.
fn record(
    store: &Connection,
    version: usize,
    record: RecordId,
    kind: Kind,
    values: &[(&str, &str)],
) -> Outcome {
    let actor = Actor::new(DeviceId(1), 3);
    let mut document = Document::genesis(kind)?;
    for (place, (key, value)) in values.iter().enumerate() {
        let value = [((*key).to_owned(), Value::from((*value).to_owned()))];
        let edited = document.edit(actor, 1_795_000_000, &value)?.ok_or("nothing was written")?;
        change(store, record, kind, &edited, place == 0)?;
    }
    store.execute(
        "INSERT INTO records (record, area, kind, title, search) VALUES (?1, ?2, ?3, ?4, ?4)",
        (record.0, AREA, kind.number(), values.last().map(|(_, value)| *value)),
    )?;
    let (id, bytes) = (store.last_insert_rowid(), document.save());
    match version {
        1 | 2 => store.execute(
            "INSERT INTO bodies (id, registers, document) VALUES (?1, x'00', ?2)",
            (id, bytes),
        )?,
        _ => store.execute(
            "INSERT INTO bodies (id, document) VALUES (?1, ?2)",
            (id, zstd::bulk::compress(&bytes, 3)?),
        )?,
    };
    Ok(())
}

fn change(
    store: &Connection,
    record: RecordId,
    kind: Kind,
    edited: &Edited,
    sent: bool,
) -> Outcome {
    store.execute(
        "INSERT INTO changes (hash, area, record, kind, bytes, made_at, push_id)
         VALUES (?1, ?2, ?3, ?4, ?5, 1795000000000, ?6)",
        (
            edited.change.hash.0,
            AREA,
            record.0,
            kind.number(),
            &edited.bytes,
            sent.then_some([6_u8; 16]),
        ),
    )?;
    let number = store.last_insert_rowid();
    for written in &edited.written {
        store.execute(
            "INSERT INTO intents (change, key, new) VALUES (?1, ?2, ?3)",
            (number, &written.key, serde_json::to_string(&written.new)?),
        )?;
    }
    Ok(())
}
