//! Stage 2, continued: how much the columns say before anything expands them. They are run-length
//! encoded, so that a hundred bytes can claim 2^60 operations or predecessors, and Automerge's
//! parser goes through them one by one. Runs are added up here instead, a few steps a column.

use super::{Refusal, limits};
use crate::codes;

/// The objects of the operations; a row of nothing is an operation on the root.
const OBJECT: u64 = 1;
/// The keys of the operations.
const KEY: u64 = (1 << 4) | 5;
/// What the operations do: a row each.
const ACTION: u64 = (4 << 4) | 2;
/// How many predecessors each operation has.
const PREDECESSORS: u64 = 7 << 4;

/// Bytes of a chunk before its length: magic, checksum, type.
const HEADER: usize = 9;

/// Checks a plain change chunk whose header was checked.
pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    let columns = Columns::of(bytes).ok_or_else(|| Refusal::of(&codes::NOT_A_CHANGE))?;
    let unreadable = || Refusal::of(&codes::NOT_A_CHANGE);
    let actions = columns.numbers(ACTION).ok_or_else(unreadable)?;
    let objects = columns.numbers(OBJECT).ok_or_else(unreadable)?;
    let predecessors = columns.numbers(PREDECESSORS).ok_or_else(unreadable)?;
    let on_root = actions.rows.saturating_sub(objects.values);
    let most = |number: usize| number as u64;
    // A put that repeats a winner stands behind the deletion of its key.
    if actions.rows > most(limits::OPERATIONS)
        || on_root > most(2 * limits::ROOT_OPERATIONS)
        || predecessors.sum > most(limits::OPERATIONS + limits::REPLACED)
    {
        return Err(Refusal::of(&codes::TOO_MANY_OPERATIONS));
    }
    match columns.long_key().ok_or_else(unreadable)? {
        Some(key) => Err(Refusal::on(&codes::UNKNOWN_FIELD, &key)),
        None => Ok(()),
    }
}

/// The columns of a change: what each is, and its bytes.
struct Columns<'b>(Vec<(u64, &'b [u8])>);

/// What a column of numbers adds up to.
#[derive(Default)]
struct Total {
    /// Rows, those of nothing among them.
    rows: u64,
    /// Rows with a value.
    values: u64,
    /// All values together.
    sum: u64,
}

impl<'b> Columns<'b> {
    fn of(bytes: &'b [u8]) -> Option<Self> {
        let mut rest = Reader(bytes.get(HEADER..)?);
        rest.unsigned()?;
        let dependencies = usize::try_from(rest.unsigned()?).ok()?;
        rest.take(dependencies.checked_mul(32)?)?;
        rest.prefixed()?;
        // Sequence, first operation, time (signed, but as long), message.
        for _ in 0..3 {
            rest.unsigned()?;
        }
        rest.prefixed()?;
        for _ in 0..rest.unsigned()? {
            rest.prefixed()?;
        }
        let mut sizes = Vec::new();
        for _ in 0..rest.unsigned()? {
            sizes.push((rest.unsigned()?, usize::try_from(rest.unsigned()?).ok()?));
        }
        let taken = sizes.into_iter().map(|(what, size)| Some((what, rest.take(size)?)));
        taken.collect::<Option<_>>().map(Self)
    }

    fn column(&self, what: u64) -> Reader<'b> {
        let found = self.0.iter().find(|(column, _)| *column == what);
        Reader(found.map_or(&[], |(_, bytes)| *bytes))
    }

    /// Adds up a column of numbers.
    fn numbers(&self, what: u64) -> Option<Total> {
        let mut column = self.column(what);
        let mut total = Total::default();
        while let Some(run) = column.run()? {
            let rows = run.rows();
            total.rows = total.rows.saturating_add(rows);
            let mut add = |times: u64, value: u64| {
                total.values = total.values.saturating_add(times);
                total.sum = total.sum.saturating_add(times.saturating_mul(value));
            };
            match run {
                Run::Same(times) => add(times, column.unsigned()?),
                Run::Each(number) => {
                    for _ in 0..number {
                        add(1, column.unsigned()?);
                    }
                }
                Run::Nothing(_) => {}
            }
        }
        Some(total)
    }

    /// The first key that is longer than a key may be.
    fn long_key(&self) -> Option<Option<String>> {
        let mut column = self.column(KEY);
        while let Some(run) = column.run()? {
            let strings = match run {
                Run::Same(_) => 1,
                Run::Each(number) => number,
                Run::Nothing(_) => 0,
            };
            for _ in 0..strings {
                let key = column.prefixed()?;
                if key.len() > limits::KEY_BYTES {
                    let begun = key.get(..limits::KEY_BYTES).unwrap_or_default();
                    return Some(Some(String::from_utf8_lossy(begun).into_owned()));
                }
            }
        }
        Some(None)
    }
}

/// A run of a column; the values follow it.
#[derive(Clone, Copy)]
enum Run {
    /// One value, so often.
    Same(u64),
    /// So many values.
    Each(u64),
    /// So many rows of nothing.
    Nothing(u64),
}

impl Run {
    fn rows(self) -> u64 {
        let (Self::Same(rows) | Self::Each(rows) | Self::Nothing(rows)) = self;
        rows
    }
}

/// Bytes that are read from their beginning; nothing where they end too early.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, number: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(number)?;
        self.0 = rest;
        Some(taken)
    }

    /// Bytes behind their length.
    fn prefixed(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.unsigned()?).ok()?;
        self.take(length)
    }

    /// A LEB128: its bits, how many there are, and whether the highest is set.
    fn leb128(&mut self) -> Option<(u64, u32, bool)> {
        let (mut value, mut bits) = (0_u64, 0);
        loop {
            let byte = *self.take(1)?.first()?;
            value |= u64::from(byte & 0x7f).checked_shl(bits).unwrap_or_default();
            bits += 7;
            if byte & 0x80 == 0 {
                return Some((value, bits, byte & 0x40 != 0));
            }
            if bits > 63 {
                return None;
            }
        }
    }

    fn unsigned(&mut self) -> Option<u64> {
        self.leb128().map(|(value, ..)| value)
    }

    fn signed(&mut self) -> Option<i64> {
        let (value, bits, negative) = self.leb128()?;
        let sign = if negative { u64::MAX.checked_shl(bits).unwrap_or_default() } else { 0 };
        Some((value | sign).cast_signed())
    }

    /// The next run of a column; the inner nothing at its end.
    fn run(&mut self) -> Option<Option<Run>> {
        if self.0.is_empty() {
            return Some(None);
        }
        Some(Some(match self.signed()? {
            0 => Run::Nothing(self.unsigned()?),
            times if times > 0 => Run::Same(times.unsigned_abs()),
            number => Run::Each(number.unsigned_abs()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::ids::{Actor, DeviceId};
    use crate::judge;
    use crate::records::{Kind, Value};

    /// An honest change that clears a field: every column of it is short.
    fn honest() -> Vec<u8> {
        let mut document = Document::genesis(Kind::Premises).unwrap();
        let actor = Actor::new(DeviceId(1), 1);
        let set = |value: Value| vec![("use".to_owned(), value)];
        document.edit(actor, 1, &set("shop".into())).unwrap().unwrap();
        document.edit(actor, 2, &set(Value::Null)).unwrap().unwrap().bytes
    }

    /// The change with other columns, its length and checksum put right.
    fn with_columns(bytes: &[u8], alter: impl Fn(u64, &[u8]) -> Vec<u8>) -> Vec<u8> {
        let columns: Vec<(u64, Vec<u8>)> = Columns::of(bytes)
            .unwrap()
            .0
            .iter()
            .map(|(what, c)| (*what, alter(*what, c)))
            .collect();
        let old = Columns::of(bytes).unwrap();
        let data: usize = old.0.iter().map(|(_, column)| column.len()).sum();
        // Each of an honest change's columns is described in two bytes; their number in one.
        let described = 1 + old.0.len() * 2;
        let before = &bytes[HEADER + 1..bytes.len() - data - described];
        let mut contents = before.to_vec();
        leb(&mut contents, columns.len() as u64);
        for (what, column) in &columns {
            leb(&mut contents, *what);
            leb(&mut contents, column.len() as u64);
        }
        columns.iter().for_each(|(_, column)| contents.extend(column));
        let mut chunk = vec![1];
        leb(&mut chunk, contents.len() as u64);
        chunk.extend(contents);
        let digest = <sha2::Sha256 as sha2::Digest>::digest(&chunk);
        [&bytes[..4], &digest[..4], &chunk].concat()
    }

    fn leb(to: &mut Vec<u8>, mut value: u64) {
        while value > 0x7f {
            to.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
            value >>= 7;
        }
        to.push(u8::try_from(value).unwrap());
    }

    /// A column of one row, said so often.
    fn repeated(column: &[u8], times: u64) -> Vec<u8> {
        let mut run = Vec::new();
        match column {
            // A literal run of one value.
            [0x7f, value @ ..] => {
                // A positive signed LEB128 has the sign's bit clear.
                leb(&mut run, times);
                if run.last().is_some_and(|last| last & 0x40 != 0) {
                    *run.last_mut().unwrap() |= 0x80;
                    run.push(0);
                }
                run.extend(value);
            }
            [0, 1] => {
                run.push(0);
                leb(&mut run, times);
            }
            // Booleans: so many of "no".
            [1] => leb(&mut run, times),
            other => panic!("not a column of one row: {other:?}"),
        }
        run
    }

    #[test]
    fn an_honest_change_put_together_again_is_the_same() {
        let change = honest();
        assert_eq!(with_columns(&change, |_, column| column.to_vec()), change);
        assert_eq!(check(&change), Ok(()));
    }

    #[test]
    fn inflate_bomb_of_run_lengths_is_refused_before_anything_expands_it() {
        let operations = with_columns(&honest(), |what, column| match what {
            // The predecessors' actors and counters belong to the first alone.
            113 | 115 => column.to_vec(),
            _ => repeated(column, 1 << 40),
        });
        let predecessors = with_columns(&honest(), |what, column| match what {
            PREDECESSORS => {
                let mut many = vec![0x7f];
                leb(&mut many, 1 << 40);
                many
            }
            113 | 115 => repeated(column, 1 << 40),
            _ => column.to_vec(),
        });
        // Whoever counts to 2^40 does not come to an end here.
        for bomb in [operations, predecessors] {
            assert!(bomb.len() < 300);
            let refused = judge::read(&bomb, Kind::Premises).unwrap_err();
            assert_eq!(refused.code.code, "too_many_operations");
        }
    }

    #[test]
    fn a_key_that_is_too_long_is_refused_before_it_is_repeated() {
        let long = with_columns(&honest(), |what, column| match what {
            KEY => {
                let mut key = vec![0x7f];
                leb(&mut key, 5_000);
                key.extend(vec![b'k'; 5_000]);
                key
            }
            _ => column.to_vec(),
        });
        let refused = judge::read(&long, Kind::Premises).unwrap_err();
        assert_eq!((refused.code.code, refused.field), ("unknown_field", Some("k".repeat(128))));
    }

    #[test]
    fn bytes_cut_anywhere_are_no_columns_or_fewer_but_never_a_panic() {
        let change = honest();
        (0..change.len()).for_each(|end| {
            let _ = check(&change[..end]);
        });
    }
}
