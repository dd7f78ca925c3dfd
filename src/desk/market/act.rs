//! What a person can do at the marketplace's desk.

use super::state::List;

/// What a key of this desk does, beside what every desk's keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Shows this list.
    List(List),
    NextList,
    PreviousList,
    /// The next step of the chosen row.
    Next,
    /// All that is known of the chosen subscription.
    Page,
    StartBilling,
    End,
    AddUsage,
    /// More for a month that was reported.
    Supplement,
    Note,
    /// The alarm of the chosen deploy is set aside.
    SetAside,
    /// Another practice deploy arrives.
    Arrive,
    Filter,
    Reload,
    MonthBefore,
    MonthAfter,
    Preview,
    Send,
    /// Stops a run before its next report, or goes on with it.
    Pause,
}
