//! On whose bill reports are.

use super::Result;
use crate::engine::Engine;
use crate::subscription::{Calendar, Month, Report, ReportRow, ReportState};
use jiff::SignedDuration;

/// An answer that takes so long is looked at as if a person had said what became of the report.
const LONG: SignedDuration = SignedDuration::from_secs(1);

impl Engine {
    /// The month on whose bill a report is, or may be; none when nothing of it can be on one.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn bill_of(&self, row: &ReportRow, calendar: &Calendar) -> Result<Option<Month>> {
        // A verdict may name the bill, and only the whole report has its verdicts.
        if row.may_be_by_verdict(self.0.options.market_quiet.min(LONG)) {
            return Ok(self.of::<Report>().load(&row.id).await?.bill(calendar));
        }
        Ok(row.bill_by_its_call(calendar))
    }

    /// The reports that may be on the bill of `month`: in doubt, or under way. That is each bill that was open since.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn perhaps_on(&self, month: Month, calendar: &Calendar) -> Result<Vec<ReportRow>> {
        let mut perhaps = self.sent_for(month, ReportState::InDoubt, calendar).await?;
        perhaps.extend(self.sent_for(month, ReportState::Sending, calendar).await?);
        Ok(perhaps)
    }

    /// The reports that the marketplace refused, and that would be on the bill of `month` had it taken them all the same.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn refused_for(&self, month: Month, calendar: &Calendar) -> Result<Vec<ReportRow>> {
        self.sent_for(month, ReportState::Refused, calendar).await
    }

    async fn sent_for(
        &self,
        month: Month,
        state: ReportState,
        calendar: &Calendar,
    ) -> Result<Vec<ReportRow>> {
        let now = self.clock().now();
        let mut rows = self.reports_in(state).await?;
        rows.retain(|row| {
            let bills = row.bills_since_its_call(calendar, now);
            bills.is_some_and(|(first, last)| (first..=last).contains(&month))
        });
        Ok(rows)
    }

    /// The reports that are on the bill of `month`, whatever month they are about.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn reported_on(&self, month: Month, calendar: &Calendar) -> Result<Vec<ReportRow>> {
        let mut on_it = Vec::new();
        for row in self.reports_in(ReportState::Reported).await? {
            if self.bill_of(&row, calendar).await? == Some(month) {
                on_it.push(row);
            }
        }
        Ok(on_it)
    }
}
