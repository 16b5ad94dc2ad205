//! How staff sign in: sessions, passwords, the second factor, delays, the identity provider. Where
//! time matters it is handed in.

mod delays;
mod oidc;
mod passwords;
mod second_factor;
mod sessions;

use std::net::IpAddr;

use doorstep::auth::staff::invitations::{self, Along};
use doorstep::auth::staff::sessions::Account;
use doorstep::auth::staff::{Begun, Caller, Reception, StaffError};
use doorstep::registry::{self, NewLogin};
use doorstep::store::{district, logins};
use doorstep::trail::{Actor, Origin};
use doorstep_tests::world::{AREA, NOW, World, operator};
use sync_protocol::ids::PersonId;
use sync_protocol::records::Role;

const MINUTE: i64 = 60 * 1000;
const HOUR: i64 = 60 * MINUTE;

/// What the reviewer signs in with.
const ZHAO: (&str, &str) = ("zhao", "three wet umbrellas");

/// A district with a reviewer, and its reception.
struct Office {
    world: World,
    reception: Reception,
    zhao: PersonId,
}

impl Office {
    fn new() -> Self {
        let world = World::new();
        let new = NewLogin { login: ZHAO.0, password: ZHAO.1 };
        let role = (Role::Reviewer, AREA);
        let made = world.store.transaction(|db| {
            Ok(registry::create_person(db, operator(), "赵敏", role, Some(new), NOW))
        });
        let district = world.store.read(district::find).unwrap().unwrap();
        let reception = Reception::new(world.store.clone(), &district);
        Self { zhao: made.unwrap().unwrap(), reception, world }
    }

    fn demand_second_factor(&self) {
        let set = |db: &mut _| registry::set_second_factor(db, operator(), true);
        self.world.store.transaction(set).unwrap();
    }

    fn sign_in(
        &self,
        (login, password): (&str, &str),
        caller: &Caller,
        at_ms: i64,
    ) -> Result<Begun, &'static str> {
        let turn = self.reception.hasher().try_turn().unwrap();
        self.reception.sign_in(&turn, (login, password), caller, at_ms).map_err(code)
    }

    /// Zhao's session, begun at a moment.
    fn begun(&self, at_ms: i64) -> Begun {
        self.sign_in(ZHAO, &from("192.0.2.1"), at_ms).unwrap()
    }

    /// The account of a session that holds.
    fn account(&self, begun: &Begun, at_ms: i64) -> Option<Account> {
        self.reception.account(&begun.secret, at_ms).unwrap()
    }

    /// Whether a session is good for more than its own account.
    fn is_good(&self, begun: &Begun, at_ms: i64) -> bool {
        let scope = doorstep::auth::staff::scope(&self.world.store, &begun.secret, at_ms);
        scope.unwrap().is_some()
    }

    fn invitation(&self, along: Along<'_>, at_ms: i64) -> String {
        let by = (Actor::Operator("tests".to_owned()), at_ms);
        let made = |db: &mut _| invitations::make(db, operator(), self.zhao, along, by);
        self.world.store.transaction(made).unwrap().unwrap()
    }

    fn stored_hash(&self) -> String {
        let login = self.world.store.read(|db| logins::of(db, self.zhao)).unwrap().unwrap();
        login.password_hash.unwrap()
    }
}

/// Somebody at an address, in a browser that nobody knows.
fn from(address: &str) -> Caller {
    let address: IpAddr = address.parse().unwrap();
    let origin = Origin { address: Some(address), request: None };
    Caller { origin, browser_cookie: None, browser: "tests".to_owned() }
}

/// The same in a browser with a cookie.
fn with(cookie: &str, address: &str) -> Caller {
    Caller { browser_cookie: Some(cookie.to_owned()), ..from(address) }
}

fn code(error: StaffError) -> &'static str {
    match error {
        StaffError::Refused(code) => code.code,
        StaffError::Store(error) => panic!("{error}"),
    }
}
