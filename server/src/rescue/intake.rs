//! One bundle, as its bytes come.

use sha2::{Digest, Sha256};
use sync_protocol::codes;
use sync_protocol::ids::{AreaId, BlobId, DeviceId, PushId};
use sync_protocol::keys::change_name;
use sync_protocol::rescue::{Frame, Opener};
use sync_protocol::wire::rescue::Part as Piece;
use sync_protocol::wire::{Bytes, Outcome, RecordPush, Request};

use super::allowance::weight;
use super::report::{HandedIn, Judged, Name, Picture};
use super::{By, Desk, TakeInError};
use crate::auth::{PhoneScope, devices};
use crate::photos::{Part, PhotoError};
use crate::sync::push;

/// How often a push is tried again while others write to the same records.
const ATTEMPTS: u32 = 8;

/// A bundle that is being taken in.
#[derive(Debug)]
pub struct Intake {
    desk: Desk,
    by: By,
    now_ms: i64,
    opener: Opener,
    phone: Option<PhoneScope>,
    handed_in: HandedIn,
    /// The photo of which parts are coming.
    photo: Option<Coming>,
    closed: bool,
    damaged: bool,
}

/// A photo of which parts are coming.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Coming {
    area: AreaId,
    photo: BlobId,
    size: u64,
}

impl Intake {
    pub(super) fn new(desk: Desk, by: By, now_ms: i64) -> Self {
        let opener = Opener::new(desk.key.clone());
        let handed_in = HandedIn::default();
        let (closed, damaged) = (false, false);
        Self { desk, by, now_ms, opener, phone: None, handed_in, photo: None, closed, damaged }
    }

    /// Takes in what is whole of these bytes and those before.
    ///
    /// # Errors
    /// [`TakeInError::Refused`] when nothing is to be taken of the file; the others when the database
    /// or the photo folder did not answer: hand it in again.
    pub async fn feed(&mut self, bytes: &[u8]) -> Result<(), TakeInError> {
        self.opener.feed(bytes);
        self.take_frames().await
    }

    /// The file is at its end: completes the last photo and answers what became of everything.
    ///
    /// # Errors
    /// As [`Intake::feed`].
    pub async fn finish(mut self) -> Result<HandedIn, TakeInError> {
        self.opener.end();
        self.take_frames().await?;
        self.complete_photo().await?;
        if self.phone.is_none() {
            // The header is of this district, and not one frame behind it opens.
            return Err(TakeInError::Refused(&codes::RESCUE_DAMAGED));
        }
        self.handed_in.problem = match (self.damaged || self.opener.is_damaged(), self.closed) {
            (true, true) => Some(&codes::RESCUE_DAMAGED),
            (_, false) => Some(&codes::RESCUE_CUT_SHORT),
            (false, true) => None,
        };
        Ok(self.handed_in)
    }

    async fn take_frames(&mut self) -> Result<(), TakeInError> {
        while let Some(frame) = self.opener.next()? {
            let phone = self.whose(&frame).await?;
            match frame_part(&frame, &phone) {
                Some(piece) => self.take(&phone, piece).await?,
                None if frame.number == 0 || self.handed_in.made_at.is_none() => {
                    return Err(TakeInError::Refused(&codes::RESCUE_UNSIGNED));
                }
                None => self.damaged = true,
            }
        }
        Ok(())
    }

    /// The scope of the device under the key that signed the bundle, looked up once. A revoked phone
    /// hands in its own bundle and nobody else's.
    async fn whose(&mut self, frame: &Frame) -> Result<PhoneScope, TakeInError> {
        if let Some(known) = &self.phone {
            return Ok(known.clone());
        }
        let device = frame.device;
        let (store, now_ms) = (self.desk.engine.store.clone(), self.now_ms);
        let look = move || store.read(|db| devices::scopes_of_signature(db, device, now_ms));
        let scopes = tokio::task::spawn_blocking(look).await??;
        let phone = scopes.into_iter().find(|phone| frame_part(frame, phone).is_some());
        let phone = phone.filter(|phone| self.by.is_for(phone.device()));
        let phone = phone.ok_or(TakeInError::Refused(&codes::RESCUE_UNSIGNED))?;
        let suspended = phone.outside().code == codes::DEVICE_SUSPENDED.code;
        self.handed_in = HandedIn::of(device, suspended);
        Ok(self.phone.insert(phone).clone())
    }

    async fn take(&mut self, phone: &PhoneScope, piece: Piece) -> Result<(), TakeInError> {
        match piece {
            Piece::Opening { made_at, .. } => self.handed_in.made_at = Some(made_at),
            Piece::Push { push_id, push, signature } => {
                self.push(phone, push_id, push, signature).await?;
            }
            Piece::Photo { area, photo, size, number, bytes } => {
                let coming = Coming { area, photo, size };
                if self.photo != Some(coming) {
                    self.complete_photo().await?;
                    self.photo = Some(coming);
                }
                self.put_part(phone.device(), coming, number, bytes).await?;
            }
            Piece::Closing => self.closed = true,
        }
        Ok(())
    }

    /// One push, as if the phone had sent it. Whoever may not hand in all of it hands in nothing: it
    /// is signed as a whole.
    async fn push(
        &mut self,
        phone: &PhoneScope,
        push_id: PushId,
        pushed: Vec<RecordPush>,
        signature: Bytes,
    ) -> Result<(), TakeInError> {
        let names = names(&pushed);
        if pushed.iter().any(|push| self.by.area(push.area).is_none()) {
            self.handed_in.changes.extend(names.into_iter().map(Judged::not_taken));
            return Ok(());
        }
        self.desk.count(&self.by, weight(&pushed), self.now_ms).await?;
        let request = Request {
            push_id: Some(push_id),
            push: pushed,
            signature: Some(signature),
            ..Request::idle("rescue")
        };
        let (engine, phone, now_ms) = (self.desk.engine.clone(), phone.clone(), self.now_ms);
        let outcomes = tokio::task::spawn_blocking(move || {
            let mut outcomes = push(&engine, &phone, &request, now_ms)?;
            for _ in 1..ATTEMPTS {
                if !outcomes.iter().any(|outcome| matches!(outcome, Outcome::Retry { .. })) {
                    break;
                }
                outcomes = push(&engine, &phone, &request, now_ms)?;
            }
            Ok::<_, crate::sync::SyncError>(outcomes)
        });
        let outcomes = outcomes.await??;
        let judged = names.into_iter().zip(outcomes).map(|(name, said)| Judged::new(name, said));
        self.handed_in.changes.extend(judged);
        Ok(())
    }

    async fn put_part(
        &mut self,
        by: DeviceId,
        of: Coming,
        number: u32,
        bytes: Bytes,
    ) -> Result<(), TakeInError> {
        let Some(scope) = self.by.area(of.area) else { return Ok(()) };
        if matches!(self.by, By::Revoked(_)) {
            // What is there already is not kept again, and not counted.
            match self.desk.photos.progress(scope, of.photo, of.size).await {
                Ok(progress) if progress.missing.contains(&number) => {
                    self.desk.count(&self.by, bytes.0.len() as u64, self.now_ms).await?;
                }
                Ok(_) | Err(PhotoError::Refused(_)) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        let sha256 = BlobId(Sha256::digest(&bytes.0).into());
        let part = Part { photo: of.photo, size: of.size, number, sha256, bytes: bytes.0 };
        match self.desk.photos.put_part(scope, by, part, self.now_ms).await {
            // A part that does not fit leaves the photo incomplete, and that is told.
            Ok(()) | Err(PhotoError::Refused(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts the photo together of which parts came last.
    async fn complete_photo(&mut self) -> Result<(), TakeInError> {
        let Some(Coming { area, photo, size }) = self.photo.take() else { return Ok(()) };
        let Some(scope) = self.by.area(area) else {
            let code = Some(codes::FORBIDDEN.code);
            self.handed_in.photos.push(Picture { area, photo, stored: false, code });
            return Ok(());
        };
        let code = match self.desk.photos.complete(scope, photo, size, self.now_ms).await {
            Ok(()) => None,
            Err(PhotoError::Refused(code)) => Some(code.code),
            Err(error) => return Err(error.into()),
        };
        self.handed_in.photos.push(Picture { area, photo, stored: code.is_none(), code });
        Ok(())
    }
}

/// What a frame holds, if it comes from the bundle's device and that signed it.
fn frame_part(frame: &Frame, phone: &PhoneScope) -> Option<Piece> {
    (frame.device == phone.device()).then(|| frame.part(phone.public_key())).flatten()
}

fn names(pushed: &[RecordPush]) -> Vec<Name> {
    let of = |push: &RecordPush| {
        let (area, record, kind) = (push.area, push.record, push.kind);
        push.changes.iter().map(move |bytes| (area, record, kind, change_name(bytes))).collect()
    };
    pushed.iter().flat_map(|push| -> Vec<Name> { of(push) }).collect()
}
