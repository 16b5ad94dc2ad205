//! HTTP: requests in, answers out. All routes stand on one page (`router`); a handler extracts,
//! makes one engine call and renders. It names neither the store nor the database library.

mod account;
mod badge_page;
mod body;
mod console;
mod cookies;
mod denials;
pub mod error;
mod headers;
mod housekeeping;
pub mod identity;
pub mod limits;
mod origin;
mod roster_page;
pub mod router;
mod routes;
pub mod server;
pub mod table;
mod work;

pub use limits::Limits;
pub use server::{Server, Settings};
