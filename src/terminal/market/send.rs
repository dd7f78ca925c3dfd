//! Sending a month's reports, each once.

use super::{Market, Problem, Result};
use crate::desk::{News, Ran, Sent, SentEnd};
use crate::engine::{Error, Halt, MarketError, ReportStep, Run, ToSend};
use crate::kind::ShortId;
use crate::subscription::{Amount, Month, Outcome, Refusal, Report, ReportRow, ReportState};
use std::collections::HashMap;
use std::sync::atomic::Ordering;

impl Market {
    /// Sends the reports that were shown, as long as they are what was shown.
    pub(super) async fn send(&self, month: Month, shown: &[(ShortId, Amount)], reason: Option<String>) {
        self.stop.store(false, Ordering::Relaxed);
        match self.sent(month, shown, reason).await {
            Ok(ran) => self.tell(News::Ran(ran)),
            Err(Problem { what, next }) => {
                self.tell(News::Failed { id: None, what, next, task: true, insist: None });
            }
        }
    }

    async fn sent(&self, month: Month, shown: &[(ShortId, Amount)], reason: Option<String>) -> Result<Ran> {
        self.engine.journal().trust()?;
        let gate = self.gate_to_send().await?;
        let now = self.engine.clock().now();
        gate.check(now).map_err(|shut| MarketError::Refusal(Refusal::Shut(shut)))?;
        let view = self.engine.month(month, &gate).await?;
        let at_once = usize::from(self.settings.concurrency);
        let run = self.engine.run_of(&view, &[], gate, reason, at_once).await?;
        let rows: HashMap<ShortId, ReportRow> = view
            .lines
            .into_iter()
            .filter_map(|line| line.report.map(|report| (report.id.clone(), report)))
            .collect();
        let run = self.only_shown(run, shown, &rows);
        let ran = self.engine.send_reports(&run, |step| {
            self.tell(News::Sent(result(step, &rows)));
            !self.stop.load(Ordering::Relaxed)
        });
        let ran = ran.await?;
        let paused = ran.halt == Some(Halt::Stopped);
        Ok(Ran { halt: ran.halt.as_ref().map(halted), paused })
    }

    /// What is sent is what somebody has seen: what has changed since is told, and left out. What changes from now on is held
    /// back by its own report.
    fn only_shown(&self, run: Run, shown: &[(ShortId, Amount)], rows: &HashMap<ShortId, ReportRow>) -> Run {
        let goes: HashMap<&ShortId, &ToSend> = run.reports.iter().map(|next| (&next.id, next)).collect();
        let mut reports = Vec::with_capacity(shown.len());
        for (id, amount) in shown {
            match (goes.get(id), rows.get(id)) {
                (Some(next), Some(row)) if row.amount == Some(*amount) => {
                    reports.push(ToSend { shown: Some(*amount), ..(*next).clone() });
                }
                (_, row) => {
                    let about = row.map_or_else(|| id.to_string(), |row| row.slot.to_string());
                    let what = "it has changed since the preview: look at it again".to_owned();
                    let (id, amount) = (id.clone(), amount.to_string());
                    self.tell(News::Sent(Sent { id, about, amount, end: SentEnd::NotSent, what }));
                }
            }
        }
        Run { reports, ..run }
    }
}

fn result(step: &ReportStep, rows: &HashMap<ShortId, ReportRow>) -> Sent {
    match step {
        ReportStep::Sent(report) => {
            let (end, what) = ending(report);
            let amount = report.amount().unwrap_or_default().to_string();
            let about = format!("{} {}", report.slot.provisioning_id, report.slot.sku);
            Sent { id: report.id.clone(), about, amount, end, what }
        }
        ReportStep::Held(id, refusal) => {
            let row = rows.get(id);
            let about = row.map_or_else(
                || id.to_string(),
                |row| format!("{} {}", row.slot.provisioning_id, row.slot.sku),
            );
            let amount = row.and_then(|row| row.amount).unwrap_or_default().to_string();
            let what = format!("held back: {refusal}");
            Sent { id: id.clone(), about, amount, end: SentEnd::NotSent, what }
        }
    }
}

fn ending(report: &Report) -> (SentEnd, String) {
    let outcome = report.attempts.last().and_then(|last| last.ended.as_ref()?.outcome.as_ref());
    let words = outcome.map_or_else(|| "unknown".to_owned(), Outcome::words);
    let end = match report.state() {
        ReportState::Reported => SentEnd::Reported,
        ReportState::Refused => SentEnd::Refused,
        ReportState::InDoubt | ReportState::Sending => SentEnd::InDoubt,
        ReportState::Open | ReportState::Prepared => SentEnd::NotSent,
    };
    (end, words)
}

fn halted(halt: &Halt) -> String {
    match halt {
        Halt::Doubts => "two reports are in doubt, and the next ones could be too".to_owned(),
        Halt::ForAll(outcome) => format!("{}, as the next ones would be", outcome.words()),
        Halt::Unreachable(why) => why.clone(),
        Halt::Shut(refusal) => Error::Refusal(refusal.clone()).to_string(),
        Halt::Stopped => "you stopped it".to_owned(),
    }
}
