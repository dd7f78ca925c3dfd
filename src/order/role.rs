//! Roles: who may do what. One table; the engine asks it, and whoever wants to show what is allowed asks it too.

use super::{Environment, Order, Who};
use serde::Deserialize;

/// What a person is at this desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Walks orders with customers.
    Agent,
    /// Does that too, and what needs a second look.
    Supervisor,
    /// May do what a supervisor may, but only where no order is real.
    Trainer,
}

/// What not every role may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Say what became of a Complete in doubt.
    Settle,
    /// Add an order although one for the same customer and address is in doubt.
    AddDespiteDoubt,
    /// Retry many orders at once, whoever they are assigned to.
    RetryInBulk,
    /// End an order that is assigned to somebody else.
    AbandonOthers,
    /// Send an order once more that the carrier may have placed by phone.
    Release,
    /// Assign an order to an agent.
    Assign,
    /// Destroy an order's personal data.
    Erase,
    /// Say what became of a report or an update in doubt, on the marketplace.
    RecordVerdict,
    /// Say from which bill month on a journal reports usage.
    SetFirstMonth,
    /// Destroy the personal data of a buyer on the marketplace.
    EraseBuyer,
    /// Read a deploy that no program could read: whatever a buyer filled in stands in it.
    ReadUnreadable,
    /// Set a request of the marketplace aside: nobody is asked to look at it any more.
    SetAside,
    /// Use a journal that is not what this machine last saw.
    AcceptJournal,
    /// Do anything with orders of this environment.
    WorkIn(Environment),
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forbidden(pub Right);

impl Role {
    pub const ALL: [Self; 3] = [Self::Agent, Self::Supervisor, Self::Trainer];

    /// The name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Trainer => "trainer",
        }
    }

    /// Whether this role includes that right.
    pub fn may(self, right: Right) -> bool {
        match right {
            Right::Settle
            | Right::AddDespiteDoubt
            | Right::RetryInBulk
            | Right::AbandonOthers
            | Right::Release
            | Right::Assign
            | Right::Erase
            | Right::RecordVerdict
            | Right::SetFirstMonth
            | Right::EraseBuyer
            | Right::ReadUnreadable
            | Right::SetAside
            | Right::AcceptJournal => self != Self::Agent,
            Right::WorkIn(environment) => self != Self::Trainer || environment != Environment::Production,
        }
    }

    /// Nothing, when this role includes that right.
    ///
    /// # Errors
    /// The right that is missing.
    pub fn check(self, right: Right) -> Result<(), Forbidden> {
        if self.may(right) { Ok(()) } else { Err(Forbidden(right)) }
    }
}

impl Right {
    /// What it is to do, after "may not".
    pub fn words(self) -> String {
        match self {
            Self::Settle => "settle an order in doubt".to_owned(),
            Self::AddDespiteDoubt => "add an order despite one in doubt".to_owned(),
            Self::RetryInBulk => "retry orders in bulk".to_owned(),
            Self::AbandonOthers => "abandon an order assigned to somebody else".to_owned(),
            Self::Release => "release an order that the carrier may have placed".to_owned(),
            Self::Assign => "assign an order".to_owned(),
            Self::Erase => "erase an order".to_owned(),
            Self::RecordVerdict => "record a verdict".to_owned(),
            Self::SetFirstMonth => "set the first reported month".to_owned(),
            Self::EraseBuyer => "erase a buyer's data".to_owned(),
            Self::ReadUnreadable => "read an unreadable deploy".to_owned(),
            Self::SetAside => "set a request aside".to_owned(),
            Self::AcceptJournal => "accept a journal".to_owned(),
            Self::WorkIn(environment) => format!("work in {environment}"),
        }
    }
}

/// The right that `command` needs of `by` for `order`; none when every role has it.
pub fn right_for(command: &super::Command, order: &Order, by: &str) -> Option<Right> {
    use super::Command as C;
    match command {
        C::Resolve { .. } | C::ResolveByTwo { .. } => Some(Right::Settle),
        C::Abandon { .. } if !order.is_in_hand_of(by) => Some(Right::AbandonOthers),
        C::Release { .. } if is_for_a_supervisor(order) => Some(Right::Release),
        C::Assign { .. } => Some(Right::Assign),
        C::Erase { .. } => Some(Right::Erase),
        C::AsShown { command, .. } => right_for(command, order, by),
        C::Abandon { .. }
        | C::BeginRetrieve { .. }
        | C::BeginSend { .. }
        | C::BeginComplete { .. }
        | C::BeginProbe { .. }
        | C::Retry { .. }
        | C::End { .. }
        | C::Checked { .. }
        | C::StopChecking { .. }
        | C::CutOff { .. }
        | C::HoldBack { .. }
        | C::Read
        | C::SectionRead { .. }
        | C::Interrupt
        | C::ReadAgain
        | C::Vouch
        | C::AcceptVerbally { .. }
        | C::Decline
        | C::Amend(_)
        | C::Release { .. }
        | C::TakeOver { .. }
        | C::Note { .. } => None,
    }
}

/// True when a supervisor has to mend what the order was refused for.
fn is_for_a_supervisor(order: &Order) -> bool {
    order.refusal().is_some_and(|error| error.remedy().who == Who::Supervisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_lacks_what_needs_a_second_look_and_a_trainer_what_is_real() {
        let all = [
            Right::Settle,
            Right::AddDespiteDoubt,
            Right::RetryInBulk,
            Right::AbandonOthers,
            Right::Release,
            Right::Assign,
            Right::Erase,
            Right::RecordVerdict,
            Right::SetFirstMonth,
            Right::EraseBuyer,
            Right::ReadUnreadable,
            Right::SetAside,
            Right::AcceptJournal,
        ];
        for right in all {
            assert!(Role::Supervisor.may(right) && Role::Trainer.may(right));
            assert_eq!(Role::Agent.check(right), Err(Forbidden(right)));
        }
        for environment in Environment::ALL {
            let here = Right::WorkIn(environment);
            assert!(Role::Agent.may(here) && Role::Supervisor.may(here));
            assert_eq!(Role::Trainer.may(here), environment != Environment::Production, "{environment}");
        }
    }
}
