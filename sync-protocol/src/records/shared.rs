//! Fields that every kind of record has.

use super::{Field, FieldType, Roles, Widget};

/// A reviewer's decision of a clash: the words of it. Written in the same change as the value that
/// shall stand; that is how both ends know the value to be the decision.
pub const DECIDED: Field =
    Field::new("decided.{decided}", "裁定", "Decision", FieldType::ShortText(500))
        .writers(Roles::REVIEW)
        .widget(Widget::Given);

/// Why the record is void. Nothing is deleted; an edit of a voided record is a review item.
pub const VOIDED: Field =
    Field::new("voided", "作废原因", "Void because", FieldType::ShortText(500)).review();

/// A district's own field: what it is called and holds, the district's configuration says.
pub const CUSTOM: Field =
    Field::new("x.{custom}", "自定义项", "Custom field", FieldType::Any(500)).personal();
