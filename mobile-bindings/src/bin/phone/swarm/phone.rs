//! One phone of a swarm: its store, what it does and how its syncs went.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mobile_bindings::client::{Entry, FieldClient, FieldError, FieldValue, SavedEdit};
use sync_protocol::records::Kind;

use super::SwarmArgs;
use super::plan::{self, Dice, Photo, Plan, Work};
use super::tally::Tally;
use crate::failure::Failure;
use crate::given::entry;

/// The beginning of every photo: a small picture. What follows its end no reader of pictures reads.
const PICTURE: &[u8] = include_bytes!("door.png");

/// How long a phone tries to get everything through at the end.
const PATIENCE_MS: u64 = 300_000;

/// The phone.
pub(super) struct Phone {
    pub(super) client: Arc<FieldClient>,
    number: usize,
    /// Where its person works, and whether they inspect there; none for those who do not go to doors.
    place: Option<(String, bool)>,
    /// The stays that it registered and has not signed off.
    stays: Vec<String>,
    pub(super) tally: Tally,
}

impl Phone {
    /// Makes its store, enrols it and fetches what there is.
    pub(super) fn enrol(folder: &Path, number: usize, code: &str) -> Result<Self, Failure> {
        let path = folder.join(format!("phone-{number:05}.db"));
        let key: [u8; 32] = rand::random();
        let client = FieldClient::open(path.display().to_string(), key.to_vec())?;
        client.enrol(code.to_owned(), format!("swarm {number}"))?;
        let mut phone =
            Self { client, number, place: None, stays: Vec::new(), tally: Tally::default() };
        phone.finish()?;
        let areas = phone.client.areas()?;
        let worked = areas.iter().filter_map(|area| {
            let has = |role: &str| area.roles.iter().any(|code| code == role);
            let goes = has("coordinator") || has("inspector");
            goes.then(|| (area.area.clone(), has("inspector")))
        });
        let worked: Vec<_> = worked.collect();
        phone.place = worked.get(number % worked.len().max(1)).cloned();
        Ok(phone)
    }

    /// Works and syncs, round after round.
    pub(super) fn work(&mut self, args: &SwarmArgs) -> Result<(), Failure> {
        let Some((area, inspects)) = self.place.clone() else { return Ok(()) };
        let plan = Plan {
            seed: args.seed,
            homes: args.homes.max(1),
            photos: args.photos,
            photo_bytes: args.photo_kib as usize * 1024,
            inspects,
        };
        for round in 0..args.rounds {
            let mut dice = Dice::new(plan.seed, self.number, round);
            pause(args.every, &mut dice);
            for _ in 0..args.work {
                let work = plan::work(&mut dice, &plan);
                self.tally.did(&work);
                match self.perform(&area, &work) {
                    Err(FieldError::Refused(problem)) => self.tally.refused(&problem.code),
                    other => other?,
                }
            }
            self.sync();
        }
        Ok(())
    }

    /// Syncs until everything is through.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        let begun = Instant::now();
        let synced = self.client.sync_until_done(PATIENCE_MS)?;
        self.tally.synced(begun.elapsed(), &synced);
        if synced.done { Ok(()) } else { Err(Failure::unfinished()) }
    }

    /// Syncs once. What does not get through gets through later.
    fn sync(&mut self) {
        let begun = Instant::now();
        match self.client.sync() {
            Ok(synced) => self.tally.synced(begun.elapsed(), &synced),
            Err(error) => self.tally.failed(&error.problem().code),
        }
    }

    fn perform(&mut self, area: &str, work: &Work) -> Result<(), FieldError> {
        match work {
            Work::Home { home, values } => {
                self.open(area, *home, of_kind(Kind::Premises, values)).map(drop)
            }
            Work::Arrival { home, person, on } => self.register(area, *home, *person, on),
            Work::Departure { which, on } => {
                let Some(which) = (*which as usize).checked_rem(self.stays.len()) else {
                    return Ok(());
                };
                let stay = self.stays.swap_remove(which);
                self.client.depart(stay, on.clone()).map(drop)
            }
            Work::Visit { home, values, photo } => {
                let home = self.open(area, *home, Vec::new())?;
                let visit = self.client.start_visit(home.record, Vec::new())?.record;
                self.photo(&visit, photo.as_ref())?;
                let mut values = of_kind(Kind::Visit, values);
                values.push(Entry {
                    key: "card_shown".to_owned(),
                    value: FieldValue::Flag { yes: true },
                });
                self.client.end_visit(visit, "met".to_owned(), values, true).map(drop)
            }
            Work::Inspection { home, items, photo } => self.inspect(area, *home, items, photo),
        }
    }

    fn open(&self, area: &str, home: u32, mut values: Vec<Entry>) -> Result<SavedEdit, FieldError> {
        let text = format!("北三路{home}号");
        values.push(Entry { key: "address".to_owned(), value: FieldValue::Text { text } });
        self.client.open_premises(Some(area.to_owned()), format!("{area}{home:09}"), values)
    }

    fn register(&mut self, area: &str, home: u32, person: u32, on: &str) -> Result<(), FieldError> {
        let home = self.open(area, home, Vec::new())?.record;
        let values = [
            ("name", format!("住户{person}")),
            ("document_type", "passport".to_owned()),
            ("document_number", format!("E{person:08}")),
            ("category", "migrant".to_owned()),
            ("arrived_on", on.to_owned()),
        ];
        let stay = self.client.register_residency(home, of_kind(Kind::Residency, &values))?;
        self.stays.push(stay.record);
        Ok(())
    }

    fn inspect(
        &self,
        area: &str,
        home: u32,
        items: &[(&'static str, bool)],
        photo: &Option<Photo>,
    ) -> Result<(), FieldError> {
        let home = self.open(area, home, Vec::new())?.record;
        let inspection = self.client.start_inspection(home, Vec::new())?.record;
        for (item, passes) in items {
            let (result, note) =
                if *passes { ("pass", None) } else { ("fail", Some("不符合要求".to_owned())) };
            let (inspection, item) = (inspection.clone(), (*item).to_owned());
            self.client.answer(inspection, item, result.to_owned(), note)?;
        }
        self.photo(&inspection, photo.as_ref())?;
        if items.iter().all(|(_, passes)| *passes) {
            return self
                .client
                .end_inspection(inspection, "pass".to_owned(), Vec::new(), true)
                .map(drop);
        }
        let (what, by) = ("限期整改".to_owned(), "2099-12-31".to_owned());
        self.client.order_rectification(inspection.clone(), what, by)?;
        self.client.submit(inspection).map(drop)
    }

    fn photo(&self, report: &str, photo: Option<&Photo>) -> Result<(), FieldError> {
        let Some(photo) = photo else { return Ok(()) };
        let mut bytes = PICTURE.to_vec();
        bytes.extend(photo.grain.to_be_bytes());
        let (mut grain, size) = (photo.grain | 1, photo.bytes.max(bytes.len()));
        while bytes.len() < size {
            grain = grain.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            bytes.extend((grain >> 16).to_be_bytes());
        }
        bytes.truncate(size);
        self.client.photo(report.to_owned(), bytes, None, None).map(drop)
    }
}

/// Values of a kind's fields; none is left out, for all are codes of its table.
fn of_kind(kind: Kind, values: &[(&'static str, String)]) -> Vec<Entry> {
    values.iter().filter_map(|(key, value)| entry(kind, key, value).ok()).collect()
}

/// The time between two rounds, give or take half: phones that all sync at once are no district.
fn pause(every: f64, dice: &mut Dice) {
    let part = 0.5 + f64::from(dice.below(1_000)) / 1_000.0;
    if let Ok(time) = Duration::try_from_secs_f64(every * part) {
        std::thread::sleep(time);
    }
}
