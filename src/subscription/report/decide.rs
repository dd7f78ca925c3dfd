//! What may be done with a report, and what it leads to.

use super::event::{Line, Prepared, ReportEvent};
use super::preview::unusual;
use super::{Report, ReportState};
use crate::kind::{Reached, Timestamp, Uptime};
use crate::subscription::attempt::since;
use crate::subscription::{
    Amount, Call, CallEvent, CustomerId, Gate, Month, Outcome, Refusal, Signed, Total,
};
use jiff::SignedDuration;

/// What a person, or the engine, wants done.
#[derive(Clone, Debug)]
pub enum ReportCommand {
    /// Take in lines; `bill` is the month whose bill something would go on now.
    Add {
        lines: Vec<Line>,
        bill: Month,
    },
    /// Take in no more: it goes into a supplement.
    Continue,
    /// Freeze what was taken in, unless it is frozen, and send that, if the time allows: both are recorded at once.
    Send {
        freeze: Freeze,
        signed: Signed,
        gate: Gate,
    },
    End {
        attempt: u32,
        outcome: Outcome,
        uptime: Option<Uptime>,
    },
    CutOff {
        attempt: u32,
        /// It was not sent, and stands for one that the journal had lost.
        held_back: bool,
        uptime: Option<Uptime>,
    },
    Resolve {
        statement: Statement,
        quiet: SignedDuration,
        uptime: Option<Uptime>,
    },
}

/// What is frozen besides the amount, and what it is measured by.
#[derive(Clone, Debug)]
pub struct Freeze {
    pub customer_id: CustomerId,
    pub product_id: i64,
    /// What was reported in the last month before in which it was not nothing.
    pub usual: Option<Total>,
    /// What of the month is on a bill before it, or may be.
    pub so_far: Total,
    /// The amount that a person was shown: another one is not sent. None where nobody was shown any.
    pub shown: Option<Amount>,
    /// Why more than three times as much is right, or why what was refused goes again as it is.
    pub reason: Option<String>,
    /// The month whose bill it would go on now.
    pub bill: Month,
}

/// What a person says of an attempt in doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub reported: bool,
    pub reference: String,
    pub name: String,
    /// On whose bill the portal shows it.
    pub bill: Option<Month>,
}

impl Report {
    pub(super) fn decided(
        &self,
        command: ReportCommand,
        now: Timestamp,
    ) -> Result<Vec<ReportEvent>, Refusal> {
        match command {
            ReportCommand::Add { lines, bill } => self.adding(lines, bill),
            ReportCommand::Continue if self.continued => Ok(Vec::new()),
            ReportCommand::Continue if self.takes_lines() => Err(Refusal::NotPrepared),
            ReportCommand::Continue => Ok(vec![ReportEvent::ReportContinued]),
            ReportCommand::Send { freeze, signed, gate } => {
                let prepared = self.frozen(&freeze)?;
                gate.check(now).map_err(Refusal::Shut)?;
                let started = self.attempts.start(Call::ReportUsage, Vec::new(), signed, None);
                let sent = [ReportEvent::ReportPrepared { prepared }, ReportEvent::Call(started)];
                // A run that was stopped left it frozen: it is sent as it is.
                let known = usize::from(self.prepared_as(&freeze).is_some());
                Ok(sent.into_iter().skip(known).collect())
            }
            ReportCommand::End { attempt, outcome, uptime } if self.attempts.awaits(attempt) => {
                Ok(vec![ReportEvent::Call(CallEvent::ending(attempt, outcome, uptime))])
            }
            ReportCommand::End { .. } => Err(Refusal::NotInDoubt),
            ReportCommand::CutOff { attempt, held_back, uptime } => {
                Ok(vec![ReportEvent::Call(CallEvent::CallCutOff { attempt, held_back, uptime })])
            }
            ReportCommand::Resolve { statement, quiet, uptime } => {
                self.verdict(statement, quiet, uptime.as_ref(), now)
            }
        }
    }

    /// The lines that are new; those that are known already count once.
    fn adding(&self, lines: Vec<Line>, bill: Month) -> Result<Vec<ReportEvent>, Refusal> {
        let mut new: Vec<Line> = Vec::with_capacity(lines.len());
        let mut total = Some(self.total);
        let mut seen = std::collections::HashMap::new();
        for line in lines {
            let known = self.lines.get(&line.key).or_else(|| seen.get(&line.key)).copied();
            match known {
                Some(count) if count == line.count => continue,
                Some(count) => return Err(self.key_taken(line.key, count)),
                None => total = total.and_then(|total| total.plus(line.count)),
            }
            seen.insert(line.key.clone(), line.count);
            new.push(line);
        }
        if new.is_empty() {
            return Ok(Vec::new());
        }
        match (self.takes_lines(), total) {
            // Its sum does not matter then: they go elsewhere.
            (false, _) => Err(Refusal::Late { month: self.slot.month, bill }),
            (true, None) => Err(Refusal::TooMuch),
            (true, Some(_)) => Ok(vec![ReportEvent::UsageAdded { lines: new }]),
        }
    }

    /// True while nothing of it may have left, and no supplement goes on with its month.
    pub fn takes_lines(&self) -> bool {
        match self.state() {
            ReportState::Open | ReportState::Prepared | ReportState::Refused => !self.continued,
            ReportState::Sending | ReportState::Reported | ReportState::InDoubt => false,
        }
    }

    fn key_taken(&self, key: String, count: Amount) -> Refusal {
        Refusal::KeyTaken { key, before: format!("{count} of {}", self.slot) }
    }

    /// What is sent, and nothing else: what is frozen already, or what would be frozen now.
    ///
    /// # Errors
    /// Why it may not be sent.
    pub fn frozen(&self, freeze: &Freeze) -> Result<Prepared, Refusal> {
        match self.state() {
            ReportState::Open | ReportState::Prepared | ReportState::Refused => {}
            ReportState::Sending => return Err(self.busy()),
            ReportState::Reported => return Err(Refusal::Reported),
            ReportState::InDoubt => return Err(Refusal::InDoubt),
        }
        if self.slot.month > freeze.bill {
            return Err(Refusal::FutureMonth { month: self.slot.month, bill: freeze.bill });
        }
        let amount = self.amount().ok_or(Refusal::Nothing)?;
        if let Some(shown) = freeze.shown.filter(|shown| *shown != amount) {
            return Err(Refusal::Changed { shown, amount });
        }
        if let Some(frozen) = self.prepared_as(freeze) {
            return Ok(frozen.clone());
        }
        let reason = freeze.reason.clone().filter(|reason| !reason.trim().is_empty());
        if let (None, Some(outcome)) = (&reason, self.refused_before(freeze.product_id)) {
            return Err(Refusal::RefusedBefore(outcome.words()));
        }
        match unusual(amount, freeze.so_far, freeze.usual) {
            Some((amount, usual)) if reason.is_none() => return Err(Refusal::Unusual { amount, usual }),
            Some(_) | None => {}
        }
        Ok(Prepared {
            amount,
            customer_id: freeze.customer_id.clone(),
            product_id: freeze.product_id,
            lines: self.lines.len(),
            after: self.attempts.last().map_or(0, |attempt| attempt.number),
            reason,
        })
    }

    /// What is frozen and can still be sent as it is. Where the product was corrected since, it is frozen anew.
    fn prepared_as(&self, freeze: &Freeze) -> Option<&Prepared> {
        let prepared = self.prepared.as_ref().filter(|_| self.state() == ReportState::Prepared)?;
        (prepared.product_id == freeze.product_id).then_some(prepared)
    }

    /// How the marketplace refused just what would be sent now. None where its answer was not about this report, but about
    /// the key or the address; nor once usage was added or the product was corrected.
    pub fn refused_before(&self, product_id: i64) -> Option<&Outcome> {
        let unchanged = self.prepared.as_ref().is_some_and(|prepared| prepared.product_id == product_id);
        if self.state() != ReportState::Refused || !unchanged {
            return None;
        }
        let outcome = self.attempts.last()?.ended.as_ref()?.outcome.as_ref()?;
        (!outcome.concerns_all()).then_some(outcome)
    }

    fn busy(&self) -> Refusal {
        self.attempts.pending().map_or(Refusal::Busy(None), |pending| self.attempts.busy(pending.attempt))
    }

    fn verdict(
        &self,
        statement: Statement,
        quiet: SignedDuration,
        uptime: Option<&Uptime>,
        now: Timestamp,
    ) -> Result<Vec<ReportEvent>, Refusal> {
        let doubt = self.doubt().ok_or(Refusal::NotInDoubt)?;
        let says = |text: &str| !text.chars().all(|c| c.is_whitespace() || crate::text::is_invisible(c));
        if !says(&statement.reference) {
            return Err(Refusal::NoReference);
        }
        if !says(&statement.name) {
            return Err(Refusal::NobodySaysSo);
        }
        let waited = doubt.ended.as_ref().map_or(SignedDuration::ZERO, |ended| since(ended, now, uptime));
        if waited < quiet {
            return Err(Refusal::TooEarly { left: quiet - waited });
        }
        let known = doubt.ended.as_ref().is_some_and(|ended| ended.reached() != Reached::Unknown);
        if !statement.reported && known && self.taken().is_some() {
            return Err(Refusal::Carried);
        }
        let Statement { reported, reference, name, bill } = statement;
        let (reference, name) = (reference.trim().to_owned(), name.trim().to_owned());
        Ok(vec![ReportEvent::ReportResolved { attempt: doubt.number, reported, reference, name, bill }])
    }
}
