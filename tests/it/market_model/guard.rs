//! What the protocol of a month stands on.

/// What keeps the protocol safe; each can be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The amount is frozen before it leaves: `Report::adding` takes nothing in then, and `frozen` makes the request of
    /// what is frozen alone.
    FrozenAmount,
    /// No two reports for one slot: the list of reports has an index over it.
    SlotIndex,
    /// The intent is on disk before a byte leaves: `Driver::begin`.
    IntentFirst,
    /// An append names the event that it was decided on.
    ExpectedSequence,
    /// A verdict waits until no request of ours can be under way any more: `Report::verdict`.
    QuietPeriod,
    /// A person says what the portal shows, after a look at it: `market usage resolve` asks for the reference.
    VerdictAfterLook,
    /// Lines that come late are taken in by one desk at a time: two that are given the same file at the same moment read
    /// the month at different ones. Nothing in the journal rules that out; it is taken for granted.
    OneIntake,
}
