//! `doorstep enrolment-code`: one-time codes, one as text and QR, many as a line each.

use clap::Args;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use sync_protocol::ids::{AreaId, PersonId};
use sync_protocol::records::Roles;

use super::Failure;
use super::database::{DatabaseArgs, open};
use super::noted;
use crate::auth::{Operator, devices};
use crate::clock::now_ms;
use crate::enrolment;
use crate::store::{Db, StoreError, people, posts};
use crate::trail::{About, Act, note};

/// `doorstep enrolment-code …`.
#[derive(Args)]
pub(super) struct EnrolmentArgs {
    /// Whose phones they will be: each the person's id, or a name that only one person has.
    #[arg(required_unless_present = "area")]
    person: Vec<String>,
    /// Everybody who goes to the doors of this area: its coordinators and inspectors.
    #[arg(long)]
    area: Vec<AreaId>,
    /// So many codes for each of them.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    count: u32,
    /// Address under which phones reach this server.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    server: String,
    /// Print the texts alone, a line each, for scripts.
    #[arg(long)]
    plain: bool,
}

/// Makes the codes and shows them; more than one as lines.
pub(super) fn enrolment_code(database: &DatabaseArgs, args: &EnrolmentArgs) -> Result<(), Failure> {
    let operator = Operator::at_the_command_line();
    let opened = open(database)?;
    let store = &opened.store;
    let mut people = Vec::new();
    for given in &args.person {
        people.push(the_one(given, &store.read(|db| find(db, given))?)?);
    }
    for area in &args.area {
        let there = store.read(|db| at_the_doors(db, *area))?;
        if there.is_empty() {
            return Err(format!("nobody is a coordinator or inspector of {area} itself").into());
        }
        people.extend(there);
    }
    let mut codes = Vec::new();
    for person in people {
        for _ in 0..args.count {
            codes.push(store.transaction(|db: &mut Db| {
                let code = devices::make_code(db, operator, person, now_ms())?;
                note(db, &noted::entry(Act::EnrolmentCodeMade).about(About::Person(person)))?;
                Ok(code)
            })?);
        }
    }
    match codes.as_slice() {
        [code] if !args.plain => show(&enrolment::text(&args.server, code), code)?,
        codes => {
            codes.iter().for_each(|code| println!("{}", enrolment::text(&args.server, code)));
        }
    }
    Ok(())
}

fn the_one(given: &str, found: &[PersonId]) -> Result<PersonId, Failure> {
    match found {
        [one] => Ok(*one),
        [] => Err(format!("nobody is called {given}").into()),
        _ => {
            let ids: Vec<String> = found.iter().map(PersonId::to_string).collect();
            Err(format!("{given} is several people: give one of {}", ids.join(", ")).into())
        }
    }
}

/// The coordinators and inspectors of just this area, now or later, each once.
fn at_the_doors(db: &mut Db, area: AreaId) -> Result<Vec<PersonId>, StoreError> {
    let mut there: Vec<PersonId> = posts::open_at(db, area, now_ms())?
        .into_iter()
        .filter(|post| Roles::FIELD.has(post.role))
        .map(|post| post.person)
        .collect();
    there.dedup();
    Ok(there)
}

/// The people of an id or a name.
pub(super) fn find(db: &mut Db, name_or_id: &str) -> Result<Vec<PersonId>, StoreError> {
    if let Ok(id) = name_or_id.parse() {
        return Ok(people::find(db, id)?.into_iter().map(|person| person.id).collect());
    }
    Ok(people::find_by_name(db, name_or_id)?.into_iter().map(|person| person.id).collect())
}

fn show(text: &str, code: &str) -> Result<(), Failure> {
    let qr = QrCode::new(text.as_bytes())?;
    println!("{}", qr.render::<Dense1x2>().quiet_zone(true).build());
    println!("code {code}, once, within ten minutes");
    println!("{text}");
    Ok(())
}
