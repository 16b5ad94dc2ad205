//! Statements written by hand that PostgreSQL plans once a connection. diesel plans its own
//! `sql_query` anew each time, which costs more than running it; this fragment may be kept.

use std::marker::PhantomData;

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Untyped};
use diesel::{PgConnection, RunQueryDsl};

/// A value for one `?` of a statement.
pub(super) struct Bind<S, V> {
    value: V,
    kind: PhantomData<S>,
}

/// A value of an SQL type.
pub(super) fn bind<S, V>(value: V) -> Bind<S, V> {
    Bind { value, kind: PhantomData }
}

/// A statement with a `?` for each of its binds, in order. One that is asked for again is `$n`, by its
/// number from 1.
pub(super) struct Statement<'s, B> {
    sql: &'s str,
    binds: B,
}

/// A statement that is planned once a connection.
pub(super) fn statement<B>(sql: &str, binds: B) -> Statement<'_, B> {
    Statement { sql, binds }
}

/// Binds its value where the statement says `?`.
pub(super) trait Fill {
    fn fill<'b>(
        &'b self,
        pieces: &mut std::str::Split<'_, char>,
        out: AstPass<'_, 'b, Pg>,
    ) -> QueryResult<()>;
}

impl<S, V> Fill for Bind<S, V>
where
    V: ToSql<S, Pg>,
    Pg: HasSqlType<S>,
{
    fn fill<'b>(
        &'b self,
        pieces: &mut std::str::Split<'_, char>,
        mut out: AstPass<'_, 'b, Pg>,
    ) -> QueryResult<()> {
        out.push_bind_param::<S, V>(&self.value)?;
        out.push_sql(pieces.next().unwrap_or_default());
        Ok(())
    }
}

macro_rules! fill_tuples {
    ($(($($name:ident),+))+) => {$(
        impl<$($name: Fill),+> Fill for ($($name,)+) {
            #[allow(non_snake_case, reason = "a tuple's parts are named by their types")]
            fn fill<'b>(
                &'b self,
                pieces: &mut std::str::Split<'_, char>,
                mut out: AstPass<'_, 'b, Pg>,
            ) -> QueryResult<()> {
                let ($($name,)+) = self;
                $($name.fill(pieces, out.reborrow())?;)+
                Ok(())
            }
        }
    )+};
}

fill_tuples! {
    (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F)
    (A, B, C, D, E, F, G) (A, B, C, D, E, F, G, H)
}

impl<B: Fill> QueryFragment<Pg> for Statement<'_, B> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut pieces = self.sql.split('?');
        out.push_sql(pieces.next().unwrap_or_default());
        self.binds.fill(&mut pieces, out)
    }
}

impl<B> QueryId for Statement<'_, B> {
    type QueryId = ();
    // It is kept under its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<B> Query for Statement<'_, B> {
    type SqlType = Untyped;
}

impl<B> RunQueryDsl<PgConnection> for Statement<'_, B> {}
