//! Taking a photo in: what it is, and the change that refers to it, in one transaction.

use sha2::{Digest, Sha256};
use sync_protocol::ids::{BlobId, RecordId};
use sync_protocol::records::Value;

use crate::codes;
use crate::editing::{self, Hand, Saved, Values};
use crate::error::CoreError;
use crate::store::photos::{self, Photo};
use crate::store::{Transaction, records};

/// The largest photo that is taken in.
const PHOTO_BYTES: usize = 32 * 1024 * 1024;

/// A photo and what is said of it.
pub(crate) struct TakenPhoto<'a> {
    pub(crate) report: RecordId,
    pub(crate) bytes: &'a [u8],
    pub(crate) caption: Option<String>,
    pub(crate) taken_at: Option<i64>,
    /// A field of the report that names it: a signature's.
    pub(crate) named_in: Option<&'a str>,
}

/// Keeps the photo and writes the change that refers to it.
pub(crate) fn take(
    transaction: &Transaction<'_>,
    hand: Hand,
    taken: TakenPhoto<'_>,
) -> Result<(BlobId, Saved), CoreError> {
    if !is_picture(taken.bytes) {
        return Err(CoreError::refused(&codes::PHOTO_UNKNOWN));
    }
    if taken.bytes.len() > PHOTO_BYTES {
        return Err(CoreError::refused(&codes::PHOTO_TOO_LARGE));
    }
    let report = records::find(transaction, taken.report)?
        .ok_or_else(|| CoreError::refused(&codes::NOT_ON_PHONE))?
        .place;
    if !report.kind.is_report() {
        return Err(CoreError::refused(&codes::WRONG_RECORD));
    }
    let photo = BlobId(Sha256::digest(taken.bytes).into());
    let mut values: Values = Vec::new();
    if let Some(caption) = taken.caption.filter(|caption| !caption.is_empty()) {
        values.push((format!("photo.{photo}.caption"), Value::from(caption)));
    }
    let taken_at = taken.taken_at.unwrap_or(hand.now);
    values.push((key_of(&photo), Value::from(taken_at)));
    let named_in = taken.named_in.map(|key| (key.to_owned(), photo.to_string().into()));
    values.extend(named_in);
    let saved = editing::edit(transaction, hand, taken.report, &values)?;
    let size = taken.bytes.len() as u64;
    let kept = Photo { area: report.area, photo, record: report.record, size };
    photos::insert(transaction, &kept, taken.bytes)?;
    Ok((photo, saved))
}

/// The key that every photo has.
pub(super) fn key_of(photo: &BlobId) -> String {
    format!("photo.{photo}.taken_at")
}

/// Whether the first bytes are those of a JPEG or a PNG.
fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xd8, 0xff]) || bytes.starts_with(b"\x89PNG\r\n\x1a\n")
}
