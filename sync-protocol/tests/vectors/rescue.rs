//! The rescue bundle of the vectors: opened by the key that stands there, and of the schema.

use cddl_cat::validate_cbor_bytes;
use sync_protocol::rescue::Opener;
use sync_protocol::wire::encode;

use crate::files::{bytes, list, page, text};
use crate::made::rescue::district;

#[test]
fn the_bundle_opens_to_what_stands_beside_it() {
    let whole: serde_json::Value = serde_json::from_str(&page("vectors/rescue.json")).unwrap();
    assert_eq!(bytes(&whole, "public_key"), district().public());
    let mut opener = Opener::new(district());
    opener.feed(&bytes(&whole, "header"));
    for frame in list("rescue.json", "frames") {
        opener.feed(&bytes(&frame, "frame"));
        let opened = opener.next().unwrap().unwrap();
        assert_eq!(opened.device.to_string(), text(&whole, "device"));
        let part = opened.part(&bytes(&whole, "device_public_key")).unwrap();
        assert_eq!(encode(&part), bytes(&frame, "cbor"));
        let schema = page("protocol.cddl");
        validate_cbor_bytes(text(&frame, "rule"), &schema, &encode(&part)).unwrap();
    }
    opener.end();
    assert!(opener.next().unwrap().is_none() && !opener.is_damaged());
}
