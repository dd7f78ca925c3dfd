//! The lines of a group, put to the months that they belong to.

use super::{Intake, Placed, Sorted, Taken, Usage};
use crate::engine::market::{Found, Result};
use crate::subscription::{Called, Month, Refusal, Slot, SubscriptionRow};
use std::collections::HashMap;
use std::sync::Arc;

impl Intake {
    /// Sorts them; those that cannot be taken in are refused.
    pub(super) async fn sort<'g>(
        &mut self,
        group: &'g [Usage],
        taken: &mut [Option<Taken>],
        bill: Month,
    ) -> Result<Sorted<'g>> {
        let mut alike: HashMap<(&Called, &[Called], &str, Month), Placed<'g>> = HashMap::new();
        for (at, usage) in group.iter().enumerate() {
            let key = (&usage.of, usage.also.as_slice(), usage.sku.as_str(), usage.month);
            alike.entry(key).or_default().push((at, &usage.line));
        }
        let mut sorted = Sorted::new();
        for lines in alike.into_values() {
            let Some(usage) = lines.first().and_then(|(at, _)| group.get(*at)) else { continue };
            match self.subscription_of(usage, bill).await? {
                Ok(row) => {
                    let slot = first_slot(&row, usage);
                    sorted.entry(slot).or_insert_with(|| (row, Vec::new())).1.extend(lines);
                }
                Err(refusal) => lines.iter().for_each(|(at, _)| taken[*at] = Some(Err(refusal.clone()))),
            }
        }
        // A subscription may have been named in several ways.
        for (_, lines) in sorted.values_mut() {
            lines.sort_by_key(|(at, _)| *at);
        }
        Ok(sorted)
    }

    /// The subscription that a line is about, when usage of that SKU and month can be taken in.
    async fn subscription_of(
        &mut self,
        usage: &Usage,
        bill: Month,
    ) -> Result<std::result::Result<Arc<SubscriptionRow>, Refusal>> {
        if !self.found.contains_key(&usage.of) {
            let found = match self.engine.find_subscription(&usage.of).await? {
                Found::One(row) => Ok(Arc::new(*row)),
                Found::Many(_) => Err(Refusal::SeveralSubscriptions(usage.of.clone())),
                Found::Nothing => Err(Refusal::NoSuchSubscription(usage.of.clone())),
            };
            self.found.insert(usage.of.clone(), found);
        }
        let now = self.engine.clock().now();
        let late = self.late.as_ref().map(|_| &self.calendar);
        Ok(self.found[&usage.of].as_ref().map_err(Refusal::clone).and_then(|row| {
            if let Some(also) = usage.also.iter().find(|also| !row.is_called(also)) {
                return Err(Refusal::OtherSubscription { of: usage.of.clone(), also: also.clone() });
            }
            row.takes_usage(&usage.sku, usage.month, bill, now, late)?;
            if self.carried && row.is_excused(&usage.sku) {
                return Err(Refusal::SkuEnded(usage.sku.clone()));
            }
            let first = row.first_month(&usage.sku, &self.calendar);
            match self.from {
                Some(from) if usage.month < from => Err(Refusal::BeforeTakeover { month: usage.month, from }),
                _ if usage.month < first && row.requested_at > now => {
                    Err(Refusal::BoughtAhead { sku: usage.sku.clone(), at: row.requested_at })
                }
                _ if usage.month < first => Err(Refusal::BeforePurchase { month: usage.month, first }),
                _ => Ok(Arc::clone(row)),
            }
        }))
    }
}

fn first_slot(row: &SubscriptionRow, usage: &Usage) -> Slot {
    let provisioning_id = row.provisioning_id.clone();
    Slot { provisioning_id, sku: usage.sku.clone(), month: usage.month, supplement: 0 }
}
