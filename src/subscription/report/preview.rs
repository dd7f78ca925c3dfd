//! What is to be said of a report before it goes.

use super::{Clash, ReportRow, ReportState};
use crate::kind::{ShortId, Timestamp};
use crate::subscription::{Amount, Month, Total};

/// Something that a person should see before a report goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Nothing was taken in for a SKU that is billed by usage.
    Missing,
    /// It reports that nothing was used.
    Zero,
    /// With it the month is more than three times the usual: it needs a reason.
    Unusual { usual: Total },
    /// The marketplace reads a double, which is not quite this amount.
    Rounded { arrives_as: String },
    /// The month's own bill is closed: it goes on this one.
    Late { bill: Month },
    /// An earlier report of the month is not settled: this one waits.
    Waits,
    /// Its month is before the one from which this journal reports: it does not go.
    BeforeTakeover { from: Month },
    /// Billing of its SKU has not begun: what such usage does is not documented.
    NotBilled,
    /// Its SKU ended then, before its billing began.
    Ended { at: Timestamp },
    /// The deploy named no product, which the call needs: it is typed in first.
    NoProduct,
    /// Version 1 tells a count of the same, with this notice: it needs a reason.
    Counted { notice: ShortId },
    /// The marketplace refused just this, with these words: it needs a reason to go again.
    RefusedBefore { said: String },
    /// Its SKU has ended, and a person had this usage left out: it does not go.
    LeftOut { reason: String },
    /// What is known of it contradicts itself: a person looks at that first.
    Clash(Clash),
}

impl Finding {
    /// True when nothing is sent until somebody has done something about it.
    pub fn holds(&self) -> bool {
        matches!(
            self,
            Self::Missing
                | Self::Unusual { .. }
                | Self::Waits
                | Self::BeforeTakeover { .. }
                | Self::NoProduct
                | Self::Counted { .. }
                | Self::RefusedBefore { .. }
        )
    }

    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::Missing => "no usage added".to_owned(),
            Self::Zero => "reports that nothing was used".to_owned(),
            Self::Unusual { usual } => {
                format!("makes it more than three times the usual {usual}: needs a reason")
            }
            Self::Rounded { arrives_as } => format!("arrives as {arrives_as}"),
            Self::Late { bill } => format!("goes on the bill of {bill}"),
            Self::Waits => "waits for an earlier report of this month".to_owned(),
            Self::BeforeTakeover { from } => {
                format!("is not sent: this journal reports from {from} on")
            }
            Self::NotBilled => "billing of its SKU has not begun".to_owned(),
            Self::Ended { at } => format!("its SKU ended at {at:.0}, before its billing began"),
            Self::NoProduct => "the deploy named no product: `market note ID --product-id N`".to_owned(),
            Self::Counted { notice } => {
                format!("the update {notice} of version 1 tells a count of it: needs a reason")
            }
            Self::RefusedBefore { said } => format!("was {said}; needs a reason to go again as it is"),
            Self::LeftOut { reason } => format!("left out: {reason}"),
            Self::Clash(clash) => format!("alarm: {}", clash.words()),
        }
    }
}

/// What is to be said of `row`, when `bill` is the month whose bill something sent now would go on, `usual` is what was
/// reported in the last month in which it was not nothing, and `so_far` of the month went before it.
pub fn findings(row: &ReportRow, usual: Option<Total>, so_far: Total, bill: Month) -> Vec<Finding> {
    let Some(amount) = row.amount.filter(|_| row.state.may_go()) else { return Vec::new() };
    let frozen = row.state == ReportState::Prepared;
    let unusual = unusual(amount, so_far, usual).filter(|_| !frozen);
    [
        (amount == Amount::ZERO).then_some(Finding::Zero),
        unusual.map(|(_, usual)| Finding::Unusual { usual }),
        amount.arrives_as().map(|arrives_as| Finding::Rounded { arrives_as }),
        (row.slot.month < bill).then_some(Finding::Late { bill }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// So many times the usual amount, and no reason is asked for.
const USUAL_TIMES: u32 = 3;

/// The sum of the month and the usual amount, where `amount` makes it more than three times that: also when it comes in
/// pieces. Usual is what was reported in the last month in which it was not nothing, or else what of this month went before.
pub(super) fn unusual(amount: Amount, so_far: Total, usual: Option<Total>) -> Option<(Total, Total)> {
    let usual = [usual, Some(so_far)].into_iter().flatten().find(|usual| *usual > Total::ZERO)?;
    let sum = so_far.plus(amount);
    (amount > Amount::ZERO && sum.exceeds(USUAL_TIMES, usual)).then_some((sum, usual))
}
