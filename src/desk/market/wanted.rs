//! What the marketplace's desk asks of the world.

use crate::kind::ShortId;
use crate::subscription::{Amount, Answer, Because, Month, Note, Sku, Statement};

/// Something for the terminal's loop to do. Each answers with [`super::news::News`], unless it says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// The desk is opened for the first time: finds what was cut off, lets practice deploys arrive where there is nothing
    /// to practice on, then reads as [`Wanted::Load`] does.
    Open,
    /// Read subscriptions and doubts; answers `Loaded`.
    Load,
    /// Read a month, or the one whose bill is open; answers `Month`.
    Month(Option<Month>),
    /// Look for earlier tries of the same buyers; answers `Tries`.
    Tries(Vec<ShortId>),
    /// Read all of one; answers `Page`.
    Page(ShortId),
    /// Read what its end would mean; answers `Ending`.
    Ending(ShortId),
    /// Do something with a subscription; answers `Row`, and then `Done` or `Failed` that ends a task.
    Do(ShortId, MarketAction),
    /// Another practice deploy arrives; answers as `Do`.
    Arrive,
    /// This journal reports from here on; answers `Done` or `Failed`.
    TakeOver { from: Month, name: String },
    /// Send these reports, each with the amount that was shown; answers `Sent` for each, and then `Ran` or `Failed`.
    Send { month: Month, reports: Vec<(ShortId, Amount)>, reason: Option<String> },
    /// Send no further ones; answers nothing.
    Stop,
    /// What the portal shows of a report in doubt; answers `Done` or `Failed`.
    Resolve(ShortId, Statement),
}

/// What is done with a subscription.
#[derive(Clone, Debug, PartialEq)]
pub enum MarketAction {
    /// `reason`: why it gets the customer id of another company.
    Answer {
        answer: Answer,
        reason: Option<String>,
    },
    StartBilling {
        skus: Vec<Sku>,
        reason: Option<String>,
    },
    /// Usage that is not reported yet is reported first, unless it is left out; without that, nothing is ended.
    End {
        skus: Vec<Sku>,
        reason: Option<String>,
        without_usage: bool,
    },
    /// `late`: a month whose report was sent gets it as a supplement, for this reason.
    AddUsage {
        used: Used,
        late: Option<Because>,
    },
    /// So much more is reported for a month that was reported.
    Supplement {
        sku: Sku,
        month: Month,
        count: Amount,
        because: Because,
    },
    Note(Vec<Note>),
}

/// Usage that a person typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Used {
    pub sku: Sku,
    pub month: Month,
    pub count: Amount,
    /// What makes it count once.
    pub key: String,
}
