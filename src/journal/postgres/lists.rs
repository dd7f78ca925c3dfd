//! The lists of a journal on PostgreSQL, many rows at a time: as a copy fills them, and a new version makes them anew.

use super::event::{EVENT, record};
use super::failure::Failure;
use super::session::Session;
use super::value::{each, type_of};
use crate::journal::carried::{CHUNK, Carried};
use crate::journal::keyfile::Keys;
use crate::journal::kinds::counted;
use crate::journal::stored::Stored;
use crate::kind::{Type, Value};
use std::collections::{BTreeMap, HashMap};
use tokio_postgres::types::ToSql;

/// The next things after the one of that number, with their events.
pub async fn things(session: &Session, after: i64) -> Result<Vec<Stored>, Failure> {
    let sql = "SELECT n, kind, id, sealed_key FROM things WHERE n > $1 ORDER BY n LIMIT $2";
    let mut things = Vec::new();
    for row in session.rows(sql, &[&after, &CHUNK]).await? {
        let (n, kind, id): (i64, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        things.push(Stored { n, kind, id, records: Vec::new(), sealed_key: row.try_get(3)? });
    }
    let numbers: Vec<i64> = things.iter().map(|thing| thing.n).collect();
    let at: HashMap<i64, usize> = numbers.iter().enumerate().map(|(at, n)| (*n, at)).collect();
    let sql =
        format!("SELECT {EVENT}, e.thing FROM events e WHERE e.thing = ANY($1) ORDER BY e.thing, e.seq");
    for row in session.rows(&sql, &[&numbers]).await? {
        let thing = at.get(&row.try_get(8)?).and_then(|at| things.get_mut(*at));
        if let Some(thing) = thing {
            thing.records.push(record(&row, &thing.kind, &thing.id)?);
        }
    }
    Ok(things)
}

/// Writes what the lists say of these things, and what they are found by.
pub async fn put(session: &Session, keys: &Keys, things: &[Carried]) -> Result<(), Failure> {
    put_terms(session, keys, things).await?;
    let mut by_kind: BTreeMap<&str, Vec<&Carried>> = BTreeMap::new();
    for thing in things {
        by_kind.entry(thing.kind.name).or_default().push(thing);
    }
    for things in by_kind.values() {
        put_rows(session, things).await?;
    }
    Ok(())
}

async fn put_terms(session: &Session, keys: &Keys, things: &[Carried]) -> Result<(), Failure> {
    let of = |thing: &Carried| keys.blind.change(thing.kind.name, &[], &thing.read.terms).new;
    let all =
        things.iter().flat_map(|thing| of(thing).into_iter().map(|term| (term.to_vec(), thing.stored.n)));
    let (terms, numbers): (Vec<Vec<u8>>, Vec<i64>) = all.unzip();
    let sql = "INSERT INTO blind (term, thing) SELECT * FROM unnest($1::bytea[], $2::bigint[])";
    session.rows(sql, &[&terms, &numbers]).await.map(|_| ())
}

/// The rows of things of one kind.
async fn put_rows(session: &Session, things: &[&Carried]) -> Result<(), Failure> {
    let Some(list) = things.first().map(|thing| thing.kind.list) else { return Ok(()) };
    let numbers: Vec<i64> = things.iter().map(|thing| thing.stored.n).collect();
    let ids: Vec<&str> = things.iter().map(|thing| thing.stored.id.as_str()).collect();
    let seqs: Vec<i64> = things.iter().map(|thing| thing.read.seq.cast_signed()).collect();
    let columns: Vec<Box<dyn ToSql + Sync + Send>> =
        (list.columns.iter().enumerate()).map(|(at, column)| column_of(things, at, column.kind)).collect();
    let mut values: Vec<&(dyn ToSql + Sync)> = vec![&numbers, &ids, &seqs];
    values.extend(columns.iter().map(|column| &**column as &(dyn ToSql + Sync)));
    let names = each(&list, |(_, column)| format!(", {}", column.name));
    let arrays = each(&list, |(at, column)| format!(", ${}::{}[]", at + 4, type_of(column)));
    let sql = format!(
        "INSERT INTO {} (n, id, seq{names}) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[]{arrays})",
        list.table
    );
    session.rows(&sql, &values).await.map(|_| ())
}

/// One column of many rows.
fn column_of(things: &[&Carried], at: usize, kind: Type) -> Box<dyn ToSql + Sync + Send> {
    let values = things.iter().map(|thing| thing.read.row.get(at));
    match kind {
        Type::Integer => Box::new(
            values
                .map(|value| match value {
                    Some(Value::Integer(number)) => Some(*number),
                    Some(Value::Text(_) | Value::Nothing) | None => None,
                })
                .collect::<Vec<_>>(),
        ),
        Type::Text => Box::new(
            values
                .map(|value| match value {
                    Some(Value::Text(text)) => Some(text.clone()),
                    Some(Value::Integer(_) | Value::Nothing) | None => None,
                })
                .collect::<Vec<_>>(),
        ),
    }
}

/// How many things there are, by list and by the values that the list is counted by.
#[derive(Default)]
pub struct Counts(BTreeMap<(&'static str, String), i64>);

impl Counts {
    pub fn add(&mut self, thing: &Carried) {
        let list = &thing.kind.list;
        *self.0.entry((list.table, counted(list, &thing.read.row))).or_default() += 1;
    }

    /// Writes them, where there were none.
    pub async fn put(&self, session: &Session) -> Result<(), Failure> {
        for ((list, of), n) in &self.0 {
            let sql = "INSERT INTO counts (list, of, slot, n) VALUES ($1, $2, 0, $3)";
            session.rows(sql, &[list, of, n]).await?;
        }
        Ok(())
    }
}
