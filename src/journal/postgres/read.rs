//! Reading back from PostgreSQL.

use super::event::{EVENT, record};
use super::failure::Failure;
use super::server::Server;
use super::value;
use crate::journal::blind::Term;
use crate::journal::chain::same;
use crate::journal::change::{Last, Written};
use crate::journal::error::Error;
use crate::journal::select::{in_turn, rounded};
use crate::journal::stored::{Stored, digest};
use crate::kind::{Digest, List, Value};
use std::collections::HashMap;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

impl Server {
    /// A thing's records, and its last event's number and hash.
    ///
    /// # Errors
    /// [`Error::Broken`] when its last events are not those that its row speaks of.
    pub async fn stored(&self, kind: &'static str, id: &str) -> Result<Option<Stored>, Error> {
        let sql = format!(
            "SELECT {EVENT}, t.n, t.sealed_key, t.seq, t.hash, t.proof
             FROM things t LEFT JOIN events e ON e.thing = t.n WHERE t.kind = $1 AND t.id = $2 ORDER BY e.seq"
        );
        let rows = self.rows(&sql, &[&kind, &id]).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let read = || {
            let thing: (i64, Option<Vec<u8>>, i64, Vec<u8>, Vec<u8>) = (
                first.try_get(8)?,
                first.try_get(9)?,
                first.try_get(10)?,
                first.try_get(11)?,
                first.try_get(12)?,
            );
            let there =
                rows.iter().filter(|row| row.try_get::<_, Option<i64>>(0).is_ok_and(|pos| pos.is_some()));
            let records = there.map(|row| record(row, kind, id)).collect::<Result<Vec<_>, _>>()?;
            Ok::<_, tokio_postgres::Error>((thing, records))
        };
        let ((n, sealed_key, seq, hash, proof), records) =
            read().map_err(|e| self.error(Failure::from(e)))?;
        let hash = digest(&hash);
        let last = records.last().map_or((0, Digest([0; 32])), |(record, hash)| (record.seq, *hash));
        let proven = same(&self.keys.chain.thing(self.id, kind, id, seq, &hash), &digest(&proof));
        if last != (seq, hash) || !proven {
            let why = if proven {
                format!("its last event should be number {seq}, and is not")
            } else {
                "what is said of its last event was not written with the journal's key".to_owned()
            };
            return Err(Error::Broken { file: self.place.clone(), kind, thing: id.to_owned(), why });
        }
        Ok(Some(Stored { n, kind: kind.to_owned(), id: id.to_owned(), records, sealed_key }))
    }

    /// Where the chain of a thing ends.
    ///
    /// # Errors
    /// [`Error::Broken`] when what its row says of that was not written with the journal's key.
    pub async fn end(&self, kind: &'static str, id: &str) -> Result<Option<Written>, Error> {
        let sql = "SELECT t.n, t.seq, t.hash, t.proof, e.pos FROM things t
            JOIN events e ON e.thing = t.n AND e.seq = t.seq WHERE t.kind = $1 AND t.id = $2";
        let rows = self.rows(sql, &[&kind, &id]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let read = || {
            let hash: Vec<u8> = row.try_get(2)?;
            let last = Last { seq: row.try_get(1)?, hash: digest(&hash), pos: row.try_get(4)? };
            Ok::<_, tokio_postgres::Error>((
                Written { n: row.try_get(0)?, last },
                row.try_get::<_, Vec<u8>>(3)?,
            ))
        };
        let (end, proof) = read().map_err(|e| self.error(Failure::from(e)))?;
        let due = self.keys.chain.thing(self.id, kind, id, end.last.seq, &end.last.hash);
        if !same(&due, &digest(&proof)) {
            let why = "what is said of its last event was not written with the journal's key".to_owned();
            return Err(Error::Broken { file: self.place.clone(), kind, thing: id.to_owned(), why });
        }
        Ok(Some(end))
    }

    /// Rows of a list, those of one statement after those of the other, `limit` of them or a few more. A statement has a
    /// `?` for each of its values.
    pub async fn select(
        &self,
        list: &List,
        parts: Vec<(String, Vec<Value>)>,
        limit: u32,
    ) -> Result<Vec<(String, i64, Vec<Value>)>, Error> {
        let (sqls, values): (Vec<String>, Vec<Vec<Value>>) = parts.into_iter().unzip();
        let sql = match sqls.as_slice() {
            [one] => one.clone(),
            // The server comes to a part only when those before it did not have rows enough.
            several => format!("{} LIMIT {}", in_turn(several), rounded(limit)),
        };
        let values: Vec<&(dyn ToSql + Sync)> =
            values.iter().flatten().map(|value| value as &(dyn ToSql + Sync)).collect();
        let rows = self.rows(&numbered(&sql), &values).await?;
        let read = |row: &Row| value::read(list, row, 0).map_err(|e| self.error(Failure::from(e)));
        rows.iter().map(read).collect()
    }

    /// The numbers of the things whose id begins so, by id.
    pub async fn numbers(&self, kind: &str, begins: &str, limit: u32) -> Result<Vec<i64>, Error> {
        // Every id is text that sorts below this end.
        let end = format!("{begins}\u{10ffff}");
        let sql = "SELECT n FROM things WHERE kind = $1 AND id >= $2 AND id < $3 ORDER BY id LIMIT $4";
        let rows = self.rows(sql, &[&kind, &begins, &end, &i64::from(limit)]).await?;
        rows.iter().map(|row| row.try_get(0).map_err(|e| self.error(Failure::from(e)))).collect()
    }

    /// The numbers of the things that have this blind term, the latest first.
    pub async fn having(&self, term: &Term, limit: u32) -> Result<Vec<i64>, Error> {
        let sql = "SELECT thing FROM blind WHERE term = $1 ORDER BY thing DESC LIMIT $2";
        let rows = self.rows(sql, &[&term.as_slice(), &i64::from(limit)]).await?;
        rows.iter().map(|row| row.try_get(0).map_err(|e| self.error(Failure::from(e)))).collect()
    }

    /// The things of a kind that have these blind terms, each with the place of its term among them.
    pub async fn having_any(&self, kind: &str, terms: &[Term]) -> Result<Vec<(usize, String)>, Error> {
        let sql = "SELECT term, id FROM blind JOIN things ON n = thing WHERE term = ANY($1) AND kind = $2";
        let asked: Vec<&[u8]> = terms.iter().map(<[u8; 16]>::as_slice).collect();
        let rows = self.rows(sql, &[&asked, &kind]).await?;
        let mut places: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for (place, term) in terms.iter().enumerate() {
            places.entry(term.as_slice()).or_default().push(place);
        }
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let pair = |row: &Row| Ok((row.try_get::<_, Vec<u8>>(0)?, row.try_get::<_, String>(1)?));
            let (term, id) = pair(row).map_err(|e: tokio_postgres::Error| self.error(e.into()))?;
            let places = places.get(term.as_slice()).map(Vec::as_slice).unwrap_or_default();
            found.extend(places.iter().map(|place| (*place, id.clone())));
        }
        Ok(found)
    }

    /// How many things of a kind there are, and how many rows its list has.
    pub async fn listed(&self, table: &str, kind: &str) -> Result<(i64, i64), Error> {
        let sql =
            format!("SELECT (SELECT count(*) FROM things WHERE kind = $1), (SELECT count(*) FROM {table})");
        let rows = self.rows(&sql, &[&kind]).await?;
        let pair = |row: &Row| Ok((row.try_get(0)?, row.try_get(1)?));
        let found =
            rows.first().map(|row| pair(row).map_err(|e: tokio_postgres::Error| self.error(e.into())));
        found.unwrap_or(Ok((0, 0)))
    }

    /// How many things of a list there are, by the values that it is counted by.
    pub async fn counts(&self, list: &str) -> Result<Vec<(String, i64)>, Error> {
        let sql = "SELECT of, sum(n)::bigint FROM counts WHERE list = $1 GROUP BY of HAVING sum(n) <> 0 ORDER BY of";
        let rows = self.rows(sql, &[&list]).await?;
        let pair = |row: &Row| Ok((row.try_get(0)?, row.try_get(1)?));
        rows.iter().map(|row| pair(row).map_err(|e: tokio_postgres::Error| self.error(e.into()))).collect()
    }
}

/// The statement with `$1`, `$2` … for its question marks. No text stands in it that could hold one.
fn numbered(sql: &str) -> String {
    let mut parts = sql.split('?');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.zip(1..).fold(first, |sql, (part, n)| format!("{sql}${n}{part}"))
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn question_marks_are_numbered() {
        assert_eq!(numbered("a = ? AND (b, c) > (?, ?) LIMIT ?"), "a = $1 AND (b, c) > ($2, $3) LIMIT $4");
        assert_eq!(numbered("SELECT 1"), "SELECT 1");
    }
}
