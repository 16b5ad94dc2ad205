//! The domain: what is collected, in one field table for each kind of record. The table drives
//! checking, permission, merge, projection, forms, exports and docs/records.md; nothing about a
//! field is written anywhere else. What binds several fields together is a rule of `check`.
//!
//! ```
//! use sync_protocol::records::{Kind, Value};
//! let (field, _) = Kind::Premises.field("use").expect("a field of premises");
//! assert_eq!(field.label.en, "Use");
//! assert!(field.check(&Value::from("rented")).is_ok());
//! assert!(field.check(&Value::from("palace")).is_err());
//! ```

pub mod catalogue;
pub mod check;
pub mod condition;
pub mod derived;
pub mod document_number;
pub mod field;
pub mod form;
pub mod inspection;
pub mod kind;
pub mod part;
pub mod photo;
pub mod premises;
pub mod report;
pub mod residency;
pub mod role;
pub mod screen;
pub mod shared;
pub mod value;
pub mod visit;

pub use condition::Condition;
pub use field::{Choice, Field, FieldType, Label, Merge, Sensitivity};
pub use kind::Kind;
pub use part::Part;
pub use role::{Role, Roles};
pub use screen::{Section, Widget};
pub use value::Value;

/// The version of the field tables. A phone says which it has; keys of a newer one are kept.
pub const SCHEMA: u32 = 1;
