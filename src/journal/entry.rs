//! Orders and their records, pure: the records that an append adds to an order, and the order that records make.

use super::chain::Head;
use super::record::{Parts, Record};
use super::seal::{Key, NONCE};
use crate::order::{Digest, Event, Order, OrderId, Recorded, Timestamp};

/// What is recorded of which order, when and by whom.
pub struct Entry<'a> {
    pub id: &'a OrderId,
    /// As exact as the journal keeps it: to the microsecond.
    pub at: Timestamp,
    pub by: &'a str,
    /// Seals what is personal; without it, as after an erasure, that part is dropped.
    pub key: Option<Key>,
}

/// One event as it is recorded, and what the order is after it.
pub struct Step {
    pub record: Record,
    pub after: Order,
}

impl Entry<'_> {
    /// The records of `events` after `before`, which is none for an order that is opened. Each event comes with the
    /// nonce, drawn at random, that its personal part is sealed with.
    ///
    /// # Errors
    /// Says why they cannot follow.
    pub fn steps(
        &self,
        before: Option<&Order>,
        events: impl IntoIterator<Item = (Event, [u8; NONCE])>,
    ) -> Result<Vec<Step>, &'static str> {
        let mut steps: Vec<Step> = Vec::new();
        for (event, nonce) in events {
            let last = steps.last().map(|s| &s.after).or(before);
            steps.push(self.step(last, event, nonce)?);
        }
        Ok(steps)
    }

    fn step(&self, before: Option<&Order>, event: Event, nonce: [u8; NONCE]) -> Result<Step, &'static str> {
        let seq = before.map_or(1, |order| order.seq + 1);
        let parts = Parts::of(&event);
        let dropped = self.key.is_none() && parts.is_personal();
        let key = self.key.as_ref().map(|key| (key, nonce));
        let record = parts.record(self.id, seq.cast_signed(), self.at, self.by, key);
        let event = match record.event(None) {
            Ok(bare) if dropped => bare,
            Ok(_) | Err(_) => event,
        };
        // The order does not look at hashes.
        let recorded = Recorded { seq, at: self.at, by: self.by.to_owned(), event, hash: Head::EMPTY.hash };
        let after = match before {
            None => Order::opened(self.id, &recorded),
            Some(_) if matches!(recorded.event, Event::Opened { .. }) => None,
            Some(before) => {
                let mut order = before.clone();
                order.apply(&recorded);
                Some(order)
            }
        };
        let after = after.ok_or("an order is opened once, by its first event")?;
        Ok(Step { record, after })
    }
}

/// The order that the records make, each given with its hash; and its history.
///
/// # Errors
/// Says which event cannot be read, or why the events make no order.
pub fn fold(
    id: &OrderId,
    records: &[(Record, Digest)],
    key: Option<&Key>,
) -> Result<(Order, Vec<Recorded>), String> {
    let read = |(record, hash): &(Record, Digest)| {
        let recorded = || {
            Ok(Recorded {
                seq: record.seq.cast_unsigned(),
                at: record.time()?,
                by: record.by.clone(),
                event: record.event(key)?,
                hash: *hash,
            })
        };
        recorded().map_err(|why: String| format!("event {}: {why}", record.seq))
    };
    let history = records.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let order = Order::fold(id, &history).map_err(|e| e.to_string())?;
    Ok((order, history))
}
