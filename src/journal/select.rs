//! Reading lists: rows of a kind by conditions that an index answers, a page at a time.

use super::either::Row;
use super::error::Error;
use super::rows;
use super::store::Journal;
use crate::kind::{Kind, Value};

/// Which rows, in which order. Columns are those of the kind's list, `id` and `n`.
#[derive(Clone, Debug, Default)]
pub struct Select<'a> {
    /// Columns that hold just this.
    pub equal: Vec<(&'a str, Value)>,
    /// Columns that hold this or more.
    pub from: Vec<(&'a str, Value)>,
    /// Columns that hold less than this.
    pub below: Vec<(&'a str, Value)>,
    /// A further condition, in SQL, as it stands at an index.
    pub only: Option<&'a str>,
    /// What they are sorted by.
    pub by: &'a [&'a str],
    /// Rows after this place alone: a value for each column of `by`.
    pub after: Option<Vec<Value>>,
    /// From the last to the first; `after` then means before.
    pub backward: bool,
    pub limit: u32,
}

impl Select<'_> {
    /// The statement, and its arguments.
    fn sql<K: Kind>(&self) -> (String, Vec<Value>) {
        let mut conditions = Vec::new();
        let mut values = Vec::new();
        for (pairs, is) in [(&self.equal, "="), (&self.from, ">="), (&self.below, "<")] {
            for (column, value) in pairs {
                conditions.push(format!("{column} {is} ?"));
                values.push(value.clone());
            }
        }
        conditions.extend(self.only.map(str::to_owned));
        if let Some(after) = &self.after {
            let places = vec!["?"; after.len()].join(", ");
            let is = if self.backward { "<" } else { ">" };
            conditions.push(format!("({}) {is} ({places})", self.by.join(", ")));
            values.extend(after.iter().cloned());
        }
        let conditions = conditions.join(" AND ");
        let only = if conditions.is_empty() { String::new() } else { format!(" WHERE {conditions}") };
        let (columns, table) = (rows::columns(&K::LIST), K::LIST.table);
        let (order, limit) = (self.order(), rounded(self.limit));
        (format!("SELECT {columns} FROM {table}{only}{order} LIMIT {limit}"), values)
    }

    /// One statement for rows of several selects that are sorted alike, as one list.
    fn merged<K: Kind>(selects: &[Select<'_>], limit: u32) -> (String, Vec<Value>) {
        let [first, _, ..] = selects else {
            return selects.first().map(Select::sql::<K>).unwrap_or_default();
        };
        let (sqls, values): (Vec<_>, Vec<_>) = selects.iter().map(Select::sql::<K>).unzip();
        let sql = format!("{}{} LIMIT {}", in_turn(&sqls), first.order(), rounded(limit));
        (sql, values.into_iter().flatten().collect())
    }

    fn order(&self) -> String {
        let way = if self.backward { " DESC" } else { "" };
        let by = self.by.iter().map(|column| format!("{column}{way}")).collect::<Vec<_>>();
        if by.is_empty() { String::new() } else { format!(" ORDER BY {}", by.join(", ")) }
    }
}

/// One statement for the rows of all of them, one after the other.
pub fn in_turn(sqls: &[String]) -> String {
    let parts = sqls.iter().enumerate().map(|(n, sql)| format!("SELECT * FROM ({sql}) AS part_{n}"));
    parts.collect::<Vec<_>>().join(" UNION ALL ")
}

/// A limit that stands in the statement itself, so that it is planned for so few rows; there are few of them, so that few
/// statements are prepared.
pub fn rounded(limit: u32) -> u32 {
    let rounded =
        if limit < 64 { limit.checked_next_power_of_two() } else { limit.checked_next_multiple_of(64) };
    rounded.unwrap_or(limit)
}

impl Journal {
    /// The rows of a kind's list.
    ///
    /// # Errors
    /// [`Error::Broken`] when a row says what no row can say.
    pub async fn rows<K: Kind>(&self, select: &Select<'_>) -> Result<Vec<K::Row>, Error> {
        self.rows_in_turn::<K>(&[vec![select.clone()]], select.limit).await
    }

    /// The rows of a kind's list, part after part, `limit` of them. The rows of a part are those of all its selects, which
    /// are sorted alike.
    ///
    /// # Errors
    /// As [`Journal::rows`].
    pub async fn rows_in_turn<K: Kind>(
        &self,
        parts: &[Vec<Select<'_>>],
        limit: u32,
    ) -> Result<Vec<K::Row>, Error> {
        let read = |(id, seq, values): Row| {
            K::read_row(&id, seq.cast_unsigned(), &values).map_err(|why| self.broken::<K>(&id, why))
        };
        self.values::<K>(parts, limit).await?.into_iter().map(read).collect()
    }

    /// The same rows, as they are stored.
    pub(super) async fn values<K: Kind>(
        &self,
        parts: &[Vec<Select<'_>>],
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        let parts = parts.iter().map(|selects| Select::merged::<K>(selects, limit)).collect();
        let mut found = self.inner.store.select(&K::LIST, parts, limit).await?;
        found.truncate(limit as usize);
        Ok(found)
    }

    /// The rows of the things whose id begins so, `limit` at most.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn rows_by_id<K: Kind>(&self, begins: &str, limit: u32) -> Result<Vec<K::Row>, Error> {
        let numbers = self.inner.store.numbers(K::NAME, begins, limit).await?;
        let mut found = Vec::with_capacity(numbers.len());
        for n in numbers {
            let select = Select { equal: vec![("n", n.into())], limit: 1, ..Select::default() };
            found.extend(self.rows::<K>(&select).await?);
        }
        Ok(found)
    }

    /// How many things of a kind there are, by the values that its list is counted by.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn counts<K: Kind>(&self) -> Result<Vec<(Vec<String>, u64)>, Error> {
        let counts = self.inner.store.counts(K::LIST.table).await?;
        let count = |(of, n): (String, i64)| (of.split(' ').map(str::to_owned).collect(), n.cast_unsigned());
        Ok(counts.into_iter().map(count).collect())
    }

    /// The things that have this term, the latest first, `limit` at most.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn rows_by_term<K: Kind>(&self, term: &str, limit: u32) -> Result<Vec<K::Row>, Error> {
        let term = self.inner.keys.blind.term(K::NAME, term);
        let numbers = self.inner.store.having(&term, limit).await?;
        let mut found = Vec::with_capacity(numbers.len());
        for n in numbers {
            let select = Select { equal: vec![("n", n.into())], limit: 1, ..Select::default() };
            found.extend(self.rows::<K>(&select).await?);
        }
        Ok(found)
    }

    /// What `text` becomes with the journal's key, as 32 hexadecimal digits: whoever has these and not the key can neither read
    /// the text nor test a guess. `what` tells one use from another.
    pub fn keyed(&self, what: &str, text: &str) -> String {
        hex::encode(self.inner.keys.blind.term(what, text))
    }

    /// The ids of the things of a kind that have any of these terms, each with the place of its term among them.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn having_any<K: Kind>(&self, terms: &[&str]) -> Result<Vec<(usize, String)>, Error> {
        let terms: Vec<_> = terms.iter().map(|term| self.inner.keys.blind.term(K::NAME, term)).collect();
        self.inner.store.having_any(K::NAME, &terms).await
    }
}
