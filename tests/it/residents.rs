//! The residents' side, through HTTP: looking somebody up, and what a resident asks of the district.

mod access;
mod attacks;
mod browser;
mod correction;
mod erasure;
mod erasures_command;
mod kept_rows;
mod others;
mod restored;
mod resumed;
mod retention;
mod retention_command;
mod roster;
mod search;
mod swapped;
mod unnumbered;

use doorstep_tests::handset::{address_code, text};
use doorstep_tests::world::{AREA, STREET};
use doorstep_tests::{Handset, World};
use serde_json::{Value as Json, json};
use sync_protocol::ids::AreaId;
use sync_protocol::records::Role;

use crate::console::Console;
use crate::trail::reading::staff;

pub(crate) const NUMBER: &str = "11010519491231002X";
pub(crate) const NAME: &str = "欧阳春晓";

/// A district with somebody registered, and staff of the street.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) phone: Handset,
    pub(crate) home: String,
    pub(crate) stay: String,
    pub(crate) taker: Console,
    pub(crate) reviewers: [Console; 2],
}

impl Scene {
    pub(crate) fn new() -> Self {
        let world = World::new();
        let phone = Handset::enrol(&world, &world.url, "李春梅", Role::Coordinator, AREA);
        let (home, stay) = registered(&phone, AREA, 1, NAME, NUMBER);
        let taker = staff(&world, "taker", Role::Supervisor, STREET);
        let reviewers = ["first", "second"].map(|name| staff(&world, name, Role::Reviewer, STREET));
        Self { world, phone, home, stay, taker, reviewers }
    }

    /// Takes a request in about the stay; answers its address.
    pub(crate) fn taken(&self, kind: &str) -> String {
        let (status, body) = self.taker.answer("POST", "/v1/requests", Some(&self.asked(kind)));
        assert_eq!(status, 200, "{body}");
        let body: Json = serde_json::from_str(&body).unwrap();
        format!("/v1/requests/{}", body["id"].as_str().unwrap())
    }

    /// What is asked for.
    pub(crate) fn asked(&self, kind: &str) -> Json {
        json!({ "kind": kind, "area": AREA.to_string(), "record": self.stay,
                "proof": "当面出示身份证", "reason": "已搬离本市,不再需要登记" })
    }

    /// The reviewers agree.
    pub(crate) fn agreed(&self, request: &str) {
        for reviewer in &self.reviewers {
            assert_eq!(
                reviewer.answer("POST", &format!("{request}/approve"), Some(&yes(1))).0,
                204
            );
        }
    }
}

pub(crate) fn yes(version: i64) -> Json {
    json!({ "version": version, "reason": "材料齐全,同意" })
}

/// Somebody registered at a home, synced: the home and the stay.
pub(crate) fn registered(
    phone: &Handset,
    area: AreaId,
    number: u32,
    name: &str,
    document: &str,
) -> (String, String) {
    let home = vec![text("address", "青泥洼桥路 5 号"), text("use", "rented")];
    let code = address_code(area, number);
    let home = phone.client().open_premises(Some(area.to_string()), code, home).unwrap().record;
    let person = vec![
        text("document_type", "resident_id"),
        text("document_number", document),
        text("name", name),
        text("phone", "19900007771"),
        text("occupation", "养蜂人"),
    ];
    let stay = phone.client().register_residency(home.clone(), person).unwrap().record;
    phone.client().sync().unwrap();
    (home, stay)
}
