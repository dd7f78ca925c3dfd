//! One calm sentence about the next key.

use super::confirm::Confirm;
use super::model::{Model, Overlay, Screen};
use super::orders::line::order_line;

/// The one line that says what the next key does.
pub fn next_line(model: &Model) -> String {
    match (&model.frame.overlay, model.screen, &model.order) {
        (Some(Overlay::Confirm(Confirm::Complete)), ..) => {
            "y submits the order, once. Esc goes back; nothing is sent.".to_owned()
        }
        (Some(Overlay::Confirm(_)), ..) => "y does it. Esc goes back.".to_owned(),
        (Some(Overlay::Ask(Confirm::Live(_), _)), ..) => {
            "Type live and press Enter: a real order is submitted. Esc goes back; nothing is sent.".to_owned()
        }
        (Some(Overlay::Ask(..)), ..) => "Fill in and press Enter. Esc goes back.".to_owned(),
        (Some(Overlay::Help | Overlay::History), ..) => "Esc closes this.".to_owned(),
        (Some(Overlay::Palette(_)), ..) => "Type a word, choose with the arrows, Enter does it.".to_owned(),
        (None, Screen::Queue, _) if model.queue.filtering => {
            "Type to filter. Enter keeps the filter, Esc clears it.".to_owned()
        }
        (None, Screen::Queue, _) if model.queue.rows.is_empty() => "n takes the first order in.".to_owned(),
        (None, Screen::Queue, _) => "Enter opens the chosen order. n takes a new one in.".to_owned(),
        (None, Screen::Intake, _) => "Fill in or paste the order's JSON; Ctrl-S takes it in.".to_owned(),
        (None, Screen::Stalled, _) if model.stalled.rows.is_empty() => {
            "Nothing to do here. Esc goes back.".to_owned()
        }
        (None, Screen::Stalled, _) => "Enter opens the order; r retries it if that is safe.".to_owned(),
        (None, Screen::Training, _) => "Enter does the chosen thing to the embedded Px.".to_owned(),
        (None, Screen::Order, Some(screen)) => order_line(model, screen),
        (None, Screen::Order, None) => "Esc goes back to the queue.".to_owned(),
    }
}
