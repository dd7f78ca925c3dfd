//! Which keys do what on the screen one is on: one table, for `update`, the line of keys, help and the palette alike.

mod line;
mod order;

pub use line::next_line;

use super::model::{Confirm, Model, Overlay, Screen};
use super::training;
use super::{Code, Key};
use crate::order::Environment;

/// A key and what it does now.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    pub key: Key,
    /// One or two words for the line of keys.
    pub label: &'static str,
    /// A sentence for help and the palette.
    pub help: &'static str,
    /// The one next key, shown big; at most one of the bindings is.
    pub primary: bool,
    pub deed: Deed,
}

/// What a person can do with a key or from the palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    // Everywhere.
    Help,
    Palette,
    Theme,
    Lock,
    Back,
    Quit,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    // The queue.
    OpenChosen,
    TakeIn,
    Filter,
    Refresh,
    Stalled,
    Training,
    // Forms and questions.
    Submit,
    NextField,
    PreviousField,
    Yes,
    // The order.
    Retrieve,
    Read,
    SendSms,
    SendEmail,
    PassageRead,
    LookBack,
    Interrupt,
    ReadAgain,
    AcceptVerbally,
    Decline,
    Check,
    StopChecking,
    Complete,
    Amend,
    Release,
    Probe,
    Verdict,
    Abandon,
    History,
    Copy,
    // Stalled orders.
    RetryOne,
    RetryAll,
    // Training.
    Practise,
}

fn bind(key: Key, label: &'static str, help: &'static str, deed: Deed) -> Binding {
    Binding { key, label, help, primary: false, deed }
}

fn primary(key: Key, label: &'static str, help: &'static str, deed: Deed) -> Binding {
    Binding { primary: true, ..bind(key, label, help, deed) }
}

fn plain(code: Code) -> Key {
    Key::plain(code)
}

/// The keys that mean something now, the next one first: those of what lies over the screen, else those of the screen.
pub fn bindings(model: &Model) -> Vec<Binding> {
    let esc = |label| bind(plain(Code::Esc), label, "Close this without doing anything.", Deed::Back);
    match &model.overlay {
        None => screen_bindings(model),
        Some(Overlay::Help | Overlay::History) => vec![
            primary(plain(Code::Esc), "close", "Close this.", Deed::Back),
            bind(plain(Code::Down), "scroll", "Scroll down.", Deed::Down),
            bind(plain(Code::Up), "scroll up", "Scroll up.", Deed::Up),
        ],
        Some(Overlay::Palette(_)) => vec![
            primary(plain(Code::Enter), "do it", "Do what is chosen.", Deed::Submit),
            bind(plain(Code::Down), "next", "Choose the next one.", Deed::Down),
            bind(plain(Code::Up), "previous", "Choose the one before.", Deed::Up),
            esc("close"),
        ],
        Some(Overlay::Confirm(confirm)) => {
            vec![primary(Key::char('y'), yes(confirm), "Yes, do it.", Deed::Yes), esc("no")]
        }
        Some(Overlay::Ask(confirm, form)) => vec![
            primary(
                plain(Code::Enter),
                if form.fields.len() > 1 { "next, then do it" } else { yes(confirm) },
                "To the next field; on the last one, do it.",
                Deed::Submit,
            ),
            bind(Key::ctrl('s'), "do it", "Do it now, from any field.", Deed::Submit),
            bind(plain(Code::Tab), "next field", "To the next field.", Deed::NextField),
            bind(plain(Code::BackTab), "field before", "To the field before.", Deed::PreviousField),
            esc("never mind"),
        ],
    }
}

fn yes(confirm: &Confirm) -> &'static str {
    match confirm {
        Confirm::Complete => "yes, complete it",
        Confirm::Live(_) => "submit it for real",
        Confirm::Probe => "send it again",
        Confirm::Verdict => "read it back",
        Confirm::Settle(_) => "yes, write it down",
        Confirm::AcceptVerbally => "the customer said yes",
        Confirm::SendSms | Confirm::SendEmail => "send it",
        Confirm::Amend => "correct it",
        Confirm::Decline => "the customer declined",
        Confirm::Release => "release it",
        Confirm::Abandon => "abandon it",
        Confirm::RetryOne(_) => "retry it",
        Confirm::RetryAll(_) => "retry these",
        Confirm::Leave => "leave all the same",
    }
}

/// The keys of the screen itself, whatever lies over it.
pub fn screen_bindings(model: &Model) -> Vec<Binding> {
    let mut all = match model.screen {
        Screen::Queue => queue(model),
        Screen::Intake => intake(model),
        Screen::Order => model.order.as_ref().map(|screen| order::keys(model, screen)).unwrap_or_default(),
        Screen::Stalled => stalled(),
        Screen::Training => training_keys(model),
    };
    if model.screen != Screen::Queue {
        all.push(bind(plain(Code::Esc), "back", "Back to the queue.", Deed::Back));
    }
    let typing = model.screen == Screen::Intake || (model.screen == Screen::Queue && model.queue.filtering);
    let help = if typing { plain(Code::F(1)) } else { Key::char('?') };
    all.push(bind(help, "help", "What every key on this screen does.", Deed::Help));
    all.push(bind(Key::ctrl('p'), "all commands", "Find a command by its name.", Deed::Palette));
    all.push(bind(Key::ctrl('l'), "lock", "Hide everything until the next key.", Deed::Lock));
    if !typing {
        all.push(bind(Key::char('T'), "colours", "Dark, light, high contrast, or none.", Deed::Theme));
    }
    all
}

fn moving(all: &mut Vec<Binding>) {
    all.extend([
        bind(plain(Code::Down), "down", "To the next row (also j).", Deed::Down),
        bind(plain(Code::Up), "up", "To the row before (also k).", Deed::Up),
        bind(plain(Code::PageDown), "page down", "A page further.", Deed::PageDown),
        bind(plain(Code::PageUp), "page up", "A page back.", Deed::PageUp),
        bind(plain(Code::Home), "first", "To the first row.", Deed::First),
        bind(plain(Code::End), "last", "To the last row.", Deed::Last),
    ]);
}

fn queue(model: &Model) -> Vec<Binding> {
    let empty = model.queue.matches.is_empty();
    let mut all = Vec::new();
    let take_in = bind(Key::char('n'), "take in", "Take an order in, by typing or pasting it.", Deed::TakeIn);
    if model.queue.filtering {
        all.push(primary(
            plain(Code::Enter),
            "keep filter",
            "Keep the filter and go back to the rows.",
            Deed::Submit,
        ));
        all.push(bind(plain(Code::Esc), "clear", "Show every order again.", Deed::Back));
        moving(&mut all);
        return all;
    }
    if empty {
        all.push(Binding { primary: true, ..take_in });
    } else {
        all.push(primary(plain(Code::Enter), "open", "Open the chosen order.", Deed::OpenChosen));
        all.push(take_in);
    }
    all.push(bind(Key::char('/'), "filter", "Show only orders that hold what you type.", Deed::Filter));
    if !model.queue.filter.value().is_empty() {
        all.push(bind(plain(Code::Esc), "clear filter", "Show every order again.", Deed::Back));
    }
    all.push(bind(Key::char('s'), "stalled", "The orders that will not move by themselves.", Deed::Stalled));
    if model.setup.environment == Environment::Embedded {
        all.push(bind(
            Key::char('t'),
            "training",
            "Play the customer, the clock and bad luck on the embedded Px.",
            Deed::Training,
        ));
    }
    all.push(bind(Key::char('r'), "refresh", "Read the queue again.", Deed::Refresh));
    all.push(bind(Key::char('q'), "quit", "Leave the desk; nothing is lost.", Deed::Quit));
    moving(&mut all);
    all
}

fn intake(model: &Model) -> Vec<Binding> {
    let mut all = vec![
        primary(Key::ctrl('s'), "take it in", "Take the order in and retrieve its RCC text.", Deed::Submit),
        bind(plain(Code::Tab), "next field", "To the next field (also Enter).", Deed::NextField),
        bind(plain(Code::BackTab), "field before", "To the field before.", Deed::PreviousField),
    ];
    if model.intake.focus + 1 == model.intake.fields.len() {
        all.push(bind(
            plain(Code::Enter),
            "take it in",
            "From the last field: take the order in.",
            Deed::Submit,
        ));
    }
    all
}

fn stalled() -> Vec<Binding> {
    let mut all = vec![
        primary(plain(Code::Enter), "open", "Open the chosen order.", Deed::OpenChosen),
        bind(
            Key::char('r'),
            "retry",
            "Retry the chosen order, if that is safe and may help.",
            Deed::RetryOne,
        ),
        bind(
            Key::char('A'),
            "retry all safe",
            "Retry every order for which that is safe, after a preview.",
            Deed::RetryAll,
        ),
    ];
    moving(&mut all);
    all
}

fn training_keys(model: &Model) -> Vec<Binding> {
    let mut all = Vec::new();
    if training::is_offered(model) {
        all.push(primary(
            plain(Code::Enter),
            "do it",
            "Do the chosen thing to the embedded Px.",
            Deed::Practise,
        ));
    }
    moving(&mut all);
    all
}
