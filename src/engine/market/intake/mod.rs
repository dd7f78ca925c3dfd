//! Taking in usage: lines in groups, each recorded in one transaction; each key counts once, whatever the line is about.

mod lines;
mod supplement;
mod write;

use super::{Found, MarketError, Result};
use crate::engine::{Engine, Error};
use crate::journal::Select;
use crate::subscription::{Because, Calendar, Line, Month, Refusal, Report, Sku, Slot, SubscriptionRow};
use lines::check;
use std::collections::{BTreeMap, HashMap};

/// A line of usage, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The provisioning id, the customer id, or an id of ours.
    pub of: String,
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
    late: Option<Late>,
    /// What was found of subscriptions, by the texts that named them.
    found: HashMap<String, std::result::Result<SubscriptionRow, Refusal>>,
    /// Reports that were read or written, each with its supplements after it, by their slots.
    reports: HashMap<Slot, Vec<Report>>,
}

/// Lines with their places in the group.
type Placed = Vec<(usize, Line)>;

/// True when a line was new, false when it was known.
type Taken = std::result::Result<bool, Refusal>;

/// So many lines are kept in memory at most.
const REMEMBERED: usize = 200_000;
/// How often it is tried again when another desk was faster.
const ROUNDS: usize = 8;

/// The lines of one group that belong to one slot, with their places in the group.
type Sorted = BTreeMap<Slot, (SubscriptionRow, Placed)>;

impl Intake {
    /// With `late`, lines of a month whose report was sent already go into a supplement.
    pub fn new(engine: Engine, calendar: Calendar, late: Option<Late>) -> Self {
        Self { engine, calendar, late, found: HashMap::new(), reports: HashMap::new() }
    }

    /// Takes in a group of lines. Returns what became of each: true when it was new, false when it was known already.
    ///
    /// # Errors
    /// What the journal cannot do. Lines of the group may have been taken in then; giving them again takes none in twice.
    pub async fn add(&mut self, group: &[Usage]) -> Result<Vec<Taken>> {
        let engine = self.engine.clone();
        let _busy = engine.0.busy.read().await;
        if self.reports.values().flatten().map(|report| report.lines.len()).sum::<usize>() > REMEMBERED {
            self.reports.clear();
        }
        let mut taken: Vec<Option<Taken>> = vec![None; group.len()];
        let bill = self.calendar.bill_month(self.engine.clock().now());
        let mut sorted = Sorted::new();
        for (at, usage) in group.iter().enumerate() {
            match self.subscription_of(usage, bill).await? {
                Ok(row) => {
                    let slot = slot_of(&row, usage, 0);
                    sorted.entry(slot).or_insert_with(|| (row, Vec::new())).1.push((at, usage.line.clone()));
                }
                Err(refusal) => taken[at] = Some(Err(refusal)),
            }
        }
        self.look_for_keys(&mut sorted, &mut taken).await?;
        for _ in 0..ROUNDS {
            sorted = match self.add_sorted(sorted, &mut taken, bill).await {
                Ok(again) => again,
                Err(error) => {
                    // What is remembered may not be whole.
                    self.reports.clear();
                    return Err(error);
                }
            };
            if sorted.is_empty() {
                return Ok(taken.into_iter().map(|taken| taken.unwrap_or(Ok(false))).collect());
            }
        }
        Err(Error::Conflict)
    }

    /// The subscription that a line is about, when usage of that SKU and month can be taken in.
    async fn subscription_of(
        &mut self,
        usage: &Usage,
        bill: Month,
    ) -> Result<std::result::Result<SubscriptionRow, Refusal>> {
        if !self.found.contains_key(&usage.of) {
            let found = match self.engine.find_subscription(&usage.of).await? {
                Found::One(row) => Ok(*row),
                Found::Many(_) => Err(Refusal::SeveralSubscriptions(usage.of.clone())),
                Found::Nothing => Err(Refusal::NoSuchSubscription(usage.of.clone())),
            };
            self.found.insert(usage.of.clone(), found);
        }
        let now = self.engine.clock().now();
        let checked = match &self.found[&usage.of] {
            Err(refusal) => Err(refusal.clone()),
            Ok(row) => check(row, usage, bill, now).map(|()| row.clone()),
        };
        Ok(checked)
    }

    /// Lines whose keys belong to another slot are refused.
    async fn look_for_keys(&mut self, sorted: &mut Sorted, taken: &mut [Option<Taken>]) -> Result<()> {
        let mut lines: Vec<(&str, usize)> = Vec::new();
        for (_, of) in sorted.values() {
            lines.extend(of.iter().map(|(at, line)| (line.key.as_str(), *at)));
        }
        let keys: Vec<&str> = lines.iter().map(|(key, _)| *key).collect();
        let found = self.engine.journal().having_any::<Report>(&keys).await.map_err(MarketError::Journal)?;
        let mut elsewhere: HashMap<usize, String> = HashMap::new();
        for (place, id) in found {
            elsewhere.insert(lines[place].1, id);
        }
        // Within the group, too, a key is of one slot: that of the first line that has it.
        let mut in_turn = Vec::new();
        for (slot, (_, of)) in sorted.iter() {
            in_turn.extend(of.iter().map(|(at, line)| (*at, line.key.clone(), slot.clone())));
        }
        in_turn.sort_by_key(|(at, ..)| *at);
        let mut first: HashMap<String, Slot> = HashMap::new();
        let mut doubled: HashMap<usize, Slot> = HashMap::new();
        for (at, key, slot) in in_turn {
            let owner = first.entry(key).or_insert_with(|| slot.clone());
            if *owner != slot {
                doubled.insert(at, owner.clone());
            }
        }
        let mut slots: HashMap<String, Slot> = HashMap::new();
        for id in elsewhere.values() {
            if !slots.contains_key(id)
                && let Some(row) = self.row_of(id).await?
            {
                slots.insert(id.clone(), row);
            }
        }
        for (slot, (_, of)) in sorted.iter_mut() {
            of.retain(|(at, line)| {
                let other = elsewhere.get(at).and_then(|id| slots.get(id)).or_else(|| doubled.get(at));
                let Some(other) = other.filter(|other| !is_same_month(other, slot)) else { return true };
                let (key, before) = (line.key.clone(), other.to_string());
                taken[*at] = Some(Err(Refusal::KeyTaken { key, before }));
                false
            });
        }
        sorted.retain(|_, (_, of)| !of.is_empty());
        Ok(())
    }

    async fn row_of(&self, id: &str) -> Result<Option<Slot>> {
        let select = Select { equal: vec![("id", id.into())], limit: 1, ..Select::default() };
        Ok(self.engine.rows::<Report>(&select).await?.into_iter().next().map(|row| row.slot))
    }
}

fn slot_of(row: &SubscriptionRow, usage: &Usage, supplement: u32) -> Slot {
    let provisioning_id = row.provisioning_id.clone();
    Slot { provisioning_id, sku: usage.sku.clone(), month: usage.month, supplement }
}

fn is_same_month(a: &Slot, b: &Slot) -> bool {
    (&a.provisioning_id, &a.sku, a.month) == (&b.provisioning_id, &b.sku, b.month)
}
