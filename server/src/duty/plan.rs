//! The plan as somebody sees it who plans for some areas: what is asked for, by person, in the
//! district's days.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::{Role, Roles};

use crate::auth::actions::{GiveRole, ReadDuty};
use crate::auth::duty::Changeable;
use crate::auth::{AreaScope, StaffMay};
use crate::calendar::{day_of, last_day};
use crate::review::words::Words;
use crate::store::areas::Area;
use crate::store::leaves::{AbsenceId, Leave};
use crate::store::posts::{Post, Reach};
use crate::store::{Db, Store, StoreError, areas, leaves, posts, staffing};

/// Most people that are shown at once.
const MOST: usize = 500;

/// Who is on duty.
#[derive(Debug, serde::Serialize)]
pub struct Plan {
    /// The district's day.
    pub today: NaiveDate,
    /// The areas that there are to choose from.
    pub areas: Vec<Place>,
    /// The roles that whoever asks may give, if they may give any.
    pub roles: Vec<Choice>,
    /// People, by name.
    pub people: Vec<Worker>,
    /// Whether there are more: an area narrows it.
    pub more: bool,
}

/// An area.
#[derive(Debug, serde::Serialize)]
pub struct Place {
    /// Its code.
    pub id: AreaId,
    /// The area above, where that is one of these.
    pub parent: Option<AreaId>,
    /// Its name.
    pub name: Words,
    /// Whether roles can be given there by whoever asks.
    pub gives: bool,
}

/// A role to choose.
#[derive(Debug, serde::Serialize)]
pub struct Choice {
    /// Its code.
    pub role: Role,
    /// In words.
    pub label: Words,
}

/// Somebody. Days are the district's, the last one inside.
#[derive(Debug, serde::Serialize)]
pub struct Worker {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// What they are in these areas.
    pub roles: Vec<Held>,
    /// When they are absent.
    pub absences: Vec<Absent>,
    /// When they stand in, and for whom.
    pub stands_in: Vec<Absent>,
    /// What whoever asks may change.
    pub may: Changeable,
}

/// A role with its days.
#[derive(Debug, serde::Serialize)]
pub struct Held {
    /// Where.
    pub area: AreaId,
    /// What.
    pub role: Role,
    /// In words.
    pub label: Words,
    /// First day; nothing for ever since.
    pub from: Option<NaiveDate>,
    /// Last day; nothing for no end.
    pub until: Option<NaiveDate>,
    /// Whether it has ended.
    pub over: bool,
}

/// An absence, seen from one of the two.
#[derive(Debug, serde::Serialize)]
pub struct Absent {
    /// Which.
    pub id: AbsenceId,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
    /// The other of the two: who stands in, or for whom. Somebody absent elsewhere is not named.
    pub other: Option<Other>,
}

/// The other of the two in an absence.
#[derive(Debug, serde::Serialize)]
pub struct Other {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: String,
}

/// Who is on duty in the areas that somebody plans for, or in one of them and all below it. Nothing if
/// that is none of theirs.
///
/// # Errors
/// Those of the database.
pub fn plan(
    store: &Store,
    staff: &StaffMay<ReadDuty>,
    only: Option<AreaId>,
    now_ms: i64,
) -> Result<Option<Plan>, StoreError> {
    if only.is_some_and(|area| staff.area(area).is_none()) {
        return Ok(None);
    }
    store.read(|db| {
        let scopes = staff.areas();
        let ids: Vec<AreaId> = scopes.iter().map(AreaScope::area).collect();
        let places = areas::find(db, &ids)?;
        let wanted = only.map_or(scopes.clone(), |area| below(&places, area, &scopes));
        let gives = staff.who().may::<GiveRole>();
        let (people, more) = workers(db, staff, gives.as_ref(), &wanted, now_ms)?;
        let places = places.iter().map(|area| place(area, &ids, gives.as_ref()));
        Ok(Some(Plan {
            today: day_of(now_ms).unwrap_or_default(),
            areas: places.collect(),
            roles: gives.as_ref().map(|_| choices()).unwrap_or_default(),
            people,
            more,
        }))
    })
}

/// Of these areas one and all below it.
fn below(places: &[Area], top: AreaId, scopes: &[AreaScope]) -> Vec<AreaScope> {
    let parents: HashMap<AreaId, Option<AreaId>> =
        places.iter().map(|area| (area.id, area.parent)).collect();
    let is_below = |scope: &&AreaScope| {
        let up = |area: &AreaId| parents.get(area).copied().flatten();
        std::iter::successors(Some(scope.area()), up)
            .take(parents.len() + 1)
            .any(|area| area == top)
    };
    scopes.iter().filter(is_below).copied().collect()
}

fn place(area: &Area, ids: &[AreaId], gives: Option<&StaffMay<GiveRole>>) -> Place {
    Place {
        id: area.id,
        parent: area.parent.filter(|parent| ids.contains(parent)),
        name: Words { zh: area.name_zh.clone(), en: area.name_en.clone() },
        gives: gives.is_some_and(|staff| staff.area(area.id).is_some()),
    }
}

fn choices() -> Vec<Choice> {
    let all: Roles = Role::ALL.into_iter().filter(|role| *role != Role::Auditor).collect();
    all.iter().map(|role| Choice { role, label: role.label().into() }).collect()
}

fn workers(
    db: &mut Db,
    staff: &StaffMay<ReadDuty>,
    gives: Option<&StaffMay<GiveRole>>,
    wanted: &[AreaScope],
    now_ms: i64,
) -> Result<(Vec<Worker>, bool), StoreError> {
    let mut by_person: BTreeMap<PersonId, Vec<Post>> = BTreeMap::new();
    let most = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
    for post in posts::within(db, wanted, most)? {
        by_person.entry(post.person).or_default().push(post);
    }
    let more = by_person.len() > MOST;
    let whose: Vec<PersonId> = by_person.keys().copied().take(MOST).collect();
    let around = leaves::around(db, &whose, now_ms)?;
    let seen: Vec<Seen> = around.into_iter().map(|leave| see(&by_person, leave, now_ms)).collect();
    let reach = match gives {
        Some(staff) => posts::reach(db, &staff.areas(), &whose, now_ms)?,
        None => Vec::new(),
    };
    let may = |reach: &Reach| (reach.person, Changeable::by(staff.person(), reach));
    let may: HashMap<PersonId, Changeable> = reach.iter().map(may).collect();
    let away = seen.iter().filter(|seen| seen.away);
    let mut named: Vec<PersonId> = away.filter_map(|seen| seen.leave.stand_in).collect();
    named.extend(&whose);
    let names = staffing::names(db, &named)?;
    let mut people: Vec<Worker> = whose
        .iter()
        .map(|who| Worker {
            id: *who,
            name: names.get(who).cloned().unwrap_or_default(),
            roles: by_person
                .remove(who)
                .unwrap_or_default()
                .iter()
                .map(|p| held(p, now_ms))
                .collect(),
            absences: absent(&seen, &names, |seen| {
                (seen.away && seen.leave.person == *who).then_some(seen.leave.stand_in)
            }),
            stands_in: absent(&seen, &names, |seen| {
                let theirs = seen.leave.stand_in == Some(*who) && (seen.away || seen.helps);
                theirs.then_some(seen.leave.person).map(|absent| seen.away.then_some(absent))
            }),
            may: may.get(who).copied().unwrap_or_default(),
        })
        .collect();
    people.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    Ok((people, more))
}

/// An absence, and which of the two works in these areas meanwhile. Where somebody works no more, or not
/// yet, their absence is nobody's business.
struct Seen {
    leave: Leave,
    away: bool,
    helps: bool,
}

fn see(by_person: &BTreeMap<PersonId, Vec<Post>>, leave: Leave, now_ms: i64) -> Seen {
    let holds = |post: &Post| post.holds_between(leave.from_ms.max(now_ms), leave.until_ms);
    let works = |who| by_person.get(&who).is_some_and(|posts| posts.iter().any(holds));
    Seen { leave, away: works(leave.person), helps: leave.stand_in.is_some_and(works) }
}

fn held(post: &Post, now_ms: i64) -> Held {
    Held {
        area: post.area,
        role: post.role,
        label: post.role.label().into(),
        from: post.from_ms.and_then(day_of),
        until: post.until_ms.and_then(last_day),
        over: post.is_over(now_ms),
    }
}

/// Of the absences those that are somebody's, each with the other of the two if they are named.
fn absent(
    all: &[Seen],
    names: &HashMap<PersonId, String>,
    theirs: impl Fn(&Seen) -> Option<Option<PersonId>>,
) -> Vec<Absent> {
    let absent = |seen: &Seen| {
        let other = theirs(seen)?;
        Some(Absent {
            id: seen.leave.id,
            from: day_of(seen.leave.from_ms),
            until: last_day(seen.leave.until_ms),
            other: other.and_then(|id| Some(Other { id, name: names.get(&id)?.clone() })),
        })
    };
    all.iter().filter_map(absent).collect()
}
