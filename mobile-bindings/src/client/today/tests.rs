//! A phone with a few homes, and what is due there.

use sync_protocol::records::Role;
use sync_protocol::wire::Access;

use super::*;
use crate::client::{Entry, FieldValue};
use crate::testing::{AREA, Log, Phone, entries};

/// Noon in China.
fn noon(day: &str) -> i64 {
    let day: NaiveDate = day.parse().unwrap();
    day.and_hms_opt(4, 0, 0).unwrap().and_utc().timestamp_millis()
}

fn number(key: &str, number: i64) -> Entry {
    Entry { key: key.to_owned(), value: FieldValue::Number { number } }
}

/// A rented home that was visited and inspected on a day.
fn home(phone: &Phone, name: &str, done: &str, position: Option<(i64, i64)>) -> String {
    let mut values = entries(&[("address", name), ("use", "rented")]);
    if let Some((latitude, longitude)) = position {
        values.extend([number("latitude", latitude), number("longitude", longitude)]);
    }
    let code = format!("210102001003{name}");
    let home = phone.client.open_premises(None, code, values).unwrap().record;
    let mut visit = entries(&[("outcome", "met")]);
    visit.extend([
        number("started_at", noon(done)),
        Entry { key: "card_shown".into(), value: FieldValue::Flag { yes: true } },
    ]);
    phone.client.visit(home.clone(), visit, true).unwrap();
    inspect(phone, &home, done, &[("verdict", "pass")]);
    home
}

fn inspect(phone: &Phone, home: &str, day: &str, values: &[(&str, &str)]) -> String {
    let mut values = entries(values);
    values.push(number("started_at", noon(day)));
    phone.client.inspect(home.to_owned(), values, true).unwrap().record
}

fn street() -> Phone {
    let phone = Phone::new(1, &[Role::Coordinator, Role::Inspector]);
    home(&phone, "杏园路10号", "2026-06-01", Some((41_800_000, 123_400_000)));
    home(&phone, "杏园路2号", "2026-06-01", Some((41_790_000, 123_400_000)));
    home(&phone, "杏园路4号", "2026-06-01", None);
    home(&phone, "槐荫街1号", "2026-05-20", Some((41_900_000, 123_400_000)));
    home(&phone, "槐荫街3号", "2026-07-01", Some((41_790_000, 123_401_000)));
    phone
}

fn due(phone: &Phone, on: &str, filter: TodayFilter) -> Vec<DueLine> {
    phone.client.today(Some(on.to_owned()), filter).unwrap()
}

fn titles(lines: &[DueLine]) -> Vec<&str> {
    lines.iter().map(|line| line.title.as_str()).collect()
}

const HERE: Position = Position { latitude: 41.79, longitude: 123.4 };

#[test]
fn the_most_overdue_comes_first_then_the_nearest_then_by_address() {
    let phone = street();
    let none = TodayFilter::default;
    let all = due(&phone, "2026-07-02", none());
    assert_eq!(titles(&all), ["槐荫街1号", "杏园路2号", "杏园路4号", "杏园路10号"]);
    assert_eq!(all[0].overdue_days, 13);
    assert_eq!((all[1].due_on.as_str(), all[1].overdue_days), ("2026-07-01", 1));
    assert!(all.iter().all(|line| line.distance_m.is_none()));

    let near = due(&phone, "2026-07-02", TodayFilter { near: Some(HERE), ..none() });
    assert_eq!(titles(&near), ["槐荫街1号", "杏园路2号", "杏园路10号", "杏园路4号"]);
    let far: Vec<_> = near.iter().map(|line| line.distance_m).collect();
    assert_eq!(far, [Some(12_231), Some(0), Some(1_112), None]);

    let nearest = TodayFilter { near: Some(HERE), nearest_first: true, ..none() };
    let nearest = due(&phone, "2026-07-02", nearest);
    assert_eq!(titles(&nearest), ["杏园路2号", "杏园路10号", "槐荫街1号", "杏园路4号"]);
}

#[test]
fn a_districts_own_cadence_counts_instead_of_the_default() {
    let phone = street();
    let days = |phone: &Phone| due(phone, "2026-07-02", TodayFilter::default()).len();
    assert_eq!(days(&phone), 4, "inspected within 30 days, one home is not due");
    let json = r#"{"due": {"inspect_ordinary_days": 90}}"#.to_owned();
    let own = sync_protocol::wire::Configured { version: 1, json };
    phone.client.store.write(|t| crate::store::configuration::put(t, &own)).unwrap();
    assert_eq!(days(&phone), 0);
}

#[test]
fn a_limit_keeps_the_first_of_the_whole_list() {
    let phone = street();
    for near in [None, Some(HERE)] {
        let with = |limit| TodayFilter { near, limit, ahead_days: 400, ..TodayFilter::default() };
        let all = due(&phone, "2026-07-02", with(None));
        assert_eq!(all.len(), 10, "each home is inspected and visited within 400 days");
        for limit in 0..=10 {
            let some = due(&phone, "2026-07-02", with(Some(limit)));
            assert_eq!(some, all[..limit as usize]);
        }
    }
}

#[test]
fn what_is_due_says_why_in_both_languages() {
    let phone = Phone::new(1, &[Role::Coordinator, Role::Inspector]);
    let home = home(&phone, "杏园路2号", "2026-06-01", None);
    let person = [
        ("name", "李春梅"),
        ("document_type", "passport"),
        ("document_number", "E12345678"),
        ("category", "migrant"),
        ("arrived_on", "2026-05-01"),
        ("permit", "issued"),
        ("permit_number", "210102123456"),
        ("permit_issued_on", "2025-07-01"),
    ];
    let mut person = entries(&person);
    person.push(number("permit_years", 1));
    let stay = phone.client.register_residency(home.clone(), person).unwrap().record;
    let rectify =
        [("verdict", "rectify"), ("rectification", "换软管"), ("rectify_by", "2026-06-20")];
    let inspection = inspect(&phone, &home, "2026-06-10", &rectify);
    let all = due(&phone, "2026-06-21", TodayFilter::default());
    let said: Vec<_> = all
        .iter()
        .map(|line| (line.reason.as_str(), line.because.zh.as_str(), line.because.en.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("renew_permit", "有效期至 2026-07-01", "ends on 2026-07-01"),
            ("inspect_key", "上次检查 2026-06-10", "last inspected 2026-06-10"),
            ("check_rectification", "检查于 2026-06-10", "found on 2026-06-10"),
        ]
    );
    assert_eq!(all[0].person.as_deref(), Some("李春梅"));
    assert_eq!(all[0].record.as_ref(), Some(&stay));
    assert_eq!(all[2].record.as_ref(), Some(&inspection));
    assert!(all.iter().all(|line| line.premises == home && line.area == AREA.to_string()));
    assert_eq!((all[1].words.zh.as_str(), &all[1].record), ("重点出租房屋检查", &None));

    let only = TodayFilter { reason: Some("renew_permit".into()), ..TodayFilter::default() };
    assert_eq!(due(&phone, "2026-06-21", only).len(), 1);
    // The day that nobody has said is today, whenever that is.
    assert!(phone.client.today(None, TodayFilter::default()).is_ok());
}

#[test]
fn a_coordinators_list_has_no_inspections_unless_everyones_is_asked_for() {
    let inspector = street();
    let mut log = Log::default();
    log.take(&inspector);
    let coordinator = Phone::new(2, &[Role::Coordinator]);
    coordinator.apply(&log.answer(&coordinator, 0), None).unwrap();
    let visits = due(&coordinator, "2027-06-10", TodayFilter::default());
    assert!(!visits.is_empty() && visits.iter().all(|line| line.reason == "visit_household"));
    let everyones = TodayFilter { everyones: true, ..TodayFilter::default() };
    assert_eq!(
        due(&coordinator, "2027-06-10", everyones),
        due(&inspector, "2027-06-10", TodayFilter::default())
    );
}

#[test]
fn of_an_area_that_is_not_the_persons_any_more_nothing_is_due() {
    let phone = street();
    let mut answer = Log::default().answer(&phone, 0);
    answer.areas.clear();
    answer.access = vec![Access::Revoked { area: AREA }];
    phone.apply(&answer, None).unwrap();
    let everyones = TodayFilter { everyones: true, ..TodayFilter::default() };
    assert_eq!(due(&phone, "2027-06-10", everyones), []);
    assert!(phone.client.tree(None, None).unwrap().is_empty());
    assert!(phone.client.find("杏园路".into(), Default::default()).unwrap().is_empty());
}

#[test]
fn a_day_or_a_filter_that_is_none_is_told_to_be_wrong() {
    let phone = street();
    let code = |on: Option<&str>, filter| {
        let refused = phone.client.today(on.map(str::to_owned), filter).unwrap_err();
        refused.problem().code.clone()
    };
    assert_eq!(code(Some("2026-02-30"), TodayFilter::default()), "wrong_input");
    for filter in [
        TodayFilter { area: Some("x".into()), ..TodayFilter::default() },
        TodayFilter { premises: Some("x".into()), ..TodayFilter::default() },
        TodayFilter { reason: Some("x".into()), ..TodayFilter::default() },
    ] {
        assert_eq!(code(None, filter), "wrong_input");
    }
    let nowhere = Position { latitude: f64::NAN, longitude: 0.0 };
    let lines =
        due(&phone, "2026-07-02", TodayFilter { near: Some(nowhere), ..TodayFilter::default() });
    assert!(lines.iter().all(|line| line.distance_m.is_none()) && !lines.is_empty());
    assert!(!format!("{lines:?}").contains("杏园路"));
}
