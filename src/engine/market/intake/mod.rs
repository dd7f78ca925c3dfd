//! Taking in usage: lines in groups, each recorded in one transaction; each key counts once, whatever the line is about.
//!
//! A report that was never sent takes lines by its row in the list alone. Whether a key is known, the journal's blind index
//! says: it is asked after the row was read, and the append is refused when the report has moved on since. Only a report
//! that was sent, or one that has a line already which comes again, is read as a whole.
//!
//! `sort` puts the lines of a group to their months, `keys` takes out those that are known, `last` finds the reports that
//! they go into, `write` records them, `lines` says what they lead to. May touch: the journal's lists, through the engine.

mod keys;
mod last;
mod lines;
mod sort;
mod supplement;
mod write;

use super::{MarketError, Result};
use crate::engine::{Busy, Engine, Error};
use crate::journal::Listed;
use crate::kind::ShortId;
use crate::subscription::{
    Because, Calendar, Called, Line, Month, Refusal, Report, Sku, Slot, SubscriptionRow, there,
};
use jiff::SignedDuration;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A line of usage, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    pub of: Called,
    /// Further ids of the same subscription, where the line had some.
    pub also: Vec<Called>,
    pub sku: Sku,
    pub month: Month,
    pub line: Line,
}

/// Lines of a month whose report was sent already are taken in all the same, for this reason.
pub type Late = Because;

/// Takes usage in.
pub struct Intake {
    engine: Engine,
    calendar: Calendar,
    /// How far this machine's clock is ahead of the marketplace's, as far as is known.
    clock_error: Option<SignedDuration>,
    late: Option<Late>,
    /// True where `late` is the configuration's word, and no person's.
    carried: bool,
    /// The first month that this journal reports, as it was said last.
    from: Option<Month>,
    /// What was found of subscriptions, by what they were called.
    found: HashMap<Called, std::result::Result<Arc<SubscriptionRow>, Refusal>>,
    /// Reports that lines were just added to by their rows alone, by the first slots of their months.
    open: HashMap<Slot, Listed<Report>>,
    /// Reports that were read as a whole. A line that one of them has is never gone; others may have come since.
    read: HashMap<ShortId, Report>,
    /// True once the list was found to have all reports: what is not in it is opened anew.
    whole: bool,
}

/// Lines with their places in the group.
type Placed<'g> = Vec<(usize, &'g Line)>;

/// True when a line was new, false when it was known.
type Taken = std::result::Result<bool, Refusal>;

/// So many reports, and so many lines of them, are kept in memory at most.
const REMEMBERED: usize = 50_000;
/// How often it is tried again when another desk was faster.
const ROUNDS: usize = 8;

/// The lines of one group that belong to one month of a SKU, by the slot of its first report.
type Sorted<'g> = BTreeMap<Slot, (Arc<SubscriptionRow>, Placed<'g>)>;

impl Intake {
    /// With `late`, lines of a month whose report was sent already go into a supplement.
    pub fn new(engine: Engine, calendar: Calendar, late: Option<Late>) -> Self {
        let (found, open, read) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self {
            engine,
            calendar,
            clock_error: None,
            late,
            carried: false,
            from: None,
            found,
            open,
            read,
            whole: false,
        }
    }

    /// The bill month is that of the marketplace's clock, which this machine's is ahead of by so much, or behind.
    #[must_use]
    pub fn by_clock(self, clock_error: Option<SignedDuration>) -> Self {
        Self { clock_error, ..self }
    }

    /// Where no person said why late lines are taken in, they are for the reason that the configuration gives, if it gives
    /// one; but not of a SKU whose usage a person had left out.
    #[must_use]
    pub fn or_carried(self, reason: Option<Late>) -> Self {
        match self.late {
            Some(_) => self,
            None => Self { carried: reason.is_some(), late: reason, ..self },
        }
    }

    /// Takes in a group of lines. Returns what became of each: true when it was new, false when it was known already.
    ///
    /// # Errors
    /// What the journal cannot do. Lines of the group may have been taken in then; giving them again takes none in twice.
    pub async fn add(&mut self, group: &[Usage]) -> Result<Vec<Taken>> {
        let engine = self.engine.clone();
        let busy = engine.0.busy().await;
        engine.journal().key_stays().map_err(MarketError::Journal)?;
        if !self.whole {
            engine.has_all_reports().await?;
            self.whole = true;
        }
        self.forget_some();
        let mut taken: Vec<Option<Taken>> = vec![None; group.len()];
        let bill = self.calendar.bill_month(there(self.engine.clock().now(), self.clock_error));
        self.from =
            self.engine.sender().await?.and_then(|sender| sender.takeover).map(|takeover| takeover.from);
        let mut sorted = self.sort(group, &mut taken, bill).await?;
        keys::refuse_elsewhere_in_group(&mut sorted, &mut taken);
        for _ in 0..ROUNDS {
            sorted = match self.round(&busy, sorted, &mut taken, bill).await {
                Ok(again) => again,
                Err(error) => {
                    // What is remembered may not be what is there.
                    self.open.clear();
                    return Err(error);
                }
            };
            if sorted.is_empty() {
                return Ok(taken.into_iter().map(|taken| taken.unwrap_or(Ok(false))).collect());
            }
        }
        Err(Error::Conflict)
    }

    /// Adds what is sorted; returns what another desk was faster with.
    async fn round<'g>(
        &mut self,
        busy: &Busy<'_>,
        mut sorted: Sorted<'g>,
        taken: &mut [Option<Taken>],
        bill: Month,
    ) -> Result<Sorted<'g>> {
        // First where the reports stand, then which keys are known: a line that is added in between moves its report on.
        let last = self.last_of_each(&sorted).await?;
        self.take_out_known(&mut sorted, taken).await?;
        self.add_sorted(busy, sorted, last, taken, bill).await
    }

    /// Memory stays the same however many lines come.
    fn forget_some(&mut self) {
        if self.open.len() > REMEMBERED {
            self.open.clear();
        }
        if self.read.values().map(|report| report.lines.len()).sum::<usize>() > REMEMBERED {
            self.read.clear();
        }
        if self.found.len() > REMEMBERED {
            self.found.clear();
        }
    }
}
