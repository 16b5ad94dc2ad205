//! The way to the server: HTTP requests and what their answers say. Everything but `/v1/sync` and
//! the photo parts is JSON. It must not know the store, records or merge.

mod appetite;
mod conditions;
mod error;
mod http;
mod messages;
mod session;

pub(crate) use conditions::{Conditions, Hold};
pub(crate) use error::TransportError;
pub(crate) use http::APP;
use http::Http;
pub(crate) use session::{Peer, PhotoName, Session};
