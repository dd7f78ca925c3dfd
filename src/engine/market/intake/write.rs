//! Recording the lines of a group: what opens a report, what is added to one, what another desk was faster with.

use super::lines::{decide, first_lines, not_known};
use super::{Intake, Placed, Sorted, Taken};
use crate::engine::Error;
use crate::engine::market::Result;
use crate::journal::Select;
use crate::kind::ShortId;
use crate::order::Environment;
use crate::subscription::{Line, Month, Refusal, Report, ReportCommand, ReportEvent, Slot, SubscriptionRow};

/// As many supplements of one report as are looked at.
const ALL: u32 = 1 << 16;

/// A report that is about to be opened with its first lines.
struct Opening {
    event: ReportEvent,
    slot: Slot,
    row: SubscriptionRow,
    lines: Placed,
}

/// A report that lines are about to be added to.
struct Appending {
    report: Report,
    events: Vec<ReportEvent>,
    slot: Slot,
    row: SubscriptionRow,
    lines: Placed,
}

impl Intake {
    /// Adds what is sorted; returns what another desk was faster with.
    pub(super) async fn add_sorted(
        &mut self,
        sorted: Sorted,
        taken: &mut [Option<Taken>],
        bill: Month,
    ) -> Result<Sorted> {
        let mut again = Sorted::new();
        let mut openings = Vec::new();
        let mut appends = Vec::new();
        for (slot, (row, lines)) in sorted {
            let mut reports = self.take_reports(&slot).await?;
            let Some(report) = reports.pop() else {
                let (new, lines) = first_lines(lines, taken);
                if !new.is_empty() {
                    let event = opening(self.engine.environment(), &row, slot.clone(), new);
                    openings.push(Opening { event, slot, row, lines });
                }
                continue;
            };
            let lines = not_known(&reports, lines, taken);
            let (events, lines) = decide(&report, lines, taken, bill);
            let late = match events {
                Ok(events) if !events.is_empty() => {
                    // The report itself comes back with the lines in it.
                    self.reports.insert(slot.clone(), reports);
                    appends.push(Appending { report, events, slot, row, lines });
                    continue;
                }
                Ok(_) => None,
                Err(late) => Some((late, report.clone())),
            };
            reports.push(report);
            self.reports.insert(slot.clone(), reports);
            let Some((late, report)) = late else { continue };
            let Some((event, next)) = self.next_supplement(&report) else {
                for (at, _) in lines {
                    taken[at] = Some(Err(late.clone()));
                }
                continue;
            };
            let Some(continued) = self.continues(&report).await? else {
                // Just now it takes lines again.
                again.insert(slot, (row, lines));
                continue;
            };
            // Another desk may have added some of them just before it was frozen once more.
            let (new, lines) = first_lines(not_known(&[continued], lines, taken), taken);
            if !new.is_empty() {
                openings.push(Opening { event: with_lines(event, new), slot: next, row, lines });
            }
        }
        self.open(openings, taken, &mut again).await?;
        self.append(appends, taken, &mut again).await?;
        Ok(again)
    }

    async fn open(
        &mut self,
        openings: Vec<Opening>,
        taken: &mut [Option<Taken>],
        again: &mut Sorted,
    ) -> Result<()> {
        if openings.is_empty() {
            return Ok(());
        }
        let mut many = Vec::with_capacity(openings.len());
        for Opening { event, .. } in &openings {
            many.push((ShortId::from_bits(self.random()?), vec![event.clone()]));
        }
        let opened = self.engine.of::<Report>().open_all(many).await.inspect_err(|_| self.reports.clear())?;
        for (Opening { slot, row, lines, .. }, opened) in openings.into_iter().zip(opened) {
            match opened {
                Ok(report) => {
                    for (at, _) in &lines {
                        taken[*at] = Some(Ok(true));
                    }
                    self.remember(report);
                }
                // Another desk has just opened the slot.
                Err(Error::Refusal(Refusal::Taken { .. }) | Error::Conflict) => {
                    let first = Slot { supplement: 0, ..slot };
                    self.reports.remove(&first);
                    again.insert(first, (row, lines));
                }
                Err(other) => {
                    self.reports.clear();
                    return Err(other);
                }
            }
        }
        Ok(())
    }

    async fn append(
        &mut self,
        appends: Vec<Appending>,
        taken: &mut [Option<Taken>],
        again: &mut Sorted,
    ) -> Result<()> {
        if appends.is_empty() {
            return Ok(());
        }
        let (many, rest): (Vec<_>, Vec<_>) = appends
            .into_iter()
            .map(|Appending { report, events, slot, row, lines }| ((report, events), (slot, row, lines)))
            .unzip();
        let appended = self.engine.of::<Report>().append_many(many).await;
        let appended = appended.inspect_err(|_| self.reports.clear())?;
        for ((slot, row, lines), appended) in rest.into_iter().zip(appended) {
            match appended {
                Ok(report) => {
                    for (at, _) in &lines {
                        taken[*at] = Some(Ok(true));
                    }
                    self.remember(report);
                }
                Err(Error::Conflict) => {
                    self.reports.remove(&slot);
                    again.insert(slot, (row, lines));
                }
                Err(other) => {
                    self.reports.clear();
                    return Err(other);
                }
            }
        }
        Ok(())
    }

    /// Has it recorded that more of the month goes into a supplement, before that is opened: nobody adds to the report any
    /// more then, whatever becomes of it. The report as it stands; none when it takes lines again.
    async fn continues(&mut self, report: &Report) -> Result<Option<Report>> {
        match self.engine.of::<Report>().command(&report.id, ReportCommand::Continue).await {
            Ok(continued) => {
                self.remember(continued.clone());
                Ok(Some(continued))
            }
            Err(Error::Refusal(_)) => {
                self.reports.remove(&Slot { supplement: 0, ..report.slot.clone() });
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// The reports of a slot's month, the report itself and its supplements, taken out of what is remembered.
    pub(super) async fn take_reports(&mut self, slot: &Slot) -> Result<Vec<Report>> {
        if let Some(reports) = self.reports.remove(slot) {
            return Ok(reports);
        }
        let equal = vec![
            ("environment", self.engine.environment().name().into()),
            ("month", slot.month.to_string().into()),
            ("provisioning_id", slot.provisioning_id.as_str().into()),
            ("sku", slot.sku.as_str().into()),
        ];
        let select = Select { equal, by: &["supplement"], limit: ALL, ..Select::default() };
        let mut reports = Vec::new();
        for row in self.engine.rows::<Report>(&select).await? {
            reports.push(self.engine.of::<Report>().load(&row.id).await?);
        }
        Ok(reports)
    }

    fn remember(&mut self, report: Report) {
        let first = Slot { supplement: 0, ..report.slot.clone() };
        let reports = self.reports.entry(first).or_default();
        match reports.iter_mut().find(|known| known.id == report.id) {
            Some(known) => *known = report,
            None => reports.push(report),
        }
    }

    /// The opening of the next supplement, where late lines are taken in.
    pub(super) fn next_supplement(&self, report: &Report) -> Option<(ReportEvent, Slot)> {
        let because = self.late.clone()?;
        let slot = Slot { supplement: report.slot.supplement + 1, ..report.slot.clone() };
        let event = ReportEvent::ReportOpened {
            environment: report.environment,
            subscription: report.subscription.clone(),
            slot: slot.clone(),
            because: Some(because),
            lines: Vec::new(),
        };
        Some((event, slot))
    }

    pub(super) fn random(&self) -> Result<u64> {
        use crate::engine::world::Ground as _;
        self.engine.world().random()
    }
}

fn opening(environment: Environment, row: &SubscriptionRow, slot: Slot, lines: Vec<Line>) -> ReportEvent {
    ReportEvent::ReportOpened { environment, subscription: row.id.clone(), slot, because: None, lines }
}

pub(super) fn with_lines(opening: ReportEvent, new: Vec<Line>) -> ReportEvent {
    match opening {
        ReportEvent::ReportOpened { environment, subscription, slot, because, .. } => {
            ReportEvent::ReportOpened { environment, subscription, slot, because, lines: new }
        }
        other => other,
    }
}
