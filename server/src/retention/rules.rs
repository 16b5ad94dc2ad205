//! The rules: what goes, by which key of the configuration, and what people read. One list; whoever adds
//! a rule adds a line, and its days in `sync_protocol::configuration::Retention`.

use sync_protocol::configuration::Retention;
use sync_protocol::records::Label;

use crate::store::kept_rows::{self, Rows};
use crate::store::retention::{self, Records};

/// What a rule erases.
#[derive(Debug, Clone, Copy)]
pub enum What {
    /// Records, each in the way of an erasure, here and on every phone.
    Records(Records),
    /// Rows of this server alone.
    Rows(Rows),
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// What it is called at the command line and in the audit trail.
    pub code: &'static str,
    /// What people read.
    pub label: Label,
    /// The key of the configuration that says how long.
    pub key: &'static str,
    /// How many days it says.
    pub days: fn(&Retention) -> Option<u16>,
    /// What goes.
    pub what: What,
}

/// One line of the list: code, key of the configuration, what goes, words.
macro_rules! rule {
    ($code:literal, $key:ident, $what:expr, $zh:literal, $en:literal) => {
        Rule {
            code: $code,
            label: Label::new($zh, $en),
            key: stringify!($key),
            days: |retention| retention.$key,
            what: $what,
        }
    };
}

const fn records(records: Records) -> What {
    What::Records(records)
}

const fn rows(rows: Rows) -> What {
    What::Rows(rows)
}

/// Every rule, in the order in which they are applied.
#[rustfmt::skip]
pub static RULES: [Rule; 13] = [
    rule!("departed", departed_days, records(retention::DEPARTED),
        "已离开人员的居住登记", "stays of people who departed"),
    rule!("accepted", accepted_days, records(retention::ACCEPTED),
        "已通过的报告", "accepted reports"),
    rule!("drafts", draft_days, records(retention::DRAFTS),
        "未提交的草稿", "drafts that were never handed in"),
    rule!("requests", request_days, rows(kept_rows::REQUESTS),
        "已办结的居民申请", "residents' requests that were closed"),
    rule!("decided", decided_days, rows(kept_rows::DECIDED),
        "已处理的被拒修改", "refused changes that staff decided on"),
    rule!("given_up", given_up_days, rows(kept_rows::GIVEN_UP),
        "等待过久、无人处理的修改", "changes that waited in vain and nobody decided on"),
    rule!("verdicts", verdict_days, rows(kept_rows::VERDICTS),
        "手机一直未取的处理结果", "verdicts that phones never fetched"),
    rule!("sessions", session_days, rows(kept_rows::SESSIONS),
        "已结束的登录会话", "sessions that ended"),
    rule!("sign_in_attempts", sign_in_attempt_days, rows(kept_rows::SIGN_IN_ATTEMPTS),
        "登录尝试计数", "counts of attempts to sign in"),
    rule!("enrolment_codes", one_time_days, rows(kept_rows::ENROLMENT_CODES),
        "用过或过期的设备登记码", "enrolment codes, used or expired"),
    rule!("invitations", one_time_days, rows(kept_rows::INVITATIONS),
        "过期的登录邀请", "invitations that expired"),
    rule!("challenges", one_time_days, rows(kept_rows::CHALLENGES),
        "手机答过的验证", "challenges that phones have answered"),
    rule!("oidc_attempts", one_time_days, rows(kept_rows::OIDC_ATTEMPTS),
        "未完成的统一身份登录", "ways to the identity provider that nobody came back from"),
];

/// The rule of a code.
pub fn of_code(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value as Json;

    use super::*;

    #[test]
    fn every_key_of_the_configuration_has_a_rule_that_reads_it_and_no_other() {
        let keys: BTreeSet<&str> = RULES.iter().map(|rule| rule.key).collect();
        let json = serde_json::to_value(Retention::default()).unwrap();
        let known: BTreeSet<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, known);
        let codes: BTreeSet<&str> = RULES.iter().map(|rule| rule.code).collect();
        assert_eq!(codes.len(), RULES.len());
        for rule in &RULES {
            assert!(of_code(rule.code).is_some_and(|found| std::ptr::eq(found, rule)));
            let mut days = json.clone();
            days.as_object_mut().unwrap().values_mut().for_each(|value| *value = Json::Null);
            days[rule.key] = 77.into();
            let only: Retention = serde_json::from_value(days).unwrap();
            assert_eq!((rule.days)(&only), Some(77), "{}", rule.code);
        }
    }
}
