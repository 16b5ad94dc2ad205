//! What is due: a pure function of merged records and a district's configuration, the same on phone
//! and server.

mod cadences;

pub use cadences::Cadences;
