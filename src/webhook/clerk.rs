//! The one who writes: deploys that come at the same time are recorded together, each before it is answered.

use crate::engine::{Engine, MarketError, NewDeploy, Received};
use crate::subscription::{Answer, By, IdError, Pattern, ProvisioningId, Subscription};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
    engine: Engine,
    jobs: mpsc::Sender<Job>,
    numbers: Arc<Mutex<Numbers>>,
    assign: Arc<Pattern>,
}

/// The numbers that ids of customers are made of.
struct Numbers {
    next: u64,
    /// Those that were taken and not used: a deploy came again.
    spare: Vec<u64>,
}

/// An answer that the pattern gives, and the number in it.
pub struct Assigned {
    pub answer: Answer,
    pub number: u64,
}

/// Why the pattern gives no id: a person decides then.
#[derive(Clone, Copy, Debug)]
pub enum NoId {
    /// It has no number in it, and its id is another customer's.
    Taken,
    /// What comes of it cannot be an id.
    Unfit(IdError),
}

impl fmt::Display for NoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken => f.write_str("the id that the pattern gives belongs to another customer"),
            Self::Unfit(error) => write!(f, "the id that the pattern gives {error}"),
        }
    }
}

impl Clerk {
    /// A clerk that writes to `engine`'s journal, until the last handle is gone.
    ///
    /// # Errors
    /// When the journal cannot be read, or lacks a deploy that it had.
    pub async fn start(
        engine: &Engine,
        assign: Pattern,
    ) -> Result<(Self, tokio::task::JoinHandle<()>), MarketError> {
        engine.has_all_deploys().await?;
        let numbers = Numbers { next: engine.how_many_subscriptions().await? + 1, spare: Vec::new() };
        let (jobs, to_do) = mpsc::channel(4 * TOGETHER);
        let task = tokio::spawn(work(engine.clone(), to_do));
        Ok((
            Self {
                engine: engine.clone(),
                jobs,
                numbers: Arc::new(Mutex::new(numbers)),
                assign: Arc::new(assign),
            },
            task,
        ))
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
                    // Without one it is on disk all the same, and whoever decides then is asked.
                    let assigned = self.assigned(&again.deploy.provisioning_id).await?;
                    let answer = assigned.ok().map(|assigned| (assigned.answer, By::Pattern));
                    new = NewDeploy { answer, ..again };
                }
                other => return Ok(other),
            }
        }
    }

    /// The answer that the pattern gives: an id that no other deploy was given, by this process or by anybody else. Or why it
    /// gives none: what comes of it is too long, or it has no number and the deploy came again, or a person gave the id away.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn assigned(&self, of: &ProvisioningId) -> Result<Result<Assigned, NoId>, MarketError> {
        loop {
            let number = self.next_number();
            let customer_id = match self.assign.fill(number, of) {
                Ok(customer_id) => customer_id,
                Err(error) => {
                    self.give_back(number);
                    return Ok(Err(NoId::Unfit(error)));
                }
            };
            // A person or a program may have given it before.
            if !self.engine.is_customer(&customer_id).await? {
                return Ok(Ok(Assigned { answer: Answer::Provisioned { customer_id }, number }));
            }
            if !self.assign.counts() {
                return Ok(Err(NoId::Taken));
            }
        }
    }

    fn next_number(&self) -> u64 {
        let mut numbers = self.numbers();
        let next = numbers.next;
        numbers.spare.pop().unwrap_or_else(|| {
            numbers.next += 1;
            next
        })
    }

    /// Nobody was given what was assigned: the next deploy is.
    pub fn give_back(&self, number: u64) {
        self.numbers().spare.push(number);
    }

    fn numbers(&self) -> MutexGuard<'_, Numbers> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
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
