//! What every request passes on its way in and out (limits, clocks, denials for the trail, headers):
//! the same request with all of it and to the routes alone, without a network between.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::rt::System;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, web};
use doorstep::http::limits::Rate;
use doorstep::http::{Limits, Server, server};
use doorstep::photos::Objects;

use crate::district::District;
use crate::{RUNS, figure};

/// Requests in a run.
const REQUESTS: u32 = 5_000;

/// A page that is there, and what nobody may read without a session: the one counts, the other is noted
/// and then counted.
const ASKED: [(&str, &str, StatusCode); 2] =
    [("let_through", "/", StatusCode::OK), ("denied", "/v1/areas", StatusCode::UNAUTHORIZED)];

/// Measures it.
pub(crate) fn guard() {
    let planted = District::new(1);
    let objects = Objects::in_folder(&planted.folder.path().join("photos")).expect("a folder");
    let mut limits = Limits::default();
    // As many as there are, from one address.
    limits.rates.address = Some(Rate::new(u32::MAX, 60_000_000));
    let made = Server::limited(planted.store.clone(), objects, limits).expect("a server");
    let data = web::Data::new(made);
    System::new().block_on(async {
        let bare = init_service(App::new().configure(server::routes(&data))).await;
        let all = init_service(server::guarded(&data, true)).await;
        for (name, path, status) in ASKED {
            // In turns, so that what the machine does beside falls on both.
            let mut costs = Vec::new();
            for _ in 0..RUNS {
                let ask = || TestRequest::get().uri(path).to_request();
                let without = each_us(&bare, ask, status).await;
                costs.push(each_us(&all, ask, status).await - without);
            }
            figure::tell(&format!("guard_{name}_us"), "us", costs);
        }
    });
}

/// How long one request takes, in microseconds.
async fn each_us<S, R, B>(app: &S, ask: impl Fn() -> R, status: StatusCode) -> f64
where
    S: Service<R, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let begun = Instant::now();
    for _ in 0..REQUESTS {
        let answer = app.call(ask()).await;
        let is = answer
            .map_or_else(|error| error.as_response_error().status_code(), |answer| answer.status());
        assert_eq!(is, status);
    }
    begun.elapsed().as_secs_f64() * 1e6 / f64::from(REQUESTS)
}
