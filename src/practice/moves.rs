//! The right moves of a scenario, and how each is seen.

use super::seen::What;
use crate::order::{Call, Method};

/// One thing that the trainee should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// Retrieve the RCC text.
    Retrieve,
    /// Begin to read it aloud.
    BeginReading,
    /// Read all of it aloud.
    Read,
    /// Read it again from the start.
    ReadAgain,
    Interrupt,
    /// Record the customer's yes by name.
    SaidYes,
    /// Record the customer's no.
    Decline,
    SendSms,
    SendEmail,
    /// Learn from Px that the customer accepted.
    Accepted,
    /// Ask the customer something.
    AskCustomer,
    CallCarrier,
    /// Correct what Px refused.
    Correct,
    /// Submit the order, whatever comes of it.
    Complete,
    /// The order is completed.
    Completed,
    /// Lift the hold.
    Release,
    /// Send the very same Complete once more.
    Probe,
    /// Record the carrier's verdict.
    Settle,
    Note,
    Abandon,
}

impl Move {
    /// All of them, with the names that files use and the words that reports use.
    pub const ALL: [(Self, &'static str, &'static str); 20] = [
        (Self::Retrieve, "retrieve", "retrieve the RCC"),
        (Self::BeginReading, "begin_reading", "begin to read the text aloud"),
        (Self::Read, "read", "read all of the text aloud"),
        (Self::ReadAgain, "read_again", "begin the reading again"),
        (Self::Interrupt, "interrupt", "interrupt the reading"),
        (Self::SaidYes, "said_yes", "record the customer's yes by name"),
        (Self::Decline, "decline", "record that the customer declined"),
        (Self::SendSms, "send_sms", "send the text by SMS"),
        (Self::SendEmail, "send_email", "send the text by e-mail"),
        (Self::Accepted, "accepted", "wait until Px has the acceptance"),
        (Self::AskCustomer, "ask_customer", "ask the customer"),
        (Self::CallCarrier, "call_carrier", "call the carrier"),
        (Self::Correct, "correct", "correct what Px refused"),
        (Self::Complete, "complete", "send Complete"),
        (Self::Completed, "completed", "have the order completed"),
        (Self::Release, "release", "release the hold"),
        (Self::Probe, "probe", "probe, after the quiet period"),
        (Self::Settle, "settle", "record the carrier's verdict"),
        (Self::Note, "note", "write a note"),
        (Self::Abandon, "abandon", "abandon the order"),
    ];

    /// The name in files and JSON.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(of, ..)| *of == self).map_or("", |(_, name, _)| name)
    }

    /// In words, as something to do.
    pub fn words(self) -> &'static str {
        Self::ALL.iter().find(|(of, ..)| *of == self).map_or("", |(.., words)| words)
    }

    /// The move of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, of, _)| *of == name).map(|(of, ..)| *of)
    }

    /// The call to Px that it is made of; of two, the one that it waits for.
    pub fn call(self) -> Option<Call> {
        match self {
            Self::Retrieve => Some(Call::RetrieveRcc),
            Self::SendSms | Self::SendEmail => Some(Call::SendRcc),
            Self::Accepted => Some(Call::GetRccAcceptance),
            Self::Complete | Self::Completed | Self::Probe => Some(Call::CompleteOrder),
            Self::BeginReading
            | Self::Read
            | Self::ReadAgain
            | Self::Interrupt
            | Self::SaidYes
            | Self::Decline
            | Self::AskCustomer
            | Self::CallCarrier
            | Self::Correct
            | Self::Release
            | Self::Settle
            | Self::Note
            | Self::Abandon => None,
        }
    }

    /// True when `what` is this move.
    pub fn is(self, what: &What) -> bool {
        match self {
            Self::Retrieve => matches!(what, What::Retrieving),
            Self::BeginReading => matches!(what, What::ReadingBegan { again: false }),
            Self::Read => matches!(what, What::SectionRead { left: 0, .. }),
            Self::ReadAgain => matches!(what, What::ReadingBegan { again: true }),
            Self::Interrupt => matches!(what, What::Interrupted),
            Self::SaidYes => matches!(what, What::SaidYes { .. }),
            Self::Decline => matches!(what, What::Declined),
            Self::SendSms => matches!(what, What::Sending { method: Method::Sms, elsewhere: false }),
            Self::SendEmail => matches!(what, What::Sending { method: Method::Email, elsewhere: false }),
            Self::Accepted => matches!(what, What::Accepted),
            Self::AskCustomer => matches!(what, What::AskedCustomer),
            Self::CallCarrier => matches!(what, What::CalledCarrier),
            Self::Correct => matches!(what, What::Corrected { .. }),
            Self::Complete => matches!(what, What::Completing { probe: false }),
            Self::Completed => matches!(what, What::Completed { .. }),
            Self::Release => matches!(what, What::Released),
            Self::Probe => matches!(what, What::Completing { probe: true }),
            Self::Settle => matches!(what, What::Settled { .. }),
            Self::Note => matches!(what, What::Noted),
            Self::Abandon => matches!(what, What::Abandoned),
        }
    }
}
