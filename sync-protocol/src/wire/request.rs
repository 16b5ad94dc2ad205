//! What a phone says.

use minicbor::{Decode, Encode};

use super::{Bytes, Limits, PROTOCOL, bounded};
use crate::ids::{AreaId, ChangeHash, PushId, RecordId, ServerEpoch};
use crate::records::{Kind, SCHEMA};

/// One request: what the phone has to push and how far it has come in each of its areas.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Request {
    /// [`PROTOCOL`].
    #[n(0)]
    pub protocol: u32,
    /// The field tables' version that the app has.
    #[n(1)]
    pub schema: u32,
    /// The app and its version, for the log.
    #[n(2)]
    pub app: String,
    /// The server's life that the phone last spoke to.
    #[n(3)]
    pub server_epoch: Option<ServerEpoch>,
    /// The push's name; the same when it is repeated. There whenever `push` is not empty.
    #[n(4)]
    pub push_id: Option<PushId>,
    /// Changes by record, each record's in the order they were made.
    #[n(5)]
    #[cbor(decode_with = "bounded::records")]
    pub push: Vec<RecordPush>,
    /// Ed25519 over [`crate::keys::push_statement`].
    #[n(6)]
    pub signature: Option<Bytes>,
    /// How far the phone has come. Areas that it does not name are sent from their beginning.
    #[n(7)]
    #[cbor(decode_with = "bounded::areas")]
    pub areas: Vec<AreaCursor>,
    /// What the phone can take.
    #[n(8)]
    pub limits: Option<Limits>,
    /// The last [`super::LateVerdict`] that the phone has noted; 0 before the first.
    #[n(9)]
    #[cbor(default)]
    pub late_seen: u64,
    /// Whether the phone has no [`crate::rescue`] key of the district yet.
    #[n(11)]
    #[cbor(default, skip_if = "is_false")]
    pub wants_rescue_key: bool,
    /// The version of the district's configuration that the phone has, 0 for none; a phone that does
    /// not say is sent none.
    #[n(12)]
    pub configuration: Option<u64>,
    /// The version of its person's badge that the phone has, in the same way.
    #[n(13)]
    pub badge: Option<u64>,
}

fn is_false(said: &bool) -> bool {
    !said
}

/// Changes to one record.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RecordPush {
    /// The record's area.
    #[n(0)]
    pub area: AreaId,
    /// The record.
    #[n(1)]
    pub record: RecordId,
    /// Its kind.
    #[n(2)]
    pub kind: Kind,
    /// Plain Automerge change chunks.
    #[n(3)]
    #[cbor(decode_with = "bounded::changes")]
    pub changes: Vec<Bytes>,
}

/// How far a phone has come in one area.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AreaCursor {
    /// The area.
    #[n(0)]
    pub area: AreaId,
    /// The area's life; it changes when the log is begun anew.
    #[n(1)]
    pub area_epoch: u32,
    /// The last sequence number that the phone has applied.
    #[n(2)]
    pub cursor: u64,
    /// The chain value at the cursor, as the server gave it.
    #[n(3)]
    pub chain: Option<ChangeHash>,
    /// Whether the phone has every record up to the cursor; until then it gets whole documents.
    #[n(4)]
    pub complete: bool,
    /// What the phone believes its person to be there ([`crate::records::Roles::bits`]).
    #[n(5)]
    #[cbor(default)]
    pub roles: u8,
}

impl Request {
    /// A request that pushes nothing and knows no area yet.
    pub fn idle(app: &str) -> Self {
        Self {
            protocol: PROTOCOL,
            schema: SCHEMA,
            app: app.to_owned(),
            server_epoch: None,
            push_id: None,
            push: Vec::new(),
            signature: None,
            areas: Vec::new(),
            limits: None,
            late_seen: 0,
            wants_rescue_key: false,
            configuration: None,
            badge: None,
        }
    }
}
