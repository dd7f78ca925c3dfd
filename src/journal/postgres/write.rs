//! Recording changes: one statement each, which is a transaction of its own, or many in one transaction.

use super::catch_up::{Drawn, NUMBERS, POSITIONS};
use super::failure::Failure;
use super::positions::Positions;
use super::ready::{Ready, deltas, put, sql};
use super::server::{Server, Writer};
use super::session::{Session, within};
use super::sole;
use super::statement;
use super::witness::Witness;
use crate::journal::change::{Change, Written};
use crate::journal::error::Error;
use crate::journal::memory::Doubt;
use crate::kind::{Digest, List, Timestamp};
use std::collections::BTreeMap;

/// How often a change is tried that ran into others.
const ROUNDS: usize = 5;

/// What became of a change: where its thing is now, or that it was refused.
type Outcome = Result<Written, Error>;

impl Server {
    /// Records the changes, all in one transaction. One that is refused for its own sake does not keep the others out.
    ///
    /// # Errors
    /// When none was recorded; or when nobody can say whether they were.
    pub async fn write(&self, changes: &[Change]) -> Result<Vec<Outcome>, Error> {
        let mut writer = self.writer().await;
        let done = self.write_in_rounds(&mut writer, changes).await;
        drop(writer);
        match done {
            // One of many ran into what the others do not: each for itself.
            Err(failure) if failure.constraint().is_some() && changes.len() > 1 => {
                self.write_each(changes).await
            }
            Err(failure) => Err(self.why(failure, changes)),
            Ok(outcomes) => self.account(changes, outcomes).await,
        }
    }

    /// Records them, again when they ran into others or into positions that are used.
    async fn write_in_rounds(
        &self,
        writer: &mut Writer,
        changes: &[Change],
    ) -> Result<Vec<Option<Written>>, Failure> {
        let mut rounds = 0;
        loop {
            rounds += 1;
            match self.write_once(writer, changes).await {
                Err(failure) if failure.is_passing() && rounds < ROUNDS => {}
                Err(failure) if failure.is_of_a_position() && rounds < ROUNDS => {
                    writer.positions = Positions::default();
                    self.catch_up(writer, &POSITIONS).await?;
                }
                // Nothing was: it may be an older copy. Then it is not trusted in the next round.
                Ok(done)
                    if done.iter().all(Option::is_none)
                        && rounds < ROUNDS
                        && self.is_older(writer).await.map_err(nothing_asked)? => {}
                done => return done,
            }
        }
    }

    async fn write_each(&self, changes: &[Change]) -> Result<Vec<Outcome>, Error> {
        let mut outcomes = Vec::with_capacity(changes.len());
        for change in changes {
            let mut writer = self.writer().await;
            let done = self.write_in_rounds(&mut writer, std::slice::from_ref(change)).await;
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
        if let Err(error) = self.quick_checkpoint(at).await {
            tracing::warn!(%error, "no checkpoint could be made now");
        }
    }

    /// Whether an older copy was put in the place of the journal, under a connection that stayed: it is judged like one that a
    /// new connection leads to.
    async fn is_older(&self, writer: &mut Writer) -> Result<bool, Failure> {
        let Some(Witness { pos, at, .. }) = self.witness() else { return Ok(false) };
        let session = self.writing(writer).await?;
        if !self.lacks_what_it_had(session).await? {
            return Ok(false);
        }
        self.judge_again(session).await?;
        if self.seen.is_none() {
            let at = Timestamp::from_microsecond(at).unwrap_or_default();
            *self.doubted() = Some(Doubt::Lacks { what: format!("the event at position {pos}"), at });
        }
        Ok(true)
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
            let outcome = match done {
                Some(written) => Ok(written),
                None => self.once_more(change).await,
            };
            if outcome.is_ok() {
                self.recorded.store(true, std::sync::atomic::Ordering::Relaxed);
            }
            if let Ok(written) = &outcome {
                let at = change.records.last().map_or(0, |record| record.at);
                self.knows(Some(Witness { pos: written.last.pos, hash: written.last.hash, at }));
                if let Some(seen) = &self.seen {
                    seen.note(&self.keys, self.id, change, written);
                }
            }
            outcomes.push(outcome);
        }
        if self.seen.as_ref().is_some_and(super::seen::Seen::is_long) {
            self.shorten(changes).await;
        }
        Ok(outcomes)
    }

    /// A change that was refused: recorded, if only the number was in its way that its thing was given.
    async fn once_more(&self, change: &Change) -> Outcome {
        if change.before.is_none() {
            let mut writer = self.writer().await;
            let passed = self.catch_up(&mut writer, &NUMBERS).await.map_err(|e| self.error(e))?;
            let change = std::slice::from_ref(change);
            let done =
                if passed > 0 { self.write_in_rounds(&mut writer, change).await } else { Ok(Vec::new()) };
            drop(writer);
            if let Some(written) = done.map_err(|e| self.why(e, change))?.pop().flatten() {
                return Ok(written);
            }
        }
        Err(self.refused(change).await)
    }

    /// Draws from a sequence until what it gives out is used by nobody. Returns how many numbers that took.
    async fn catch_up(&self, writer: &mut Writer, drawn: &Drawn) -> Result<i64, Failure> {
        let caught_up = drawn.catch_up(&self.writing(writer).await?.client).await;
        if matches!(caught_up, Err(Failure::Lost(_))) {
            Self::give_up(writer);
        }
        caught_up
    }

    async fn write_once(
        &self,
        writer: &mut Writer,
        changes: &[Change],
    ) -> Result<Vec<Option<Written>>, Failure> {
        let session = self.writing(writer).await?;
        if self.doubted().is_some() {
            self.judge_again(session).await?;
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
        let done = match done {
            Ok(_) if session.was_cut_short() => {
                Err(Failure::Lost("the wait for the server's synchronous standby was cut short".to_owned()))
            }
            other => other,
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
        Ready { change, positions, hashes, proof, witness: self.witness(), fence: self.fence() }
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
            Err(failure) if failure.constraint().is_some() && !failure.is_of_a_position() => Ok(None),
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
}

/// Whatever was lost, it was before anything could be committed.
fn nothing_asked(failure: Failure) -> Failure {
    match failure {
        Failure::Lost(why) => Failure::Away(why),
        other => other,
    }
}
