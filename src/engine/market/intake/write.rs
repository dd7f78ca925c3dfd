//! Recording the lines of a group: what opens a report, what is added to one, what another desk was faster with.

use super::last::Last;
use super::lines::{each_once, fitting, not_in, owned};
use super::{Intake, Placed, Sorted, Taken};
use crate::engine::market::{MarketError, Result};
use crate::engine::{Busy, Error};
use crate::journal::{self, Listed};
use crate::kind::{Driven as _, ShortId, Timestamp};
use crate::subscription::{
    Amount, Line, Month, Refusal, Report, ReportCommand, ReportEvent, Slot, SubscriptionRow,
};
use std::sync::Arc;

/// The lines of one month that are about to be recorded.
struct Going<'g> {
    /// The first slot of the month.
    slot: Slot,
    row: Arc<SubscriptionRow>,
    lines: Placed<'g>,
}

/// What a group leads to.
#[derive(Default)]
struct Decided<'g> {
    openings: Vec<(ReportEvent, Going<'g>)>,
    /// By the rows alone.
    listed: Vec<((Listed<Report>, ReportEvent), Going<'g>)>,
    whole: Vec<((Report, Vec<ReportEvent>), Going<'g>)>,
    again: Sorted<'g>,
}

impl Intake {
    /// Adds what is sorted, to the last reports of the months; returns what another desk was faster with.
    pub(super) async fn add_sorted<'g>(
        &mut self,
        busy: &Busy<'_>,
        sorted: Sorted<'g>,
        mut last: Last,
        taken: &mut [Option<Taken>],
        bill: Month,
    ) -> Result<Sorted<'g>> {
        let mut decided = Decided::default();
        for (slot, (row, lines)) in sorted {
            let lines = each_once(lines, taken);
            let (listed, going) = (last.remove(&slot), Going { slot, row, lines });
            let Some(listed) = listed else {
                let opening = self.opening(&going);
                decided.opens(opening, going, taken);
                continue;
            };
            // A supplement that is still open was opened for what somebody gave a reason for: more is asked about as well.
            if self.late.is_none() && listed.row.slot.supplement > 0 {
                let late = Refusal::Late { month: going.slot.month, bill };
                going.lines.iter().for_each(|(at, _)| taken[*at] = Some(Err(late.clone())));
                continue;
            }
            match listed.row.adding(owned(&going.lines)) {
                Some(event) => decided.listed.push(((listed, event), going)),
                None => self.decide_on_whole(busy, &listed, going, taken, bill, &mut decided).await?,
            }
        }
        let Decided { openings, listed, whole, mut again } = decided;
        self.open(openings, taken, &mut again).await?;
        self.append_listed(listed, taken, &mut again).await?;
        self.append_whole(whole, taken, &mut again).await?;
        Ok(again)
    }

    /// For a report of which the row alone does not say whether it takes lines, or all of them.
    async fn decide_on_whole<'g>(
        &mut self,
        busy: &Busy<'_>,
        listed: &Listed<Report>,
        going: Going<'g>,
        taken: &mut [Option<Taken>],
        bill: Month,
        decided: &mut Decided<'g>,
    ) -> Result<()> {
        let Some(report) = self.whole(listed).await? else {
            decided.again.insert(going.slot, (going.row, going.lines));
            return Ok(());
        };
        let mut going = Going { lines: not_in(&report, going.lines, taken), ..going };
        if report.takes_lines() {
            going = going.fitting(report.total, taken);
        }
        let add = ReportCommand::Add { lines: owned(&going.lines), bill };
        let refusal = match report.decide(add, Timestamp::MIN) {
            Ok(events) if events.is_empty() => return Ok(()),
            Ok(events) => {
                decided.whole.push(((report, events), going));
                return Ok(());
            }
            Err(refusal) => refusal,
        };
        let supplement = self.next_supplement(&report).filter(|_| matches!(refusal, Refusal::Late { .. }));
        let Some((event, _)) = supplement else {
            going.lines.iter().for_each(|(at, _)| taken[*at] = Some(Err(refusal.clone())));
            return Ok(());
        };
        let Some(continued) = self.continues(busy, &report).await? else {
            // Just now it takes lines again.
            decided.again.insert(going.slot, (going.row, going.lines));
            return Ok(());
        };
        // Another desk may have added some of them just before it was frozen once more.
        let going = Going { lines: not_in(&continued, going.lines, taken), ..going };
        decided.opens(event, going, taken);
        Ok(())
    }

    async fn open<'g>(
        &mut self,
        openings: Vec<(ReportEvent, Going<'g>)>,
        taken: &mut [Option<Taken>],
        again: &mut Sorted<'g>,
    ) -> Result<()> {
        if openings.is_empty() {
            return Ok(());
        }
        let mut many = Vec::with_capacity(openings.len());
        let mut rest = Vec::with_capacity(openings.len());
        for (event, going) in openings {
            many.push((ShortId::from_bits(self.random()?), vec![event]));
            rest.push(going);
        }
        let opened = self.engine.of::<Report>().open_all(many).await?;
        for (going, opened) in rest.into_iter().zip(opened) {
            match opened {
                Ok(_) => going.took(taken),
                // Another desk has just opened the slot.
                Err(Error::Refusal(Refusal::Taken { .. }) | Error::Conflict) => going.goes_again(again),
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    async fn append_listed<'g>(
        &mut self,
        appends: Vec<((Listed<Report>, ReportEvent), Going<'g>)>,
        taken: &mut [Option<Taken>],
        again: &mut Sorted<'g>,
    ) -> Result<()> {
        if appends.is_empty() {
            return Ok(());
        }
        let (many, rest): (Vec<_>, Vec<_>) = appends.into_iter().unzip();
        let (now, by) = (self.engine.clock().now(), &self.engine.0.options.agent);
        let appended = self.engine.journal().append_listed(many, now, by).await;
        for (going, appended) in rest.into_iter().zip(appended.map_err(MarketError::Journal)?) {
            match appended {
                Ok(listed) => {
                    going.took(taken);
                    self.open.insert(going.slot, listed);
                }
                Err(journal::Error::Conflict { .. }) => going.goes_again(again),
                Err(other) => return Err(MarketError::Journal(other)),
            }
        }
        Ok(())
    }

    async fn append_whole<'g>(
        &mut self,
        appends: Vec<((Report, Vec<ReportEvent>), Going<'g>)>,
        taken: &mut [Option<Taken>],
        again: &mut Sorted<'g>,
    ) -> Result<()> {
        if appends.is_empty() {
            return Ok(());
        }
        let (many, rest): (Vec<_>, Vec<_>) = appends.into_iter().unzip();
        let appended = self.engine.of::<Report>().append_many(many).await?;
        for (going, appended) in rest.into_iter().zip(appended) {
            match appended {
                Ok(report) => {
                    going.took(taken);
                    self.read.insert(report.id.clone(), report);
                }
                Err(Error::Conflict) => going.goes_again(again),
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    /// Has it recorded that more of the month goes into a supplement, before that is opened: nobody adds to the report any
    /// more then, whatever becomes of it. The report as it stands; none when it takes lines again.
    async fn continues(&mut self, busy: &Busy<'_>, report: &Report) -> Result<Option<Report>> {
        let goes_on = ReportCommand::Continue;
        match self.engine.of::<Report>().command_within(busy, &report.id, goes_on).await {
            Ok(continued) => {
                self.read.insert(continued.id.clone(), continued.clone());
                Ok(Some(continued))
            }
            Err(Error::Refusal(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// The opening of a month's first report. Of a SKU that has ended it says why it comes only now.
    fn opening(&self, going: &Going<'_>) -> ReportEvent {
        let line = going.row.skus.iter().find(|line| line.plan.sku == going.slot.sku);
        let ended = line.is_some_and(|line| line.ended.is_some());
        ReportEvent::ReportOpened {
            environment: self.engine.environment(),
            subscription: going.row.id.clone(),
            slot: going.slot.clone(),
            because: self.late.clone().filter(|_| ended),
            lines: Vec::new(),
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

impl<'g> Decided<'g> {
    /// Has `opening` open a report with the lines, as far as they fit into one.
    fn opens(&mut self, opening: ReportEvent, going: Going<'g>, taken: &mut [Option<Taken>]) {
        let going = going.fitting(Amount::ZERO, taken);
        if !going.lines.is_empty() {
            self.openings.push((with_lines(opening, owned(&going.lines)), going));
        }
    }
}

impl<'g> Going<'g> {
    /// Those of the lines that fit, where the sum stands at `sum`; the others are refused.
    fn fitting(self, sum: Amount, taken: &mut [Option<Taken>]) -> Self {
        Self { lines: fitting(sum, self.lines, taken), ..self }
    }

    fn took(&self, taken: &mut [Option<Taken>]) {
        self.lines.iter().for_each(|(at, _)| taken[*at] = Some(Ok(true)));
    }

    fn goes_again(self, again: &mut Sorted<'g>) {
        again.insert(self.slot, (self.row, self.lines));
    }
}

pub(super) fn with_lines(opening: ReportEvent, new: Vec<Line>) -> ReportEvent {
    match opening {
        ReportEvent::ReportOpened { environment, subscription, slot, because, .. } => {
            ReportEvent::ReportOpened { environment, subscription, slot, because, lines: new }
        }
        other => other,
    }
}
