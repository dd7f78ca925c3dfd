//! What a screen and a script show of a refusal, where it takes more than a line to write down.

use crate::order::{Retry, Who};

/// The parts of a refusal that a screen and a script show.
pub struct Parts {
    pub field: &'static str,
    pub who: Who,
    pub next: &'static str,
    pub retry: Retry,
}

pub const ANSWER_IN_HAND: Parts = Parts {
    field: "order",
    who: Who::Supervisor,
    next: "It is recorded by itself as soon as the journal takes it. Where it has an order number, the order is placed.",
    retry: Retry::Dangerous,
};

pub const CHANGED_SINCE_SHOWN: Parts = Parts {
    field: "order",
    who: Who::Agent,
    next: "Somebody else has changed it: look at it again, and say yes to what it is now.",
    retry: Retry::Useful,
};

pub const IN_DOUBT: Parts = Parts {
    field: "order",
    who: Who::Supervisor,
    next: "Open it to see when it can be probed, or settled with the carrier's answer.",
    retry: Retry::Dangerous,
};

/// To send it again would tell no more than before.
pub const MAY_BE_OF_EARLIER_TEXT: Parts = Parts {
    field: "acceptance",
    who: Who::Customer,
    next: "Read the text aloud as it is now, and have the customer accept it.",
    retry: Retry::Useful,
};

pub const NEEDS_ANOTHER: Parts = Parts {
    field: "by",
    who: Who::Supervisor,
    next: "Have another person ask the carrier, and give their verdict at their own desk.",
    retry: Retry::Futile,
};

pub const WORKED_ON: Parts = Parts {
    field: "order",
    who: Who::Agent,
    next: "Ask them first. To take it over: pxdesk order take-over ID, or order walk with --take-over; it is recorded.",
    retry: Retry::Futile,
};

pub const SAME_SALE: Parts = Parts {
    field: "despiteDoubt",
    who: Who::Supervisor,
    next: "Settle that order first; or add this one with a supervisor's reason, which is recorded.",
    retry: Retry::Dangerous,
};

pub const TWIN: Parts = Parts {
    field: "order",
    who: Who::Supervisor,
    next: "Settle that order first. If it was placed, abandon this one; otherwise correct it then.",
    retry: Retry::Dangerous,
};
