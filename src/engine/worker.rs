//! The worker: does for all orders what needs no person, while it holds the lease.
//!
//! It looks through the lists, a page at a time, and keeps of each order that waits only when it is due. What may be done
//! is decided by `order::errand`, and once more by the order itself when it is done.

use super::lease::Lease;
use super::{Engine, Error};
use crate::journal::{self, Standing};
use crate::order::errand::{Backoff, Errand, errand};
use crate::order::{Attention, Order, OrderId, State, Summary, Timestamp};
use jiff::SignedDuration;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Rows that are read at once.
const PAGE: u32 = 500;
/// How soon the lists are looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How soon it looks for calls whose process is gone.
const RECOVER_AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// An order that was tried so often in vain is left to a person.
const MOST_TRIES: u32 = 12;

/// How a worker works.
#[derive(Clone, Copy, Debug)]
pub struct WorkerOptions {
    /// Between two checks of one order.
    pub checks: Backoff,
    /// Between two retries of one order.
    pub retries: Backoff,
    /// Calls that are under way together.
    pub at_once: usize,
}

/// What a worker has done, for whoever looks on.
#[derive(Debug, Default)]
pub struct Tally {
    /// 1 while it holds the lease.
    pub active: AtomicU64,
    /// Orders that wait for an errand.
    pub waiting: AtomicU64,
    pub checks: AtomicU64,
    pub accepted: AtomicU64,
    pub retries: AtomicU64,
    /// Retries after which nothing was wrong any more.
    pub mended: AtomicU64,
    /// Errands that the order, Px or the journal refused.
    pub errors: AtomicU64,
    /// Orders that are left to a person.
    pub given_up: AtomicU64,
}

/// When an order is due.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    errand: Errand,
    tries: u32,
    next: Timestamp,
}

/// What became of an errand.
struct Ran {
    id: OrderId,
    errand: Errand,
    order: Result<Order, Error>,
    retry_after: Option<Duration>,
}

/// A worker.
pub struct Worker {
    engine: Engine,
    options: WorkerOptions,
    waiting: HashMap<OrderId, Waiting>,
    tally: Arc<Tally>,
    recovered_at: Timestamp,
}

impl Worker {
    /// A worker that has nothing in mind yet; what it does is counted in `tally`.
    pub fn new(engine: Engine, options: WorkerOptions, tally: Arc<Tally>) -> Self {
        let recovered_at = engine.clock().now();
        Self { engine, options, waiting: HashMap::new(), tally, recovered_at }
    }

    /// Works until `stop` says so, while it has the lease; `told` is called when that changes. Ends, too, when another worker
    /// has taken over while this one was held up: what this process began is then for others to judge, so another
    /// worker is to go on in its place, as one of another process would.
    ///
    /// # Errors
    /// When the lease cannot be taken at all.
    pub async fn run(
        &mut self,
        lease: &mut Lease,
        mut stop: watch::Receiver<bool>,
        mut told: impl FnMut(Standing),
    ) -> Result<Standing, String> {
        let mut before = None;
        while !*stop.borrow() {
            let mut standing = lease.take().await?;
            if before != Some(standing) {
                before = Some(standing);
                told(standing);
            }
            if standing == Standing::Active {
                let (halt, halted) = watch::channel(false);
                let tally = Arc::clone(&self.tally);
                tally.active.store(1, Relaxed);
                let ((), kept) = keeping(lease, stop.clone(), &halt, Box::pin(self.rounds(halted))).await;
                tally.active.store(0, Relaxed);
                standing = kept?;
            }
            if standing == Standing::Superseded {
                told(standing);
                return Ok(standing);
            }
            tokio::select! {
                () = tokio::time::sleep(lease.look_again()) => {}
                _ = stop.changed() => {}
            }
        }
        Ok(Standing::StandingBy)
    }

    /// One round, and no more; false when another worker has the lease, and nothing was done.
    ///
    /// # Errors
    /// When the lease cannot be taken or is lost, or the journal cannot be read.
    pub async fn once(&mut self, lease: &mut Lease, stop: &watch::Receiver<bool>) -> Result<bool, Error> {
        if lease.take().await.map_err(Error::System)? != Standing::Active {
            return Ok(false);
        }
        let (halt, halted) = watch::channel(false);
        let (done, kept) = keeping(lease, stop.clone(), &halt, Box::pin(self.round(&halted))).await;
        if kept.map_err(Error::System)? != Standing::Active {
            return Err(Error::System(
                "the lease was lost while the worker was at work; it ended early".to_owned(),
            ));
        }
        done.map(|()| true)
    }

    /// Round after round, until `halted` says so.
    async fn rounds(&mut self, mut halted: watch::Receiver<bool>) {
        while !*halted.borrow() {
            if let Err(error) = self.round(&halted).await {
                tracing::warn!(%error, "the worker cannot read the journal");
                self.tally.errors.fetch_add(1, Relaxed);
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                _ = halted.changed() => {}
            }
        }
    }

    /// Does everything that is due now, some of it at the same time; ends early, each call with its outcome recorded, when
    /// `stop` says so. Without a lease, which is for the caller to hold.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn round(&mut self, stop: &watch::Receiver<bool>) -> Result<(), Error> {
        let now = self.engine.clock().now();
        if now.duration_since(self.recovered_at) >= RECOVER_AGAIN {
            self.recovered_at = now;
            self.engine.recover().await?;
        }
        self.look(now).await?;
        let mut due: Vec<(Timestamp, OrderId, Errand)> = self
            .waiting
            .iter()
            .filter(|(_, waiting)| waiting.next <= now && waiting.tries < MOST_TRIES)
            .map(|(id, waiting)| (waiting.next, id.clone(), waiting.errand))
            .collect();
        due.sort_by(|a, b| (b.0, &b.1).cmp(&(a.0, &a.1)));
        let mut running = JoinSet::new();
        loop {
            while running.len() < self.options.at_once && !*stop.borrow() {
                let Some((_, id, errand)) = due.pop() else { break };
                running.spawn(run(self.engine.clone(), id, errand));
            }
            let Some(ran) = running.join_next().await else { return Ok(()) };
            // A panic has been told already, and ends no other errand.
            if let Ok(ran) = ran {
                self.ran(ran);
            }
        }
    }

    /// Finds what there is to do, and forgets what there is not any more.
    async fn look(&mut self, now: Timestamp) -> Result<(), journal::Error> {
        let mut before = std::mem::take(&mut self.waiting);
        let environment = self.engine.environment();
        let mut after: Option<Summary> = None;
        loop {
            let journal = self.engine.journal();
            let page = journal.orders(environment, Some(State::Sent), None, after.as_ref(), PAGE).await?;
            for row in &page {
                self.wait_for(row, &mut before, now);
            }
            after = page.into_iter().next_back();
            if after.is_none() {
                break;
            }
        }
        loop {
            let page = self.engine.journal().stalled(environment, now, after.as_ref(), PAGE).await?;
            // After those with something wrong come those that rest, and those that have expired: nothing for a worker.
            let troubled = |row: &&Summary| row.attention_at(now) <= Attention::Fix;
            for row in page.iter().filter(troubled) {
                self.wait_for(row, &mut before, now);
            }
            after = page.into_iter().next_back();
            if after.as_ref().is_none_or(|last| last.attention_at(now) > Attention::Fix) {
                break;
            }
        }
        let given_up = self.waiting.values().filter(|waiting| waiting.tries >= MOST_TRIES).count();
        self.tally.waiting.store(self.waiting.len() as u64, Relaxed);
        self.tally.given_up.store(given_up as u64, Relaxed);
        Ok(())
    }

    /// Keeps an order in mind. One that is known keeps its place, as long as it waits for the same.
    fn wait_for(&mut self, row: &Summary, before: &mut HashMap<OrderId, Waiting>, now: Timestamp) {
        let Some(errand) = errand(row, now) else { return };
        let known = before.remove(&row.id).filter(|known| known.errand == errand);
        let waiting = known.unwrap_or_else(|| {
            let next = row.updated_at.saturating_add(self.pause(errand, 0)).unwrap_or(now);
            Waiting { errand, tries: 0, next }
        });
        self.waiting.insert(row.id.clone(), waiting);
    }

    fn pause(&self, errand: Errand, tries: u32) -> SignedDuration {
        let random = super::Ground::random::<crate::order::Refusal>(self.engine.world()).unwrap_or(250);
        match errand {
            Errand::Check => self.options.checks.pause(tries, random),
            Errand::Retry(_) => self.options.retries.pause(tries, random),
        }
    }

    /// Counts an errand, and says when the order is due again, if it still is.
    fn ran(&mut self, ran: Ran) {
        let Ran { id, errand, order, retry_after } = ran;
        let (count, good) = match errand {
            Errand::Check => (&self.tally.checks, &self.tally.accepted),
            Errand::Retry(_) => (&self.tally.retries, &self.tally.mended),
        };
        count.fetch_add(1, Relaxed);
        match &order {
            Ok(order) if order.trouble.is_some() => drop(self.tally.errors.fetch_add(1, Relaxed)),
            Ok(order) if errand != Errand::Check || order.acceptance.is_some() => {
                good.fetch_add(1, Relaxed);
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, order = %id, "an errand of the worker came to nothing");
                self.tally.errors.fetch_add(1, Relaxed);
            }
        }
        let Some(mut waiting) = self.waiting.get(&id).copied() else { return };
        // Asking is repeated as long as the window lasts; what fails is not tried for ever.
        let is_check = errand == Errand::Check;
        waiting.tries = if is_check { (waiting.tries + 1).min(MOST_TRIES - 1) } else { waiting.tries + 1 };
        let asked = retry_after.and_then(|wait| SignedDuration::try_from(wait).ok()).unwrap_or_default();
        let pause = self.pause(errand, waiting.tries).max(asked);
        waiting.next = self.engine.clock().now().saturating_add(pause).unwrap_or(Timestamp::MAX);
        self.waiting.insert(id, waiting);
    }
}

/// Does `work`, and keeps the lease meanwhile. `halt` is told when it is lost, and when `stop` says so; either way `work` is
/// waited for. Returns what came of both.
async fn keeping<T>(
    lease: &mut Lease,
    mut stop: watch::Receiver<bool>,
    halt: &watch::Sender<bool>,
    work: impl Future<Output = T>,
) -> (T, Result<Standing, String>) {
    let mut keep = Box::pin(lease.keep());
    tokio::pin!(work);
    let (mut lost, mut stopping) = (None, *stop.borrow());
    halt.send_replace(stopping);
    loop {
        tokio::select! {
            biased;
            // First: after a pause of this process nothing is begun before it is known who holds the lease.
            kept = &mut keep, if lost.is_none() => {
                lost = Some(kept);
                halt.send_replace(true);
            }
            _ = stop.changed(), if !stopping => {
                stopping = true;
                halt.send_replace(true);
            }
            done = &mut work => return (done, lost.unwrap_or(Ok(Standing::Active))),
        }
    }
}

async fn run(engine: Engine, id: OrderId, errand: Errand) -> Ran {
    let (order, retry_after) = match errand {
        Errand::Check => match engine.check(&id).await {
            Ok(done) => (Ok(done.order), done.retry_after),
            Err(error) => (Err(error), None),
        },
        Errand::Retry(call) => (engine.retry_only(&id, call).await.map(|retried| retried.order), None),
    };
    Ran { id, errand, order, retry_after }
}
