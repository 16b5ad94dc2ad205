//! Every route, on one page. What each is for stands in its handler's first argument.

use actix_web::web::{ServiceConfig, to};

use super::console;
use super::error::{json_config, path_config, query_config};
use super::routes::{
    account, areas, badge, device_care, devices, duty, health, oidc, own_devices, people, photos,
    quarantine, reports, requests, rescue, roster, search, showing, staff, sync, trail, wait,
};
use super::table::Routes;

/// The routes.
pub fn routes() -> Routes {
    Routes::default()
        // Phones.
        .post("/v1/devices/enrol", devices::enrol)
        .post("/v1/devices/nonce", devices::nonce)
        .post("/v1/devices/token", devices::token)
        .post("/v1/devices/key", devices::rotate_key)
        .post("/v1/devices/hand-in", rescue::hand_in_revoked)
        .post("/v1/sync", sync::sync)
        .post("/v1/wait", wait::wait)
        .get("/v1/photos/{area}/{photo}/parts", photos::progress)
        .put("/v1/photos/{area}/{photo}/parts/{part}", photos::put_part)
        .post("/v1/photos/{area}/{photo}/complete", photos::complete)
        .get("/v1/rescue/key", rescue::key)
        // Staff.
        .get("/v1/staff/sign-in", staff::ways_in)
        .post("/v1/staff/sign-in", staff::sign_in)
        .post("/v1/staff/second-factor", staff::show_second_factor)
        .post("/v1/staff/invitation", staff::accept)
        .post("/v1/staff/oidc/leave", oidc::leave)
        .get("/v1/staff/oidc/callback", oidc::callback)
        .post("/v1/staff/sign-out", staff::sign_out)
        .get("/v1/staff/me", staff::me)
        .post("/v1/staff/account/password", account::change_password)
        .post("/v1/staff/account/second-factor/offer", account::offer_second_factor)
        .post("/v1/staff/account/second-factor/confirm", account::confirm_second_factor)
        .post("/v1/staff/account/second-factor/remove", account::remove_second_factor)
        .post("/v1/staff/account/recovery-codes", account::renew_recovery_codes)
        .get("/v1/staff/account/sessions", account::sessions)
        .post("/v1/staff/account/sessions/end-others", account::end_other_sessions)
        .post("/v1/staff/account/sessions/{session}/end", account::end_session)
        .get("/v1/staff/devices", own_devices::list)
        .post("/v1/staff/devices/{device}/revoke", own_devices::revoke)
        .get("/v1/areas", areas::list)
        .get("/v1/reports", reports::list)
        .get("/v1/reports/{area}/{report}", reports::show)
        .get("/v1/quarantine", quarantine::list)
        .post("/v1/quarantine/{area}/{record}/{change}/adopt", quarantine::adopt)
        .post("/v1/quarantine/{area}/{record}/{change}/dismiss", quarantine::dismiss)
        .post("/v1/rescue", rescue::hand_in)
        .get("/v1/photos/{area}/{photo}/thumbnail", photos::thumbnail)
        .get("/v1/photos/{area}/{photo}/web", photos::web)
        .post("/v1/records/{area}/{record}/fields/{field}/show", showing::show)
        .post("/v1/search", search::search)
        .get("/v1/requests", requests::list)
        .post("/v1/requests", requests::take)
        .get("/v1/requests/{request}", requests::show)
        .post("/v1/requests/{request}/change", requests::change)
        .post("/v1/requests/{request}/approve", requests::approve)
        .post("/v1/requests/{request}/decline", requests::decline)
        .post("/v1/requests/{request}/hand-out", requests::hand_out)
        .post("/v1/requests/{request}/erase", requests::erase)
        .post("/v1/requests/{request}/close", requests::close)
        .get("/v1/trail", trail::list)
        .get("/v1/trail/acts", trail::acts)
        .get("/v1/trail/export", trail::export)
        .get("/v1/people", people::list)
        .post("/v1/people/{person}/enrolment-code", people::invite)
        .get("/v1/duty", duty::plan)
        .post("/v1/people/{person}/roles", duty::give_role)
        .post("/v1/people/{person}/roles/end", duty::end_role)
        .post("/v1/people/{person}/absences", duty::enter_absence)
        .post("/v1/people/{person}/absences/{absence}/stand-in", duty::name_stand_in)
        .post("/v1/people/{person}/absences/{absence}/end", duty::end_absence)
        .get("/v1/devices", device_care::list)
        .post("/v1/devices/{device}/rename", device_care::rename)
        .post("/v1/devices/{device}/suspend", device_care::suspend)
        .post("/v1/devices/{device}/resume", device_care::resume)
        .post("/v1/devices/{device}/revoke", device_care::revoke)
        // Residents.
        .get("/badge/{code}", badge::page)
        .get("/roster", roster::list)
        .get("/roster/{area}", roster::area)
        // Operators.
        .get("/health", health::health)
        // The console's own files; the rest of them by their names.
        .get("/", console::file)
}

/// Mounts the routes.
pub(super) fn configure(app: &mut ServiceConfig) {
    app.app_data(json_config()).app_data(path_config()).app_data(query_config());
    routes().mount(app);
    app.default_service(to(console::file));
}
