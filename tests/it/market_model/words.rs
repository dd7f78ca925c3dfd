//! A trace of the model, told so that a person can follow it.

use super::protocol::{Action, Protocol};
use super::state::{Desk, End, LATER, Lines, Standing, State};
use stateright::Model as _;
use std::fmt::Write as _;

/// The story of `path`, one numbered line a step, and what the bill and the journal hold at its end.
pub fn story(protocol: Protocol, path: Vec<(State, Option<Action>)>) -> String {
    let mut story = String::new();
    let mut last = State::default();
    for (number, (state, action)) in (1..).zip(path) {
        if let Some(action) = action {
            let after = protocol.next_state(&state, action).unwrap_or_default();
            writeln!(story, "{number:>2}. {}", step(&state, action, &after)).unwrap();
        }
        last = state;
    }
    let times = |line: usize| ["not at all", "once", "twice"][usize::from(last.bill[line]).min(2)];
    writeln!(story, "    On the bill: the first line {}, the later line {}.", times(0), times(1)).unwrap();
    for (at, report) in last.reports.iter().enumerate() {
        let stands = standing(report.standing());
        writeln!(
            story,
            "    {}, with {}: the journal says that it is {stands}.",
            name(&last, at),
            lines(report.lines())
        )
        .unwrap();
    }
    story
}

fn step(state: &State, action: Action, after: &State) -> String {
    match action {
        Action::DecideToOpen { desk, lines: of, .. } => {
            format!("{} reads the journal and decides to open a report for {}.", who(desk), lines(of))
        }
        Action::Open { desk } if state.reports.len() == after.reports.len() => {
            format!("{} cannot: the slot is taken.", who(desk))
        }
        Action::Open { desk } => format!("{} opens {}.", who(desk), name(after, after.reports.len() - 1)),
        Action::Add { desk, report, lines: of } => {
            format!("{} takes {} in, into {}.", who(desk), lines(of), name(state, report))
        }
        Action::Freeze { report } => format!("The amount of {} is frozen.", name(state, report)),
        Action::DecideToBegin { desk, report } => {
            format!("{} reads the journal and decides to send {}.", who(desk), name(state, report))
        }
        Action::Begin { desk, .. } => began(state, desk, after),
        Action::Send { desk } => format!("{} sends the request.", who(desk)),
        Action::CannotSend { desk } => format!("{} cannot connect: not a byte leaves.", who(desk)),
        Action::TimeOut { desk } => format!("{} has waited long enough and hangs up.", who(desk)),
        Action::Receive { desk, end } => format!("{} receives the answer: {}.", who(desk), answer(end)),
        Action::WriteOutcome { desk } => format!("{} writes the outcome.", who(desk)),
        Action::Crash { desk } => format!("{} crashes and starts again.", who(desk)),
        Action::FindCutOff { report, .. } => {
            format!("A desk finds that the sender of {} is gone, and writes: in doubt.", name(state, report))
        }
        Action::Resolve { report, reported } => {
            let not = if reported { "" } else { "not " };
            let looked = if reported == state.reports[report].added.is_empty() {
                "without a look"
            } else {
                "after a look"
            };
            format!("A person says {looked} at the portal that {} was {not}reported.", name(state, report))
        }
        Action::Lose { .. } => "The network loses the request on its way.".to_owned(),
        Action::Refuse { .. } => "The marketplace refuses the request.".to_owned(),
        Action::Apply { request, cut } => {
            let cut = if cut { "; what comes back does not tell" } else { "" };
            format!("The marketplace adds {} to the bill{cut}.", lines(request.lines))
        }
    }
}

fn began(state: &State, desk: usize, after: &State) -> String {
    let written = state.reports != after.reports;
    match (after.desks[desk], written) {
        (Desk::Ready { attempt, .. }, true) => {
            format!("{} writes its intent to disk: attempt {attempt}.", who(desk))
        }
        (Desk::Ready { .. }, false) => format!("{} goes on, with nothing on disk.", who(desk)),
        (_, true) => format!("{} is told that its intent was not recorded, and it was.", who(desk)),
        (_, false) => format!("{} cannot write: the journal has moved on.", who(desk)),
    }
}

fn answer(end: End) -> &'static str {
    match end {
        End::Done => "200",
        End::Refused => "400",
        End::NotSent | End::Unknown => "502",
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Prepared => "prepared",
        Standing::Sending => "under way",
        Standing::InDoubt => "in doubt",
        Standing::Refused => "refused",
        Standing::Reported => "reported",
    }
}

fn lines(lines: Lines) -> &'static str {
    match lines {
        LATER => "the later line",
        lines if lines > LATER => "both lines",
        _ => "the first line",
    }
}

fn name(state: &State, report: usize) -> String {
    match state.reports[report].supplement {
        0 if report > 0 => "a second report of the month".to_owned(),
        0 => "the month's report".to_owned(),
        n => format!("supplement {n}"),
    }
}

fn who(desk: usize) -> &'static str {
    ["Desk 1", "Desk 2"][desk]
}
