//! The Doorstep server: one stateless binary. `http` takes requests, `auth` turns credentials into
//! scopes, `sync`, `review` and `photos` are the engines, `store` is the only place that names the
//! database library. Answers travel back as return values.

pub mod absences;
pub mod auth;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod configuration;
pub mod duty;
pub mod enrolment;
pub mod http;
pub mod integrity;
pub mod panics;
pub mod photos;
pub mod planting;
pub mod postgres;
pub mod registry;
pub mod rescue;
pub mod residents;
pub mod retention;
pub mod review;
pub mod roles;
pub mod rotation;
mod schema;
pub mod seed;
pub mod splitting;
pub mod store;
pub mod sync;
pub mod trail;
pub mod vault;
pub mod work;
