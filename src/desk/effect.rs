//! What the desk asks of the world; imperative.

use super::market::wanted::Wanted;
use super::orders::window::Part;
use super::registration::wanted::Wanted as ContractWanted;
use super::training::exchange::Wanted as ClassroomWanted;
use super::training::scene::Talk;
use crate::order::{Again, Command, Contact, NewOrder, OrderId, Personal, Shown, Statement, Summary};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Something for the terminal's loop to do. Each answers with a [`super::Msg`], unless it says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read so many rows of this part of the queue; answers `Queue` or `Failed`.
    LoadQueue(Part, usize),
    /// Look for orders by the beginning of an id; answers `Found`.
    Search(String),
    /// Read so many stalled orders, those after this row or from the beginning; answers `Stalled` or `Failed`.
    LoadStalled { after: Option<Box<Summary>>, limit: usize },
    /// Read one order; answers `Order`.
    LoadOrder(OrderId),
    /// Read one order to show it beside a list; answers `Glance`.
    Glance(OrderId),
    /// Add an order; answers `Opened`.
    Open(Box<NewOrder>),
    /// Do something with an order; answers `Order` with `after: true`, or `Failed`.
    Run(OrderId, Task),
    /// Do this with one order, as a part of a batch or alone; answers `Order`, and then `Ended`.
    Item(OrderId, Job),
    /// Read what happened since midnight; answers `Day` or `Failed`.
    LoadDay,
    /// Send `Msg::Timer(id)` after `delay`. A timer whose id is no longer awaited is ignored when it fires.
    Timer { id: u64, delay: SignedDuration },
    /// Put a text on the clipboard; answers nothing.
    Copy(String),
    /// Call the person back: a bell and a notification with this text, which holds nothing personal; answers nothing.
    Notify(String),
    /// Simulate something on the embedded Px; answers `Simulated`.
    Simulate(Simulation),
    /// Talk to somebody in a run of practice; answers `Practice`.
    Talk(Talk),
    /// Something for the marketplace's desk; answers `Market`.
    Market(Wanted),
    /// Something for the registration's desk; answers `Contract`.
    Contract(ContractWanted),
    /// Something of the classroom; answers `Classroom`.
    Classroom(ClassroomWanted),
    /// Stop the program, as job control does on Ctrl-Z; answers nothing.
    Suspend,
    /// Quit; answers nothing.
    Quit,
}

/// What to do with an order. All of it goes through the engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    Retrieve,
    Send(Contact),
    /// Ask Px once whether the customer accepted.
    Check,
    /// Submit it as it was shown, and as nothing else.
    Complete(Shown),
    /// The very same Complete once more, for an order in doubt.
    Probe,
    /// What the carrier says of an order in doubt.
    Resolve(Statement),
    /// A command that sends nothing.
    Do(Command),
}

/// What is done with each order of a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// Send again what was decided on. `bulk`: with many orders, which not every role may.
    Retry { bulk: bool, plan: Arc<BTreeMap<OrderId, Again>> },
    /// Give it to an agent.
    Assign { to: String },
    /// Write something down about it.
    Note { text: Personal },
    /// End it for good.
    Abandon { reason: String },
}

impl Job {
    /// The command that it is; none when something is sent.
    pub fn command(&self) -> Option<Command> {
        match self {
            Self::Retry { .. } => None,
            Self::Assign { to } => Some(Command::Assign { to: to.clone() }),
            Self::Note { text } => Some(Command::Note { text: text.clone() }),
            Self::Abandon { reason } => Some(Command::Abandon { reason: reason.clone() }),
        }
    }

    /// What was decided to send again for this order.
    pub fn again(&self, id: &OrderId) -> Option<Again> {
        match self {
            Self::Retry { plan, .. } => plan.get(id).copied(),
            Self::Assign { .. } | Self::Note { .. } | Self::Abandon { .. } => None,
        }
    }

    /// What has become of the orders that it was done with.
    pub fn done_words(&self) -> &'static str {
        match self {
            Self::Retry { .. } => "moved on",
            Self::Assign { .. } => "assigned",
            Self::Note { .. } => "given a note",
            Self::Abandon { .. } => "abandoned",
        }
    }
}

/// What a trainer simulates on the embedded Px: the clock, a customer, a failure.
#[derive(Clone, Debug, PartialEq)]
pub enum Simulation {
    /// Move its clock, and the desk's with it.
    Advance(SignedDuration),
    /// The customer of this transaction accepts what was sent.
    Accept { transaction_id: String },
    /// The customer of this transaction declines.
    Decline { transaction_id: String },
    /// The next `call` fails so, or `lasting` every one until it is taken back; `fault` is the embedded server's own JSON for
    /// it, `words` are for people.
    Fail { call: &'static str, fault: serde_json::Value, words: String, lasting: bool },
    /// Every failure that waits for its call is taken back.
    TakeBack,
}
