//! Ending SKUs: their usage is reported first, by the very run that reports a month, and only then is anything ended.

mod missing;

use super::Result;
use super::report::{Run, Step, ToSend};
use crate::engine::{Engine, Error};
use crate::kind::ShortId;
use crate::subscription::{
    Call, Gate, Month, Note, Outcome, Refusal, Report, ReportRow, ReportState, Sku, Subscription,
};

/// How SKUs are ended.
#[derive(Clone, Debug)]
pub struct End {
    /// Empty for all that have not ended.
    pub skus: Vec<Sku>,
    /// A person's word: why it is sent although it was sent before, why an unusual amount is right, or why the usage is left
    /// out.
    pub reason: Option<String>,
    /// End them although usage of them is not reported, and do not report it; needs a reason.
    pub without_usage: bool,
    pub gate: Gate,
    /// How many reports are under way at once, after the first one was taken.
    pub at_once: usize,
}

/// What came of an end.
#[derive(Debug)]
pub enum Ended {
    /// The call was made: the last attempt says what came of it.
    Called(Box<Subscription>),
    /// Usage could not be reported, so nothing was ended.
    Unreported(Unreported),
}

/// Why usage is not reported.
#[derive(Debug)]
pub enum Unreported {
    /// It was not sent: refused here.
    Held(Refusal),
    /// It was sent, or tried, and is not reported: its state says what it is.
    Sent(Box<Report>),
}

impl Unreported {
    /// Why, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Held(refusal) => refusal.to_string(),
            Self::Sent(report) => {
                let outcome = report.attempts.last().and_then(|last| last.ended.as_ref()?.outcome.as_ref());
                let words = outcome.map_or_else(|| "unknown".to_owned(), Outcome::words);
                let state = report.state().name().replace('_', " ");
                format!("the report of {} is {state}: {words}", report.slot)
            }
        }
    }

    /// What to do about it.
    pub fn next(&self) -> String {
        match self {
            Self::Held(refusal) => refusal.next(),
            Self::Sent(report) => match report.state() {
                ReportState::InDoubt | ReportState::Sending => Refusal::InDoubt.next(),
                ReportState::Refused => after_refusal(report),
                ReportState::Open | ReportState::Prepared | ReportState::Reported => {
                    "Nothing was sent: try again once the marketplace can be reached.".to_owned()
                }
            },
        }
    }
}

/// What to do about a report that the marketplace refused: as it is it goes only with a reason, unless that was about the key or
/// the address.
fn after_refusal(report: &Report) -> String {
    let product = report.prepared.as_ref().map(|prepared| prepared.product_id);
    match product.and_then(|product| report.refused_before(product)) {
        Some(said) => Refusal::RefusedBefore(said.words()).next(),
        None => "Fix what it says; the report goes with the next run.".to_owned(),
    }
}

impl Engine {
    /// Reports what is not reported yet of these SKUs, and ends them once nothing is left. `progress` is told of each report.
    ///
    /// # Errors
    /// Why they may not be ended, before anything is reported; or what the journal cannot do.
    pub async fn report_and_end(
        &self,
        id: &ShortId,
        end: &End,
        progress: &mut (dyn FnMut(&Step) + Send),
    ) -> Result<Ended> {
        self.has_all_reports().await?;
        let (of, stops) = self.may_end(id, end).await?;
        let mut reason = end.reason.clone();
        if end.without_usage {
            let skus = self.left_out(&of, &stops).await?;
            if let Some(why) = reason.clone().filter(|_| !skus.is_empty()) {
                reason = Some(format!("usage not reported: {why}"));
                self.note_subscription(id, Note::UsageLeftOut { skus, reason: why }).await?;
            }
        } else if let Some(refusal) = self.refuse_missing(&of, &stops).await? {
            return Ok(Ended::Unreported(Unreported::Held(refusal)));
        } else if let Some(why) = self.report_first(&of, &stops, end, progress).await? {
            return Ok(Ended::Unreported(why));
        }
        let ended = self.end_subscription(id, &stops, reason.as_deref()).await?;
        Ok(Ended::Called(Box::new(ended)))
    }

    /// The reports of these SKUs that are not reported, of whatever month, the earliest first; without what was left out.
    pub(super) async fn unreported(&self, of: &Subscription, skus: &[Sku]) -> Result<Vec<ReportRow>> {
        let mut found = Vec::new();
        for state in ReportState::ALL.into_iter().filter(|state| *state != ReportState::Reported) {
            let rows = self.reports_in(state).await?.into_iter();
            for row in rows.filter(|row| row.subscription == of.id && skus.contains(&row.slot.sku)) {
                if self.why_left_out(of, &row).await?.is_none() {
                    found.push(row);
                }
            }
        }
        found.sort_by(|a, b| {
            let place = |row: &ReportRow| (row.slot.month, row.slot.sku.to_string(), row.slot.supplement);
            place(a).cmp(&place(b))
        });
        Ok(found)
    }

    /// What would be ended, once it is known that it may be.
    async fn may_end(&self, id: &ShortId, end: &End) -> Result<(Subscription, Vec<Sku>)> {
        let now = self.clock().now();
        let of = self.of::<Subscription>().load(id).await?;
        let stops = if end.skus.is_empty() { of.due(Call::EndUsage, now) } else { end.skus.clone() };
        let reason = end.reason.as_ref().is_some_and(|reason| !reason.trim().is_empty());
        if end.without_usage && !reason {
            return Err(Error::Refusal(Refusal::NoReason("an end without its usage")));
        }
        of.may_begin(Call::EndUsage, &stops, reason, now).map_err(Error::Refusal)?;
        Ok((of, stops))
    }

    /// Reports, month by month, until nothing is left; says why when something stays.
    async fn report_first(
        &self,
        of: &Subscription,
        stops: &[Sku],
        end: &End,
        progress: &mut (dyn FnMut(&Step) + Send),
    ) -> Result<Option<Unreported>> {
        loop {
            let open = self.unreported(of, stops).await?;
            let Some(first) = open.first() else { return Ok(None) };
            // A run leaves these out; nobody knows of them yet.
            if let Some(refusal) = open.iter().find_map(unsettled) {
                return Ok(Some(Unreported::Held(refusal)));
            }
            let run = match self.run_before_end(first.slot.month, &open, end).await {
                Ok(run) => run,
                Err(Error::Refusal(refusal)) => return Ok(Some(Unreported::Held(refusal))),
                Err(other) => return Err(other),
            };
            // Every turn reports one at least, or is the last.
            if let Some(why) = self.send_before_end(&run, progress).await? {
                return Ok(Some(why));
            }
        }
    }

    /// The run of a month, with what is about these reports alone.
    async fn run_before_end(&self, month: Month, open: &[ReportRow], end: &End) -> Result<Run> {
        self.takeover().await?;
        let shut = end.gate.check(self.clock().now());
        shut.map_err(|shut| Error::Refusal(Refusal::Shut(shut)))?;
        let view = self.month(month, &end.gate).await?;
        let only: Vec<_> = open.iter().map(|row| row.slot.provisioning_id.clone()).collect();
        let run = self.run_of(&view, &only, end.gate.clone(), end.reason.clone(), end.at_once).await?;
        let ours = |next: &ToSend| open.iter().any(|row| row.id == next.id);
        let reports: Vec<_> = run.reports.into_iter().filter(ours).collect();
        if reports.is_empty() {
            let nothing = open.iter().any(|row| row.slot.month == month && row.amount.is_none());
            return Err(Error::Refusal(if nothing { Refusal::Nothing } else { Refusal::Unsettled }));
        }
        Ok(Run { reports, ..run })
    }

    /// Sends them; the first one that did not get reported.
    async fn send_before_end(
        &self,
        run: &Run,
        progress: &mut (dyn FnMut(&Step) + Send),
    ) -> Result<Option<Unreported>> {
        let mut why = None;
        let sent = self.send_reports(run, |step| {
            progress(step);
            match step {
                Step::Held(_, refusal) => _ = why.get_or_insert_with(|| Unreported::Held(refusal.clone())),
                Step::Sent(report) if report.state() != ReportState::Reported => {
                    why.get_or_insert_with(|| Unreported::Sent(report.clone()));
                }
                Step::Sent(_) | Step::Elsewhere(_) | Step::Unrecorded { .. } => {}
            }
            why.is_none()
        });
        sent.await?;
        Ok(why)
    }
}

/// Why nothing can be sent about this one.
fn unsettled(row: &ReportRow) -> Option<Refusal> {
    match row.state {
        ReportState::InDoubt => Some(Refusal::InDoubt),
        ReportState::Sending => Some(Refusal::Busy(None)),
        ReportState::Open | ReportState::Prepared | ReportState::Refused | ReportState::Reported => None,
    }
}
