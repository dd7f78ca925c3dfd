//! Why the desk itself refuses a command, before Px is asked.

mod parts;

use self::parts::{
    ANSWER_IN_HAND, CHANGED_SINCE_SHOWN, IN_DOUBT, MAY_BE_OF_EARLIER_TEXT, NEEDS_ANOTHER, Parts, SAME_SALE,
    TWIN, WORKED_ON,
};
use super::pace::Pace;
use super::role::Right;
use super::{CallError, Method, Retry, Stall, State, Who, window::LENGTH};
use crate::kind::span;
use jiff::SignedDuration;
use std::fmt;

/// A refusal of our own. It is as complete as one of Px's: what, which field, who can fix it, what next, retry or not.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// A Complete may have arrived; nothing is sent until that is known.
    InDoubt,
    /// A call is under way, in the process with this name; and who works on the order, as far as that is known.
    Busy { owner: String, worker: Option<String> },
    /// Nothing is in doubt, so there is nothing to probe or to settle.
    NotInDoubt,
    /// The quiet period is not over.
    TooEarly { left: SignedDuration },
    /// The request would not be the very same as the one in doubt.
    OtherRequest,
    /// The text that the customer accepted no longer counts, so a probe could place an order that they did not accept.
    OtherText,
    /// The verdict would say that nothing was placed, and this answer about the order is in hand.
    AnswerInHand { answer: String },
    /// The verdict has no reference.
    NoReference,
    /// The verdict has no name.
    NobodySaysSo,
    /// The verdict is the same person's as the one that waits for another to agree.
    NeedsAnother { name: String },
    /// Somebody else works on it.
    WorkedOn { name: String, since: SignedDuration },
    /// The role of who asks does not include this.
    NotYourRole(Right),
    /// The name of the agent is missing, or cannot be one.
    NoSuchAgent,
    /// The note says nothing.
    EmptyNote,
    /// The note has this many characters.
    NoteTooLong { chars: usize },
    /// An order for the same customer and address is in doubt: it may have been placed.
    SameSaleInDoubt { order: String },
    /// The same of an order that a correction would make such a one.
    TwinInDoubt { order: String },
    /// The order is completed.
    Completed { order_number: Option<String> },
    /// The order was ended by a person.
    Abandoned { reason: String },
    /// The order's personal data was destroyed.
    Erased,
    /// The 120 minutes are over (2215).
    WindowOver { since: SignedDuration },
    /// What is left of the 120 minutes is less than the call may last.
    WindowTooShort { left: SignedDuration, room: SignedDuration },
    /// Px refused, and sending again can only bring the same.
    Futile(Box<CallError>),
    /// Px refused, and sending again could do harm until a person says otherwise.
    Held(Box<CallError>),
    /// There is no RCC text.
    NoRcc,
    /// The last retrieve brought no RCC text (4050): Complete is blocked.
    RccBlocked,
    /// Not every section was read.
    NotRead { left: usize },
    /// This section, from 0, cannot have been read yet.
    TooFast { section: usize, left: SignedDuration, fastest: Pace },
    /// So many sections were read faster than counts.
    ReadTooFast { sections: usize, fastest: Pace },
    /// Nobody has accepted the text.
    NotAccepted,
    /// The acceptance is of an earlier text.
    AcceptedEarlierText,
    /// The acceptance may be of an earlier text: Px gives no time that would tell.
    MayBeOfEarlierText,
    /// Nobody said where the SMS or e-mail goes.
    NoContact { method: Method },
    /// Nothing failed, so there is nothing to retry.
    NothingFailed,
    /// What was to be sent again is not what failed last.
    MovedOn,
    /// The order is no longer as it was when a person said yes to what was shown.
    ChangedSinceShown,
    /// What failed can be done again, but only by a person who has looked.
    NotByItself { stall: Stall },
    /// Nothing was sent, so there is no acceptance to ask for.
    NothingSent,
    /// The name of who accepted cannot be one: "is empty".
    NotAName { problem: String },
    /// The amendment is empty.
    NothingToAmend,
    /// There is no hold to lift.
    NotHeld,
    /// The command does not fit where the order stands.
    NotNow { state: State, wanted: &'static str },
    /// The pair of ids, or one of them, belongs to another order (2131); names the field and that order.
    IdentityLocked { field: &'static str, order: String },
    /// An order with this very pair is in the journal already: the same one, given again.
    /// `differs` where something else of it is not what it was.
    AlreadyAdded { order: String, differs: bool },
}

impl Refusal {
    /// The field it is about, as in the intake JSON, or `rcc`, `acceptance`, `window`, `order`.
    pub fn field(&self) -> &str {
        match self {
            Self::Futile(error) | Self::Held(error) => &error.remedy().field,
            Self::IdentityLocked { field, .. } => field,
            Self::NoContact { method: Method::Email } => "customer.email",
            other => other.parts().field,
        }
    }

    /// Who can fix it.
    pub fn who(&self) -> Who {
        match self {
            Self::Futile(error) | Self::Held(error) => error.remedy().who,
            other => other.parts().who,
        }
    }

    /// What to do next.
    pub fn next(&self) -> &str {
        match self {
            Self::Futile(error) | Self::Held(error) => &error.remedy().next,
            Self::NotByItself { stall } => &stall.next,
            other => other.parts().next,
        }
    }

    /// Whether trying again is of use.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Futile(error) | Self::Held(error) => error.remedy().retry,
            Self::NotByItself { stall } => stall.retry,
            other => other.parts().retry,
        }
    }

    fn parts(&self) -> Parts {
        use Retry::{Futile, Useful};
        use Who::{Agent, Customer, Supervisor};
        let parts = |field, who, next, retry| Parts { field, who, next, retry };
        match self {
            Self::InDoubt => IN_DOUBT,
            Self::Busy { .. } => {
                parts("order", Agent, "Wait for the call in progress, then look again.", Useful)
            }
            Self::NotInDoubt => {
                parts("order", Agent, "Look at the order: the outcome of every Complete is known.", Futile)
            }
            Self::TooEarly { .. } => parts("order", Supervisor, "Look again when it is over.", Useful),
            Self::OtherRequest | Self::OtherText => parts(
                "order",
                Supervisor,
                "Ask the carrier, and write its verdict down: a probe cannot tell any more.",
                Futile,
            ),
            Self::AnswerInHand { .. } => ANSWER_IN_HAND,
            Self::NoReference => parts("reference", Supervisor, "Give what the carrier finds it by.", Useful),
            Self::NobodySaysSo => parts("by", Supervisor, "Give the name of who asked the carrier.", Useful),
            Self::NeedsAnother { .. } => NEEDS_ANOTHER,
            Self::WorkedOn { .. } => WORKED_ON,
            Self::NotYourRole(_) => parts("role", Agent, "Ask a supervisor.", Futile),
            Self::NoSuchAgent => parts("to", Supervisor, "Give the agent's name.", Useful),
            Self::EmptyNote => parts("text", Agent, "Write the note.", Useful),
            Self::NoteTooLong { .. } => parts("text", Agent, "Make the note shorter.", Futile),
            Self::SameSaleInDoubt { .. } => SAME_SALE,
            Self::TwinInDoubt { .. } => TWIN,
            Self::Completed { .. } => parts("order", Agent, "Nothing: the order is placed.", Futile),
            Self::Abandoned { .. } => {
                parts("order", Agent, "Add the order again, with a newly prepared pair of ids.", Futile)
            }
            Self::Erased => parts("order", Agent, "Nothing: it takes nothing more.", Futile),
            Self::WindowOver { .. } => parts(
                "window",
                Agent,
                "Abandon this order, prepare it again in the order system, and add it under its new ids.",
                Futile,
            ),
            Self::WindowTooShort { .. } => parts(
                "window",
                Agent,
                "Abandon this order and prepare it again: an answer could come too late to be counted.",
                Futile,
            ),
            Self::Futile(_) | Self::Held(_) | Self::IdentityLocked { .. } => parts(
                "transactionId",
                Agent,
                "Compare both ids with the order system and add the order with the pair that belongs together.",
                Futile,
            ),
            Self::AlreadyAdded { differs, .. } => parts("order", Agent, after_added(*differs), Futile),
            Self::NoRcc => parts("rcc", Agent, "Retrieve the RCC first.", Useful),
            Self::RccBlocked => parts(
                "rcc",
                Agent,
                "Retrieve the RCC again; without its text the order cannot be completed.",
                Useful,
            ),
            Self::NotRead { .. } => {
                parts("rcc", Agent, "Read the remaining sections to the customer.", Useful)
            }
            Self::TooFast { .. } => {
                parts("rcc", Agent, "Read on to the end of the section, then mark it read.", Useful)
            }
            Self::ReadTooFast { .. } => parts("rcc", Agent, "Read the text again, from the start.", Futile),
            Self::NotAccepted => parts(
                "acceptance",
                Customer,
                "Have the customer accept the RCC: read aloud, by SMS or by e-mail.",
                Useful,
            ),
            Self::MayBeOfEarlierText => MAY_BE_OF_EARLIER_TEXT,
            Self::AcceptedEarlierText => parts(
                "acceptance",
                Customer,
                "Read or send the text as it is now, and have the customer accept it.",
                Futile,
            ),
            Self::NoContact { .. } => parts(
                "customer.phone",
                Agent,
                "Say where to send it: a phone number for SMS, an address for e-mail.",
                Useful,
            ),
            Self::NothingFailed => parts("order", Agent, "Go on with its next step.", Futile),
            Self::MovedOn => parts("order", Agent, "Look at the order again, and decide anew.", Futile),
            Self::ChangedSinceShown => CHANGED_SINCE_SHOWN,
            Self::NotByItself { .. } => parts("order", Agent, "Look at the order and decide.", Futile),
            Self::NothingSent => {
                parts("acceptance", Agent, "Send the RCC by SMS or e-mail, or read it aloud.", Useful)
            }
            Self::NotAName { .. } => {
                parts("acceptance", Agent, "Type the name of the person who said yes.", Useful)
            }
            Self::NothingToAmend => parts("order", Agent, "Change at least one field.", Futile),
            Self::NotHeld => parts("order", Agent, "The order is not on hold: go on.", Futile),
            Self::NotNow { .. } => parts("order", Agent, "Look at the order again: it has moved on.", Futile),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InDoubt => f.write_str("a Complete was sent and its outcome is not known; it is never sent again by itself, and never under other ids"),
            // The name of a process says nothing to people.
            Self::Busy { worker: Some(name), .. } => {
                write!(f, "a call for this order is in progress, and {name} is working on it")
            }
            Self::Busy { worker: None, .. } => f.write_str("a call for this order is in progress at another desk"),
            Self::NotInDoubt => f.write_str("the order is not in doubt"),
            Self::TooEarly { left } => write!(f, "the request may still be on its way; the quiet period lasts another {}", span(*left)),
            Self::OtherRequest => f.write_str("the request would not be the very same as the one in doubt"),
            Self::OtherText => f.write_str(
                "the RCC text that the customer accepted no longer counts: a probe could place an order that they did not accept",
            ),
            Self::NoReference => f.write_str("a verdict needs the carrier's reference"),
            Self::NobodySaysSo => f.write_str("a verdict needs the name of who gives it"),
            Self::AnswerInHand { answer } => {
                write!(f, "this machine has an answer about this order that is not recorded: {}", super::one_line(answer))
            }
            Self::NeedsAnother { name } => {
                write!(f, "{} has already given this verdict, and another person must give it too", super::one_line(name))
            }
            Self::WorkedOn { name, since } => {
                write!(f, "{} is working on this order, last {} ago", super::one_line(name), span(*since))
            }
            Self::NotYourRole(right) => write!(f, "your role may not {}; ask a supervisor", right.words()),
            Self::NoSuchAgent => f.write_str("this is not the name of an agent"),
            Self::EmptyNote => f.write_str("the note is empty"),
            Self::NoteTooLong { chars } => {
                write!(f, "the note has {chars} characters, and {} is the most", super::LONGEST_NOTE)
            }
            Self::SameSaleInDoubt { order } | Self::TwinInDoubt { order } => {
                write!(f, "order {order}, for the same customer and address, is in doubt and may have been placed")
            }
            Self::Completed { order_number: Some(number) } => write!(f, "the order is completed: order number {}", super::one_line(number)),
            Self::Completed { order_number: None } => f.write_str("the order is completed"),
            Self::Abandoned { reason } => write!(f, "the order was abandoned: {}", super::one_line(reason)),
            Self::Erased => f.write_str("the order's personal data was erased"),
            Self::WindowOver { since } => write!(f, "the {}-minute window expired {} ago", LENGTH.as_mins(), span(*since)),
            Self::WindowTooShort { left, room } => {
                write!(f, "only {} of the {} minutes are left, and the call may last {}", span(*left), LENGTH.as_mins(), span(*room))
            }
            Self::Futile(error) => write!(f, "Px refused with {}, and would again: {}", error.code(), super::one_line(&error.user_message)),
            Self::Held(error) => write!(f, "held since Px said: {}", super::one_line(&error.user_message)),
            Self::NoRcc => f.write_str("there is no RCC text yet"),
            Self::RccBlocked => f.write_str("Px sent no RCC text the last time, which blocks Complete"),
            Self::NotRead { left } => write!(f, "{left} section{} of the RCC not read yet", if *left == 1 { " was" } else { "s were" }),
            Self::TooFast { section, left, fastest } => {
                write!(f, "section {} cannot have been read yet: {} s left at {} words a minute, the fastest that counts",
                    section + 1, seconds_left(*left), fastest.words_a_minute())
            }
            Self::ReadTooFast { sections, fastest } => {
                write!(f, "{sections} section{} read faster than {} words a minute, so the reading does not count",
                    if *sections == 1 { " was" } else { "s were" }, fastest.words_a_minute())
            }
            Self::NotAccepted => f.write_str("the RCC has not been accepted"),
            Self::AcceptedEarlierText => f.write_str("what the customer accepted is an earlier text"),
            Self::MayBeOfEarlierText => {
                f.write_str(
                    "what the customer accepted may be an earlier text: Px gives no time after this one was sent",
                )
            }
            Self::NoContact { method } => write!(f, "the customer's address for {} is not known", method.title()),
            Self::NothingFailed => f.write_str("nothing failed in this order"),
            Self::MovedOn => f.write_str("left out: the order has moved on since the retry was decided on"),
            Self::ChangedSinceShown => f.write_str("the order has moved on: nothing was done"),
            Self::NotByItself { stall } => f.write_str(&stall.cause),
            Self::NothingSent => f.write_str("no RCC was sent, so there is no acceptance to ask for"),
            Self::NotAName { problem } => write!(f, "the name of who accepted {problem}"),
            Self::NothingToAmend => f.write_str("nothing was changed"),
            Self::NotHeld => f.write_str("the order is not held"),
            Self::NotNow { state, wanted } => write!(f, "cannot {wanted}: the order is {}", state.title()),
            Self::IdentityLocked { field, order } => {
                write!(f, "this {field} already belongs to order {order}; a transaction id and its partner order id stay together forever (2131)")
            }
            Self::AlreadyAdded { order, differs: false } => {
                write!(f, "this is order {order}, which was added before; nothing was added")
            }
            Self::AlreadyAdded { order, differs: true } => {
                write!(f, "this is order {order}, which was added before with other content; nothing was added, and nothing of it was changed")
            }
        }
    }
}

/// What to do about an order that is there already.
fn after_added(differs: bool) -> &'static str {
    if differs {
        "Compare it with the order system, and amend the order that is there, or abandon it."
    } else {
        "Nothing: go on with that order."
    }
}

impl std::error::Error for Refusal {}

/// What is left, in seconds begun: never 0 while anything is left.
pub fn seconds_left(left: SignedDuration) -> i64 {
    left.as_secs() + i64::from(left.subsec_nanos() > 0)
}
