//! How each route is asked: its address with ids in it, and a body that it would take.

use std::fmt::Write as _;

use doorstep::auth::Action;
use doorstep::http::router::routes;
use serde_json::{Value as Json, json};
use sync_protocol::ids::{AreaId, ChangeHash, RecordId};
use sync_protocol::records::Role;
use sync_protocol::wire::{Request, encode};

use super::matrix::{Cast, PASSWORD};

/// Those who sign in to the console.
pub(super) const STAFF: [Role; 4] =
    [Role::Reviewer, Role::Supervisor, Role::Administrator, Role::Auditor];

/// What a request names.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) area: AreaId,
    pub(super) record: RecordId,
    /// The report's premises, with a landlord's phone.
    pub(super) home: RecordId,
    /// Of a refused change.
    pub(super) kept: RecordId,
    pub(super) change: ChangeHash,
    pub(super) photo: ChangeHash,
    pub(super) device: String,
    pub(super) person: String,
    /// Who could stand in for the person.
    pub(super) stand_in: String,
    /// Of the person.
    pub(super) absence: i64,
    /// Of a resident.
    pub(super) request: String,
}

impl Target {
    /// What is there, in the community; the absence anew, for it may have been ended.
    pub(super) fn existing(cast: &Cast) -> Self {
        Self { absence: cast.absence(), ..cast.target.clone() }
    }

    /// What is nowhere.
    pub(super) fn random() -> Self {
        Self {
            area: AreaId(210_102_009_009),
            record: RecordId([0xe7; 16]),
            home: RecordId([0xe7; 16]),
            kept: RecordId([0xe7; 16]),
            change: ChangeHash([0xe7; 32]),
            photo: ChangeHash([0xe7; 32]),
            device: "e7".repeat(8),
            person: sync_protocol::ids::PersonId([0xe7; 16]).to_string(),
            stand_in: sync_protocol::ids::PersonId([0xe7; 16]).to_string(),
            absence: 7_777_777,
            request: "e7e7e7e7-e7e7-e7e7-e7e7-e7e7e7e7e7e7".to_owned(),
        }
    }
}

/// By what somebody asks.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    Nobody,
    Cookie(String),
    /// The same, from a page that is not the console's.
    CookieOfAnotherSite(String),
    Token(String),
}

/// A route and what is sent to it.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) body: Vec<u8>,
    pub(super) content_type: &'static str,
}

impl Case {
    /// What the router says it is for.
    pub(super) fn action(&self) -> Action {
        let routes = routes();
        let same = |listed: &&doorstep::http::table::Listed| {
            listed.method.as_str() == self.method && listed.path == self.path
        };
        routes.listed().iter().find(same).expect("a route").action
    }

    /// Whether its address names something that may be there or not.
    pub(super) fn names_something(&self) -> bool {
        self.path.contains('{')
    }

    /// Whether its body does.
    pub(super) fn body_names_something(&self) -> bool {
        let names = ["{area}", "{home}", "{stand_in}"];
        std::str::from_utf8(&self.body).is_ok_and(|body| names.iter().any(|it| body.contains(it)))
    }

    /// Its body, with the ids of a target.
    pub(super) fn content(&self, target: &Target) -> Vec<u8> {
        let Ok(body) = std::str::from_utf8(&self.body) else { return self.body.clone() };
        let body = body
            .replace("{area}", &target.area.to_string())
            .replace("{home}", &target.home.to_string())
            .replace("{stand_in}", &target.stand_in);
        body.into_bytes()
    }

    /// Its address, with the ids of a target.
    pub(super) fn address(&self, target: &Target) -> String {
        let shown = |path: &str| {
            path.replace("{record}/fields/{field}", &format!("{}/fields/owner_phone", target.home))
        };
        let mut path = shown(self.path)
            .replace("{area}", &target.area.to_string())
            .replace("{report}", &target.record.to_string())
            .replace("{record}", &target.kept.to_string())
            .replace("{change}", &target.change.to_string())
            .replace("{photo}", &target.photo.to_string())
            .replace("{device}", &target.device)
            .replace("{person}", &target.person)
            .replace("{absence}", &target.absence.to_string())
            .replace("{request}", &target.request)
            .replace("{session}", "018f0000-0000-7000-8000-000000000000")
            .replace("{part}", "0")
            .replace("{code}", "none");
        if self.path.starts_with("/v1/photos") {
            let _ = write!(path, "?size=3&record={}", target.record);
        }
        path
    }
}

/// A request of the home's landlord.
fn asked() -> Json {
    json!({ "kind": "access", "area": "{area}", "record": "{home}",
            "proof": "当面出示身份证", "reason": "本人查阅登记内容" })
}

/// Every route of the server.
pub(super) fn all() -> Vec<Case> {
    let get = |path| Case { method: "GET", path, body: Vec::new(), content_type: "" };
    let post = |path, body: Json| Case {
        method: "POST",
        path,
        body: body.to_string().into_bytes(),
        content_type: "application/json",
    };
    let nothing = || json!({});
    let reason = || json!({ "reason": "核对" });
    let role = || json!({ "area": "{area}", "role": "inspector", "reason": "顶替休假的同事" });
    let (zeros, signature) = ("0".repeat(64), "0".repeat(128));
    let device = "0".repeat(16);
    let idle = zstd::bulk::compress(&encode(&Request::idle("tests")), 3).expect("zstd");
    vec![
        post(
            "/v1/devices/enrol",
            json!({ "code": "none", "public_key": zeros, "name": "n", "app": "a" }),
        ),
        post("/v1/devices/nonce", json!({ "device": device })),
        post(
            "/v1/devices/token",
            json!({ "device": device, "nonce": zeros, "signature": signature }),
        ),
        post(
            "/v1/devices/key",
            json!({ "old_key": zeros, "new_key": zeros, "old_signature": signature,
                    "new_signature": signature }),
        ),
        post("/v1/devices/hand-in", nothing()),
        Case { method: "POST", path: "/v1/sync", body: idle, content_type: "application/cbor" },
        post("/v1/wait", json!({ "areas": [], "timeout_ms": 0 })),
        get("/v1/photos/{area}/{photo}/parts"),
        Case {
            method: "PUT",
            path: "/v1/photos/{area}/{photo}/parts/{part}",
            body: vec![1, 2, 3],
            content_type: "application/octet-stream",
        },
        post("/v1/photos/{area}/{photo}/complete", nothing()),
        get("/v1/rescue/key"),
        post("/v1/staff/sign-in", json!({ "name": "nobody", "password": "none of ours" })),
        get("/v1/staff/sign-in"),
        post("/v1/staff/second-factor", json!({ "code": "000000" })),
        post("/v1/staff/invitation", json!({ "code": "none", "password": "none of ours at all" })),
        post("/v1/staff/oidc/leave", nothing()),
        get("/v1/staff/oidc/callback"),
        post("/v1/staff/account/password", json!({ "old": PASSWORD, "new": "short" })),
        post("/v1/staff/account/second-factor/offer", nothing()),
        post("/v1/staff/account/second-factor/confirm", json!({ "code": "000000" })),
        post("/v1/staff/account/second-factor/remove", json!({ "password": PASSWORD })),
        post("/v1/staff/account/recovery-codes", json!({ "password": PASSWORD })),
        get("/v1/staff/account/sessions"),
        post("/v1/staff/account/sessions/end-others", nothing()),
        post("/v1/staff/account/sessions/{session}/end", nothing()),
        post("/v1/staff/sign-out", nothing()),
        get("/v1/staff/me"),
        get("/v1/staff/devices"),
        post("/v1/staff/devices/{device}/revoke", reason()),
        get("/v1/areas"),
        get("/v1/reports"),
        get("/v1/reports/{area}/{report}"),
        get("/v1/quarantine"),
        post("/v1/quarantine/{area}/{record}/{change}/adopt", reason()),
        post("/v1/quarantine/{area}/{record}/{change}/dismiss", reason()),
        Case {
            method: "POST",
            path: "/v1/rescue",
            body: b"no bundle".to_vec(),
            content_type: "application/octet-stream",
        },
        get("/v1/photos/{area}/{photo}/thumbnail"),
        get("/v1/photos/{area}/{photo}/web"),
        post(
            "/v1/records/{area}/{record}/fields/{field}/show",
            json!({ "purpose": "check", "words": "与本人核对" }),
        ),
        post("/v1/search", json!({ "by": "name", "words": "春" })),
        get("/v1/requests"),
        post("/v1/requests", asked()),
        get("/v1/requests/{request}"),
        post("/v1/requests/{request}/change", asked()),
        post("/v1/requests/{request}/approve", json!({ "version": 1, "reason": "材料齐全,同意" })),
        post("/v1/requests/{request}/hand-out", nothing()),
        post("/v1/requests/{request}/erase", nothing()),
        post("/v1/requests/{request}/close", nothing()),
        post("/v1/requests/{request}/decline", json!({ "reason": "证件与本人不符" })),
        get("/v1/trail"),
        get("/v1/trail/acts"),
        get("/v1/trail/export"),
        get("/v1/people"),
        post("/v1/people/{person}/enrolment-code", json!({ "server": "http://localhost" })),
        get("/v1/duty"),
        post("/v1/people/{person}/roles", role()),
        post("/v1/people/{person}/roles/end", role()),
        post(
            "/v1/people/{person}/absences",
            json!({ "from": "2998-01-01", "until": "2998-01-31", "stand_in": "{stand_in}" }),
        ),
        post(
            "/v1/people/{person}/absences/{absence}/stand-in",
            json!({ "stand_in": "{stand_in}" }),
        ),
        post("/v1/people/{person}/absences/{absence}/end", nothing()),
        get("/v1/devices"),
        post("/v1/devices/{device}/rename", json!({ "name": "另一台" })),
        post("/v1/devices/{device}/suspend", reason()),
        post("/v1/devices/{device}/resume", reason()),
        post("/v1/devices/{device}/revoke", reason()),
        get("/badge/{code}"),
        get("/roster"),
        get("/roster/{area}"),
        get("/health"),
        get("/"),
    ]
}
