//! The keys of the queue and of the form for a new order.

use crate::desk::action::{Action, moving};
use crate::desk::frame::binding::{bind, plain, primary};
use crate::desk::frame::key::{Code, Key};
use crate::desk::model::{Binding, Model};
use crate::order::Environment;

/// The keys of the queue.
pub fn queue(model: &Model) -> Vec<Binding> {
    let empty = model.queue.matches.is_empty();
    let mut all = Vec::new();
    let take_in =
        bind(Key::char('n'), "take in", "Take an order in, by typing or pasting it.", Action::NewOrder);
    if model.queue.filtering {
        all.push(primary(
            plain(Code::Enter),
            "keep filter",
            "Keep the filter and go back to the rows.",
            Action::Submit,
        ));
        all.push(bind(plain(Code::Esc), "clear", "Show every order again.", Action::Back));
        moving(&mut all);
        return all;
    }
    if empty {
        all.push(Binding { primary: true, ..take_in });
    } else {
        all.push(primary(plain(Code::Enter), "open", "Open the chosen order.", Action::OpenChosen));
        all.push(take_in);
    }
    all.push(bind(Key::char('/'), "filter", "Show only orders that hold what you type.", Action::Filter));
    if !model.queue.filter.value().is_empty() {
        all.push(bind(plain(Code::Esc), "clear filter", "Show every order again.", Action::Back));
    }
    all.push(bind(
        Key::char('s'),
        "stalled",
        "The orders that will not move by themselves.",
        Action::Stalled,
    ));
    if model.setup.environment == Environment::Embedded {
        all.push(bind(
            Key::char('t'),
            "training",
            "Play the customer, the clock and bad luck on the embedded Px.",
            Action::Training,
        ));
    }
    all.push(bind(Key::char('r'), "refresh", "Read the queue again.", Action::Refresh));
    all.push(bind(Key::char('q'), "quit", "Leave the desk; nothing is lost.", Action::Quit));
    moving(&mut all);
    all
}

/// The keys of the form for a new order.
pub fn intake(model: &Model) -> Vec<Binding> {
    let mut all = vec![
        primary(Key::ctrl('s'), "take it in", "Take the order in and retrieve its RCC text.", Action::Submit),
        bind(plain(Code::Tab), "next field", "To the next field (also Enter).", Action::NextField),
        bind(plain(Code::BackTab), "field before", "To the field before.", Action::PreviousField),
    ];
    if model.intake.focus + 1 == model.intake.fields.len() {
        all.push(bind(
            plain(Code::Enter),
            "take it in",
            "From the last field: take the order in.",
            Action::Submit,
        ));
    }
    all
}
