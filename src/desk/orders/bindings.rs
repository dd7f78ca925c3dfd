//! The keys of the queue and of the form for a new order.

use crate::desk::action::{Action, moving};
use crate::desk::frame::binding::{bind, plain, primary};
use crate::desk::frame::key::{Code, Key};
use crate::desk::model::{Binding, Model};

/// The keys of the queue.
pub fn queue(model: &Model) -> Vec<Binding> {
    let empty = model.queue.matches.is_empty();
    let mut all = Vec::new();
    let take_in = bind(Key::char('n'), "new", "Add an order, by typing or pasting it.", Action::NewOrder);
    if model.queue.filtering {
        all.push(primary(
            plain(Code::Enter),
            "keep filter",
            "Keep the filter and go back to the list.",
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
    all.push(bind(
        Key::char('/'),
        "find",
        "Find orders by what you type: an id, a state, an agent, a whole phone number or e-mail.",
        Action::Filter,
    ));
    if !model.queue.filter.value().is_empty() {
        all.push(bind(plain(Code::Esc), "clear filter", "Show every order again.", Action::Back));
    }
    all.push(bind(Key::char('s'), "stalled", "Orders that are stuck until someone acts.", Action::Stalled));
    all.push(bind(Key::char('d'), "the day", "The day at a glance.", Action::Day));
    if model.trains() {
        all.push(bind(
            Key::char('t'),
            "training",
            "Simulate the customer, the clock and failures on the embedded Px.",
            Action::Training,
        ));
    }
    all.push(bind(Key::char('r'), "refresh", "Reload the queue.", Action::Refresh));
    if model.setup.market.is_some() {
        all.push(bind(Key::char('2'), "marketplace", "Go to the marketplace desk.", Action::Marketplace));
    }
    if model.setup.registration.is_some() {
        all.push(bind(Key::char('3'), "registration", "Go to the registration desk.", Action::Registration));
    }
    all.push(if model.training.play.as_ref().is_some_and(|play| play.over.is_none()) {
        bind(
            Key::char('q'),
            "end run",
            "End the run before it is over; it counts as not finished.",
            Action::EndRun,
        )
    } else {
        bind(Key::char('q'), "quit", "Quit pxdesk; nothing is lost.", Action::Quit)
    });
    if !empty {
        all.push(to_replay());
    }
    moving(&mut all);
    all
}

/// The key that replays an order.
pub fn to_replay() -> Binding {
    bind(Key::char('V'), "replay", "Step through what happened to the order, event by event.", Action::Replay)
}

/// The keys of a replay: they move in it, and do nothing else.
pub fn replay(model: &Model) -> Vec<Binding> {
    let plays = model.replay.as_ref().is_some_and(|replay| replay.playing.is_some());
    let (label, help) = if plays {
        ("pause", "Pause here.")
    } else {
        ("play", "Play on by itself, at the pace of the events.")
    };
    let next = "Show the next event (also Space and Enter).";
    vec![
        primary(plain(Code::Right), "next", next, Action::NextEvent),
        bind(plain(Code::Left), "previous", "Show the previous event.", Action::PreviousEvent),
        bind(Key::char('p'), label, help, Action::Play),
        bind(plain(Code::PageDown), "ten on", "Ten events on.", Action::PageDown),
        bind(plain(Code::PageUp), "ten back", "Ten events back.", Action::PageUp),
        bind(plain(Code::Home), "first", "To the first event.", Action::First),
        bind(plain(Code::End), "last", "To the last event.", Action::Last),
        bind(plain(Code::Down), "scroll", "Scroll the order's screen down (also j).", Action::Down),
        bind(plain(Code::Up), "scroll up", "Scroll it up (also k).", Action::Up),
        bind(Key::char(' '), "next", next, Action::NextEvent),
        bind(plain(Code::Enter), "next", next, Action::NextEvent),
        bind(plain(Code::Esc), "back", "Back to where you came from.", Action::Back),
    ]
}

/// The keys of the form for a new order.
pub fn intake(model: &Model) -> Vec<Binding> {
    let mut all = vec![
        primary(Key::ctrl('s'), "add order", "Add the order and retrieve its RCC text.", Action::Submit),
        bind(plain(Code::Tab), "next field", "Go to the next field (also ↓ and Enter).", Action::NextField),
        bind(
            plain(Code::BackTab),
            "previous field",
            "Go to the previous field (also ↑).",
            Action::PreviousField,
        ),
    ];
    if model.intake.focus + 1 == model.intake.fields.len() {
        all.push(bind(
            plain(Code::Enter),
            "add order",
            "From the last field: add the order.",
            Action::Submit,
        ));
    }
    all
}
