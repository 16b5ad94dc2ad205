//! The pitfalls of sync that others have met, each by name: docs/pitfalls.md has the list.

mod bombs;
mod clocks;
mod lineage;
mod paging;
mod phones;
mod races;
