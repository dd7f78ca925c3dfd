//! Folding events into a report.

use super::event::ReportEvent;
use super::{Report, Verdict};
use crate::kind::{Recorded, ShortId};
use crate::subscription::{Amount, Attempts, CallEvent};
use std::collections::BTreeMap;

impl Report {
    /// The report that an opening makes; none when `first` is another event.
    pub(super) fn opened(id: &ShortId, first: &Recorded<ReportEvent>) -> Option<Self> {
        let ReportEvent::ReportOpened { environment, subscription, slot, because, lines } = &first.event
        else {
            return None;
        };
        let mut report = Self {
            id: id.clone(),
            environment: *environment,
            subscription: subscription.clone(),
            slot: slot.clone(),
            because: because.clone(),
            lines: BTreeMap::new(),
            total: Amount::ZERO,
            added_at: first.at,
            prepared: None,
            continued: false,
            attempts: Attempts::default(),
            sent: BTreeMap::new(),
            verdicts: Vec::new(),
            looked_at: None,
            seq: first.seq,
            updated_at: first.at,
        };
        lines.iter().all(|line| report.add(&line.key, line.count)).then_some(report)
    }

    /// Folds one later event in; false when it cannot follow.
    pub(super) fn take(&mut self, recorded: &Recorded<ReportEvent>) -> bool {
        let at = recorded.at;
        let follows = match &recorded.event {
            ReportEvent::ReportOpened { .. } => false,
            ReportEvent::UsageAdded { lines } => {
                self.added_at = at;
                lines.iter().all(|line| self.add(&line.key, line.count))
            }
            ReportEvent::ReportPrepared { prepared } => {
                self.prepared = Some(prepared.clone());
                true
            }
            ReportEvent::ReportContinued => {
                self.continued = true;
                true
            }
            ReportEvent::ReportResolved { attempt, reported, reference, name, bill } => {
                let (attempt, reported, bill) = (*attempt, *reported, *bill);
                let (reference, name) = (reference.clone(), name.clone());
                self.verdicts.push(Verdict { attempt, reported, reference, name, bill, at });
                if !reported {
                    self.prepared = None;
                }
                self.looked_at = self.found_clash();
                true
            }
            ReportEvent::Call(event) => {
                if let CallEvent::CallStarted { attempt, .. } = event {
                    let amount = self.prepared.as_ref().map_or(self.total, |prepared| prepared.amount);
                    self.sent.insert(*attempt, amount);
                }
                self.attempts.follow(event, at, &recorded.by)
            }
        };
        if follows {
            (self.seq, self.updated_at) = (recorded.seq, at);
        }
        follows
    }

    /// Lines that come after a refusal make what is frozen worthless: it is prepared anew.
    fn add(&mut self, key: &str, count: Amount) -> bool {
        let Some(total) = self.total.plus(count) else { return false };
        if self.lines.insert(key.to_owned(), count).is_some() {
            return false;
        }
        (self.total, self.prepared) = (total, None);
        true
    }
}
