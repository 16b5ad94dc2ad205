//! Who may do what: devices prove their key and get a token, staff sign in and get a session; both
//! become a *scope*, a proof that only this module can make and that every engine asks for.

pub mod badges;
pub mod browsers;
pub mod csrf;
pub mod devices;
pub mod passwords;
pub mod scope;
pub mod secrets;
pub mod staff;
pub mod throttle;
pub mod tokens;
pub mod totp;

pub use scope::{AreaScope, Operator, PhoneScope, StaffScope};
