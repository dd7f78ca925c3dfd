//! Lines whose keys are known: each counts once, whatever it is about.

use super::{Intake, Sorted, Taken};
use crate::engine::market::{MarketError, Result};
use crate::journal;
use crate::kind::ShortId;
use crate::subscription::{Amount, Line, Refusal, Report, Slot};
use std::collections::HashMap;

/// Refuses the lines whose key another line of the group has, for another month or SKU, that came before.
pub(super) fn refuse_elsewhere_in_group(sorted: &mut Sorted<'_>, taken: &mut [Option<Taken>]) {
    let mut owners: Vec<(usize, &str, usize)> = Vec::new();
    let slots: Vec<Slot> = sorted.keys().cloned().collect();
    for (slot, (_, lines)) in sorted.values().enumerate() {
        owners.extend(lines.iter().map(|(at, line)| (*at, line.key.as_str(), slot)));
    }
    owners.sort_unstable_by_key(|(at, ..)| *at);
    let mut first: HashMap<&str, usize> = HashMap::with_capacity(owners.len());
    let mut doubled = false;
    for (at, key, slot) in owners {
        let owner = *first.entry(key).or_insert(slot);
        if owner != slot {
            taken[at] = Some(Err(taken_by(key, slots[owner].to_string())));
            doubled = true;
        }
    }
    if doubled {
        keep_open(sorted, taken);
    }
}

impl Intake {
    /// Says of the lines that the journal knows that they are known, or refuses them, and takes them out.
    pub(super) async fn take_out_known(
        &mut self,
        sorted: &mut Sorted<'_>,
        taken: &mut [Option<Taken>],
    ) -> Result<()> {
        let lines: Vec<(usize, &Line, &Slot)> = sorted
            .iter()
            .flat_map(|(slot, (_, lines))| lines.iter().map(move |(at, line)| (*at, *line, slot)))
            .collect();
        let keys: Vec<&str> = lines.iter().map(|(_, line, _)| line.key.as_str()).collect();
        let found = self.engine.journal().having_any::<Report>(&keys).await.map_err(MarketError::Journal)?;
        if found.is_empty() {
            return Ok(());
        }
        for (place, id) in found {
            let (at, line, slot) = lines[place];
            if let Some((of, count)) = self.count_of(&id, &line.key).await? {
                taken[at] = Some(known(line, slot, &of, count));
            }
        }
        keep_open(sorted, taken);
        Ok(())
    }

    /// The slot of the report with that id, and the count that it has under this key; none where it belongs to another
    /// environment.
    async fn count_of(&mut self, id: &str, key: &str) -> Result<Option<(Slot, Amount)>> {
        let Some(id) = ShortId::parse(id) else { return Ok(None) };
        let count = |report: &Report| Some((report.slot.clone(), *report.lines.get(key)?));
        if let Some(known) = self.read.get(&id).and_then(count) {
            return Ok(Some(known));
        }
        match self.engine.of::<Report>().load(&id).await {
            Ok(report) => {
                let known = count(&report);
                self.read.insert(id, report);
                Ok(known)
            }
            Err(MarketError::Journal(journal::Error::NotFound { .. })) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

/// What becomes of a line of the month of `slot` whose key counts so much for `of` already.
fn known(line: &Line, slot: &Slot, of: &Slot, count: Amount) -> Taken {
    let same_month =
        (&of.provisioning_id, &of.sku, of.month) == (&slot.provisioning_id, &slot.sku, slot.month);
    if !same_month {
        return Err(taken_by(&line.key, of.to_string()));
    }
    if count == line.count { Ok(false) } else { Err(taken_by(&line.key, format!("{count} of {of}"))) }
}

fn taken_by(key: &str, before: String) -> Refusal {
    Refusal::KeyTaken { key: key.to_owned(), before }
}

/// Keeps the lines of which nothing was said yet.
fn keep_open(sorted: &mut Sorted<'_>, taken: &[Option<Taken>]) {
    for (_, lines) in sorted.values_mut() {
        lines.retain(|(at, _)| taken[*at].is_none());
    }
    sorted.retain(|_, (_, lines)| !lines.is_empty());
}
