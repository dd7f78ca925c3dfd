//! Recording changes: one statement each, which is a transaction of its own, or many in one transaction; and finding out
//! what became of one whose connection was lost.

use super::failure::Failure;
use super::fence::Fence;
use super::server::{Server, Writer};
use super::session::{Backend, Session, within};
use super::sole;
use super::statement::{self, Besides, By};
use crate::journal::blind::Term;
use crate::journal::change::{Change, Last, Written};
use crate::journal::error::Error;
use crate::journal::kinds::counted;
use crate::kind::{Digest, List, Timestamp, Value};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio_postgres::GenericClient;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

/// How often a change is tried that ran into others.
const ROUNDS: usize = 5;

/// How often, and how long apart, it is looked whether a process of the server's is gone.
const LOOKS: u32 = 40;
const BETWEEN: Duration = Duration::from_millis(250);

/// A change with its positions and hashes.
struct Ready<'c> {
    change: &'c Change,
    positions: Vec<i64>,
    hashes: Vec<Digest>,
    proof: Digest,
    /// The lease of the worker that records it, if one does.
    fence: Option<Fence>,
}

impl Ready<'_> {
    /// The last event, once it is recorded.
    fn last(&self) -> Last {
        let hash = self.hashes.last().copied().unwrap_or(Digest([0; 32]));
        Last { seq: self.change.seq(), hash, pos: self.positions.last().copied().unwrap_or(0) }
    }
}

/// What became of a change: where its thing is now, or that it was refused.
type Outcome = Result<Written, Error>;

impl Server {
    /// Records the changes, all in one transaction. One that is refused for its own sake does not keep the others out.
    ///
    /// # Errors
    /// When none was recorded; or when nobody can say whether they were.
    pub async fn write(&self, changes: &[Change]) -> Result<Vec<Outcome>, Error> {
        let mut writer = self.writer().await;
        let mut rounds = 0;
        loop {
            rounds += 1;
            let done = self.write_once(&mut writer, changes).await;
            match done {
                Err(failure) if failure.is_passing() && rounds < ROUNDS => {}
                // One of many ran into what the others do not: each for itself.
                Err(failure) if failure.constraint().is_some() && changes.len() > 1 => {
                    drop(writer);
                    return self.write_each(changes).await;
                }
                Err(failure) => return Err(self.why(failure, changes)),
                Ok(outcomes) => {
                    drop(writer);
                    return self.account(changes, outcomes).await;
                }
            }
        }
    }

    async fn write_each(&self, changes: &[Change]) -> Result<Vec<Outcome>, Error> {
        let mut outcomes = Vec::with_capacity(changes.len());
        for change in changes {
            let mut writer = self.writer().await;
            let done = self.write_once(&mut writer, std::slice::from_ref(change)).await;
            drop(writer);
            match done {
                Ok(done) => outcomes.extend(self.account(std::slice::from_ref(change), done).await?),
                // Those before it are recorded, and said to be.
                Err(failure) => outcomes.push(Err(self.why(failure, std::slice::from_ref(change)))),
            }
        }
        Ok(outcomes)
    }

    /// Makes a checkpoint, which stands for what this machine has noted so far. What was recorded is recorded without it.
    async fn shorten(&self, changes: &[Change]) {
        let at = changes.iter().flat_map(|change| &change.records).map(|record| record.at).max();
        let at = at.and_then(|at| Timestamp::from_microsecond(at).ok()).unwrap_or_default();
        if let Err(error) = self.checkpoint(at).await {
            tracing::warn!(%error, "no checkpoint could be made now");
        }
    }

    /// Why nothing was recorded. An agent's role destroys no key: that is how PostgreSQL refuses it an erasure.
    fn why(&self, failure: Failure, changes: &[Change]) -> Error {
        match failure {
            Failure::Refused(error)
                if *error.code() == SqlState::INSUFFICIENT_PRIVILEGE && changes.iter().any(|c| c.erased) =>
            {
                let why = "only a supervisor may record erased".to_owned();
                Error::Role { file: self.place.clone(), why }
            }
            other => self.error(other),
        }
    }

    fn trust(&self) -> Result<(), Error> {
        match &*self.doubted() {
            Some(doubt) => Err(Error::Doubted { file: self.place.clone(), doubt: doubt.clone() }),
            None => Ok(()),
        }
    }

    /// Says why what was not recorded was not, and notes what was.
    async fn account(&self, changes: &[Change], done: Vec<Option<Written>>) -> Result<Vec<Outcome>, Error> {
        let mut outcomes = Vec::with_capacity(done.len());
        for (change, done) in changes.iter().zip(done) {
            outcomes.push(match done {
                Some(written) => {
                    if let Some(seen) = &self.seen {
                        seen.note(&self.keys, self.id, change, &written);
                    }
                    Ok(written)
                }
                None => Err(self.refused(change).await),
            });
        }
        if self.seen.as_ref().is_some_and(super::seen::Seen::is_long) {
            self.shorten(changes).await;
        }
        Ok(outcomes)
    }

    async fn write_once(
        &self,
        writer: &mut Writer,
        changes: &[Change],
    ) -> Result<Vec<Option<Written>>, Failure> {
        let session = self.writing(writer).await?;
        if let Some(seen) = &self.seen
            && self.doubted().is_some()
        {
            // A supervisor may have said so elsewhere meanwhile.
            let doubt = super::judge::judge(session, &self.keys, self.id, seen).await?;
            *self.doubted() = doubt;
        }
        // A server that came back as something else is not written to.
        self.trust()?;
        let mut ready = Vec::with_capacity(changes.len());
        for change in changes {
            let above = change.before.as_ref().map_or(0, |before| before.pos);
            let positions = self.positions(writer, change.records.len(), above).await?;
            ready.push(self.ready(change, positions));
        }
        let session = self.writing(writer).await?;
        let backend = session.backend.clone();
        let done = match ready.as_slice() {
            [one] => self.one(session, one).await.map(|done| vec![done]),
            many => self.many(session, many).await,
        };
        match done {
            Err(Failure::Lost(why)) => {
                Self::give_up(writer);
                self.read_back(writer, &backend, &ready, why).await
            }
            Err(failure @ Failure::Away(_)) => {
                Self::give_up(writer);
                Err(failure)
            }
            other => other,
        }
    }

    /// Draws positions. Nothing is recorded yet, so a connection that is lost here loses nothing.
    async fn positions(&self, writer: &mut Writer, many: usize, above: i64) -> Result<Vec<i64>, Failure> {
        let mut positions = std::mem::take(&mut writer.positions);
        let drawn = match self.writing(writer).await {
            Ok(session) => positions.draw(session, many, above).await,
            Err(failure) => Err(failure),
        };
        writer.positions = positions;
        drawn.map_err(|failure| match failure {
            Failure::Lost(why) => {
                Self::give_up(writer);
                Failure::Away(why)
            }
            other => other,
        })
    }

    /// Chains the records.
    fn ready<'c>(&self, change: &'c Change, positions: Vec<i64>) -> Ready<'c> {
        let chain = &self.keys.chain;
        let mut hash = change.before.as_ref().map_or(Digest([0; 32]), |before| before.hash);
        let mut hashes = Vec::with_capacity(positions.len());
        for (record, pos) in change.records.iter().zip(&positions) {
            let mut record = record.clone();
            record.pos = *pos;
            hash = chain.link(&hash, &record);
            hashes.push(hash);
        }
        let proof = chain.thing(self.id, change.kind, &change.id, change.seq(), &hash);
        Ready { change, positions, hashes, proof, fence: self.fence() }
    }

    async fn one(&self, session: &mut Session, ready: &Ready<'_>) -> Result<Option<Written>, Failure> {
        let written = if ready.change.sole().is_some() {
            let done = self.many(session, std::slice::from_ref(ready)).await;
            done.map(|done| done.into_iter().next().flatten())
        } else {
            Self::at_once(session, ready).await
        };
        match written {
            // Another has just recorded the same event, or what no two may share.
            Err(failure) if failure.constraint().is_some() => Ok(None),
            other => other,
        }
    }

    /// One change, the count with it.
    async fn at_once(session: &Session, ready: &Ready<'_>) -> Result<Option<Written>, Failure> {
        let counts = deltas(ready.change);
        let sql = sql(ready, !counts.is_empty());
        let statement = session.prepared(&sql).await.map_err(nothing_asked)?;
        put(&session.client, &statement, session.slot(), ready, &counts).await
    }

    /// Many changes in one transaction, the counts at its end.
    async fn many(&self, session: &mut Session, all: &[Ready<'_>]) -> Result<Vec<Option<Written>>, Failure> {
        let mut statements = Vec::with_capacity(all.len());
        for ready in all {
            statements.push(session.prepared(&sql(ready, false)).await.map_err(nothing_asked)?);
        }
        let slot = session.slot();
        let tx = within(session.client.transaction()).await.map_err(nothing_asked)?;
        let changes: Vec<&Change> = all.iter().map(|ready| ready.change).collect();
        let out = sole::kept_out(&tx, &changes).await.map_err(nothing_asked)?;
        let mut done = Vec::with_capacity(all.len());
        let mut counts: BTreeMap<&str, (List, BTreeMap<String, i64>)> = BTreeMap::new();
        for (place, (ready, statement)) in all.iter().zip(&statements).enumerate() {
            if out.contains(&place) {
                done.push(None);
                continue;
            }
            let written = put(&tx, statement, slot, ready, &BTreeMap::new()).await.map_err(nothing_asked)?;
            if written.is_some() {
                let list = ready.change.list;
                let (_, of) = counts.entry(list.table).or_insert_with(|| (list, BTreeMap::new()));
                for (values, by) in deltas(ready.change) {
                    *of.entry(values).or_default() += by;
                }
            }
            done.push(written);
        }
        for (list, of) in counts.values() {
            let (values, by): (Vec<&String>, Vec<i64>) = of.iter().unzip();
            let counted = within(tx.execute(&statement::count(list), &[&slot, &values, &by])).await;
            counted.map_err(nothing_asked)?;
        }
        within(tx.commit()).await?;
        Ok(done)
    }

    /// What became of changes whose connection was lost while they were recorded: asked on a new one, once the process that
    /// worked on them is gone.
    async fn read_back(
        &self,
        writer: &mut Writer,
        backend: &Backend,
        ready: &[Ready<'_>],
        why: String,
    ) -> Result<Vec<Option<Written>>, Failure> {
        tracing::warn!(why, "the connection was lost while something was recorded; asking what became of it");
        let unknown = |why: String| Failure::Told(Error::Unknown { file: self.place.clone(), why });
        let mut asked = Err(Failure::Away(why.clone()));
        for _ in 0..LOOKS {
            asked = match self.writing(writer).await {
                Ok(session) => became(session, backend, ready).await,
                Err(failure) => Err(failure),
            };
            match &asked {
                Ok(Some(_)) | Err(Failure::Told(_) | Failure::Refused(_)) => break,
                Err(Failure::Lost(_)) => Self::give_up(writer),
                Ok(None) | Err(Failure::Away(_)) => {}
            }
            tokio::time::sleep(BETWEEN).await;
        }
        match asked {
            Ok(Some(found)) if found.iter().any(Option::is_some) => Ok(found),
            Ok(Some(_)) => Err(Failure::Away(format!("{why}; nothing was recorded"))),
            Ok(None) => Err(unknown(format!("{why}; the server is still at work on it"))),
            Err(failure) => Err(unknown(format!("{why}; {}", self.error(failure)))),
        }
    }

    /// Why a change was refused that the statement did nothing for.
    async fn refused(&self, change: &Change) -> Error {
        let (kind, thing) = (change.kind, change.id.clone());
        if let Some(error) = self.fenced_off().await {
            return error;
        }
        if change.before.is_some() {
            return Error::Conflict { kind, thing };
        }
        for unique in change.list.unique {
            match self.holder(&change.list, unique.columns, &change.row).await {
                Ok(Some(thing)) => return Error::Taken { field: unique.field, kind, thing },
                Ok(None) => {}
                Err(error) => return error,
            }
        }
        Error::Taken { field: "id", kind, thing }
    }

    /// The thing that has the same values as `row` in these columns.
    async fn holder(&self, list: &List, columns: &[&str], row: &[Value]) -> Result<Option<String>, Error> {
        let mut conditions = Vec::new();
        let mut values: Vec<&(dyn ToSql + Sync)> = Vec::new();
        for (column, value) in list.columns.iter().zip(row).filter(|(c, _)| columns.contains(&c.name)) {
            values.push(value);
            conditions.push(format!("{} = ${}", column.name, values.len()));
        }
        let sql = format!("SELECT id FROM {} WHERE {}", list.table, conditions.join(" AND "));
        let rows = self.rows(&sql, &values).await?;
        rows.first().map(|row| row.try_get(0).map_err(|e| self.error(e.into()))).transpose()
    }
}

/// Whatever was lost, it was before anything could be committed.
fn nothing_asked(failure: Failure) -> Failure {
    match failure {
        Failure::Lost(why) => Failure::Away(why),
        other => other,
    }
}

/// The statement of a change.
fn sql(ready: &Ready<'_>, count: bool) -> String {
    let change = ready.change;
    let by = if ready.fence.is_some() { By::Worker } else { By::Desk };
    let terms = !(change.terms.new.is_empty() && change.terms.gone.is_empty());
    let besides = Besides { count, forget: change.erased, terms, by };
    match &change.before {
        None => statement::open(&change.list, besides),
        Some(_) => statement::append(&change.list, besides),
    }
}

/// By how much a change raises and lowers the counts of its list.
fn deltas(change: &Change) -> BTreeMap<String, i64> {
    let is = counted(&change.list, &change.row);
    let was = change.before.as_ref().map(|before| counted(&change.list, &before.row));
    let mut by = BTreeMap::new();
    if was.as_ref() != Some(&is) {
        by.insert(is, 1);
        by.extend(was.map(|was| (was, -1)));
    }
    by
}

/// Runs the statement of a change. None when it was refused.
async fn put(
    client: &impl GenericClient,
    statement: &tokio_postgres::Statement,
    slot: i32,
    ready: &Ready<'_>,
    counts: &BTreeMap<String, i64>,
) -> Result<Option<Written>, Failure> {
    let Ready { change, positions, hashes, proof, fence } = ready;
    let records = &change.records;
    let seq = change.seq();
    let hash = hashes.last().copied().unwrap_or(Digest([0; 32]));
    let (hash_bytes, proof) = (hash.0.as_slice(), proof.0.as_slice());
    let (at, by) = records.last().map_or((0, ""), |record| (record.at, record.by.as_str()));
    let seqs: Vec<i64> = records.iter().map(|record| record.seq).collect();
    let events: Vec<&str> = records.iter().map(|record| record.event.as_str()).collect();
    let clear: Vec<&str> = records.iter().map(|record| record.clear.as_str()).collect();
    let sealed: Vec<Option<&[u8]>> = records.iter().map(|record| record.sealed.as_deref()).collect();
    let hashes: Vec<&[u8]> = hashes.iter().map(|hash| hash.0.as_slice()).collect();
    let before = change.before.as_ref().map(|before| (before.n, before.seq, before.hash.0.as_slice()));
    let mut values: Vec<&(dyn ToSql + Sync)> = fence.iter().flat_map(Fence::values).collect();
    values.extend::<[&(dyn ToSql + Sync); 3]>([&seq, &hash_bytes, &proof]);
    match &before {
        Some((n, seq, hash)) => values.extend::<[&(dyn ToSql + Sync); 3]>([n, seq, hash]),
        None => values.extend::<[&(dyn ToSql + Sync); 3]>([&change.kind, &change.id, &change.sealed_key]),
    }
    values
        .extend::<[&(dyn ToSql + Sync); 8]>([&at, &by, positions, &seqs, &events, &clear, &sealed, &hashes]);
    values.extend(change.row.iter().map(|value| value as &(dyn ToSql + Sync)));
    let terms = |terms: &'_ [Term]| terms.iter().map(|term| term.to_vec()).collect::<Vec<_>>();
    let (new, gone) = (terms(&change.terms.new), terms(&change.terms.gone));
    if !(new.is_empty() && gone.is_empty()) {
        values.extend::<[&(dyn ToSql + Sync); 2]>([&new, &gone]);
    }
    let (of, by): (Vec<&String>, Vec<i64>) = counts.iter().unzip();
    if !counts.is_empty() {
        values.extend::<[&(dyn ToSql + Sync); 3]>([&slot, &of, &by]);
    }
    match within(client.query_opt(statement, &values)).await? {
        None => Ok(None),
        Some(row) => Ok(Some(Written { n: row.try_get(0)?, last: ready.last() })),
    }
}

/// What became of the changes; none while the process that worked on them is still there. It is told to end.
async fn became(
    session: &Session,
    backend: &Backend,
    ready: &[Ready<'_>],
) -> Result<Option<Vec<Option<Written>>>, Failure> {
    let end =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start::text = $2";
    if !session.rows(end, &[&backend.pid, &backend.since]).await?.is_empty() {
        return Ok(None);
    }
    let mut found = Vec::with_capacity(ready.len());
    for thing in ready {
        let Last { hash, pos, .. } = thing.last();
        let sql = "SELECT thing FROM events WHERE pos = $1 AND hash = $2";
        let rows = session.rows(sql, &[&pos, &hash.0.as_slice()]).await?;
        let n = rows.first().map(|row| row.try_get(0)).transpose()?;
        found.push(n.map(|n| Written { n, last: thing.last() }));
    }
    Ok(Some(found))
}
