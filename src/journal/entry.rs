//! Things and their records, pure: the records that an append adds to a thing, and the thing that records make.

use super::record::{Parts, Record};
use super::seal::{Key, NONCE};
use crate::kind::{Digest, Kind, Recorded, Timestamp};

/// What is recorded of which thing, when and by whom.
pub struct Entry<'a, K: Kind> {
    pub id: &'a K::Id,
    /// As exact as the journal keeps it: to the microsecond.
    pub at: Timestamp,
    pub by: &'a str,
    /// Seals what is personal; without it, as after an erasure, that part is dropped.
    pub key: Option<Key>,
}

/// One event as it is recorded, and what the thing is after it.
pub struct Step<K> {
    pub record: Record,
    pub after: K,
}

impl<K: Kind> Entry<'_, K> {
    /// The records of `events` after `before`, which is none for a thing that is opened. Each event comes with the
    /// nonce, drawn at random, that its personal part is sealed with.
    ///
    /// # Errors
    /// Says why they cannot follow.
    pub fn steps(
        &self,
        before: Option<&K>,
        events: impl IntoIterator<Item = (K::Event, [u8; NONCE])>,
    ) -> Result<Vec<Step<K>>, &'static str> {
        let mut steps: Vec<Step<K>> = Vec::new();
        for (event, nonce) in events {
            let last = steps.last().map(|s| &s.after).or(before);
            steps.push(self.step(last, event, nonce)?);
        }
        Ok(steps)
    }

    fn step(&self, before: Option<&K>, event: K::Event, nonce: [u8; NONCE]) -> Result<Step<K>, &'static str> {
        let seq = before.map_or(1, |thing| thing.seq() + 1);
        let parts = Parts::of::<K>(&event);
        let dropped = self.key.is_none() && parts.is_personal();
        let key = self.key.as_ref().map(|key| (key, nonce));
        let record = parts.record::<K>(self.id, seq.cast_signed(), self.at, self.by, key);
        let event = if dropped { record.event::<K>(None).unwrap_or(event) } else { event };
        // The thing does not look at hashes.
        let recorded = Recorded { seq, at: self.at, by: self.by.to_owned(), event, hash: Digest([0; 32]) };
        let after = match before {
            None => K::open(self.id, &recorded),
            Some(before) => {
                let mut thing = before.clone();
                thing.follow(&recorded).then_some(thing)
            }
        };
        let after = after.ok_or("it is opened once, by its first event")?;
        Ok(Step { record, after })
    }
}

/// A thing and its history.
pub type Whole<K> = (K, Vec<Recorded<<K as Kind>::Event>>);

/// The thing that the records make, each given with its hash; and its history.
///
/// # Errors
/// Says which event cannot be read, or why the events make no thing.
pub fn fold<K: Kind>(
    id: &K::Id,
    records: &[(Record, Digest)],
    key: Option<&Key>,
) -> Result<Whole<K>, String> {
    let read = |(record, hash): &(Record, Digest)| {
        let recorded = || {
            Ok(Recorded {
                seq: record.seq.cast_unsigned(),
                at: record.time()?,
                by: record.by.clone(),
                event: record.event::<K>(key)?,
                hash: *hash,
            })
        };
        recorded().map_err(|why: String| format!("event {}: {why}", record.seq))
    };
    let history = records.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok((thing(id, &history)?, history))
}

fn thing<K: Kind>(id: &K::Id, history: &[Recorded<K::Event>]) -> Result<K, String> {
    let out_of_place =
        |seq: u64| format!("event {seq} is out of place: a thing is opened once, by its first event");
    let (first, later) = history.split_first().ok_or("no events")?;
    if first.seq != 1 {
        return Err(format!("event 1 is missing; {} stands in its place", first.seq));
    }
    let mut thing = K::open(id, first).ok_or_else(|| out_of_place(1))?;
    for recorded in later {
        let due = thing.seq() + 1;
        if recorded.seq != due {
            return Err(format!("event {due} is missing; {} stands in its place", recorded.seq));
        }
        if !thing.follow(recorded) {
            return Err(out_of_place(due));
        }
    }
    Ok(thing)
}
