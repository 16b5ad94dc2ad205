//! A status in one sentence of each language. Pure: the clock is an argument.

use chrono::{DateTime, FixedOffset};

use super::Status;
use crate::client::Bilingual;

/// What the phone's clock says, and in which time zone it is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    pub(super) ms: i64,
    /// Minutes east of UTC.
    pub(super) utc_offset_minutes: i32,
}

/// The sentence.
pub(super) fn of(status: &Status, now: Now) -> Bilingual {
    if status.server.is_none() {
        return both("这台设备尚未登记", "This phone has not enrolled yet");
    }
    let mut parts = vec![work(status)];
    if status.refused > 0 {
        let n = status.refused;
        parts.push(Bilingual {
            zh: format!("{n}处修改被拒"),
            en: counted(n, "change was refused", "changes were refused"),
        });
    }
    if status.held > 0 {
        let n = status.held;
        parts.push(Bilingual {
            zh: format!("{n}处修改在等待他人的修改"),
            en: counted(n, "change waits for another phone's", "changes wait for another phone's"),
        });
    }
    if status.unreadable > 0 {
        let n = status.unreadable;
        parts.push(Bilingual {
            zh: format!("{n}条记录无法读取"),
            en: counted(n, "record cannot be read", "records cannot be read"),
        });
    }
    if !status.complete {
        parts.push(both("尚未下载完", "not everything has been fetched yet"));
    }
    parts.push(last_complete(status.completed_at_ms, now));
    Bilingual { zh: join(&parts, ";", |part| &part.zh), en: join(&parts, "; ", |part| &part.en) }
}

/// Where this phone's own work is.
fn work(status: &Status) -> Bilingual {
    let here = [
        (status.reports_here, "份报告", "report", "reports"),
        (status.others_here, "条其他记录", "other record", "other records"),
        (status.photos_here, "张照片", "photo", "photos"),
    ];
    if let Some(here) = listed(&here) {
        return Bilingual {
            zh: format!("{}仍在本机", here.zh),
            en: format!("{} still here", here.en),
        };
    }
    let there = [
        (status.reports_on_the_server, "份报告", "report", "reports"),
        (status.others_on_the_server, "条其他记录", "other record", "other records"),
    ];
    if let Some(there) = listed(&there) {
        return Bilingual {
            zh: format!("{}已存服务器,尚未合并", there.zh),
            en: format!("{} stored on the server, not merged yet", there.en),
        };
    }
    if status.refused + status.held > 0 {
        return both("没有待发送的内容", "Nothing waits to be sent");
    }
    both("本机内容均已合并", "Everything from this phone is merged")
}

/// "3 reports, 1 other record and 2 photos"; nothing if there are none.
fn listed(things: &[(u64, &str, &str, &str)]) -> Option<Bilingual> {
    let there = || things.iter().filter(|(n, ..)| *n > 0);
    let zh: Vec<String> = there().map(|(n, zh, ..)| format!("{n}{zh}")).collect();
    let en: Vec<String> = there().map(|(n, _, one, many)| counted(*n, one, many)).collect();
    let en = match en.split_last()? {
        (last, []) => last.clone(),
        (last, before) => format!("{} and {last}", before.join(", ")),
    };
    Some(Bilingual { zh: zh.join("、"), en })
}

fn last_complete(at: Option<i64>, now: Now) -> Bilingual {
    match at.and_then(|at| moment(at, now)) {
        Some(at) => {
            Bilingual { zh: format!("上次全部完成 {at}"), en: format!("last complete {at}") }
        }
        None => both("尚未全部完成过", "never complete so far"),
    }
}

/// The time of day; with its day, if that is not today's.
fn moment(at: i64, now: Now) -> Option<String> {
    let zone = FixedOffset::east_opt(now.utc_offset_minutes.checked_mul(60)?)?;
    let at = DateTime::from_timestamp_millis(at)?.with_timezone(&zone);
    let today = DateTime::from_timestamp_millis(now.ms)?.with_timezone(&zone).date_naive();
    let form = if at.date_naive() == today { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    Some(at.format(form).to_string())
}

fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

fn both(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

fn join(parts: &[Bilingual], by: &str, words: impl Fn(&Bilingual) -> &str) -> String {
    parts.iter().map(words).collect::<Vec<_>>().join(by)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22, 01:14 UTC: 09:14 in China.
    const AT: i64 = 1_795_310_040_000;
    const NOW: Now = Now { ms: AT + 3_600_000, utc_offset_minutes: 480 };

    fn through() -> Status {
        Status {
            server: Some("http://x".to_owned()),
            device: None,
            person: None,
            district: None,
            reports_here: 0,
            reports_on_the_server: 0,
            reports_merged: 0,
            others_here: 0,
            others_on_the_server: 0,
            on_this_phone: 0,
            held: 0,
            on_the_server: 0,
            merged: 0,
            refused: 0,
            photos_here: 0,
            photo_bytes_here: 0,
            photos_wait: None,
            records: 0,
            unreadable: 0,
            complete: true,
            synced_at_ms: Some(AT),
            completed_at_ms: Some(AT),
        }
    }

    fn en(status: Status) -> String {
        of(&status, NOW).en
    }

    #[test]
    fn it_says_what_is_still_here_and_when_all_was_last_through() {
        let here = Status { reports_here: 3, photos_here: 2, ..through() };
        let said = of(&here, NOW);
        assert_eq!(said.en, "3 reports and 2 photos still here; last complete 09:14");
        assert_eq!(said.zh, "3份报告、2张照片仍在本机;上次全部完成 09:14");
        let one = Status { reports_here: 1, others_here: 1, photos_here: 1, ..through() };
        let said = "1 report, 1 other record and 1 photo still here; last complete 09:14";
        assert_eq!(en(one), said);
    }

    #[test]
    fn merged_is_said_only_when_nothing_is_anywhere_else() {
        let merged = "Everything from this phone is merged; last complete 09:14";
        assert_eq!(en(through()), merged);
        let elsewhere = [
            Status { reports_here: 1, ..through() },
            Status { others_here: 1, ..through() },
            Status { photos_here: 1, ..through() },
            Status { reports_on_the_server: 1, ..through() },
            Status { others_on_the_server: 1, ..through() },
            Status { refused: 1, ..through() },
            Status { held: 1, ..through() },
        ];
        for status in elsewhere {
            let said = of(&status, NOW);
            assert!(!said.en.contains("is merged") && !said.zh.contains("均已合并"), "{said:?}");
        }
        let refused = "Nothing waits to be sent; 2 changes were refused; last complete 09:14";
        assert_eq!(en(Status { refused: 2, ..through() }), refused);
    }

    #[test]
    fn the_time_is_read_in_the_apps_zone_and_another_day_is_named() {
        let later = Now { ms: AT + 48 * 3_600_000, utc_offset_minutes: 480 };
        assert!(of(&through(), later).en.ends_with("last complete 2026-11-22 09:14"));
        let utc = Now { utc_offset_minutes: 0, ..NOW };
        assert!(of(&through(), utc).en.ends_with("last complete 01:14"));
        let never = Status { completed_at_ms: None, complete: false, ..through() };
        let said = "not everything has been fetched yet; never complete so far";
        assert!(en(never).ends_with(said));
        assert!(en(Status { server: None, ..through() }).contains("not enrolled"));
        let nowhere = Now { utc_offset_minutes: i32::MAX, ..NOW };
        assert!(of(&through(), nowhere).en.ends_with("never complete so far"), "no such zone");
    }
}
