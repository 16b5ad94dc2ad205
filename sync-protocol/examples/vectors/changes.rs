//! Changes, honest and not, with what a server makes of them.

use serde_json::{Value as Json, json};
use sync_protocol::document::Registers;
use sync_protocol::ids::DeviceId;
use sync_protocol::judge::{self, Author, Known, Past, Refusal, Standing};
use sync_protocol::records::{Kind, Role, Roles, Value};

use super::cast::{ADDRESS_CODE, FIRST, Phone, REVIEWER, SECOND, TIME, decoded, hex};
use super::{Failure, forged};

/// One change on the record that others left behind.
pub(crate) struct Case {
    /// What the vector shows.
    pub(crate) name: &'static str,
    /// The record's kind.
    pub(crate) kind: Kind,
    /// The device that pushes it.
    pub(crate) device: DeviceId,
    /// What its person is in the area.
    pub(crate) role: Role,
    /// Changes that were accepted before it, in their order.
    pub(crate) before: Vec<Vec<u8>>,
    /// The change.
    pub(crate) bytes: Vec<u8>,
}

impl Case {
    /// A change to a premises by a coordinator's first phone.
    pub(crate) fn of(name: &'static str, before: &[Vec<u8>], bytes: Vec<u8>) -> Self {
        let before = before.to_vec();
        let (kind, device, role) = (Kind::Premises, FIRST, Role::Coordinator);
        Self { name, kind, device, role, before, bytes }
    }

    fn told(&self) -> Result<Json, Failure> {
        let outcome = match judged(self.kind, self.device, self.role, &self.before, &self.bytes)? {
            Ok(()) => json!({ "accepted": true }),
            Err(refusal) if !refusal.missing.is_empty() => json!({ "held": refusal.missing }),
            Err(Refusal { code, field, .. }) => json!({ "rejected": code.code, "field": field }),
        };
        let change = judge::read(&self.bytes, self.kind).ok();
        // The bytes of a change of hundreds of operations say enough.
        let change = change.filter(|change| change.operations.len() <= 16);
        Ok(json!({
            "name": self.name,
            "kind": self.kind.code(),
            "device": self.device.to_string(),
            "role": self.role.code(),
            "before": self.before.iter().map(|bytes| hex(bytes)).collect::<Vec<_>>(),
            "bytes": hex(&self.bytes),
            "decoded": change.as_ref().map(decoded),
            "outcome": outcome,
        }))
    }
}

/// What becomes of a change upon those that were accepted before.
pub(crate) fn judged(
    kind: Kind,
    device: DeviceId,
    role: Role,
    before: &[Vec<u8>],
    bytes: &[u8],
) -> Result<Result<(), Refusal>, Failure> {
    let mut registers = Registers::genesis(kind);
    let (mut known, mut past) = (Known::new(), Past::new());
    for bytes in before {
        let change = judge::read(bytes, kind).map_err(|refusal| refusal.code.code)?;
        registers.apply(&change);
        known.insert(change.hash, change.max_op);
        past.extend(change.written());
    }
    let standing = Standing { registers: &registers, known: &known, past: &past };
    let author = Author { device, roles: Roles::of(&[role]) };
    Ok(judge::read(bytes, kind).and_then(|change| judge::admit(&change, author, &standing)))
}

/// `changes.json`.
pub(crate) fn vectors() -> Result<Json, Failure> {
    let mut cases = honest()?;
    cases.extend(closed()?);
    cases.extend(forged::cases()?);
    let told = cases.iter().map(Case::told).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "changes": told }))
}

fn honest() -> Result<Vec<Case>, Failure> {
    let mut phone = Phone::new(FIRST, Kind::Premises)?;
    let mut other = Phone::new(SECOND, Kind::Premises)?;
    let first =
        phone.write(TIME, &[("address_code", ADDRESS_CODE.into()), ("use", "rented".into())])?;
    let mut log = vec![first.clone()];
    let mut cases = vec![Case::of("a first change, upon the genesis change", &[], first)];
    let steps: [(&str, &[(&str, Value)]); 4] = [
        ("a value is replaced", &[("use", "shop".into())]),
        ("a field is cleared: null is put", &[("use", Value::Null)]),
        (
            "the three other scalars: a number, a boolean, a day as text",
            &[
                ("floor", (-1).into()),
                ("lease_filed", true.into()),
                ("lease_filed_on", "2026-09-21".into()),
            ],
        ),
        ("a free text is edited by character", &[("notes", "门已修好".into())]),
    ];
    for (time, (name, values)) in (TIME + 60..).zip(steps) {
        let bytes = phone.write(time, values)?;
        cases.push(Case::of(name, &log, bytes.clone()));
        log.push(bytes);
    }
    let concurrent = other.write(TIME + 90, &[("use", "vacant".into())])?;
    cases.push(Case {
        device: SECOND,
        ..Case::of(
            "a change by another phone that knows none of the others",
            &log,
            concurrent.clone(),
        )
    });
    log.push(concurrent);
    cases.push(decided(&log)?);
    Ok(cases)
}

fn decided(log: &[Vec<u8>]) -> Result<Case, Failure> {
    let mut reviewer = Phone::new(REVIEWER, Kind::Premises)?;
    reviewer.take(log)?;
    let words = "seen on site".into();
    let bytes = reviewer.write(TIME + 3600, &[("use", "vacant".into()), ("decided.use", words)])?;
    let name = "a decision: the key of several live values is deleted, then put, in one change";
    Ok(Case { device: REVIEWER, role: Role::Reviewer, ..Case::of(name, log, bytes) })
}

/// What may be written of a report that was accepted.
fn closed() -> Result<Vec<Case>, Failure> {
    let mut worker = Phone::new(FIRST, Kind::Visit)?;
    let mut reviewer = Phone::new(REVIEWER, Kind::Visit)?;
    let met = worker.write(TIME, &[("outcome", "met".into()), ("state", "submitted".into())])?;
    reviewer.take(std::slice::from_ref(&met))?;
    let accepted = reviewer.write(TIME + 9, &[("state", "accepted".into())])?;
    let log = [met, accepted.clone()];
    let mut late = worker.clone();
    let evidence = late.write(TIME + 20, &[("card_shown", true.into())])?;
    let comment = reviewer.write(TIME + 30, &[("review_comment", "thank you".into())])?;
    let by_reviewer = |name, before: &[Vec<u8>], bytes| {
        let device = REVIEWER;
        Case { kind: Kind::Visit, device, role: Role::Reviewer, ..Case::of(name, before, bytes) }
    };
    let visit = |name, before: &[Vec<u8>], bytes| Case {
        kind: Kind::Visit,
        ..Case::of(name, before, bytes)
    };
    let own = worker.write(TIME + 5, &[("state", "accepted".into())])?;
    let [met, _] = &log;
    Ok(vec![
        by_reviewer("a reviewer accepts a report", std::slice::from_ref(met), accepted),
        visit("a worker may not accept a report", std::slice::from_ref(met), own),
        visit("the evidence of an accepted report is closed", &log, evidence),
        by_reviewer("a comment of the review is still taken", &log, comment),
    ])
}
