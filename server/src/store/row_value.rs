//! Rows as an array of one of PostgreSQL's composite types, in its binary form: what the array is, then
//! each row's length, how many fields it has, and each field's type, length and bytes (`array_recv` in
//! PostgreSQL's `arrayfuncs.c`, `record_recv` in its `rowtypes.c`). It costs a push less than an array for
//! each column, nothing is parsed as text, and the bytes are written in their place.

use std::io::Write as _;
use std::marker::PhantomData;

use chrono::NaiveDate;
use diesel::pg::Pg;
use diesel::serialize::{IsNull, Output, Result as Written, ToSql};
use diesel::sql_types::{Array, HasSqlType};
use uuid::Uuid;

/// 2000-01-01, from which PostgreSQL counts days, in days of the common era.
const FIRST_DAY: i32 = 730_120;

/// 2000-01-01 in milliseconds since 1970 UTC.
const FIRST_MOMENT: i64 = 946_684_800_000;

/// A composite type that rows are written as.
pub(super) trait RowType: std::fmt::Debug + 'static {}

macro_rules! row_types {
    ($($name:ident is $type:literal,)+) => {$(
        #[doc = concat!("The type `", $type, "`.")]
        #[derive(Debug, diesel::sql_types::SqlType)]
        #[diesel(postgres_type(name = $type))]
        pub(super) struct $name;

        impl RowType for $name {}
    )+};
}

row_types! {
    ChangeRow is "change_row",
    RecordRow is "record_row",
    PremisesRow is "premises_row",
    ResidencyRow is "residency_row",
    VisitRow is "visit_row",
    InspectionRow is "inspection_row",
}

/// The type of a field: its number is the same in every PostgreSQL (`pg_type.dat`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Boolean = 16,
    Bytes = 17,
    BigInt = 20,
    SmallInt = 21,
    Text = 25,
    Json = 114,
    Date = 1082,
    Moment = 1184,
    Uuid = 2950,
}

/// Rows of a type.
#[derive(Debug)]
pub(super) struct Rows<T> {
    rows: i32,
    /// Each row's length, number of fields, and fields.
    bytes: Vec<u8>,
    of: PhantomData<T>,
}

impl<T> Rows<T> {
    /// No rows yet.
    pub(super) fn with_room(bytes: usize) -> Self {
        Self { rows: 0, bytes: Vec::with_capacity(bytes), of: PhantomData }
    }

    /// Adds a row: its fields, in the order of its type.
    pub(super) fn add<R>(&mut self, fill: impl FnOnce(&mut Row<'_>) -> R) -> R {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; HEAD]);
        let mut row = Row { fields: 0, bytes: &mut self.bytes };
        let filled = fill(&mut row);
        let fields = row.fields;
        let length = self.bytes.len() - start - LENGTH;
        let head = length_of(length).into_iter().chain(fields.to_be_bytes());
        self.bytes.iter_mut().skip(start).zip(head).for_each(|(to, byte)| *to = byte);
        self.rows += 1;
        filled
    }
}

/// Bytes of a row's length.
const LENGTH: usize = 4;

/// Those of its length and of the number of its fields.
const HEAD: usize = LENGTH + 4;

/// Nothing that is written comes near the two gigabytes that a length can say.
fn length_of(bytes: usize) -> [u8; LENGTH] {
    i32::try_from(bytes).unwrap_or(i32::MAX).to_be_bytes()
}

/// A row that is being written.
pub(super) struct Row<'a> {
    fields: i32,
    bytes: &'a mut Vec<u8>,
}

impl Row<'_> {
    /// Nothing is known.
    pub(super) fn null(&mut self, scalar: Scalar) {
        self.head(scalar, (-1_i32).to_be_bytes());
    }

    pub(super) fn boolean(&mut self, yes: bool) {
        self.field(Scalar::Boolean, &[u8::from(yes)]);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.field(Scalar::Bytes, bytes);
    }

    pub(super) fn bigint(&mut self, number: i64) {
        self.field(Scalar::BigInt, &number.to_be_bytes());
    }

    pub(super) fn smallint(&mut self, number: i16) {
        self.field(Scalar::SmallInt, &number.to_be_bytes());
    }

    pub(super) fn text(&mut self, text: &str) {
        self.field(Scalar::Text, text.as_bytes());
    }

    /// JSON as it is written.
    pub(super) fn json(&mut self, json: &[u8]) {
        self.field(Scalar::Json, json);
    }

    pub(super) fn date(&mut self, day: NaiveDate) {
        use chrono::Datelike as _;
        self.field(Scalar::Date, &(day.num_days_from_ce() - FIRST_DAY).to_be_bytes());
    }

    /// A moment in milliseconds since 1970 UTC.
    pub(super) fn moment(&mut self, ms: i64) {
        let micros = ms.saturating_sub(FIRST_MOMENT).saturating_mul(1000);
        self.field(Scalar::Moment, &micros.to_be_bytes());
    }

    pub(super) fn uuid(&mut self, id: Uuid) {
        self.field(Scalar::Uuid, id.as_bytes());
    }

    fn field(&mut self, scalar: Scalar, bytes: &[u8]) {
        self.head(scalar, length_of(bytes.len()));
        self.bytes.extend_from_slice(bytes);
    }

    fn head(&mut self, scalar: Scalar, length: [u8; LENGTH]) {
        self.fields += 1;
        self.bytes.extend_from_slice(&(scalar as u32).to_be_bytes());
        self.bytes.extend_from_slice(&length);
    }
}

impl<T: RowType> ToSql<Array<T>, Pg> for Rows<T>
where
    Pg: HasSqlType<T>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> Written {
        let row_type = Pg::metadata(out.metadata_lookup()).oid()?;
        let dimensions = 1_i32;
        let first_place = 1_i32;
        let nulls = 0_i32;
        for word in [dimensions, nulls, row_type.cast_signed(), self.rows, first_place] {
            out.write_all(&word.to_be_bytes())?;
        }
        out.write_all(&self.bytes)?;
        Ok(IsNull::No)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postgresql_counts_from_the_year_2000() {
        use chrono::Datelike as _;
        let day = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap();
        assert_eq!(day.num_days_from_ce(), FIRST_DAY);
        assert_eq!(day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_millis(), FIRST_MOMENT);
    }
}
