//! The keys of the supervisor's screens.

use super::list::Fitting;
use super::state::Batch;
use crate::desk::action::{Action, moving};
use crate::desk::frame::binding::{bind, plain, primary};
use crate::desk::frame::key::{Code, Key};
use crate::desk::model::{Binding, Model};

/// The keys of the stalled orders.
pub fn stalled(model: &Model) -> Vec<Binding> {
    let stalled = &model.stalled;
    let mut all = Vec::new();
    let enter = plain(Code::Enter);
    match (stalled.row(), stalled.group()) {
        (Some(_), _) => all.push(primary(enter, "open", "Open the chosen order.", Action::OpenChosen)),
        (None, Some(group)) if stalled.is_open(&group.cause.key) => {
            all.push(primary(enter, "close", "Close this group.", Action::OpenChosen));
        }
        (None, Some(_)) => {
            all.push(primary(enter, "open", "Show the orders of this group.", Action::OpenChosen));
        }
        (None, None) => {}
    }
    all.extend(batch(stalled.batch.as_ref()));
    all.extend([
        bind(Key::char(' '), "mark", "Mark this order, or the whole group; again: not.", Action::Mark),
        bind(Key::char('*'), "mark group", "Mark all orders of this group; again: none.", Action::MarkGroup),
        bind(Key::char('r'), "retry", "Retry this order, if that is safe and may help.", Action::RetryOne),
        bind(
            Key::char('A'),
            if stalled.marked.is_empty() { "retry all safe" } else { "retry marked" },
            "Retry those of the marked orders, or of all, that are safe to retry; a preview comes first.",
            Action::RetryAll,
        ),
        bind(Key::char('G'), "assign", "Assign the marked orders, or this one, to an agent.", Action::Assign),
        bind(Key::char('N'), "note", "Write a note for the marked orders, or this one.", Action::Note),
        bind(Key::char('X'), "abandon", "End the marked orders, or this one, for good.", Action::Abandon),
        bind(
            Key::char('a'),
            "correct",
            "Correct what Px refused of this order; its ids stay.",
            Action::Amend,
        ),
        bind(Key::char('v'), "verdict", "Record what the carrier says of this order.", Action::Verdict),
        bind(
            Key::char('O'),
            "take over",
            "Take over this order from whoever is working on it.",
            Action::TakeOver,
        ),
        bind(Key::char('U'), "unmark all", "Take all marks away.", Action::Unmark),
        bind(Key::char('d'), "the day", "The day at a glance.", Action::Day),
        bind(plain(Code::Right), "open group", "Open this group.", Action::Unfold),
        bind(plain(Code::Left), "close group", "Close this group.", Action::Fold),
        bind(
            Key::char('V'),
            "replay",
            "Step through what happened to the order, event by event.",
            Action::Replay,
        ),
    ]);
    if stalled.row().is_none() {
        let of_one = [Action::RetryOne, Action::Amend, Action::Verdict, Action::TakeOver, Action::Replay];
        all.retain(|binding| !of_one.contains(&binding.action));
    }
    if stalled.group().is_none() && stalled.row().is_none() {
        all.retain(|binding| binding.action == Action::Day);
    }
    let (fitting, marked) = (stalled.fitting(), stalled.marked_rows().next().is_some());
    let one = stalled.row().is_some();
    all.sort_by_key(|binding| rank(binding.action, fitting, marked, one));
    moving(&mut all);
    all
}

/// Where a key stands in the line of keys, which has no room for all: what fits the orders that are meant goes first.
fn rank(action: Action, fitting: Fitting, marked: bool, one: bool) -> u8 {
    let fitting = match fitting {
        Fitting::Retry => Action::RetryAll,
        Fitting::Abandon => Action::Abandon,
        Fitting::Hands => Action::Assign,
    };
    match action {
        Action::OpenChosen | Action::Pause | Action::StopBatch | Action::Results => 0,
        _ if marked && action == fitting => 1,
        Action::RetryAll | Action::Assign | Action::Abandon if marked => 2,
        Action::Note if marked => 3,
        Action::Mark => 4,
        // A retry of one order has a key of its own.
        _ if one && action == fitting && action != Action::RetryAll => 5,
        _ => 6,
    }
}

/// The keys of a batch that is under way, or has ended.
fn batch(batch: Option<&Batch>) -> Vec<Binding> {
    let Some(batch) = batch else { return Vec::new() };
    let mut all = Vec::new();
    if batch.is_running() {
        let (label, help) = if batch.paused {
            ("go on", "Go on with the batch.")
        } else {
            ("pause", "Pause the batch after this order.")
        };
        all.push(bind(Key::char('p'), label, help, Action::Pause));
        let help = "Stop the batch after this order; the rest stays marked.";
        all.push(bind(Key::char('x'), "stop", help, Action::StopBatch));
    }
    if !batch.ended.is_empty() {
        all.push(bind(Key::char('h'), "results", "What became of each order of the batch.", Action::Results));
    }
    all
}

/// The keys of the day at a glance.
pub fn day() -> Vec<Binding> {
    let mut all = vec![
        primary(Key::char('r'), "refresh", "Read the figures again.", Action::Refresh),
        bind(Key::char('s'), "stalled", "Orders that are stuck until someone acts.", Action::Stalled),
    ];
    moving(&mut all);
    all
}
