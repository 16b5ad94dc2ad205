//! What a report says of each of its photos. The bytes travel beside the record, named by their
//! SHA-256.

use super::{Field, FieldType, Widget};

/// What it shows.
pub const CAPTION: Field =
    Field::new("photo.{photo}.caption", "照片说明", "Photo caption", FieldType::ShortText(200));

/// When it was taken, by the phone's clock.
pub const TAKEN_AT: Field =
    Field::new("photo.{photo}.taken_at", "拍摄时间", "Photo taken at", FieldType::Instant)
        .widget(Widget::Given);

/// Where it was taken: latitude and longitude in degrees (WGS 84), separated by a comma.
pub const PLACE: Field =
    Field::new("photo.{photo}.place", "拍摄地点", "Photo place", FieldType::ShortText(40))
        .personal()
        .widget(Widget::Given);
