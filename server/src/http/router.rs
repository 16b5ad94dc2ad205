//! Every route, on one page.

use actix_web::web::{ServiceConfig, get, post, put, resource, scope, to};

use super::console;
use super::error::{NotFound, json_config, path_config, query_config};
use super::routes::{
    areas, badge, devices, health, photos, quarantine, reports, rescue, showing, staff, sync,
    trail, wait,
};

/// Mounts the routes.
pub(super) fn configure(app: &mut ServiceConfig) {
    app.app_data(json_config()).app_data(path_config()).app_data(query_config());
    app.service(
        scope("/v1")
            // Phones.
            .route("/devices/enrol", post().to(devices::enrol))
            .route("/devices/nonce", post().to(devices::nonce))
            .route("/devices/token", post().to(devices::token))
            .route("/sync", post().to(sync::sync))
            .route("/wait", post().to(wait::wait))
            .route("/photos/{area}/{photo}/parts", get().to(photos::progress))
            .route("/photos/{area}/{photo}/parts/{part}", put().to(photos::put_part))
            .route("/photos/{area}/{photo}/complete", post().to(photos::complete))
            .route("/rescue/key", get().to(rescue::key))
            // Staff.
            .route("/staff/sign-in", post().to(staff::sign_in))
            .route("/staff/sign-out", post().to(staff::sign_out))
            .route("/staff/me", get().to(staff::me))
            .route("/areas", get().to(areas::list))
            .route("/reports", get().to(reports::list))
            .route("/reports/{area}/{report}", get().to(reports::show))
            .route("/quarantine", get().to(quarantine::list))
            .route("/quarantine/{area}/{record}/{change}/adopt", post().to(quarantine::adopt))
            .route("/quarantine/{area}/{record}/{change}/dismiss", post().to(quarantine::dismiss))
            .route("/rescue", post().to(rescue::hand_in))
            .route("/photos/{area}/{photo}/thumbnail", get().to(photos::thumbnail))
            .route("/photos/{area}/{photo}/web", get().to(photos::web))
            .route("/records/{area}/{record}/fields/{field}/show", post().to(showing::show))
            .route("/trail", get().to(trail::list))
            .route("/trail/acts", get().to(trail::acts))
            .route("/trail/export", get().to(trail::export))
            .default_service(to(|| async { NotFound })),
    );
    // Residents.
    app.service(resource("/badge/{code}").route(get().to(badge::page)));
    // Operators.
    app.service(resource("/health").route(get().to(health::health)));
    // The console's own files.
    app.default_service(get().to(console::file));
}
