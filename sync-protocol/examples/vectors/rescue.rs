//! A rescue bundle, frame by frame: what each holds, and the bytes that come of it.

use serde_json::{Value as Json, json};
use sync_protocol::ids::{BlobId, ChangeHash};
use sync_protocol::keys::{change_name, push_statement};
use sync_protocol::records::Kind;
use sync_protocol::rescue::{RescueKey, Sealer, key_name};
use sync_protocol::wire::rescue::Part;
use sync_protocol::wire::{RecordPush, encode};

use super::Failure;
use super::cast::{AREA, FIRST, TIME, hex, home};
use super::signatures::{PUSH, key};

/// The bundle's id.
const BUNDLE: [u8; 16] = [0xb0; 16];

/// The district's key.
pub(crate) fn district() -> RescueKey {
    RescueKey::from_seed([0x2a; 32])
}

/// `rescue.json`.
pub(crate) fn vectors() -> Result<Json, Failure> {
    let (device, public) = (key(), district().public());
    let mut sealer =
        Sealer::new(&public, FIRST, &device, BUNDLE).ok_or("the public key is none")?;
    let header = hex(sealer.header());
    let mut frames = Vec::new();
    for (random, part) in (1_u8..).zip(parts()) {
        let frame = sealer.seal(&part, [random; 32]).ok_or("the cipher failed")?;
        frames.push(
            json!({ "rule": "rescue-part", "cbor": hex(&encode(&part)), "frame": hex(&frame) }),
        );
    }
    Ok(json!({
        "private_key": hex(&[0x2a; 32]),
        "public_key": hex(&public),
        "key_name": hex(&key_name(&public)),
        "device": FIRST.to_string(),
        "device_public_key": hex(&device.public()),
        "header": header,
        "frames": frames,
    }))
}

fn parts() -> Vec<Part> {
    let changes = vec![vec![1; 12].into(), vec![2; 30].into()];
    let names: Vec<ChangeHash> =
        changes.iter().map(|change: &sync_protocol::wire::Bytes| change_name(change)).collect();
    let signature = key().sign(&push_statement(FIRST, PUSH, &names)).to_vec().into();
    let push = vec![RecordPush { area: AREA, record: home(), kind: Kind::Premises, changes }];
    let (photo, bytes) = (BlobId([0x70; 32]), vec![9; 20].into());
    vec![
        Part::Opening {
            schema: 1,
            app: "vectors 1.0".to_owned(),
            made_at: TIME * 1000,
            changes: 2,
            photos: 1,
        },
        Part::Push { push_id: PUSH, push, signature },
        Part::Photo { area: AREA, photo, size: 20, number: 0, bytes },
        Part::Closing,
    ]
}
