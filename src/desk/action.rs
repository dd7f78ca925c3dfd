//! What a person can do, at whichever desk.

use super::frame::binding::{Binding, bind, plain};
use super::frame::key::Code;
use super::market::act::Act;
use super::registration::act::Act as ContractAct;
use super::training::act::Act as TrainerAct;

/// What a person can do with a key or from the palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    // Everywhere.
    Help,
    Palette,
    Theme,
    Lock,
    Back,
    Quit,
    EndRun,
    /// Start the tour of the first order, or end it.
    Tour,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    /// To the orders' desk.
    Orders,
    /// To the marketplace's desk.
    Marketplace,
    /// To the registration's desk.
    Registration,
    // The queue.
    OpenChosen,
    NewOrder,
    Filter,
    Refresh,
    Stalled,
    Day,
    Training,
    // Forms and questions.
    Submit,
    NextField,
    PreviousField,
    Yes,
    // The order.
    Retrieve,
    Read,
    SendSms,
    SendEmail,
    SectionRead,
    LookBack,
    Interrupt,
    ReadAgain,
    AcceptVerbally,
    Decline,
    Check,
    StopChecking,
    Complete,
    Amend,
    Release,
    Probe,
    Verdict,
    Abandon,
    TakeOver,
    History,
    Copy,
    /// Step through what happened to an order.
    Replay,
    // A replay.
    NextEvent,
    PreviousEvent,
    /// Go on with it by itself, or pause.
    Play,
    // Stalled orders.
    Unfold,
    Fold,
    Mark,
    MarkGroup,
    Unmark,
    RetryOne,
    RetryAll,
    Assign,
    Note,
    /// Go on with a batch, or pause it.
    Pause,
    StopBatch,
    Results,
    // The trainer's.
    Trainer(TrainerAct),
    // A run of practice.
    AskCustomer,
    CallCarrier,
    /// The report of a run that is over.
    Graded,
    // The marketplace.
    Market(Act),
    // The registration.
    Contract(ContractAct),
}

/// The keys that move through rows.
pub fn moving(all: &mut Vec<Binding<Action>>) {
    all.extend([
        bind(plain(Code::Down), "down", "To the next row (also j).", Action::Down),
        bind(plain(Code::Up), "up", "To the previous row (also k).", Action::Up),
        bind(plain(Code::PageDown), "page down", "A page down.", Action::PageDown),
        bind(plain(Code::PageUp), "page up", "A page up.", Action::PageUp),
        bind(plain(Code::Home), "first", "To the first row.", Action::First),
        bind(plain(Code::End), "last", "To the last row.", Action::Last),
    ]);
}
