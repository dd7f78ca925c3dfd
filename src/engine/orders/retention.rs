//! Orders that ended so long ago that their personal data need not be kept.

use crate::engine::{Engine, Error};
use crate::journal::Select;
use crate::order::{Attention, Summary, Timestamp};

impl Engine {
    /// The orders that were completed or abandoned before `moment`, the latest first, `limit` of them after `after`.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn ended_before(
        &self,
        moment: Timestamp,
        after: Option<&Summary>,
        limit: u32,
    ) -> Result<Vec<Summary>, Error> {
        let place = |row: &Summary| {
            vec![row.due().into(), row.opened_at.as_microsecond().into(), row.id.as_str().into()]
        };
        // Of what has ended, the latest is due first.
        let due = i64::MAX.saturating_sub(moment.as_microsecond()).saturating_add(1);
        let select = Select {
            equal: vec![
                ("environment", self.environment().name().into()),
                ("attention", (Attention::Done as i64).into()),
            ],
            from: vec![("due", due.into())],
            by: &["due", "opened_at", "id"],
            after: after.map(place),
            limit,
            ..Select::default()
        };
        Ok(self.journal().rows::<crate::order::Order>(&select).await?)
    }
}
