//! Which right moves were reached: each is looked for by itself, so that one that was missed takes no other with it.

use super::Reached;
use crate::order::Call;
use crate::practice::moves::Move;
use crate::practice::scenario::{Scenario, Step};
use crate::practice::seen::{Seen, What};

/// What a move is worth, when two of them cannot both be found in their order; the last one decides between equals.
const MOVE: u32 = 2;
const LAST: u32 = 3;

/// The moves of a run, and whether it is over.
pub struct Steps {
    pub reached: Vec<Reached>,
    /// The last right move was reached, or the order was placed another way.
    pub finished: bool,
    /// There is nothing left to do.
    pub over: bool,
}

/// Looks for the right moves of `scenario` in what was seen.
pub fn find(scenario: &Scenario, seen: &[Seen]) -> Steps {
    let steps = &scenario.steps;
    let found = in_order(steps, seen);
    let ended = seen.iter().any(|seen| ends(&seen.what));
    let placed = ended && seen.iter().any(|seen| places(&seen.what));
    let finished =
        is_last_reached(scenario, &found, ended) || (placed && steps.last().is_some_and(is_to_be_placed));
    // What may follow the end of an order is left to do where the order ended as the scenario has it. Whoever gives it up another
    // way has chosen to leave it.
    let given_up = ended && !placed && !steps.iter().any(|step| step.is(&What::Abandoned));
    let over = finished || given_up || (ended && !something_follows(steps, &found));
    let (mut at, mut keys) = (0, 0);
    let reached = steps.iter().zip(&found).map(|(step, found)| {
        let mut row = row(step);
        if let Some(seen) = found.map(|n| &seen[n]) {
            row.at = Some(seen.at);
            row.took = Some(seen.at.saturating_sub(at));
            row.keys = Some(seen.keys.saturating_sub(keys));
            (at, keys) = (seen.at, seen.keys);
        }
        row
    });
    Steps { reached: reached.collect(), finished, over }
}

fn row(step: &Step) -> Reached {
    let words = match step.or {
        Some(or) => format!("{}, or {}", step.it.words(), or.words()),
        None => step.it.words().to_owned(),
    };
    Reached { it: step.it.name().to_owned(), words, why: step.why.clone(), at: None, took: None, keys: None }
}

/// Where each move was seen: as many of them in their order as there are, each as early as can be.
fn in_order(steps: &[Step], seen: &[Seen]) -> Vec<Option<usize>> {
    let moves: Vec<usize> =
        (0..seen.len()).filter(|n| steps.iter().any(|step| step.is(&seen[*n].what))).collect();
    let is = |step: usize, at: usize| steps[step].is(&seen[moves[at]].what);
    let worth = |step: usize| if step + 1 == steps.len() { LAST } else { MOVE };
    // What the moves from `step` on are worth at the most in what was seen from `at` on.
    let mut best = vec![vec![0; moves.len() + 1]; steps.len() + 1];
    for step in (0..steps.len()).rev() {
        for at in (0..moves.len()).rev() {
            let taken = if is(step, at) { worth(step) + best[step + 1][at + 1] } else { 0 };
            best[step][at] = taken.max(best[step + 1][at]).max(best[step][at + 1]);
        }
    }
    let mut from = 0;
    let mut found = Vec::with_capacity(steps.len());
    for step in 0..steps.len() {
        let best_with =
            |at: &usize| is(step, *at) && worth(step) + best[step + 1][at + 1] == best[step][from];
        let at = (from..moves.len()).find(best_with);
        from = at.map_or(from, |at| at + 1);
        found.push(at.map(|at| moves[at]));
    }
    found
}

/// Nothing more can be sent for the order.
fn ends(what: &What) -> bool {
    places(what) || matches!(what, What::Abandoned)
}

fn places(what: &What) -> bool {
    matches!(what, What::Completed { .. } | What::Settled { placed: true, .. })
}

/// True for a last move that has the order placed.
fn is_to_be_placed(step: &Step) -> bool {
    matches!(step.it, Move::Complete | Move::Completed | Move::Settle | Move::Probe)
}

/// True when the last move was reached, and half of the way lies behind. One that does not end the order, such as a note, may
/// have been made before it was due: what it answers must have been met, or no more than one move before it be missing.
fn is_last_reached(scenario: &Scenario, found: &[Option<usize>], ended: bool) -> bool {
    let Some((last, before)) = found.split_last() else { return false };
    let behind = before.iter().filter(|found| found.is_some()).count();
    let fails = |step: &Step| {
        let call = step.it.call().map(Call::name);
        call.is_some_and(|call| scenario.server.iter().any(|fault| fault.call == call))
    };
    let due = || match scenario.steps[..before.len()].iter().rposition(fails) {
        Some(failing) => before[failing].is_some(),
        None => before.len() - behind <= 1,
    };
    last.is_some() && 2 * behind >= before.len() && (ended || due())
}

/// True when all that is left are moves that can be made after the order has ended.
fn something_follows(steps: &[Step], found: &[Option<usize>]) -> bool {
    let reached = found.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let left = &steps[reached..];
    let follows = |step: &Step| matches!(step.it, Move::AskCustomer | Move::CallCarrier | Move::Note);
    !left.is_empty() && left.iter().all(follows)
}
