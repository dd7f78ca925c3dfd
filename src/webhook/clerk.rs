//! The one who writes: deploys that come at the same time are recorded together, each before it is answered.

use crate::engine::{Engine, MarketError, NewDeploy, Received};
use crate::subscription::{Answer, By, Pattern, Subscription};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, oneshot};

/// How many deploys are recorded together at most.
const TOGETHER: usize = 64;

/// What it is given to write.
enum Job {
    Deploy(Box<NewDeploy>, oneshot::Sender<Result<Received, MarketError>>),
    /// Whether the connection took the answer to this one.
    Delivered(Box<Subscription>, bool),
}

/// A handle to the clerk. Cheap to clone.
#[derive(Clone)]
pub struct Clerk {
    jobs: mpsc::Sender<Job>,
    /// The number that the next id of a customer is tried with.
    next: Arc<AtomicU64>,
    assign: Arc<Pattern>,
}

impl Clerk {
    /// A clerk that writes to `engine`'s journal, until the last handle is gone.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn start(
        engine: &Engine,
        assign: Pattern,
    ) -> Result<(Self, tokio::task::JoinHandle<()>), MarketError> {
        let first = engine.how_many_subscriptions().await? + 1;
        let (jobs, to_do) = mpsc::channel(4 * TOGETHER);
        let task = tokio::spawn(work(engine.clone(), to_do));
        Ok((Self { jobs, next: Arc::new(AtomicU64::new(first)), assign: Arc::new(assign) }, task))
    }

    /// Records a deploy. It is on disk when this returns.
    ///
    /// # Errors
    /// What the journal cannot do: nothing was promised then.
    pub async fn record(&self, new: NewDeploy) -> Result<Received, MarketError> {
        let mut new = new;
        loop {
            let (told, answer) = oneshot::channel();
            let gone = || MarketError::System("the receiver is ending".to_owned());
            self.jobs.send(Job::Deploy(Box::new(new), told)).await.map_err(|_| gone())?;
            match answer.await.map_err(|_| gone())?? {
                Received::IdTaken(again) => {
                    let answer = self.assigned(&again.deploy.provisioning_id).map_err(MarketError::System)?;
                    new = NewDeploy { answer: Some((answer, By::Pattern)), ..again };
                }
                other => return Ok(other),
            }
        }
    }

    /// The answer that the pattern gives: an id that no other deploy was given by this process.
    ///
    /// # Errors
    /// Says why what comes of the pattern cannot be an id.
    pub fn assigned(&self, of: &crate::subscription::ProvisioningId) -> Result<Answer, String> {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let customer_id =
            self.assign.fill(n, of).map_err(|why| format!("the id made by the pattern {why}"))?;
        Ok(Answer::Provisioned { customer_id })
    }

    /// Has it recorded whether the connection took the answer. Nobody waits for that.
    pub async fn delivered(&self, subscription: Subscription, taken: bool) {
        let _ = self.jobs.send(Job::Delivered(Box::new(subscription), taken)).await;
    }
}

async fn work(engine: Engine, mut to_do: mpsc::Receiver<Job>) {
    let mut jobs = Vec::with_capacity(TOGETHER);
    while to_do.recv_many(&mut jobs, TOGETHER).await > 0 {
        let (mut deploys, mut told, mut delivered) = (Vec::new(), Vec::new(), Vec::new());
        for job in jobs.drain(..) {
            match job {
                Job::Deploy(new, tell) => {
                    deploys.push(*new);
                    told.push(tell);
                }
                Job::Delivered(subscription, taken) => delivered.push((*subscription, taken)),
            }
        }
        if !deploys.is_empty() {
            receive(&engine, deploys, told).await;
        }
        if !delivered.is_empty()
            && let Err(error) = engine.delivered(delivered).await
        {
            // It stays unconfirmed, which is the careful reading.
            tracing::warn!(%error, "whether answers were taken could not be recorded");
        }
    }
}

async fn receive(
    engine: &Engine,
    deploys: Vec<NewDeploy>,
    told: Vec<oneshot::Sender<Result<Received, MarketError>>>,
) {
    match engine.receive(deploys).await {
        Ok(received) => {
            for (tell, received) in told.into_iter().zip(received) {
                // Whoever asked may have hung up.
                let _ = tell.send(received);
            }
        }
        Err(error) => {
            let what = error.to_string();
            tracing::error!(what, "deploys could not be recorded");
            for tell in told {
                let _ = tell.send(Err(MarketError::System(what.clone())));
            }
        }
    }
}
