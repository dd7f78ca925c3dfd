//! An order as a kind of thing that calls are made for.

use super::lost;
use super::mask::mask;
use super::{
    AttemptOutcome, Call, Command, Environment, Event, Failure, Order, Outcome, Refusal, Timestamp, Uptime,
    decide,
};
use crate::kind::{Begun, Driven, Pending, Reached, Repeat, Told, Weight};

impl Call {
    /// How it may be sent once more.
    pub fn repeat(self) -> Repeat {
        match self {
            // Both only ask.
            Self::RetrieveRcc | Self::GetRccAcceptance => Repeat::Safe,
            // A second text message confuses the customer, and is worse than none only then.
            Self::SendRcc => Repeat::WhenAsked,
            // Not idempotent (D). Px answers 2130 to the same request when the first one arrived.
            Self::CompleteOrder => Repeat::AfterProbe,
        }
    }
}

impl Failure {
    /// What is known of a call that failed so.
    pub fn reached(&self) -> Reached {
        match self {
            Self::NotSent(_) | Self::Credentials(_) => Reached::No,
            Self::Unknown(_) => Reached::Unknown,
        }
    }
}

impl Driven for Order {
    type Call = Call;
    type Command = Command;
    type Outcome = Outcome;
    type Refusal = Refusal;

    fn repeat(call: Call) -> Repeat {
        call.repeat()
    }

    fn call_name(call: Call) -> &'static str {
        call.name()
    }

    fn reached(outcome: &Outcome) -> Reached {
        match outcome {
            Outcome::Failed(failure) => failure.reached(),
            Outcome::Rcc { .. }
            | Outcome::Sent { .. }
            | Outcome::NotAccepted
            | Outcome::Accepted { .. }
            | Outcome::Completed { .. }
            | Outcome::Refused(_) => Reached::Answered,
        }
    }

    fn environment(&self) -> &str {
        self.environment.name()
    }

    fn decide(&self, command: Command, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        decide(self, command, now)
    }

    fn answered(refusal: Refusal, answer: impl FnOnce() -> Option<String>) -> Refusal {
        match refusal {
            Refusal::Busy { owner, worker } => match answer() {
                Some(answer) => Refusal::AnswerInHand { answer },
                None => Refusal::Busy { owner, worker },
            },
            other => other,
        }
    }

    fn pending(&self) -> Option<Pending<'_>> {
        self.under_way().map(|attempt| Pending { attempt: attempt.number, owner: &attempt.owner })
    }

    fn doubted(&self) -> Option<Call> {
        self.doubt().map(|attempt| attempt.call)
    }

    fn knows(&self, attempt: u32, owner: &str) -> bool {
        self.attempts.iter().any(|known| known.number == attempt && known.owner == owner)
    }

    fn begun(&self, call: Call) -> Option<Begun> {
        let name = match self.environment {
            Environment::Sandbox | Environment::Production => {
                format!("{call:?} {} {}", self.environment.name(), self.identity.transaction_id)
            }
            // Its Px goes where the journal goes, and gives the same ids again.
            Environment::Embedded => return None,
        };
        Some(Begun { name, times: self.attempts.iter().filter(|attempt| attempt.call == call).count() })
    }

    fn awaits(&self, attempt: u32) -> bool {
        let attempt = self.attempts.iter().find(|known| known.number == attempt);
        attempt.is_some_and(|attempt| {
            matches!(attempt.outcome, None | Some(AttemptOutcome::CutOff | AttemptOutcome::HeldBack))
        })
    }

    fn end(attempt: u32, outcome: Outcome, uptime: Option<Uptime>) -> Command {
        Command::End { attempt, outcome, uptime }
    }

    fn is_answer_to(outcome: &Outcome, call: Call) -> bool {
        match outcome {
            Outcome::Completed { .. } => call == Call::CompleteOrder,
            Outcome::Refused(error) => call == Call::CompleteOrder && error.api == call,
            Outcome::Rcc { .. }
            | Outcome::Sent { .. }
            | Outcome::NotAccepted
            | Outcome::Accepted { .. }
            | Outcome::Failed(_) => false,
        }
    }

    fn answered_unknown(&self, owner: &str, outcome: &Outcome) -> Option<Vec<Event>> {
        lost::answered(self, owner, outcome)
    }

    fn ends(command: &Command) -> Option<Call> {
        match command {
            Command::Abandon { .. } | Command::Erase { .. } | Command::Amend(_) => Some(Call::CompleteOrder),
            Command::AsShown { command, .. } => Self::ends(command),
            _ => None,
        }
    }

    fn cut_off(attempt: u32, uptime: Option<Uptime>) -> Command {
        Command::CutOff { attempt, uptime }
    }

    fn hold_back(attempt: u32, uptime: Option<Uptime>) -> Command {
        Command::HoldBack { attempt, uptime }
    }

    fn mask(&self, outcome: Outcome) -> Outcome {
        mask(outcome, self)
    }

    fn describe(outcome: &Outcome) -> String {
        match outcome {
            Outcome::Completed { order_number, tx_id, .. } => {
                let tx_id = tx_id.as_deref().unwrap_or("none");
                format!("completed, order number {order_number}, TxID {tx_id}")
            }
            Outcome::Refused(error) => format!("refused with {}: {}", error.code(), error.user_message),
            Outcome::Failed(failure) => format!("no usable answer: {}", failure.why()),
            Outcome::Rcc { .. } => "the RCC text came".to_owned(),
            Outcome::Sent { .. } => "the RCC was sent".to_owned(),
            Outcome::NotAccepted => "not accepted yet".to_owned(),
            Outcome::Accepted { .. } => "the customer accepted".to_owned(),
        }
    }

    fn brief(outcome: &Outcome) -> Option<Outcome> {
        match outcome {
            // The number is what the order is known by; the details can be asked for with it.
            Outcome::Completed { order_number, order_status, tx_id, details: Some(_) } => {
                Some(Outcome::Completed {
                    order_number: order_number.clone(),
                    order_status: order_status.clone(),
                    tx_id: tx_id.clone(),
                    details: None,
                })
            }
            _ => None,
        }
    }

    fn told(outcome: &Outcome) -> Told<'_> {
        let said = |name, code, tx_id| Told { name, code, tx_id };
        match outcome {
            Outcome::Rcc { tx_id, .. } => said("rcc", None, tx_id.as_deref()),
            Outcome::Sent { tx_id, .. } => said("sent", None, tx_id.as_deref()),
            Outcome::NotAccepted => said("not_accepted", None, None),
            Outcome::Accepted { tx_id, .. } => said("accepted", None, tx_id.as_deref()),
            Outcome::Completed { tx_id, .. } => said("completed", None, tx_id.as_deref()),
            Outcome::Refused(error) => {
                said("refused", error.internal_code.as_deref(), error.tx_id.as_deref())
            }
            Outcome::Failed(Failure::NotSent(_)) => said("not_sent", None, None),
            Outcome::Failed(Failure::Credentials(_)) => said("credentials", None, None),
            Outcome::Failed(Failure::Unknown(_)) => said("unknown", None, None),
        }
    }

    fn weight(event: &Event) -> Weight {
        match event {
            Event::CallFailed { call: Call::CompleteOrder, failure: Failure::Unknown(_), .. }
            | Event::CallCutOff { .. }
            | Event::CompletionInferred { .. } => Weight::Warning,
            Event::Opened { .. }
            | Event::Amended { .. }
            | Event::RccRetrieved { .. }
            | Event::RccSent { .. }
            | Event::AcceptancePending { .. }
            | Event::AcceptanceReceived { .. }
            | Event::ReadingVouched { .. }
            | Event::AcceptedVerbally { .. }
            | Event::Declined { .. }
            | Event::Completed { .. }
            | Event::VerdictProposed { .. }
            | Event::Resolved { .. }
            | Event::CallRefused { .. }
            | Event::CallFailed { .. }
            | Event::Released { .. }
            | Event::TakenOver { .. }
            | Event::Assigned { .. }
            | Event::Noted { .. }
            | Event::Abandoned { .. }
            | Event::Erased { .. } => Weight::Normal,
            Event::CallStarted { .. }
            | Event::ReadingStarted { .. }
            | Event::SectionRead { .. }
            | Event::ReadingInterrupted { .. } => Weight::Detail,
        }
    }

    fn taken(field: &'static str, thing: String) -> Refusal {
        Refusal::IdentityLocked { field, order: thing }
    }
}
