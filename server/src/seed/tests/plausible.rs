//! A district looks like one: uses as in real life, something in every list of what is due, and
//! nothing that happens after today.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sync_protocol::records::Value;

use super::super::{Report, Values, days};
use super::{all, day, get, plan, word};

#[test]
fn uses_are_as_in_real_life_and_lists_of_what_is_due_have_something_to_show() {
    let plan = plan(1);
    let homes = all(&plan);
    let count = |usage: &str| homes.iter().filter(|h| word(&h.premises, "use") == usage).count();
    assert!((800..1_000).contains(&count("owner_occupied")), "{}", count("owner_occupied"));
    assert!((620..800).contains(&count("rented")), "{}", count("rented"));
    for usage in ["dormitory", "worksite", "shop", "hotel", "institution", "vacant"] {
        assert!(count(usage) > 0, "{usage}");
    }
    let residents: Vec<&Values> =
        homes.iter().flat_map(|home| &home.residents).map(|resident| &resident.values).collect();
    let ahead = |day: NaiveDate| day.signed_duration_since(plan.today).num_days();
    let some = |what: &str, test: &dyn Fn(&Values) -> bool| {
        assert!(residents.iter().filter(|values| test(values)).count() >= 5, "{what}");
    };
    for permit in ["none", "exempt", "applied", "issued", "lost"] {
        some(permit, &|values| word(values, "permit") == permit);
    }
    some("expiring", &|values| {
        let years = get(values, "permit_years").and_then(Value::as_int).unwrap_or(0);
        let until = day(values, "permit_issued_on").map(|on| days::years_after(on, years as i32));
        years > 0 && until.is_some_and(|until| (0..=30).contains(&ahead(until)))
    });
    some("newcomers", &|v| day(v, "arrived_on").is_some_and(|on| (-7..=0).contains(&ahead(on))));
    some("departed", &|values| day(values, "departed_on").is_some());
    some("overseas", &|values| word(values, "document_type") == "passport");
    some("children", &|values| word(values, "schooling") == "enrolled");
    for values in &residents {
        assert!(day(values, "arrived_on") >= day(values, "birth_date"));
    }
    let reports = || homes.iter().flat_map(|home| &home.reports);
    let late = |key: &str| {
        reports().filter(|r| day(&r.values, key).is_some_and(|on| ahead(on) < 0)).count()
    };
    assert!(late("call_back_on") > 20 && late("rectify_by") > 20);
    for state in ["draft", "submitted", "resubmitted"] {
        assert!(reports().any(|report| word(&report.values, "state") == state), "{state}");
    }
    let accepted =
        |r: &&Report| r.review.as_ref().is_some_and(|v| word(&v.values, "state") == "accepted");
    assert!(reports().filter(accepted).count() * 2 > reports().count());
}

#[test]
fn nothing_happens_after_today_and_every_link_leads_to_a_report_of_the_home() {
    let plan = plan(1);
    let tomorrow = days::moment(days::after(plan.today, 1), 0);
    for home in all(&plan) {
        let ids: BTreeSet<String> =
            home.reports.iter().map(|report| report.id.to_string()).collect();
        assert_eq!(ids.len(), home.reports.len());
        for report in &home.reports {
            assert!(report.written_at < tomorrow);
            for key in ["follows", "verified_by"] {
                assert!(
                    get(&report.values, key).is_none() || ids.contains(word(&report.values, key))
                );
            }
            assert!(report.confirmed.iter().all(|at| *at < home.residents.len()));
            assert!(report.review.iter().all(|review| review.written_at >= report.written_at));
        }
        assert!(home.recorded_at < tomorrow);
        assert!(home.residents.iter().all(|resident| resident.recorded_at < tomorrow));
    }
}
