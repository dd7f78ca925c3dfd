//! The line of the queue as a row: binding it, reading it.

use super::record::{instant, kept};
use crate::order::{Brief, Call, Class, Environment, Method, OrderId, State, Summary, Timestamp};
use sqlx::Row as _;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};

/// The columns of a [`Summary`], in the order in which [`read`] reads and [`bind`] binds them.
pub const COLUMNS: &str = "id, environment, transaction_id, partner_order_id, standing, method, agent, prepared_at, \
    opened_at, updated_at, seq, trouble_call, trouble_class, trouble_code, trouble_row, owner";

/// How many there are.
pub const COUNT: usize = 16;

/// A query whose arguments are being bound.
pub type Binding<'q> = Query<'q, Sqlite, SqliteArguments>;

/// Binds the columns.
pub fn bind<'q>(query: Binding<'q>, summary: &Summary) -> Binding<'q> {
    let trouble = summary.trouble.as_ref();
    query
        .bind(summary.id.as_str().to_owned())
        .bind(summary.environment.name())
        .bind(summary.transaction_id.clone())
        .bind(summary.partner_order_id.clone())
        .bind(summary.standing.name())
        .bind(summary.method.map(Method::name))
        .bind(summary.agent.clone())
        .bind(summary.prepared_at.map(Timestamp::as_microsecond))
        .bind(summary.opened_at.as_microsecond())
        .bind(summary.updated_at.as_microsecond())
        .bind(summary.seq.cast_signed())
        .bind(trouble.map(|t| t.call.name()))
        .bind(trouble.map(|t| t.class.name()))
        .bind(trouble.and_then(|t| t.code.clone()))
        .bind(trouble.and_then(|t| t.row.clone()))
        .bind(summary.owner.clone())
}

/// The rank by which the queue is sorted first.
pub fn attention(summary: &Summary) -> i64 {
    summary.attention() as i64
}

/// Reads the columns.
///
/// # Errors
/// Says which column holds what it cannot hold.
pub fn read(row: &SqliteRow) -> Result<Summary, String> {
    let text = |at: usize| row.try_get::<&str, _>(at).map_err(|e| e.to_string());
    let maybe = |at: usize| row.try_get::<Option<&str>, _>(at).map_err(|e| e.to_string());
    let number = |at: usize| row.try_get::<i64, _>(at).map_err(|e| e.to_string());
    Ok(Summary {
        id: known(text(0)?, "id", OrderId::parse)?,
        environment: known(text(1)?, "environment", Environment::named)?,
        transaction_id: text(2)?.into(),
        partner_order_id: text(3)?.into(),
        standing: known(text(4)?, "state", State::named)?,
        method: maybe(5)?.map(|name| known(name, "method", method)).transpose()?,
        agent: text(6)?.into(),
        prepared_at: row.try_get::<Option<i64>, _>(7).map_err(|e| e.to_string())?.map(instant).transpose()?,
        opened_at: instant(number(8)?)?,
        updated_at: instant(number(9)?)?,
        ended_at: None,
        seq: number(10)?.cast_unsigned(),
        trouble: match maybe(11)?.zip(maybe(12)?) {
            None => None,
            Some((call, class)) => Some(Brief {
                call: known(call, "call", Call::named)?,
                class: known(class, "trouble", Class::named)?,
                code: maybe(13)?.map(Into::into),
                row: maybe(14)?.map(Into::into),
            }),
        },
        owner: maybe(15)?.map(Into::into),
    })
}

/// The summary as it reads back.
pub fn as_kept(mut summary: Summary) -> Summary {
    summary.prepared_at = summary.prepared_at.map(kept);
    summary.ended_at = None;
    summary
}

fn known<T>(name: &str, what: &str, named: impl Fn(&str) -> Option<T>) -> Result<T, String> {
    named(name).ok_or_else(|| format!("`{name}` is no {what}"))
}

fn method(name: &str) -> Option<Method> {
    [Method::Verbal, Method::Sms, Method::Email].into_iter().find(|m| m.name() == name)
}
