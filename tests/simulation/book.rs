//! The journal of a simulation: the very records, chain and folds of the real one, without SQLite.
//!
//! What SQLite's indexes do stands here by hand: `(order, seq)` is unique, and so is each identifier.

use crate::plan::Break;
use pxdesk::journal::{Entry, Error, Head, KEY, Key, NONCE, Record, fold, kept, link};
use pxdesk::order::{Digest, Event, Order, OrderId, Timestamp};

/// With a break, how many commits go by between two that are on disk.
const UNSYNCED: usize = 5;

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
        let entry = Entry { id: &id, at: kept(at), by: &by, key: Some(key_of(&id)) };
        let count = &mut self.nonces;
        let nonced = events.into_iter().map(|event| (event, nonce(count)));
        let steps = entry.steps(place.map(|at| &self.orders[at]), nonced);
        for step in steps.map_err(|why| broken(&id, why))? {
            self.head = self.head.then(&step.record);
            self.log.push((step.record, self.head.hash));
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
            let taken = |field| move |order: &Order| Err(Error::Taken { field, order: order.id.clone() });
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
        let seq =
            at.map(|at| self.orders[at].seq).ok_or_else(|| Error::NoOrder { order: write.id.clone() })?;
        if seq == write.seq || self.broken == Some(Break::NoExpectedSeq) {
            Ok(at)
        } else {
            Err(Error::Conflict { order: write.id.clone() })
        }
    }

    /// The machine goes dark. What was reported as done is on disk, if the journal is not broken.
    pub fn power_cut(&mut self) -> Result<(), String> {
        if self.broken == Some(Break::LostFsync) {
            self.log.truncate(self.log.len() / UNSYNCED * UNSYNCED);
            self.head = self.log.last().map_or(Head::EMPTY, |(_, hash)| Head {
                pos: i64::try_from(self.log.len()).unwrap_or_default(),
                hash: *hash,
            });
        }
        self.orders = self.folded()?;
        Ok(())
    }

    /// What the real journal's verification does: the chain, every order, and that the two agree.
    pub fn verify(&self) -> Result<(), String> {
        let mut before = Head::EMPTY;
        for (record, hash) in &self.log {
            if link(&before.hash, before.pos + 1, record) != *hash {
                return Err(format!("record {} does not follow from the one before", before.pos + 1));
            }
            before = before.then(record);
        }
        if before != self.head {
            return Err("the chain does not end where it should".to_owned());
        }
        if self.folded()? == self.orders {
            Ok(())
        } else {
            Err("the orders are not what they fold to".to_owned())
        }
    }

    fn folded(&self) -> Result<Vec<Order>, String> {
        let mut orders: Vec<(OrderId, Vec<(Record, Digest)>)> = Vec::new();
        for line in &self.log {
            let known = orders.iter_mut().find(|(id, _)| id.as_str() == line.0.order);
            if let Some((_, lines)) = known {
                lines.push(line.clone());
            } else {
                let id = OrderId::parse(&line.0.order).ok_or("a record's order is none")?;
                orders.push((id, vec![line.clone()]));
            }
        }
        orders.iter().map(|(id, lines)| Ok(fold(id, lines, Some(&key_of(id)))?.0)).collect()
    }
}

fn broken(id: &OrderId, why: &str) -> Error {
    Error::Broken { file: "simulated.db".into(), order: id.to_string(), why: why.to_owned() }
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
