//! The field workload: records of about 40 short Chinese fields, about 1.2 kB as JSON; an edit sets
//! 6 to 10 fields of one record.

use sync_protocol::document::{Document, Edited};
use sync_protocol::ids::{Actor, RecordId};
use sync_protocol::records::{Kind, Value, inspection};

const NOTES: [&str; 6] = [
    "线路老化,已要求更换",
    "燃气软管过期",
    "通道堆放杂物,当场清理",
    "灭火器压力不足",
    "隔断为木质材料",
    "楼道内充电,已劝离",
];

/// A new inspection of about 40 fields.
pub(crate) fn open(actor: Actor, number: usize) -> (RecordId, Document, Edited) {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&actor.0[..8]);
    id[8..].copy_from_slice(&(number as u64).to_be_bytes());
    let mut document = Document::genesis(Kind::Inspection).expect("genesis");
    let mut values = vec![
        ("premises".to_owned(), Value::from("ab".repeat(16))),
        ("state".to_owned(), Value::from("submitted")),
        ("started_at".to_owned(), Value::from(1_795_000_000_000)),
        ("ended_at".to_owned(), Value::from(1_795_000_900_000)),
        ("present".to_owned(), Value::from("欧阳春梅")),
        ("occupants_found".to_owned(), Value::from(4)),
        ("verdict".to_owned(), Value::from("rectify")),
        ("rectification".to_owned(), Value::from("更换燃气软管并清理通道后复查")),
        ("rectify_by".to_owned(), Value::from("2026-12-01")),
    ];
    for (place, item) in inspection::ITEMS.iter().enumerate() {
        let note = NOTES[(number + place) % NOTES.len()];
        values.push((format!("item.{}.result", item.code), Value::from("pass")));
        values.push((format!("item.{}.note", item.code), Value::from(note)));
    }
    for extra in 0..12 {
        let text = format!("{}{extra}", NOTES[(number + extra) % NOTES.len()]);
        values.push((format!("x.field_{extra}"), Value::from(text)));
    }
    let edited = document.edit(actor, 1_795_000_000, &values).expect("values").expect("a change");
    (RecordId(id), document, edited)
}

/// An edit of 6 to 10 fields.
pub(crate) fn edit(actor: Actor, document: &mut Document, number: usize, round: usize) -> Edited {
    let fields = 6 + number % 5;
    let values: Vec<(String, Value)> = (0..fields)
        .map(|place| {
            let item = inspection::ITEMS[(number + place) % inspection::ITEMS.len()].code;
            let note = NOTES[(number + place + round) % NOTES.len()];
            (format!("item.{item}.note"), Value::from(format!("{note}({round})")))
        })
        .collect();
    document.edit(actor, 1_795_000_000, &values).expect("values").expect("a change")
}
