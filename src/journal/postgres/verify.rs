//! Verifying a journal on PostgreSQL: its tables' guards, every event, every thing and its head, every list, every count,
//! and every checkpoint, all as they stand at one moment.

use super::columns::columns;
use super::event::{EVENT, record};
use super::failure::Failure;
use super::guards::guards;
use super::server::Server;
use super::session::{Session, within, within_long};
use super::soundness::{granted, soundness};
use super::stop::{COLUMNS, Stop};
use super::value;
use crate::journal::blind::Term;
use crate::journal::chain::{Head, JournalId, same};
use crate::journal::check::{Check, Row as ListRow};
use crate::journal::checkpoint::Checkpoint;
use crate::journal::error::Error;
use crate::journal::keyfile::Keys;
use crate::journal::kinds::Registered;
use crate::journal::record::Record;
use crate::journal::report::{Progress, Report};
use crate::journal::stored::{Stored, digest};
use crate::kind::Digest;
use std::collections::{BTreeMap, HashMap, HashSet};
use tokio_postgres::{IsolationLevel, Transaction};

/// How many rows are read at a time.
const EVENTS: i32 = 2000;
const THINGS: i32 = 200;

impl Server {
    /// Verifies all of the journal as it stands at the beginning, and that it goes on from `against`.
    ///
    /// # Errors
    /// When the journal cannot be read at all; what is wrong with its contents is in the report.
    pub async fn verify(
        &self,
        kinds: &[Registered],
        against: Option<&Checkpoint>,
        tell: impl FnMut(Progress) + Send,
    ) -> Result<Report, Error> {
        let verified = self.verified(kinds, against, tell).await;
        verified.map_err(|e| self.error(e))
    }

    async fn verified(
        &self,
        kinds: &[Registered],
        against: Option<&Checkpoint>,
        tell: impl FnMut(Progress) + Send,
    ) -> Result<Report, Failure> {
        let mut session = Session::open(&self.address, None).await?;
        within(session.client.batch_execute("SET statement_timeout = 0")).await?;
        let granted = granted(&session.client).await?;
        let tx = session.client.build_transaction().isolation_level(IsolationLevel::RepeatableRead);
        let tx = within(tx.read_only(true).start()).await?;
        let report =
            Proof { keys: &self.keys, id: self.id }.verify(&tx, kinds, granted, against, tell).await?;
        // Ended in order: until the server sees that a connection is gone, it keeps the tables from being altered.
        within(tx.commit()).await?;
        Ok(report)
    }
}

/// What proves a journal.
pub struct Proof<'p> {
    pub keys: &'p Keys,
    pub id: JournalId,
}

impl Proof<'_> {
    /// Verifies all of the journal, as this transaction sees it. `granted`: what [`granted`] found.
    pub async fn verify(
        &self,
        tx: &Transaction<'_>,
        kinds: &[Registered],
        granted: Vec<String>,
        against: Option<&Checkpoint>,
        tell: impl FnMut(Progress) + Send,
    ) -> Result<Report, Failure> {
        let mut check = Check::new(self.keys, kinds, tell);
        let readable = columns(tx, &mut check).await?;
        match self.contents(tx, &mut check, granted, against).await {
            // What it stumbled over is told already.
            Err(Failure::Refused(_) | Failure::Lost(_)) if !readable => {
                check.problem(None, None, "with its tables so, the rest of it cannot be verified: put those right first, or restore a backup");
            }
            verified => verified?,
        }
        Ok(check.end())
    }

    async fn contents<F: FnMut(Progress) + Send>(
        &self,
        tx: &Transaction<'_>,
        check: &mut Check<'_, F>,
        granted: Vec<String>,
        against: Option<&Checkpoint>,
    ) -> Result<(), Failure> {
        let total = "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM things)";
        check.begin(within_long(tx.query_one(total, &[])).await?.try_get(0)?);
        guards(tx, check).await?;
        soundness(tx, check).await?;
        for what in granted {
            check.problem(None, None, what);
        }
        self.events(tx, check, against).await?;
        self.things(tx, check).await?;
        check.all_things();
        let rows: i64 = within_long(tx.query_one("SELECT count(*) FROM blind", &[])).await?.try_get(0)?;
        check.index(usize::try_from(rows).unwrap_or_default());
        strays(tx, check).await?;
        counts(tx, check).await?;
        Ok(())
    }

    /// Every event's hash, summed as the checkpoints have seen them.
    async fn events<F: FnMut(Progress) + Send>(
        &self,
        tx: &Transaction<'_>,
        check: &mut Check<'_, F>,
        against: Option<&Checkpoint>,
    ) -> Result<(), Failure> {
        let sql = format!("SELECT {COLUMNS} FROM checkpoints ORDER BY epoch");
        let stops = within(tx.query(&sql, &[])).await?;
        let stops = stops.iter().map(Stop::read).collect::<Result<Vec<_>, _>>()?;
        let against = against.filter(|point| match point.check(&self.keys.chain, self.id) {
            Ok(()) => true,
            Err(misfit) => {
                check.problem(None, None, misfit.to_string());
                false
            }
        });
        let by_position = against.filter(|point| point.epoch.is_none());
        let mut epochs: BTreeMap<i64, Head> = BTreeMap::new();
        let mut first = Head::EMPTY;
        let events = within(tx.prepare("SELECT pos, hash, epoch FROM events ORDER BY pos")).await?;
        let portal = within(tx.bind(&events, &[])).await?;
        loop {
            let rows = within_long(tx.query_portal(&portal, EVENTS)).await?;
            for row in &rows {
                let hash = digest(row.try_get(1)?);
                let epoch = epochs.entry(row.try_get(2)?).or_insert(Head::EMPTY);
                *epoch = epoch.with(&hash);
                if by_position.is_some_and(|point| first.events < point.events) {
                    first = first.with(&hash);
                }
                check.report.events += 1;
            }
            if rows.len() < EVENTS.unsigned_abs() as usize {
                break;
            }
        }
        let until = |epoch: i64| epochs.range(..=epoch).fold(Head::EMPTY, |all, (_, head)| all.plus(head));
        for stop in &stops {
            self.stop(check, stop, until(stop.epoch));
        }
        if let Some(point) = against {
            let there = point.epoch.map_or(first, until);
            goes_on_from(check, point, there);
        }
        Ok(())
    }

    fn stop<F: FnMut(Progress)>(&self, check: &mut Check<'_, F>, stop: &Stop, there: Head) {
        if !stop.is_proven(&self.keys.chain, self.id) {
            let what = format!("checkpoint {} was not made with the journal's key", stop.epoch);
            check.problem(None, None, what);
        } else if there != stop.head {
            let what = format!(
                "checkpoint {} has seen {} events, and {} of that time are there{}",
                stop.epoch,
                stop.head.events,
                there.events,
                if there.events == stop.head.events { ", but not the same ones" } else { "" }
            );
            check.problem(None, None, what);
        }
    }

    /// Every thing: its events, its head, and its row.
    async fn things<F: FnMut(Progress) + Send>(
        &self,
        tx: &Transaction<'_>,
        check: &mut Check<'_, F>,
    ) -> Result<(), Failure> {
        let sql = "SELECT n, kind, id, sealed_key, seq, hash, proof FROM things ORDER BY n";
        let things = within(tx.prepare(sql)).await?;
        let portal = within(tx.bind(&things, &[])).await?;
        loop {
            let rows = within_long(tx.query_portal(&portal, THINGS)).await?;
            let numbers: Vec<i64> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
            let mut events = events_of(tx, &numbers).await?;
            let mut lists = rows_of(tx, check.kinds, &numbers).await?;
            let mut due = Vec::new();
            for row in &rows {
                let (n, kind, id): (i64, String, String) =
                    (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                let records = named(events.remove(&n).unwrap_or_default(), &kind, &id);
                let (seq, hash) = (row.try_get::<_, i64>(4)?, digest(row.try_get(5)?));
                let proof = digest(row.try_get(6)?);
                self.head(check, &kind, &id, (seq, hash), &proof, &records);
                let Some(known) = check.kinds.iter().find(|known| known.name == kind).copied() else {
                    check.unknown(&kind, &id, i64::try_from(records.len()).unwrap_or(i64::MAX));
                    continue;
                };
                let row_of_list = lists.remove(&(kind.clone(), n));
                let stored = Stored { n, kind, id, records, sealed_key: row.try_get(3)? };
                let terms = check.thing(&known, &stored, row_of_list);
                due.push((known.name, stored, terms));
            }
            let index = index_of(tx, &due).await?;
            for (kind, thing, terms) in due {
                let there = terms.iter().filter(|term| index.contains(&(term.to_vec(), thing.n))).count();
                check.indexed(kind, &thing.id, terms.len(), there);
            }
            if rows.len() < THINGS.unsigned_abs() as usize {
                return Ok(());
            }
        }
    }

    fn head<F: FnMut(Progress)>(
        &self,
        check: &mut Check<'_, F>,
        kind: &str,
        id: &str,
        (seq, hash): (i64, Digest),
        proof: &Digest,
        records: &[(Record, Digest)],
    ) {
        let name = || Some(format!("{kind} {id}"));
        if !same(&self.keys.chain.thing(self.id, kind, id, seq, &hash), proof) {
            check.problem(
                None,
                name(),
                "what is said of its last event was not written with the journal's key",
            );
        }
        let last = records.last().map_or((0, Digest([0; 32])), |(record, hash)| (record.seq, *hash));
        if last != (seq, hash) {
            let what = format!("its last event should be number {seq}, and number {} is there", last.0);
            check.problem(None, name(), what);
        }
    }
}

/// What a person's checkpoint has seen is there.
fn goes_on_from<F: FnMut(Progress)>(check: &mut Check<'_, F>, point: &Checkpoint, there: Head) {
    if there.events < point.events {
        let what = format!(
            "it is older than the checkpoint of {}, which saw {} events; {} of them are there",
            point.at, point.events, there.events
        );
        check.problem(None, None, what);
    } else if there != point.head() {
        check.problem(None, None, "the events are not those that the checkpoint saw");
    }
}

/// The events of these things, by their numbers. Whose they are is not in them.
async fn events_of(
    tx: &Transaction<'_>,
    numbers: &[i64],
) -> Result<HashMap<i64, Vec<(Record, Digest)>>, Failure> {
    let sql =
        format!("SELECT {EVENT}, e.thing FROM events e WHERE e.thing = ANY($1) ORDER BY e.thing, e.seq");
    let mut found: HashMap<i64, Vec<_>> = HashMap::new();
    for row in within_long(tx.query(&sql, &[&numbers])).await? {
        found.entry(row.try_get(8)?).or_default().push(record(&row, "", "")?);
    }
    Ok(found)
}

fn named(mut records: Vec<(Record, Digest)>, kind: &str, id: &str) -> Vec<(Record, Digest)> {
    for (record, _) in &mut records {
        kind.clone_into(&mut record.kind);
        id.clone_into(&mut record.thing);
    }
    records
}

/// The rows of these things, by kind and number.
async fn rows_of(
    tx: &Transaction<'_>,
    kinds: &[Registered],
    numbers: &[i64],
) -> Result<HashMap<(String, i64), ListRow>, Failure> {
    let mut found = HashMap::new();
    for kind in kinds {
        let columns = crate::journal::rows::columns(&kind.list);
        let sql = format!("SELECT n, {columns} FROM {} WHERE n = ANY($1)", kind.list.table);
        for row in within_long(tx.query(&sql, &[&numbers])).await? {
            found.insert((kind.name.to_owned(), row.try_get(0)?), value::read(&kind.list, &row, 1)?);
        }
    }
    Ok(found)
}

/// Those of the terms of these things that are in the index.
async fn index_of(
    tx: &Transaction<'_>,
    due: &[(&str, Stored, Vec<Term>)],
) -> Result<HashSet<(Vec<u8>, i64)>, Failure> {
    let terms: Vec<&[u8]> = due.iter().flat_map(|(_, _, terms)| terms.iter().map(Term::as_slice)).collect();
    let sql = "SELECT term, thing FROM blind WHERE term = ANY($1)";
    let rows = within_long(tx.query(sql, &[&terms])).await?;
    let pair = |row: &tokio_postgres::Row| Ok((row.try_get(0)?, row.try_get(1)?));
    Ok(rows.iter().map(pair).collect::<Result<_, tokio_postgres::Error>>()?)
}

/// Rows of lists that belong to no thing.
async fn strays<F: FnMut(Progress) + Send>(
    tx: &Transaction<'_>,
    check: &mut Check<'_, F>,
) -> Result<(), Failure> {
    for kind in check.kinds {
        let sql = format!(
            "SELECT l.id FROM {} l WHERE NOT EXISTS (SELECT FROM things t WHERE t.n = l.n AND t.kind = $1)",
            kind.list.table
        );
        for row in within_long(tx.query(&sql, &[&kind.name])).await? {
            check.stray(kind, row.try_get(0)?);
        }
    }
    Ok(())
}

async fn counts<F: FnMut(Progress) + Send>(
    tx: &Transaction<'_>,
    check: &mut Check<'_, F>,
) -> Result<(), Failure> {
    let sql = "SELECT list, of, sum(n)::bigint FROM counts GROUP BY list, of HAVING sum(n) <> 0";
    let rows = within_long(tx.query(sql, &[])).await?;
    let read = rows.iter().map(|row| Ok(((row.try_get(0)?, row.try_get(1)?), row.try_get(2)?)));
    let found = read.collect::<Result<BTreeMap<(String, String), i64>, tokio_postgres::Error>>()?;
    check.counts(&found);
    Ok(())
}
