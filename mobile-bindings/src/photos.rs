//! Photos: taken in with the change that refers to them, sent in parts once the records are
//! through. The original stays until the server has acknowledged the whole photo and accepted the
//! change. It must not know SQL, HTTP or FFI.

mod intake;
mod upload;

#[cfg(test)]
mod tests;

pub(crate) use intake::{TakenPhoto, take};
pub(crate) use upload::send;
