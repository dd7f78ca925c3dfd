//! Exit statuses, and what went wrong in a form that people and scripts can use.

use crate::engine::{Error, MarketError, RegistrationError};
use crate::order::{Call, Failure, Order, Refusal, Trouble};
use crate::{config, journal, subscription};

/// The exit statuses; scripts hold on to the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Done = 0,
    Unexpected = 1,
    /// Usage or bad input.
    BadInput = 2,
    /// Px refused with an error of its own.
    RefusedByPx = 3,
    InDoubt = 4,
    /// Configuration or credentials.
    Configuration = 5,
    Journal = 6,
    /// Px unreachable; nothing was sent, or it is safe to send again.
    Unreachable = 7,
    /// Refused here, not by Px.
    RefusedHere = 8,
}

impl Exit {
    /// The status of many: what a person must look at first wins.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let rank = |exit| match exit {
            Self::Done => 0,
            Self::RefusedHere => 1,
            Self::Unreachable => 2,
            Self::RefusedByPx => 3,
            Self::Configuration => 4,
            Self::BadInput => 5,
            Self::Journal => 6,
            Self::Unexpected => 7,
            Self::InDoubt => 8,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A command that failed.
#[derive(Clone, Debug)]
pub struct Failed {
    pub exit: Exit,
    /// What happened, and where.
    pub what: String,
    /// Who can fix it, and what to do next.
    pub next: Option<String>,
}

impl Failed {
    /// A failure without advice.
    pub fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, what: what.into(), next: None }
    }
}

impl From<config::Error> for Failed {
    fn from(error: config::Error) -> Self {
        Self::new(Exit::Configuration, error.to_string())
    }
}

impl From<journal::Error> for Failed {
    fn from(error: journal::Error) -> Self {
        Self::from(Error::from(error))
    }
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        let exit = match refusal {
            Refusal::InDoubt => Exit::InDoubt,
            Refusal::EmptyNote | Refusal::NothingToAmend | Refusal::NoSuchAgent => Exit::BadInput,
            _ => Exit::RefusedHere,
        };
        let next = format!(
            "Next, for {}: {} A retry is {}.",
            refusal.who().title(),
            refusal.next(),
            refusal.retry().name()
        );
        Self {
            exit,
            what: format!("refused here, not by Px: {refusal} (field: {})", refusal.field()),
            next: Some(next),
        }
    }
}

impl From<MarketError> for Failed {
    fn from(error: MarketError) -> Self {
        let what = error.to_string();
        match error {
            Error::Refusal(refusal) => {
                let exit = match refusal {
                    subscription::Refusal::InDoubt
                    | subscription::Refusal::CountInDoubt(_)
                    | subscription::Refusal::NotKnown { .. }
                    | subscription::Refusal::NotAnswered { .. } => Exit::InDoubt,
                    subscription::Refusal::NoSuchSubscription(_)
                    | subscription::Refusal::SeveralSubscriptions(_)
                    | subscription::Refusal::NoSuchSku(_)
                    | subscription::Refusal::Message(_)
                    | subscription::Refusal::ExpiredDate => Exit::BadInput,
                    _ => Exit::RefusedHere,
                };
                let what =
                    format!("refused here, not by the marketplace: {what} (field: {})", refusal.field());
                Self { exit, what, next: Some(refusal.next()) }
            }
            Error::Conflict | Error::NotRepeatable { .. } => Self::new(Exit::RefusedHere, what),
            Error::BegunElsewhere { .. } => Self::new(Exit::InDoubt, what),
            Error::Journal(error) => Self::new(of_journal(&error), what),
            Error::Unrecorded { .. } | Error::StateFolder(_) => Self::new(Exit::Journal, what),
            Error::System(_) => Self::new(Exit::Unexpected, what),
        }
    }
}

impl From<RegistrationError> for Failed {
    fn from(error: RegistrationError) -> Self {
        use RegistrationError as E;
        let exit = match &error {
            E::NotConfigured(_) | E::Credentials(_) => Exit::Configuration,
            E::Unreachable(_) => Exit::Unreachable,
            E::Refused(_) | E::NoList(_) => Exit::RefusedByPx,
            E::Unfit(_)
            | E::Findings(_)
            | E::PairsLeft(_)
            | E::Moved(_)
            | E::Busy { .. }
            | E::TakenOver { .. }
            | E::Unlisted(_) => Exit::RefusedHere,
            E::Stopped { .. } | E::System(_) => Exit::Unexpected,
            E::Journal(error) => of_journal(error),
        };
        Self { exit, what: error.to_string(), next: error.next() }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        match error {
            Error::Refusal(refusal) => refusal.into(),
            Error::Conflict | Error::NotRepeatable { .. } => Self::new(Exit::RefusedHere, error.to_string()),
            Error::BegunElsewhere { .. } => Self::new(Exit::InDoubt, error.to_string()),
            Error::Journal(ref why) => Self::new(of_journal(why), error.to_string()),
            Error::Unrecorded { .. } | Error::StateFolder(_) => Self::new(Exit::Journal, error.to_string()),
            Error::System(_) => Self::new(Exit::Unexpected, error.to_string()),
        }
    }
}

/// What a journal refuses an agent is refused here, as the engine would have; all else is about the journal.
fn of_journal(error: &journal::Error) -> Exit {
    if matches!(error, journal::Error::Reserved { .. }) { Exit::RefusedHere } else { Exit::Journal }
}

/// The status of an order that a command has left in trouble, or not.
pub fn of_order(order: &Order) -> Exit {
    if order.doubt().is_some() {
        return Exit::InDoubt;
    }
    match &order.trouble {
        None => Exit::Done,
        Some(Trouble::Refused(_)) => Exit::RefusedByPx,
        Some(Trouble::Failed { failure: Failure::Credentials(_), .. }) => Exit::Configuration,
        // What may have been carried out, and is no harmless thing to do again: an order placed, a message sent.
        Some(
            Trouble::Failed { call: Call::CompleteOrder | Call::SendRcc, failure: Failure::Unknown(_) }
            | Trouble::CutOff { call: Call::CompleteOrder | Call::SendRcc }
            | Trouble::PlacedAgain,
        ) => Exit::InDoubt,
        Some(Trouble::Failed { .. } | Trouble::CutOff { .. }) => Exit::Unreachable,
    }
}
