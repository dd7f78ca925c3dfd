//! Doing what the desk asks for: each effect in a task of its own, each answer a message.

use super::classroom::{self, Teaching};
use super::loaded::{load, tell_loaded};
use super::market::Market;
use super::registration::Registration;
use super::tell::{failed, plain, tell};
use super::trust::Trust;
use super::{day, items, queue, simulation};
use crate::classroom::Hub;
use crate::config::Settings;
use crate::desk::{Effect, Msg, Part, Problem, Simulation, Target, Task};
use crate::engine::{Clock, Done, Engine};
use crate::order::{NewOrder, Order, OrderId, Summary};
use crate::session::Session;
use crate::view::Layout;
use std::cell::RefCell;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

/// Runs effects.
pub struct Effects {
    engine: Engine,
    /// Where the embedded Px listens, if it is spoken to.
    px: Option<String>,
    sender: UnboundedSender<Msg>,
    /// The way to the marketplace, where something is sold on it.
    market: Option<Market>,
    /// The way to the contract, where one is looked after.
    registration: Option<Registration>,
    /// The classroom, where one is open.
    classroom: Option<Hub>,
    /// The thread that the engine works on.
    worker: Handle,
    /// What can be clicked on the last frame.
    layout: RefCell<Layout>,
    /// The journal's version when it was last looked at.
    version: Arc<std::sync::atomic::AtomicI64>,
    trust: Arc<Trust>,
    /// The generation of the last reading of the queue; an older one stops.
    readings: Arc<std::sync::atomic::AtomicU64>,
}

impl Effects {
    /// A runner that answers through `sender`.
    pub fn new(
        session: Session,
        settings: &Settings,
        sender: UnboundedSender<Msg>,
        worker: Handle,
        teaching: Option<Teaching>,
    ) -> Self {
        let configured = match &settings.target {
            crate::config::Target::At { base_url, .. } if super::is_practice(settings.environment) => {
                Some(base_url.clone())
            }
            crate::config::Target::At { .. } | crate::config::Target::InProcess => None,
        };
        worker.spawn(super::held::record_what_is_held(session.engine.clone(), sender.clone()));
        worker.spawn(super::floor::listen(session.engine.clone(), sender.clone()));
        let market = settings.market.clone();
        let market = market.map(|market| Market::new(session.engine.clone(), market, sender.clone()));
        let registration =
            settings.registration.as_ref().map(|_| Registration::new(session.engine.clone(), sender.clone()));
        let clock = session.engine.clock().clone();
        let classroom = teaching.map(|teaching| teaching.start(clock, sender.clone(), &worker));
        Self {
            classroom,
            market,
            registration,
            trust: Arc::new(Trust::of(session.engine.journal())),
            engine: session.engine,
            px: session.embedded.or(configured),
            sender,
            worker,
            layout: RefCell::default(),
            version: Arc::default(),
            readings: Arc::default(),
        }
    }

    /// The engine that it works with.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The clock that the desk goes by.
    pub fn clock(&self) -> &Clock {
        self.engine.clock()
    }

    /// Remembers what the last frame said can be clicked.
    pub fn clickable(&self, layout: Layout) {
        self.layout.replace(layout);
    }

    /// What is at this cell.
    pub fn target_at(&self, column: u16, row: u16) -> Option<Target> {
        self.layout.borrow().at(column, row)
    }

    /// Starts each of `effects`; returns at once.
    pub fn start(&self, effects: Vec<Effect>) {
        for effect in effects {
            let (engine, sender) = (self.engine.clone(), self.sender.clone());
            match effect {
                Effect::LoadQueue(part, limit) => self.load_queue(part, limit),
                Effect::Search(text) => self.spawn(search(engine, sender, text)),
                Effect::LoadStalled { after, limit } => {
                    self.spawn(load_stalled(engine, sender, after, limit));
                }
                Effect::Glance(id) => self.spawn(async move { glance(&engine, &sender, id).await }),
                Effect::LoadOrder(id) => self.spawn(async move { load(&engine, &sender, id).await }),
                Effect::Open(new) => self.spawn(open(engine, sender, *new)),
                Effect::Run(id, action) => self.spawn(run(engine, sender, id, action)),
                Effect::Item(id, job) => self.spawn(async move {
                    let ended = Box::pin(items::run(&engine, id.clone(), job)).await;
                    load(&engine, &sender, id).await;
                    tell(&sender, Msg::Ended(ended));
                }),
                Effect::LoadDay => self.spawn(load_day(engine, sender)),
                Effect::Timer { id, delay } => self.spawn(async move {
                    tokio::time::sleep(delay.unsigned_abs()).await;
                    tell(&sender, Msg::Timer(id));
                }),
                Effect::Simulate(wanted) => self.simulate(wanted),
                Effect::Market(wanted) => {
                    if let Some(market) = &self.market {
                        self.spawn(market.clone().run(wanted));
                    }
                }
                Effect::Contract(wanted) => {
                    if let Some(registration) = &self.registration {
                        self.spawn(registration.clone().run(wanted));
                    }
                }
                Effect::Classroom(wanted) => {
                    if let Some(hub) = &self.classroom {
                        tell(&self.sender, classroom::run(hub, wanted));
                    }
                }
                // The loop does these itself, before it hands the rest over.
                Effect::Copy(_) | Effect::Notify(_) | Effect::Talk(_) | Effect::Suspend | Effect::Quit => {}
            }
        }
    }

    /// A task that outlives whoever started it. Its panic ends the desk, as every panic does.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.worker.spawn(task);
    }

    /// Reads a part of the queue. What was asked for later makes it pointless.
    fn load_queue(&self, part: Part, limit: usize) {
        use std::sync::atomic::Ordering::Relaxed;
        let (engine, sender, readings) = (self.engine.clone(), self.sender.clone(), self.readings.clone());
        let mine = readings.fetch_add(1, Relaxed) + 1;
        self.spawn(async move {
            let page = queue::read(&engine, part, limit).await;
            if readings.load(Relaxed) == mine {
                match page {
                    Ok(page) => tell(&sender, Msg::Queue(Box::new(page))),
                    Err(error) => tell(&sender, failed(None, &error.into(), false)),
                }
            }
        });
    }

    /// False where the journal tells of changes by itself.
    pub fn looks_for_changes(&self) -> bool {
        !self.engine.journal().is_shared()
    }

    /// Says `JournalChanged` when another process has written since the last look, whether the journal can still be written to,
    /// and what became of the order that is waited for when its process is gone.
    pub fn look_for_changes(&self, awaited: Option<&OrderId>) {
        if let Some(id) = awaited.cloned() {
            let (engine, sender) = (self.engine.clone(), self.sender.clone());
            self.spawn(async move {
                match engine.recover().await {
                    Ok(gone) if gone.contains(&id) => load(&engine, &sender, id).await,
                    // The next look is soon; what is wrong with the journal is said when something is to be recorded.
                    Ok(_) | Err(_) => {}
                }
            });
        }
        if !self.looks_for_changes() {
            return;
        }
        let (engine, sender) = (self.engine.clone(), self.sender.clone());
        let (version, trust) = (self.version.clone(), self.trust.clone());
        self.spawn(async move {
            if let Ok(now) = engine.journal().data_version().await {
                let before = version.swap(now, std::sync::atomic::Ordering::Relaxed);
                // What was written between the first reading and the first look shows by nothing else.
                if before != now {
                    tell(&sender, Msg::JournalChanged);
                }
            }
            trust.look(engine.journal(), &sender);
        });
    }

    fn simulate(&self, wanted: Simulation) {
        let (engine, sender, px) = (self.engine.clone(), self.sender.clone(), self.px.clone());
        self.spawn(async move {
            let done = match px {
                Some(px) => simulation::ask(&px, &wanted).await,
                None => Err("there is no embedded Px to practice on".to_owned()),
            };
            match done {
                Ok(simulation::Answer { what, offset }) => {
                    if let Some(offset) = offset {
                        engine.clock().set_offset(offset);
                    }
                    tell(&sender, Msg::Simulated { what, clock_offset: engine.clock().offset() });
                }
                // It says itself what to do; it is about no order.
                Err(what) => {
                    let problem = Problem { next: String::new(), ..plain(what, "training") };
                    tell(&sender, Msg::Failed { id: None, problem, after: false, retry_after: None });
                }
            }
        });
    }
}

async fn open(engine: Engine, sender: UnboundedSender<Msg>, new: NewOrder) {
    match engine.open(new).await {
        Ok(order) => tell(&sender, Msg::Opened(Box::new(order))),
        Err(error) => tell(&sender, failed(None, &error, true)),
    }
}

async fn search(engine: Engine, sender: UnboundedSender<Msg>, text: String) {
    match engine.journal().search(engine.environment(), &text).await {
        Ok(rows) => tell(&sender, Msg::Found { text, rows }),
        Err(error) => tell(&sender, failed(None, &error.into(), false)),
    }
}

async fn load_stalled(
    engine: Engine,
    sender: UnboundedSender<Msg>,
    after: Option<Box<Summary>>,
    limit: usize,
) {
    let most = u32::try_from(limit).unwrap_or(u32::MAX);
    let now = engine.clock().now();
    match engine.journal().stalled(engine.environment(), now, after.as_deref(), most).await {
        Ok(rows) => {
            let more = rows.len() == limit;
            tell(&sender, Msg::Stalled { after: after.map(|row| row.id), rows, more });
        }
        Err(error) => tell(&sender, failed(None, &error.into(), false)),
    }
}

async fn run(engine: Engine, sender: UnboundedSender<Msg>, id: OrderId, task: Task) {
    if is_work(&task)
        && let Err(error) = engine.claim(&id, false).await
    {
        tell(&sender, failed(Some(id.clone()), &error, true));
        return load(&engine, &sender, id).await;
    }
    let checking = task == Task::Check;
    let done = match task {
        Task::Retrieve => engine.retrieve(&id).await,
        Task::Send(to) => engine.send(&id, &to).await,
        Task::Check => engine.check(&id).await,
        Task::Complete(shown) => engine.complete_shown(&id, shown).await,
        Task::Probe => engine.probe(&id).await,
        Task::Resolve(statement) => {
            engine.resolve(&id, statement).await.map(|order| Done { order, retry_after: None })
        }
        Task::Do(command) => {
            engine.command(&id, command).await.map(|order| Done { order, retry_after: None })
        }
    };
    match done {
        // The order is as it was; the polling learns how long Px wants to be left alone.
        Ok(Done { order, retry_after: Some(wait) }) if checking => {
            let problem = plain("Px asks us to wait before the next call".to_owned(), "acceptance");
            tell(
                &sender,
                Msg::Failed { id: Some(id), problem, after: true, retry_after: Some(wait.as_secs()) },
            );
            tell_loaded(&engine, &sender, order, false).await;
        }
        Ok(Done { order, .. }) => tell_loaded(&engine, &sender, order, true).await,
        Err(error) => {
            tell(&sender, failed(Some(id.clone()), &error, true));
            // Another desk may have moved the order on: what it is now explains the refusal.
            if let Ok(order) = engine.journal().load::<Order>(&id).await {
                tell_loaded(&engine, &sender, order, false).await;
            }
        }
    }
}

/// Whether it is work on the order, as against looking after it: what somebody else is in the middle of is not done in
/// their place without a word.
fn is_work(task: &Task) -> bool {
    use crate::order::Command as C;
    match task {
        Task::Retrieve | Task::Send(_) => true,
        // A yes to what was shown is held to that, and takes the order over on the same terms. A doubt is looked after by
        // whoever may: its quiet period keeps two from doing that at once.
        Task::Complete(_) | Task::Check | Task::Probe | Task::Resolve(_) => false,
        Task::Do(command) => matches!(
            command,
            C::Read
                | C::SectionRead { .. }
                | C::ReadAgain
                | C::Vouch
                | C::AcceptVerbally { .. }
                | C::Decline
                | C::Amend(_)
        ),
    }
}

/// An order for the place beside a list. What is wrong with it is said when it is opened.
async fn glance(engine: &Engine, sender: &UnboundedSender<Msg>, id: OrderId) {
    if let (Ok(order), Ok(history)) =
        (engine.journal().load::<Order>(&id).await, engine.journal().history::<Order>(&id).await)
    {
        tell(sender, Msg::Glance { order: Arc::new(order), history: Arc::new(history) });
    }
}

async fn load_day(engine: Engine, sender: UnboundedSender<Msg>) {
    match day::read(&engine).await {
        Ok((figures, since, until)) => tell(&sender, Msg::Day { figures: Arc::new(figures), since, until }),
        Err(error) => tell(&sender, failed(None, &error, false)),
    }
}
