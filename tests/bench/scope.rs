//! The check of who asks and what they may: from a device's token to its scope and an area's proof, with
//! the database's round trip and without; and from a session to the proof of an action.

use std::hint::black_box;
use std::time::Instant;

use actix_web::rt::System;
use doorstep::auth::actions::ReadReports;
use doorstep::auth::devices::{self, Admission, Scopes};
use doorstep::auth::staff::{self, Begun, Caller, Reception};
use doorstep::auth::tokens::Tokens;
use doorstep::clock::now_ms;
use doorstep::registry::{self, NewLogin};
use doorstep::store::{Store, devices as stored, district, signing_keys};
use doorstep_tests::world::{NOW, REVIEWER, operator};
use sync_protocol::ids::AreaId;
use sync_protocol::records::Role;

use crate::district::District;
use crate::{RUNS, figure};

/// Checks of each kind in a run.
const CHECKS: u32 = 2_000;

/// The most that a check may take beside the database, in microseconds.
const LIMIT_US: f64 = 20.0;

/// Measures it.
pub(crate) fn scope() {
    let planted = District::new(1);
    let area = planted.areas[0];
    let phone = planted.bare_phone(&[area]);
    enter_reviewer(&planted.store, area);
    let keys = planted.store.read(signing_keys::find).expect("a database").expect("a district");
    let (tokens, scopes) = (Tokens::new(&keys), Scopes::default());
    let (store, now) = (&planted.store, now_ms());
    let row = store.read(|db| stored::find(db, phone.device)).expect("a database").expect("a row");
    let district = store.read(district::find).expect("a database").expect("a district");
    let reception = Reception::new(store.clone(), &district);
    let turn = System::new().block_on(reception.hasher().turn()).expect("a turn");
    let begun = reception.sign_in(&turn, REVIEWER, &Caller::default(), now);
    let Begun { secret, scope: reviewer, .. } = begun.expect("the reviewer");

    let first = Instant::now();
    assert!(tokens.proven(&phone.token, now).is_some());
    figure::tell("scope_first_check_us", "us", vec![first.elapsed().as_secs_f64() * 1e6]);

    let check = tell("scope_check_us", || {
        let admitted = devices::decide(store, &tokens, &scopes, (&phone.token, row.clone()), now);
        let Ok(Admission::Active(scope)) = admitted else { panic!("the phone is in use") };
        assert!(black_box(scope.area(area)).is_some());
    });
    tell("scope_check_with_database_us", || {
        let admitted = devices::admit(store, &tokens, &scopes, &phone.token, now);
        assert!(matches!(black_box(admitted), Ok(Admission::Active(_))));
    });
    let action = tell("scope_action_us", || {
        let may = reviewer.may::<ReadReports>().expect("a reviewer");
        assert!(black_box(may.area(area)).is_some());
    });
    tell("scope_session_with_database_us", || {
        assert!(black_box(staff::scope(store, &secret, now)).is_ok_and(|found| found.is_some()));
    });
    let worst = check.max(action);
    assert!(worst <= LIMIT_US, "a check takes {worst} us, more than {LIMIT_US}");
}

fn enter_reviewer(store: &Store, area: AreaId) {
    let (login, password) = REVIEWER;
    let login = NewLogin { login, password };
    let entered = store.transaction(|db| {
        registry::set_second_factor(db, operator(), false)?;
        let role = (Role::Reviewer, area);
        Ok(registry::create_person(db, operator(), "审核员", role, Some(login), NOW))
    });
    entered.expect("a database").expect("the reviewer");
}

/// Tells how long one takes; answers the longest of the runs, in microseconds.
fn tell(name: &str, mut check: impl FnMut()) -> f64 {
    let took: Vec<f64> = (0..RUNS)
        .map(|_| {
            let begun = Instant::now();
            (0..CHECKS).for_each(|_| check());
            begun.elapsed().as_secs_f64() * 1e6 / f64::from(CHECKS)
        })
        .collect();
    let worst = took.iter().copied().fold(0.0, f64::max);
    figure::tell(name, "us", took);
    worst
}
