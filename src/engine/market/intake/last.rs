//! The last report of a month of a SKU: the one that lines go into.

use super::{Intake, Sorted};
use crate::engine::market::{MarketError, Result};
use crate::journal::{Listed, Select};
use crate::subscription::{Report, Slot};
use std::collections::HashMap;

/// Last reports, by the first slots of their months.
pub(super) type Last = HashMap<Slot, Listed<Report>>;

impl Intake {
    /// Those of the months of the lines, as they stand; none of a month that has no report.
    pub(super) async fn last_of_each(&mut self, sorted: &Sorted<'_>) -> Result<Last> {
        let mut last = Last::with_capacity(sorted.len());
        for slot in sorted.keys() {
            if let Some(listed) = self.last_of(slot).await? {
                last.insert(slot.clone(), listed);
            }
        }
        Ok(last)
    }

    /// That of one month. One that was just added to is remembered: the next append finds out whether it has moved on.
    pub(super) async fn last_of(&mut self, slot: &Slot) -> Result<Option<Listed<Report>>> {
        if let Some(listed) = self.open.remove(slot) {
            return Ok(Some(listed));
        }
        let equal = vec![
            ("environment", self.engine.environment().name().into()),
            ("month", slot.month.to_string().into()),
            ("provisioning_id", slot.provisioning_id.as_str().into()),
            ("sku", slot.sku.as_str().into()),
        ];
        let select = Select { equal, by: &["supplement"], backward: true, limit: 1, ..Select::default() };
        let listed = self.engine.journal().listed::<Report>(&select).await.map_err(MarketError::Journal)?;
        Ok(listed.into_iter().next())
    }

    /// The whole of it; none when it has moved on since.
    pub(super) async fn whole(&mut self, listed: &Listed<Report>) -> Result<Option<Report>> {
        let (id, seq) = (&listed.row.id, listed.row.seq);
        if let Some(report) = self.read.get(id).filter(|report| report.seq == seq) {
            return Ok(Some(report.clone()));
        }
        let report = self.engine.of::<Report>().load(id).await?;
        self.read.insert(id.clone(), report.clone());
        Ok((report.seq == seq).then_some(report))
    }
}
