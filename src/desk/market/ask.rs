//! What is asked before something is done at the marketplace's desk.

use super::plan::Plan;
use super::wanted::Used;
use crate::kind::ShortId;
use crate::subscription::{Amount, Answer, Because, Call, Ending, Month, Sku, Statement, Total};

/// What is about to be done, and waits for a deliberate yes or for the fields of a form.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// What a deploy is answered.
    Answer(ShortId),
    /// The same, as the buyer will see it.
    Give(ShortId, Answer),
    /// Why it is to get the customer id of another company, which the text says more of.
    GiveOthers(ShortId, Answer, String),
    StartBilling(ShortId, Vec<Sku>),
    /// Why it is to be sent although it was sent before.
    Again(ShortId, Call, Vec<Sku>),
    End(Box<Ending>),
    /// Why it is to be ended although its usage cannot be reported, which the text says more of.
    WithoutUsage(ShortId, Vec<Sku>, String),
    Usage(ShortId),
    /// The same, read back before it is added.
    Add(ShortId, Used),
    /// Why usage is to be added although its month was reported; it would go on the bill of the month here.
    Late(ShortId, Used, Month),
    /// How much more is to be reported for a month that was reported.
    Supplement(ShortId),
    /// The same, read back before it is recorded.
    More(ShortId, Box<More>),
    Note(ShortId),
    /// Why the alarm is set aside that its id came with other content.
    SetAside(ShortId),
    /// From which month on this journal reports.
    TakeOver,
    /// What would be sent: to be read.
    Preview(Box<Plan>),
    /// The month, typed: what was previewed is sent.
    Send(Box<Plan>),
    /// What the portal shows of a report in doubt.
    Verdict(ShortId),
    /// The same, read back before it is written.
    Settle(ShortId, Statement),
}

/// More for a month that was reported.
#[derive(Clone, Debug, PartialEq)]
pub struct More {
    pub sku: Sku,
    pub month: Month,
    pub count: Amount,
    /// What was reported until now.
    pub reported: Total,
    pub because: Because,
    /// The month whose bill it would go on now.
    pub bill: Month,
}

impl Ask {
    /// True for what bills a customer, or ends that, as soon as it is confirmed: in production a word is typed for it.
    pub fn is_live(&self) -> bool {
        match self {
            Self::StartBilling(..) | Self::Again(..) | Self::End(_) | Self::WithoutUsage(..) => true,
            Self::Answer(_)
            | Self::Give(..)
            | Self::GiveOthers(..)
            | Self::Usage(_)
            | Self::Add(..)
            | Self::Late(..)
            | Self::Supplement(_)
            | Self::More(..)
            | Self::Note(_)
            | Self::SetAside(_)
            | Self::TakeOver
            | Self::Preview(_)
            | Self::Send(_)
            | Self::Verdict(_)
            | Self::Settle(..) => false,
        }
    }

    /// What the key says that confirms it.
    pub fn yes(&self) -> &'static str {
        match self {
            Self::Answer(_) | Self::Usage(_) | Self::Supplement(_) | Self::Verdict(_) => "check it",
            Self::Give(_, Answer::Provisioned { .. }) => "give this id",
            Self::Give(_, Answer::Refused { .. }) => "yes, refuse",
            Self::GiveOthers(..) => "give it all the same",
            Self::StartBilling(..) => "start billing",
            Self::Again(..) => "send it again",
            Self::End(_) => "yes, end it",
            Self::WithoutUsage(..) => "end it without",
            Self::Late(..) => "add it",
            Self::Add(..) | Self::More(..) => "yes, add it",
            Self::Note(_) => "write it",
            Self::SetAside(_) => "set it aside",
            Self::TakeOver => "take over",
            Self::Preview(_) => "send",
            Self::Send(_) => "send them",
            Self::Settle(..) => "yes, record it",
        }
    }
}
