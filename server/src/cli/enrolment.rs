//! `doorstep enrolment-code`: a one-time code as text and QR.

use clap::Args;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use sync_protocol::ids::PersonId;

use super::Failure;
use super::database::{DatabaseArgs, open};
use crate::auth::{Operator, devices};
use crate::clock::now_ms;
use crate::store::{Db, StoreError, people};

/// `doorstep enrolment-code …`.
#[derive(Args)]
pub(super) struct EnrolmentArgs {
    /// Whose phone it will be: the person's id, or a name that only one person has.
    person: String,
    /// Address under which phones reach this server.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    server: String,
    /// Print the text alone, for scripts.
    #[arg(long)]
    plain: bool,
}

/// Makes the code and shows it.
pub(super) fn enrolment_code(database: &DatabaseArgs, args: &EnrolmentArgs) -> Result<(), Failure> {
    let operator = Operator::at_the_command_line();
    let database = open(database)?;
    let found = database.store.read(|db| find(db, &args.person))?;
    let person = match found.as_slice() {
        [one] => *one,
        [] => return Err(format!("nobody is called {}", args.person).into()),
        _ => {
            let ids: Vec<String> = found.iter().map(PersonId::to_string).collect();
            let name = &args.person;
            return Err(format!("{name} is several people: give one of {}", ids.join(", ")).into());
        }
    };
    let code =
        database.store.transaction(|db| devices::make_code(db, operator, person, now_ms()))?;
    let text = enrolment_text(&args.server, &code);
    if args.plain {
        println!("{text}");
    } else {
        show(&text, &code)?;
    }
    Ok(())
}

/// The people of an id or a name.
pub(super) fn find(db: &mut Db, name_or_id: &str) -> Result<Vec<PersonId>, StoreError> {
    if let Ok(id) = name_or_id.parse() {
        return Ok(people::find(db, id)?.into_iter().map(|person| person.id).collect());
    }
    Ok(people::find_by_name(db, name_or_id)?.into_iter().map(|person| person.id).collect())
}

/// What the QR says: where the server is, and the code.
pub(super) fn enrolment_text(server: &str, code: &str) -> String {
    let server = utf8_percent_encode(server, NON_ALPHANUMERIC);
    format!("doorstep:enrol?server={server}&code={code}")
}

fn show(text: &str, code: &str) -> Result<(), Failure> {
    let qr = QrCode::new(text.as_bytes())?;
    println!("{}", qr.render::<Dense1x2>().quiet_zone(true).build());
    println!("code {code}, once, within ten minutes");
    println!("{text}");
    Ok(())
}
