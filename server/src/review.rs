//! What district staff see: the queue of merged reports, and one report with every field, who wrote
//! it and when, the clashes with both values, the photos and the history. It reads; it decides
//! nothing yet.

pub mod clashes;
pub mod fields;
mod history;
mod names;
mod photos;
pub mod queue;
pub mod refused;
pub mod report;
pub mod showing;
pub mod words;
pub mod writers;
