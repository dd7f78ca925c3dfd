//! The worker: does for all orders what needs no person, while it holds the lease.
//!
//! It looks through the lists, a page at a time. What may be done is decided by `order::errand`, and once more by the order
//! itself when it is done; what is due when, by `order::errands`.

use super::lease::Lease;
use super::orders::Done;
use super::{Engine, Error, Ground as _, LOOK_AGAIN};
use crate::journal::{self, Standing};
use crate::order::errand::{Backoff, Errand};
use crate::order::errands::{Errands, in_vain};
use crate::order::{Attention, Order, OrderId, Refusal, State, Summary, Timestamp};
use jiff::SignedDuration;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Rows that are read at once.
const PAGE: u32 = 500;
/// How soon it looks for calls whose process is gone.
const RECOVER_AGAIN: SignedDuration = SignedDuration::from_secs(30);

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

/// A worker.
pub struct Worker {
    engine: Engine,
    at_once: usize,
    errands: Errands,
    tally: Arc<Tally>,
    recovered_at: Timestamp,
    /// Where it said last that it stands.
    said: Option<Standing>,
}

impl Worker {
    /// A worker that has nothing in mind yet; what it does is counted in `tally`.
    pub fn new(engine: Engine, options: WorkerOptions, tally: Arc<Tally>) -> Self {
        let recovered_at = engine.clock().now();
        let WorkerOptions { checks, retries, at_once } = options;
        Self { engine, at_once, errands: Errands::new(checks, retries), tally, recovered_at, said: None }
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
        while !*stop.borrow() {
            let mut standing = lease.take().await?;
            if standing != Standing::Active {
                self.say(standing, &mut told).await;
            }
            if standing == Standing::Active {
                let (halt, halted) = watch::channel(false);
                let tally = Arc::clone(&self.tally);
                tally.active.store(1, Relaxed);
                let rounds = Box::pin(self.rounds(halted, &mut told));
                let ((), kept) = keeping(lease, stop.clone(), &halt, rounds).await;
                tally.active.store(0, Relaxed);
                standing = kept?;
            }
            if standing == Standing::Superseded {
                // Of an older copy the worker says so that goes on in the place of this one.
                if self.engine.journal().doubt().is_none() {
                    told(standing);
                }
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
        self.engine.journal().trust()?;
        let (halt, halted) = watch::channel(false);
        let (done, kept) = keeping(lease, stop.clone(), &halt, Box::pin(self.round(&halted))).await;
        if kept.map_err(Error::System)? != Standing::Active {
            return Err(Error::System(
                "the lease was lost while the worker was at work; it ended early".to_owned(),
            ));
        }
        done.map(|()| true)
    }

    /// Looks at the journal, and says where it stands, where that has changed. A journal that is not to be trusted goes before
    /// all that a lease says: in an older copy it is another lease.
    async fn say(&mut self, standing: Standing, told: &mut impl FnMut(Standing)) {
        let journal = self.engine.journal();
        if standing != Standing::Away {
            // How far it has come is noted, whoever recorded that: a copy that lacks it later is an older one. And what was
            // doubted may have been accepted. Whether it can be asked is told by the lease.
            let _ = journal.data_version().await;
        }
        // A file may be gone, or another one, at any time; of a server the lease tells.
        let untrusted = journal.doubt().is_some() || (!journal.is_shared() && journal.trust().is_err());
        let doubted = standing != Standing::Away && untrusted;
        let standing = if doubted { Standing::Doubted } else { standing };
        if self.said.replace(standing) != Some(standing) {
            told(standing);
        }
    }

    /// Round after round, until `halted` says so.
    async fn rounds(&mut self, mut halted: watch::Receiver<bool>, told: &mut impl FnMut(Standing)) {
        while !*halted.borrow() {
            self.say(Standing::Active, told).await;
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
        let (engine, due) = (self.engine.clone(), self.errands.due(now));
        let begin = |(id, errand)| run(engine.clone(), id, errand);
        together(due, self.at_once, stop, begin, |(id, errand), ran| self.ran(&id, errand, ran)).await;
        Ok(())
    }

    /// Finds what there is to do, and forgets what there is not any more: not before both lists were read to their ends, so
    /// that a journal that cannot be read makes nobody forget what was tried.
    async fn look(&mut self, now: Timestamp) -> Result<(), journal::Error> {
        let environment = self.engine.environment();
        let mut after: Option<Summary> = None;
        loop {
            let journal = self.engine.journal();
            let page = journal.orders(environment, Some(State::Sent), None, after.as_ref(), PAGE).await?;
            for row in &page {
                self.see(row, now).await?;
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
                self.see(row, now).await?;
            }
            after = page.into_iter().next_back();
            if after.as_ref().is_none_or(|last| last.attention_at(now) > Attention::Fix) {
                break;
            }
        }
        self.errands.seen_all();
        self.tally.waiting.store(self.errands.count() as u64, Relaxed);
        self.tally.given_up.store(self.errands.given_up() as u64, Relaxed);
        Ok(())
    }

    /// Notes what a row waits for. How often that was tried before this worker came is looked up once.
    async fn see(&mut self, row: &Summary, now: Timestamp) -> Result<(), journal::Error> {
        let tries = if self.errands.is_new(row, now) {
            let history = self.engine.journal().history::<Order>(&row.id).await?;
            in_vain(history.iter().map(|recorded| &recorded.event))
        } else {
            0
        };
        self.errands.see(row, tries, now, || random(&self.engine));
        Ok(())
    }

    /// Counts an errand that was done, and says so to those that wait. `ran` is none when it panicked, which is told already.
    fn ran(&mut self, id: &OrderId, errand: Errand, ran: Option<Result<Done, Error>>) {
        let (count, good) = match errand {
            Errand::Check => (&self.tally.checks, &self.tally.accepted),
            Errand::Retry(_) => (&self.tally.retries, &self.tally.mended),
        };
        count.fetch_add(1, Relaxed);
        let mut retry_after = None;
        match ran {
            Some(Ok(done)) => {
                retry_after = done.retry_after;
                if done.order.trouble.is_some() {
                    self.tally.errors.fetch_add(1, Relaxed);
                } else if errand != Errand::Check || done.order.acceptance.is_some() {
                    good.fetch_add(1, Relaxed);
                }
            }
            Some(Err(error)) => {
                tracing::warn!(%error, order = %id, "an errand of the worker came to nothing");
                self.tally.errors.fetch_add(1, Relaxed);
            }
            None => {
                self.tally.errors.fetch_add(1, Relaxed);
            }
        }
        self.errands.done(id, retry_after, self.engine.clock().now(), random(&self.engine));
    }
}

/// Chance for a pause; where there is none, the middle.
fn random(engine: &Engine) -> u64 {
    engine.world().random::<Refusal>().unwrap_or(250)
}

/// Does all of `due`, so much of it at the same time, and begins nothing more once `stop` says so. `ended` is told what came
/// of each; nothing, when it panicked: that ends no other.
async fn together<J, W>(
    due: Vec<J>,
    at_once: usize,
    stop: &watch::Receiver<bool>,
    begin: impl Fn(J) -> W,
    mut ended: impl FnMut(J, Option<W::Output>),
) where
    J: Clone,
    W: Future<Output: Send> + Send + 'static,
{
    let mut due = due.into_iter();
    let mut running = JoinSet::new();
    let mut by_task = HashMap::new();
    loop {
        while running.len() < at_once && !*stop.borrow() {
            let Some(job) = due.next() else { break };
            by_task.insert(running.spawn(begin(job.clone())).id(), job);
        }
        let Some(joined) = running.join_next_with_id().await else { return };
        let (task, came) = match joined {
            Ok((task, came)) => (task, Some(came)),
            Err(error) => (error.id(), None),
        };
        if let Some(job) = by_task.remove(&task) {
            ended(job, came);
        }
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

async fn run(engine: Engine, id: OrderId, errand: Errand) -> Result<Done, Error> {
    match errand {
        Errand::Check => engine.check(&id).await,
        Errand::Retry(call) => engine.retry_only(&id, call).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_errand_that_panics_is_told_of_and_ends_no_other() {
        let (_go_on, stop) = watch::channel(false);
        let begin = |job: u32| async move {
            assert_ne!(job, 2, "this one panics");
            job * 10
        };
        let mut told = Vec::new();
        together(vec![1, 2, 3], 1, &stop, begin, |job, came| told.push((job, came))).await;
        assert_eq!(told, [(1, Some(10)), (2, None), (3, Some(30))]);
        let (_stop, stopped) = watch::channel(true);
        together(vec![1], 1, &stopped, begin, |_, _| panic!("nothing begins any more")).await;
    }
}
