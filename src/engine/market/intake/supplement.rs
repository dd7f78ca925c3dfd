//! More for a month that was reported: a report of its own, with the next number.

use super::Intake;
use super::write::with_lines;
use crate::engine::market::Result;
use crate::engine::{Engine, Error};
use crate::kind::ShortId;
use crate::subscription::{
    Amount, Because, Calendar, Line, Month, Refusal, Report, ReportState, Sku, Slot, SubscriptionRow,
};

impl Engine {
    /// Opens a supplement to a report that was sent: so much more, for that reason.
    ///
    /// # Errors
    /// When there is no such report, an earlier one is not settled, or its month is not one that this journal reports; and what
    /// the journal cannot do.
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
        let takeover = self.sender().await?.and_then(|sender| sender.takeover);
        if let Some(from) = takeover.map(|takeover| takeover.from).filter(|from| month < *from) {
            return Err(Error::Refusal(Refusal::BeforeTakeover { month, from }));
        }
        self.has_all_reports().await?;
        let calendar = Calendar::new().map_err(Error::System)?;
        let mut intake = Intake::new(self.clone(), calendar, Some(because));
        let slot =
            Slot { provisioning_id: row.provisioning_id.clone(), sku: sku.clone(), month, supplement: 0 };
        let last = intake.last_of(&slot).await?.ok_or(Error::Refusal(Refusal::Nothing))?;
        let last = intake.whole(&last).await?.ok_or(Error::Conflict)?;
        if last.state() != ReportState::Reported {
            return Err(Error::Refusal(Refusal::Unsettled));
        }
        let Some((event, slot)) = intake.next_supplement(&last) else { return Err(Error::Conflict) };
        let line = Line { key: format!("supplement {} of {}", slot.supplement, last.slot), count };
        let id = ShortId::from_bits(intake.random()?);
        self.of::<Report>().open(&id, with_lines(event, vec![line])).await
    }
}
