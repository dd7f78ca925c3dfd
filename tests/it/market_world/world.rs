//! A world in memory for subscriptions and reports: a journal, and a marketplace that answers what the test says.

use pxdesk::engine::{Answer, Error, Ground, MarketKind, World};
use pxdesk::journal;
use pxdesk::kind::{Digest, Recorded, ShortId, Timestamp, Uptime};
use pxdesk::market::{Reply, Request, Sent, classify};
use pxdesk::subscription::{Outcome, Report, Subscription};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What comes back of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    Status(u16),
    /// No byte left, a part of it left, all of it left; and then nothing came.
    NotSent,
    Part,
    Nothing,
    /// Nothing ever comes, and nobody hangs up.
    Never,
}

/// A request that left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    pub thing: ShortId,
    /// Whether the journal held the intent, in this desk's name and for these very bytes.
    pub known: bool,
    /// How many were under way then, this one with them, and how many answers had been given.
    pub under_way: usize,
    pub answered: usize,
}

/// What all desks share.
#[derive(Default)]
pub struct Shared {
    pub subscriptions: Vec<Subscription>,
    pub reports: Vec<Report>,
    /// What the marketplace answers; 200 when there is nothing left.
    pub answers: VecDeque<Came>,
    pub sent: Vec<Departure>,
    pub under_way: usize,
    pub answered: usize,
    pub alive: Vec<String>,
    /// How often each call was begun, as this machine knows it apart from the journal.
    pub begun: BTreeMap<String, usize>,
    pub now: Timestamp,
    /// From this many answers on the journal is away.
    pub away_after: Option<usize>,
    ids: u64,
}

impl Shared {
    fn is_there(&self) -> Result<(), journal::Error> {
        let away = || journal::Error::Away { file: "journal".into(), why: "it died".to_owned() };
        if self.away_after.is_some_and(|after| self.answered >= after) { Err(away()) } else { Ok(()) }
    }
}

/// One desk's view of it.
#[derive(Clone)]
pub struct Desk {
    pub name: &'static str,
    pub shared: Arc<Mutex<Shared>>,
}

pub trait Shelf: MarketKind {
    fn shelf(shared: &mut Shared) -> &mut Vec<Self>;
    fn is_meant(&self, owner: &str, request: Digest) -> bool;
}

impl Shelf for Subscription {
    fn shelf(shared: &mut Shared) -> &mut Vec<Self> {
        &mut shared.subscriptions
    }

    fn is_meant(&self, owner: &str, request: Digest) -> bool {
        let last = self.attempts.last().filter(|last| last.ended.is_none());
        last.is_some_and(|last| last.owner == owner && last.request == request)
    }
}

impl Shelf for Report {
    fn shelf(shared: &mut Shared) -> &mut Vec<Self> {
        &mut shared.reports
    }

    fn is_meant(&self, owner: &str, request: Digest) -> bool {
        let last = self.attempts.last().filter(|last| last.ended.is_none());
        last.is_some_and(|last| last.owner == owner && last.request == request)
    }
}

impl Ground for Desk {
    fn now(&self) -> Timestamp {
        self.shared.lock().unwrap().now
    }

    fn uptime(&self) -> Option<Uptime> {
        None
    }

    fn steady(&self) -> Uptime {
        Uptime { boot: "1".to_owned(), seconds: 0, millis: 0 }
    }

    /// Nobody has to wait in a test.
    async fn sleep(&self, _: Duration) {
        tokio::task::yield_now().await;
    }

    fn desk<R>(&self) -> Result<&str, Error<R>> {
        Ok(self.name)
    }

    fn keep(&self, _: &str, _: &[u8]) -> Result<(), String> {
        Ok(())
    }

    async fn is_alive(&self, desk: &str) -> bool {
        self.shared.lock().unwrap().alive.iter().any(|alive| alive == desk)
    }

    fn random<R>(&self) -> Result<u64, Error<R>> {
        let mut shared = self.shared.lock().unwrap();
        shared.ids += 1;
        Ok(shared.ids)
    }

    fn times_begun(&self, name: &str) -> Result<usize, String> {
        Ok(self.shared.lock().unwrap().begun.get(name).copied().unwrap_or_default())
    }

    fn note_begun(&self, name: &str) -> Result<(), String> {
        *self.shared.lock().unwrap().begun.entry(name.to_owned()).or_default() += 1;
        Ok(())
    }
}

impl<K: Shelf> World<K> for Desk {
    async fn load(&self, id: &ShortId) -> Result<K, journal::Error> {
        let mut shared = self.shared.lock().unwrap();
        shared.is_there()?;
        let known = K::shelf(&mut shared).iter().find(|thing| thing.id() == id).cloned();
        known.ok_or_else(|| journal::Error::NotFound { kind: K::NAME, thing: id.to_string() })
    }

    async fn open(
        &self,
        id: &ShortId,
        first: K::Event,
        at: Timestamp,
        by: &str,
    ) -> Result<K, journal::Error> {
        let first = Recorded { seq: 1, at, by: by.to_owned(), event: first, hash: Digest([0; 32]) };
        let thing = K::open(id, &first).unwrap();
        K::shelf(&mut self.shared.lock().unwrap()).push(thing.clone());
        Ok(thing)
    }

    async fn append(
        &self,
        thing: &K,
        events: Vec<K::Event>,
        at: Timestamp,
        by: &str,
    ) -> Result<K, journal::Error> {
        let mut shared = self.shared.lock().unwrap();
        shared.is_there()?;
        let mut all = K::shelf(&mut shared).iter_mut();
        let known = all.find(|known| known.id() == thing.id()).unwrap();
        if known.seq() != thing.seq() {
            return Err(journal::Error::Conflict { kind: K::NAME, thing: thing.id().to_string() });
        }
        for event in events {
            let (seq, by, hash) = (known.seq() + 1, by.to_owned(), Digest([0; 32]));
            assert!(known.follow(&Recorded { seq, at, by, event, hash }));
        }
        Ok(known.clone())
    }

    async fn under_way(&self, _: &str) -> Result<Vec<(ShortId, String)>, journal::Error> {
        let mut shared = self.shared.lock().unwrap();
        let owned = |thing: &K| Some((thing.id().clone(), thing.pending()?.owner.to_owned()));
        Ok(K::shelf(&mut shared).iter().filter_map(owned).collect())
    }

    async fn in_doubt(&self, _: &str) -> Result<Vec<ShortId>, journal::Error> {
        let mut shared = self.shared.lock().unwrap();
        let doubted = |thing: &&K| thing.doubted().is_some();
        Ok(K::shelf(&mut shared).iter().filter(doubted).map(|thing| thing.id().clone()).collect())
    }

    async fn send(&self, request: &Request, thing: &K) -> Answer<Outcome> {
        let came = {
            let shared = &mut *self.shared.lock().unwrap();
            let came = shared.answers.pop_front().unwrap_or(Came::Status(200));
            if came != Came::NotSent {
                shared.under_way += 1;
                let mut all = K::shelf(shared).iter();
                let known = all.find(|known| known.id() == thing.id());
                let known = known.is_some_and(|known| known.is_meant(self.name, request.digest()));
                let (under_way, answered) = (shared.under_way, shared.answered);
                shared.sent.push(Departure { thing: thing.id().clone(), known, under_way, answered });
            }
            came
        };
        // As long as it takes for all that may leave meanwhile.
        for _ in 0..64 {
            tokio::task::yield_now().await;
        }
        let (reply, sent) = match came {
            Came::Never => std::future::pending().await,
            Came::Status(status) => (Ok(status), Sent::Whole),
            Came::NotSent => (Err("refused"), Sent::Nothing),
            Came::Part => (Err("the connection broke"), Sent::Part),
            Came::Nothing => (Err("no answer came in time"), Sent::Whole),
        };
        if came != Came::NotSent {
            let mut shared = self.shared.lock().unwrap();
            (shared.under_way, shared.answered) = (shared.under_way - 1, shared.answered + 1);
        }
        let reply = reply.map(|status| Reply { status, content_type: None, body: b"" });
        let outcome = classify(request.call, reply.as_ref().map_err(|why| *why), sent);
        Answer { outcome, status: None, token_refused: false, retry_after: None, elapsed: Duration::ZERO }
    }
}
