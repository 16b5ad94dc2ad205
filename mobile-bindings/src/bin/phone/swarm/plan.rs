//! What a phone does in a round: plausible field work, drawn from the seed. Pure; the same on every
//! machine, for which the generator is one of `rand`'s portable ones and ranges are drawn here.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// A piece of work. Homes are numbers: all phones of an area mean the same by them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Work {
    /// Writes into a home, opening it if need be.
    Home { home: u32, values: Vec<(&'static str, String)> },
    /// Somebody comes.
    Arrival { home: u32, person: u32, on: String },
    /// One of those whom this phone registered goes.
    Departure { which: u32, on: String },
    /// A visit, handed in; with a photo of so many bytes, perhaps.
    Visit { home: u32, values: Vec<(&'static str, String)>, photo: Option<Photo> },
    /// An inspection, handed in.
    Inspection { home: u32, items: Vec<(&'static str, bool)>, photo: Option<Photo> },
}

/// A photo: its size and what makes it unlike every other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Photo {
    pub(super) bytes: usize,
    pub(super) grain: u64,
}

/// What is drawn from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) homes: u32,
    /// Of a hundred reports, so many have one.
    pub(super) photos: u32,
    pub(super) photo_bytes: usize,
    /// Whether the phone's person may inspect.
    pub(super) inspects: bool,
}

/// The chance of one phone in one round.
pub(super) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// That of a phone's round.
    pub(super) fn new(seed: u64, phone: usize, round: u32) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"doorstep swarm 1\0");
        hash.update(seed.to_be_bytes());
        hash.update((phone as u64).to_be_bytes());
        hash.update(round.to_be_bytes());
        Self(Xoshiro256PlusPlus::from_seed(hash.finalize().into()))
    }

    /// A number below `n`; 0 where `n` is 0.
    pub(super) fn below(&mut self, n: u32) -> u32 {
        let wide = u128::from(self.0.next_u64()) * u128::from(n);
        u32::try_from(wide >> 64).unwrap_or(0)
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let place = self.below(u32::try_from(of.len()).unwrap_or(0));
        of.get(place as usize).copied()
    }

    fn word(&mut self, of: &[&str]) -> String {
        self.pick(of).unwrap_or_default().to_owned()
    }

    fn photo(&mut self, plan: &Plan) -> Option<Photo> {
        let taken = self.below(100) < plan.photos;
        taken.then(|| Photo { bytes: plan.photo_bytes, grain: self.0.next_u64() })
    }

    fn day(&mut self, month: u32) -> String {
        format!("2026-{month:02}-{:02}", 1 + self.below(28))
    }
}

/// One piece of work.
pub(super) fn work(dice: &mut Dice, plan: &Plan) -> Work {
    let home = dice.below(plan.homes);
    match dice.below(10) {
        0..=3 => Work::Home { home, values: home_values(dice) },
        4 => Work::Arrival { home, person: dice.below(1_000_000), on: dice.day(9) },
        5 => Work::Departure { which: dice.below(u32::MAX), on: dice.day(10) },
        6 | 7 if plan.inspects => {
            let items = ["wiring", "gas", "escape", "extinguishers", "ebike"];
            let items = items.into_iter().map(|item| (item, dice.below(4) > 0)).collect();
            Work::Inspection { home, items, photo: dice.photo(plan) }
        }
        _ => {
            let remarks = ["楼道灯不亮", "门铃坏了", "住户要求回访", "无异常"];
            let values = vec![("outcome", "met".to_owned()), ("remarks", dice.word(&remarks))];
            Work::Visit { home, values, photo: dice.photo(plan) }
        }
    }
}

fn home_values(dice: &mut Dice) -> Vec<(&'static str, String)> {
    let uses = ["rented", "owner_occupied", "shop", "vacant"];
    let modes = ["whole", "by_room", "by_bed", "shared"];
    let mut values = vec![("use", dice.word(&uses)), ("letting_mode", dice.word(&modes))];
    values.push((
        "notes",
        format!("{}{}", dice.word(&["东", "西", "南", "北"]), dice.word(&["门", "窗"])),
    ));
    values.push(("owner_name", dice.word(&["王芳", "李强", "张敏", "刘洋"])));
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(seed: u64, phone: usize) -> Vec<Work> {
        let plan = Plan { seed, homes: 20, photos: 50, photo_bytes: 900, inspects: true };
        let mut dice = Dice::new(plan.seed, phone, 1);
        (0..200).map(|_| work(&mut dice, &plan)).collect()
    }

    #[test]
    fn the_same_seed_is_the_same_work_and_every_phone_has_its_own() {
        assert_eq!(drawn(7, 1), drawn(7, 1));
        assert_ne!(drawn(7, 1), drawn(7, 2));
        assert_ne!(drawn(7, 1), drawn(8, 1));
    }

    #[test]
    fn a_day_has_work_of_every_kind() {
        let work = drawn(1, 0);
        let kinds: std::collections::HashSet<_> = work.iter().map(std::mem::discriminant).collect();
        assert_eq!(kinds.len(), 5);
        let photo = |w: &Work| matches!(w, Work::Visit { photo: Some(_), .. });
        assert!(work.iter().any(photo) && !work.iter().all(photo));
    }
}
