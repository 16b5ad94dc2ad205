//! Handlers, one file a resource: extract, one engine call, render.

pub(super) mod account;
pub(super) mod areas;
pub(super) mod badge;
pub(super) mod device_care;
pub(super) mod devices;
pub(super) mod duty;
pub(super) mod health;
pub(super) mod oidc;
pub(super) mod own_devices;
pub(super) mod people;
pub(super) mod photos;
pub(super) mod quarantine;
pub(super) mod reports;
pub(super) mod requests;
pub(super) mod rescue;
pub(super) mod roster;
pub(super) mod search;
pub(super) mod showing;
pub(super) mod staff;
pub(super) mod sync;
pub(super) mod trail;
pub(super) mod wait;
