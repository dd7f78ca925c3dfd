//! Sending a month's reports, each once.

use super::{Market, Problem, Result};
use crate::desk::{News, Ran, Sent, SentEnd};
use crate::engine::{Error, Halt, MarketError, ReportStep, Run, ToSend};
use crate::kind::ShortId;
use crate::subscription::{Amount, Month, Refusal, Report, ReportRow, ReportState};
use std::collections::HashMap;
use std::sync::atomic::Ordering;

const BY_ANOTHER: &str = "reported by another desk";

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
        let key = self.engine.check_provider_key().await;
        key.map_err(|what| Problem { what, next: String::new() })?;
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
            self.tell(News::Sent(result(step)));
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
                (_, row) => self.tell(News::Sent(not_as_shown(id, row, *amount))),
            }
        }
        Run { reports, ..run }
    }
}

/// It does not go as it was shown: another desk has reported it, or it has changed.
fn not_as_shown(id: &ShortId, row: Option<&ReportRow>, shown: Amount) -> Sent {
    if row.is_some_and(|row| row.state == ReportState::Reported) {
        return by_another(id, row);
    }
    let about = row.map_or_else(|| id.to_string(), |row| row.slot.to_string());
    let what = "it has changed since the preview: look at it again".to_owned();
    Sent { id: id.clone(), about, amount: shown.to_string(), end: SentEnd::NotSent, what }
}

fn result(step: &ReportStep) -> Sent {
    match step {
        ReportStep::Sent(report) => sent(report, ending(report)),
        ReportStep::Elsewhere(report) => sent(report, (SentEnd::Reported, BY_ANOTHER.to_owned())),
        ReportStep::Held(report, Refusal::Busy(Some(under_way))) => {
            let what = format!("{} is sending it", under_way.by);
            sent(report, (SentEnd::Elsewhere, what))
        }
        ReportStep::Held(report, Refusal::Busy(None)) => {
            sent(report, (SentEnd::Elsewhere, "another desk is sending it".to_owned()))
        }
        ReportStep::Unrecorded { id, slot, amount, answer, .. } => Sent {
            id: id.clone(),
            about: format!("{} {}", slot.provisioning_id, slot.sku),
            amount: amount.unwrap_or_default().to_string(),
            end: SentEnd::Unrecorded,
            what: format!("{answer}; not yet recorded here, do not send it again"),
        },
        ReportStep::Held(report, refusal) => {
            sent(report, (SentEnd::NotSent, format!("held back: {refusal}")))
        }
    }
}

fn sent(report: &Report, (end, what): (SentEnd, String)) -> Sent {
    let amount = report.amount().unwrap_or_default().to_string();
    let about = format!("{} {}", report.slot.provisioning_id, report.slot.sku);
    Sent { id: report.id.clone(), about, amount, end, what }
}

/// It is done, whoever did it: this desk sent nothing.
fn by_another(id: &ShortId, row: Option<&ReportRow>) -> Sent {
    let (about, amount) = (about(id, row), amount_of(row));
    Sent { id: id.clone(), about, amount, end: SentEnd::Reported, what: BY_ANOTHER.to_owned() }
}

fn about(id: &ShortId, row: Option<&ReportRow>) -> String {
    row.map_or_else(|| id.to_string(), |row| format!("{} {}", row.slot.provisioning_id, row.slot.sku))
}

fn amount_of(row: Option<&ReportRow>) -> String {
    row.and_then(|row| row.amount).unwrap_or_default().to_string()
}

fn ending(report: &Report) -> (SentEnd, String) {
    let mut words = report.outcome().unwrap_or_else(|| "unknown".to_owned());
    if let Some(clash) = report.clash() {
        words = format!("{words}; alarm: {}", clash.words());
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::market_sample as sample;

    #[test]
    fn what_another_desk_has_reported_is_reported_and_not_said_to_be_left() {
        let News::Month(view) = sample::month_reported("2026-11-20T15:00:00Z".parse().unwrap()) else {
            panic!()
        };
        let rows: Vec<&ReportRow> = view.lines.iter().filter_map(|line| line.report.as_ref()).collect();
        let shown = Amount::parse("7").unwrap();
        let [open, reported] = [rows[0], rows[1]].map(|row| not_as_shown(&row.id, Some(row), shown));
        assert_eq!((open.end, open.amount.as_str()), (SentEnd::NotSent, "7"));
        assert!(open.what.contains("has changed"), "{}", open.what);
        assert_eq!((reported.end, reported.what.as_str()), (SentEnd::Reported, BY_ANOTHER));
    }
}
