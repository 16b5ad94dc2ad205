//! Who may do what: devices prove their key and get a token, staff sign in and get a session; both
//! become a *scope*, a proof that only this module can make and that every engine asks for.

pub mod audit;
pub mod badges;
pub mod devices;
pub mod scope;
pub mod secrets;
pub mod staff;
pub mod tokens;

pub use scope::{AreaScope, Operator, PhoneScope, StaffScope};
