//! A compound with buildings, units and rooms.

use sync_protocol::records::Role;

use super::*;
use crate::testing::{Phone, entries};

/// Compound, building, unit, room.
const DOORS: [(&str, &str, &str, &str); 9] = [
    ("杏园路4号", "10号楼", "1单元", "201"),
    ("杏园路4号", "2号楼", "十单元", "1001"),
    ("杏园路4号", "2号楼", "二单元", "301"),
    ("杏园路4号", "2号楼", "二单元", "1001"),
    ("杏园路4号", "2号楼", "二单元", "201"),
    ("槐荫街12号", "2号楼", "", "101"),
    ("杏园路4号", "", "", "传达室"),
    ("杏园路4号", "", "", ""),
    ("杏园路4号", "2号楼", "二单元", "401"),
];

fn compound() -> Phone {
    let phone = Phone::new(1, &[Role::Coordinator]);
    for (place, (road, building, unit, room)) in DOORS.iter().enumerate() {
        let address = format!("{road}{building}{unit}{room}");
        let usage = if place == 8 { "shop" } else { "rented" };
        let mut values = vec![("address", address.as_str()), ("use", usage)];
        values.extend([("building", *building), ("unit", *unit), ("room", *room)]);
        values.retain(|(_, text)| !text.is_empty());
        let values = entries(&values);
        let code = format!("210102001003{place}");
        phone.client.open_premises(None, code, values).unwrap();
    }
    phone
}

/// Every room as building/unit/room, in the order of the tree.
fn paths(tree: &[BuildingNode]) -> Vec<String> {
    let mut paths = Vec::new();
    for building in tree {
        for unit in &building.units {
            let path = |room: &RoomNode| {
                format!("{}|{}|{}|{}", building.compound, building.name, unit.name, room.name)
            };
            paths.extend(unit.rooms.iter().map(path));
        }
    }
    paths
}

const ON: &str = "2100-01-01";

#[test]
fn homes_stand_by_building_unit_and_room_two_before_ten() {
    let phone = compound();
    let tree = phone.client.tree(None, Some(ON.into())).unwrap();
    assert_eq!(
        paths(&tree),
        [
            "杏园路4号|2号楼|二单元|201",
            "杏园路4号|2号楼|二单元|301",
            "杏园路4号|2号楼|二单元|401",
            "杏园路4号|2号楼|二单元|1001",
            "杏园路4号|2号楼|十单元|1001",
            "杏园路4号|10号楼|1单元|201",
            "槐荫街12号|2号楼||101",
            "|||传达室",
            "|||杏园路4号",
        ]
    );
}

#[test]
fn counts_are_those_of_the_rooms_below() {
    let phone = compound();
    let home = phone.client.find("2-2-301".into(), Default::default()).unwrap().remove(0).record;
    let stay = |number: &str, departed: Option<&str>| {
        let mut values = entries(&[
            ("name", "李春梅"),
            ("document_type", "passport"),
            ("document_number", number),
            ("category", "migrant"),
            ("arrived_on", "2020-01-01"),
        ]);
        values.extend(departed.map(|day| entries(&[("departed_on", day)])).unwrap_or_default());
        phone.client.register_residency(home.clone(), values).unwrap();
    };
    stay("E12345678", None);
    stay("E12345679", Some("2099-01-01"));
    stay("E12345670", Some("2100-06-01"));
    let tree = phone.client.tree(Some(crate::testing::AREA.to_string()), Some(ON.into())).unwrap();
    let building = &tree[0];
    assert_eq!((building.homes, building.residents, building.due), (5, 2, 4));
    let unit = &building.units[0];
    assert_eq!((unit.homes, unit.residents, unit.due), (4, 2, 3));
    let rooms: Vec<_> = unit.rooms.iter().map(|room| (room.residents, room.due)).collect();
    assert_eq!(rooms, [(0, 1), (2, 1), (0, 0), (0, 1)], "an unvisited shop is nobody's household");
    assert!(building.overdue_days == unit.overdue_days && unit.overdue_days > Some(0));
    assert_eq!(unit.rooms[2].overdue_days, None);
    assert_eq!(unit.rooms[1].premises, home);

    phone.client.edit(home.clone(), entries(&[("voided", "重复")])).unwrap();
    let tree = phone.client.tree(None, Some(ON.into())).unwrap();
    assert_eq!(tree[0].units[0].homes, 3, "a void home is left out");
    assert!(!format!("{tree:?}").contains("号楼"));
    let wrong = phone.client.tree(Some("x".into()), None).unwrap_err();
    assert_eq!(wrong.problem().code, "wrong_input");
}
