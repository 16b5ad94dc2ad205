//! The files of a photo: what each is called and what is authenticated with its pieces.

use crate::vault::What;

/// A smaller copy of a photo, without EXIF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Derivative {
    /// At most 320 pixels a side.
    Thumbnail,
    /// At most 1,600 pixels a side.
    Web,
}

impl Derivative {
    /// Both.
    pub(super) const ALL: [Self; 2] = [Self::Thumbnail, Self::Web];
}

/// A file of a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum File {
    /// A part, while the photo is arriving.
    Part(u32),
    /// The photo as it was taken.
    Original,
    /// A smaller copy.
    Copy(Derivative),
}

impl File {
    /// Its name.
    pub(super) fn name(self) -> String {
        match self {
            Self::Part(number) => format!("part-{number}"),
            Self::Original => "original".to_owned(),
            Self::Copy(Derivative::Thumbnail) => "thumbnail".to_owned(),
            Self::Copy(Derivative::Web) => "web".to_owned(),
        }
    }

    /// Its name before photos were sealed.
    pub(super) fn name_before(self) -> String {
        match self {
            Self::Copy(_) => format!("{}.jpg", self.name()),
            Self::Part(_) | Self::Original => self.name(),
        }
    }

    /// What its pieces are.
    pub(super) fn what(self) -> What {
        match self {
            Self::Part(_) => What::PhotoPart,
            Self::Original => What::PhotoOriginal,
            Self::Copy(Derivative::Thumbnail) => What::PhotoThumbnail,
            Self::Copy(Derivative::Web) => What::PhotoWeb,
        }
    }
}
