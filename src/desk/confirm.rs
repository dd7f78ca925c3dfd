//! What is asked before something is done.

use super::market::ask::Ask;
use super::registration::ask::Ask as ContractAsk;
use crate::order::stalled::BatchPlan;
use crate::order::{Again, OrderId, Personal, Shown, Statement};

/// What is about to be done, and waits for a deliberate yes or for the fields of a form.
#[derive(Clone, Debug, PartialEq)]
pub enum Confirm {
    /// The one deliberate confirmation before Complete, of the order as it was shown when it was asked for.
    Complete(Shown),
    /// The first time in a session that a real order would be submitted: the same question again, answered by a word.
    Live(Box<Confirm>),
    /// The very same Complete once more.
    Probe,
    /// What the carrier says of the Complete in doubt.
    Verdict,
    /// The same, read back before it is written.
    Settle(Statement),
    /// Who said yes to the text that was read.
    AcceptVerbally,
    /// Whether this person said yes.
    SaidYes(Personal),
    SendSms,
    SendEmail,
    Amend,
    Decline,
    Release,
    Abandon,
    RetryOne(OrderId, Again),
    /// Retry many: what would be sent, what is left out and why.
    RetryAll(Box<BatchPlan>),
    /// Work on it in the place of this person.
    TakeOver(OrderId, String),
    /// Give these to an agent.
    Assign(Vec<OrderId>),
    /// Write something down about each of these.
    Note(Vec<OrderId>),
    /// End each of these for good.
    AbandonEach(Vec<OrderId>),
    /// Something of the marketplace's desk.
    Market(Ask),
    /// Something of the registration's desk.
    Contract(ContractAsk),
    /// Leave the form of a new order, with what was typed into it.
    Discard,
    /// Leave the form of another question, with what was typed into it.
    DiscardTyped,
    /// Quit although a task is running.
    Quit,
    /// End a run of practice before it is over.
    EndRun,
    /// Close a classroom in which so many runs are under way.
    CloseClassroom(usize),
}
