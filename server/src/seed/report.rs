//! What visits and inspections have in common: the worker's values and, apart from them, what the
//! reviewer wrote, so that each value is written by a role that may write it.

use chrono::NaiveDate;
use sync_protocol::ids::{PersonId, RecordId};
use sync_protocol::records::Kind;

use super::days;
use super::dice::Dice;
use super::row::{Row, Values};

/// A visit or an inspection.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id, a UUID version 7 of the moment it began.
    pub id: RecordId,
    /// [`Kind::Visit`] or [`Kind::Inspection`].
    pub kind: Kind,
    /// The worker.
    pub by: PersonId,
    /// When the worker wrote it, in milliseconds since 1970 UTC.
    pub written_at: i64,
    /// What the worker wrote, with the state in which they left it.
    pub values: Values,
    /// Which of the home's residents the visit confirmed, by their place in the home's list. The
    /// field is `confirmed.<residency>`; a residency's id needs the area's key, which only whoever
    /// stores the home has.
    pub confirmed: Vec<usize>,
    /// What the reviewer wrote, if it has come so far.
    pub review: Option<Review>,
}

/// A reviewer's part of a report.
#[derive(Clone, PartialEq, Eq)]
pub struct Review {
    /// The reviewer.
    pub by: PersonId,
    /// When, in milliseconds since 1970 UTC.
    pub written_at: i64,
    /// The state, and a comment where it was returned.
    pub values: Values,
}

/// When and where a report was written.
#[derive(Clone, Copy)]
pub(super) struct Occasion {
    /// The premises.
    pub(super) premises: RecordId,
    /// The day.
    pub(super) day: NaiveDate,
    /// Today.
    pub(super) today: NaiveDate,
    /// The worker.
    pub(super) worker: PersonId,
    /// The reviewer.
    pub(super) reviewer: PersonId,
}

/// Why a reviewer returned a report.
const COMMENTS: &[&str] = &[
    "请补充检查项说明。",
    "请核对在住人数。",
    "请补拍现场照片。",
    "请补填回访日期。",
    "地址与登记不符，请核实。",
];

impl Occasion {
    /// Opens a report: who, where, when, and its state; the kind's own fields follow.
    pub(super) fn open(self, dice: &mut Dice, kind: Kind, minutes: (i64, i64)) -> (Report, Row) {
        let started = days::moment(self.day, dice.between(9 * 60, 19 * 60 + 30));
        let ended = started + dice.between(minutes.0, minutes.1) * 60_000;
        let (state, review) = self.progress(dice, ended);
        let mut row = Row::default();
        row.set("premises", self.premises.to_string());
        row.set("state", state);
        row.set("started_at", started);
        row.set("ended_at", ended);
        let millis = u64::try_from(started).unwrap_or(0);
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &dice.bytes()).into_uuid();
        let report = Report {
            id: RecordId(id.into_bytes()),
            kind,
            by: self.worker,
            written_at: ended,
            values: Values::new(),
            confirmed: Vec::new(),
            review,
        };
        (report, row)
    }

    /// How far a report has come: old ones are accepted, those of the last days stand everywhere.
    fn progress(self, dice: &mut Dice, ended: i64) -> (&'static str, Option<Review>) {
        let age = self.today.signed_duration_since(self.day).num_days();
        let stage = match age {
            ..=2 => dice.weigh(&[(1, "draft"), (8, "submitted"), (1, "in_review")]),
            3..=12 => dice.weigh(&[
                (35, "submitted"),
                (20, "in_review"),
                (8, "returned"),
                (5, "resubmitted"),
                (32, "accepted"),
            ]),
            _ => dice.weigh(&[(20, "submitted"), (20, "returned"), (960, "accepted")]),
        };
        let mut row = Row::default();
        if matches!(stage, "in_review" | "returned" | "accepted") {
            row.set("state", stage);
        }
        if matches!(stage, "returned" | "resubmitted") {
            row.set("review_comment", dice.pick(COMMENTS));
        }
        let values = row.done();
        let written_at = ended + dice.between(30, 20 * 60) * 60_000;
        let latest = days::moment(self.today, 0);
        let review = (!values.is_empty()).then(|| Review {
            by: self.reviewer,
            written_at: written_at.min(latest.max(ended)),
            values,
        });
        match stage {
            "draft" | "resubmitted" => (stage, review),
            _ => ("submitted", review),
        }
    }
}
