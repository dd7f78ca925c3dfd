//! The engine: drives things of any kind. Decide, append, call, classify, append: what is about to be sent is on disk
//! before a byte leaves, and what came back is on disk before anyone is told.
//!
//! `driver` does that for every kind, by what the kind declares; `orders` is what is said of orders alone, and
//! `walk` takes one from wherever it stands as far as it can go. One thing, one owner: an append names the sequence number
//! that it was decided on, so of two desks that decide on the same thing one wins and the other reads again.
//! `spool` keeps answers that the journal does not take, in room that `room` has made before; `sent` counts, apart from it,
//! what must not be done twice, and `begun` asks it.
//! `market` is what is done on the marketplace; `registration` applies a plan to a contract.
//! May touch: `kind`, `order`, `subscription`, `registry`, `px`, `market`, `registration`, `journal`. Never: ratatui, crossterm.

mod begun;
mod clock;
mod driver;
mod error;
mod heard;
mod lease;
mod log;
mod look;
mod machine;
mod market;
mod orders;
mod presence;
mod record;
mod registration;
mod room;
mod sent;
mod spool;
mod walk;
mod worker;
mod world;

pub use clock::Clock;
pub use driver::{Driver, Ended};
pub use error::Error;
pub use lease::{FileLease, Lease};
pub use look::still_under_way;
pub use machine::Machine;
pub use market::{
    End, Ended as EndedSkus, Found, Halt, Intake, Late, MarketError, MarketKind, NewDeploy, Ran, Received,
    ReportStep, Run, ToSend, Unreported, Usage, leaves_in_time,
};
pub use orders::{Done, Retried};
pub use presence::Presence;
pub use registration::{Applied, Apply, ApplyNews, Registration, RegistrationError, Unlisted};
pub use spool::Unrecorded;
pub use walk::{Plan, Step, Until, Walked};
pub use worker::{Tally, Worker, WorkerOptions};
pub use world::{Answer, Ground, Sends, World};

use crate::journal::Journal;
use crate::kind::Uptime;
use crate::market as market_client;
use crate::order::{Environment, Pace, Role};
use crate::px::Client;
use heard::Heard;
use jiff::SignedDuration;
use sent::Sent;
use spool::{Held, Spool};
use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// How soon the journal is looked at again for what others have recorded.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// One desk's hold on the journal and on Px. Cheap to clone.
pub struct Engine<W = Machine>(Arc<Inner<W>>);

struct Inner<W> {
    world: W,
    options: Options,
    /// Read by whatever is done, until it is recorded: see [`Busy`].
    busy: RwLock<()>,
    /// Answers that the journal has not taken yet.
    held: Mutex<Vec<Held>>,
    /// Told when one is added.
    held_more: Notify,
}

/// Something is under way, until it is recorded. What is done within takes this one, and asks for no other: with somebody
/// in [`Engine::idle`] between the two, both would wait for ever.
type Busy<'e> = RwLockReadGuard<'e, ()>;

impl<W> Inner<W> {
    /// Begins something.
    async fn busy(&self) -> Busy<'_> {
        self.busy.read().await
    }
}

impl<W> Clone for Engine<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// The ways out of this machine.
pub struct Ways {
    pub px: Client,
    /// None where nothing is sold on the marketplace.
    pub market: Option<market_client::Client>,
    /// None where no contract is looked after.
    pub registration: Option<Registration>,
}

/// What the engine needs to know besides.
#[derive(Clone, Debug)]
pub struct Options {
    pub environment: Environment,
    /// Who acts: written to every event.
    pub agent: String,
    /// How long a Complete may last; the window must leave as much.
    pub complete_room: SignedDuration,
    /// How long an order in doubt is left alone before a person may probe it or settle it.
    pub quiet: SignedDuration,
    /// The same of what is in doubt at the marketplace.
    pub market_quiet: SignedDuration,
    /// The fastest reading aloud that counts.
    pub fastest: Pace,
    /// What the one who acts is allowed to do.
    pub role: Role,
    /// Whether two people must say the same of an order in doubt.
    pub two_people: bool,
}

impl Engine {
    /// An engine over these.
    pub fn new(journal: Journal, px: Client, clock: Clock, presence: Presence, options: Options) -> Self {
        Self::made(journal, Ways { px, market: None, registration: None }, clock, presence, options, None)
    }

    /// As [`Engine::new`]; in the folder `state` is kept what the journal does not take until it does, and what was begun
    /// that must not be begun again with a journal that does not know of it.
    pub fn with_state(
        journal: Journal,
        ways: Ways,
        clock: Clock,
        presence: Presence,
        options: Options,
        state: &Path,
    ) -> Self {
        Self::made(journal, ways, clock, presence, options, Some(state))
    }

    fn made(
        journal: Journal,
        ways: Ways,
        clock: Clock,
        presence: Presence,
        options: Options,
        state: Option<&Path>,
    ) -> Self {
        let (spool, sent) =
            (state.map(|s| Spool::at(s.join("spool"))), state.map(|s| Sent::at(s.join("sent"))));
        let heard = state.map(|folder| Heard::at(folder, options.environment.name()));
        let Ways { px, market, registration } = ways;
        let market_clock = Mutex::default();
        clock.go_by(&journal);
        Self::over(
            Machine { journal, px, market, registration, market_clock, heard, clock, presence, spool, sent },
            options,
        )
    }

    /// The journal, for reading.
    pub fn journal(&self) -> &Journal {
        &self.0.world.journal
    }

    /// Looks at the journal about once a second, and notes how far it has come, whoever recorded that: a copy that lacks it
    /// later is an older one. For what stays open and has no other reason to look.
    pub async fn keep_looking(&self) -> Infallible {
        loop {
            // One that cannot be asked now is asked again.
            let _ = self.journal().data_version().await;
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// The clock that every decision is made by.
    pub fn clock(&self) -> &Clock {
        &self.0.world.clock
    }
}

impl<W: Ground> Engine<W> {
    /// An engine over any world.
    pub fn over(world: W, options: Options) -> Self {
        Self(Arc::new(Inner {
            world,
            options,
            busy: RwLock::new(()),
            held: Mutex::default(),
            held_more: Notify::new(),
        }))
    }

    fn world(&self) -> &W {
        &self.0.world
    }

    /// Where orders go.
    pub fn environment(&self) -> Environment {
        self.0.options.environment
    }

    /// How long the machine has been up, by a clock that nobody moves, no trainer either.
    pub fn steady(&self) -> Uptime {
        self.world().steady()
    }

    /// Who acts.
    pub fn agent(&self) -> &str {
        &self.0.options.agent
    }

    /// The answers that the journal has not taken yet.
    pub fn unrecorded(&self) -> Vec<Unrecorded> {
        let held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        let told = |held: &Held| Unrecorded {
            kind: held.kind,
            thing: held.thing.clone(),
            answer: held.answer.clone(),
            kept: held.kept,
            remedy: held.remedy,
        };
        held.iter().map(told).collect()
    }

    /// Waits until there is one more of those.
    pub async fn one_more_unrecorded(&self) {
        self.0.held_more.notified().await;
    }

    /// Waits until nothing is under way, each call with its outcome recorded; nothing begins from now on, as long as what
    /// is returned is kept. For leaving: a call ends at its own time-out at the latest.
    pub async fn idle(&self) -> RwLockWriteGuard<'_, ()> {
        self.0.busy.write().await
    }

    /// True while nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.0.busy.try_write().is_ok()
    }
}
