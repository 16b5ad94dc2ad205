//! One bundle, as its bytes come.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use sync_protocol::codes::{self, Code};
use sync_protocol::ids::{AreaId, BlobId, ChangeHash, DeviceId, PushId};
use sync_protocol::keys::change_name;
use sync_protocol::rescue::{Frame, Opener};
use sync_protocol::wire::rescue::Part as Piece;
use sync_protocol::wire::{Bytes, Outcome, RecordPush, Request};

use super::allowance::weight;
use super::noting::Noting;
use super::report::{HandedIn, Judged, Name, Picture};
use super::{By, Desk, TakeInError};
use crate::auth::{PhoneScope, devices};
use crate::photos::{Part, PhotoError};
use crate::sync::{SyncError, push_into};
use crate::trail::{Actor, Origin};
use crate::work;

/// How often a push is tried again while others write to the same records.
const ATTEMPTS: u32 = 8;

/// A bundle that is being taken in.
#[derive(Debug)]
pub struct Intake {
    desk: Desk,
    by: By,
    now_ms: i64,
    noting: Noting,
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
    pub(super) fn new(desk: Desk, by: By, who: (Actor, Origin), now_ms: i64) -> Self {
        Self {
            noting: Noting::new(desk.engine.store.clone(), who, now_ms),
            opener: Opener::new(desk.key.clone()),
            desk,
            by,
            now_ms,
            phone: None,
            handed_in: HandedIn::default(),
            photo: None,
            closed: false,
            damaged: false,
        }
    }

    /// Takes in what is whole of these bytes and those before. After an error nothing more is taken.
    ///
    /// # Errors
    /// [`TakeInError::Refused`] when nothing is to be taken of the file; the others when the database
    /// or the photo folder did not answer: hand it in again.
    pub async fn feed(&mut self, bytes: &[u8]) -> Result<(), TakeInError> {
        self.opener.feed(bytes);
        let taken = self.take_frames().await;
        self.noted(taken).await
    }

    /// No more bytes come: what was taken in stays, and is noted.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn break_off(self, why: &'static Code) -> Result<(), TakeInError> {
        self.note_end(Some(why)).await
    }

    /// The file is at its end: completes the last photo and answers what became of everything.
    ///
    /// # Errors
    /// As [`Intake::feed`].
    pub async fn finish(mut self) -> Result<HandedIn, TakeInError> {
        let ended = self.end().await;
        self.noted(ended).await?;
        self.note_end(self.handed_in.problem).await?;
        Ok(self.handed_in)
    }

    async fn end(&mut self) -> Result<(), TakeInError> {
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
        Ok(())
    }

    /// What ended it is noted with what had been taken in.
    async fn noted(&self, taken: Result<(), TakeInError>) -> Result<(), TakeInError> {
        if let Err(error) = &taken {
            // A database that does not answer takes no entry either: what ended it is told.
            let _ = self.note_end(Some(error.code())).await;
        }
        taken
    }

    /// Of a file that is nobody's nothing was taken, and nothing is noted.
    async fn note_end(&self, why: Option<&'static Code>) -> Result<(), TakeInError> {
        let Some(phone) = &self.phone else { return Ok(()) };
        self.noting.end(phone.device(), &self.handed_in, why).await
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
        let scopes = work::block(look).await??;
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

    /// One push, as if the phone had sent it. It is signed as a whole; of the areas that whoever hands it
    /// in has no say in nothing is taken.
    async fn push(
        &mut self,
        phone: &PhoneScope,
        push_id: PushId,
        pushed: Vec<RecordPush>,
        signature: Bytes,
    ) -> Result<(), TakeInError> {
        let names = names(&pushed);
        let areas = pushed.iter().map(|push| push.area);
        let areas: BTreeSet<AreaId> = areas.filter(|area| self.by.area(*area).is_some()).collect();
        if areas.is_empty() {
            self.handed_in.changes.extend(names.into_iter().map(Judged::not_taken));
            return Ok(());
        }
        self.noting.begin(phone.device()).await?;
        let weight = weight(pushed.iter().filter(|push| areas.contains(&push.area)));
        self.desk.count(&self.by, weight, self.now_ms).await?;
        let request = Request {
            push_id: Some(push_id),
            push: pushed,
            signature: Some(signature),
            ..Request::idle("rescue")
        };
        let (engine, phone, now_ms) = (self.desk.engine.clone(), phone.clone(), self.now_ms);
        let judged = work::block(move || {
            let pushed = || push_into(&engine, &phone, &request, &areas, now_ms);
            let mut judged = judged(&names, &areas, pushed()?);
            for _ in 1..ATTEMPTS {
                if !judged.iter().any(Judged::is_put_off) {
                    break;
                }
                judged = self::judged(&names, &areas, pushed()?);
            }
            Ok::<_, SyncError>(judged)
        });
        self.handed_in.changes.extend(judged.await??);
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
        self.noting.begin(by).await?;
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

/// The engine's verdicts where it took anything.
fn judged(
    names: &[Name],
    areas: &BTreeSet<AreaId>,
    said: Vec<(ChangeHash, Outcome)>,
) -> Vec<Judged> {
    let judge = |(name, (_, said)): (&Name, (ChangeHash, Outcome))| match areas.contains(&name.0) {
        true => Judged::new(*name, said),
        false => Judged::not_taken(*name),
    };
    names.iter().zip(said).map(judge).collect()
}

fn names(pushed: &[RecordPush]) -> Vec<Name> {
    let of = |push: &RecordPush| {
        let (area, record, kind) = (push.area, push.record, push.kind);
        push.changes.iter().map(move |bytes| (area, record, kind, change_name(bytes))).collect()
    };
    pushed.iter().flat_map(|push| -> Vec<Name> { of(push) }).collect()
}
