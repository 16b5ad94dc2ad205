//! Changes in, effective values and clashes out, rule by rule.

use serde_json::{Map, Value as Json, json};
use sync_protocol::document::{Document, Effective, Live, Registers};
use sync_protocol::ids::DeviceId;
use sync_protocol::judge;
use sync_protocol::records::{Kind, Value};

use super::Failure;
use super::cast::{FIRST, Phone, REVIEWER, SECOND, THIRD, TIME, hex, id};

/// `effective.json`.
pub(crate) fn vectors() -> Result<Json, Failure> {
    let mut told = Vec::new();
    for (name, kind, key, values) in rules() {
        told.push(case(name, kind, &concurrently(kind, key, &values)?)?);
    }
    told.push(case("a value that knew the other replaces it", Kind::Premises, &in_turn()?)?);
    let decided = decision()?;
    let undecided = decided.get(..3).unwrap_or_default();
    told.push(case("review, decided: the decision alone is live", Kind::Premises, undecided)?);
    let name = "review, reopened: a value that did not know the decision does not win";
    told.push(case(name, Kind::Premises, &decided)?);
    told.push(case("text: both insertions stand", Kind::Visit, &texts()?)?);
    Ok(json!({ "cases": told }))
}

type Rule = (&'static str, Kind, &'static str, Vec<Value>);

/// Two or three phones that write without knowing of each other: the first, the second, the third.
fn rules() -> Vec<Rule> {
    let item = "item.gas.result";
    let (home, visit, check) = (Kind::Premises, Kind::Visit, Kind::Inspection);
    let of = |values: &[&str]| values.iter().map(|value| Value::from(*value)).collect::<Vec<_>>();
    vec![
        (
            "latest: the greater operation id wins",
            visit,
            "card_shown",
            vec![true.into(), false.into()],
        ),
        (
            "latest: null is a value like any other",
            home,
            "latitude",
            vec![41_800_000.into(), Value::Null],
        ),
        ("severest: the later place in the list", check, item, of(&["fail", "pass"])),
        ("severest: not applicable is the weakest", check, item, of(&["pass", "not_applicable"])),
        (
            "severest: null is weaker than all",
            check,
            item,
            vec!["not_applicable".into(), Value::Null],
        ),
        (
            "severest: the same value twice, the greater id is the author",
            check,
            item,
            of(&["fail", "fail"]),
        ),
        ("highest: the greatest number", check, "occupants_found", vec![7.into(), 4.into()]),
        (
            "highest: null is below every number",
            check,
            "occupants_found",
            vec![0.into(), Value::Null],
        ),
        (
            "earliest: the smallest moment",
            visit,
            "started_at",
            vec![4000.into(), 7000.into(), 5000.into()],
        ),
        ("earliest: a day as text", home, "lease_filed_on", of(&["2025-12-31", "2026-02-01"])),
        (
            "earliest: null is later than every value",
            home,
            "lease_filed_on",
            vec!["2026-02-01".into(), Value::Null],
        ),
        (
            "earliest: the same day twice, the greater id is the author",
            home,
            "lease_filed_on",
            of(&["2026-02-01", "2026-02-01"]),
        ),
        ("furthest: the most advanced step", visit, "need.permit", of(&["done", "referred"])),
        ("furthest: the state of a report", visit, "state", of(&["submitted", "draft"])),
        ("review: the latest stands and a clash is listed", home, "use", of(&["rented", "shop"])),
        ("review: the same value twice is no clash", home, "use", of(&["rented", "rented"])),
        (
            "review: null against a value is a clash",
            home,
            "use",
            vec!["rented".into(), Value::Null],
        ),
        (
            "review: three values, the losers by id, greatest first",
            home,
            "use",
            of(&["rented", "shop", "vacant"]),
        ),
    ]
}

fn concurrently(kind: Kind, key: &str, values: &[Value]) -> Result<Vec<Vec<u8>>, Failure> {
    let devices: [DeviceId; 3] = [FIRST, SECOND, THIRD];
    let one = |(device, value): (DeviceId, &Value)| {
        let mut phone = Phone::new(device, kind)?;
        if *value == Value::Null {
            // Nothing is cleared that was never written: this phone changed its mind.
            return phone
                .write(TIME, &[(key, Value::Null)])
                .or_else(|_| cleared(device, kind, key));
        }
        phone.write(TIME, &[(key, value.clone())])
    };
    devices.into_iter().zip(values).map(one).collect()
}

/// One change that puts null upon the genesis change.
fn cleared(device: DeviceId, kind: Kind, key: &str) -> Result<Vec<u8>, Failure> {
    use automerge::transaction::{CommitOptions, Transactable};
    let mut phone = automerge::AutoCommit::new();
    let genesis =
        automerge::Change::from_bytes(sync_protocol::document::genesis::bytes(kind).to_vec())?;
    phone.apply_changes([genesis])?;
    let actor = sync_protocol::ids::Actor::new(device, 1);
    phone.set_actor(automerge::ActorId::from(actor.as_bytes()));
    phone.put(automerge::ROOT, key, ())?;
    phone.commit_with(CommitOptions::default().with_time(TIME));
    Ok(phone.get_last_local_change().ok_or("nothing was written")?.raw_bytes().to_vec())
}

fn in_turn() -> Result<Vec<Vec<u8>>, Failure> {
    let mut first = Phone::new(THIRD, Kind::Premises)?;
    let mut second = Phone::new(FIRST, Kind::Premises)?;
    let one = first.write(TIME, &[("use", "rented".into())])?;
    second.take(std::slice::from_ref(&one))?;
    let two = second.write(TIME + 60, &[("use", "shop".into())])?;
    Ok(vec![one, two])
}

/// Two values, a reviewer's decision for the one that would lose, and a late third value.
fn decision() -> Result<Vec<Vec<u8>>, Failure> {
    let mut log = concurrently(Kind::Premises, "use", &["rented".into(), "shop".into()])?;
    let mut reviewer = Phone::new(REVIEWER, Kind::Premises)?;
    reviewer.take(&log)?;
    let words = Value::from("seen on site");
    log.push(reviewer.write(TIME + 60, &[("use", "rented".into()), ("decided.use", words)])?);
    // Enough operations to have a greater id than the decision.
    let mut late = Phone::new(THIRD, Kind::Premises)?;
    late.write(TIME + 70, &[("floor", 1.into()), ("room", "1".into()), ("unit", "2".into())])
        .map(|bytes| log.push(bytes))?;
    log.push(late.write(TIME + 80, &[("use", "vacant".into())])?);
    Ok(log)
}

fn texts() -> Result<Vec<Vec<u8>>, Failure> {
    let mut first = Phone::new(FIRST, Kind::Visit)?;
    let mut second = Phone::new(SECOND, Kind::Visit)?;
    let base = first.write(TIME, &[("remarks", "门已修好".into())])?;
    second.take(std::slice::from_ref(&base))?;
    let one = first.write(TIME + 60, &[("remarks", "大门已修好".into())])?;
    let two = second.write(TIME + 70, &[("remarks", "门已修好。窗未修".into())])?;
    Ok(vec![base, one, two])
}

fn case(name: &str, kind: Kind, changes: &[Vec<u8>]) -> Result<Json, Failure> {
    let (fields, clashes) = effective(kind, changes)?;
    let changes: Vec<String> = changes.iter().map(|bytes| hex(bytes)).collect();
    Ok(json!({
        "name": name,
        "kind": kind.code(),
        "changes": changes,
        "effective": fields,
        "clashes": clashes,
    }))
}

/// What a record of these changes says.
pub(crate) fn effective(kind: Kind, changes: &[Vec<u8>]) -> Result<(Json, Json), Failure> {
    let mut document = Document::genesis(kind)?;
    let mut registers = Registers::genesis(kind);
    document.apply(changes.iter().map(Vec::as_slice))?;
    for bytes in changes {
        registers.apply(&judge::read(bytes, kind).map_err(|refusal| refusal.code.code)?);
    }
    document.fill_texts(&mut registers);
    let effective = Effective::of(&registers);
    let fields: Map<String, Json> = effective
        .fields
        .iter()
        .map(|(key, field)| {
            let by = field.stamp.map(|stamp| stamp.actor);
            let others: Vec<Json> = field.others.iter().map(live).collect();
            (key.clone(), json!({ "value": field.value, "by": by, "others": others }))
        })
        .collect();
    let clashes: Vec<Json> = effective
        .clashes
        .iter()
        .map(|clash| {
            let values: Vec<Json> = clash.values.iter().map(live).collect();
            json!({ "key": clash.key, "values": values, "reopened": clash.reopened })
        })
        .collect();
    Ok((fields.into(), clashes.into()))
}

fn live(live: &Live) -> Json {
    json!({ "id": id(&live.id()), "value": live.value, "time": live.stamp.time })
}
