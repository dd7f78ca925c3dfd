//! The journal of a simulation, for the kinds of the marketplace: the very records, chain and folds of the real one,
//! without SQLite. What its indexes do stands here by hand, read from the lists that the kinds declare.

use super::plan::Break;
use pxdesk::journal::{ChainKey, Entry, Error, Head, KEY, Key, NONCE, Record, fold, kept};
use pxdesk::kind::{Digest, Kind, ShortId, Timestamp, Value};
use pxdesk::subscription::{Report, Subscription};
use std::collections::HashMap;
use std::sync::LazyLock;

/// With a break, how many commits go by between two that are on disk.
const UNSYNCED: usize = 5;

static CHAIN: LazyLock<ChainKey> = LazyLock::new(|| ChainKey::derive(&[7; KEY]));

/// What stands before a thing's first event.
const NONE: Digest = Digest([0; 32]);

/// An append on its way to the disk.
pub struct Append<K: Kind> {
    pub id: ShortId,
    /// The last event that it was decided on; 0 for an opening.
    pub seq: u64,
    pub events: Vec<K::Event>,
    pub at: Timestamp,
    pub by: String,
}

/// An append of either kind.
pub enum Write {
    Subscription(Append<Subscription>),
    Report(Append<Report>),
}

/// A kind that has a shelf in the book.
pub trait Shelf: Kind<Id = ShortId> + PartialEq {
    fn shelf(book: &Book) -> &Vec<Self>;
    fn shelf_mut(book: &mut Book) -> &mut Vec<Self>;
    fn write(append: Append<Self>) -> Write;
    fn append(write: Write) -> Option<Append<Self>>;
    /// The break in which its indexes do not hold.
    const UNINDEXED: Break;
}

impl Shelf for Subscription {
    const UNINDEXED: Break = Break::NoDeployIndex;
    fn shelf(book: &Book) -> &Vec<Self> {
        &book.subscriptions
    }
    fn shelf_mut(book: &mut Book) -> &mut Vec<Self> {
        &mut book.subscriptions
    }
    fn write(append: Append<Self>) -> Write {
        Write::Subscription(append)
    }
    fn append(write: Write) -> Option<Append<Self>> {
        if let Write::Subscription(append) = write { Some(append) } else { None }
    }
}

impl Shelf for Report {
    const UNINDEXED: Break = Break::NoSlotIndex;
    fn shelf(book: &Book) -> &Vec<Self> {
        &book.reports
    }
    fn shelf_mut(book: &mut Book) -> &mut Vec<Self> {
        &mut book.reports
    }
    fn write(append: Append<Self>) -> Write {
        Write::Report(append)
    }
    fn append(write: Write) -> Option<Append<Self>> {
        if let Write::Report(append) = write { Some(append) } else { None }
    }
}

pub struct Book {
    /// As they stand: what folding the log makes of them.
    pub subscriptions: Vec<Subscription>,
    pub reports: Vec<Report>,
    log: Vec<(Record, Digest)>,
    head: Head,
    nonces: u64,
    broken: Option<Break>,
}

impl Book {
    pub fn new(broken: Option<Break>) -> Self {
        let (subscriptions, reports, log) = (Vec::new(), Vec::new(), Vec::new());
        Self { subscriptions, reports, log, head: Head::EMPTY, nonces: 0, broken }
    }

    pub fn find<K: Shelf>(&self, id: &ShortId) -> Option<&K> {
        K::shelf(self).iter().find(|thing| thing.id() == id)
    }

    pub fn events(&self) -> usize {
        self.log.len()
    }

    /// All of it or nothing.
    pub fn commit<K: Shelf>(&mut self, append: Append<K>) -> Result<K, Error> {
        let Append { id, seq, events, at, by } = append;
        let place = K::shelf(self).iter().position(|thing| *thing.id() == id);
        let known = place.map_or(0, |at| K::shelf(self)[at].seq());
        if known != seq && (seq == 0 || self.broken != Some(Break::NoExpectedSeq)) {
            return Err(Error::Conflict { kind: K::NAME, thing: id.to_string() });
        }
        let entry = Entry::<K> { id: &id, at: kept(at), by: &by, key: Some(key_of(&id)) };
        let mut nonces = self.nonces;
        let with_nonces = events.into_iter().map(|event| (event, nonce(&mut nonces)));
        let steps = entry.steps(place.map(|at| &K::shelf(self)[at]), with_nonces);
        let steps = steps.map_err(|why| broken::<K>(&id, why))?;
        self.nonces = nonces;
        let Some(after) = steps.last().map(|step| step.after.clone()) else {
            return Err(broken::<K>(&id, "no events"));
        };
        self.check_unique(&after)?;
        for mut made in steps {
            made.record.pos = self.head.events + 1;
            let hash = CHAIN.link(&self.last_of(&made.record.thing), &made.record);
            self.head = self.head.with(&hash);
            self.log.push((made.record, hash));
        }
        match place {
            Some(at) => K::shelf_mut(self)[at] = after.clone(),
            None => K::shelf_mut(self).push(after.clone()),
        }
        Ok(after)
    }

    /// What no two things may share: the indexes that the kind declares.
    fn check_unique<K: Shelf>(&self, new: &K) -> Result<(), Error> {
        if self.broken == Some(K::UNINDEXED) {
            return Ok(());
        }
        let row = new.row();
        for other in K::shelf(self).iter().filter(|other| other.id() != new.id()) {
            let theirs = other.row();
            let same = |name: &&'static str| {
                let at = K::LIST.columns.iter().position(|column| column.name == *name);
                at.is_some_and(|at| row[at] != Value::Nothing && row[at] == theirs[at])
            };
            if let Some(unique) = K::LIST.unique.iter().find(|unique| unique.columns.iter().all(same)) {
                let thing = other.id().to_string();
                return Err(Error::Taken { field: unique.field, kind: K::NAME, thing });
            }
        }
        Ok(())
    }

    /// The machine goes dark. What was reported as done is on disk, if the journal is not broken.
    pub fn power_cut(&mut self) -> Result<(), String> {
        if self.broken == Some(Break::LostFsync) {
            self.go_back_to(self.log.len() / UNSYNCED * UNSYNCED)?;
        }
        self.fold_anew()
    }

    /// An older copy, with so many events, is put back.
    pub fn go_back_to(&mut self, events: usize) -> Result<(), String> {
        self.log.truncate(events);
        self.head = self.log.iter().fold(Head::EMPTY, |head, (_, hash)| head.with(hash));
        self.fold_anew()
    }

    fn fold_anew(&mut self) -> Result<(), String> {
        (self.subscriptions, self.reports) = (self.folded()?, self.folded()?);
        Ok(())
    }

    /// What the real journal's verification does: the chain, every thing, and that the two agree.
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
        if self.folded::<Subscription>()? == self.subscriptions && self.folded::<Report>()? == self.reports {
            Ok(())
        } else {
            Err("the things are not what they fold to".to_owned())
        }
    }

    /// The hash of the thing's last event.
    fn last_of(&self, thing: &str) -> Digest {
        self.log.iter().rev().find(|(record, _)| record.thing == thing).map_or(NONE, |(_, hash)| *hash)
    }

    fn folded<K: Shelf>(&self) -> Result<Vec<K>, String> {
        let mut things: Vec<(ShortId, Vec<(Record, Digest)>)> = Vec::new();
        for line in self.log.iter().filter(|(record, _)| record.kind == K::NAME) {
            let known = things.iter_mut().find(|(id, _)| id.as_str() == line.0.thing);
            if let Some((_, lines)) = known {
                lines.push(line.clone());
            } else {
                let id = ShortId::parse(&line.0.thing).ok_or("a record's thing is none")?;
                things.push((id, vec![line.clone()]));
            }
        }
        things.iter().map(|(id, lines)| Ok(fold::<K>(id, lines, Some(&key_of(id)))?.0)).collect()
    }
}

fn broken<K: Kind>(id: &ShortId, why: &str) -> Error {
    Error::Broken { file: "simulated.db".into(), kind: K::NAME, thing: id.to_string(), why: why.to_owned() }
}

/// Nothing here is secret, but the real sealing seals it.
fn key_of(id: &ShortId) -> Key {
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
