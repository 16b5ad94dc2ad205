//! The hierarchy of the seed's district: city > district > street > community > grid cell.
//!
//! Real: 沈阳市 (210100), 和平区 (210102) and the nine-digit codes of eight of its streets, from the
//! published statistical division codes. Invented: the communities, whose last three digits follow
//! the standard's form (001 to 199 for residents' committees), the cells with three digits more, and
//! the roads.

use sync_protocol::ids::AreaId;

use super::{District, Plan, SeedArea};

const CITY: AreaId = AreaId(210_100_000_000);
/// The district, whose reviewer sees every report.
pub(super) const DISTRICT: AreaId = AreaId(210_102_000_000);

/// Streets of 和平区: nine-digit code, zh, en.
const STREETS: &[(u64, &str, &str)] = &[
    (210_102_019, "南湖街道", "Nanhu Subdistrict"),
    (210_102_016, "马路湾街道", "Maluwan Subdistrict"),
    (210_102_021, "长白街道", "Changbai Subdistrict"),
    (210_102_022, "太原街街道", "Taiyuanjie Subdistrict"),
    (210_102_023, "北市场街道", "Beishichang Subdistrict"),
    (210_102_025, "南市场街道", "Nanshichang Subdistrict"),
    (210_102_027, "沈水湾街道", "Shenshuiwan Subdistrict"),
    (210_102_028, "浑河站西街道", "Hunhezhanxi Subdistrict"),
];

const COMMUNITIES: &[(&str, &str)] = &[
    ("梧桐", "Wutong"),
    ("槐香", "Huaixiang"),
    ("杏林", "Xinglin"),
    ("望湖", "Wanghu"),
    ("锦绣", "Jinxiu"),
    ("清泉", "Qingquan"),
    ("翠竹", "Cuizhu"),
    ("丁香", "Dingxiang"),
    ("春晖", "Chunhui"),
    ("松涛", "Songtao"),
    ("银杏", "Yinxing"),
    ("康宁", "Kangning"),
    ("朝霞", "Zhaoxia"),
    ("柳荫", "Liuyin"),
    ("书香", "Shuxiang"),
    ("和顺", "Heshun"),
    ("枫林", "Fenglin"),
    ("安居", "Anju"),
    ("晨光", "Chenguang"),
];

const ROADS: &[&str] = &[
    "杏园路",
    "槐荫街",
    "柳岸路",
    "松石街",
    "枫桥路",
    "桃李街",
    "竹影路",
    "丁香街",
    "银杏路",
    "梅苑街",
    "兰亭路",
    "荷塘街",
    "芳草路",
];

/// Most communities of one street and most cells of one community, by their three digits.
const MOST: (usize, usize) = (199, 999);

/// The district of a plan: every level, parents before their children.
pub(super) fn district(plan: &Plan) -> District {
    let mut areas = vec![
        area(CITY, None, "city", "沈阳市".into(), "Shenyang".into(), 0),
        area(DISTRICT, Some(CITY), "district", "和平区".into(), "Heping District".into(), 0),
    ];
    let cells = plan.areas.div_ceil(STREETS.len() * MOST.0).clamp(4, MOST.1);
    let communities = plan.areas.div_ceil(cells).min(STREETS.len() * MOST.0);
    let streets = communities.div_ceil(4).clamp(1, STREETS.len());
    let per_street = communities.div_ceil(streets).max(1);
    for index in 0..plan.areas.min(communities * cells) {
        let (community, cell) = (index / cells, index % cells);
        let (street, nth) = (community / per_street, community % per_street);
        let Some((code, zh, en)) = STREETS.get(street) else {
            break;
        };
        let street_id = AreaId(code * 1_000);
        let community_id = AreaId(street_id.0 + nth as u64 + 1);
        let (name_zh, name_en) = community_name(street, nth);
        if cell == 0 && nth == 0 {
            let (zh, en) = ((*zh).to_owned(), (*en).to_owned());
            areas.push(area(street_id, Some(DISTRICT), "street", zh, en, 0));
        }
        if cell == 0 {
            let (zh, en) = (name_zh.clone(), name_en.clone());
            areas.push(area(community_id, Some(street_id), "community", zh, en, 0));
        }
        let id = AreaId(community_id.0 * 1_000 + cell as u64 + 1);
        let zh = format!("{name_zh}第{}网格", cell + 1);
        let en = format!("{name_en}, cell {}", cell + 1);
        areas.push(area(id, Some(community_id), "cell", zh, en, plan.homes_per_area));
    }
    District {
        name_zh: "沈阳市和平区".into(), name_en: "Heping District, Shenyang".into(), areas
    }
}

fn area(
    id: AreaId,
    parent: Option<AreaId>,
    level: &'static str,
    name_zh: String,
    name_en: String,
    homes: usize,
) -> SeedArea {
    SeedArea { id, parent, level, name_zh, name_en, homes }
}

/// A community's name: a word of the list, and a number once the list is used up.
fn community_name(street: usize, nth: usize) -> (String, String) {
    let at = (street * 5 + nth) % COMMUNITIES.len();
    let (zh, en) = COMMUNITIES.get(at).copied().unwrap_or_default();
    match nth / COMMUNITIES.len() {
        0 => (format!("{zh}社区"), format!("{en} Community")),
        more => (format!("{zh}第{}社区", more + 1), format!("{en} Community No. {}", more + 1)),
    }
}

/// The address of a cell's compound, down to the number in the road; none for other levels.
pub(super) fn address(cell: AreaId) -> Option<String> {
    let street = STREETS.iter().position(|(code, ..)| *code == cell.0 / 1_000_000)?;
    let (_, street_zh, _) = STREETS.get(street)?;
    let nth = usize::try_from(cell.0 / 1_000 % 1_000).ok()?.checked_sub(1)?;
    let number = usize::try_from(cell.0 % 1_000).ok()?;
    let road = ROADS.get((street * 5 + nth * 3 + number / 20) % ROADS.len())?;
    let (community, _) = community_name(street, nth);
    Some(format!("沈阳市和平区{street_zh}{community}{road}{}号", nth * 20 + number * 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn plan(areas: usize) -> Plan {
        Plan { number: 1, areas, homes_per_area: 5, today: Default::default() }
    }

    #[test]
    fn every_parent_stands_before_its_children_and_every_id_once() {
        for areas in [0, 1, 4, 25, 200, 7_000] {
            let mut seen = BTreeSet::new();
            let district = district(&plan(areas));
            for area in &district.areas {
                assert!(area.parent.is_none_or(|parent| seen.contains(&parent)));
                assert!(seen.insert(area.id));
                assert_eq!(AreaId::from_code(&area.id.to_string()), Ok(area.id));
            }
            let cells = district.areas.iter().filter(|area| area.level == "cell").count();
            assert_eq!(cells, areas);
        }
    }

    #[test]
    fn each_cell_has_an_address_and_no_other_level_has() {
        for area in district(&plan(40)).areas {
            assert_eq!(address(area.id).is_some(), area.level == "cell", "{}", area.name_en);
        }
    }
}
