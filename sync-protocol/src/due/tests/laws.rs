//! What holds of every town.

use super::*;

fn day() -> impl Strategy<Value = String> {
    let begin = date("2023-11-01");
    (0..900_i64).prop_map(move |days| (begin + chrono::TimeDelta::days(days)).to_string())
}

fn one_of(codes: &'static [&'static str]) -> impl Strategy<Value = String> {
    (0..codes.len()).prop_map(|at| codes[at].to_owned())
}

type Values = Vec<(&'static str, String)>;

/// Somebody's record of some kind: about the first home or the second, on some day.
fn record() -> impl Strategy<Value = (Kind, u8, Values)> {
    let void = one_of(&["", "", "", "误填"]);
    let state = one_of(&["draft", "submitted", "accepted"]);
    let usage = one_of(&["rented", "owner_occupied", "vacant", "shop", ""]);
    let tier = one_of(&["key", "ordinary", ""]);
    let outcome = one_of(&["met", "no_answer", "refused", "vacant"]);
    let verdict = one_of(&["pass", "rectify", "unsafe"]);
    let days = (day(), day(), day());
    let report = (state, outcome, verdict, "[0-9]");
    (0..4_usize, 0..2_u8, void, days, (usage, tier), report).prop_map(
        |(kind, home, void, (first, second, third), (usage, tier), report)| {
            let (state, outcome, verdict, number) = report;
            let kind = Kind::ALL[kind];
            let mut values: Values = vec![("voided", void)];
            values.extend(match kind {
                Kind::Premises => vec![("use", usage), ("tier", tier)],
                Kind::Residency => vec![
                    ("arrived_on", first),
                    ("departed_on", if number.as_str() < "5" { second } else { String::new() }),
                    ("permit", "issued".into()),
                    ("permit_issued_on", third),
                    ("permit_years", "1".into()),
                ],
                Kind::Visit => vec![
                    ("state", state),
                    ("started_at", first),
                    ("outcome", outcome),
                    ("call_back_on", second),
                ],
                Kind::Inspection => vec![
                    ("state", state),
                    ("started_at", first),
                    ("verdict", verdict),
                    ("rectify_by", second),
                    ("occupants_found", number),
                ],
            });
            (kind, home, values)
        },
    )
}

fn town(records: &[(Kind, u8, Values)]) -> Town {
    let mut town = Town::default();
    for (place, (kind, home, values)) in records.iter().enumerate() {
        let home = RecordId([*home; 16]);
        let about = home.to_string();
        let mut all: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let mut id = home;
        if *kind != Kind::Premises {
            all.push(("premises", &about));
            id = RecordId([place as u8 + 10; 16]);
        }
        town.put(id, *kind, &all);
    }
    town
}

fn until(town: &Town, on: &str, until: &str) -> Vec<Due> {
    let facts = town.0.iter().map(|(record, fact)| (*record, fact));
    due(facts, &Cadences::default(), date(on), date(until))
}

proptest! {
    #[test]
    fn the_list_does_not_depend_on_the_order_of_the_records(
        records in proptest::collection::vec(record(), 0..12),
        on in day(),
        turn in 0..12_usize,
    ) {
        let town = town(&records);
        let mut turned = Town(town.0.clone());
        turned.0.rotate_left(turn % town.0.len().max(1));
        prop_assert_eq!(turned.due(&on), town.due(&on));
    }

    #[test]
    fn the_most_overdue_comes_first_and_nothing_is_due_beyond_the_day_asked_for(
        records in proptest::collection::vec(record(), 0..12),
        on in day(),
        ahead in 0..60_i64,
    ) {
        let town = town(&records);
        let last = date(&on) + chrono::TimeDelta::days(ahead);
        let found = until(&town, &on, &last.to_string());
        prop_assert!(found.is_sorted_by_key(|due| std::cmp::Reverse(due.overdue_days)));
        for due in &found {
            prop_assert!(due.due_on <= last);
            prop_assert_eq!(due.overdue_days, (date(&on) - due.due_on).num_days());
        }
        let today: Vec<&Due> = found.iter().filter(|due| due.overdue_days >= 0).collect();
        let asked = town.due(&on);
        prop_assert_eq!(today, asked.iter().collect::<Vec<_>>());
    }

    #[test]
    fn homes_do_not_meddle_with_each_other_and_the_void_with_nobody(
        records in proptest::collection::vec(record(), 0..12),
        on in day(),
    ) {
        let all = town(&records).due(&on);
        for home in 0..2_u8 {
            let own: Vec<_> = records.iter().map(|(kind, at, values)| {
                let mut values = values.clone();
                // The others' records stay where they are, void.
                if *at != home {
                    values[0].1 = "误填".to_owned();
                }
                (*kind, *at, values)
            }).collect();
            let alone = town(&own).due(&on);
            let id = RecordId([home; 16]);
            let of_home: Vec<Due> = all.iter().filter(|due| due.premises == id).cloned().collect();
            prop_assert_eq!(alone, of_home);
        }
    }

    #[test]
    fn what_is_not_done_stays_due_day_after_day(
        records in proptest::collection::vec(record(), 0..12),
        on in day(),
    ) {
        // Nothing happens after the day, so that nothing can be settled.
        let mut quiet = records.clone();
        quiet.retain(|(_, _, values)| {
            let later = |key: &str| values.iter().any(|(k, v)| *k == key && v.as_str() > on.as_str());
            !later("started_at") && !later("departed_on") && !later("arrived_on")
        });
        let town = town(&quiet);
        let next = date(&on).succ_opt().unwrap().to_string();
        let tomorrow = town.due(&next);
        for due in town.due(&on) {
            let still = tomorrow.iter().find(|later| {
                (later.premises, later.record, later.reason) == (due.premises, due.record, due.reason)
            });
            let more = i64::from(on.as_str() >= OPENED);
            let overdue = still.map(|later| later.overdue_days);
            prop_assert!(overdue >= Some(due.overdue_days + more), "{:?} {:?}", due, overdue);
        }
    }
}
