//! Taking in usage: lines in groups, each recorded in one transaction; each key counts once, whatever the line is about.

use super::{Found, MarketError, Result};
use crate::engine::{Engine, Error};
use crate::journal::Select;
use crate::kind::{Driven as _, ShortId};
use crate::order::Environment;
use crate::subscription::{
    Amount, Because, Calendar, Line, Month, Refusal, Report, ReportCommand, ReportEvent, ReportState, Sku,
    Slot, State, SubscriptionRow,
};
use std::collections::{BTreeMap, HashMap};
use std::mem;

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
    /// Reports that were read or written, by their slots.
    reports: HashMap<Slot, Report>,
}

/// True when a line was new, false when it was known.
type Taken = std::result::Result<bool, Refusal>;

/// So many lines are kept in memory at most.
const REMEMBERED: usize = 50_000;
/// How often it is tried again when another desk was faster.
const ROUNDS: usize = 8;

/// The lines of one group that belong to one slot, with their places in the group.
type Sorted = BTreeMap<Slot, (SubscriptionRow, Vec<(usize, Line)>)>;

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
        if self.reports.values().map(|report| report.lines.len()).sum::<usize>() > REMEMBERED {
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
            sorted = self.add_sorted(sorted, &mut taken, bill).await?;
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
        let of_slot = |(slot, (_, of)): (&'_ Slot, &'_ (SubscriptionRow, Vec<(usize, Line)>))| {
            of.iter().map(|(at, line)| (*at, line.key.clone(), slot.clone())).collect::<Vec<_>>()
        };
        let mut in_turn: Vec<_> = sorted.iter().flat_map(of_slot).collect();
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

    /// Adds what is sorted; returns what another desk was faster with.
    async fn add_sorted(
        &mut self,
        sorted: Sorted,
        taken: &mut [Option<Taken>],
        bill: Month,
    ) -> Result<Sorted> {
        let mut openings = Vec::new();
        let mut appends = Vec::new();
        for (slot, (row, lines)) in sorted {
            let Some(report) = self.report_of(&slot, &row).await? else {
                let (new, lines) = first_lines(lines, taken);
                if !new.is_empty() {
                    openings.push((
                        opening(self.engine.environment(), &row, slot.clone(), None, new),
                        slot,
                        row,
                        lines,
                    ));
                }
                continue;
            };
            let (events, lines) = decide(&report, lines, taken, bill);
            match events {
                Ok(events) if events.is_empty() => {}
                Ok(events) => appends.push((report, events, slot, row, lines)),
                Err(late) => match self.next_supplement(&report) {
                    Some((event, slot)) => {
                        let (new, lines) = first_lines(lines, taken);
                        let event = with_lines(event, new);
                        openings.push((event, slot, row, lines));
                    }
                    None => lines.into_iter().for_each(|(at, _)| taken[at] = Some(Err(late.clone()))),
                },
            }
        }
        let mut again = Sorted::new();
        self.open(openings, taken, &mut again).await?;
        self.append(appends, taken, &mut again).await?;
        Ok(again)
    }

    async fn open(
        &mut self,
        openings: Vec<(ReportEvent, Slot, SubscriptionRow, Vec<(usize, Line)>)>,
        taken: &mut [Option<Taken>],
        again: &mut Sorted,
    ) -> Result<()> {
        if openings.is_empty() {
            return Ok(());
        }
        let mut many = Vec::with_capacity(openings.len());
        for (event, ..) in &openings {
            many.push((ShortId::from_bits(self.random()?), vec![event.clone()]));
        }
        let opened = self.engine.of::<Report>().open_all(many).await?;
        for ((_, slot, row, lines), opened) in openings.into_iter().zip(opened) {
            match opened {
                Ok(report) => {
                    lines.iter().for_each(|(at, _)| taken[*at] = Some(Ok(true)));
                    self.reports.insert(slot, report);
                }
                // Another desk has just opened the slot.
                Err(Error::Refusal(Refusal::Taken { .. }) | Error::Conflict) => {
                    let first = Slot { supplement: 0, ..slot };
                    again.insert(first, (row, lines));
                }
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    async fn append(
        &mut self,
        appends: Vec<(Report, Vec<ReportEvent>, Slot, SubscriptionRow, Vec<(usize, Line)>)>,
        taken: &mut [Option<Taken>],
        again: &mut Sorted,
    ) -> Result<()> {
        if appends.is_empty() {
            return Ok(());
        }
        let mut appends = appends;
        let many = appends.iter_mut().map(|(report, events, ..)| {
            self.reports.remove(&report.slot);
            (report.clone(), mem::take(events))
        });
        let many: Vec<_> = many.collect();
        let appended = self.engine.of::<Report>().append_many(many).await?;
        for ((_, _, slot, row, lines), appended) in appends.into_iter().zip(appended) {
            match appended {
                Ok(report) => {
                    lines.iter().for_each(|(at, _)| taken[*at] = Some(Ok(true)));
                    self.reports.insert(report.slot.clone(), report);
                }
                Err(Error::Conflict) => _ = again.insert(slot, (row, lines)),
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    /// The latest report of a slot's month: the report itself, or its last supplement.
    async fn report_of(&mut self, slot: &Slot, row: &SubscriptionRow) -> Result<Option<Report>> {
        if let Some(report) = self.reports.get(slot) {
            return Ok(Some(report.clone()));
        }
        let _ = row;
        let equal = vec![
            ("environment", self.engine.environment().name().into()),
            ("month", slot.month.to_string().into()),
            ("provisioning_id", slot.provisioning_id.as_str().into()),
            ("sku", slot.sku.as_str().into()),
        ];
        let by = ["supplement"];
        let select = Select { equal, by: &by, backward: true, limit: 1, ..Select::default() };
        let Some(last) = self.engine.rows::<Report>(&select).await?.into_iter().next() else {
            return Ok(None);
        };
        let report = self.engine.of::<Report>().load(&last.id).await?;
        Ok(Some(report))
    }

    /// The opening of the next supplement, where late lines are taken in.
    fn next_supplement(&self, report: &Report) -> Option<(ReportEvent, Slot)> {
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

    fn random(&self) -> Result<u64> {
        use crate::engine::world::Ground as _;
        self.engine.world().random()
    }
}

impl Engine {
    /// Opens a supplement to a report that was sent: so much more, for that reason.
    ///
    /// # Errors
    /// When there is no such report, or an earlier one is not settled; and what the journal cannot do.
    pub async fn supplement(
        &self,
        row: &SubscriptionRow,
        sku: &Sku,
        month: Month,
        count: Amount,
        because: Because,
    ) -> Result<Report> {
        if because.reason.trim().is_empty() {
            return Err(Error::Refusal(Refusal::NoReason("a supplement")));
        }
        if because.name.trim().is_empty() {
            return Err(Error::Refusal(Refusal::NobodySaysSo));
        }
        if count == Amount::ZERO {
            return Err(Error::Refusal(Refusal::NotUpward));
        }
        let calendar = Calendar::new().map_err(Error::System)?;
        let mut intake = Intake::new(self.clone(), calendar, Some(because));
        let slot =
            Slot { provisioning_id: row.provisioning_id.clone(), sku: sku.clone(), month, supplement: 0 };
        let last = intake.report_of(&slot, row).await?.ok_or(Error::Refusal(Refusal::Nothing))?;
        if last.state() != ReportState::Reported {
            return Err(Error::Refusal(Refusal::Unsettled));
        }
        let Some((event, slot)) = intake.next_supplement(&last) else { return Err(Error::Conflict) };
        let line = Line { key: format!("supplement {} of {}", slot.supplement, last.slot), count };
        let id = ShortId::from_bits(intake.random()?);
        self.of::<Report>().open(&id, with_lines(event, vec![line])).await
    }
}

fn slot_of(row: &SubscriptionRow, usage: &Usage, supplement: u32) -> Slot {
    let provisioning_id = row.provisioning_id.clone();
    Slot { provisioning_id, sku: usage.sku.clone(), month: usage.month, supplement }
}

fn is_same_month(a: &Slot, b: &Slot) -> bool {
    (&a.provisioning_id, &a.sku, a.month) == (&b.provisioning_id, &b.sku, b.month)
}

/// Whether usage of that SKU and month can be taken in.
fn check(
    row: &SubscriptionRow,
    usage: &Usage,
    bill: Month,
    now: crate::kind::Timestamp,
) -> std::result::Result<(), Refusal> {
    if matches!(row.state(now), State::Requested | State::Rejected) {
        return Err(Refusal::NotProvisioned);
    }
    let sku = row.skus.iter().find(|line| line.plan.sku == usage.sku);
    let sku = sku.ok_or_else(|| Refusal::NoSuchSku(usage.sku.clone()))?;
    if !sku.plan.usage {
        return Err(Refusal::NoUsage(usage.sku.clone()));
    }
    if sku.ended.is_some() {
        return Err(Refusal::SkuEnded(usage.sku.clone()));
    }
    if usage.month > bill {
        return Err(Refusal::FutureMonth { month: usage.month, bill });
    }
    Ok(())
}

fn opening(
    environment: Environment,
    row: &SubscriptionRow,
    slot: Slot,
    because: Option<Because>,
    lines: Vec<Line>,
) -> ReportEvent {
    ReportEvent::ReportOpened { environment, subscription: row.id.clone(), slot, because, lines }
}

fn with_lines(opening: ReportEvent, new: Vec<Line>) -> ReportEvent {
    match opening {
        ReportEvent::ReportOpened { environment, subscription, slot, because, .. } => {
            ReportEvent::ReportOpened { environment, subscription, slot, because, lines: new }
        }
        other => other,
    }
}

/// The first lines of a new slot: each key once. Lines that say it again are known; those that say otherwise are refused.
fn first_lines(lines: Vec<(usize, Line)>, taken: &mut [Option<Taken>]) -> (Vec<Line>, Vec<(usize, Line)>) {
    let mut new: Vec<(usize, Line)> = Vec::with_capacity(lines.len());
    let mut known: HashMap<String, Amount> = HashMap::new();
    for (at, line) in lines {
        match known.get(&line.key) {
            None => {
                known.insert(line.key.clone(), line.count);
                new.push((at, line));
            }
            Some(count) if *count == line.count => taken[at] = Some(Ok(false)),
            Some(count) => {
                taken[at] = Some(Err(Refusal::KeyTaken { key: line.key, before: count.to_string() }));
            }
        }
    }
    (new.iter().map(|(_, line)| line.clone()).collect(), new)
}

/// What the lines lead to in a report that is there. A line that the report refuses keeps no other out; what is returned
/// besides are the lines that are new.
fn decide(
    report: &Report,
    lines: Vec<(usize, Line)>,
    taken: &mut [Option<Taken>],
    bill: Month,
) -> (std::result::Result<Vec<ReportEvent>, Refusal>, Vec<(usize, Line)>) {
    let (_, mut lines) = first_lines(lines, taken);
    lines.retain(|(at, line)| match report.lines.get(&line.key) {
        None => true,
        Some(count) if *count == line.count => {
            taken[*at] = Some(Ok(false));
            false
        }
        Some(count) => {
            let before = format!("{count} of {}", report.slot);
            taken[*at] = Some(Err(Refusal::KeyTaken { key: line.key.clone(), before }));
            false
        }
    });
    if lines.is_empty() {
        return (Ok(Vec::new()), lines);
    }
    let add = ReportCommand::Add { lines: lines.iter().map(|(_, line)| line.clone()).collect(), bill };
    (report.decide(add, crate::kind::Timestamp::MIN), lines)
}
