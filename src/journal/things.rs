//! Recording what happens to things, whichever store keeps them: sealed here, chained and kept there.

use super::blind::Terms;
use super::change::{Before, Change, Last, Written};
use super::entry::{Entry, Step};
use super::error::Error;
use super::random::{nonce, random};
use super::record::{Record, kept};
use super::seal::{KEY, Key, about_key};
use super::store::{Journal, Known, Sealed};
use crate::kind::{Kind, Timestamp};
use std::sync::atomic::Ordering;
use zeroize::Zeroizing;

impl Journal {
    /// False when what was erased may still stand on the disk, because another process is reading it: it leaves the disk
    /// with the next folding of the log.
    pub fn is_purged(&self) -> bool {
        !self.inner.unpurged.load(Ordering::Relaxed)
    }

    /// Records a thing's first event.
    ///
    /// # Errors
    /// [`Error::Taken`] when what no two things may share is used already.
    pub async fn open_thing<K: Kind>(
        &self,
        id: &K::Id,
        opened: K::Event,
        at: Timestamp,
        by: &str,
    ) -> Result<K, Error> {
        let mut opened = self.open_many::<K>(vec![(id.clone(), opened)], at, by).await?;
        opened.pop().unwrap_or_else(|| Err(self.broken::<K>(&id.to_string(), "it was not recorded")))
    }

    /// Records the first events of many things in one transaction, and returns each with what became of it: one that is
    /// refused does not keep the others out.
    ///
    /// # Errors
    /// When none was recorded.
    pub async fn open_many<K: Kind>(
        &self,
        many: Vec<(K::Id, K::Event)>,
        at: Timestamp,
        by: &str,
    ) -> Result<Vec<Result<K, Error>>, Error> {
        self.open_all(many.into_iter().map(|(id, first)| (id, vec![first])).collect(), at, by).await
    }

    /// As [`Journal::open_many`], each with some more events that follow at once.
    ///
    /// # Errors
    /// When none was recorded; so those of [`Journal::key_stays`].
    pub async fn open_all<K: Kind>(
        &self,
        many: Vec<(K::Id, Vec<K::Event>)>,
        at: Timestamp,
        by: &str,
    ) -> Result<Vec<Result<K, Error>>, Error> {
        // Each has a key of its own, which is sealed with the journal's.
        self.key_stays()?;
        let mut openings = Vec::with_capacity(many.len());
        let mut changes = Vec::with_capacity(many.len());
        for (id, events) in many {
            let mut bytes = Zeroizing::new([0; KEY]);
            random(bytes.as_mut_slice())?;
            let sealed = self.inner.keys.seal.seal(nonce()?, &about_key(&id.to_string()), bytes.as_slice());
            let key = Key::new(&bytes);
            let entry = Entry::<K> { id: &id, at: kept(at), by, key: Some(key.clone()) };
            let nonced = events.into_iter().map(|event| Ok((event, nonce()?)));
            let steps = entry.steps(None, nonced.collect::<Result<Vec<_>, Error>>()?);
            let steps = steps.map_err(|why| self.broken::<K>(&id.to_string(), why))?;
            let (records, after) = apart(steps);
            let thing = after.ok_or_else(|| self.broken::<K>(&id.to_string(), "it has no events"))?;
            let terms = self.inner.keys.blind.change(K::NAME, &[], &thing.blind_terms());
            changes.push(Change { terms, sealed_key: Some(sealed), ..change(&thing, None, records) });
            openings.push((thing, key));
        }
        let written = self.inner.store.write(&changes).await?;
        let done = openings.into_iter().zip(written).map(|((thing, key), written)| {
            let Written { n, last } = written?;
            self.remember::<K>(thing.id().to_string(), Known { n, last, key: Some(key) });
            Ok(thing)
        });
        Ok(done.collect())
    }

    /// Records what was decided on `before`, all of it or nothing, and returns the thing with it.
    ///
    /// When an erasure is among it, the thing's key is destroyed in the same transaction, and the thing comes back
    /// without personal data. An erased thing takes no personal data any more: that part is dropped.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the thing has moved on since it was read.
    pub async fn append<K: Kind>(
        &self,
        before: &K,
        events: Vec<K::Event>,
        at: Timestamp,
        by: &str,
    ) -> Result<K, Error> {
        let id = before.id().to_string();
        let mut known = self.known(before).await?;
        let terms = before.blind_terms();
        let erases = events.iter().any(|event| K::erases(event));
        let (before, key) = if erases {
            // What is left of the thing without its personal data, which is how it will be read from now on.
            let (bare, _) = self.read::<K>(before.id(), Sealed::Shut).await?;
            if bare.seq() != before.seq() {
                return Err(Error::Conflict { kind: K::NAME, thing: id });
            }
            (bare, None)
        } else {
            (before.clone(), known.key.clone().filter(|_| !before.is_erased()))
        };
        let nonced = events.into_iter().map(|event| Ok((event, nonce()?)));
        let nonced = nonced.collect::<Result<Vec<_>, Error>>()?;
        let entry = Entry::<K> { id: before.id(), at: kept(at), by, key };
        let steps = entry.steps(Some(&before), nonced).map_err(|why| self.broken::<K>(&id, why))?;
        let (records, after) = apart(steps);
        let Some(after) = after else { return Ok(before) };
        let Last { hash, pos, .. } = known.last;
        // A thing that has moved on since has another hash: the store refuses it.
        let before = Before { n: known.n, seq: before.seq().cast_signed(), hash, pos, row: before.row() };
        let terms = self.inner.keys.blind.change(K::NAME, &terms, &after.blind_terms());
        let written =
            self.inner.store.write(&[Change { terms, ..change(&after, Some(before), records) }]).await;
        for written in written? {
            known.last = match written {
                Ok(written) => written.last,
                Err(error) => {
                    // What is remembered is not what is there.
                    self.forget::<K>(&id);
                    return Err(error);
                }
            };
        }
        if erases {
            known.key = None;
            let purged = self.inner.store.purge();
            self.inner.unpurged.store(!purged, Ordering::Relaxed);
        }
        self.remember::<K>(id, known);
        Ok(after)
    }

    /// Records what was decided on each of many things in one transaction, and returns each with what became of it: one that
    /// has moved on keeps no other out. None of it may be an erasure.
    ///
    /// # Errors
    /// When none was recorded.
    pub async fn append_many<K: Kind>(
        &self,
        many: Vec<(K, Vec<K::Event>)>,
        at: Timestamp,
        by: &str,
    ) -> Result<Vec<Result<K, Error>>, Error> {
        let mut after_each = Vec::with_capacity(many.len());
        let mut changes = Vec::with_capacity(many.len());
        for (before, events) in many {
            let id = before.id().to_string();
            if events.iter().any(|event| K::erases(event)) {
                return Err(self.broken::<K>(&id, "an erasure stands alone"));
            }
            let known = self.known(&before).await?;
            let nonced = events.into_iter().map(|event| Ok((event, nonce()?)));
            let nonced = nonced.collect::<Result<Vec<_>, Error>>()?;
            let key = known.key.clone().filter(|_| !before.is_erased());
            let entry = Entry::<K> { id: before.id(), at: kept(at), by, key };
            let steps = entry.steps(Some(&before), nonced).map_err(|why| self.broken::<K>(&id, why))?;
            let (records, after) = apart(steps);
            let after = after.ok_or_else(|| self.broken::<K>(&id, "nothing was to be recorded"))?;
            let terms = self.inner.keys.blind.change(K::NAME, &before.blind_terms(), &after.blind_terms());
            let Last { hash, pos, .. } = known.last;
            let was = Before { n: known.n, seq: before.seq().cast_signed(), hash, pos, row: before.row() };
            changes.push(Change { terms, ..change(&after, Some(was), records) });
            after_each.push((after, known));
        }
        let written = self.inner.store.write(&changes).await?;
        let done = after_each.into_iter().zip(written).map(|((after, known), written)| {
            let id = after.id().to_string();
            match written {
                Ok(written) => self.remember::<K>(id, Known { last: written.last, ..known }),
                Err(error) => {
                    // What is remembered is not what is there.
                    self.forget::<K>(&id);
                    return Err(error);
                }
            }
            Ok(after)
        });
        Ok(done.collect())
    }

    /// Records a supervisor's word that this journal is to be used although it is not what this machine last saw.
    ///
    /// # Errors
    /// When there is nothing to accept, or when its history was changed: then only a backup helps.
    pub async fn accept(&self, name: &str, reason: &str, at: Timestamp, by: &str) -> Result<(), Error> {
        let Some(doubt) = self.doubt() else {
            return Err(self.told("is what this machine last saw of it: there is nothing to accept"));
        };
        if !doubt.may_be_accepted() {
            return Err(Error::Doubted { file: self.inner.place.clone(), doubt });
        }
        self.inner.store.set_doubt(None);
        let accepted = self.note_acceptance(&doubt, name, reason, at, by).await;
        match &accepted {
            Ok(()) => self.inner.store.accepted(),
            Err(_) => self.inner.store.set_doubt(Some(doubt)),
        }
        accepted
    }

    fn told(&self, why: &str) -> Error {
        Error::Failed { file: self.inner.place.clone(), why: why.to_owned() }
    }
}

/// The records of an append, and where they lead.
fn apart<K>(steps: Vec<Step<K>>) -> (Vec<Record>, Option<K>) {
    let mut last = None;
    let records = steps.into_iter().map(|Step { record, after }| {
        last = Some(after);
        record
    });
    (records.collect(), last)
}

/// What a store is told of an append that leads to `after`, but for its blind terms and a new key.
fn change<K: Kind>(after: &K, before: Option<Before>, records: Vec<Record>) -> Change {
    Change {
        kind: K::NAME,
        list: K::LIST,
        id: after.id().to_string(),
        before,
        records,
        row: after.row(),
        erased: after.is_erased(),
        terms: Terms::default(),
        sole_in: K::SOLE_TERMS,
        sealed_key: None,
    }
}
