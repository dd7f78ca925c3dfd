//! A trace of the model, told so that a person can follow it.

use super::protocol::{Action, Guard, Protocol};
use super::state::{Answer, Basis, Choice, Desk, Pair, Standing, State};
use stateright::Model as _;
use std::fmt::Write as _;

/// The story of `path`, one numbered line a step, and what Px and the journal hold at its end.
pub fn story(protocol: Protocol, path: Vec<(State, Option<Action>)>) -> String {
    let mut story = String::new();
    let mut last = State::default();
    for (number, (state, action)) in (1..).zip(path) {
        if let Some(action) = action {
            let after = protocol.next_state(&state, action).unwrap_or_default();
            writeln!(story, "{number:>2}. {}", step(protocol, &state, action, &after)).unwrap();
        }
        last = state;
    }
    for (pair, placed) in last.ours.into_iter().enumerate() {
        let theirs = if pair == 0 && last.theirs { ", and for another party" } else { "" };
        let times = ["not at all", "once", "twice"][usize::from(placed).min(2)];
        let standing = standing(last.standing(pair));
        writeln!(story, "    {}: placed for us {times}{theirs}; {standing}.", order(pair)).unwrap();
    }
    story
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::NotOpened => "the journal does not know it",
        Standing::Accepted => "the journal says that it was not sent",
        Standing::UnderWay => "the journal says that its Complete is under way",
        Standing::InDoubt => "the journal says that it is in doubt",
        Standing::Completed(Basis::Confirmed) => "the journal says that it is completed",
        Standing::Completed(Basis::Inferred) => "the journal says that it is completed, inferred",
        Standing::Completed(Basis::Verdict) => "the journal says that it is completed, by a verdict",
        Standing::Alarm => "the journal says that someone else submitted it",
        Standing::Abandoned => "the journal says that it was abandoned",
    }
}

fn step(protocol: Protocol, state: &State, action: Action, after: &State) -> String {
    match action {
        Action::Decide { desk, pair, choice } => {
            format!("{} reads the journal and decides to {}.", name(desk), wish(choice, pair))
        }
        Action::Append { desk } => appended(protocol, state, desk, after),
        Action::Send { desk } => format!("{} sends the request.", name(desk)),
        Action::CannotSend { desk } => format!("{} cannot connect: not a byte leaves.", name(desk)),
        Action::TimeOut { desk } => format!("{} has waited long enough and hangs up.", name(desk)),
        Action::Receive { desk, answer } => {
            let answer = match answer {
                Answer::Completed => "completed",
                Answer::AlreadySubmitted => "2130, already submitted",
                Answer::Rejected => "a rejection",
                Answer::NotSent | Answer::None => "nothing",
            };
            format!("{} receives the reply: {answer}.", name(desk))
        }
        Action::WriteOutcome { desk } => wrote(state, desk, after),
        Action::Crash { desk } => format!("{} crashes and starts again.", name(desk)),
        Action::FindCutOff { pair, .. } => {
            let order = order(pair);
            format!("A desk finds that the sender of {order} is gone and writes: cut off, outcome unknown.")
        }
        Action::OpenAnew => {
            format!("The agent takes the same wish in once more, under new ids: {}.", order(1))
        }
        Action::Lose { request } => {
            format!("The network loses the request for {} on its way.", order(request.pair))
        }
        Action::Check { request } if state.knows(request.pair) => {
            format!("Px sees that {} was submitted before: 2130.", order(request.pair))
        }
        Action::Check { request } => {
            format!("Px looks whether it knows the ids of {}: it does not, yet.", order(request.pair))
        }
        Action::Reject { request } => format!("Px rejects the request for {}.", order(request.pair)),
        Action::Apply { request } => format!("Px places {}.", order(request.pair)),
        Action::OtherSubmits => format!("Another party submits the ids of {}.", order(0)),
    }
}

fn appended(protocol: Protocol, state: &State, desk: usize, after: &State) -> String {
    let who = name(desk);
    let written = state.journal != after.journal;
    match (state.desks[desk], after.desks[desk]) {
        (Desk::Decided { .. }, Desk::Ready { attempt, .. }) if written => {
            format!("{who} writes its intent to disk: attempt {attempt}.")
        }
        (Desk::Decided { .. }, Desk::Ready { .. }) => format!("{who} goes on, with nothing on disk."),
        (Desk::Decided { choice: Choice::Verdict { placed }, .. }, _) if written => {
            format!("{who} writes the verdict: {}.", if placed { "placed" } else { "not placed" })
        }
        (Desk::Decided { pair, .. }, _) if written => format!("{who} abandons {}.", order(pair)),
        _ if protocol.off == Some(Guard::ExpectedSequence) => format!("{who} writes."),
        _ => format!("{who} cannot write: the journal has moved on. It gives up."),
    }
}

fn wrote(state: &State, desk: usize, after: &State) -> String {
    let Some(pair) = (0..2).find(|pair| state.journal[*pair] != after.journal[*pair]) else {
        return format!("{} writes nothing.", name(desk));
    };
    format!("{} writes the outcome; now {}.", name(desk), standing(after.standing(pair)))
}

fn wish(choice: Choice, pair: Pair) -> String {
    match choice {
        Choice::Complete => format!("complete {}", order(pair)),
        Choice::Probe => format!("probe {} with the very same request", order(pair)),
        Choice::Verdict { placed } => {
            let not = if placed { "" } else { "not " };
            format!("tell what the carrier's books say: {} was {not}placed", order(pair))
        }
        Choice::Abandon => format!("abandon {}", order(pair)),
    }
}

fn name(desk: usize) -> &'static str {
    ["Desk 1", "Desk 2"][desk]
}

fn order(pair: Pair) -> &'static str {
    ["order A", "order B"][pair]
}
