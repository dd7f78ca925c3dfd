//! The journal of a simulation: the very records, chain and folds of the real one, without SQLite.
//!
//! What SQLite's indexes do stands here by hand: `(order, seq)` is unique, and so is each identifier.

use crate::plan::Break;
use pxdesk::journal::{ChainKey, Entry, Error, Head, KEY, Key, NONCE, Record, fold, kept};
use pxdesk::order::{Digest, Event, Order, OrderId, Timestamp};
use std::collections::HashMap;
use std::sync::LazyLock;

/// With a break, how many commits go by between two that are on disk.
const UNSYNCED: usize = 5;

static CHAIN: LazyLock<ChainKey> = LazyLock::new(|| ChainKey::derive(&[7; KEY]));

/// What stands before a thing's first event.
const NONE: Digest = Digest([0; 32]);

pub struct Book {
    /// As they stand: what folding the log makes of them.
    orders: Vec<Order>,
    log: Vec<(Record, Digest)>,
    head: Head,
    nonces: u64,
    broken: Option<Break>,
}

/// An append on its way to the disk.
pub struct Write {
    pub id: OrderId,
    /// The last event that it was decided on; 0 for an opening.
    pub seq: u64,
    pub events: Vec<Event>,
    pub at: Timestamp,
    pub by: String,
}

impl Book {
    pub fn new(broken: Option<Break>) -> Self {
        Self { orders: Vec::new(), log: Vec::new(), head: Head::EMPTY, nonces: 0, broken }
    }

    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    pub fn order(&self, id: &OrderId) -> Option<&Order> {
        self.orders.iter().find(|order| order.id == *id)
    }

    pub fn events(&self) -> usize {
        self.log.len()
    }

    /// All of it or nothing.
    pub fn commit(&mut self, write: Write) -> Result<&Order, Error> {
        let place = self.place(&write)?;
        let Write { id, events, at, by, .. } = write;
        let entry = Entry::<Order> { id: &id, at: kept(at), by: &by, key: Some(key_of(&id)) };
        let count = &mut self.nonces;
        let nonced = events.into_iter().map(|event| (event, nonce(count)));
        let steps = entry.steps(place.map(|at| &self.orders[at]), nonced);
        for mut step in steps.map_err(|why| broken(&id, why))? {
            step.record.pos = self.head.events + 1;
            let hash = CHAIN.link(&self.last_of(&step.record.thing), &step.record);
            self.head = self.head.with(&hash);
            self.log.push((step.record, hash));
            match place {
                Some(at) => self.orders[at] = step.after,
                None => self.orders.push(step.after),
            }
        }
        let at = place.unwrap_or(self.orders.len() - 1);
        Ok(&self.orders[at])
    }

    /// Where the order is that `write` goes to; none for one that is opened.
    fn place(&self, write: &Write) -> Result<Option<usize>, Error> {
        let at = self.orders.iter().position(|order| order.id == write.id);
        if let (0, Some(Event::Opened { identity, .. })) = (write.seq, write.events.first()) {
            let holder = |same: &dyn Fn(&Order) -> bool| self.orders.iter().find(|order| same(order));
            let taken = |field| {
                move |order: &Order| Err(Error::Taken { field, kind: "order", thing: order.id.to_string() })
            };
            if self.broken == Some(Break::SameIds) {
                return Ok(None);
            }
            return holder(&|o| o.identity.transaction_id == identity.transaction_id)
                .map(taken("transactionId"))
                .or_else(|| {
                    holder(&|o| o.identity.partner_order_id == identity.partner_order_id)
                        .map(taken("partnerOrderId"))
                })
                .unwrap_or(Ok(None));
        }
        let seq = at
            .map(|at| self.orders[at].seq)
            .ok_or_else(|| Error::NotFound { kind: "order", thing: write.id.to_string() })?;
        if seq == write.seq || self.broken == Some(Break::NoExpectedSeq) {
            Ok(at)
        } else {
            Err(Error::Conflict { kind: "order", thing: write.id.to_string() })
        }
    }

    /// What `write` would make of its order; none when that cannot be.
    pub fn would_be(&self, write: &Write) -> Option<Order> {
        let before = self.order(&write.id);
        let entry = Entry { id: &write.id, at: kept(write.at), by: &write.by, key: Some(key_of(&write.id)) };
        let nonced = write.events.iter().map(|event| (event.clone(), [0; NONCE]));
        entry.steps(before, nonced).ok()?.pop().map(|step| step.after)
    }

    /// The hash of that event.
    pub fn hash_of(&self, id: &OrderId, seq: u64) -> Option<Digest> {
        let is_it = |(record, _): &&(Record, Digest)| {
            record.thing == id.as_str() && u64::try_from(record.seq) == Ok(seq)
        };
        self.log.iter().find(is_it).map(|(_, hash)| *hash)
    }

    /// With a break, the last event is gone.
    pub fn forget_last(&mut self) -> Result<(), String> {
        self.log.pop();
        self.head = self.log.iter().fold(Head::EMPTY, |head, (_, hash)| head.with(hash));
        self.orders = self.folded()?;
        Ok(())
    }

    /// The machine goes dark. What was reported as done is on disk, if the journal is not broken.
    pub fn power_cut(&mut self) -> Result<(), String> {
        if self.broken == Some(Break::LostFsync) {
            self.log.truncate(self.log.len() / UNSYNCED * UNSYNCED);
            self.head = self.log.iter().fold(Head::EMPTY, |head, (_, hash)| head.with(hash));
        }
        self.orders = self.folded()?;
        Ok(())
    }

    /// What the real journal's verification does: the chain, every order, and that the two agree.
    pub fn verify(&self) -> Result<(), String> {
        let mut head = Head::EMPTY;
        let mut last: HashMap<&str, Digest> = HashMap::new();
        for (record, hash) in &self.log {
            let before = last.get(record.thing.as_str()).copied().unwrap_or(NONE);
            if record.pos != head.events + 1 || CHAIN.link(&before, record) != *hash {
                return Err(format!("record {} does not follow from the one before", head.events + 1));
            }
            last.insert(&record.thing, *hash);
            head = head.with(hash);
        }
        if head != self.head {
            return Err("the head does not fit the records".to_owned());
        }
        if self.folded()? == self.orders {
            Ok(())
        } else {
            Err("the orders are not what they fold to".to_owned())
        }
    }

    /// The hash of the thing's last event.
    fn last_of(&self, thing: &str) -> Digest {
        self.log.iter().rev().find(|(record, _)| record.thing == thing).map_or(NONE, |(_, hash)| *hash)
    }

    fn folded(&self) -> Result<Vec<Order>, String> {
        let mut orders: Vec<(OrderId, Vec<(Record, Digest)>)> = Vec::new();
        for line in &self.log {
            let known = orders.iter_mut().find(|(id, _)| id.as_str() == line.0.thing);
            if let Some((_, lines)) = known {
                lines.push(line.clone());
            } else {
                let id = OrderId::parse(&line.0.thing).ok_or("a record's order is none")?;
                orders.push((id, vec![line.clone()]));
            }
        }
        orders.iter().map(|(id, lines)| Ok(fold::<Order>(id, lines, Some(&key_of(id)))?.0)).collect()
    }
}

fn broken(id: &OrderId, why: &str) -> Error {
    Error::Broken { file: "simulated.db".into(), kind: "order", thing: id.to_string(), why: why.to_owned() }
}

/// Nothing here is secret, but the real sealing seals it.
fn key_of(id: &OrderId) -> Key {
    let mut bytes = [0; KEY];
    bytes[..id.as_str().len()].copy_from_slice(id.as_str().as_bytes());
    Key::new(&bytes)
}

fn nonce(count: &mut u64) -> [u8; NONCE] {
    *count += 1;
    let mut nonce = [0; NONCE];
    nonce[..8].copy_from_slice(&count.to_le_bytes());
    nonce
}
