//! Which keys do what now: one table for `update`, the line of keys, help and the palette. Those of the screen itself are in
//! `screen_keys`.

use super::action::Action;
use super::confirm::Confirm;
use super::frame::binding::{bind, plain, primary};
use super::frame::key::{Code, Key};
use super::model::{Binding, Model, Overlay};
use super::orders::questions;
use super::screen_keys::{palette_lines, screen_bindings};
use super::training::tour;
use super::{market, registration};

/// On a screen with fewer rows a question may be longer than its box.
const SHORT: u16 = 24;

/// The keys that work now, the next one first: those of the overlay, else those of the screen.
pub fn bindings(model: &Model) -> Vec<Binding> {
    if model.training.is_paused() {
        return vec![primary(Key::ctrl('c'), "end run", "End the run before it is over.", Action::Quit)];
    }
    let esc = |label| bind(plain(Code::Esc), label, "Close this; nothing is done.", Action::Back);
    match &model.frame.overlay {
        None => screen_bindings(model),
        Some(Overlay::Help | Overlay::History) => {
            let close = primary(plain(Code::Esc), "close", "Close this.", Action::Back);
            [vec![close], scrolling()].concat()
        }
        Some(Overlay::Palette(_)) if palette_lines(model).is_empty() => vec![esc("close")],
        Some(Overlay::Palette(_)) => vec![
            primary(plain(Code::Enter), "run", "Run the chosen command.", Action::Submit),
            bind(plain(Code::Down), "next", "Choose the next one.", Action::Down),
            bind(plain(Code::Up), "previous", "Choose the previous one.", Action::Up),
            esc("close"),
        ],
        Some(Overlay::Confirm(confirm)) => {
            if let Confirm::Market(ask) = confirm
                && let Some(all) = market::bindings::preview(ask, model.now)
            {
                return all;
            }
            if let Confirm::Contract(ask) = confirm
                && let Some(all) = registration::bindings::reads(ask)
            {
                return all;
            }
            // A plan that sends nothing is there to be read.
            let reads = matches!(confirm, Confirm::RetryAll(plan) if plan.send.is_empty());
            let mut all = if reads {
                vec![esc("close")]
            } else if questions::is_void(model, confirm) {
                vec![esc("back")]
            } else {
                vec![primary(Key::char('y'), yes(confirm), "Yes, do it.", Action::Yes), esc("no (or n)")]
            };
            // On a small screen not all of it may be in sight.
            if matches!(confirm, Confirm::RetryAll(_)) || model.frame.size.1 < SHORT {
                all.extend(scrolling());
            }
            all
        }
        Some(Overlay::Ask(confirm, form)) => {
            let many = form.fields.len() > 1;
            let (label, help) = if many {
                ("next, then confirm", "Go to the next field; on the last one, confirm.")
            } else {
                (yes(confirm), "Confirm.")
            };
            let mut all = vec![
                primary(plain(Code::Enter), label, help, Action::Submit),
                bind(Key::ctrl('s'), "confirm", "Confirm now, from any field.", Action::Submit),
                bind(plain(Code::Tab), "next field", "Go to the next field.", Action::NextField),
                bind(
                    plain(Code::BackTab),
                    "previous field",
                    "Go to the previous field.",
                    Action::PreviousField,
                ),
                esc("cancel"),
            ];
            // One field has no next one.
            all.retain(|b| many || !matches!(b.action, Action::NextField | Action::PreviousField));
            all
        }
    }
}

fn scrolling() -> Vec<Binding> {
    vec![
        bind(plain(Code::Down), "scroll", "Scroll down.", Action::Down),
        bind(plain(Code::Up), "scroll up", "Scroll up.", Action::Up),
        bind(plain(Code::PageDown), "page down", "A page down.", Action::PageDown),
        bind(plain(Code::PageUp), "page up", "A page up.", Action::PageUp),
    ]
}

/// What the key says that confirms it.
pub(super) fn yes(confirm: &Confirm) -> &'static str {
    match confirm {
        Confirm::Complete(_) => "yes, complete it",
        Confirm::Live(_) => "submit it for real",
        Confirm::Probe => "send it again",
        Confirm::Verdict => "check it",
        Confirm::Settle(_) => "yes, record it",
        Confirm::AcceptVerbally => "confirm the name",
        Confirm::SaidYes(_) => "yes, they accepted",
        Confirm::SendSms | Confirm::SendEmail => "send it",
        Confirm::Amend => "correct",
        Confirm::Decline => "the customer declined",
        Confirm::Release => "release it",
        Confirm::Abandon => "abandon it",
        Confirm::RetryOne(..) => "retry it",
        Confirm::RetryAll(_) => "retry these",
        Confirm::TakeOver(..) => "take it over",
        Confirm::Assign(_) => "assign",
        Confirm::Note(_) => "write it",
        Confirm::AbandonEach(_) => "abandon them",
        Confirm::Market(ask) => ask.yes(),
        Confirm::Contract(ask) => ask.yes(),
        Confirm::Discard | Confirm::DiscardTyped => "discard it",
        Confirm::Quit => "quit anyway",
        Confirm::EndRun => "end it",
        Confirm::CloseClassroom(_) => "close it",
    }
}

/// True when the screen allows `action` now.
pub fn is_allowed(model: &Model, action: Action) -> bool {
    matches!(action, Action::Quit | Action::Lock)
        || (action == Action::Tour && tour::is_offered(model))
        || bindings(model).iter().any(|b| b.action == action)
}
