//! Doing what the marketplace's desk asks for. `read` reads, `actions` does, `send` sends a month, `practice` lets deploys
//! arrive where people practice. Nothing of it runs before the desk is first opened.

mod actions;
mod practice;
mod read;
mod send;

use super::tell::{not_recorded as problem, tell};
use crate::config::{MarketSettings, MarketTarget};
use crate::desk::{Msg, News, Wanted};
use crate::engine::{Engine, Error, MarketError, Unrecorded};
use crate::kind::ShortId;
use crate::session::Failed;
use crate::subscription::{Gate, Report, ReportState};
use jiff::SignedDuration;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc::UnboundedSender;

/// What it takes to do something on the marketplace. Cheap to clone.
#[derive(Clone)]
pub struct Market {
    engine: Engine,
    settings: Arc<MarketSettings>,
    sender: UnboundedSender<Msg>,
    /// True once a run is to stop before its next report.
    stop: Arc<AtomicBool>,
}

/// What can go wrong, for the status line: what, and what to do about it.
struct Problem {
    what: String,
    next: String,
}

type Result<T> = std::result::Result<T, Problem>;

impl From<MarketError> for Problem {
    fn from(error: MarketError) -> Self {
        let next = match &error {
            Error::Refusal(refusal) => refusal.next(),
            Error::NotRepeatable { .. }
            | Error::BegunElsewhere { .. }
            | Error::Unrecorded { .. }
            | Error::Conflict
            | Error::Journal(_)
            | Error::StateFolder(_)
            | Error::System(_) => String::new(),
        };
        Self { what: error.to_string(), next }
    }
}

impl From<crate::journal::Error> for Problem {
    fn from(error: crate::journal::Error) -> Self {
        MarketError::Journal(error).into()
    }
}

impl From<Failed> for Problem {
    fn from(failed: Failed) -> Self {
        Self { what: failed.what, next: failed.next.unwrap_or_default() }
    }
}

impl Market {
    /// Does it for `engine`, and answers through `sender`.
    pub fn new(engine: Engine, settings: MarketSettings, sender: UnboundedSender<Msg>) -> Self {
        Self { engine, settings: Arc::new(settings), sender, stop: Arc::default() }
    }

    /// Does what is wanted, and tells the desk what came of it.
    pub async fn run(self, wanted: Wanted) {
        match wanted {
            Wanted::Open => self.tell_read(self.open().await, None),
            Wanted::Load => self.tell_read(self.load().await, None),
            Wanted::Month(month) => self.tell_read(self.month(month).await, None),
            Wanted::Tries(ids) => self.tell_read(self.tries(ids).await, None),
            Wanted::Page(id) => self.tell_read(self.page(&id).await, Some(id)),
            Wanted::Ending(id) => self.tell_read(self.ending(&id).await, Some(id)),
            Wanted::Do(id, action) => self.does(id, action).await,
            Wanted::Arrive => self.tell_done(None, self.arrive().await),
            Wanted::TakeOver { from, name } => {
                let taken = self.engine.take_over_reporting(from, &name, None).await;
                let what = format!("This journal reports from {from} on. p shows what would be sent.");
                self.tell_done(None, taken.map(|_| what).map_err(Problem::from));
            }
            Wanted::Send { month, reports, reason } => self.send(month, &reports, reason).await,
            Wanted::Stop => self.stop.store(true, Ordering::Relaxed),
            Wanted::Resolve(id, statement) => {
                let resolved = self.engine.resolve_report(&id, statement).await;
                let what = |report: Report| {
                    let reported = report.state() == ReportState::Reported;
                    if reported { "It counts as reported." } else { "It is open again." }.to_owned()
                };
                self.tell_done(Some(id), resolved.map(what).map_err(Problem::from));
            }
        }
    }

    fn tell(&self, news: News) {
        tell(&self.sender, Msg::Market(news));
    }

    fn tell_read(&self, read: Result<News>, id: Option<ShortId>) {
        match read {
            Ok(news) => self.tell(news),
            Err(Problem { what, next }) => {
                self.tell(News::Failed { id, what, next, task: false, insist: None });
            }
        }
    }

    fn tell_done(&self, id: Option<ShortId>, done: Result<String>) {
        match done {
            Ok(what) => self.tell(News::Done { id, what }),
            Err(Problem { what, next }) => {
                self.tell(News::Failed { id, what, next, task: true, insist: None });
            }
        }
    }

    /// How far this machine's clock is ahead of the marketplace's, as far as is known.
    fn clock_error(&self) -> Option<SignedDuration> {
        self.engine.market_clock_error(self.settings.target == MarketTarget::InProcess)
    }

    /// What a report needs of the time.
    async fn gate(&self) -> Result<Gate> {
        let in_process = self.settings.target == MarketTarget::InProcess;
        Ok(self.engine.gate(in_process).await?)
    }

    /// The same before reports are sent.
    async fn gate_to_send(&self) -> Result<Gate> {
        let in_process = self.settings.target == MarketTarget::InProcess;
        Ok(self.engine.gate_to_send(in_process).await?)
    }
}

/// Says that the journal has not taken an answer of the marketplace yet.
pub fn not_recorded(sender: &UnboundedSender<Msg>, held: &Unrecorded) {
    let crate::desk::Problem { what, next, .. } = problem(&held.answer, held.remedy);
    let id = ShortId::parse(&held.thing);
    tell(sender, Msg::Market(News::Failed { id, what, next, task: false, insist: None }));
}
