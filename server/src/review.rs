//! What district staff see: the queue of merged reports, and one report with every field, who wrote
//! it and when, the clashes with both values, the photos and the history. It reads; it decides
//! nothing yet.

mod clashes;
mod fields;
mod history;
mod photos;
pub mod queue;
pub mod report;
pub mod words;
mod writers;
