//! What a frame of a rescue bundle holds once it is opened (see [`crate::rescue`]): pushes as they
//! would have been sent, and photos in the parts in which they travel.

use minicbor::{Decode, Encode};

use super::{Bytes, RecordPush, bounded};
use crate::ids::{AreaId, BlobId, PushId};

/// One part of a bundle. A bundle has one opening, then pushes, then photos, then one closing.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Part {
    /// What the bundle is: it stands first.
    #[n(0)]
    Opening {
        /// The field tables' version that the app has.
        #[n(0)]
        schema: u32,
        /// The app and its version.
        #[n(1)]
        app: String,
        /// When the bundle was made, by the phone's clock, in milliseconds since 1970 UTC.
        #[n(2)]
        made_at: i64,
        /// Changes in it.
        #[n(3)]
        changes: u64,
        /// Photos in it.
        #[n(4)]
        photos: u64,
    },
    /// Changes, with the name and the signature of a push.
    #[n(1)]
    Push {
        /// The push's name.
        #[n(0)]
        push_id: PushId,
        /// Changes by record, each record's in the order they were made.
        #[n(1)]
        #[cbor(decode_with = "bounded::records")]
        push: Vec<RecordPush>,
        /// Ed25519 over [`crate::keys::push_statement`].
        #[n(2)]
        signature: Bytes,
    },
    /// A part of a photo, of 512 KiB; the last one may be shorter.
    #[n(2)]
    Photo {
        /// The area of its report.
        #[n(0)]
        area: AreaId,
        /// The photo.
        #[n(1)]
        photo: BlobId,
        /// Bytes of the whole.
        #[n(2)]
        size: u64,
        /// Which part, from 0.
        #[n(3)]
        number: u32,
        /// The part.
        #[n(4)]
        bytes: Bytes,
    },
    /// Nothing comes behind it: what has no closing was cut short.
    #[n(3)]
    Closing,
}
