//! Usage that version 1 tells as a count and the present interface as reports: both would be billed.

use crate::engine::market::Result;
use crate::engine::{Engine, Error};
use crate::journal::Select;
use crate::kind::ShortId;
use crate::subscription::{
    Calendar, Call, Called, CustomerId, Finding, Gate, Month, MonthLine, Notice, Refusal, Report, Sku, Told,
};
use std::collections::HashMap;

/// As many rows as are looked at.
const ALL: u32 = 1 << 20;

impl Engine {
    /// Nothing, unless `told` is a count of what the present interface has reported, or may have, for the same bill; with a
    /// reason a person wants both.
    ///
    /// # Errors
    /// [`Refusal::ReportedToo`], or what the journal cannot do.
    pub async fn refuse_reported(&self, told: &Told, gate: &Gate, reason: Option<&str>) -> Result<()> {
        let Told::Update { coid, sku, count: Some(_), .. } = told else { return Ok(()) };
        if reason.is_some_and(|reason| !reason.trim().is_empty()) {
            return Ok(());
        }
        let bill = gate.calendar.bill_month(self.clock().now());
        for of in self.called(&Called::CustomerId(coid.as_str().to_owned())).await? {
            let equal = vec![
                ("environment", self.environment().name().into()),
                ("provisioning_id", of.provisioning_id.as_str().into()),
            ];
            let rows = self.rows::<Report>(&Select { equal, limit: ALL, ..Select::default() }).await?;
            for row in rows.into_iter().filter(|row| row.slot.sku == *sku && row.state.is_on_a_bill()) {
                if row.slot.month == bill || self.bill_of(&row, &gate.calendar).await? == Some(bill) {
                    return Err(Error::Refusal(Refusal::ReportedToo(row.slot)));
                }
            }
        }
        Ok(())
    }

    /// Says of each line that could go that version 1 tells a count of it on the bill of `bill`.
    pub(super) async fn tell_counted(
        &self,
        lines: &mut [MonthLine],
        bill: Month,
        calendar: &Calendar,
    ) -> Result<()> {
        let counted = self.counted_on(bill, calendar).await?;
        for line in lines.iter_mut().filter(|line| !counted.is_empty() && line.goes()) {
            let of = line.customer_id.clone().map(|customer| (customer, line.sku.clone()));
            if let Some(notice) = of.and_then(|of| counted.get(&of)) {
                line.findings.push(Finding::Counted { notice: notice.clone() });
            }
        }
        Ok(())
    }

    /// The counts of version 1 that are on the bill of `bill`, or may be: of which customer and SKU, each with its notice.
    async fn counted_on(
        &self,
        bill: Month,
        calendar: &Calendar,
    ) -> Result<HashMap<(CustomerId, Sku), ShortId>> {
        let equal = vec![
            ("environment", self.environment().name().into()),
            ("call", Call::UpdateCount.name().into()),
        ];
        let rows = self.rows::<Notice>(&Select { equal, limit: ALL, ..Select::default() }).await?;
        let arrived = ["done", "in_doubt", "sending"];
        let mut counted = HashMap::new();
        // One belongs to the bill of the month in which it was written, however often it is sent.
        for row in rows.into_iter().filter(|row| calendar.bill_month(row.written_at) == bill) {
            if !arrived.contains(&row.state.as_str()) {
                continue;
            }
            if let Told::Update { coid, sku, .. } = self.of::<Notice>().load(&row.id).await?.told {
                counted.insert((coid, sku), row.id);
            }
        }
        Ok(counted)
    }
}
