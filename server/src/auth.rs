//! Who may do what: devices prove their key and get a token, staff sign in and get a session; both
//! become a *scope*, a proof that only this module can make and that every engine asks for. What is
//! asked for is an [`action`], and one table says who may ([`permissions`]).

pub mod action;
pub mod agreement;
pub mod audit;
pub mod badges;
pub mod browsers;
pub mod csrf;
pub mod device_care;
pub mod devices;
pub mod duty;
pub mod erasing;
pub mod hand_in;
pub mod key_rotation;
pub mod nonces;
pub mod passwords;
pub mod permissions;
pub mod scope;
pub mod secrets;
pub mod staff;
pub mod throttle;
pub mod tokens;
pub mod totp;

pub use action::{Act, Action, actions};
pub use scope::{AreaScope, Operator, PhoneScope, StaffMay, StaffScope};
