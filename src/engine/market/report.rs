//! Sending reports: one first, then a few at a time; a run stops rather than put a second report in doubt.

use super::calls::signed;
use super::{MarketError, Result};
use crate::engine::world::World;
use crate::engine::{Engine, Error};
use crate::kind::{Reached, ShortId, Signature};
use crate::market::{Ids, Request};
use crate::order::Right;
use crate::subscription::{
    Amount, Calendar, Freeze, Gate, Month, Outcome, Prepared, Refusal, Report, ReportCommand, ReportState,
    Slot, Statement, Subscription, Total,
};
use futures_util::stream::{FuturesUnordered, StreamExt as _};

/// A report that is to be sent.
#[derive(Clone, Debug)]
pub struct ToSend {
    pub id: ShortId,
    /// What was reported in the last month before in which it was not nothing.
    pub usual: Option<Total>,
    /// What of the month is on a bill before it, or may be.
    pub so_far: Total,
    /// The notice with which version 1 tells a count of the same, where it does.
    pub counted: Option<ShortId>,
    /// The amount that a person was shown: another one is not sent. None where nobody was shown any.
    pub shown: Option<Amount>,
}

/// Reports that are to be sent.
#[derive(Clone, Debug)]
pub struct Run {
    pub reports: Vec<ToSend>,
    /// The first month that this journal reports.
    pub from: Month,
    pub gate: Gate,
    /// Why an unusual amount is right, or one that version 1 tells as well; or why what was refused goes again as it is.
    pub reason: Option<String>,
    /// How many are under way at once, after the first one was taken.
    pub at_once: usize,
}

/// What became of one report of a run.
#[derive(Debug)]
pub enum Step {
    /// It was sent, whatever came back: the report says.
    Sent(Box<Report>),
    /// It is reported: another desk was faster by a moment, and this one sent nothing.
    Elsewhere(Box<Report>),
    /// It was not sent: refused here.
    Held(Box<Report>, Refusal),
    /// It was sent, and the journal has not taken what came back: that is kept here, and recorded by itself.
    Unrecorded {
        id: ShortId,
        slot: Slot,
        amount: Option<Amount>,
        /// What came back, in words.
        answer: String,
        error: MarketError,
    },
}

/// Why a run ended before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// Two reports are in doubt: whatever stands between, the next ones would be too.
    Doubts,
    /// The next ones would be refused the same way.
    ForAll(Outcome),
    /// Nothing can be sent.
    Unreachable(String),
    /// The closing is too near, or it is closed.
    Shut(Refusal),
    /// A person stopped it before all were begun.
    Stopped,
}

/// A run that has ended.
#[derive(Debug, Default)]
pub struct Ran {
    /// How many reports it was about.
    pub of: usize,
    pub reported: usize,
    /// Reported by another desk, after this run was made.
    pub elsewhere: usize,
    pub refused: usize,
    pub in_doubt: usize,
    pub not_sent: usize,
    /// Refused here.
    pub held: usize,
    /// Sent, and what came back is not in the journal yet.
    pub unrecorded: usize,
    pub halt: Option<Halt>,
}

impl<W: World<Report> + World<Subscription>> Engine<W> {
    /// Sends the reports of a run. `progress` is told of each one that ended, and says whether to go on.
    ///
    /// # Errors
    /// What the journal cannot do. What is under way then ends, and is recorded.
    pub async fn send_reports(&self, run: &Run, progress: impl FnMut(&Step) -> bool) -> Result<Ran> {
        self.send_more(run, Ran::default(), progress).await
    }

    /// The same, as the next part of what has `ran` already: a doubt of before counts, and after a halt nothing is sent.
    ///
    /// # Errors
    /// As for [`Engine::send_reports`].
    pub async fn send_more(
        &self,
        run: &Run,
        mut ran: Ran,
        mut progress: impl FnMut(&Step) -> bool,
    ) -> Result<Ran> {
        ran.of += run.reports.len();
        let mut to_go = run.reports.iter();
        let mut under_way = FuturesUnordered::new();
        let mut failed = None;
        loop {
            let at_once = if ran.reported == 0 { 1 } else { run.at_once.max(1) };
            while ran.halt.is_none() && failed.is_none() && under_way.len() < at_once {
                let Some(next) = to_go.next() else { break };
                under_way.push(self.send_one(next, run));
            }
            match under_way.next().await {
                None => break,
                Some(Ok(step)) => {
                    ran.count(&step);
                    // Where all have been begun there is nothing to stop.
                    if !progress(&step) && to_go.len() > 0 {
                        ran.halt.get_or_insert(Halt::Stopped);
                    }
                    if let Step::Unrecorded { error, .. } = step {
                        failed = failed.or(Some(error));
                    }
                }
                Some(Err(error)) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(ran), Err)
    }

    /// Freezes one report and sends it.
    async fn send_one(&self, next: &ToSend, run: &Run) -> Result<Step> {
        let report = self.of::<Report>().load(&next.id).await?;
        let (slot, amount) = (report.slot.clone(), report.amount());
        match self.freeze_and_send(report, next, run).await {
            Ok(report) => Ok(Step::Sent(Box::new(report))),
            Err(Error::Refusal(Refusal::Reported)) => {
                Ok(Step::Elsewhere(Box::new(self.of::<Report>().load(&next.id).await?)))
            }
            Err(Error::Refusal(refusal)) => self.held(next, refusal).await,
            Err(Error::Conflict) => self.held(next, Refusal::Busy(None)).await,
            // It is in doubt now, as any other whose answer nobody has: the run goes on as after one of those.
            Err(Error::BegunElsewhere { .. }) => {
                Ok(Step::Sent(Box::new(self.of::<Report>().load(&next.id).await?)))
            }
            Err(error @ Error::Unrecorded { .. }) => {
                let answer = match &error {
                    Error::Unrecorded { answer, .. } => answer.clone(),
                    _ => String::new(),
                };
                Ok(Step::Unrecorded { id: next.id.clone(), slot, amount, answer, error })
            }
            Err(other) => Err(other),
        }
    }

    async fn held(&self, next: &ToSend, refusal: Refusal) -> Result<Step> {
        Ok(Step::Held(Box::new(self.of::<Report>().load(&next.id).await?), refusal))
    }

    async fn freeze_and_send(&self, report: Report, next: &ToSend, run: &Run) -> Result<Report> {
        if report.slot.month < run.from {
            let (month, from) = (report.slot.month, run.from);
            return Err(Error::Refusal(Refusal::BeforeTakeover { month, from }));
        }
        // Before anything is frozen: what cannot leave now stays open for more. An answer of this run may have said how
        // late it is there.
        let now = self.world().now();
        let gate = run.gate.hearing(self.world().clock_error());
        gate.check(now).map_err(|shut| Error::Refusal(Refusal::Shut(shut)))?;
        let subscription = self.of::<Subscription>().load(&report.subscription).await?;
        let says_why = run.reason.as_ref().is_some_and(|reason| !reason.trim().is_empty());
        if let Some(notice) = next.counted.clone().filter(|_| !says_why) {
            return Err(Error::Refusal(Refusal::CountedToo(notice)));
        }
        if let Some(reason) = subscription.leaves_out(&report) {
            return Err(Error::Refusal(Refusal::LeftOut(reason.to_owned())));
        }
        let customer_id = subscription.customer_id().ok_or(Error::Refusal(Refusal::NotProvisioned))?;
        let freeze = Freeze {
            customer_id: customer_id.clone(),
            product_id: subscription.product_id.ok_or(Error::Refusal(Refusal::NoProduct))?,
            usual: next.usual,
            so_far: next.so_far,
            shown: next.shown,
            reason: run.reason.clone(),
            bill: gate.calendar.bill_month(now),
        };
        let request = |report: &Report| request(report, &freeze);
        let begin = |request: &Request, by: Signature| ReportCommand::Send {
            freeze: freeze.clone(),
            signed: signed(request, by),
            gate: gate.clone(),
        };
        Ok(self.of::<Report>().attempt_on(report, request, begin).await?.thing)
    }
}

impl<W: World<Report>> Engine<W> {
    /// Records what a person found out about a report in doubt.
    ///
    /// # Errors
    /// Before the quiet period is over, when nothing is in doubt, or when the statement names no reference or nobody, or a
    /// bill that the report cannot be on.
    pub async fn resolve_report(&self, id: &ShortId, statement: Statement) -> Result<Report> {
        let role = self.0.options.role;
        role.check(Right::RecordVerdict)
            .map_err(|forbidden| Error::Refusal(Refusal::NotYourRole(forbidden.0)))?;
        if let Some(bill) = statement.bill {
            let report = self.of::<Report>().load(id).await?;
            let calendar = Calendar::new().map_err(Error::System)?;
            let bills = report.bills_of_doubt(&calendar, self.world().now());
            if let Some((first, last)) = bills.filter(|(first, last)| !(*first..=*last).contains(&bill)) {
                return Err(Error::Refusal(Refusal::BillElsewhere { bill, first, last }));
            }
        }
        let (quiet, uptime) = (self.0.options.market_quiet, self.world().uptime());
        self.of::<Report>().command(id, ReportCommand::Resolve { statement, quiet, uptime }).await
    }
}

/// The request, made of what is frozen alone, or is about to be in the same append. Where nothing may be, the append is
/// refused before anything is sent, so what stands in for it then does not matter.
fn request(report: &Report, freeze: &Freeze) -> Request {
    let frozen = report.frozen(freeze);
    let (customer_id, product_id, amount) = match frozen {
        Ok(Prepared { customer_id, product_id, amount, .. }) => (customer_id, product_id, amount),
        Err(_) => (freeze.customer_id.clone(), freeze.product_id, Amount::ZERO),
    };
    let ids = Ids { customer_id, provisioning_id: report.slot.provisioning_id.clone(), product_id };
    Request::usage(&ids, &report.slot.sku, amount)
}

impl Ran {
    /// How many reports were not begun, as it ended before its end.
    pub fn not_begun(&self) -> usize {
        let answered = self.reported + self.elsewhere + self.refused + self.in_doubt;
        let begun = answered + self.not_sent + self.held + self.unrecorded;
        self.of.saturating_sub(begun)
    }

    /// Counts what became of one more.
    pub fn count(&mut self, step: &Step) {
        match step {
            Step::Unrecorded { .. } => self.unrecorded += 1,
            Step::Held(_, refusal) => {
                self.held += 1;
                if matches!(refusal, Refusal::Shut(_)) {
                    self.halt.get_or_insert(Halt::Shut(refusal.clone()));
                }
            }
            Step::Elsewhere(_) => self.elsewhere += 1,
            Step::Sent(report) => self.count_sent(report),
        }
    }

    fn count_sent(&mut self, report: &Report) {
        let outcome = report.attempts.last().and_then(|last| last.ended.as_ref()?.outcome.clone());
        match report.state() {
            ReportState::Reported => self.reported += 1,
            ReportState::Refused => {
                self.refused += 1;
                if let Some(outcome) = outcome.filter(Outcome::concerns_all) {
                    self.halt.get_or_insert(Halt::ForAll(outcome));
                }
            }
            ReportState::InDoubt | ReportState::Sending => {
                self.in_doubt += 1;
                if self.in_doubt >= 2 {
                    self.halt.get_or_insert(Halt::Doubts);
                }
            }
            ReportState::Open | ReportState::Prepared => {
                self.not_sent += 1;
                let why = outcome.filter(|outcome| outcome.reached() == Reached::No);
                let why = why.map_or_else(|| "it could not be sent".to_owned(), |outcome| outcome.words());
                self.halt.get_or_insert(Halt::Unreachable(why));
            }
        }
    }
}
