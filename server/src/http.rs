//! HTTP: requests in, answers out. All routes stand on one page (`router`); a handler extracts,
//! makes one engine call and renders. It names neither the store nor the database library.

mod badge_page;
mod body;
mod console;
pub mod error;
mod headers;
mod identity;
pub mod limits;
mod router;
mod routes;
pub mod server;

pub use limits::Limits;
pub use server::{Server, Settings};
