//! Changes and effective values, from the bytes in the files.

use serde_json::{Value as Json, json};
use sync_protocol::ids::DeviceId;
use sync_protocol::judge;
use sync_protocol::keys::change_name;
use sync_protocol::records::{Kind, Role};

use crate::files::{bytes, list, text, unhex};
use crate::made::cast::decoded;
use crate::made::{changes, effective};

fn kind(vector: &Json) -> Kind {
    Kind::from_code(text(vector, "kind")).unwrap()
}

fn all(vector: &Json, key: &str) -> Vec<Vec<u8>> {
    vector[key].as_array().unwrap().iter().map(|bytes| unhex(bytes.as_str().unwrap())).collect()
}

#[test]
fn a_change_reads_as_told_and_its_name_is_the_hash_of_its_chunk() {
    for vector in list("changes.json", "changes") {
        if vector["decoded"].is_null() {
            continue;
        }
        let bytes = bytes(&vector, "bytes");
        let change = judge::read(&bytes, kind(&vector)).unwrap();
        assert_eq!(decoded(&change), vector["decoded"], "{}", vector["name"]);
        assert_eq!(change_name(&bytes), change.hash);
    }
}

#[test]
fn a_change_is_judged_as_told() {
    for vector in list("changes.json", "changes") {
        let device = DeviceId(u64::from_str_radix(text(&vector, "device"), 16).unwrap());
        let role = Role::from_code(text(&vector, "role")).unwrap();
        let (before, change) = (all(&vector, "before"), bytes(&vector, "bytes"));
        let judged = changes::judged(kind(&vector), device, role, &before, &change).unwrap();
        let told = match judged {
            Ok(()) => json!({ "accepted": true }),
            Err(refusal) if !refusal.missing.is_empty() => json!({ "held": refusal.missing }),
            Err(refusal) => json!({ "rejected": refusal.code.code, "field": refusal.field }),
        };
        assert_eq!(told, vector["outcome"], "{}", vector["name"]);
    }
}

#[test]
fn values_resolve_as_told_in_whatever_order_the_changes_come() {
    for vector in list("effective.json", "cases") {
        let log = all(&vector, "changes");
        let expected = (vector["effective"].clone(), vector["clashes"].clone());
        let says = |log: &[Vec<u8>]| effective::effective(kind(&vector), log).unwrap();
        assert_eq!(says(&log), expected, "{}", vector["name"]);
        let name = text(&vector, "name");
        let concurrent = !["knew", "decided", "reopened", "text"].iter().any(|w| name.contains(w));
        if concurrent {
            let backwards: Vec<_> = log.into_iter().rev().collect();
            assert_eq!(says(&backwards), expected, "{name}, backwards");
        }
    }
}
