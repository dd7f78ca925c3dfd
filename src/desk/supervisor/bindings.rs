//! The keys of the supervisor's screen.

use crate::desk::action::{Action, moving};
use crate::desk::frame::binding::{bind, plain, primary};
use crate::desk::frame::key::{Code, Key};
use crate::desk::model::Binding;

/// The keys of the supervisor's screen.
pub fn stalled() -> Vec<Binding> {
    let mut all = vec![
        primary(plain(Code::Enter), "open", "Open the chosen order.", Action::OpenChosen),
        bind(
            Key::char('r'),
            "retry",
            "Retry the chosen order, if that is safe and may help.",
            Action::RetryOne,
        ),
        bind(
            Key::char('A'),
            "retry all safe",
            "Retry every order that is safe to retry, after a preview.",
            Action::RetryAll,
        ),
    ];
    moving(&mut all);
    all
}
