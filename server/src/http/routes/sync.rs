//! `POST /v1/sync`: CBOR, zstd.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use sync_protocol::wire::limits;

use crate::auth::actions::Sync;
use crate::clock::now_ms;
use crate::http::body;
use crate::http::error::ApiError;
use crate::http::identity::Bearer;
use crate::http::server::Server;
use crate::http::work::block;
use crate::sync::exchange;

/// Pushes and pulls in one round trip.
pub(in crate::http) async fn sync(
    phone: Bearer<Sync>,
    server: Data<Server>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let bytes = body::read(payload, limits::BODY_BYTES).await?;
    let headers = request.headers().clone();
    let answer = block(move || {
        let request = body::request(&headers, bytes)?;
        let scope = phone.admit(&server)?;
        let mut response = exchange(&server.engine, &scope, &request, now_ms())?;
        let other_life = request.server_epoch.is_some_and(|of| of != response.server_epoch);
        if request.wants_rescue_key || other_life {
            response.rescue_key = Some(server.desk.public_key().to_vec().into());
        }
        body::response(response)
    });
    Ok(body::answer(answer.await??))
}
